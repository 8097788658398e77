"""Measure everything, then write the tables and charts of README.md and docs/performance.md.

python bench/report.py              measure, for ten minutes or more, then write
python bench/report.py --threads 8  the same, with the table of many threads on 8 in place of 2
python bench/report.py --saved      write what was measured before
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cases import SMALL  # noqa: E402
from charts import draw  # noqa: E402

from docs.report import fill, table  # noqa: E402
from softsign_c._isa import missing_for_isas  # noqa: E402

SAVED = ROOT / ".benchmarks"
ISAS = list(missing_for_isas())  # the fastest first
REFERENCES = ["np.copyto", "numpy", "numpy out=", "one thread"]
PASSES = ["softsign", "softsign_derivative", "softsign_backward"]
# For many threads. A number is found in its tenfolds as well.
THREADED = "float32 and (10000 or 64000000) and not ({})".format(
    " or ".join(
        ["strided", "place", "transposed", "byte", "broadcast", "with", "inverse", "second"]
    )
)
Group = tuple[str, str, str, int]  # pass, dtype, layout, size


def available_cpus() -> int:
    """Return how many CPUs this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def measure(many: int) -> None:
    SAVED.mkdir(exist_ok=True)
    python, bench = sys.executable, str(ROOT / "bench")
    for name, threads, selection in (("one", 1, []), ("many", many, ["-k", THREADED])):
        if threads <= available_cpus():
            saved = f"--benchmark-json={SAVED / f'{name}.json'}"
            command = [python, "-m", "pytest", bench, "-q", f"--threads={threads}", saved]
            subprocess.run([*command, *selection], check=True, cwd=ROOT)
    subprocess.run([python, f"{bench}/limits.py", SAVED / "limits.json"], check=True)


def medians(results: dict[str, Any]) -> dict[Group, dict[str, float]]:
    """Return, for each group, the median time of each contender in seconds."""
    groups: dict[Group, dict[str, float]] = {}
    for benchmark in results["benchmarks"]:
        p = benchmark["params"]
        group = groups.setdefault((p["pass_"], p["dtype"], p["layout"], p["size"]), {})
        calls = benchmark["extra_info"].get("calls", 1)
        group[p["contender"]] = benchmark["stats"]["median"] / calls
    return groups


def own(times: dict[str, float]) -> float:
    return next(times[isa] for isa in ISAS if isa in times)


def peer(times: dict[str, float]) -> str:
    """Return how many times faster than the fastest peer this package is, and the peer's name."""
    peers = {name: t for name, t in times.items() if name not in (*REFERENCES, *ISAS)}
    if not peers:
        return ""
    name = min(peers, key=peers.__getitem__)
    return f"{peers[name] / own(times):.2f} ({name})"


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.2g} ns"


def ratio(times: dict[str, float], name: str) -> str:
    return f"{times[name] / own(times):.3g}" if name in times else ""


def row(group: Group, times: dict[str, float]) -> list[str]:
    pass_, dtype, layout, size = group
    copies = f"{own(times) / times['np.copyto']:.2f}" if "np.copyto" in times else ""
    faster = [ratio(times, name) for name in ("numpy", "numpy out=")]
    return [
        f"`{pass_}`",
        dtype,
        layout,
        f"{size:,}",
        duration(own(times)),
        *faster,
        copies,
        peer(times),
    ]


HEAD = [
    "pass",
    "dtype",
    "layout",
    "n",
    "median",
    "against NumPy",
    "against NumPy `out=`",
    "copies",
    "against the fastest peer",
]
LOST = {  # rows that the README shows because they are lost
    ("softsign", "float32", "fresh output", 10**7),
    ("softsign_inverse", "float32", "out", 10**6),
    ("softsign_backward", "float32", "transposed", 10**6),
}


