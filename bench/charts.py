"""The charts of README.md and docs/performance.md."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from docs.chart import BLUE, COLORS, GREY, INK, ORANGE, WIDTH, save

CACHES = ("index0", "index2", "index3")  # L1 of data, L2, L3
LABELS = {
    "own": "softsign_c",
    "numpy": "NumPy's expression",
    "numpy out=": "NumPy, steps with out=",
    "numba": "Numba",
    "numexpr": "NumExpr",
    "torch": "PyTorch",
    "jax": "JAX",
    "onnxruntime": "ONNX Runtime",
    "tensorflow": "TensorFlow",
}
Times = dict[str, float]


def elements(n: float) -> str:
    return f"{n / 10**6:g} million" if n >= 10**6 else f"{n:,g}"


def caches() -> list[tuple[str, int]]:
    """Return names and bytes of the first CPU's caches, where Linux tells them."""
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    texts = [folder / index / "size" for index in CACHES]
    sizes = [int(text.read_text().strip().rstrip("K")) * 1024 for text in texts if text.exists()]
    return list(zip(("L1", "L2", "L3"), sizes, strict=False))


def contenders(by_size: dict[int, Times]) -> Figure:
    """Show each contender's time per element at a few sizes, this package first."""
    names = [name for name in LABELS if any(name in times for times in by_size.values())]
    names = ["own", *(name for name in names if name not in ("own", "numpy out=", "numexpr"))]
    figure, axes = plt.subplots(figsize=(WIDTH, 0.5 * len(names) + 1.3))
    for (n, times), colour, marker in zip(by_size.items(), COLORS, "os^", strict=False):
        there = [name for name in names if name in times]
        axes.plot(
            [times[name] / n * 1e9 for name in there],
            [names.index(name) for name in there],
            linestyle="",
            marker=marker,
            markersize=9,
            color=colour,
            label=elements(n),
        )
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
            style = {"linewidth": 3} if name == "own" else {"linewidth": 1.4, "linestyle": "--"}
            if name.startswith("numpy"):
                style["linestyle"] = ":"
            axes.loglog(*zip(*sorted(points), strict=True), color=colour, label=label, **style)
    for name, size in caches():
        axes.axvline(size / 8, color=GREY, linewidth=0.7, linestyle=":")
        axes.text(size / 8, 0.98, name, color=GREY, transform=axes.get_xaxis_transform(), va="top")
    axes.set(
        xlabel="elements (dotted: operands fill a cache)", ylabel="ns per element", xlim=(50, None)
    )
    low = min(times["own"] / n for n, times in by_size.items() if n > 100) * 1e9
    axes.set_ylim(0.7 * low, 100)
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def heat_map(gains: dict[int, dict[tuple[str, str], tuple[float, str]]]) -> Figure:
    """Show how many times as fast as the fastest other contender each pass is, by dtype."""
    figure, panels = plt.subplots(len(gains), 1, figsize=(WIDTH, 3.6 * len(gains)), squeeze=False)
    for axes, (n, cells) in zip(panels[:, 0], gains.items(), strict=True):
        ops, dtypes = (list(dict.fromkeys(key[k] for key in cells)) for k in (0, 1))
        for (op, dtype), (gain, name) in cells.items():
            x, y = dtypes.index(dtype), ops.index(op)
            strength = min(0.75, 0.1 + 0.3 * abs(gain - 1)) if abs(gain - 1) > 0.02 else 0.03
            patch = plt.Rectangle(
                (x - 0.5, y - 0.5), 1, 1, color=BLUE if gain >= 1 else ORANGE, alpha=strength
            )
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


def roof(levels: list[dict[str, Any]]) -> Figure:
    """Show the passes of one result under what divider and memory allow, by level of memory."""
    types = {"f32": "float32", "f16": "float16", "f64": "float64"}
    shown = ["forward", "derivative", "inverse", "second_derivative"]
    figure, panels = plt.subplots(len(types), 1, figsize=(WIDTH, 2.6 * len(types)), sharex=True)
    for axes, (type_, dtype) in zip(panels, types.items(), strict=True):
        rows = [row for row in levels if row["type"] == type_]
        names = list(dict.fromkeys(row["level"] for row in rows))
        forward = [row for row in rows if row["pass"] == "forward"]
        for roof_, style in (("divide", "-"), ("copy", "--")):
            label = {"divide": "divider alone", "copy": "copy of the bytes"}[roof_]
            axes.plot(names, [1 / row[roof_] for row in forward], style, color=GREY, label=label)
        for op, colour, marker in zip(shown, COLORS, "os^D", strict=False):
            rates = [1 / row["time"] for row in rows if row["pass"] == op]
            axes.plot(names, rates, marker, color=colour, label=op.replace("_", " "))
        axes.set(title=dtype, ylabel="elements per ns", yscale="log")
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


def small_calls(rows: list[dict[str, Any]]) -> Figure:
    """Show the time of a call on few elements."""
    figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
    names = dict.fromkeys(name for row in rows for name in row["times"])
    for name, colour in zip(names, [GREY, ORANGE, *COLORS], strict=False):
        points = [(row["n"], row["times"][name] * 1e9) for row in rows if name in row["times"]]
        axes.plot(*zip(*points, strict=True), color=colour, label=LABELS.get(name, name))
    axes.set(xlabel="elements, float32 with out=", ylabel="ns of a call", ylim=(0, None))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def draw(folder: Path, figures: dict[str, Callable[[], Figure]]) -> None:
    for name, figure in figures.items():
        save(folder / f"{name}.svg", partial(figure))
