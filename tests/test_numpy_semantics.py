"""The ufuncs are NumPy's own: whatever NumPy's ufuncs do with arrays, they do."""

import array
import operator
from types import SimpleNamespace

import numpy as np
import pytest

import softsign_c._ufunc
from helpers import raw
from helpers.compare import assert_same_arrays, bits_of
from helpers.reference import TYPES, sample, specified
from softsign_c import softsign, softsign_backward, softsign_inverse, softsign_with_derivative
from softsign_c._kernels import ffi, lib

F32 = TYPES["f32"]


@pytest.fixture
def x():
    """Finite float32 numbers in three dimensions."""
    return np.random.default_rng(0).normal(0, 3, (7, 6, 5)).astype(np.float32)


def expected_of(op, *inputs):
    """Return what the operation gives for float32 inputs, in their broadcast shape."""
    inputs = np.broadcast_arrays(*inputs)
    outputs = specified(op, F32, *(bits_of(operand) for operand in inputs))
    return outputs[0].view(np.float32)


@pytest.mark.parametrize("kind", [list, tuple, memoryview])
def test_anything_like_an_array_is_taken(kind):
    assert_same_arrays(softsign(kind(array.array("d", [1, -3]))), np.array([0.5, -0.75]))


def test_out(x):
    out = np.full_like(x, 7)
    assert softsign(x, out=out) is out
    assert_same_arrays(out, expected_of("forward", x))
    assert softsign(x, out) is out
    assert softsign(x, out=(out,)) is out


def test_out_of_two(x):
    y = np.empty_like(x)
    got = softsign_with_derivative(x, out=(y, None))
    assert got[0] is y
    assert_same_arrays(y, expected_of("forward", x))
    assert_same_arrays(got[1], expected_of("derivative", x))


@pytest.mark.parametrize(
    ("out", "error"),
    [
        (np.empty(3, np.float32), ValueError),
        (np.empty((7, 6, 5), np.int32), TypeError),
        ([0.0], TypeError),
        ((None, None), ValueError),
    ],
    ids=["shape", "integers", "list", "two"],
)
def test_wrong_out_is_refused(x, out, error):
    with pytest.raises(error):
        softsign(x, out=out)


def test_read_only_out_is_refused_and_untouched(x):
    out = np.zeros_like(x)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        softsign(x, out=out)
    assert not out.any()


def test_read_only_input_is_taken(x):
    x.flags.writeable = False
    assert_same_arrays(softsign(x), expected_of("forward", x))


def test_where_warns_of_nothing_outside(x):
    y = np.array([0.5, 1.0, 2.0, -1.0], np.float32)
    out = np.zeros_like(y)
    softsign_inverse(y, out=out, where=np.abs(y) < 1)
    assert out.tolist() == [1, 0, 0, 0]


def test_dtype_and_signature_choose_the_loop(x):
    wide = x.astype(np.float64)
    assert_same_arrays(softsign(wide, dtype=np.float32), expected_of("forward", x))
    assert_same_arrays(softsign(wide, signature="f->f"), expected_of("forward", x))
    assert softsign(x, dtype="d").dtype == np.float64
    with pytest.raises(TypeError, match="No loop"):
        softsign(x, dtype=np.complex64)


def test_casting(x):
    wide, out = x.astype(np.float64), np.empty(x.shape, np.float32)
    assert softsign(wide, out=out) is out
    with pytest.raises(TypeError, match="with casting rule 'safe'"):
        softsign(wide, out=out, casting="safe")
    integers = np.empty(x.shape, np.int64)
    softsign(100 * x, out=integers, casting="unsafe")
    assert not integers.any()


def test_broadcasting(x):
    grad, row = x[0, :, :1].copy(), x[0, 0]
    assert_same_arrays(softsign_backward(grad, row), expected_of("backward", grad, row))
    assert_same_arrays(softsign_backward(2, x), expected_of("backward", np.float32(2), x))
    with pytest.raises(ValueError, match="broadcast"):
        softsign_backward(x[0], x[0, :, :3])


