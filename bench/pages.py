"""The tables that the report puts into README.md and docs/."""

import math
from collections.abc import Iterable

from bench.peers import LABELS
from bench.rows import KEPT, NUMPY, Row, compared, slower
from bench.tables import duration, elements, figure, table

README = [  # op, dtype, layout, elements; the row with the fastest other of all is added
    ("softsign", "float32", "out", 10**5),
    ("softsign", "float32", "out", 10**7),
    ("softsign_derivative", "float32", "out", 10**5),
    ("softsign_backward", "float32", "out", 10**7),
    ("softsign", "float16", "out", 10**5),
    ("softsign", "float64", "out", 10**5),
    ("softsign", "float32", "out", 1),
]
SIDE_BY_SIDE = (10**5, 10**7)
LEVELS = {"L1": (0, 2**15), "L2": (2**16, 2**19), "L3": (2**21, 2**24), "DRAM": (2**26, 2**40)}
Machines = dict[str, list[Row]]  # what each was, and its rows


def name_of(row: Row) -> str:
    layout = "" if row.layout == "out" else f", {row.layout}"
    threads = f", {row.threads} threads" if row.threads > 1 else ""
    return f"`{row.op}`, {row.dtype}{layout}{threads}"


def against(row: Row, *, numpy: bool = True) -> str:
    gain, name = row.gain(numpy=numpy)
    return f"{figure(gain)} ({LABELS[name]})" if name else ""


def of_row(row: Row) -> list[str]:
    """Return how a line of a table begins."""
    return [name_of(row), elements(row.n), duration(row.own)]


def readme(rows: list[Row], setting: str) -> str:
    """Return the table of a few rows and of the one in which another is fastest."""
    one, all_ = compared(rows, 1), compared(rows)
    worst = min(one, key=lambda row: row.gain()[0])
    by_key = {row.key: row for row in one}
    chosen = [by_key[k] for k in README if k in by_key and k != worst.key] + [worst]
    ratios = ("numpy out=", "numpy")
    lines = [[*of_row(row), *map(row.ratio, ratios), against(row, numpy=False)] for row in chosen]
    head = ["`out=`, one thread", "elements", "time", "NumPy, `out=`", "NumPy", "fastest other"]
    imports = [
        f"From import to the first result, where NumPy is imported already (it takes"
        f" {duration(row.times['numpy'])} by itself): "
        + ", ".join(f"{LABELS[k]} {duration(t)}" for k, t in row.times.items() if k != "numpy")
        + "."
        for row in rows
        if row.layout == "first call"
    ]
    return "\n\n".join(
        [
            f"Measured on {setting}",
            table(head, lines),
            "The last three columns are how many times as long others take; below 1 they are"
            " faster. *NumPy, `out=`* is its expression in steps, into arrays made beforehand;"
            " *NumPy* is the expression as it is written, which makes new ones. The last row is"
            f" the slowest against others with one thread. Of {len(all_)} rows, with one thread"
            f" and more, another is faster by three per cent or more in {len(slower(all_))},"
            " [all listed](docs/performance.md#where-another-is-faster).",
            *imports,
        ]
    )


def gains(rows: list[Row], sizes: Iterable[int]) -> dict[int, dict[tuple[str, str], str]]:
    """Return the gain over the fastest other by size, op and dtype."""
    by_size: dict[int, dict[tuple[str, str], tuple[float, str]]] = {}
    for row in compared(rows, 1):
        if row.layout == "out" and row.n in sizes:
            gain, name = row.gain()
            label = "NumPy" if name in NUMPY else LABELS[name]
            by_size.setdefault(row.n, {})[row.op, row.dtype] = (gain, label)
    return dict(sorted(by_size.items()))


def filled(head: list[str], lines: list[list[str]]) -> str:
    """Return the table, or nothing if nothing was measured for it."""
    return table(head, lines) if lines else ""


def slower_table(rows: list[Row]) -> str:
    lines = [[*of_row(row), against(row)] for row in slower(rows)]
    return table(["", "elements", "time", "fastest other"], lines) if lines else "None."


def machines_list(files: dict[str, str]) -> str:
    return "\n".join(f"- [{name}](measured/{name}): {setting}" for name, setting in files.items())


def side_by_side(machines: Machines) -> str:
    """Return how many times as long the fastest other takes, on each machine."""
    columns = [{row.key: row for row in compared(rows, 1)} for rows in machines.values()]
    keys = dict.fromkeys(key for column in columns for key in column)
    lines = [
        [
            f"`{key[0]}`, {key[1]}",
            elements(key[3]),
            *(against(column[key]) if key in column else "" for column in columns),
        ]
        for key in keys
        if key[2] == "out" and key[3] in SIDE_BY_SIDE
    ]
    names = [setting.partition(",")[0] for setting in machines]
    counts = [f"{len(slower(rows))} of {len(compared(rows))}" for rows in machines.values()]
    total = ["*another is faster, all sizes and layouts*", "", *counts]
    return table(["", "elements", *names], [*lines, total])


def machines_slower(machines: Machines) -> str:
    return "\n\n".join(f"{setting}\n\n{slower_table(rows)}" for setting, rows in machines.items())


def levels(rows: list[Row]) -> str:
    """Return the time, in ns per 8 elements, over the slower of the two floors."""
    found = [row for row in rows if row.layout.startswith("kernel in ")]
    names = dict.fromkeys(row.layout.removeprefix("kernel in ") for row in found)
    lines: dict[tuple[str, str], list[str]] = {}
    for row in found:
        bound = max(("divider", "copy"), key=row.times.__getitem__)
        cell = f"{8e9 * row.own / row.n:.2f} ({row.own / row.times[bound]:.2f} {bound[0]})"
        lines.setdefault((row.dtype, f"`{row.op}`"), []).append(cell)
    return filled(["", "", *names], [[*where, *cells] for where, cells in lines.items()])


