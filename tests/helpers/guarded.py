"""Operands in guarded memory, at any place and stride, and the comparison of all that memory."""

import itertools
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from helpers import raw
from helpers.compare import assert_same_bits
from helpers.reference import Type, sample, specified

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
        shape, strides = (self.n, self.type_.bytes), (self.step, 1)
        return np.ndarray(shape, np.uint8, memory, self.first, strides)

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


@cache
def example(
    op: str, type_: Type, n: int, scalars: tuple[bool, ...]
) -> tuple[list[np.ndarray], tuple[np.ndarray, ...]]:
    """Return inputs that differ from element to element, special ones among them, but for scalars,
    and the results.
    """
    values = np.random.default_rng(n).permutation(sample(type_, 1000))
    inputs = [np.resize(np.roll(values, 101 * k), n) for k in range(len(scalars))]
    for data, is_scalar in zip(inputs, scalars, strict=True):
        if is_scalar:
            data[:] = data[-1:]
    return inputs, specified(op, type_, *inputs)


def check(
    run: Callable[[object], object],
    op: str,
    type_: Type,
    n: int,
    steps: Sequence[int] = (),
    misaligned: Sequence[int] = (),
    in_place: tuple[int, int] | None = None,
) -> None:
    """Run the op, given pointers to its operands, on an example, and compare all memory in reach.

    Operands are contiguous and aligned unless told otherwise; in_place says which input's place
    which output takes.
    """
    row = raw.OPS[op]
    count = row.inputs + row.outputs
    places = zip(steps or [type_.bytes] * count, misaligned or [0] * count, strict=False)
    operands = [Operand(n, type_, *place) for place in itertools.islice(places, count)]
    if in_place:
        operands[row.inputs + in_place[1]] = operands[in_place[0]]
    inputs, outputs = operands[: row.inputs], operands[row.inputs :]
    data, results = example(op, type_, n, tuple(operand.step == 0 for operand in inputs))
    for operand, bits in zip(inputs, data, strict=True):
        operand.bits = bits
    expected = {operand: operand.memory.copy() for operand in inputs}
    expected |= {
        operand: operand.after(bits) for operand, bits in zip(outputs, results, strict=True)
    }

    run(raw.pointers([operand.address for operand in operands]))

    if all(np.array_equal(operand.memory, memory) for operand, memory in expected.items()):
        return
    for operand, bits in zip(outputs, results, strict=True):
        assert_same_bits(operand.bits, bits, *data)
    raise AssertionError(f"written beside the elements: {steps}")
