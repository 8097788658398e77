"""set_num_threads: long calls are split over threads, with the same results."""

import threading
import time

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_same_bits, bits_of
from helpers.fpu import FloatingPointUnit
from helpers.reference import TYPES, sample
from softsign_c import set_num_threads, softsign, softsign_inverse
from softsign_c._kernels import ffi, lib

N = 150_001  # more than two chunks of float32
NUMBERS = [2, 3, 8]

pytestmark = pytest.mark.usefixtures("one_thread")
alone = pytest.mark.thread_unsafe(reason="looks at what all threads share")


def values(type_, n=N):
    return np.resize(sample(type_, 3000), n)


class Ranges:
    """Calls softsign_parallel_for and records which thread ran which range.

    All but the caller's first chunk wait until so many threads are at work.
    """

    def __init__(self, n, first, chunk, threads, at_work=2):
        self.done, all_here = [], threading.Condition()

        def body(data, begin, end):
            with all_here:
                self.done.append((threading.get_ident(), begin, end))
                all_here.notify_all()
                if begin >= first:
                    all_here.wait_for(lambda: len(self.threads) >= at_work, timeout=600)
            time.sleep(1e-4)  # long enough to wake others

        callback = ffi.callback("void(void *, size_t, size_t)", body)
        lib.softsign_parallel_for(callback, ffi.NULL, n, first, chunk, threads)

    @property
    def sorted(self):
        return sorted((begin, end) for _, begin, end in self.done)

    @property
    def threads(self):
        return {thread for thread, _, _ in self.done}


@alone
@pytest.mark.parametrize("threads", [2, 3, 5])
def test_every_element_is_in_one_chunk_and_chunks_end_where_they_should(threads):
    ranges = Ranges(10_000, 600, 640, threads)
    ends = [600, *range(1240, 10_000, 640), 10_000]
    begins, got = zip(*ranges.sorted, strict=True)
    assert begins == (0, *got[:-1])
    assert set(got) - set(ends) <= {600 - 384}
    assert set(ends) <= set(got)
    assert 2 <= len(ranges.threads) <= threads
    assert threading.get_ident() in ranges.threads


@pytest.mark.parametrize(
    ("n", "first", "chunk", "threads"),
    [(1000, 30, 64, 1), (1000, 30, 64, 0), (30, 30, 64, 2), (1, 30, 64, 9)],
)
def test_the_caller_does_all_at_once_where_there_is_nothing_to_share(n, first, chunk, threads):
    ranges = Ranges(n, first, chunk, threads, at_work=1)
    assert ranges.done == [(threading.get_ident(), 0, n)]


@alone
@pytest.mark.parametrize("threads", [6, 2, 3])
def test_as_many_threads_as_asked_for_and_no_more(threads):
    assert len(Ranges(64_000, 1000, 1000, threads, at_work=threads).threads) == threads


@alone
def test_a_call_is_serial_while_another_is_split():
    both = threading.Barrier(2, timeout=600)
    inner = []

    def second():
        both.wait()
        inner.append(Ranges(64_000, 1000, 1000, 3, at_work=1))
        both.wait()

    def body(data, begin, end):
        if begin == 0:
            both.wait()
            both.wait()

    other = threading.Thread(target=second)
    other.start()
    callback = ffi.callback("void(void *, size_t, size_t)", body)
    lib.softsign_parallel_for(callback, ffi.NULL, 64_000, 1000, 1000, 3)
    other.join()
    assert inner[0].done == [(other.ident, 0, 64_000)]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_op_gives_the_same_bits(number, isa, op, type_):
    inputs = [values(type_)] * raw.OPS[op].inputs
    inputs[0] = inputs[0][::-1].copy()
    outputs = [np.zeros_like(inputs[0]) for _ in range(2 * raw.OPS[op].outputs)]
    for n, to in ((1, outputs[::2]), (number, outputs[1::2])):
        with set_num_threads(n):
            loop(op, type_, [*inputs, *to], [type_.bytes] * 4)
    for one, many in zip(outputs[::2], outputs[1::2], strict=True):
        assert_same_bits(many, one, *inputs)


def loop(op, type_, operands, steps, n=N):
    addresses = [operand.ctypes.data for operand in operands]
    raw.loop(op, type_.name, n, steps, raw.pointers(addresses))


