"""The figures of bench: its table shows them, its file keeps them, and plot draws them."""

import json
import sys
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from softsign_c._cli.expression import OPS

MAX_BYTES = 1 << 20  # of a file of figures: some 50 times what bench writes
DTYPES = ("float16", "float32", "float64")


class Row(NamedTuple):
    """One line of the table: the best time of each function, in seconds a call."""

    op: str
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
    def copies(self) -> float:
        return self.softsign_c / self.copy

    @property
    def gigabytes_per_second(self) -> float:
        operands = OPS[self.op].ufunc.nargs  # inputs and output
        return operands * self.n * np.dtype(self.dtype).itemsize / self.softsign_c / 1e9


class Figures(NamedTuple):
    """The figures of one run of bench, and the versions of the libraries."""

    versions: dict[str, str]
    threads: int  # the limit for a call of a ufunc
    rows: list[Row]


def write(file: IO[bytes], figures: Figures) -> None:
    rows = [row._asdict() | {"speedup": row.speedup} for row in figures.rows]
    file.write(json.dumps(figures._asdict() | {"rows": rows}, indent=1).encode())


def read(source: Path) -> Figures:
    """Return the figures of a file of "bench --json"."""
    try:
        with source.open("rb") as file:
            content = json.loads(file.read(MAX_BYTES))  # truncated JSON fails to parse
        rows = [Row(*(row[field] for field in Row._fields)) for row in content["rows"]]
        if not rows or not all(map(can_be, rows)):
            raise ValueError("no rows, or wrong ones")
        versions = {name: str(value) for name, value in content["versions"].items()}
        return Figures(versions, int(content["threads"]), rows)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # the file holds something else
        raise OSError(f"{source} was not written by 'softsign-c bench --json'") from error


def can_be(row: Row) -> bool:
    numbers = (row.n, row.numpy, row.softsign_c, row.copy)
    known = row.op in OPS and row.dtype in DTYPES and row.out in (True, False)
    return known and all(0 < number <= sys.float_info.max for number in numbers)
