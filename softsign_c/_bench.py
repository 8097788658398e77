"""The quick benchmark of the command line: NumPy's expressions against the ufuncs."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

import softsign_c
from softsign_c import _baseline
from softsign_c._info import versions


class Pass(NamedTuple):
    """A ufunc, and what NumPy has in its place: an expression, and the same with out=."""

    ufunc: np.ufunc
    expression: Callable[..., Any]
    expression_out: Callable[..., None]


PASSES = {
    "forward": Pass(softsign_c.softsign, _baseline.forward, _baseline.forward_out),
    "derivative": Pass(
        softsign_c.softsign_derivative, _baseline.derivative, _baseline.derivative_out
    ),
    "backward": Pass(softsign_c.softsign_backward, _baseline.backward, _baseline.backward_out),
}
DTYPES = ("float16", "float32", "float64")
SIZES = (1, 100, 10**5, 10**7)  # a call's overhead, small, cached, beyond the cache
SECONDS = 0.02  # for each of the functions of a row, unless MIN_ROUNDS take longer
MIN_ROUNDS = 3


class Row(NamedTuple):
    """One line of the table: the best time of each function, in seconds a call."""

    pass_: str
    dtype: str
    n: int
    out: bool
    numpy: float
    softsign_c: float
    copy: float  # np.copyto of one array of that size

    @property
    def speedup(self) -> float:
        return self.numpy / self.softsign_c

    @property
    def gigabytes_per_second(self) -> float:
        arrays = PASSES[self.pass_].ufunc.nargs
        return arrays * self.n * np.dtype(self.dtype).itemsize / self.softsign_c / 1e9


def best_times(*functions: Callable[[], object]) -> list[float]:
    """Return the shortest time of each function in seconds, measured in turns so that what else
    the machine does hits all alike.
    """
    best = [float("inf")] * len(functions)
    calls = 1
    start = time.perf_counter()
    rounds = 0
    while rounds < MIN_ROUNDS or time.perf_counter() - start < SECONDS * len(functions):
        rounds += 1
        for index, function in enumerate(functions):
            begin = time.perf_counter()
            for _ in range(calls):
                function()
            best[index] = min(best[index], (time.perf_counter() - begin) / calls)
        if rounds == 1:  # long enough for the clock
            calls = max(1, int(1e-3 / max(best)))
    return best


def measure(pass_: str, dtype: str, n: int) -> Iterator[Row]:
    """Yield the row without and the row with out=."""
    ufunc, expression, expression_out = PASSES[pass_]
    x = np.linspace(-4, 4, n).astype(dtype)
    operands = (np.ones_like(x), x)[-ufunc.nin :]
    out, temporary = np.empty_like(x), np.empty_like(x)
    numpy, numpy_out, ours, ours_out, copy = best_times(
        lambda: expression(*operands),
        lambda: expression_out(*operands, out, temporary),
        lambda: ufunc(*operands),
        lambda: ufunc(*operands, out=out),
        lambda: np.copyto(out, x),
    )
    yield Row(pass_, dtype, n, False, numpy, ours, copy)
    yield Row(pass_, dtype, n, True, numpy_out, ours_out, copy)


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.2f}" if seconds < 1e-4 else f"{seconds * 1e6:,.0f}"


def table(rows: list[Row]) -> Table:
    made = Table(
        title="Best times in microseconds",
        caption="Gain: NumPy's time / the ufunc's.  Copies: the ufunc's time / np.copyto's.",
        box=box.SIMPLE,
        pad_edge=False,
    )
    made.add_column("Pass", no_wrap=True)
    made.add_column("dtype", no_wrap=True)
    for heading in ("n", "out=", "NumPy", "ufunc", "Gain", "GB/s", "Copies"):
        made.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        if row.n == SIZES[0] and not row.out:
            made.add_section()
        made.add_row(
            row.pass_,
            row.dtype,
            f"{row.n:.0e}".replace("e+0", "e"),
            "yes" if row.out else "",
            microseconds(row.numpy),
            microseconds(row.softsign_c),
            f"{row.speedup:.2f}x",
            f"{row.gigabytes_per_second:.2f}",
            f"{row.softsign_c / row.copy:.2f}",
        )
    return made


def bench(json_path: Path | None) -> None:
    """Measure, print the table, and write the figures where they are wanted."""
    with json_path.open("w") if json_path else nullcontext() as file:
        cases = list(product(PASSES, DTYPES, SIZES))
        terminal = Console(stderr=True)
        progress = track(
            cases, "Measuring", console=terminal, transient=True, disable=not terminal.is_terminal
        )
        rows = [row for case in progress for row in measure(*case)]
        Console().print(table(rows))
        if file:
            figures = [row._asdict() | {"speedup": row.speedup} for row in rows]
            json.dump({"versions": versions(), "rows": figures}, file, indent=1)
