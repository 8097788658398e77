"""What the results are to be, by plain means: fractions for their true value, NumPy for their bits.

Elements are handled as their bits, unsigned integers, so that bfloat16 needs no library, no NaN
loses its payload, and -0 is not +0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

EXACT: dict[str, Callable[..., Any]] = {
    "forward": lambda x: x / (1 + abs(x)),
    "derivative": lambda x: 1 / (1 + abs(x)) ** 2,
    "backward": lambda grad, x: grad / (1 + abs(x)) ** 2,
    "inverse": lambda y: y / (1 - abs(y)),
    "second_derivative": lambda x: ((x < 0) * 2 - (x > 0) * 2) / (1 + abs(x)) ** 3,
}
"""The formulas, for fractions and, with float64's error, for arrays."""


@cache
def power_of_two(exponent: int) -> Fraction:
    return Fraction(2) ** exponent


@dataclass(frozen=True)
class Type:
    """An IEEE 754 binary format."""

    name: str
    bits: type[np.unsignedinteger]
    precision: int
    min_exponent: int
    computed_in: type[np.floating]

    @property
    def bytes(self) -> int:
        return np.dtype(self.bits).itemsize

    @property
    def sign(self) -> int:
        return 1 << (8 * self.bytes - 1)

    @property
    def infinity(self) -> int:
        return self.sign - (1 << (self.precision - 1))

    @property
    def one(self) -> int:
        return (self.infinity >> 1) - (self.infinity >> 1) % (1 << (self.precision - 1))

    @property
    def nan(self) -> int:
        """The one NaN that comes out: positive, quiet, no payload."""
        return self.infinity | 1 << (self.precision - 2)

    def is_nan(self, bits: np.ndarray) -> np.ndarray:
        return bits & self.bits(self.sign - 1) > self.infinity

    def widen(self, bits: np.ndarray) -> np.ndarray:
        """Return the values, in the type that is computed in."""
        bits = np.ascontiguousarray(bits, self.bits)
        if self.name == "bf16":
            return (bits.astype(np.uint32) << 16).view(np.float32)
        with np.errstate(invalid="ignore"):  # a signalling NaN
            return bits.view(f"f{self.bytes}").astype(self.computed_in)

    def narrow(self, values: np.ndarray) -> np.ndarray:
        """Return the bits of the values, rounded to nearest even."""
        values = np.ascontiguousarray(values, self.computed_in)
        if self.name == "bf16":
            word = values.view(np.uint32).astype(np.uint64)
            bits = ((word + 0x7FFF + (word >> 16 & 1)) >> 16).astype(np.uint16)
        else:
            bits = values.astype(f"f{self.bytes}").view(self.bits)
        return np.where(np.isnan(values), self.bits(self.nan), bits)

    def fractions(self, bits: np.ndarray) -> list[Fraction]:
        return [Fraction(value) for value in self.widen(bits).astype(np.float64).tolist()]

    def ulp(self, value: Fraction) -> Fraction:
        """Return the distance of the numbers around the value."""
        exponent = self.min_exponent
        if value:
            numerator, denominator = abs(value).as_integer_ratio()
            guess = numerator.bit_length() - denominator.bit_length()
            exponent = max(guess - (abs(value) < power_of_two(guess)), exponent)
        return power_of_two(exponent - self.precision + 1)

    def rounded(self, value: Fraction) -> Fraction:
        """Return the number nearest to the value, the even one of two."""
        ulp = self.ulp(value)
        return round(value / ulp) * ulp

    def ulps(self, values: np.ndarray) -> np.ndarray:
        """Return the distances of the numbers around finite values, exactly, as doubles."""
        exponents = np.maximum(np.frexp(values)[1] - 1, self.min_exponent)
        return np.ldexp(1.0, np.where(values, exponents, self.min_exponent) - self.precision + 1)

    def all_finite(self) -> np.ndarray:
        """Return every finite number of a half type."""
        positive = np.arange(self.infinity, dtype=self.bits)
        return np.concatenate([positive, positive | self.bits(self.sign)])


