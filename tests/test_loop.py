"""NumPy's inner loop: any stride of any operand, sizes around a block, streaming stores."""

import itertools
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from helpers import guarded, raw
from helpers.compare import assert_same_bits, bits_of
from helpers.reference import TYPES, Type, sample, specified
from softsign_c import softsign_backward
from softsign_c._kernels import ffi, lib

BLOCK = lib.SOFTSIGN_BLOCK


def call(op: str, type_: Type, n: int, steps: Sequence[int], *operands: np.ndarray) -> None:
    raw.loop(op, type_.name, n, steps, raw.pointers([x.ctypes.data for x in operands]))


def check(op: str, type_: Type, n: int, steps: Sequence[int], **where: Sequence[int]) -> None:
    run = partial(raw.loop, op, type_.name, n, steps)
    guarded.check(run, op, type_, n, steps, **where)


@pytest.fixture(params=["ordinary stores", "streaming stores"])
def stores(request):
    """Run the test with streaming stores from the first element on as well."""
    before = lib.softsign_streaming_bytes()
    if request.param == "streaming stores":
        lib.softsign_set_streaming_bytes(0)
    yield
    lib.softsign_set_streaming_bytes(before)


def test_every_combination_of_strides(isa, op, type_, stores):
    size = type_.bytes
    contiguous, apart, odd = size, 3 * size, size + 1
    of_inputs = [contiguous, 0, -contiguous, apart, -2 * size, odd]
    of_outputs = [step for step in of_inputs if step]
    row = raw.OPS[op]
    choices = [of_inputs] * row.inputs + [of_outputs] * row.outputs
    for i, j in itertools.product(range(len(choices[0])), range(len(choices[1]))):
        # Every pair of operands meets in every combination; a third goes round with the two.
        steps = [choice[k % len(choice)] for choice, k in zip(choices, (i, j, i + j), strict=False)]
        for n in (1, 9, BLOCK // size + 1):
            check(op, type_, n, steps)


ROOM = 1 << 15  # elements, for 30,000 and outputs that are aligned alike
LAYOUTS = {  # of so many inputs and outputs
    "contiguous": lambda i, o: np.zeros((i + o, ROOM), np.uint32),
    "apart": lambda i, o: np.zeros((i + o, 2 * ROOM), np.uint32)[:, ::2],
    "backward": lambda i, o: np.zeros((i + o, ROOM), np.uint32)[:, ::-1],
    "overlapping": lambda i, o: np.zeros((ROOM, i + o), np.uint32).T,
    "gathered": lambda i, o: [*LAYOUTS["apart"](i, 0), *LAYOUTS["contiguous"](0, o)],
    "a scalar": lambda i, o: [
        as_strided(np.zeros(1, np.uint32), (ROOM,), (0,)),
        *LAYOUTS["contiguous"](i - 1, o),
    ],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_calls_that_meet_share_nothing(isa, op, layout, stores):
    """From two threads at once, each with its own numbers, again and again so that they meet."""
    type_, row, start = TYPES["f32"], raw.OPS[op], threading.Barrier(2, timeout=600)

    def call_often(n: int) -> None:
        operands = [operand[:n] for operand in LAYOUTS[layout](row.inputs, row.outputs)]
        inputs, outputs = operands[: row.inputs], operands[row.inputs :]
        for operand in inputs:
            operand[:] = np.random.default_rng(n).choice(sample(type_, 1000), n)
        inputs = [operand.copy() for operand in inputs]
        steps = [operand.strides[0] for operand in operands]
        start.wait()
        for _ in range(20):
            call(op, type_, n, steps, *operands)
        for output, bits in zip(outputs, specified(op, type_, *inputs), strict=True):
            assert_same_bits(output, bits, *inputs)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(call_often, (30_001, 30_002)))


def test_sizes_around_the_blocks(isa, op, type_, stores):
    size, block = type_.bytes, BLOCK // type_.bytes
    row = raw.OPS[op]
    operands = row.inputs + row.outputs
    layouts = [[size] * operands, [-size] * operands, [2 * size] * operands]
    layouts += [[0] * row.inputs + [size] * row.outputs]
    for blocks, more in itertools.product(range(4), (-1, 0, 1)):
        n = max(blocks * block + more, 0)
        for steps in layouts:
            check(op, type_, n, steps)


def test_every_misalignment(isa, op, type_, stores):
    row = raw.OPS[op]
    n = BLOCK // type_.bytes + 5
    for misaligned in range(64):
        at = (misaligned, 3 * misaligned % 64, 7 * misaligned % 64)
        check(op, type_, n, [type_.bytes] * (row.inputs + row.outputs), misaligned=at)


def test_in_place(isa, op, type_, stores):
    row = raw.OPS[op]
    for step, n in itertools.product((1, -1, 3), (1, 9, 2 * BLOCK // type_.bytes + 3)):
        steps = [step * type_.bytes] * (row.inputs + row.outputs)
        for in_place in itertools.product(range(row.inputs), range(row.outputs)):
            check(op, type_, n, steps, in_place=in_place)


def accumulated(type_: Type, bits: np.ndarray) -> np.ndarray:
    """Accumulate by a plain loop, for any two-dimensional array, along its first axis."""
    return accumulated_once(type_, bits.shape, bits.tobytes())


@cache
def accumulated_once(type_: Type, shape: tuple[int, int], data: bytes) -> np.ndarray:
    bits = np.frombuffer(data, type_.bits).reshape(shape)
    rows = [bits[0]]
    for row in bits[1:]:
        rows += specified("backward", type_, rows[-1], row)
    return np.array(rows)


def test_accumulations_that_meet_share_nothing(isa):
    start = threading.Barrier(2, timeout=600)

    def accumulate_often(seed: int) -> None:
        matrix = np.random.default_rng(seed).normal(0, 0.05, (30, 1000)).astype(np.float32)
        start.wait()
        for _ in range(100):
            got = softsign_backward.accumulate(matrix)
        assert_same_bits(bits_of(got), accumulated(TYPES["f32"], bits_of(matrix)))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(accumulate_often, range(2)))


@pytest.fixture
def matrix(type_, dtype):
    """Numbers around one, more of them in a row and in a column than fit into a block."""
    random = np.random.default_rng(0)
    return random.normal(0, 0.05, (3, BLOCK // type_.bytes + 7)).astype(dtype)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("transposed", [False, True])
def test_reductions(isa, type_, matrix, stores, order, transposed):
    matrix = np.array(matrix.T if transposed else matrix, order=order)
    for array in (matrix, matrix[::-1, ::-1], matrix[:, ::2]):
        for axis in (0, 1):
            bits = bits_of(np.moveaxis(array, axis, 0))
            expected = accumulated(type_, bits)
            got = np.moveaxis(softsign_backward.accumulate(array, axis=axis), axis, 0)
            assert_same_bits(bits_of(got), expected)
            got = softsign_backward.reduce(array, axis=axis)
            assert_same_bits(bits_of(got), expected[-1])
            starts = [0, len(bits) // 2]
            got = np.moveaxis(softsign_backward.reduceat(array, starts, axis=axis), axis, 0)
            first = accumulated(type_, bits[: starts[1]])[-1]
            last = accumulated(type_, bits[starts[1] :])[-1]
            assert_same_bits(bits_of(got), np.array([first, last]))


def test_accumulate_in_place(isa, type_, matrix, stores):
    for axis in (0, 1):
        array = matrix.copy()
        softsign_backward.accumulate(array, axis=axis, out=array)
        expected = accumulated(type_, bits_of(np.moveaxis(matrix, axis, 0)))
        assert_same_bits(bits_of(np.moveaxis(array, axis, 0)), expected)


def test_outer(isa, type_, matrix, stores):
    grad, x = bits_of(matrix[0]), bits_of(matrix[1, :9])
    expected = specified("backward", type_, *np.broadcast_arrays(grad[:, None], x))
    got = softsign_backward.outer(matrix[0], matrix[1, :9])
    assert_same_bits(bits_of(got), *expected)


def test_at_goes_through_repeated_indices_in_order(isa, type_, matrix, stores):
    array, indices = matrix[0].copy(), np.random.default_rng(0).integers(0, 20, 100)
    expected = bits_of(array).copy()
    for index, x in zip(indices, bits_of(matrix[1])[:, None], strict=False):
        expected[[index]] = specified("backward", type_, expected[[index]], x)[0]
    softsign_backward.at(array, indices, matrix[1, :100])
    assert_same_bits(bits_of(array), expected)


def test_interleaved_outputs(isa, type_, dtype, stores):
    x = np.resize(sample(type_, 1000), BLOCK).view(dtype)
    both = np.empty((BLOCK, 2), dtype)
    raw.ufunc("forward_with_derivative")(x, out=(both[:, 0], both[:, 1]))
    expected = specified("forward_with_derivative", type_, bits_of(x))
    assert_same_bits(bits_of(both), np.stack(expected, axis=1))


def test_operands_that_overlap_in_part(isa, op, type_, stores):
    """An output that begins before an input, which is read up to where it is overwritten."""
    row = raw.OPS[op]
    size, n = type_.bytes, 2 * BLOCK // type_.bytes + 3
    values = np.resize(sample(type_, 1000), n + 40)
    for distance, at in itertools.product((1, 2, 17, 40), range(row.inputs)):
        memory = values.copy()
        inputs = [values[7 : n + 7].copy() for _ in range(row.inputs)]
        inputs[at] = memory[distance : n + distance]
        outputs = [memory[:n], *(np.empty_like(memory[:n]) for _ in range(row.outputs - 1))]
        expected = specified(op, type_, *(x.copy() for x in inputs))
        call(op, type_, n, [size] * (row.inputs + row.outputs), *inputs, *outputs)
        for output, bits in zip(outputs, expected, strict=True):
            assert_same_bits(output, bits)


def test_streaming_begins_at_the_size_of_the_last_level_cache_or_40_mib():
    cache = lib.softsign_last_level_cache()
    if cache == 0:
        pytest.skip("this CPU has no streaming stores")
    assert lib.softsign_streaming_bytes() == min(cache, 40 * 2**20)
    sizes = Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")
    known = [int(size.read_text().rstrip("K\n")) * 1024 for size in sizes]  # where it is Linux
    assert cache == max(known, default=cache)
    assert 1 << 16 <= cache <= 1 << 33


def test_every_op_and_type_has_loop_data_of_its_own():
    data = {
        int(ffi.cast("uintptr_t", lib.softsign_loop_data(index)[type_]))
        for index in range(len(raw.OPS))
        for type_ in range(len(TYPES))
    }
    assert len(data) == len(raw.OPS) * len(TYPES)
