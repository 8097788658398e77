"""Trains a multilayer perceptron on scikit-learn's digits, with softsign and with tanh.

Written in NumPy, with this package's ufuncs. Puts the table into softsign.md and the curves into
digits.json, from which figures.py draws: python -m docs.train_digits (some minutes). --times only
measures how long an epoch takes. --small tries the script itself in seconds, prints the tables, and
leaves the files alone.
"""

import argparse
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from bench.tables import fill, table
from softsign_c import softsign, softsign_backward, softsign_derivative

PAGE = Path(__file__).with_name("softsign.md")
CURVES = Path(__file__).with_name("digits.json")

HIDDEN = [100] * 4
BATCH = 20
TRAINING, VALIDATION = 1000, 297  # examples; the other 500 are for testing
RATES = [0.05, 0.1, 0.2, 0.5, 1.0]
SATURATED = 0.1  # slope below which a unit counts as saturated


class Activation(NamedTuple):
    forward: Callable
    backward: Callable  # of the gradient, the input, the output
    slope: Callable


SOFTSIGN = Activation(softsign, lambda grad, x, y: softsign_backward(grad, x), softsign_derivative)
SOFTSIGN_IN_NUMPY = Activation(
    lambda x: x / (1 + np.abs(x)),
    lambda grad, x, y: grad / (1 + np.abs(x)) ** 2,
    lambda x: 1 / (1 + np.abs(x)) ** 2,
)
TANH = Activation(np.tanh, lambda grad, x, y: grad * (1 - y * y), lambda x: 1 - np.tanh(x) ** 2)

ACTIVATIONS = {"softsign": SOFTSIGN, "tanh": TANH}


def standard(fan_in, fan_out):
    """The limit of the uniform distribution of weights that was customary before 2010."""
    return fan_in**-0.5


def normalized(fan_in, fan_out):
    """The one that Glorot and Bengio propose; the N of their Table 1."""
    return (6 / (fan_in + fan_out)) ** 0.5


INITIALIZATIONS = {"standard": standard, "normalized": normalized}


class Network:
    """Fully connected layers, an activation between them, softmax at the end."""

    def __init__(self, activation, limit, rng):
        sizes = [64, *HIDDEN, 10]
        self.activation = activation
        self.weights = [
            rng.uniform(-limit(m, n), limit(m, n), (m, n)).astype(np.float32)
            for m, n in itertools.pairwise(sizes)
        ]
        self.biases = [np.zeros(n, np.float32) for n in sizes[1:]]

    def forward(self, x):
        """Return the inputs of all layers, and what each hidden layer hands to its activation."""
        layers, sums = [x], []
        for w, b in zip(self.weights[:-1], self.biases[:-1], strict=True):
            sums.append(layers[-1] @ w + b)
            layers.append(self.activation.forward(sums[-1]))
        return layers, sums

    def logits(self, layers):
        return layers[-1] @ self.weights[-1] + self.biases[-1]

    def step(self, x, labels, rate):
        """Go one step down the gradient of a batch; return its mean loss."""
        layers, sums = self.forward(x)
        grad, loss = cross_entropy(self.logits(layers), labels)
        for k in reversed(range(len(self.weights))):
            below = grad @ self.weights[k].T
            self.weights[k] -= rate * (layers[k].T @ grad)
            self.biases[k] -= rate * grad.sum(axis=0)
            if k > 0:
                grad = self.activation.backward(below, sums[k - 1], layers[k])
        return loss

    def error(self, x, labels):
        """Return the per cent of examples that are classified wrongly."""
        return 100 * np.mean(self.logits(self.forward(x)[0]).argmax(axis=1) != labels)

    def saturated(self, x):
        """Return the per cent of units, in each hidden layer, whose slope is almost gone."""
        return [100 * np.mean(self.activation.slope(s) < SATURATED) for s in self.forward(x)[1]]


