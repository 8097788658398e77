"""Measures softsign in PyTorch and JAX beside this package, and fills torch.md and jax.md.

Run it on a quiet machine: python -m docs.frameworks (two minutes). --small tries the script
itself in seconds, prints its tables, and leaves the pages alone.
"""

import argparse
import functools
import re
from pathlib import Path

import numpy as np
import torch

import softsign_c
import softsign_c.torch
from bench.machine import setting
from bench.tables import fill, table
from softsign_c._cli.timer import best_times

HERE = Path(__file__).parent


def fastest(functions, seconds):
    """Return the microseconds of the fastest call of each, found in some seconds in all."""
    times = best_times(functions, seconds=seconds / len(functions), rounds=(3, 1000))
    return {name: value * 1e6 for name, value in times.items()}


def forward(function, x):
    with torch.no_grad():
        function(x)


def forward_and_backward(function, x, grad):
    torch.autograd.grad(function(x), x, grad)


def in_torch(contenders, size, seconds):
    """Return the microseconds of each contender, forward and forward with backward."""
    x, grad = torch.randn(size, requires_grad=True), torch.randn(size)
    return {
        name: fastest(
            {k: functools.partial(call, f, *given) for k, f in contenders.items()}, seconds
        )
        for name, call, given in (
            ("forward", forward, (x,)),
            ("forward and backward", forward_and_backward, (x, grad)),
        )
    }


def torch_table(sizes, threads, seconds):
    eager, ours = torch.nn.functional.softsign, softsign_c.torch.softsign
    contenders = {
        "`F.softsign`": eager,
        "compiled": torch.compile(eager, dynamic=False),
        "`softsign_c.torch`": ours,
        "compiled too": torch.compile(ours, dynamic=False),
    }
    rows = []
    torch._dynamo.config.cache_size_limit = 64  # a graph for each size and number of threads
    for number in threads:
        torch.set_num_threads(number)
        for size in sizes:
            for name, us in in_torch(contenders, size, seconds).items():
                times = [us[contender] for contender in contenders]
                shown = [*(f"{time:.0f}" for time in times), f"{times[0] / times[2]:.2f}"]
                rows.append([name, number, f"{size:,}", *shown])
    return table(["operation", "threads", "elements", *contenders, "ratio"], rows)


def form_for_jax():
    (code,) = re.findall(r"```python\n(.*?)```", (HERE / "jax.md").read_text("utf-8"), re.DOTALL)
    namespace = {}
    exec(code, namespace)
    return namespace["softsign"]


def jax_table(sizes, seconds):
    import jax
    import jax.numpy as jnp

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


SIZES = [1000, 100_000, 1_000_000]
PAGES = {  # how each page's table is made: the full arguments, and the small
    "torch": (torch_table, ([1, *SIZES, 10_000_000], [1, 2], 1), ([1000], [1], 0.1)),
    "jax": (jax_table, (SIZES, 2), ([1000], 0.1)),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="only try whether the script runs")
    parser.add_argument("--only", choices=PAGES, help="the one page to fill")
    arguments = parser.parse_args()
    for name, (make, full, small) in PAGES.items():
        if arguments.only in (None, name):
            texts = {"speed": make(*(small if arguments.small else full))}
            texts["machine"] = setting("softsign_c", "numpy", name)
            fill(HERE / f"{name}.md", texts, only_show=arguments.small)


if __name__ == "__main__":
    main()
