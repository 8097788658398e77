"""Measure everything, then write all figures of README.md and docs/.

python -m bench.report               measure, for a quarter of an hour, then write
python -m bench.report --threads 8   the same, with what is on many threads on 8 in place of 2
python -m bench.report --from FILE   write what was measured before, of docs/measured/
python -m bench.report --quick       try the command, on small arrays
"""

import argparse
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import cases, machine, pages, rows
from bench.rows import MEASURED, Row
from bench.tables import DOCS, ROOT, fill

PARTS = ["one", "many", "kept", "special", "first", "kernels"]
KEEP = {  # glibc keeps freed memory, however large
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
}


def measure(threads: int, quick: bool) -> Path:
    """Measure each part in a process of its own, and return the file of all rows."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for part in PARTS:
            out = Path(folder) / f"{part}.csv"
            command = [sys.executable, "-m", "bench.measure", part, str(out)]
            command += [f"--threads={threads}"] * (part == "many") + ["--largest=1e4"] * quick
            env = os.environ | (KEEP if part == "kept" else {})
            subprocess.run(command, check=True, cwd=ROOT, env=env)
            found += rows.read(out)[1]
    if not quick:
        subprocess.run([sys.executable, "-m", "docs.recipes", "--measure"], check=True, cwd=ROOT)
    path = MEASURED / f"{machine.short_name()}.csv"
    git = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    rows.write(path, f"{machine.setting().rstrip('.')}; commit {commit or 'unknown'}.", found)
    return path


def curve(found: list[Row], threads: int = 1) -> dict[int, dict[str, float]]:
    """Return the times of softsign of float32 by the number of elements."""
    chosen = ("softsign", "float32", "out", threads)
    found = [row for row in found if (row.op, row.dtype, row.layout, row.threads) == chosen]
    return {row.n: row.times for row in found}


def texts(path: Path) -> dict[Path, dict[str, str]]:
    """Return what each page shows of this file and, beside it, of those of other machines.

    A file in which something was not measured has no text for it, and the page keeps what it shows.
    """
    setting, found = rows.read(path)
    paths = [path, *(other for other in sorted(MEASURED.glob("*.csv")) if other != path)]
    machines = dict(map(rows.read, paths))
    of_performance = {
        "machine": setting,
        "slower": pages.slower_table(found),
        "machines": pages.machines_list({p.name: s for p, s in zip(paths, machines, strict=True)}),
        "side_by_side": pages.side_by_side(machines),
        "slower_elsewhere": pages.machines_slower(dict([*machines.items()][1:])),
        "levels": pages.levels(found),
        "growth": pages.growth(found),
        "fresh": pages.fresh(found),
        "threads": pages.threads(found),
        **pages.special(found),
    }
    return {
        ROOT / "README.md": {"benchmark": pages.readme(found, setting)},
        DOCS / "speed.md": {"all": pages.all_figures(found)},
        DOCS / "performance.md": {name: text for name, text in of_performance.items() if text},
    }


def draw(path: Path) -> None:
    """Draw the charts of this file; Matplotlib is needed for them alone."""
    from bench import charts

    _, found = rows.read(path)
    threads = max(row.threads for row in found)
    sizes, last = curve(found), cases.FEW[-1]
    few = {n: sizes[n] for n in (10**3, 10**5, 10**7) if n in sizes}
    gains = pages.gains(found, pages.SIDE_BY_SIDE) or pages.gains(found, [10**3])
    figures = {
        "speed": partial(charts.contenders, few),
        "speed_one_thread": partial(charts.over_sizes, sizes),
        "speed_many_threads": partial(charts.over_sizes, curve(found, threads)),
        "speed_gain": partial(charts.heat_map, gains),
        "speed_roof": partial(charts.roof, found),
        "speed_threads": partial(charts.gain_of_threads, threads, pages.gains_of_threads(found)),
        "speed_small": partial(charts.small_calls, {n: t for n, t in sizes.items() if n <= last}),
    }
    charts.draw(DOCS / "figures", figures)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="saved", type=Path, help="measure nothing")
    parser.add_argument("--quick", action="store_true", help="try the command, on small arrays")
    parser.add_argument("--threads", type=int, default=2, help="how many the others have as well")
    arguments = parser.parse_args()
    path = arguments.saved or measure(arguments.threads, arguments.quick)
    draw(path)
    for page, blocks in texts(path.resolve()).items():
        fill(page, blocks)
