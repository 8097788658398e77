"""Measures softsign in PyTorch and JAX beside this package, and fills torch.md and jax.md.

Run it on a quiet machine: python docs/frameworks.py (about a minute). --small tries the script
itself in seconds, prints its tables, and leaves the pages alone.
"""

import argparse
import functools
import re
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import torch
from report import fill, machine, table

import softsign_c
import softsign_c.torch

HERE = Path(__file__).parent
THEIRS, OURS = torch.nn.functional.softsign, softsign_c.torch.softsign


def fastest(functions, seconds):
    """Return the microseconds of the fastest call of each; they take turns."""
    best = dict.fromkeys(functions, np.inf)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, function in functions.items():
            for _ in range(5):  # the first finds the cache as the one before has left it
                start = time.perf_counter()
                function()
                best[name] = min(best[name], time.perf_counter() - start)
    return {name: value * 1e6 for name, value in best.items()}


def forward(function, x):
    with torch.no_grad():
        function(x)


def forward_and_backward(function, x, grad):
    torch.autograd.grad(function(x), x, grad)


def in_torch(size, seconds):
    x, grad = torch.randn(size, requires_grad=True), torch.randn(size)
    found = {}
    for name, call, arguments in (
        ("forward", forward, (x,)),
        ("forward and backward", forward_and_backward, (x, grad)),
    ):
        contenders = {f: functools.partial(call, f, *arguments) for f in (THEIRS, OURS)}
        found[name] = fastest(contenders, seconds)
    return found


def torch_table(sizes, seconds):
    rows = []
    for size in sizes:
        for name, us in in_torch(size, seconds).items():
            ratio = us[THEIRS] / us[OURS]
            rows.append([name, f"{size:,}", f"{us[THEIRS]:.0f}", f"{us[OURS]:.0f}", f"{ratio:.2f}"])
    head = ["pass", "elements", "`F.softsign`", "`softsign_c.torch`", "ratio"]
    return table(head, rows)


def form_for_jax():
    (code,) = re.findall(r"```python\n(.*?)```", (HERE / "jax.md").read_text("utf-8"), re.DOTALL)
    namespace = {}
    exec(code, namespace)
    return namespace["softsign"]


def jax_table(sizes, seconds):
    compiled, builtin = jax.jit(form_for_jax()), jax.jit(jax.nn.soft_sign)
    rows = []
    for size in sizes:
        x = np.random.default_rng(0).standard_normal(size, np.float32)
        on_jax = jnp.asarray(x)
        us = fastest(
            {
                "compiled": lambda x=on_jax: compiled(x).block_until_ready(),
                "builtin": lambda x=on_jax: builtin(x).block_until_ready(),
                "ufunc": lambda x=x: softsign_c.softsign(x),
            },
            seconds,
        )
        rows.append([f"{size:,}", *(f"{value:.0f}" for value in us.values())])
    head = ["elements", "the lines above", "`jax.nn.soft_sign`", "`softsign_c.softsign`, NumPy"]
    return table(head, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="only try whether the script runs")
    parser.add_argument("--threads", type=int, default=1, help="PyTorch's; the kernels use one")
    arguments = parser.parse_args()
    small = arguments.small
    torch.set_num_threads(arguments.threads)
    sizes, seconds = ([1000], 0.1) if small else ([1000, 100_000, 1_000_000], 2)
    for_torch, for_jax = torch_table(sizes, seconds), jax_table(sizes, seconds)
    if small:
        print(for_torch, for_jax, sep="\n\n")
    else:
        fill(HERE / "torch.md", {"machine": machine(np, torch), "speed": for_torch})
        fill(HERE / "jax.md", {"machine": machine(np, jax), "speed": for_jax})


if __name__ == "__main__":
    main()