def is_in_readme(group: Group) -> bool:
    if group in LOST:
        return True
    pass_, dtype, layout, size = group
    if dtype == "float32" and layout == ("out" if size > SMALL else "fresh output"):
        return pass_ in PASSES and size in (1, 100, 10**5, 10**6, 10**7)
    if layout == "out":
        return pass_ == "softsign" and size == 10**5
    return (
        dtype == "float32"
        and size == 10**6
        and pass_ == ("softsign_backward" if layout == "broadcast grad" else "softsign")
    )


def levels_table(levels: list[dict[str, Any]]) -> str:
    """Return the time, in ns per 8 elements, over the floor, by level of memory."""
    names = list(dict.fromkeys(figures["level"] for figures in levels))
    lines: dict[tuple[str, str], list[str]] = {}
    for figures in levels:
        bound = max(("divide", "copy"), key=figures.__getitem__)
        over = figures["time"] / figures[bound]
        cell = f"{8 * figures['time']:.2f} ({over:.2f} of {bound})"
        lines.setdefault((figures["type"], figures["pass"]), []).append(cell)
    return table(["type", "pass", *names], [[*key, *cells] for key, cells in lines.items()])


def growth_table(growth: dict[str, float]) -> str:
    """Return the time per element by size; sizes beside a level's border belong to neither."""
    levels = {"L1": (0, 2**15), "L2": (2**16, 2**19), "L3": (2**21, 2**24), "DRAM": (2**26, 2**40)}
    lines = []
    for level, (low, high) in levels.items():
        times = {int(n): t for n, t in growth.items() if low <= 8 * int(n) <= high}
        span = f"{min(times):,} to {max(times):,}"
        lowest, highest = min(times.values()), max(times.values())
        figures = [f"{lowest:.3f}", f"{highest:.3f}", f"{highest / lowest:.2f}"]
        lines.append([level, span, *figures])
    return table(["level", "elements", "least ns", "most ns", "most / least"], lines)


def threads_table(threads: int, many: dict[Group, dict[str, float]]) -> str:
    lines = []
    for group, times in many.items():
        pass_, _, layout, size = group
        cells = [f"`{pass_}`", layout, f"{size:,}", duration(own(times))]
        lines.append([*cells, f"{times['one thread'] / own(times):.2f}", peer(times)])
    head = [
        "pass",
        "layout",
        "n",
        f"{threads} threads",
        "against one",
        f"against the fastest peer with {threads}",
    ]
    return table(head, lines)


def machine(results: dict[str, Any]) -> str:
    info = results["machine_info"]
    versions = ", ".join(f"{name} {version}" for name, version in info["versions"].items())
    cpu = info["cpu"]
    return (
        f"Measured on one thread of an {cpu['brand_raw']} ({cpu['count']} CPUs), with {versions}."
    )


def write() -> None:
    saved = {path.stem: json.loads(path.read_text()) for path in SAVED.glob("*.json")}
    one = medians(saved["one"])
    rows = {group: row(group, times) for group, times in one.items() if "baseline" in times}
    readme = table(HEAD, [cells for group, cells in rows.items() if is_in_readme(group)])
    fill(ROOT / "README.md", {"benchmark": f"{machine(saved['one'])}\n\n{readme}"})
    texts = {"machine": machine(saved["one"]), "all": table(HEAD, list(rows.values()))}
    if "many" in saved:
        threads = saved["many"]["machine_info"]["threads"]
        texts["threads"] = threads_table(threads, medians(saved["many"]))
    if "limits" in saved:
        texts["levels"] = levels_table(saved["limits"]["levels"])
        texts["growth"] = growth_table(saved["limits"]["growth"])
    fill(ROOT / "docs" / "performance.md", texts)
    draw(one, own, ROOT / "docs" / "figures")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saved", action="store_true", help="measure nothing")
    parser.add_argument("--threads", type=int, default=2, help="in the table of many")
    arguments = parser.parse_args()
    if not arguments.saved:
        measure(arguments.threads)
    write()
