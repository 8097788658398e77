"""float16 and bfloat16: every input there is, against the exact values."""

from functools import cache

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_errors_within, assert_same_bits
from helpers.reference import EXACT, TYPES, Type, errors_nearly

HALF = ["f16", "bf16"]
DOUBLE_ERROR = 2.0**-49  # of a formula in doubles, relatively

# The worst error in ulp, and the input that has it, where not all results are correctly rounded.
WORST = {("inverse", "f16"): (0.500035, 0x2FF1), ("second_derivative", "f16"): (0.500087, 0x10AC)}
CORRECTLY_ROUNDED = [(op, name) for op in raw.UNARY for name in HALF if (op, name) not in WORST]


def domain(op: str, type_: Type) -> np.ndarray:
    """Return the inputs at which the result is a number."""
    finite = type_.all_finite()
    return finite[np.abs(type_.widen(finite)) < 1] if op == "inverse" else finite


@cache
def in_double(op: str, name: str) -> np.ndarray:
    """Return the values by the formula, wrong by less than DOUBLE_ERROR of them."""
    type_ = TYPES[name]
    with np.errstate(all="ignore"):
        return EXACT[op](type_.widen(domain(op, type_)).astype(np.float64))


@cache
def correctly_rounded(op: str, name: str) -> np.ndarray:
    """Return the bits, of fractions where doubles do not tell."""
    type_, values = TYPES[name], in_double(op, name)
    ulps = type_.ulps(values)
    low, high = (np.rint(values * (1 + e) / ulps) for e in (-DOUBLE_ERROR, DOUBLE_ERROR))
    rounded = low * ulps
    for i in np.flatnonzero(low != high):
        (x,) = type_.fractions(domain(op, type_)[[i]])
        rounded[i] = type_.rounded(EXACT[op](x))
    return type_.narrow(rounded)


def assert_same_numbers(got: np.ndarray, expected: np.ndarray, x: np.ndarray) -> None:
    """Compare bits, but for the sign of a zero: fractions have none."""
    got, expected = (np.where(bits << 1 == 0, bits << 1, bits) for bits in (got, expected))
    assert_same_bits(got, expected, x)


@pytest.mark.parametrize(("op", "name"), CORRECTLY_ROUNDED)
def test_every_number_is_correctly_rounded(isa, op, name):
    x = domain(op, TYPES[name])
    (got,) = raw.run(isa, op, name, x)
    assert_same_numbers(got, correctly_rounded(op, name), x)


@pytest.mark.parametrize(("op", "name"), WORST)
def test_worst_error_is_the_one_measured(isa, op, name):
    bound, witness = WORST[op, name]
    type_ = TYPES[name]
    x = domain(op, type_)
    (got,) = raw.run(isa, op, name, x)
    found = errors_nearly(type_, got, in_double(op, name))
    assert_errors_within(bound, found, got, x)
    assert found[x == witness] > bound - 1e-6


@pytest.mark.parametrize("name", HALF)
def test_backward_rounds_almost_correctly(isa, name):
    type_ = TYPES[name]
    numbers = type_.all_finite()
    grad, x = np.random.default_rng(0).choice(numbers, (2, 20_000))
    (got,) = raw.run(isa, "backward", name, grad, x)
    values = EXACT["backward"](*(type_.widen(bits).astype(np.float64) for bits in (grad, x)))
    assert_errors_within(0.501, errors_nearly(type_, got, values), got, grad, x)
