"""Charts of the figures that "softsign-c bench --json" has written."""

from itertools import product
from pathlib import Path

from matplotlib.figure import Figure

from softsign_c._cli.figures import DTYPES, Figures, read
from softsign_c._cli.replace import replacing

COLOURS = ("#0072b2", "#d55e00", "#009e73")  # told apart by colour-blind readers too


def drawn(figures: Figures) -> Figure:
    """Draw, for each operation, the gain over NumPy and the time in copies."""
    ops = list(dict.fromkeys(row.op for row in figures.rows))
    figure = Figure(figsize=(4 * len(ops), 7), layout="constrained")
    axes = figure.subplots(2, len(ops), sharex=True, sharey="row", squeeze=False)
    for column, op in enumerate(ops):
        gain, copies = axes[:, column]
        for (colour, dtype), out in product(zip(COLOURS, DTYPES, strict=True), (False, True)):
            rows = [r for r in figures.rows if (r.op, r.dtype, r.out) == (op, dtype, out)]
            if not rows:
                continue
            style = {
                "color": colour,
                "linestyle": "--" if out else "-",
                "label": f"{dtype}, out=" if out else dtype,
                "marker": ".",
            }
            sizes = [row.n for row in rows]
            gain.plot(sizes, [row.speedup for row in rows], **style)
            copies.plot(sizes, [row.copies for row in rows], **style)
        gain.set(title=op, xscale="log", yscale="log")
        copies.set(xlabel="elements", xscale="log", yscale="log")
        for chart in (gain, copies):
            chart.axhline(1, color="#767676", linewidth=1)
            chart.grid(alpha=0.3)
    axes[0, 0].set_ylabel("times faster than NumPy")
    axes[1, 0].set_ylabel("time in copies (np.copyto)")
    axes[0, 0].legend(fontsize="small")
    versions = ", ".join(f"{name} {value}" for name, value in figures.versions.items())
    threads = f"{figures.threads} thread{'s' if figures.threads > 1 else ''}"
    figure.suptitle(f"{versions}, {threads}", parse_math=False, wrap=True)
    return figure


def plot(source: Path, target: Path) -> None:
    """Draw the figures of a file into the target, in the format that its name ends in."""
    figure = drawn(read(source))
    with replacing(target) as file:
        try:
            figure.savefig(file, format=target.suffix[1:])
        except (ValueError, RuntimeError, ArithmeticError) as error:
            raise OSError(f"{target} cannot be drawn: {error}") from error
