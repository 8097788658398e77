"""Draws the figures of softsign.md, as SVG: python -m docs.figures [FOLDER].

The folder is docs/figures/ if none is given.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from docs.chart import BLUE, GREY, ORANGE, WIDTH, save
from softsign_c import softsign, softsign_derivative

HERE = Path(__file__).parent


def tanh_slope(x):
    return 1 / np.cosh(x) ** 2


def draw_softsign():
    x = np.linspace(-4, 4, 801)
    figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
    axes.plot(x, np.abs(x), GREY, linestyle=":", label="|x|")
    axes.plot(x, softsign(x), BLUE, label="softsign: x / (1 + |x|)")
    axes.plot(x, softsign_derivative(x), ORANGE, linestyle="--", label="slope: 1 / (1 + |x|)²")
    for end in (-1, 1):
        axes.axhline(end, color=GREY, linewidth=0.8)
    axes.set(xlabel="x", ylim=(-1.15, 2.2))
    axes.legend(loc="lower right")
    return figure


def draw_tanh():
    figure, (above, below) = plt.subplots(2, 1, figsize=(WIDTH, 6.5))
    x = np.linspace(-6, 6, 601)
    above.plot(x, softsign(x), BLUE, label="softsign")
    above.plot(x, np.tanh(x), ORANGE, linestyle="--", label="tanh")
    above.set(xlabel="x", title="Value")
    above.legend()
    x = np.linspace(0, 20, 401)
    below.semilogy(x, 1 / (1 + x), BLUE, label="1 - softsign(x) = 1 / (1 + x)")
    below.semilogy(
        x, 2 / (1 + np.exp(2 * x)), ORANGE, linestyle="--", label="1 - tanh(x) ≈ 2 exp(-2 x)"
    )
    below.set(xlabel="x", title="Distance from 1", ylim=(1e-17, 3))
    below.legend(loc="lower left")
    return figure


def draw_saturation():
    figure, (above, below) = plt.subplots(2, 1, figsize=(WIDTH, 6.5))
    x = np.linspace(-10, 10, 801)
    above.semilogy(x, softsign_derivative(x), BLUE, label="softsign")
    above.semilogy(x, tanh_slope(x), ORANGE, linestyle="--", label="tanh")
    above.set(xlabel="x", title="Slope", ylim=(1e-9, 2))
    above.legend(loc="upper right")
    layers = np.arange(1, 9)
    slopes = [("softsign", softsign_derivative, BLUE, "-"), ("tanh", tanh_slope, ORANGE, "--")]
    for at, marker in ((0.5, "o"), (3, "s")):
        for name, slope, colour, line in slopes:
            label, style = f"{name}, x = {at}", {"marker": marker, "linestyle": line}
            below.semilogy(layers, slope(at) ** layers, colour, label=label, **style)
    below.set(xlabel="layers in a row, all at the same x", title="Product of the slopes")
    below.legend(loc="lower left")
    return figure


def draw_digits():
    kinds = json.loads((HERE / "digits.json").read_text(encoding="utf-8"))
    figure, (above, below) = plt.subplots(2, 1, figsize=(WIDTH, 6.5))
    for place, (name, kind) in enumerate(kinds.items()):
        colour = BLUE if name.startswith("softsign") else ORANGE
        line = "-" if "normalized" in name else ":"
        epochs = np.arange(1, len(kind["loss"]) + 1)
        above.semilogy(epochs, kind["loss"], colour, linestyle=line, label=name)
        spread = np.linspace(-0.2, 0.2, len(kind["test"]))
        below.plot(place + spread, sorted(kind["test"]), ".", color=colour)
        below.hlines(np.mean(kind["test"]), place - 0.3, place + 0.3, color=colour)
    above.set(xlabel="epoch", title="Loss in training, mean of the seeds")
    above.legend()
    below.set_xticks(range(len(kinds)), [name.replace(", ", "\n") for name in kinds])
    below.set(ylabel="%", title="Test error of each seed, and the mean", ylim=(0, None))
    return figure


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "figures"
    folder.mkdir(exist_ok=True)
    for draw in (draw_softsign, draw_tanh, draw_saturation, draw_digits):
        save(folder / f"{draw.__name__.removeprefix('draw_')}.svg", draw)


if __name__ == "__main__":
    main()