def test_empty_and_zero_dimensional():
    assert softsign(np.empty((3, 0), np.float32)).shape == (3, 0)
    assert softsign(np.array(1.0)) == 0.5
    out = np.array(7.0)
    assert softsign(np.array(-3.0), out=out) is out
    assert out == -0.75


@pytest.mark.parametrize(
    "places",
    [(slice(None, -1), slice(1, None)), (slice(1, None), slice(None, -1)), (slice(None),) * 2],
    ids=["out ahead", "out behind", "in place"],
)
@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("unary", raw.UNARY)
def test_overlapping_out_is_as_if_it_were_apart(places, step, unary, isa, type_, dtype):
    memory = sample(type_, 3000).view(dtype).copy()
    inputs, out = memory[places[0]][::step], memory[places[1]]
    with np.errstate(all="ignore"):
        expected = raw.ufunc(unary)(inputs.copy())
        raw.ufunc(unary)(inputs, out=out)
    assert_same_arrays(out, expected)


def test_out_that_is_the_input_transposed_is_as_if_it_were_apart():
    square = sample(F32, 2500)[: 50 * 50].reshape(50, 50).view(np.float32).copy()
    expected = softsign(square.copy())
    softsign(square, out=square.T)
    assert_same_arrays(square.T, expected)


def test_order(x):
    assert softsign(np.asfortranarray(x)).flags.f_contiguous
    assert softsign(np.asfortranarray(x), order="C").flags.c_contiguous
    assert softsign(x, order="F").flags.f_contiguous


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, np.transpose])
def test_contiguous_arrays_of_any_order_are_one_call_of_the_loop(monkeypatch, x, layout):
    lengths = []

    @ffi.callback("void(char **, const ptrdiff_t *, const ptrdiff_t *, void *)")
    def recording(args, dims, steps, data):
        lengths.append(dims[0])
        lib.softsign_loop(args, dims, steps, data)

    loops = ffi.new("softsign_inner_loop *[]", [recording] * len(TYPES))
    spied = {name: getattr(lib, name) for name in dir(lib)} | {"softsign_loops": loops}
    monkeypatch.setattr(softsign_c._ufunc, "lib", SimpleNamespace(**spied))
    ufunc = softsign_c._ufunc.ufunc_of("forward")(lambda x, /: None)
    assert_same_arrays(ufunc(layout(x)), expected_of("forward", layout(x)))
    assert lengths == [x.size]


def test_other_arrays_may_take_over():
    class Other:
        def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
            return ufunc, method, len(inputs), keywords

    assert softsign(Other()) == (softsign, "__call__", 1, {})
    assert softsign_backward(1.0, Other(), where=True)[2:] == (2, {"where": True})
    assert softsign_backward.outer(1.0, Other())[1] == "outer"


def test_errstate_decides_what_the_inverse_does():
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        softsign_inverse(1.0)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError, match="invalid"):
        softsign_inverse(2.0)
    with pytest.warns(RuntimeWarning, match="divide by zero encountered in softsign_inverse"):
        assert softsign_inverse(-1.0) == -np.inf


def test_backward_is_reduced_along_one_axis_at_most():
    """Its order counts, since it is not associative."""
    grads = np.array([[1.0, -3.0], [2.0, 0.5]])
    along = softsign_backward.reduce(grads, axis=0)
    assert_same_arrays(along, softsign_backward(grads[0], grads[1]))
    with pytest.raises(ValueError, match="not reorderable"):
        softsign_backward.reduce(grads, axis=(0, 1))
    with pytest.raises(ValueError, match="no identity"):
        softsign_backward.reduce(grads[:0], axis=0)


def test_wrong_number_of_arguments_is_refused(x):
    for arguments in ((), (x, x, x)):
        with pytest.raises(TypeError, match="softsign"):
            operator.call(softsign, *arguments)
    with pytest.raises(TypeError, match="unexpected keyword"):
        softsign(x, axis=0)
