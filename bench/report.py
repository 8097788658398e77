"""Measure everything, then write all figures of README.md and docs/.

python bench/report.py              measure, for a quarter of an hour, then write
python bench/report.py --threads 8  the same, with what is on many threads on 8 in place of 2
python bench/report.py --saved      write what was measured before
python bench/report.py --quick      try the command, on small arrays
"""

import argparse
import csv
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import charts  # noqa: E402
import machine  # noqa: E402
import pages  # noqa: E402
from results import Row, rows  # noqa: E402

from docs.report import fill  # noqa: E402

SAVED = ROOT / ".benchmarks"
DOCS = ROOT / "docs"
SCRIPTS = {
    "one": "bench/measure.py",
    "many": "bench/measure.py",
    "details": "bench/details.py",
    "limits": "bench/limits.py",
}


def measure(threads: int, quick: bool) -> None:
    SAVED.mkdir(exist_ok=True)
    for name, script in SCRIPTS.items():
        command = [sys.executable, script, str(SAVED / f"{name}.json")]
        command += [f"--threads={threads}"] if name == "many" else []
        subprocess.run(command + ["--quick"] * quick, check=True, cwd=ROOT)
    if not quick:
        subprocess.run([sys.executable, "docs/recipes.py", "--measure"], check=True, cwd=ROOT)


def curve(found: list[Row]) -> dict[int, dict[str, float]]:
    """Return the times of softsign of float32 by the number of elements."""
    chosen = ("softsign", "float32", "out")
    return {row.n: row.times for row in found if (row.op, row.dtype, row.layout) == chosen}


def write_data(by_threads: dict[int, list[Row]]) -> None:
    """Write the seconds of every contender in every group."""
    names = [name for name in charts.LABELS if name != "own"]
    with (DOCS / "speed.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["pass", "dtype", "layout", "threads", "elements", "softsign_c", *names])
        for threads, found in by_threads.items():
            for row in found:
                times = (row.times.get(name) for name in ("own", *names))
                cells = [f"{t:.4g}" if t else "" for t in times]
                writer.writerow([row.op, row.dtype, row.layout, threads, row.n, *cells])


def write() -> None:
    saved = {name: json.loads((SAVED / f"{name}.json").read_text()) for name in SCRIPTS}
    one, many = rows(saved["one"]), rows(saved["many"])
    threads, details, limits = saved["many"]["threads"], saved["details"], saved["limits"]
    sizes = curve(one)
    few = {n: sizes[n] for n in (10**3, 10**5, 10**7) if n in sizes} or sizes
    gains = pages.gains(one, [10**5, 10**7]) or pages.gains(one, [10**3])
    figures = {
        "speed": partial(charts.contenders, few),
        "speed_one_thread": partial(charts.over_sizes, sizes),
        "speed_many_threads": partial(charts.over_sizes, curve(many)),
        "speed_gain": partial(charts.heat_map, gains),
        "speed_roof": partial(charts.roof, limits["levels"]),
        "speed_threads": partial(charts.gain_of_threads, threads, pages.gains_of_threads(many)),
        "speed_small": partial(charts.small_calls, details["small"]),
    }
    charts.draw(DOCS / "figures", figures)
    write_data({1: one, threads: many})
    setting = f"{machine.processor()}; {machine.versions()}."
    fill(ROOT / "README.md", {"benchmark": pages.readme(one, details, setting)})
    fill(DOCS / "speed.md", {"all": pages.all_figures({1: one, threads: many})})
    texts = {
        "machine": setting,
        "lost": pages.lost(one),
        "levels": pages.levels(limits["levels"]),
        "growth": pages.growth(limits["growth"]),
        "special": pages.special(details["special"]),
        "fresh": pages.fresh(details["fresh"], details["fresh, memory kept"]),
        "threads": pages.threads(threads, many),
    }
    fill(DOCS / "performance.md", texts)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--saved", action="store_true", help="measure nothing")
    parser.add_argument("--quick", action="store_true", help="try the command, on small arrays")
    parser.add_argument("--threads", type=int, default=2, help="how many the others have as well")
    arguments = parser.parse_args()
    if not arguments.saved:
        measure(arguments.threads, arguments.quick)
    write()
