"""Draws the pictures of recipes.md with the code on that page: python -m docs.recipes [FOLDER].

With --measure the page's tables are measured anew as well.
"""

import re
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np

from bench.tables import fill, table
from docs.chart import BLUE, GREEN, GREY, ORANGE, WIDTH, save
from softsign_c import softsign
from softsign_c._cli.timer import best_times

HERE = Path(__file__).parent
PAGE = HERE / "recipes.md"


def code_of(page):
    """Return what the page's blocks of code define."""
    names = {}
    for block in re.findall(r"^```python\n(?!>>>)(.*?)^```$", page.read_text(), re.M | re.S):
        exec(block, names)
    return SimpleNamespace(**names)


recipe = code_of(PAGE)
HALVES = [-1, -0.5, 0, 0.5, 1]


def draw_spike(axes):
    x = np.linspace(-1, 1, 801)
    axes.plot(x, recipe.spike(x), GREY, linestyle=":", label="spike")
    for k, colour in ((2, GREEN), (10, BLUE), (50, ORANGE)):
        axes.plot(x, recipe.surrogate_gradient(1.0, x, k), colour, label=f"gradient, k = {k}")
    axes.set(xlabel="potential − threshold", xticks=HALVES)  # noqa: RUF001
    axes.legend(loc="upper left")


def draw_cap(axes):
    x = np.linspace(-120, 120, 801)
    axes.plot(x, np.clip(x, -30, 30), GREY, linestyle=":", label="clipped")
    axes.plot(x, 30 * np.tanh(x / 30), ORANGE, linestyle="--", label="by tanh")
    axes.plot(x, recipe.capped(x.copy()), BLUE, label="by softsign")
    axes.set(xlabel="logit")
    axes.legend(loc="upper left")


def draw_audio(axes):
    t = np.linspace(0, 20, 1601)  # ms
    wave = np.sin(2 * np.pi * 0.22 * t) * np.exp(-t / 8)
    axes.plot(t, wave, GREY, linestyle=":", label="before")
    for k, colour in ((1, GREEN), (4, BLUE), (16, ORANGE)):
        axes.plot(t, recipe.soft_clip(wave, k), colour, label=f"k = {k}")
    axes.set(xlabel="ms", ylim=(-1.1, 1.6))
    axes.legend(loc="upper right", ncols=4, columnspacing=1, handlelength=1.2)


def draw_policy(axes):
    a = np.linspace(-1, 1, 1003)[1:-1]
    for mean, deviation, colour in ((0, 0.3, GREEN), (0.5, 0.7, BLUE), (2, 2, ORANGE)):
        density = np.exp(recipe.log_density(a, mean, deviation))
        label = f"mean {mean}, deviation {deviation}"
        axes.plot(a, density, colour, label=label)
    axes.set(xlabel="action", ylabel="density", xticks=HALVES)
    axes.legend()


def draw_int8(axes):
    x = np.linspace(-1, 1, 8001)
    error = np.abs(recipe.expand(recipe.compress(x)) - x)
    even = np.abs(np.rint(127 * x) / 127 - x)
    axes.plot(x, largest_nearby(even), ORANGE, linestyle="--", label="even steps")
    axes.plot(x, largest_nearby(error), BLUE, label="companded by softsign")
    axes.set(xlabel="number", ylabel="largest error nearby", ylim=(0, None), xticks=HALVES)
    axes.legend(loc="upper center")


def largest_nearby(error, reach=60):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(error, reach), 2 * reach + 1)
    return windows.max(axis=1)


def best(call, n=1):
    """Return the least time of many, in ns per element."""
    return best_times({n: call}, seconds=0.1, rounds=(5, 100))[n] / n * 1e9


def costs():
    """Return the rows of each recipe's time in place, in the cache and beyond it."""
    rows = []
    for name, run in {
        "softsign": lambda x: softsign(x, out=x),
        "surrogate gradient": lambda x: recipe.surrogate_gradient(np.float32(1), x, out=x),
        "capped logits": recipe.capped,
        "soft clipping": lambda x: recipe.soft_clip(x, out=x),
        "fast sigmoid": recipe.fast_sigmoid,
    }.items():
        times = []
        for n in (10**4, 10**7):
            x = np.linspace(-3, 3, n, dtype=np.float32)
            times.append(best(partial(run, x), n))
        rows.append([name, *times])
    alone = rows[0][1:]
    return [
        [name, *(f"{t:.2f} ns ({t / one:.1f})" for t, one in zip(times, alone, strict=True))]
        for name, *times in rows
    ]


def calls():
    """Return the rows of one sample's time."""
    number, array, row = 0.3, np.array([0.3]), np.full(64, 0.3)
    timed = {
        "`y / (1 + abs(y))` of a Python float": lambda: number / (1 + abs(number)),
        "`softsign(y)` of a Python float": lambda: softsign(number),
        "`softsign(y, out=y)` of one element": lambda: softsign(array, out=array),
        "`softsign(y, out=y)` of 64 elements": lambda: softsign(row, out=row),
    }
    return [[name, f"{best(call):.0f} ns"] for name, call in timed.items()]


def drawn(draw):
    figure, axes = plt.subplots(figsize=(WIDTH, 3))
    draw(axes)
    return figure


def main():
    if "--measure" in sys.argv:
        head = ["in place", "10,000 elements", "10,000,000 elements"]
        texts = {"costs": table(head, costs()), "calls": table(["one call", "time"], calls())}
        fill(PAGE, texts)
    folders = [Path(word) for word in sys.argv[1:] if not word.startswith("--")]
    folder = folders[0] if folders else HERE / "figures"
    folder.mkdir(exist_ok=True)
    for draw in (draw_spike, draw_cap, draw_audio, draw_policy, draw_int8):
        name = draw.__name__.removeprefix("draw_")
        save(folder / f"recipe_{name}.svg", partial(drawn, draw))


if __name__ == "__main__":
    main()
