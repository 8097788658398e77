"""Draws the figures of softsign.md, as SVG and PNG: python docs/figures.py [FOLDER].

The folder is docs/figures/ if none is given.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from softsign_c import softsign, softsign_derivative

HERE = Path(__file__).parent

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#767676"  # told apart by colour-blind readers too
STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "grid.alpha": 0.3,
    "lines.linewidth": 2,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "softsign_c",  # the same file in every run
}


def tanh_slope(x):
    return 1 / np.cosh(x) ** 2


def draw_softsign():
    x = np.linspace(-4, 4, 801)
    figure, axes = plt.subplots(figsize=(7, 4))
    axes.plot(x, np.abs(x), GREY, linestyle=":", label="|x|")
    axes.plot(x, softsign(x), BLUE, label="softsign: x / (1 + |x|)")
    axes.plot(x, softsign_derivative(x), ORANGE, linestyle="--", label="slope: 1 / (1 + |x|)²")
    for end in (-1, 1):
        axes.axhline(end, color=GREY, linewidth=0.8)
    axes.set(xlabel="x", ylim=(-1.15, 2.2))
    axes.legend(loc="lower right")
    return figure


def draw_tanh():
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    x = np.linspace(-6, 6, 601)
    left.plot(x, softsign(x), BLUE, label="softsign")
    left.plot(x, np.tanh(x), ORANGE, linestyle="--", label="tanh")
    left.set(xlabel="x", title="Value")
    left.legend()
    x = np.linspace(0, 20, 401)
    right.semilogy(x, 1 / (1 + x), BLUE, label="1 - softsign(x) = 1 / (1 + x)")
    right.semilogy(
        x, 2 / (1 + np.exp(2 * x)), ORANGE, linestyle="--", label="1 - tanh(x) ≈ 2 exp(-2 x)"
    )
    right.set(xlabel="x", title="Distance from 1", ylim=(1e-17, 3))
    right.legend(loc="lower left")
    return figure


def draw_saturation():
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    x = np.linspace(-10, 10, 801)
    left.semilogy(x, softsign_derivative(x), BLUE, label="softsign")
    left.semilogy(x, tanh_slope(x), ORANGE, linestyle="--", label="tanh")
    left.set(xlabel="x", title="Slope", ylim=(1e-9, 2))
    left.legend(loc="upper right")
    layers = np.arange(1, 9)
    for at, marker in ((0.5, "o"), (3, "s")):
        right.semilogy(
            layers,
            softsign_derivative(at) ** layers,
            BLUE,
            marker=marker,
            label=f"softsign, x = {at}",
        )
        right.semilogy(
            layers,
            tanh_slope(at) ** layers,
            ORANGE,
            linestyle="--",
            marker=marker,
            label=f"tanh, x = {at}",
        )
    right.set(xlabel="layers in a row, all at the same x", title="Product of the slopes")
    right.legend(loc="lower left")
    return figure


def draw_digits():
    kinds = json.loads((HERE / "digits.json").read_text(encoding="utf-8"))
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    for place, (name, kind) in enumerate(kinds.items()):
        colour = BLUE if name.startswith("softsign") else ORANGE
        line = "-" if "normalized" in name else ":"
        epochs = np.arange(1, len(kind["loss"]) + 1)
        left.semilogy(epochs, kind["loss"], colour, linestyle=line, label=name)
        spread = np.linspace(-0.2, 0.2, len(kind["test"]))
        right.plot(place + spread, sorted(kind["test"]), ".", color=colour)
        right.hlines(np.mean(kind["test"]), place - 0.3, place + 0.3, color=colour)
    left.set(xlabel="epoch", title="Loss in training, mean of the seeds")
    left.legend()
    right.set_xticks(range(len(kinds)), [name.replace(", ", "\n") for name in kinds])
    right.set(ylabel="%", title="Test error of each seed, and the mean", ylim=(0, None))
    return figure


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "figures"
    folder.mkdir(exist_ok=True)
    with plt.rc_context(STYLE):
        for draw in (draw_softsign, draw_tanh, draw_saturation, draw_digits):
            figure = draw()
            path = folder / draw.__name__.removeprefix("draw_")
            figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
            figure.savefig(path.with_suffix(".png"), dpi=150)
            plt.close(figure)


if __name__ == "__main__":
    main()
