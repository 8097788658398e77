"""Every kernel on raw buffers: each length, alignment and place, nothing written beside them."""

import itertools

import numpy as np
import raw
from compare import assert_same_bits
from reference import Type, sample, specified

BLOCK = 64  # bytes that a kernel takes at a time, at the most; it pads what is left
CANARY = 0xA5
POISON = 0x5A
GUARD = 128  # bytes, more than a register on each side


class Buffer:
    """Elements at a chosen misalignment, between two rows of canaries."""

    def __init__(self, n: int, type_: Type, misaligned: int = 0) -> None:
        self.memory = np.full(GUARD + n * type_.bytes + GUARD + BLOCK, CANARY, np.uint8)
        offset = -self.memory.ctypes.data % BLOCK + misaligned
        self.start = GUARD - BLOCK + offset
        self.end = self.start + n * type_.bytes
        self.memory[self.start : self.end] = POISON
        self.type_ = type_

    @property
    def address(self) -> int:
        return self.memory.ctypes.data + self.start

    @property
    def bits(self) -> np.ndarray:
        return np.frombuffer(self.memory[self.start : self.end].tobytes(), self.type_.bits)

    @bits.setter
    def bits(self, bits: np.ndarray) -> None:
        self.memory[self.start : self.end] = np.frombuffer(bits.tobytes(), np.uint8)

    def assert_nothing_beside(self) -> None:
        assert np.all(self.memory[: self.start] == CANARY), "written before the buffer"
        assert np.all(self.memory[self.end :] == CANARY), "written past the buffer"


def inputs_for(n: int, pass_: str, type_: Type) -> list[np.ndarray]:
    """Return inputs that differ from element to element, special ones among them."""
    values = sample(type_, 1000)
    random = np.random.default_rng(n)
    return [random.choice(values, n) for _ in range(raw.PASSES[pass_].inputs)]


def check(
    isa: str,
    pass_: str,
    type_: Type,
    n: int,
    misaligned: tuple[int, int, int] = (0, 0, 0),
    in_place: tuple[int, int] | None = None,
) -> None:
    """Run the kernel and compare; in_place says which input's buffer which output is put into."""
    row = raw.PASSES[pass_]
    data = inputs_for(n, pass_, type_)
    inputs = [Buffer(n, type_, misaligned[k]) for k in range(row.inputs)]
    outputs = [Buffer(n, type_, misaligned[row.inputs + k]) for k in range(row.outputs)]
    for buffer, bits in zip(inputs, data, strict=True):
        buffer.bits = bits
    if in_place:
        outputs[in_place[1]] = inputs[in_place[0]]

    raw.kernel(isa, pass_, type_.name)(
        n, raw.pointers([buffer.address for buffer in (*inputs, *outputs)])
    )

    for buffer, expected in zip(outputs, specified(pass_, type_, *data), strict=True):
        assert_same_bits(buffer.bits, expected, *data)
    for buffer, bits in zip(inputs, data, strict=True):
        if buffer not in outputs:
            assert_same_bits(buffer.bits, bits)
    for buffer in (*inputs, *outputs):
        buffer.assert_nothing_beside()


def lengths(type_: Type) -> range:
    return range(4 * BLOCK // type_.bytes + 2)


def test_every_length(isa, pass_, type_):
    for n in lengths(type_):
        check(isa, pass_, type_, n)


def test_every_length_unaligned(isa, pass_, type_):
    for n in lengths(type_):
        check(isa, pass_, type_, n, (1, 3, 7))


def test_every_length_in_place(isa, pass_, type_):
    row = raw.PASSES[pass_]
    for in_place in itertools.product(range(row.inputs), range(row.outputs)):
        for n in lengths(type_):
            check(isa, pass_, type_, n, in_place=in_place)
            check(isa, pass_, type_, n, (5, 5, 5), in_place=in_place)


def test_every_misalignment(isa, pass_, type_):
    n = 2 * BLOCK // type_.bytes + 1
    for misaligned in range(BLOCK):
        check(isa, pass_, type_, n, (misaligned, 0, 0))
        check(isa, pass_, type_, n, (0, misaligned, 2 * misaligned % BLOCK))


def test_many_elements(isa, pass_, type_):
    """A whole array, with any input in any lane."""
    data = [sample(type_, 20_000, seed=k) for k in range(raw.PASSES[pass_].inputs)]
    for got, expected in zip(
        raw.run(isa, pass_, type_.name, *data), specified(pass_, type_, *data), strict=True
    ):
        assert_same_bits(got, expected, *data)
