"""Searches float64 for the largest errors, and holds them to the bounds that docs/proofs.md
derives.

    python tests/proof/float64.py

Candidates are measured in long double, which has 11 bits more on x86, and the worst of each kind
exactly, with fractions.
"""

import math
from collections.abc import Iterator
from fractions import Fraction

import harness
import numpy as np

from bench.tables import record
from helpers import raw
from helpers.reference import EXACT, TYPES, Type, errors_in_ulp
from softsign_c._bounds import BOUNDS

assert harness
F64 = TYPES["f64"]
COUNT = 1_000_000  # of each kind, for each op
EXACTLY = 2000  # of them: the worst, as far as long double can tell, and some of the others
LONG = np.longdouble


def kinds(type_: Type, random: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Yield magnitudes of different kinds, as values."""
    p, float_ = type_.precision, type_.computed_in
    fraction = 1 + random.random(COUNT)
    smallest = 2.0**type_.min_exponent

    def between_powers(low: int, high: int) -> np.ndarray:  # exact, on every machine the same
        return np.ldexp(1 + random.random(COUNT), random.integers(low, high, COUNT))

    yield "random", random.integers(1, type_.infinity, COUNT, type_.bits).view(float_)
    yield (
        "near powers of two",
        np.ldexp(1.0, random.integers(-p, p, COUNT))
        * (1 + random.integers(-50, 50, COUNT) * 2.0 ** (1 - p)),
    )
    yield "around 1", np.ldexp(fraction, random.integers(-4, 4, COUNT))
    yield f"around 2^{p}", np.ldexp(fraction, random.integers(p - 3, p + 3, COUNT))
    # 1 + |x| just above a power of two, by about the root of half an ulp, where both its own
    # rounding and that of its reciprocal may be the largest; and its square or cube just above one.
    powers = {0: "1 + x", 1 / 2: "its square", 1 / 3: "its cube", 2 / 3: "its cube"}
    for power, name in powers.items():
        base = np.ldexp(2.0**power, random.integers(0, p // 2, COUNT))
        x = ((base - 1) + base * between_powers(-p // 2 - 2, -p // 2 + 4)).astype(float_)
        beside = random.integers(0, 3, COUNT).astype(type_.bits)
        yield f"{name} just above a power of two", (x.view(type_.bits) + beside).view(float_)
    yield "just below 1/2", (1 - between_powers(-p // 2 - 4, -p // 2 + 4)) / 2
    yield "subnormal", random.random(COUNT) * smallest
    yield "huge", random.random(COUNT) * float(np.finfo(float_).max)


def exact_errors(type_: Type, op: str, inputs: list[np.ndarray], got: np.ndarray) -> list[Fraction]:
    true = [EXACT[op](*values) for values in zip(*map(type_.fractions, inputs), strict=True)]
    return errors_in_ulp(type_, got, true)


def estimates(type_: Type, op: str, inputs: list[np.ndarray], got: np.ndarray) -> np.ndarray:
    """Return the errors in ulp, nearly."""
    with np.errstate(all="ignore"):
        true = EXACT[op](*[type_.widen(x).astype(LONG) for x in inputs])
        ulp = np.spacing(np.abs(true).astype(type_.computed_in)).astype(LONG)
        return np.abs(type_.widen(got).astype(LONG) - true) / ulp


def worst(type_: Type, op: str, x: np.ndarray, random: np.random.Generator) -> tuple[Fraction, str]:
    """Return the largest error, and an input that has it."""
    x = x.astype(type_.computed_in)
    x = x[(x > 0) & (x < (1 if op == "inverse" else np.inf))]
    inputs = [x.view(type_.bits)]
    if op == "backward":
        exponent = random.integers(-type_.precision // 2 - 4, 0, x.size)
        above_one = 1 + np.ldexp(random.random(x.size), exponent)
        grad = np.ldexp(above_one, random.integers(type_.min_exponent, -type_.min_exponent, x.size))
        inputs.insert(0, grad.astype(type_.computed_in).view(type_.bits))
    if x.size == 0:
        return Fraction(0), ""
    (got,) = raw.run(raw.ISAS[-1], op, type_.name, *inputs)
    order = np.argsort(-estimates(type_, op, inputs, got))
    chosen = np.concatenate([order[: EXACTLY // 2], order[:: max(1, 2 * len(order) // EXACTLY)]])
    chosen_inputs = [operand[chosen] for operand in inputs]
    errors = exact_errors(type_, op, chosen_inputs, got[chosen])
    at = max(range(len(errors)), key=errors.__getitem__)
    return errors[at], ", ".join(f"0x{int(operand[at]):x}" for operand in chosen_inputs)


def main() -> None:
    random = np.random.default_rng(0)
    worst_of = dict.fromkeys(BOUNDS, (Fraction(0), "", ""))
    tried = 0
    for kind, x in kinds(F64, random):
        tried += len(x)
        for op in BOUNDS:
            worst_of[op] = max(worst_of[op], (*worst(F64, op, x, random), kind))
    for op, (error, at, kind) in worst_of.items():
        print(f"{op}: {float(error):.6f} ulp at {at} ({kind}), below {BOUNDS[op].below}")
    failures = sum(worst_of[op][0] >= bound.below for op, bound in BOUNDS.items())
    shown = "; ".join(
        f"{op.replace('_', ' ')} {math.floor(error * 1000) / 1000:.3f} ulp"
        for op, (error, _, _) in worst_of.items()
    )
    record(f"{tried:,} magnitudes for each op", raw.ISAS[-1], shown, failures)


if __name__ == "__main__":
    main()
