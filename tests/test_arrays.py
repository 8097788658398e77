"""Arrays of other libraries, and NumPy's own other kinds: labels, masks and types survive."""

import numpy as np
import pytest

from softsign_c import softsign, softsign_backward, softsign_derivative, softsign_with_derivative

VALUES = np.array([-3.0, 0.0, 1.0, np.nan], dtype=np.float32)
EXPECTED = np.array([-0.75, 0.0, 0.5, np.nan], dtype=np.float32)


def library(name):
    @pytest.fixture
    def module():
        return pytest.importorskip(name, reason=f"needs {name}: pip install '.[arrays]'")

    return module


pd, xr, pa = map(library, ("pandas", "xarray", "pyarrow"))


def test_pandas_series_keeps_its_index_and_name(pd):
    x = pd.Series(VALUES, index=list("abcd"), name="x")
    pd.testing.assert_series_equal(softsign(x), pd.Series(EXPECTED, index=x.index, name="x"))
    y, dy = softsign_with_derivative(x)
    assert list(y.index) == list(dy.index) == list("abcd")


def test_pandas_aligns_two_series_by_label(pd):
    grad = pd.Series([1.0, 2.0], index=["b", "a"])
    x = pd.Series([0.0, 1.0], index=["a", "b"])
    pd.testing.assert_series_equal(
        softsign_backward(grad, x), pd.Series([2.0, 0.25], index=["a", "b"])
    )


def test_pandas_frame_keeps_both_axes(pd):
    x = pd.DataFrame({"a": VALUES, "b": -VALUES}, index=pd.date_range("2024", periods=4))
    expected = pd.DataFrame({"a": EXPECTED, "b": -EXPECTED}, index=x.index)
    pd.testing.assert_frame_equal(softsign(x), expected)


def test_pandas_missing_values_stay_missing(pd):
    x = pd.Series([-3, None, 1], dtype="Float32")
    pd.testing.assert_series_equal(softsign(x), pd.Series([-0.75, None, 0.5], dtype="Float32"))


def test_xarray_keeps_dimensions_coordinates_and_attributes(xr):
    x = xr.DataArray(VALUES, {"time": [1, 2, 3, 4]}, attrs={"unit": "V"}, name="x")
    with xr.set_options(keep_attrs=True):
        y = softsign(x)
    xr.testing.assert_identical(y, x.copy(data=EXPECTED))
    both = softsign(xr.Dataset({"x": x, "z": -x}))
    xr.testing.assert_equal(both["z"], -both["x"])


def test_xarray_on_dask_stays_lazy(xr):
    pytest.importorskip("dask.array", reason="needs Dask: pip install '.[dask]'")
    y = softsign(xr.DataArray(VALUES, dims="time").chunk(time=2))
    assert y.chunksizes == {"time": (2, 2)}
    np.testing.assert_array_equal(y.compute(), EXPECTED)


def test_masked_arrays_keep_their_mask():
    x = np.ma.masked_array([-3.0, 7.0, 1.0], mask=[False, True, False])
    y = softsign(x)
    assert isinstance(y, np.ma.MaskedArray)
    assert y.tolist() == [-0.75, None, 0.5]
    assert x.data[1] == 7


def test_memmap_is_read_and_written_in_place(tmp_path):
    VALUES.tofile(tmp_path / "x")
    x = np.memmap(tmp_path / "x", dtype=np.float32, mode="r+")
    assert type(softsign(x)) is np.ndarray  # a new array is in no file
    softsign(x, out=x)
    x.flush()
    np.testing.assert_array_equal(np.fromfile(tmp_path / "x", np.float32), EXPECTED)


def test_arrow_arrays_share_their_buffers(pa):
    x = pa.array(VALUES)
    view = x.to_numpy(zero_copy_only=True)
    assert view.ctypes.data == x.buffers()[1].address
    np.testing.assert_array_equal(softsign(x), EXPECTED)  # by way of __array__
    y = pa.array(softsign(view))
    assert y.type == pa.float32()
    np.testing.assert_array_equal(y.to_numpy(), EXPECTED)


def test_arrow_buffers_can_be_written_in_place(pa):
    buffer = pa.allocate_buffer(VALUES.nbytes)
    array = np.frombuffer(buffer, np.float32)
    softsign(VALUES, out=array)
    y = pa.Array.from_buffers(pa.float32(), len(VALUES), [None, buffer])
    np.testing.assert_array_equal(y.to_numpy(), EXPECTED)


class Metres(np.lib.mixins.NDArrayOperatorsMixin):
    """An array with a unit, after the pattern in NumPy's documentation."""

    def __init__(self, values):
        self.values = values

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **keywords):
        plain = [x.values if isinstance(x, Metres) else x for x in inputs]
        if out:
            keywords["out"] = tuple(x.values if isinstance(x, Metres) else x for x in out)
        result = getattr(ufunc, method)(*plain, **keywords)
        return tuple(map(Metres, result)) if ufunc.nout > 1 else Metres(result)


def test_mixin_classes_take_the_call():
    x = Metres(VALUES)
    y = softsign(x + 0)
    assert isinstance(y, Metres)
    np.testing.assert_array_equal(y.values, EXPECTED)
    assert [type(part) for part in softsign_with_derivative(x)] == [Metres, Metres]
    out = Metres(np.empty_like(VALUES))
    softsign(x, out=out)
    np.testing.assert_array_equal(out.values, EXPECTED)


class Named(np.ndarray):
    """A subclass with an attribute."""

    def __array_finalize__(self, source):
        self.label = getattr(source, "label", None)


def test_subclasses_survive():
    x = VALUES.view(Named)
    x.label = "x"
    dx = softsign_derivative(x)
    assert isinstance(dx, Named)
    assert dx.label == "x"
    assert type(softsign_derivative(x, subok=False)) is np.ndarray
