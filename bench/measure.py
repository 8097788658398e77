"""Measures one part of the report, in a process of its own: python -m bench.measure PART OUT.csv.

Before a turn all contenders rest, as another library's threads may be busy with waiting for its
next call.
"""

import argparse
import dataclasses
import functools
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np

from bench import cases, details, limits, machine, rows
from bench.peers import CONTENDERS, PEERS, Contender, UnsupportedError, several
from bench.rows import Row
from softsign_c._cli.timer import SAMPLE, best_times

SAMPLE_ON_MANY = 1e-3
REST, REST_ON_MANY = 1e-3, 1e-2
PAUSE = 2e-3  # in which a contender's own threads go to sleep
ROUNDS = (5, 25)
BUDGET = 0.15  # seconds of a contender in a group, unless the fewest rounds need longer
CHECKED = slice(0, 1000)


def check(results: Any, expected: Any, tolerance: float) -> None:
    for y, right in zip(several(results), several(expected), strict=True):
        y = y.double() if hasattr(y, "double") else y  # NumPy takes no bfloat16 of PyTorch
        np.testing.assert_allclose(np.ravel(y)[CHECKED].astype(float), right, rtol=tolerance)


def made(
    case: cases.Case, layout: str, threads: int
) -> Iterator[tuple[str, Contender, Callable[[], Any]]]:
    """Give each contender that has the case, and its call, whose result is checked.

    Those without out= are given the case without it.
    """
    expected = case.expected(CHECKED)
    variants = [case, dataclasses.replace(case, out=None)] if layout == "out" else [case]
    for name, contender in CONTENDERS.items():
        for variant in variants:
            try:
                compute = contender(variant, threads)
            except UnsupportedError:
                continue
            if layout != "in place" and not name.startswith("np."):
                check(compute(), expected, 8 * cases.EPSILON[case.dtype])
            yield name, functools.partial(contender, variant, threads), compute
            break


def measure(groups: list[cases.Group], threads: int) -> Iterator[Row]:
    for op, dtype, layout, n in groups:
        of_case, pause = ("out", PAUSE) if layout == cases.AFTER_PAUSE else (layout, 0)
        contenders = list(made(cases.make_case(op, dtype, n, of_case), of_case, threads))
        again = {name: make for name, make, _ in contenders if name not in PEERS}

        def before(name: str, again: dict[str, Callable[[], Any]] = again) -> None:
            again.get(name, bool)()  # this package's settings of threads and instruction set
            sleep(REST if threads == 1 else REST_ON_MANY)

        times = best_times(
            {name: compute for name, _, compute in contenders},
            seconds=BUDGET,
            rounds=ROUNDS,
            sample=SAMPLE if threads == 1 else SAMPLE_ON_MANY,
            pause=pause,
            before=before,
        )
        yield Row(op, dtype, layout, threads, n, times)


def keep_to(threads: int) -> None:
    """Keep this process, and the thread pools that libraries make in it, to as many CPUs."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def in_table(threads: int, largest: float) -> Iterator[Row]:
    return measure([group for group in cases.groups(threads) if group[3] <= largest], threads)


def kept(threads: int, largest: float) -> Iterator[Row]:
    """Measure fresh outputs, with an allocator that was told to keep freed memory."""
    sizes = [n for n in cases.LARGE[2:] if n <= largest]
    found = measure([("softsign", "float32", "fresh output", n) for n in sizes], threads)
    return (dataclasses.replace(row, layout=rows.KEPT) for row in found)


PARTS: dict[str, Callable[[int, float], Iterator[Row]]] = {
    "one": in_table,
    "many": in_table,
    "kept": kept,
    "special": details.special,
    "first": details.first_calls,
    "kernels": limits.kernels,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--largest", type=float, default=math.inf, help="skip larger arrays")
    options = parser.parse_args()
    keep_to(options.threads)
    found = []
    for row in PARTS[options.part](options.threads, options.largest):
        print(*row.key, flush=True)
        found.append(row)
    rows.write(options.out, machine.setting(), found)


if __name__ == "__main__":
    main()
