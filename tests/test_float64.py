"""float64: hard inputs and random ones, against fractions."""

from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_errors_within, assert_same_bits
from helpers.reference import EXACT, TYPES, errors_in_ulp, sample, specified
from softsign_c._bounds import BOUNDS

F64 = TYPES["f64"]


def hard_inputs(n: int) -> np.ndarray:
    """Return inputs at which roundings are hard, powers of two and their neighbours, and a sample.

    Half an ulp of 1 + |x| is lost where the low bits of x fall just beside the middle between two
    numbers of its sum's binade. The quotient x / s = 1 - 1 / s falls just beside the middle where s
    times some odd number is just beside a power of two, as for the factors 2^j +- 1 of 2^k +- 1.
    """
    random = np.random.default_rng(0)
    exponent = random.integers(-54, 54, n)
    s = 2.0 ** np.maximum(exponent, 0) * (1 + random.integers(0, 1 << 53, n) * 2.0**-53)
    lost = np.abs(s - 1 + np.spacing(s) * random.choice([-0.5, 0.5], n)).view(np.uint64)
    beside = lost + random.integers(-2, 3, n).astype(np.uint64)
    near_powers = 2.0 ** random.integers(-60, 1023, n) * (1 + random.integers(-4, 5, n) * 2.0**-52)
    j, t, one = np.meshgrid(np.arange(2, 53), np.arange(53), [-1, 1])
    s = (2.0**j + one) * 2.0**-t
    quotients = (s - 1)[s > 1]
    of_floats = np.concatenate([near_powers, quotients]).view(np.uint64)
    return np.concatenate([beside, of_floats, sample(F64, n)])


@cache
def inputs_and_values(op: str) -> tuple[list[np.ndarray], list[Fraction]]:
    x = hard_inputs(3000)
    x = x[np.abs(F64.widen(x)) < (1 if op == "inverse" else np.inf)]
    inputs = [np.random.default_rng(1).permutation(x), x][-raw.OPS[op].inputs :]
    return inputs, list(map(EXACT[op], *map(F64.fractions, inputs)))


@cache
def errors_of(op: str, got: bytes) -> list[Fraction]:
    """Return those of results, which are the same on the next instruction set."""
    _, true = inputs_and_values(op)
    return errors_in_ulp(F64, np.frombuffer(got, F64.bits), true)


@pytest.mark.parametrize("op", BOUNDS)
def test_errors_stay_within_the_bounds(isa, op):
    inputs, _ = inputs_and_values(op)
    (got,) = raw.run(isa, op, "f64", *inputs)
    assert_errors_within(BOUNDS[op].below, errors_of(op, got.tobytes()), got, *inputs)


def test_every_result_is_the_one_specified(isa, op):
    """Also where forward_with_derivative has no division of its own."""
    inputs = [hard_inputs(200_000)]
    if raw.OPS[op].inputs == 2:
        inputs.append(np.random.default_rng(2).permutation(inputs[0]))
    got, expected = raw.run(isa, op, "f64", *inputs), specified(op, F64, *inputs)
    for output, bits in zip(got, expected, strict=True):
        assert_same_bits(output, bits, *inputs)
