"""The charts of docs/performance.md, as SVG."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from softsign_c._isa import missing_for_isas

CACHES = ("index0", "index2", "index3")  # L1 of data, L2, L3
DTYPES = ["float16", "bfloat16", "float32", "float64"]
# Told apart by those who see no red or green as well.
COLORS = ["#000000", "#0072b2", "#56b4e9", "#d55e00", "#e69f00", "#009e73", "#cc79a7"]
SHOWN = ["np.copyto", *missing_for_isas(), "numpy", "numpy out=", "numba", "onnxruntime"]


def cache_sizes() -> list[int]:
    """Return the sizes of the first CPU's caches in bytes, where Linux tells them."""
    folder = Path("/sys/devices/system/cpu/cpu0/cache")
    texts = [(folder / index / "size") for index in CACHES]
    return [int(text.read_text().strip().rstrip("K")) * 1024 for text in texts if text.exists()]


def new_chart():
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    axes.set_prop_cycle(color=COLORS)
    return figure, axes


def add_line(axes, label, points) -> None:
    """Draw the points, in their order by size, if there are any."""
    if points:
        axes.loglog(*zip(*sorted(points), strict=True), marker="o", markersize=3, label=label)


def save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None})


def throughput(groups, path: Path) -> None:
    figure, axes = new_chart()
    for name in SHOWN:
        points = [
            (size, size / times[name] / 1e9)
            for (pass_, dtype, layout, size), times in groups.items()
            if (pass_, dtype, layout) == ("softsign", "float32", "out") and name in times
        ]
        add_line(axes, name, points)
    for size in cache_sizes():
        axes.axvline(size / 8, color="grey", linewidth=0.7, linestyle=":")
        label = f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"
        axes.annotate(
            label,
            (size / 8, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(3, 0),
            textcoords="offset points",
            color="grey",
            rotation=90,
        )
    axes.set(
        xlabel="elements (dotted: input and output fill a cache)",
        ylabel="10⁹ elements per second",
        title="softsign of float32 with out=, one thread",
    )
    axes.legend()
    save(figure, path)


def speedup(groups, own, path: Path) -> None:
    figure, axes = new_chart()
    for wanted in DTYPES:
        points = [
            (size, times["numpy"] / own(times))
            for (pass_, dtype, layout, size), times in groups.items()
            if (pass_, dtype, layout) == ("softsign", wanted, "fresh output") and "numpy" in times
        ]
        add_line(axes, wanted, points)
    axes.axhline(1, color="grey", linewidth=0.7)
    axes.set(
        xlabel="elements",
        ylabel="times faster",
        title="softsign(x) against x / (1 + abs(x)), fresh outputs, one thread",
    )
    axes.legend()
    save(figure, path)


def draw(groups, own, folder: Path) -> None:
    throughput(groups, folder / "throughput.svg")
    speedup(groups, own, folder / "speedup.svg")
