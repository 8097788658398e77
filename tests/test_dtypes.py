"""Which dtypes are taken, which come out, and which are refused."""

import re
from pathlib import Path

import numpy as np
import pytest

from helpers.compare import assert_same_arrays
from softsign_c import softsign, softsign_backward


def test_they_are_ufuncs_with_a_loop_for_each_type(ufunc):
    assert type(ufunc) is np.ufunc
    operands = ufunc.nin, ufunc.nout
    assert ufunc.types[:3] == [f"{c * operands[0]}->{c * operands[1]}" for c in "efd"]
    assert ufunc.identity is None


@pytest.mark.parametrize("code", np.typecodes["AllInteger"] + "?efd")
def test_other_types_are_converted_as_by_numpys_ufuncs_of_floats(code):
    numbers = np.arange(5).astype(code)
    got = softsign(numbers)
    assert got.dtype == np.sin(numbers).dtype
    exact = numbers.astype(got.dtype)
    assert_same_arrays(got, exact / (1 + np.abs(exact)))


ARRAYS_PAGE = Path(__file__).parents[1] / "docs" / "arrays.md"
ROWS = re.findall(r"^\| (`.*`.*) \| `(\w+)` \|$", ARRAYS_PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_page_lists_every_dtype_with_its_result():
    listed = {name: result for names, result in ROWS for name in re.findall(r"`(\w+)`", names)}
    pytest.importorskip("ml_dtypes", reason="needs ml_dtypes")  # which knows NumPy bfloat16
    assert listed == {name: softsign(np.ones(1, name)).dtype.name for name in listed}
    kinds = {np.dtype(code).name for code in np.typecodes["AllInteger"] + "?efd"}
    assert kinds - {"longlong", "ulonglong"} <= set(listed)


@pytest.mark.parametrize("grad", np.typecodes["AllInteger"] + "?efd")
@pytest.mark.parametrize("x", "?bHlefd")
def test_two_types_are_converted_as_by_numpys_ufuncs_of_floats(grad, x):
    grad, x = np.ones(3, grad), np.ones(3, x)
    assert softsign_backward(grad, x).dtype == np.logaddexp(grad, x).dtype


@pytest.mark.parametrize(
    ("scalar", "dtype"),
    [(1, "f8"), (True, "f2"), (0.5, "f8"), (np.float16(1), "f2"), (np.int16(1), "f4")],
)
def test_scalars_give_scalars(scalar, dtype):
    assert type(softsign(scalar)) is np.dtype(dtype).type
    assert softsign(scalar) == float(scalar) / (1 + abs(float(scalar)))


LONGDOUBLE_IS_FLOAT64 = pytest.mark.skipif(
    np.dtype(np.longdouble).itemsize == 8, reason="longdouble is float64 on this machine"
)


def test_python_numbers_do_not_widen_an_array():
    x = np.ones(3, np.float32)
    assert softsign_backward(2.0, x).dtype == np.float32
    assert softsign_backward(np.float32(2), 2).dtype == np.float32


@pytest.mark.parametrize(
    "wrong",
    [
        np.ones(2, np.complex64),
        np.ones(2, np.complex128),
        pytest.param(np.ones(2, np.longdouble), marks=LONGDOUBLE_IS_FLOAT64),
        np.ones(2, object),
        np.array(["1"]),
        np.array([b"1"]),
        np.array(["2020-01-01"], "datetime64[D]"),
        np.array([1], "timedelta64[s]"),
        np.zeros(2, "f4,f4"),
        None,
        1j,
        "1",
    ],
    ids=repr,
)
def test_types_that_are_no_real_numbers_are_refused(ufunc, wrong):
    with pytest.raises(TypeError, match="not supported for the input types"):
        ufunc(*[wrong] * ufunc.nin)


def test_bfloat16_gives_bfloat16(ufunc):
    bfloat16 = pytest.importorskip("ml_dtypes", reason="needs ml_dtypes").bfloat16
    numbers = np.array([0.25, -0.5], bfloat16)
    outputs = ufunc(*[numbers] * ufunc.nin)
    for output in outputs if ufunc.nout == 2 else [outputs]:
        assert output.dtype == bfloat16
    assert type(softsign(numbers[0])) is bfloat16
    assert_same_arrays(softsign(numbers[::-1]), softsign(numbers)[::-1])


def test_bfloat16_with_float32_gives_float32():
    bfloat16 = pytest.importorskip("ml_dtypes", reason="needs ml_dtypes").bfloat16
    grad, x = np.ones(3, bfloat16), np.array([0.3, -2, 5], np.float32)
    assert_same_arrays(softsign_backward(grad, x), softsign_backward(grad.astype(np.float32), x))