def growth(rows: list[Row]) -> str:
    """Return the time per element by size; sizes beside a level's border belong to neither."""
    lines = []
    for level, (low, high) in LEVELS.items():
        times = {
            row.n: row.own / row.n * 1e9
            for row in rows
            if row.layout == "kernel" and low <= 8 * row.n <= high
        }
        if times:
            least, most = min(times.values()), max(times.values())
            span = f"{min(times):,} to {max(times):,}"
            lines.append([level, span, f"{least:.3f}", f"{most:.3f}", f"{most / least:.2f}"])
    return filled(["level", "elements", "least ns", "most ns", "most / least"], lines)


def special(rows: list[Row]) -> dict[str, str]:
    """Return two tables, each with the worst of all fractions: against NumPy, and against ordinary
    data; and how often NumPy is faster.
    """
    found: dict[tuple[str, str], dict[str, list[tuple[float, float, str]]]] = {}
    ordinary = {row.key[:2]: row.own for row in rows if row.layout == "ordinary"}
    for row in rows:
        fraction, _, kind = row.layout.partition(" ")
        if row.key[:2] in ordinary and fraction[:1].isdigit():
            gain, _ = row.gain()
            cost = row.own / ordinary[row.key[:2]]
            cell = (gain, cost, f"{100 * float(fraction):g} %")
            found.setdefault(row.key[:2], {}).setdefault(kind, []).append(cell)
    numpys, costs = [], []
    for (op, dtype), kinds in found.items():
        least = {kind: min(cells) for kind, cells in kinds.items()}
        most = {kind: max(cells, key=lambda cell: cell[1]) for kind, cells in kinds.items()}
        label = f"`{op}`, {dtype}"
        shown = {kind: f", {kind}" if kind[0] in "2±" else "" for kind in kinds}
        numpys.append([label, *(f"{c[0]:.3g} ({c[2]}{shown[k]})" for k, c in least.items())])
        costs.append([label, *(f"{c[1]:.3g} ({c[2]}{shown[k]})" for k, c in most.items())])
    head = ["", "NaN", "infinity", "large", "huge"]
    every = [cell for kinds in found.values() for cells in kinds.values() for cell in cells]
    count = f"NumPy is faster in {sum(cell[0] < 1 for cell in every)} of {len(every)} mixtures."
    padded = [[*line, *[""] * (len(head) - len(line))] for line in (*numpys, *costs)]
    half = len(numpys)
    return {
        "special": f"{table(head, padded[:half])}\n\n{count}" if half else "",
        "special_cost": filled(head, padded[half:]),
    }


def fresh(rows: list[Row]) -> str:
    """Return the times of fresh outputs, with glibc as it is and told to keep memory."""
    found = {
        (row.layout, row.n): row.times
        for row in rows
        if (row.op, row.dtype, row.threads) == ("softsign", "float32", 1)
    }
    sizes = sorted(n for layout, n in found if layout == KEPT)
    columns = [(layout, n) for n in sizes for layout in ("fresh output", KEPT)]
    head = [""]
    for n in sizes:
        head += [f"{elements(n)} elements", "memory kept"]
    lines = [
        [LABELS[name], *(duration(found[c][name]) for c in columns)]
        for name in LABELS
        if columns and all(name in found.get(c, {}) for c in columns)
    ]
    out = [[duration(found["out", n]["softsign_c"]), ""] for n in sizes]
    if lines:
        lines.append(["softsign_c, `out=`", *(cell for pair in out for cell in pair)])
    return filled(head, lines)


def gains_of_threads(rows: list[Row]) -> dict[str, dict[int, float]]:
    """Return how many times as fast as one thread many are, by op and size."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        if "one thread" in row.times and row.layout == "out" and row.n >= 1000:
            found.setdefault(row.op, {})[row.n] = row.times["one thread"] / row.own
    return found


def threads(rows: list[Row]) -> str:
    found = [row for row in rows if "one thread" in row.times]
    lines = [
        [
            name_of(row).replace(", float32", "").removesuffix(f", {row.threads} threads"),
            elements(row.n),
            duration(row.own),
            row.ratio("one thread"),
            against(row, numpy=False),
        ]
        for row in found
        if row.n in (10**4, 2**14, 10**5, 10**6, 10**7, 64 * 10**6)
    ]
    many = max((row.threads for row in found), default=1)
    return filled(["", "elements", f"{many} threads", "one thread", "fastest but NumPy"], lines)


def all_figures(rows: list[Row]) -> str:
    """Return a table that the site lets its readers sort."""
    lines = []
    for row in compared(rows):
        gain, name = row.gain()
        lines.append(
            [
                row.op.removeprefix("softsign_").replace("_", " "),
                row.dtype,
                row.layout if row.threads == 1 else f"{row.layout}, {row.threads} threads",
                f"{row.n:.0e}".replace("e+0", "e") if row.n >= 1000 else row.n,
                f"{row.own / row.n * 1e9:.3g}",
                row.ratio("numpy"),
                "" if math.isnan(gain) else figure(gain),
                "NumPy" if name in NUMPY else LABELS[name],
            ]
        )
    return table(["op", "dtype", "layout", "n", "ns", "NumPy", "fastest", "which"], lines)
