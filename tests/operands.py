"""Operands in guarded memory, at any place and stride, and the comparison of all that memory."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import raw
from compare import assert_same_bits
from numpy.lib.stride_tricks import as_strided
from reference import Type, sample, specified

LINE = 64  # bytes of a cache line, and of the widest register there is
GUARD = 2 * LINE
CANARY = 0xA5


class Operand:
    """Elements at a stride, the lowest at a chosen misalignment, in memory that is otherwise full
    of canaries.
    """

    def __init__(self, n: int, type_: Type, step: int, misaligned: int) -> None:
        self.n, self.type_, self.step = n, type_, step
        span = abs(step) * max(n - 1, 0) + type_.bytes
        memory = np.full(LINE + GUARD + misaligned + span + GUARD, CANARY, np.uint8)
        self.memory = memory[-memory.ctypes.data % LINE :]
        self.first = GUARD + misaligned + (span - type_.bytes if step < 0 else 0)

    @property
    def address(self) -> int:
        return self.memory.ctypes.data + self.first

    def _elements(self, memory: np.ndarray) -> np.ndarray:
        """Return the bytes of each element."""
        return as_strided(memory[self.first :], (self.n, self.type_.bytes), (self.step, 1))

    @property
    def bits(self) -> np.ndarray:
        return np.frombuffer(self._elements(self.memory).tobytes(), self.type_.bits)

    @bits.setter
    def bits(self, bits: np.ndarray) -> None:
        self.memory[:] = self.after(bits)

    def after(self, bits: np.ndarray) -> np.ndarray:
        """Return what the whole memory holds when the elements are these."""
        memory = self.memory.copy()
        self._elements(memory)[:] = bits.view(np.uint8).reshape(-1, self.type_.bytes)
        return memory


def check(
    run: Callable[[object], object],
    pass_: str,
    type_: Type,
    n: int,
    steps: Sequence[int] = (),
    misaligned: Sequence[int] = (),
    in_place: tuple[int, int] | None = None,
) -> None:
    """Run the pass, given pointers to its operands, on inputs that differ from element to element,
    special ones among them, and compare all memory in reach. Operands are contiguous and aligned
    unless told otherwise; in_place says which input's place which output takes.
    """
    row = raw.PASSES[pass_]
    count = row.inputs + row.outputs
    places = zip(steps or [type_.bytes] * count, misaligned or [0] * count, strict=False)
    operands = [Operand(n, type_, *place) for place in itertools.islice(places, count)]
    if in_place:
        operands[row.inputs + in_place[1]] = operands[in_place[0]]
    inputs, outputs = operands[: row.inputs], operands[row.inputs :]
    values = np.random.default_rng(n).permutation(sample(type_, 1000))
    for k, operand in enumerate(inputs):
        operand.bits = np.resize(np.roll(values, 101 * k), n)
    data = [operand.bits for operand in inputs]
    results = specified(pass_, type_, *data)
    expected = {operand: operand.memory.copy() for operand in operands}
    expected |= {
        operand: operand.after(bits) for operand, bits in zip(outputs, results, strict=True)
    }

    run(raw.pointers([operand.address for operand in operands]))

    for operand, bits in zip(outputs, results, strict=True):
        assert_same_bits(operand.bits, bits, *data)
    for operand, memory in expected.items():
        assert np.array_equal(operand.memory, memory), f"written beside the elements: {steps}"
