"""What was measured, as the tables and charts need it."""

from dataclasses import dataclass
from typing import Any

from softsign_c._isa import missing_for_isas

ISAS = list(missing_for_isas())  # the fastest first
REFERENCES = {"np.copyto", "one thread", "own", *ISAS}
NUMPY = {"numpy", "numpy out="}


@dataclass(frozen=True)
class Row:
    """A pass of a dtype, a layout and a size, and the seconds of each contender."""

    op: str
    dtype: str
    layout: str
    n: int
    times: dict[str, float]

    @property
    def own(self) -> float:
        return self.times["own"]

    def gain(self, *, numpy: bool) -> tuple[float, str]:
        """Return how many times as long the fastest other takes, and its name."""
        left_out = REFERENCES if numpy else REFERENCES | NUMPY
        others = {name: t for name, t in self.times.items() if name not in left_out}
        if not others:
            return float("nan"), ""
        name = min(others, key=others.__getitem__)
        return others[name] / self.own, name

    def ratio(self, name: str) -> str:
        """Return how many times as long that contender takes, or nothing if it is not there."""
        return figure(self.times[name] / self.own) if name in self.times else ""


def figure(ratio: float) -> str:
    """Return a ratio with two digits behind the point, or three digits in all."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.3g}"


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.2g} ns"


def with_own(times: dict[str, float]) -> dict[str, float]:
    """Add this package's time, that of the fastest instruction set."""
    return {"own": next(times[isa] for isa in ISAS if isa in times)} | times


def rows(measured: dict[str, Any]) -> list[Row]:
    return [
        Row(r["pass"], r["dtype"], r["layout"], r["n"], with_own(r["times"]))
        for r in measured["rows"]
        if any(isa in r["times"] for isa in ISAS)
    ]
