"""Measures from which size on streaming stores pay, also where the result is read at once.

    python -m bench.streaming

It writes the table of docs/performance.md; softsign_c/__init__.py has the bound. By turns: each op
with either kind of stores, alone and followed by the sum of its result.
"""

import sys
from functools import partial

import numpy as np

import softsign_c
from bench.tables import DOCS, elements, fill, table
from softsign_c._cli.timer import best_times
from softsign_c._kernels import lib

OPS = {"softsign": 1, "softsign_backward": 2}
SIZES = [2 * 10**6, 4 * 10**6, 6 * 10**6, 10**7, 15 * 10**6]
STREAMING_FROM = {"ordinary": 2**62, "streaming": 0}  # bytes


def call(op, operands, out, is_read):
    getattr(softsign_c, op)(*operands, out=out)
    if is_read:
        out.sum()


def line(op: str, n: int) -> list[str]:
    """Return a row of the table: nanoseconds of an element, the lesser of each pair in bold."""
    *operands, out = np.random.default_rng(0).standard_normal((OPS[op] + 1, n), np.float32)
    kinds = [(stores, is_read) for is_read in (False, True) for stores in STREAMING_FROM]
    times = best_times(
        {kind: partial(call, op, operands, out, kind[1]) for kind in kinds},
        seconds=0.5,
        before=lambda kind: lib.softsign_set_streaming_bytes(STREAMING_FROM[kind[0]]),
    )
    cells = []
    for is_read in (False, True):
        pair = [times[stores, is_read] / n * 1e9 for stores in STREAMING_FROM]
        cells += [f"**{t:.2f}**" if t == min(pair) else f"{t:.2f}" for t in pair]
    return [op, elements(n), f"{(OPS[op] + 1) * out.nbytes / 2**20:.0f} MiB", *cells]


def main() -> None:
    sizes = SIZES[:1] if "--quick" in sys.argv else SIZES
    head = ["ns per element", "elements", "all operands", *STREAMING_FROM]
    head += [f"{stores} + sum" for stores in STREAMING_FROM]
    lines = [line(op, n) for op in OPS for n in sizes]
    fill(DOCS / "performance.md", {"streaming": table(head, lines)})


if __name__ == "__main__":
    main()
