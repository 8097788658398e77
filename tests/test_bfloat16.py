"""A quotient of bfloat16 needs no correction, whatever estimate of the documented accuracy it is
made from; one of float16 does."""

import numpy as np
import pytest

from helpers.reference import TYPES, specified

# Of 1 / s, before it is rounded to float32: tests/proof/bounds/refined_bf16.g
BY_ESTIMATE = 1 - 4609 * 2.0**-35, 1 + 2.0**-35
LIMITS = {"forward": 2.0**100, "derivative": 2.0**63, "inverse": 1, "second_derivative": 2.0**42}
"""Of the fast path; csrc/lists.h."""


RESULTS = {  # of x and the reciprocal
    "forward": lambda x, r: x * r,
    "derivative": lambda x, r: r * r,
    "inverse": lambda x, r: x * r,
    "second_derivative": lambda x, r: -2 * np.where(x == 0, 0, r * r * r),
}


def inputs_that_differ(name: str, op: str, of_reciprocal: tuple[float, float]) -> list[int]:
    """Return the inputs of the fast path whose result depends on where r lies in the interval. As
    each operation is monotonic, the ends of it stand for all."""
    type_ = TYPES[name]
    bits = np.arange(type_.infinity, dtype=type_.bits)
    bits = bits[type_.widen(bits) < LIMITS[op]]
    x, (expected,) = type_.widen(bits), specified(op, type_, bits)
    s = (1 - x if op == "inverse" else 1 + x).astype(np.float64)
    differs = np.zeros(bits.size, bool)
    for end in of_reciprocal:
        differs |= type_.narrow(RESULTS[op](x, (end / s).astype(np.float32))) != expected
    return bits[differs].tolist()


@pytest.mark.parametrize("op", LIMITS)
def test_every_bfloat16_is_right_from_any_estimate(op):
    assert inputs_that_differ("bf16", op, BY_ESTIMATE) == []


def test_a_bfloat16_is_wrong_from_an_estimate_without_a_step():
    assert inputs_that_differ("bf16", "forward", (1 - 1.5 * 2.0**-12, 1 + 1.5 * 2.0**-12))


def test_a_float16_is_wrong_even_from_a_reciprocal_that_is_nearly_exact():
    """x / (1 + x) lies 2^-25 from where its rounding changes."""
    assert 0x3BFF in inputs_that_differ("f16", "forward", (1 - 2.0**-33, 1 + 2.0**-33))