def cross_entropy(logits, labels):
    """Return the gradient with respect to the logits, and the mean loss."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exp = np.exp(shifted)
    total = exp.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = np.mean(np.log(total[:, 0]) - shifted[rows, labels])
    grad = exp / total
    grad[rows, labels] -= 1
    return grad / np.float32(len(labels)), float(loss)


def data(rng):
    """Return the examples for training, validation and testing, drawn anew for each seed."""
    digits = load_digits()
    order = rng.permutation(len(digits.target))
    x, labels = (digits.data[order] / 16).astype(np.float32), digits.target[order]
    ends = [TRAINING, TRAINING + VALIDATION]
    return list(zip(np.split(x, ends), np.split(labels, ends), strict=True))


def train(activation, limit, rate, seed, epochs):
    """Return what became of one network."""
    rng = np.random.default_rng(seed)
    (x, labels), validation, test = data(rng)
    network = Network(activation, limit, rng)
    losses, seconds = [], []
    for _ in range(epochs):
        start = time.perf_counter()
        batches = np.split(rng.permutation(len(labels)), len(labels) // BATCH)
        losses.append(np.mean([network.step(x[b], labels[b], rate) for b in batches]))
        seconds.append(time.perf_counter() - start)
    return {
        "validation": network.error(*validation),
        "test": network.error(*test),
        "losses": losses,
        "saturated": network.saturated(test[0]),
        "epoch": min(seconds),
    }


def train_all(seeds, epochs, rates):
    """Return, for each activation and initialization, all runs at its best rate."""
    kinds = list(itertools.product(ACTIVATIONS, INITIALIZATIONS))
    columns = [*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn()]
    found = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("networks", total=len(kinds) * len(rates) * seeds)
        for name, start in kinds:
            by_rate = {rate: [] for rate in rates}
            for rate, seed in itertools.product(rates, range(seeds)):
                run = train(ACTIVATIONS[name], INITIALIZATIONS[start], rate, seed, epochs)
                by_rate[rate].append(run)
                progress.advance(task)
            best = min(rates, key=lambda rate: np.mean([r["validation"] for r in by_rate[rate]]))
            found[f"{name}, {start}"] = {"rate": best, "runs": by_rate[best]}
    return found


def epoch_times(epochs):
    """Return the milliseconds of an epoch, the activations taking turns."""
    contenders = ACTIVATIONS | {"softsign as a NumPy expression": SOFTSIGN_IN_NUMPY}
    found = dict.fromkeys(contenders, np.inf)
    for name in list(contenders) * 80:
        run = train(contenders[name], normalized, 0.1, 0, epochs)
        found[name] = min(found[name], 1e3 * run["epoch"])
    return found


def summary(found):
    head = ["activation, initialization", "rate", "test error, %", "best to worst seed"]
    head += [f"layer {k}" for k in range(1, len(HIDDEN) + 1)]
    rows = []
    for name, kind in found.items():
        errors = [run["test"] for run in kind["runs"]]
        saturated = np.mean([run["saturated"] for run in kind["runs"]], axis=0)
        mean = f"{np.mean(errors):.2f} ± {np.std(errors, ddof=1):.2f}"
        spread = f"{min(errors):.1f} to {max(errors):.1f}"
        shares = [f"{share:.1f}" for share in saturated]
        rows.append([name, kind["rate"], mean, spread, *shares])
    return table(head, rows)


def differences(found):
    """The networks of a seed begin alike in all but the activation: compare them in pairs."""
    rows = []
    for start in INITIALIZATIONS:
        one, other = ([r["test"] for r in found[f"{a}, {start}"]["runs"]] for a in ACTIVATIONS)
        difference = np.subtract(one, other)
        error = np.std(difference, ddof=1) / len(difference) ** 0.5
        rows.append([start, f"{np.mean(difference):+.2f} ± {error:.2f}"])
    return table(["initialization", "error of softsign less that of tanh, points"], rows)


def curves(found):
    return {
        name: {
            "loss": np.round(np.mean([run["losses"] for run in kind["runs"]], axis=0), 5).tolist(),
            "test": np.round([run["test"] for run in kind["runs"]], 3).tolist(),
        }
        for name, kind in found.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--times", action="store_true", help="only measure the epochs")
    parser.add_argument("--small", action="store_true", help="only try whether the script runs")
    arguments = parser.parse_args()
    rates = RATES
    if arguments.small:
        arguments.seeds, arguments.epochs, rates = 2, 5, RATES[:1]
    tables = {}
    with threadpool_limits(1):  # of the matrix products, which are too small to share
        if not arguments.times:
            found = train_all(arguments.seeds, arguments.epochs, rates)
            tables |= {"digits": summary(found), "differences": differences(found)}
        times = epoch_times(3)
    tables["epochs"] = table(
        ["activation", "ms per epoch"], [[name, f"{ms:.1f}"] for name, ms in times.items()]
    )
    fill(PAGE, tables, only_show=arguments.small)
    if not (arguments.small or arguments.times):
        CURVES.write_text(json.dumps(curves(found)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
