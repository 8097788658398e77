"""Making a ufunc: only of a NumPy whose functions are where they are called, and with whatever
ml_dtypes there is.
"""

import ctypes
import sys

import numpy as np
import pytest
from numpy._core import _multiarray_umath

from helpers.process import run_script
from softsign_c import _ufunc

new_capsule = ctypes.PYFUNCTYPE(
    ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p
)(("PyCapsule_New", ctypes.pythonapi))


@pytest.fixture
def numpy_of_abi(monkeypatch):
    """Give NumPy another version of its ABI."""
    kept = []

    def set_abi(version):
        function = ctypes.CFUNCTYPE(ctypes.c_uint)(lambda: version)
        table = (ctypes.c_void_p * 1)(ctypes.cast(function, ctypes.c_void_p))
        kept.extend([function, table])
        capsule = new_capsule(ctypes.addressof(table), None, None)
        monkeypatch.setattr(_multiarray_umath, "_ARRAY_API", capsule)

    return set_abi


@pytest.mark.parametrize("version", [0x01000009, 0x02000001, 0x03000000])
def test_another_abi_of_numpy_is_refused(numpy_of_abi, version):
    numpy_of_abi(version)
    with pytest.raises(ImportError, match="needs NumPy 2, of the C ABI 0x02000000") as error:
        _ufunc._numpy_functions()
    assert str(error.value).endswith(f"NumPy {np.__version__} has 0x{version:08x}")


def test_the_abi_of_numpy_2_is_accepted(numpy_of_abi):
    numpy_of_abi(0x02000000)
    assert _ufunc._numpy_functions()[1] == _ufunc._api[1]


@pytest.mark.parametrize("capsule", [None, "no capsule"])
@pytest.mark.parametrize("name", ["_UFUNC_API", "_ARRAY_API"])
def test_a_numpy_without_the_tables_is_refused(monkeypatch, name, capsule):
    monkeypatch.setattr(_multiarray_umath, name, capsule)
    with pytest.raises(ImportError, match="needs NumPy 2"):
        _ufunc._numpy_functions()
    monkeypatch.delattr(_multiarray_umath, name)
    with pytest.raises(ImportError, match="needs NumPy 2"):
        _ufunc._numpy_functions()


def test_a_numpy_without_the_module_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy._core", None)
    with pytest.raises(ImportError, match=f"needs NumPy 2.*NumPy {np.__version__}"):
        _ufunc._numpy_functions()


BROKEN = {
    "missing": "raise ModuleNotFoundError('no')",
    "of another NumPy": "raise RuntimeError('compiled against another ABI')",
    "not a module for this Python": "raise SyntaxError('no')",
    "without the attribute": "",
    "with something else": "bfloat16 = 'no type'",
    "with None, which is float64": "bfloat16 = None",
    "with a type of NumPy's": "import numpy; bfloat16 = numpy.float16",
    "with a structure": "bfloat16 = [('bfloat16', 'u2')]",
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_broken_ml_dtypes_cost_bfloat16_alone(tmp_path, monkeypatch, source):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)  # what was there comes back, or nothing
    monkeypatch.delitem(sys.modules, "ml_dtypes")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "ml_dtypes.py").write_text(source)
    assert _ufunc._bfloat16_number() is None


def test_the_package_is_there_without_bfloat16(tmp_path):
    (tmp_path / "ml_dtypes.py").write_text(BROKEN["of another NumPy"])
    script = "import softsign_c; print(*softsign_c.softsign.types, softsign_c.softsign(3.0))"
    done = run_script(script, PYTHONPATH=str(tmp_path))
    assert (done.stdout, done.stderr) == ("e->e f->f d->d 0.75\n", "")


def test_sound_ml_dtypes_bring_bfloat16():
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="needs ml_dtypes")
    assert _ufunc._bfloat16_number() == np.dtype(ml_dtypes.bfloat16).num
