"""Calls as Hypothesis draws them: operands anywhere in a buffer, outputs over them, masks."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import raw
from helpers.compare import assert_same_bits, bits_of
from helpers.reference import TYPES, sample, specified
from softsign_c import available_isas, use_isa

DTYPES = {"f16": "f2", "f32": "f4", "f64": "f8"}
BUFFER = 8192  # bytes, in which the widest strides have room


@st.composite
def view(draw, buffer, dtype, shape, is_output):
    """Draw an array in the buffer at any offset and strides; an output has no element twice."""
    size = dtype.itemsize
    strides, extent = [], size
    for length in reversed(shape):
        smallest = extent if is_output else 0
        stride = draw(st.sampled_from([smallest, size, 2 * size]) | st.integers(0, 40))
        stride = max(stride, smallest)
        extent += stride * max(length - 1, 0)
        strides.insert(0, stride if draw(st.booleans()) else -stride)
    lowest = sum(min(0, s * max(n - 1, 0)) for s, n in zip(strides, shape, strict=True))
    offset = draw(st.sampled_from([0, size]) | st.integers(0, BUFFER - extent)) - lowest
    return np.ndarray(shape, dtype, buffer, offset, strides)


@st.composite
def call(draw):
    """Draw an op, a type, inputs, outputs (or none), and a mask."""
    op, name = draw(st.sampled_from([*raw.OPS])), draw(st.sampled_from([*DTYPES]))
    sides = st.lists(st.integers(0, 5), max_size=3) | st.lists(st.integers(0, 12), max_size=2)
    shape = tuple(draw(sides))
    values = sample(TYPES[name], 1000)
    start = draw(st.integers(0, 1000))
    buffers = [
        bytearray(np.resize(np.roll(values, start + k), BUFFER // values.itemsize).tobytes())
        for k in range(3)
    ]

    def dtype():
        return np.dtype(draw(st.sampled_from("<>")) + DTYPES[name])

    def operand(is_output):  # one buffer in three is that of another operand
        buffer = draw(st.sampled_from(buffers))
        return draw(view(buffer, dtype(), shape, is_output))

    inputs = [operand(is_output=False) for _ in range(raw.OPS[op].inputs)]
    outputs = None
    if draw(st.booleans()):
        outputs = [operand(is_output=True) for _ in range(raw.OPS[op].outputs)]
        if len(outputs) == 2 and np.shares_memory(*outputs):
            outputs[1] = np.zeros(shape, outputs[1].dtype)
    size = int(np.prod(shape))
    bits = st.lists(st.booleans(), min_size=size, max_size=size)
    where = np.reshape(draw(bits), shape).astype(bool) if outputs and draw(st.booleans()) else True
    return op, name, inputs, outputs, where


def check(drawn):
    op, name, inputs, outputs, where = drawn
    native = [bits_of(np.array(x, DTYPES[name])) for x in inputs]
    expected = specified(op, TYPES[name], *native)
    before = [np.array(output, DTYPES[name]) for output in outputs or []]
    with np.errstate(all="ignore"):
        got = raw.ufunc(op)(*inputs, **({"out": tuple(outputs)} if outputs else {}), where=where)
    got = got if isinstance(got, tuple) else (got,)
    for k, bits in enumerate(expected):
        bits = bits.reshape(np.shape(got[k]))
        if outputs:
            assert got[k] is outputs[k]
            bits = np.where(where, bits, bits_of(before[k]))
        assert_same_bits(bits_of(np.array(got[k], DTYPES[name])), bits, *native)


@pytest.mark.parametrize("examples", [300, pytest.param(10_000, marks=pytest.mark.exhaustive)])
def test_any_call(examples):
    slow = [HealthCheck.too_slow]  # emulated, or while others compute
    kept = {"derandomize": True, "deadline": None, "database": None}

    @given(call(), st.sampled_from(available_isas()))
    @settings(max_examples=examples, suppress_health_check=slow, **kept)
    def any_call(drawn, isa):
        with use_isa(isa):
            check(drawn)

    any_call()