TYPES = {
    type_.name: type_
    for type_ in (
        Type("f16", np.uint16, 11, -14, np.float32),
        Type("f32", np.uint32, 24, -126, np.float32),
        Type("f64", np.uint64, 53, -1022, np.float64),
        Type("bf16", np.uint16, 8, -126, np.float32),
    )
}


def _shared(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@cache
def specials(type_: Type) -> np.ndarray:
    """Return the inputs at which something changes, of both signs, with their neighbours."""
    fraction = 1 << (type_.precision - 1)
    corners = [0, fraction, type_.one, type_.infinity, type_.nan, type_.sign - 1]
    powers = range(0, type_.infinity, fraction * max(1, type_.infinity // fraction // 64))
    near = {
        (bits + step) % type_.sign for bits in [*corners, *powers] for step in (-2, -1, 0, 1, 2)
    }
    positive = np.array(sorted(near), type_.bits)
    return _shared(np.concatenate([positive, positive | type_.bits(type_.sign)]))


@cache
def sample(type_: Type, n: int, seed: int = 0) -> np.ndarray:
    """Return the special inputs and random ones: any bits, and numbers around one."""
    random = np.random.default_rng(seed)
    fraction = 1 << (type_.precision - 1)
    around_one = random.integers(-9 * fraction, 9 * fraction, n) + type_.one
    around_one = around_one.astype(type_.bits) | random.choice([0, type_.sign], n).astype(
        type_.bits
    )
    anything = random.integers(0, np.iinfo(type_.bits).max, n, type_.bits, endpoint=True)
    return _shared(np.concatenate([specials(type_), around_one, anything]))


def _finite(x: np.ndarray) -> np.ndarray:
    return np.minimum(np.abs(x), np.finfo(x.dtype).max)


def _reciprocal(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + _finite(x))


def _forward(x: np.ndarray) -> np.ndarray:
    return np.copysign(_finite(x), x) / (1 + _finite(x))


def _derivative(x: np.ndarray) -> np.ndarray:
    r = _reciprocal(x)
    return r * r


def _backward(grad: np.ndarray, x: np.ndarray) -> np.ndarray:
    r = np.where(np.isinf(x) & np.isfinite(grad), x.dtype.type(0), _reciprocal(x))
    return grad * r * r


def _second_derivative(x: np.ndarray) -> np.ndarray:
    r = _reciprocal(x)
    return -2 * np.copysign(np.where(x == 0, 0, r * r * r), x)


_AS_SPECIFIED: dict[str, Callable[..., tuple[np.ndarray, ...]]] = {
    "forward": lambda x: (_forward(x),),
    "derivative": lambda x: (_derivative(x),),
    "backward": lambda grad, x: (_backward(grad, x),),
    "forward_with_derivative": lambda x: (_forward(x), _derivative(x)),
    "inverse": lambda y: (np.where(np.abs(y) > 1, np.nan, y / (1 - np.abs(y))),),
    "second_derivative": lambda x: (_second_derivative(x),),
}


def specified(op: str, type_: Type, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the bits of the outputs: IEEE 754's operations in the order that is specified."""
    with np.errstate(all="ignore"):
        outputs = _AS_SPECIFIED[op](*map(type_.widen, inputs))
        return tuple(map(type_.narrow, outputs))


def errors_in_ulp(type_: Type, got: np.ndarray, exact: list[Fraction]) -> list[Fraction]:
    """Return how far the results are from the true values."""
    return [
        abs(value - true) / type_.ulp(true)
        for value, true in zip(type_.fractions(got), exact, strict=True)
    ]


def errors_nearly(type_: Type, got: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return the errors of a type narrower than float64, given true values in float64."""
    return np.abs(type_.widen(got) - true) / type_.ulps(true)
