"""The tables that the report puts into README.md and docs/."""

import csv
import io
import math
from typing import Any

from charts import LABELS, elements
from results import Row, duration, figure

from docs.report import table

README = [  # pass, dtype, layout, elements; the worst row of all is added
    ("softsign", "float32", "out", 10**5),
    ("softsign", "float32", "out", 10**7),
    ("softsign_derivative", "float32", "out", 10**5),
    ("softsign_backward", "float32", "out", 10**7),
    ("softsign", "float16", "out", 10**5),
    ("softsign", "float64", "out", 10**5),
    ("softsign", "float32", "out", 1),
]
LOST = 0.97  # what is within some per cent is level
LEVELS = {"L1": (0, 2**15), "L2": (2**16, 2**19), "L3": (2**21, 2**24), "DRAM": (2**26, 2**40)}


def key(row: Row) -> tuple[str, str, str, int]:
    return row.op, row.dtype, row.layout, row.n


def name_of(row: Row) -> str:
    layout = "" if row.layout == "out" else f", {row.layout}"
    return f"`{row.op}`, {row.dtype}{layout}"


def against(row: Row, *, numpy: bool) -> str:
    gain, name = row.gain(numpy=numpy)
    return f"{figure(gain)} ({LABELS[name]})" if name else ""


def lost_rows(found: list[Row]) -> list[Row]:
    """Return the rows in which another is faster, the worst first."""
    beaten = [row for row in found if row.gain(numpy=True)[0] < LOST]
    return sorted(beaten, key=lambda row: row.gain(numpy=True)[0])


def readme(found: list[Row], details: dict[str, Any], setting: str) -> str:
    by_key = {key(row): row for row in found}
    worst = min(found, key=lambda row: row.gain(numpy=True)[0])
    chosen = [by_key[k] for k in README if k in by_key and k != key(worst)] + [worst]
    lines = [
        [
            name_of(row),
            elements(row.n),
            duration(row.own),
            row.ratio("numpy"),
            against(row, numpy=False),
        ]
        for row in chosen
    ]
    head = ["with `out=`, one thread", "elements", "time", "NumPy's expression", "fastest other"]
    first = ", ".join(
        f"{LABELS.get(name, name)} {duration(seconds)}"
        for name, seconds in details["first"].items()
    )
    beaten = len(lost_rows(found))
    return "\n\n".join(
        [
            f"Measured on one thread of {setting}",
            table(head, lines),
            "The last two columns are how many times as long the others take; below 1 they are"
            f" faster. The last row is the worst of {len(found)} measured, of which {beaten} are"
            f" lost. From import to the first result: {first}.",
        ]
    )


def gains(
    found: list[Row], sizes: list[int]
) -> dict[int, dict[tuple[str, str], tuple[float, str]]]:
    """Return the gain over the fastest other by size, pass and dtype."""
    by_size: dict[int, dict[tuple[str, str], tuple[float, str]]] = {}
    for row in found:
        if row.layout == "out" and row.n in sizes:
            gain, name = row.gain(numpy=True)
            cells = by_size.setdefault(row.n, {})
            cells[row.op, row.dtype] = (
                gain,
                LABELS[name].split(",")[0].replace("'s expression", ""),
            )
    return dict(sorted(by_size.items()))


def lost(found: list[Row]) -> str:
    lines = [
        [name_of(row), elements(row.n), duration(row.own), against(row, numpy=True)]
        for row in lost_rows(found)
    ]
    return table(["", "elements", "time", "fastest other"], lines) if lines else "None."


def levels(figures: list[dict[str, Any]]) -> str:
    """Return the time, in ns per 8 elements, over the slower of the two floors."""
    names = list(dict.fromkeys(f["level"] for f in figures))
    lines: dict[tuple[str, str], list[str]] = {}
    for f in figures:
        bound = max(("divide", "copy"), key=f.__getitem__)
        cell = f"{8 * f['time']:.2f} ({f['time'] / f[bound]:.2f} {bound[0]})"
        lines.setdefault((f["type"], f["pass"].replace("_", " ")), []).append(cell)
    return table(["type", "pass", *names], [[*where, *cells] for where, cells in lines.items()])


