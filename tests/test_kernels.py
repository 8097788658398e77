"""Every kernel on raw buffers: each length, alignment and place, nothing written beside them."""

import itertools
from functools import cache

import numpy as np
import pytest

from helpers import guarded, raw
from helpers.compare import assert_same_bits
from helpers.reference import Type, sample, specified
from softsign_c._kernels import lib

VECTOR = 64  # bytes, on no CPU more
BATCH = max(lib.softsign_batch_bytes(isa) for isa in range(len(raw.ISAS)))


def check(
    isa: str, op: str, type_: Type, n: int, streaming: bool = False, **where: tuple[int, ...]
) -> None:
    kernel = raw.kernel(isa, op, type_.name)
    guarded.check(lambda pointers: kernel(n, pointers, streaming), op, type_, n, **where)


def lengths(type_: Type) -> range:
    """Return all up to where a batch, vectors and single elements come together."""
    return range((BATCH + VECTOR) // type_.bytes + 2)


@pytest.mark.parametrize("misaligned", [(0, 0, 0), (1, 3, 7)])
def test_every_length(isa, op, type_, misaligned):
    for n in lengths(type_):
        check(isa, op, type_, n, misaligned=misaligned)


def test_every_length_in_place(isa, op, type_):
    row = raw.OPS[op]
    for in_place in itertools.product(range(row.inputs), range(row.outputs)):
        for n in lengths(type_):
            check(isa, op, type_, n, in_place=in_place)
            check(isa, op, type_, n, misaligned=(5, 5, 5), in_place=in_place)


def test_every_misalignment(isa, op, type_):
    n = BATCH // type_.bytes + 1
    for misaligned in range(VECTOR):
        check(isa, op, type_, n, misaligned=(misaligned, 0, 0))
        check(isa, op, type_, n, misaligned=(0, misaligned, 2 * misaligned % VECTOR))


def test_every_length_with_streaming_stores(isa, op, type_):
    aligned = [0] * raw.OPS[op].outputs
    misaligned = ([1, 3][: raw.OPS[op].inputs] + aligned)[:3]
    for n in [*lengths(type_), 9 * BATCH // type_.bytes + 1]:
        check(isa, op, type_, n, streaming=True, misaligned=misaligned)


@cache
def one_special(op: str, type_: Type) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return, for each place of a batch in each input, inputs with one special element among
    ordinary ones, and the bits specified.
    """
    n, count = BATCH // type_.bytes + 1, raw.OPS[op].inputs
    specials = type_.nan, type_.infinity, type_.infinity | type_.sign, type_.infinity - 1
    ordinary = type_.narrow(np.linspace(-0.9, 0.9, n, dtype=type_.computed_in))
    inputs = np.tile(ordinary, (count, len(specials), count, n, 1))
    for k, bits in itertools.product(range(count), enumerate(specials)):
        np.fill_diagonal(inputs[k, bits[0], k], bits[1])
    inputs = inputs.reshape(count, -1, n)
    return inputs, specified(op, type_, *inputs)


def test_one_special_element_at_every_place_of_a_batch(isa, op, type_):
    inputs, expected = one_special(op, type_)
    for case in range(inputs.shape[1]):
        got = raw.run(isa, op, type_.name, *inputs[:, case])
        for output, bits in zip(got, expected, strict=True):
            assert_same_bits(output, bits[case], *inputs[:, case])


def test_many_elements(isa, op, type_):
    """A whole array, with any input in any lane."""
    data = [sample(type_, 20_000, seed=k) for k in range(raw.OPS[op].inputs)]
    got, expected = raw.run(isa, op, type_.name, *data), specified(op, type_, *data)
    for output, bits in zip(got, expected, strict=True):
        assert_same_bits(output, bits, *data)
