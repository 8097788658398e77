"""Charts of the figures that "softsign-c bench --json" has written."""

import json
from itertools import product
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # told apart by colour-blind readers too


def read(source: Path) -> dict[str, Any]:
    """Return the figures of a file of "bench --json"."""
    try:
        figures: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        keys = ("pass_", "dtype", "n", "out", "numpy", "softsign_c", "copy")
        rows = [{key: row[key] for key in keys} for row in figures["rows"]]
        if not rows:
            raise ValueError("no rows")
        return {"versions": dict(figures["versions"]), "rows": rows}
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{source} was not written by 'softsign-c bench --json'") from error


def plot(source: Path, target: Path) -> None:
    """Draw, for each pass, the gain over NumPy and the time in copies, into the target."""
    figures = read(source)
    rows = figures["rows"]
    passes, dtypes = (list(dict.fromkeys(row[key] for row in rows)) for key in ("pass_", "dtype"))
    figure = Figure(figsize=(4 * len(passes), 7), layout="constrained")
    axes = figure.subplots(2, len(passes), sharex=True, sharey="row", squeeze=False)
    for column, pass_ in enumerate(passes):
        gain, copies = axes[:, column]
        for (colour, dtype), out in product(zip(COLOURS, dtypes, strict=False), (False, True)):
            own = [r for r in rows if (r["pass_"], r["dtype"], r["out"]) == (pass_, dtype, out)]
            style = {
                "color": colour,
                "linestyle": "--" if out else "-",
                "label": f"{dtype}, out=" if out else dtype,
                "marker": ".",
            }
            sizes = [row["n"] for row in own]
            gain.plot(sizes, [row["numpy"] / row["softsign_c"] for row in own], **style)
            copies.plot(sizes, [row["softsign_c"] / row["copy"] for row in own], **style)
        gain.set(title=pass_, xscale="log", yscale="log")
        copies.set(xlabel="elements", xscale="log", yscale="log")
        for chart in (gain, copies):
            chart.axhline(1, color="#767676", linewidth=1)
            chart.grid(alpha=0.3)
    axes[0, 0].set_ylabel("times faster than NumPy")
    axes[1, 0].set_ylabel("time in copies (np.copyto)")
    axes[0, 0].legend(fontsize="small")
    figure.suptitle(", ".join(f"{name} {value}" for name, value in figures["versions"].items()))
    try:
        figure.savefig(target)
    except ValueError as error:
        raise OSError(f"{target} cannot be drawn: {error}") from error
