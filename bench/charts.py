"""The charts of README.md and docs/performance.md."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from bench.peers import LABELS, PEERS
from bench.rows import NUMPY, Row
from bench.tables import elements
from docs.chart import BLUE, COLORS, GREY, INK, ORANGE, WIDTH, save

CACHES = ("index0", "index2", "index3")  # L1 of data, L2, L3
Times = dict[str, float]


def caches() -> list[tuple[str, int]]:
    """Return names and bytes of the first CPU's caches, where Linux tells them."""
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    texts = [folder / index / "size" for index in CACHES]
    sizes = [int(text.read_text().strip().rstrip("K")) * 1024 for text in texts if text.exists()]
    return list(zip(("L1", "L2", "L3"), sizes, strict=False))


def contenders(by_size: dict[int, Times]) -> Figure:
    """Show each contender's time per element at a few sizes, this package first."""
    names = [name for name in LABELS if any(name in times for times in by_size.values())]
    names = [name for name in names if name not in ("numpy out=", "numexpr")]
    figure, axes = plt.subplots(figsize=(WIDTH, 0.5 * len(names) + 1.3))
    for (n, times), colour, marker in zip(by_size.items(), COLORS, "os^", strict=False):
        there = [name for name in names if name in times]
        ns, places = (
            [times[name] / n * 1e9 for name in there],
            [names.index(name) for name in there],
        )
        style = {"linestyle": "", "marker": marker, "markersize": 9, "color": colour}
        axes.plot(ns, places, label=elements(n), **style)
    axes.axhspan(-0.5, 0.5, color=BLUE, alpha=0.12, linewidth=0)
    axes.set_yticks(range(len(names)), [LABELS[name] for name in names])
    axes.set(xscale="log", ylim=(len(names) - 0.5, -0.5), xlabel="ns per element (left is faster)")
    figure.legend(loc="outside upper center", ncols=3, title="float32 softsign, number of elements")
    return figure


def over_sizes(by_size: dict[int, Times]) -> Figure:
    """Show the time per element over the number of elements."""
    figure, axes = plt.subplots(figsize=(WIDTH, 4.6))
    for (name, label), colour in zip(LABELS.items(), [INK, *COLORS, INK], strict=False):
        points = [(n, times[name] / n * 1e9) for n, times in by_size.items() if name in times]
        if points:
            line = {"softsign_c": "-", "numpy": ":", "numpy out=": ":"}.get(name, "--")
            style = (
                {"linewidth": 1.4, "linestyle": line} if name != "softsign_c" else {"linewidth": 3}
            )
            axes.loglog(*zip(*sorted(points), strict=True), color=colour, label=label, **style)
    for name, size in caches():
        axes.axvline(size / 8, color=GREY, linewidth=0.7, linestyle=":")
        axes.text(size / 8, 0.98, name, color=GREY, transform=axes.get_xaxis_transform(), va="top")
    axes.set(
        xlabel="elements (dotted: operands fill a cache)", ylabel="ns per element", xlim=(50, None)
    )
    low = min(times["softsign_c"] / n for n, times in by_size.items() if n > 100) * 1e9
    axes.set_ylim(0.7 * low, 100)
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def heat_map(gains: dict[int, dict[tuple[str, str], tuple[float, str]]]) -> Figure:
    """Show how many times as fast as the fastest other contender each op is, by dtype."""
    figure, panels = plt.subplots(len(gains), 1, figsize=(WIDTH, 3.6 * len(gains)), squeeze=False)
    for axes, (n, cells) in zip(panels[:, 0], gains.items(), strict=True):
        ops, dtypes = (list(dict.fromkeys(key[k] for key in cells)) for k in (0, 1))
        for (op, dtype), (gain, name) in cells.items():
            x, y = dtypes.index(dtype), ops.index(op)
            strength = min(0.75, 0.1 + 0.3 * abs(gain - 1)) if abs(gain - 1) > 0.02 else 0.03
            colour = BLUE if gain >= 1 else ORANGE
            patch = plt.Rectangle((x - 0.5, y - 0.5), 1, 1, color=colour, alpha=strength)
            axes.add_patch(patch)
            axes.text(x, y - 0.12, f"{gain:.3g}", ha="center", va="center", fontweight="bold")
            axes.text(x, y + 0.26, name, ha="center", va="center", fontsize=8)
        axes.set_xticks(range(len(dtypes)), dtypes)
        axes.set_yticks(
            range(len(ops)), [p.removeprefix("softsign_").replace("_", "\n") for p in ops]
        )
        axes.set(xlim=(-0.5, len(dtypes) - 0.5), ylim=(len(ops) - 0.5, -0.5))
        axes.set(title=f"{elements(n)} elements")
        axes.grid(visible=False)
    return figure


