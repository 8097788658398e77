"""Writes hard_inputs.csv, inputs at which softsign is hard to compute, with the correctly rounded
results, from exact arithmetic alone: python docs/hard_inputs.py.
"""

import csv
import random
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from helpers.reference import EXACT, TYPES, Type  # noqa: E402

NAMES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64"}
FUNCTIONS = {"softsign": "forward", "derivative": "derivative", "inverse": "inverse"}
FEW_BITS, ANY_BITS, ROUNDED_BADLY = 12, 8, 12  # rows of each kind
TRIED = 4000


def bits_of(type_: Type, value: Fraction) -> int:
    """Return the bits of a number of the type; the sign of 0 is lost."""
    return int(type_.narrow(np.array([float(value)], type_.computed_in))[0])


def value_of(type_: Type, bits: int) -> Fraction:
    return type_.fractions(np.array([bits], type_.bits))[0]


def result(type_: Type, function: str, bits: int) -> int:
    """Return the bits of the correctly rounded result, the limit where there is no number."""
    sign, magnitude = bits & type_.sign, bits & ~type_.sign
    kept = 0 if function == "derivative" else sign
    if magnitude > type_.infinity:
        return type_.nan
    if function == "inverse" and magnitude >= type_.one:
        return type_.infinity | sign if magnitude == type_.one else type_.nan
    if magnitude == type_.infinity:
        return kept | (0 if function == "derivative" else type_.one)
    exact = EXACT[FUNCTIONS[function]](value_of(type_, magnitude))
    return kept | bits_of(type_, type_.rounded(exact))


def domain_end(type_: Type, function: str) -> int:
    return type_.one if function == "inverse" else type_.infinity


def limits(type_: Type, function: str) -> list[int]:
    ends = [0, type_.infinity, type_.nan]
    return ends + ([type_.one, type_.one + 1] if function == "inverse" else [])


def first(below: int, reached: Callable[[int], bool]) -> int:
    """Return bits at which something is reached, and at those before it is not."""
    low, high = 0, below
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return low


def borders(type_: Type, function: str) -> Iterator[int]:
    """Give the ends of the numbers, and where the results begin or cease to be something."""
    end, normal = domain_end(type_, function), 1 << (type_.precision - 1)
    yield from (1, normal - 1, normal, type_.one - 1, end - 1)
    of = {bits: bits for bits in (normal, type_.one)}
    if function == "derivative":
        changes = [first(end, lambda x, y=y: result(type_, function, x) < y) for y in of]
        changes.append(first(end, lambda x: result(type_, function, x) == 0))
    else:
        changes = [first(end, lambda x: result(type_, function, x) != x)]
        changes.append(first(end, lambda x: result(type_, function, x) >= type_.one))
    for change in changes:
        yield from (x for x in (change - 1, change) if 0 < x < end)


def few_bits(type_: Type, end: int) -> Iterator[int]:
    """Give numbers of few bits: their squares and cubes end near midpoints between numbers."""
    largest = value_of(type_, end - 1)
    for exponent in range(-type_.precision - 4, type_.precision + 4):
        for odd in range(1, 64, 2):
            value = odd * Fraction(2) ** exponent
            if value <= largest and type_.rounded(value) == value:
                yield bits_of(type_, value)


def any_bits(type_: Type, end: int) -> Iterator[int]:
    """Give numbers around 1, with random fractions and such as have long runs of equal bits."""
    source = random.Random(0)  # the same in every CPython
    fraction = 1 << (type_.precision - 1)
    reach = type_.precision // 2 + 2
    for _ in range(TRIED):
        low = source.getrandbits(type_.precision - 1)
        low ^= source.choice([0, fraction - 1]) if source.random() < 0.5 else 0
        low >>= source.choice([0, 0, 0, type_.precision // 2, type_.precision // 2 - 2])
        low = source.choice([low, fraction - 1 - low])
        bits = type_.one + source.randint(-reach, reach) * fraction + low
        if 0 < bits < end:
            yield bits


def from_midpoint(type_: Type, function: str, bits: int) -> Fraction:
    """Return how far the exact result is from the nearest midpoint between numbers, in ulp."""
    exact = EXACT[FUNCTIONS[function]](value_of(type_, bits))
    return abs(exact / type_.ulp(exact) % 1 - Fraction(1, 2))


def plain_error(type_: Type, function: str, bits: int) -> Fraction:
    """Return the error, in ulp, of the formula with every step rounded."""
    x, rounded = value_of(type_, bits), type_.rounded
    s = rounded(1 - x if function == "inverse" else 1 + x)
    got = rounded(1 / rounded(s * s)) if function == "derivative" else rounded(x / s)
    exact = EXACT[FUNCTIONS[function]](x)
    return abs(got - exact) / type_.ulp(exact)


def inputs(type_: Type, function: str) -> Iterator[tuple[str, int]]:
    """Give kinds and magnitudes of the inputs of a function."""
    end = domain_end(type_, function)

    def hardest(tried: Iterator[int], n: int, key: Callable[..., Fraction]) -> list[int]:
        return sorted(set(tried), key=lambda bits: (key(type_, function, bits), bits))[:n]

    yield from (("limit", bits) for bits in limits(type_, function))
    yield from (("border", bits) for bits in sorted(set(borders(type_, function))))
    for tried, n in ((few_bits(type_, end), FEW_BITS), (any_bits(type_, end), ANY_BITS)):
        yield from (("midpoint", bits) for bits in hardest(tried, n, from_midpoint))
    worst = hardest(any_bits(type_, end), ROUNDED_BADLY, lambda *of: -plain_error(*of))
    yield from (("rounding", bits) for bits in worst)


def rows(type_: Type, function: str) -> Iterator[list[str]]:
    digits = 2 * type_.bytes
    for place, (kind, magnitude) in enumerate(inputs(type_, function)):
        both = kind in ("limit", "border") and magnitude <= type_.infinity
        for sign in (0, type_.sign) if both else (type_.sign * (place % 2),):
            bits = magnitude | sign
            y = result(type_, function, bits)
            yield [NAMES[type_.name], function, kind, f"0x{bits:0{digits}x}", f"0x{y:0{digits}x}"]


def main() -> None:
    with (HERE / "hard_inputs.csv").open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["type", "function", "kind", "x", "y"])
        for name in NAMES:
            for function in FUNCTIONS:
                writer.writerows(rows(TYPES[name], function))


if __name__ == "__main__":
    main()