def growth(by_size: dict[str, float]) -> str:
    """Return the time per element by size; sizes beside a level's border belong to neither."""
    lines = []
    for level, (low, high) in LEVELS.items():
        times = {int(n): t for n, t in by_size.items() if low <= 8 * int(n) <= high}
        least, most = min(times.values()), max(times.values())
        span = f"{min(times):,} to {max(times):,}"
        lines.append([level, span, f"{least:.3f}", f"{most:.3f}", f"{most / least:.2f}"])
    return table(["level", "elements", "least ns", "most ns", "most / least"], lines)


def special(rows: list[dict[str, Any]]) -> str:
    """Return how many times as long as on ordinary data each pass takes."""
    dtypes = list(dict.fromkeys(row["dtype"] for row in rows))
    lines: dict[str, list[str]] = {}
    for row in rows:
        ordinary, *others = row["times"].values()
        cell = " and ".join(f"{t / ordinary:.2f}" for t in others)
        lines.setdefault(f"`{row['pass']}`", []).append(cell)
    return table(["", *dtypes], [[name, *cells] for name, cells in lines.items()])


def fresh(plain: list[dict[str, Any]], kept: list[dict[str, Any]]) -> str:
    """Return the times of fresh outputs, with glibc as it is and told to keep memory."""
    names = {"softsign_c": "`softsign(x)`", "softsign_c, out=": "`softsign(x, out=y)`"}
    sizes = [row["n"] for row in plain]
    head = [""]
    for n in sizes:
        head += [f"{elements(n)} elements", "memory kept"]
    lines = []
    for name in dict.fromkeys(name for row in plain for name in row["times"]):
        cells = [
            duration(row["times"][name]) if name in row["times"] else ""
            for pair in zip(plain, kept, strict=True)
            for row in pair
        ]
        lines.append([names.get(name, LABELS.get(name, name)), *cells])
    return table(head, lines)


def gains_of_threads(many: list[Row]) -> dict[str, dict[int, float]]:
    """Return how many times as fast as one thread many are, by pass and size."""
    found: dict[str, dict[int, float]] = {}
    for row in many:
        if "one thread" in row.times and row.layout == "out" and row.n >= 1000:
            found.setdefault(row.op, {})[row.n] = row.times["one thread"] / row.own
    return found


def threads(count: int, many: list[Row]) -> str:
    lines = [
        [
            name_of(row).replace(", float32", ""),
            elements(row.n),
            duration(row.own),
            row.ratio("one thread"),
            against(row, numpy=False),
        ]
        for row in many
        if row.n in (10**4, 2**14, 10**5, 10**6, 10**7, 64 * 10**6)
    ]
    head = ["pass", "elements", f"{count} threads", "one thread", "fastest other"]
    return table(head, lines)


def all_figures(by_threads: dict[int, list[Row]]) -> str:
    """Return a table that the site lets its readers sort."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["pass", "dtype", "layout", "n", "ns", "NumPy", "fastest", "which"])
    for count, found in by_threads.items():
        for row in found:
            gain, name = row.gain(numpy=True)
            writer.writerow(
                [
                    row.op.removeprefix("softsign_").replace("_", " "),
                    row.dtype,
                    row.layout if count == 1 else f"{row.layout}, {count} threads",
                    f"{row.n:.0e}".replace("e+0", "e") if row.n >= 1000 else row.n,
                    f"{row.own / row.n * 1e9:.3g}",
                    row.ratio("numpy"),
                    "" if math.isnan(gain) else figure(gain),
                    LABELS[name].split(",")[0].split("'")[0] if name else "",
                ]
            )
    options = ":class: sortable\n:header-rows: 1\n:widths: auto"
    return f"```{{csv-table}}\n{options}\n\n{file.getvalue()}```"