def roof(rows: list[Row]) -> Figure:
    """Show the ops of one result under what divider and memory allow, by level of memory."""
    shown = [f"softsign{op}" for op in ("", "_derivative", "_inverse", "_second_derivative")]
    found = [row for row in rows if row.layout.startswith("kernel in ")]
    dtypes = list(dict.fromkeys(row.dtype for row in found))
    figure, panels = plt.subplots(len(dtypes), 1, figsize=(WIDTH, 2.6 * len(dtypes)), sharex=True)
    for axes, dtype in zip(panels, dtypes, strict=True):
        for op, colour, marker in zip(shown, COLORS, "os^D", strict=False):
            of_op = [row for row in found if (row.op, row.dtype) == (op, dtype)]
            names = [row.layout.removeprefix("kernel in ") for row in of_op]
            if op == "softsign":
                for floor, style in (("divider", "-"), ("copy", "--")):
                    label = {"divider": "divider alone", "copy": "copy of the bytes"}[floor]
                    rates = [row.n / row.times[floor] / 1e9 for row in of_op]
                    axes.plot(names, rates, style, color=GREY, label=label)
            rates = [row.n / row.own / 1e9 for row in of_op]
            axes.plot(names, rates, marker, color=colour, label=op)
        axes.set(title=dtype, ylabel="elements per ns", yscale="log")
        for ticks in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            ticks(lambda y, _: f"{y:g}" if f"{y:e}"[0] in "125" else "")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def gain_of_threads(threads: int, gains: dict[str, dict[int, float]]) -> Figure:
    """Show how many times as fast as one thread many are, over the number of elements."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3))
    for (op, points), marker in zip(gains.items(), "os^", strict=False):
        axes.semilogx(*zip(*sorted(points.items()), strict=True), marker=marker, label=op)
    axes.axhline(1, color=GREY, linewidth=0.7)
    axes.set(xlabel="elements, float32 with out=", ylim=(0, None))
    axes.set_ylabel(f"{threads} threads, times as fast as one")
    axes.legend()
    return figure


def small_calls(by_size: dict[int, Times]) -> Figure:
    """Show the time of a call on few elements: of expressions, and of single ufuncs."""
    figure, panels = plt.subplots(2, 1, figsize=(WIDTH, 6), sharex=True)
    found = dict.fromkeys(name for times in by_size.values() for name in times)
    several = [name for name in ("numpy", "numpy out=", "numba") if name in found]
    single = [name for name in found if name not in (*NUMPY, *PEERS, "np.copyto")]
    colours = dict(zip([*single, *several], [*COLORS, INK], strict=False))
    for name, colour in colours.items():
        points = [(n, times[name] * 1e9) for n, times in by_size.items()]
        axes, style = panels[int(name in single)], "--" if name.startswith("n") else "-"
        axes.plot(*zip(*points, strict=True), style, color=colour, label=LABELS.get(name, name))
    panels[0].set(title="expressions, and Numba", ylabel="ns of a call", ylim=(0, None))
    panels[1].set(title="one ufunc; the scale does not begin at 0", ylabel="ns of a call")
    panels[1].set(xlabel="elements, float32 with out=")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def draw(folder: Path, figures: dict[str, Callable[[], Figure]]) -> None:
    for name, figure in figures.items():
        save(folder / f"{name}.svg", partial(figure))
