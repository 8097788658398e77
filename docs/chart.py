"""How all figures look: as SVG with a light and a dark dress, the same file in every run."""

import re
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

INK, PAPER = "#1b1c1d", "#fefefe"
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#008060", "#b3558c"
SKY, YELLOW, GREY = "#4a9fd6", "#b98000", "#767676"
COLORS = [BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, GREY]  # told apart by colour-blind readers too
DARK = {
    INK: "#e4e4e4",
    PAPER: "#131416",
    BLUE: "#3f9bea",
    ORANGE: "#f07f2e",
    GREEN: "#2fb894",
    PINK: "#d987b8",
    SKY: "#86c8f0",
    YELLOW: "#e3b341",
    GREY: "#9a9a9a",
}
WIDTH = 5  # inches: at 400 pixels the letters are still read
STYLE = {
    "axes.edgecolor": INK,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": plt.cycler(color=COLORS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.1,  # letters differ in width between machines
    "figure.facecolor": PAPER,
    "font.family": "sans-serif",
    "font.size": 11,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "softsign_c",  # the same file in every run
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def dress(svg: str) -> str:
    """Let the reader's system choose between the colours and those for a dark screen."""
    names = {light: f"--c{place}" for place, light in enumerate(DARK)}
    svg = re.sub("|".join(DARK), lambda found: f"var({names[found[0]]})", svg)
    light = "".join(f"{name}:{colour};" for colour, name in names.items())
    dark = "".join(f"{name}:{DARK[colour]};" for colour, name in names.items())
    style = f"<style>svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    return svg.replace("<defs>", f"{style}\n <defs>", 1)


def save(path: Path, draw: Callable[[], Figure]) -> None:
    """Write what is drawn."""
    with plt.rc_context(STYLE):
        figure = draw()
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    path.write_text(dress(path.read_text(encoding="utf-8")), encoding="utf-8")
