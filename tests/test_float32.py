"""float32: all bit patterns, or a stride through them, against the true value and the bounds."""

from functools import cache

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_errors_within, assert_same_bits
from helpers.reference import EXACT, TYPES, errors_in_ulp, errors_nearly, specified
from softsign_c import available_isas
from softsign_c._bounds import BOUNDS

F32 = TYPES["f32"]
CHUNK = 1 << 14  # inputs at a time, few enough to stay in the cache
STRIDE = 1021  # a prime, so that the low bits go through all their values
ROUNDING = 1e-6  # ulp, of the worst errors in BOUNDS


def specified_within_bounds(op: str, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the bits specified for ascending inputs, whose errors must be within the bounds."""
    expected = specified(op, F32, x)
    positive = x[x < (F32.one if op == "inverse" else F32.infinity)]  # others mirror them
    if op in BOUNDS and positive.size:
        got = expected[0][: positive.size]
        errors = errors_nearly(F32, got, EXACT[op](F32.widen(positive).astype(np.float64)))
        assert_errors_within(BOUNDS[op].worst + ROUNDING, errors, got, positive)
    return expected


def check(isa: str, op: str, x: np.ndarray, expected: tuple[np.ndarray, ...]) -> None:
    for got, bits in zip(raw.run(isa, op, "f32", x), expected, strict=True):
        assert_same_bits(got, bits, x)


@cache
def strided(op: str) -> list[tuple[np.ndarray, tuple[np.ndarray, ...]]]:
    """Return a stride through all inputs, and the bits specified, for every instruction set."""
    steps = np.arange(0, 1 << 32, STRIDE).astype(np.uint32)
    chunks = np.split(steps, range(CHUNK, steps.size, CHUNK))
    return [(x, specified_within_bounds(op, x)) for x in chunks]


OPS = [name for name in raw.OPS if name != "backward"]


@pytest.mark.parametrize("op", OPS)
def test_stride_through_all_inputs(isa, op):
    for x, expected in strided(op):
        check(isa, op, x, expected)


@pytest.mark.exhaustive
@pytest.mark.parametrize("op", OPS)
def test_all_inputs(op):
    """All instruction sets that the machine has, in one go."""
    for start in range(0, 1 << 32, CHUNK):
        x = np.arange(start, start + CHUNK, dtype=np.uint32)
        expected = specified_within_bounds(op, x)
        for isa in available_isas():
            check(isa, op, x, expected)


def test_backward_stays_within_its_bound(isa):
    random = np.random.default_rng(0)
    grad = random.integers(F32.one, F32.one + (1 << 26), 16 * CHUNK).astype(np.uint32)
    x = random.integers(0x30000000, 0x50000000, 16 * CHUNK).astype(np.uint32)  # 2^-31 to 2^33
    (got,) = raw.run(isa, "backward", "f32", grad, x)
    assert_same_bits(got, *specified("backward", F32, grad, x), grad, x)
    values = (F32.widen(operand).astype(np.float64) for operand in (grad, x))
    errors = errors_nearly(F32, got, EXACT["backward"](*values))
    assert_errors_within(BOUNDS["backward"].below, errors, got, grad, x)


@pytest.mark.parametrize("word", [0x48FC0FA1, 0x4A638E35])
def test_forward_where_a_quotient_by_estimate_is_hard(isa, word):
    """In every lane: a refinement of the second order gives other bits, from a Zen's estimates."""
    x = np.full(256, word, np.uint32)
    (got,) = raw.run(isa, "forward", "f32", x)
    assert_same_bits(got, *specified("forward", F32, x), x)


@pytest.mark.parametrize("op", BOUNDS)
def test_worst_error_is_where_it_was_measured(isa, op):
    inputs = [np.array([bits], np.uint32) for bits in BOUNDS[op].at]
    (got,) = raw.run(isa, op, "f32", *inputs)
    (error,) = errors_in_ulp(F32, got, [EXACT[op](*[F32.fractions(x)[0] for x in inputs])])
    assert float(error) == pytest.approx(BOUNDS[op].worst, abs=ROUNDING)
    assert error < BOUNDS[op].below
