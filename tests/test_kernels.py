"""Every kernel on raw buffers: each length, alignment and place, nothing written beside them."""

import itertools

import operands
import raw
from compare import assert_same_bits
from reference import Type, sample, specified

BLOCK = 64  # bytes that a kernel takes at a time, at the most; it pads what is left


def check(isa: str, pass_: str, type_: Type, n: int, **where: tuple[int, ...]) -> None:
    kernel = raw.kernel(isa, pass_, type_.name)
    operands.check(lambda pointers: kernel(n, pointers), pass_, type_, n, **where)


def lengths(type_: Type) -> range:
    return range(4 * BLOCK // type_.bytes + 2)


def test_every_length(isa, pass_, type_):
    for n in lengths(type_):
        check(isa, pass_, type_, n)


def test_every_length_unaligned(isa, pass_, type_):
    for n in lengths(type_):
        check(isa, pass_, type_, n, misaligned=(1, 3, 7))


def test_every_length_in_place(isa, pass_, type_):
    row = raw.PASSES[pass_]
    for in_place in itertools.product(range(row.inputs), range(row.outputs)):
        for n in lengths(type_):
            check(isa, pass_, type_, n, in_place=in_place)
            check(isa, pass_, type_, n, misaligned=(5, 5, 5), in_place=in_place)


def test_every_misalignment(isa, pass_, type_):
    n = 2 * BLOCK // type_.bytes + 1
    for misaligned in range(BLOCK):
        check(isa, pass_, type_, n, misaligned=(misaligned, 0, 0))
        check(isa, pass_, type_, n, misaligned=(0, misaligned, 2 * misaligned % BLOCK))


def test_many_elements(isa, pass_, type_):
    """A whole array, with any input in any lane."""
    data = [sample(type_, 20_000, seed=k) for k in range(raw.PASSES[pass_].inputs)]
    for got, expected in zip(
        raw.run(isa, pass_, type_.name, *data), specified(pass_, type_, *data), strict=True
    ):
        assert_same_bits(got, expected, *data)
