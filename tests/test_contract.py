"""The promises of the ufuncs. On every instruction set the bits are those specified, so that what
follows from the bits is shown on one.
"""

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_same_bits, bits_of
from helpers.reference import TYPES, sample, specials, specified
from softsign_c import (
    softsign,
    softsign_backward,
    softsign_derivative,
    softsign_inverse,
    softsign_second_derivative,
    softsign_with_derivative,
)


def inputs_of(type_, dtype, op="forward"):
    """Return any inputs of the dtype, signalling NaNs among them: all there are, or a sample, and
    of two inputs all pairs of special ones.
    """
    anything = np.arange(1 << 16, dtype=np.uint16) if type_.bytes == 2 else sample(type_, 5000)
    random, count = np.random.default_rng(0), raw.OPS[op].inputs
    pairs = np.array(np.meshgrid(*[specials(type_)] * count)).reshape(count, -1)
    return [np.concatenate([random.permutation(anything), bits]).view(dtype) for bits in pairs]


@pytest.fixture
def x(type_, dtype):
    """Give any inputs of the dtype."""
    return inputs_of(type_, dtype)[0]


@pytest.fixture
def raising():
    """Make an exception of every warning but that of underflow, which NumPy does not give."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def value(bits, type_, dtype):
    return np.array([bits], type_.bits).view(dtype)


def test_bits_are_the_specified_ones_on_every_instruction_set(isa, op, type_, dtype):
    inputs = inputs_of(type_, dtype, op)
    with np.errstate(all="ignore"):
        got = raw.ufunc(op)(*inputs)
    outputs = got if isinstance(got, tuple) else (got,)
    bits = [bits_of(operand) for operand in inputs]
    for output, expected in zip(outputs, specified(op, type_, *bits), strict=True):
        assert output.dtype == dtype
        assert_same_bits(bits_of(output), expected, *bits)


@pytest.mark.parametrize("sign", ["positive", "negative"])
def test_limits(isa, type_, dtype, sign):
    minus = type_.sign if sign == "negative" else 0
    infinite, zero, one = (
        value(bits | minus, type_, dtype) for bits in (type_.infinity, 0, type_.one)
    )
    for ufunc, argument, expected in [
        (softsign, infinite, type_.one | minus),
        (softsign, zero, minus),
        (softsign_derivative, infinite, 0),
        (softsign_derivative, zero, type_.one),
        (softsign_inverse, zero, minus),
        (softsign_second_derivative, infinite, minus ^ type_.sign),
        (softsign_second_derivative, zero, minus ^ type_.sign),
    ]:
        got = bits_of(ufunc(argument))
        assert_same_bits(got, np.array([expected], type_.bits), bits_of(argument))
    with np.errstate(divide="ignore"):
        got = bits_of(softsign_inverse(one))
    assert_same_bits(got, bits_of(infinite), bits_of(one))


@pytest.mark.parametrize("minus", [False, True])
def test_backward_at_infinity_is_a_zero_of_the_gradients_sign(isa, type_, dtype, minus):
    sign = type_.bits(type_.sign if minus else 0)
    magnitudes = np.array([0, 1, type_.one, type_.infinity - 1, type_.infinity], type_.bits)
    grad = np.repeat(magnitudes | sign, 9)
    x = np.resize(np.array([type_.infinity, type_.infinity | type_.sign], type_.bits), grad.shape)
    expected = np.where(grad == (type_.infinity | sign), grad, sign)
    got = bits_of(softsign_backward(grad.view(dtype), x.view(dtype)))
    assert_same_bits(got, expected, grad, x)


def test_every_nan_becomes_the_one_nan(isa, op, type_, dtype):
    fraction = np.random.default_rng(0).integers(1, 1 << (type_.precision - 1), 500)
    fraction[:3] = 1, 1 << (type_.precision - 2), (1 << (type_.precision - 1)) - 1
    nans = type_.bits(type_.infinity) + fraction.astype(type_.bits)
    nans = np.concatenate([nans, nans | type_.bits(type_.sign)]).view(dtype)
    number = np.ones_like(nans)
    one = [(nans,)]
    two = [(nans, number), (number, nans), (nans, nans[::-1])]
    for inputs in one if raw.OPS[op].inputs == 1 else two:
        outputs = raw.ufunc(op)(*inputs)
        for output in outputs if isinstance(outputs, tuple) else (outputs,):
            one_nan = np.full(nans.shape, type_.nan, type_.bits)
            assert_same_bits(bits_of(output), one_nan, *map(bits_of, inputs))


@pytest.mark.parametrize(
    "ufunc", [softsign, softsign_derivative, softsign_inverse, softsign_second_derivative]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the inverse's
def test_odd_or_even(type_, x, ufunc):
    minus = type_.bits(type_.sign)
    got, mirrored = bits_of(ufunc(x)), bits_of(ufunc((bits_of(x) ^ minus).view(x.dtype)))
    if ufunc is not softsign_derivative:
        mirrored = np.where(got == type_.nan, mirrored, mirrored ^ minus)
    assert_same_bits(got, mirrored, bits_of(x))


@pytest.mark.parametrize("ufunc", [softsign, softsign_inverse])
def test_subnormals_come_back_unchanged(type_, dtype, ufunc):
    subnormal = np.random.default_rng(0).integers(0, 1 << (type_.precision - 1), 2000)
    subnormal[:2] = 1, (1 << (type_.precision - 1)) - 1
    bits = subnormal.astype(type_.bits)
    bits = np.concatenate([bits, bits | type_.bits(type_.sign)])
    assert_same_bits(bits_of(ufunc(bits.view(dtype))), bits, bits)


def test_ranges(type_, x):
    """Compared as integers: bits of magnitudes are in the order of their values."""
    x = x[~type_.is_nan(bits_of(x))]
    y, derivative = softsign_with_derivative(x)
    magnitude = bits_of(y) & type_.bits(type_.sign - 1)
    assert magnitude.max() == type_.one
    assert bits_of(derivative).max() == type_.one
    assert np.abs(softsign_second_derivative(x)).astype(np.float64).max() <= 2


@pytest.mark.parametrize("name", ["f32", "f64"])
def test_equals_numpys_expression_at_every_finite_input(name):
    type_ = TYPES[name]
    x = sample(type_, 100_000).view(f"f{type_.bytes}")
    x = x[np.isfinite(x)]
    assert_same_bits(bits_of(softsign(x)), bits_of(x / (1 + np.abs(x))), bits_of(x))


def test_no_input_warns(isa, op, type_, dtype, raising):
    inputs = inputs_of(type_, dtype, op)
    if op == "inverse":
        magnitude = bits_of(inputs[0]) & type_.bits(type_.sign - 1)
        inputs = [inputs[0][(magnitude < type_.one) | (magnitude > type_.infinity)]]
    for n in (inputs[0].size, 1, 2, 3, 17, 33):  # also what does not fill a register
        raw.ufunc(op)(*(operand[:n] for operand in inputs))


def warnings_of(ufunc, argument):
    kinds = []
    with np.errstate(all="call", under="ignore", call=lambda kind, _: kinds.append(kind)):
        ufunc(argument)
    return kinds


def test_inverse_warns_as_arctanh_does(isa, type_, dtype):
    """One at a time, since a warning is given once for a whole array."""
    for bits in [*specials(type_), *sample(type_, 50, seed=3)[-50:]]:
        y = value(bits, type_, dtype)
        (like,) = type_.widen(np.array([bits])).tolist()  # arctanh has no bfloat16
        like = np.nan if like != like else like  # and warns of a NaN that is not quiet
        assert warnings_of(softsign_inverse, y) == warnings_of(np.arctanh, like), f"{bits:#x}"


def test_inverse_undoes_softsign(type_, dtype):
    x = np.linspace(-8, 8, 1001).astype(dtype)
    error = 90 * float(2.0 ** (1 - type_.precision))
    back = softsign_inverse(softsign(x)).astype(np.float64)
    np.testing.assert_allclose(back, x.astype(np.float64), rtol=error)
