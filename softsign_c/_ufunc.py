"""Makes a numpy.ufunc of the C loops of a pass.

NumPy makes ufuncs in its C API alone: a table of functions, in a capsule, whose order is frozen
because every compiled extension relies on it. They are called from there, through ctypes, which
unlike cffi keeps the GIL.
"""

import ctypes
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy._core import _multiarray_umath  # type: ignore[attr-defined]

from softsign_c._isa import names
from softsign_c._kernels import ffi, lib

try:
    from ml_dtypes import bfloat16
except ImportError:
    bfloat16 = None

_BUILTIN = [np.dtype(code) for code in "efd"]  # the first of lib.softsign_types, in their order
_NO_IDENTITY = -1  # PyUFunc_None

_pointer = ctypes.c_void_p
_capsule_pointer = ctypes.PYFUNCTYPE(_pointer, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
_api = ctypes.cast(_capsule_pointer(_multiarray_umath._UFUNC_API, None), ctypes.POINTER(_pointer))

# Arguments: loops, their data, their dtype numbers, how many they are; inputs, outputs, identity,
# name, docstring, one that is not used.
_from_func_and_data = ctypes.PYFUNCTYPE(
    ctypes.py_object,
    *[_pointer] * 3,
    *[ctypes.c_int] * 4,
    *[_pointer] * 2,
    ctypes.c_int,
)(_api[1])

# Arguments: ufunc, dtype number, loop, numbers of its operands (none: all the same), its data.
_register_loop_for_type = ctypes.PYFUNCTYPE(
    ctypes.c_int, ctypes.py_object, ctypes.c_int, _pointer, _pointer, _pointer
)(_api[2])


_passes = names(lambda index: lib.softsign_passes[index].name)


def _address(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))


# What every ufunc takes.
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
    inputs = [
        parameter.replace(annotation=parameter.empty)  # as NumPy's own
        for parameter in inspect.signature(described).parameters.values()
    ]
    return inspect.Signature([*inputs, out, *_KEYWORDS])


def ufunc_of(pass_: str) -> Callable[[Callable[..., Any]], np.ufunc]:
    """Return a decorator that makes the ufunc of the pass, with the parameters, the docstring and
    the module of the function that it is put on.
    """
    index = _passes.index(pass_)
    row, data = lib.softsign_passes[index], lib.softsign_loop_data(index)

    def make(described: Callable[..., Any]) -> np.ufunc:
        ufunc: Any = _from_func_and_data(
            _address(lib.softsign_loops),
            _address(data),
            _address(lib.softsign_loop_dtypes(row.inputs + row.outputs)),
            len(_BUILTIN),
            row.inputs,
            row.outputs,
            _NO_IDENTITY,
            _address(row.ufunc),
            None,
            0,
        )
        if bfloat16 is not None:
            number, loop = np.dtype(bfloat16).num, len(_BUILTIN)
            _register_loop_for_type(
                ufunc, number, _address(lib.softsign_loops[loop]), None, _address(data[loop])
            )
        ufunc.__doc__ = described.__doc__
        ufunc.__module__ = described.__module__  # without it pickle may find another of that name
        ufunc.__signature__ = _signature(described, row.outputs)
        made: np.ufunc = ufunc
        return made

    return make