F32 = TYPES["f32"]
X = values(F32, 2 * N).view(np.float32)
LAYOUTS = {
    "not aligned to a cache line": (X[3 : N + 3], X[5 : N + 5]),
    "strided": (X[::2], X[1::2]),
    "backwards": (X[N::-1], X[: N + 1]),
    "one scalar": (X[:1], X[:N]),
    "transposed": (X[: 4 * 40_000].reshape(4, -1).T, X[: 4 * 40_000].reshape(4, -1).T),
    "byte-swapped": (X[:N].astype(">f4"), X[:N]),
    "three axes": (X[: 3 * 40_000].reshape(3, 8, -1)[:, ::2], np.float32(2)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("number", NUMBERS)
def test_every_layout_gives_the_same_bits(number, layout):
    with np.errstate(all="ignore"):
        expected = raw.ufunc("backward")(*LAYOUTS[layout])
        with set_num_threads(number):
            assert_same_bits(bits_of(raw.ufunc("backward")(*LAYOUTS[layout])), bits_of(expected))


def overlapping(n):
    """Return calls whose operands overlap, which write to the same array."""
    memory = np.linspace(-9, 9, 2 * n).astype(np.float32)
    softsign(memory[1 : n + 1], out=memory[:n])
    softsign(memory[: n - 3], out=memory[3:n])
    softsign(memory[:n], out=memory[:n])
    softsign(memory[n:][::-1], out=memory[n:])
    raw.ufunc("forward_with_derivative")(memory[:n], out=(memory[:n], memory[n:]))
    raw.ufunc("backward")(memory[:n], memory[n:], out=memory[:n])
    raw.ufunc("backward").accumulate(memory[:n], out=memory[:n])
    return memory.tobytes(), raw.ufunc("backward").reduce(memory[:n])


@pytest.mark.parametrize("number", NUMBERS)
def test_operands_that_overlap_give_the_same_bits(number):
    expected = overlapping(N)
    with set_num_threads(number):
        for _ in range(5):
            assert overlapping(N) == expected


def before_an_input(operand, shift):
    """Begin the output so many elements before an input."""

    def run():
        memory, inputs = np.resize(X, 3 * N), [np.resize(X, N), np.resize(X, N)]
        inputs[operand] = memory[N : 2 * N]
        loop("backward", F32, [*inputs, memory[N - shift :]], [4, 4, 4])
        return memory.tobytes()

    return run


def other_strides():
    """Overwrite, from the address of an input on, elements of it that are read later."""
    memory = np.resize(X, 4 * N)
    loop("backward", F32, [np.resize(X, N), memory, memory], [4, 4, 8])
    return memory.tobytes()


def two_outputs():
    memory = np.zeros(N + 1, np.float32)
    loop("forward_with_derivative", F32, [np.resize(X, N), memory, memory[1:]], [4, 4, 4])
    return memory.tobytes()


SHIFTS = {"an element": 1, "a vector": 8, "a cache line": 16, "a chunk": 1 << 16}
IN_ORDER = {
    f"{name} before input {operand}": before_an_input(operand, shift)
    for operand in (0, 1)
    for name, shift in SHIFTS.items()
}
IN_ORDER |= {"at one address with other strides": other_strides, "two outputs": two_outputs}


@pytest.mark.parametrize("result", IN_ORDER.values(), ids=IN_ORDER)
@pytest.mark.parametrize("number", NUMBERS)
def test_what_overlaps_is_computed_in_order(number, result):
    expected = result()
    with set_num_threads(number):
        assert all(result() == expected for _ in range(5))


PLACES = [0, N // 2, N - 1]


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize(("y", "error"), [(1, "divide by zero"), (2, "invalid value")])
def test_warnings_are_those_of_one_thread_wherever_the_bad_element_lies(at, y, error):
    x = np.full(N, 0.5, np.float32)
    x[at] = y
    with set_num_threads(4):
        for _ in range(20):  # whichever thread computes it
            with pytest.warns(RuntimeWarning, match=error):
                softsign_inverse(x)
        with np.errstate(all="raise"), pytest.raises(FloatingPointError, match=error):
            softsign_inverse(x)
        with np.errstate(all="ignore"):
            softsign_inverse(x)
        x[at] = 0
        with np.errstate(all="raise"):  # no flag is left over
            softsign_inverse(x)


@pytest.mark.parametrize(
    ("control", "op"),
    # forward relies on rounding to nearest
    [("FLUSH_TO_ZERO", "forward"), ("ROUND_UP", "derivative")],
)
def test_the_callers_control_word_holds_in_every_thread(control, op, floating_point_unit):
    x = np.concatenate([np.geomspace(1e-42, 1e-30, 300, dtype="f4"), X[:3000]])
    x = np.resize(x, N)
    x[~np.isfinite(x)] = 3
    one, usual = np.empty_like(x), raw.ufunc(op)(x)
    floating_point_unit.control |= getattr(FloatingPointUnit, control)
    wanted = floating_point_unit.control
    loop(op, F32, [x, one], [4, 4])
    with set_num_threads(4):
        for _ in range(20):
            many = np.zeros_like(x)
            loop(op, F32, [x, many], [4, 4])
            assert_same_bits(bits_of(many), bits_of(one), bits_of(x))
    assert hex(floating_point_unit.control) == hex(wanted)
    assert one.tobytes() != usual.tobytes()


def test_where_a_flag_is_a_signal_the_caller_computes_alone(floating_point_unit):
    floating_point_unit.control &= ~FloatingPointUnit.MASK_OF_INVALID
    assert len(Ranges(64_000, 1000, 1000, 3, at_work=1).done) == 1


@alone
@pytest.mark.parametrize("offset", range(0, 16, 3))
def test_streaming_is_decided_for_the_whole_call(offset, isa):
    """Outputs begin anywhere in a cache line, not only where NumPy's allocator puts them."""
    before, expected = lib.softsign_streaming_bytes(), softsign(X)
    memory = np.empty(X.size + 32, X.dtype)
    y = memory[-(memory.ctypes.data // 4) % 16 + offset :][: X.size]
    lib.softsign_set_streaming_bytes(X.nbytes)
    try:
        with set_num_threads(3):
            assert_same_bits(bits_of(softsign(X, out=y)), bits_of(expected))
    finally:
        lib.softsign_set_streaming_bytes(before)
