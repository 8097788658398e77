"""Creates a numpy.ufunc from the C loops of an operation.

Only NumPy's C API creates ufuncs. Its functions stand in tables, held by capsules, in an order that
the ABI fixes, as compiled extensions rely on. They are called through ctypes, which keeps the GIL,
unlike cffi.
"""

import ctypes
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from softsign_c._bounds import BOUNDS
from softsign_c._isa import names
from softsign_c._kernels import ffi, lib

_BUILTIN = [np.dtype(code) for code in "efd"]  # the first of lib.softsign_types, in their order
_ABI = 0x02000000  # of NumPy 2
_NO_IDENTITY = -1  # PyUFunc_None

_pointer = ctypes.c_void_p
_capsule_pointer = ctypes.PYFUNCTYPE(_pointer, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)


def _table(module: Any, name: str) -> Any:
    return ctypes.cast(_capsule_pointer(getattr(module, name), None), ctypes.POINTER(_pointer))


def _numpy_functions() -> Any:
    """Return NumPy's table of ufunc functions. Raises ImportError if the ABI is not NumPy 2's."""
    needed = f"softsign_c needs NumPy 2, of the C ABI 0x{_ABI:08x}; NumPy {np.__version__} has "
    try:
        from numpy._core import _multiarray_umath as module  # type: ignore[attr-defined]

        ufunc_api, array_api = _table(module, "_UFUNC_API"), _table(module, "_ARRAY_API")
    except (ImportError, AttributeError, ValueError) as error:
        raise ImportError(f"{needed}none that is known: {error}") from error
    abi = ctypes.PYFUNCTYPE(ctypes.c_uint)(array_api[0])()  # PyArray_GetNDArrayCVersion
    if abi != _ABI:
        raise ImportError(f"{needed}0x{abi:08x}")
    return ufunc_api


def _bfloat16_number() -> int | None:
    """Return the type number that ml_dtypes registered for bfloat16, or None if it is unusable."""
    try:
        from ml_dtypes import bfloat16

        dtype = np.dtype(bfloat16)
    except Exception:  # a broken ml_dtypes costs bfloat16 alone
        return None
    return (
        dtype.num if (dtype.name, dtype.isbuiltin, dtype.itemsize) == ("bfloat16", 2, 2) else None
    )


_api = _numpy_functions()
_bfloat16 = _bfloat16_number()

# Arguments: loops, their data, type numbers, number of loops; inputs, outputs, identity, name,
# docstring, unused.
_from_func_and_data = ctypes.PYFUNCTYPE(
    ctypes.py_object,
    *[_pointer] * 3,
    *[ctypes.c_int] * 4,
    *[_pointer] * 2,
    ctypes.c_int,
)(_api[1])

# Arguments: ufunc, type number, loop, type numbers of the operands (NULL: all the same), its data.
_register_loop_for_type = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.py_object, ctypes.c_int, _pointer, _pointer, _pointer
)(_api[2])

_ops = names(lambda index: lib.softsign_ops[index].name)


def _address(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))


# The keywords of every ufunc.
_KEYWORDS = [
    inspect.Parameter(keyword, inspect.Parameter.KEYWORD_ONLY, default=default)
    for keyword, default in {
        "where": True,
        "casting": "same_kind",
        "order": "K",
        "dtype": None,
        "subok": True,
        "signature": None,
    }.items()
]


def _signature(described: Callable[..., Any], outputs: int) -> inspect.Signature:
    out = inspect.Parameter(
        "out",
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        default=None if outputs == 1 else (None,) * outputs,
    )
    inputs = inspect.signature(described).parameters.values()
    return inspect.Signature([*inputs, out, *_KEYWORDS])


# By module and name. A reload keeps them, since a ufunc is pickled by name and the name must still
# lead to it.
_made: dict[tuple[str, str], np.ufunc] = globals().get("_made", {})

# NumPy keeps pointers to these: the type numbers of the operands of each loop, loop after loop.
_numbers: list[Any] = globals().get("_numbers", [])


def _new_ufunc(op: str) -> Any:
    index = _ops.index(op)
    row, data = lib.softsign_ops[index], lib.softsign_loop_data(index)
    operands = range(row.inputs + row.outputs)
    _numbers.append(ffi.new("char[]", bytes(dtype.num for dtype in _BUILTIN for _ in operands)))
    ufunc = _from_func_and_data(
        _address(lib.softsign_loops),
        _address(data),
        _address(_numbers[-1]),
        len(_BUILTIN),
        row.inputs,
        row.outputs,
        _NO_IDENTITY,
        _address(row.ufunc),
        None,
        0,
    )
    if _bfloat16 is not None:
        loop = len(_BUILTIN)
        of_loop = _address(lib.softsign_loops[loop]), None, _address(data[loop])
        _register_loop_for_type(ufunc, _bfloat16, *of_loop)
    return ufunc


def _documentation(op: str, text: str | None) -> str | None:
    """Return the docstring with the op's error bounds put in; there is none under python -OO."""
    if text is None or op not in BOUNDS:
        return text
    bound = BOUNDS[op]
    return text.format(below=f"{bound.below:g}", worst=bound.worst_rounded_up)


def ufunc_of(op: str) -> Callable[[Callable[..., Any]], np.ufunc]:
    """Return a decorator that creates the ufunc of the operation, with the parameters, docstring
    and module of the decorated function.
    """

    def make(described: Callable[..., Any]) -> np.ufunc:
        place = described.__module__, described.__qualname__
        ufunc: Any = _made.get(place) or _new_ufunc(op)
        ufunc.__doc__ = _documentation(op, described.__doc__)
        ufunc.__module__ = described.__module__  # or pickle may find a namesake
        ufunc.__signature__ = _signature(described, ufunc.nout)
        _made[place] = ufunc
        return _made[place]

    return make
