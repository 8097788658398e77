"""What was measured: the rows of a run, kept in one CSV for each machine."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.cases import AFTER_PAUSE, LAYOUTS
from bench.peers import CONTENDERS, PEERS
from bench.tables import DOCS, figure

MEASURED = DOCS / "measured"
NUMPY = ("numpy", "numpy out=")
KEPT = "fresh output, memory kept"
SLOWER = 0.97  # what is within some per cent is level
KEY = ["op", "dtype", "layout", "threads", "elements"]


@dataclass(frozen=True)
class Row:
    """An op of a dtype, a layout and a size, and the seconds of a call of each contender."""

    op: str
    dtype: str
    layout: str
    threads: int
    n: int
    times: dict[str, float]

    @property
    def own(self) -> float:
        return self.times["softsign_c"]

    @property
    def key(self) -> tuple[str, str, str, int]:
        return self.op, self.dtype, self.layout, self.n

    def gain(self, *, numpy: bool = True) -> tuple[float, str]:
        """Return how many times as long the fastest other takes, and its name."""
        others = [name for name in (*NUMPY * numpy, *PEERS) if name in self.times]
        name = min(others, key=self.times.__getitem__, default="")
        return (self.times[name] / self.own, name) if name else (math.nan, "")

    def ratio(self, name: str) -> str:
        """Return how many times as long that contender takes, or nothing if it is not there."""
        return figure(self.times[name] / self.own) if name in self.times else ""


def write(path: Path, setting: str, rows: Iterable[Row]) -> None:
    """Write a line on what was measured on, the names of the columns, and the rows."""
    rows = list(rows)
    found = dict.fromkeys(name for row in rows for name in row.times)
    names = sorted(found, key=["softsign_c", *CONTENDERS, *found].index)
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# {setting}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*KEY, *names])
        for row in rows:
            times = [f"{row.times[name]:.4g}" if name in row.times else "" for name in names]
            writer.writerow([row.op, row.dtype, row.layout, row.threads, row.n, *times])


def read(path: Path) -> tuple[str, list[Row]]:
    """Return what a run was measured on, and its rows."""
    with path.open(newline="", encoding="utf-8") as file:
        setting = file.readline().removeprefix("# ").strip()
        lines = csv.DictReader(file)
        return setting, [
            Row(
                *(line[name] for name in KEY[:3]),
                *(int(line[name]) for name in KEY[3:]),
                {name: float(t) for name, t in line.items() if t and name not in KEY},
            )
            for line in lines
        ]


def compared(rows: Iterable[Row], threads: int | None = None) -> list[Row]:
    """Return the rows of the large comparison, of ordinary data and with others in it."""
    layouts = (*LAYOUTS, AFTER_PAUSE)
    found = [row for row in rows if row.layout in layouts and row.gain()[1]]
    return [row for row in found if threads in (None, row.threads)]


def slower(rows: Iterable[Row]) -> list[Row]:
    """Return the rows in which another is faster, the slowest first."""
    found = [row for row in compared(rows) if row.gain()[0] < SLOWER]
    return sorted(found, key=lambda row: row.gain()[0])
