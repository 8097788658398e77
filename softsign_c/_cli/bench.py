"""The quick benchmark of the command line: NumPy's expressions against the ufuncs."""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import groupby, product
from pathlib import Path

import numpy as np

from softsign_c import set_num_threads
from softsign_c._cli import figures
from softsign_c._cli.expression import OPS
from softsign_c._cli.figures import DTYPES, Figures, Row
from softsign_c._cli.info import versions
from softsign_c._cli.progress import progress
from softsign_c._cli.replace import replacing
from softsign_c._cli.timer import best_times

SIZES = (1, 100, 10**5, 10**7)  # a call's overhead, small, cached, beyond the cache
SECONDS = 0.02  # for each of the functions of a row, unless the least number of rounds takes longer
ROUNDS = (3, 100)

LINE = "{:<10} {:<7} {:>10} {:>4} {:>10} {:>9} {:>7} {:>6} {:>6}"
HEAD = ("operation", "dtype", "n", "out=", "NumPy", "ufunc", "gain", "GB/s", "copies")
CAPTION = """\
Best times in microseconds.  gain: NumPy's time / the ufunc's.  GB/s: inputs
and output of the ufunc.  copies: the ufunc's time / np.copyto's.
The ufunc may use {threads} thread{s}, NumPy uses one."""


def measure(op: str, dtype: str, n: int) -> Iterator[Row]:
    """Yield the row without and the row with out=."""
    ufunc, expression, expression_out = OPS[op]
    x = np.linspace(-4, 4, n).astype(dtype)
    operands = (np.ones_like(x), x)[-ufunc.nin :]
    out, temporary = np.empty_like(x), np.empty_like(x)
    functions = {
        "numpy": lambda: expression(*operands),
        "numpy, out=": lambda: expression_out(*operands, out, temporary),
        "ufunc": lambda: ufunc(*operands),
        "ufunc, out=": lambda: ufunc(*operands, out=out),
        "copy": lambda: np.copyto(out, x),
    }
    times = best_times(functions, seconds=SECONDS, rounds=ROUNDS).values()
    numpy, numpy_out, ours, ours_out, copy = times
    yield Row(op, dtype, n, False, numpy, ours, copy)
    yield Row(op, dtype, n, True, numpy_out, ours_out, copy)


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.2f}" if seconds < 1e-4 else f"{seconds * 1e6:,.0f}"


def line(row: Row) -> str:
    return LINE.format(
        row.op,
        row.dtype,
        f"{row.n:,}",
        "yes" if row.out else "",
        microseconds(row.numpy),
        microseconds(row.softsign_c),
        f"{row.speedup:.2f}x",
        f"{row.gigabytes_per_second:.2f}",
        f"{row.copies:.2f}",
    )


def table(rows: list[Row], threads: int) -> str:
    """Return the rows as text of 80 columns, the operations and dtypes apart from each other."""
    groups = groupby(rows, key=lambda row: (row.op, row.dtype))
    blocks = ["\n".join(map(line, group)) for _, group in groups]
    caption = CAPTION.format(threads=threads, s="s" if threads > 1 else "")
    return "\n\n".join([LINE.format(*HEAD), *blocks, caption])


def bench(threads: int, json_path: Path | None) -> None:
    """Measure, write the figures where they are wanted, and print the table."""
    cases = list(product(OPS, DTYPES, SIZES))
    rows: list[Row] = []
    with replacing(json_path) if json_path else nullcontext() as file:
        with set_num_threads(threads), progress("Measuring", len(cases)) as advance:
            for case in cases:
                rows += measure(*case)
                advance(1)
        if file:
            figures.write(file, Figures(versions(), threads, rows))
    print(table(rows, threads))
