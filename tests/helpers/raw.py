"""The kernels on raw buffers, behind NumPy's back."""

from collections.abc import Sequence

import numpy as np

import softsign_c
from softsign_c._isa import missing_for_isas, names
from softsign_c._kernels import ffi, lib

ISAS = list(missing_for_isas())
TYPES = names(lambda index: lib.softsign_types[index])
OPS = {
    name: lib.softsign_ops[index]
    for index, name in enumerate(names(lambda index: lib.softsign_ops[index].name))
}
UNARY = [name for name, row in OPS.items() if (row.inputs, row.outputs) == (1, 1)]


def ufunc(op: str) -> np.ufunc:
    return getattr(softsign_c, ffi.string(OPS[op].ufunc).decode())


def pointers(addresses: list[int]) -> object:
    """Return the operands that a kernel or a loop takes."""
    return ffi.new("char *[]", [ffi.cast("char *", address) for address in addresses])


def loop(op: str, type_: str, n: int, steps: Sequence[int], operands: object) -> None:
    """Call NumPy's inner loop."""
    data = lib.softsign_loop_data(list(OPS).index(op))[TYPES.index(type_)]
    lib.softsign_loop(
        operands, ffi.new("ptrdiff_t[]", [n]), ffi.new("ptrdiff_t[]", list(steps)), data
    )


def kernel(isa: str, op: str, type_: str) -> object:
    found = lib.softsign_get_kernel(ISAS.index(isa), list(OPS).index(op), TYPES.index(type_))
    assert found != ffi.NULL
    return found


def run(isa: str, op: str, type_: str, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the bits of the outputs for the bits of the inputs."""
    inputs = [np.ascontiguousarray(operand) for operand in inputs]
    outputs = tuple(np.empty_like(inputs[0]) for _ in range(OPS[op].outputs))
    operands = pointers([operand.ctypes.data for operand in (*inputs, *outputs)])
    kernel(isa, op, type_)(inputs[0].size, operands, 0)
    return outputs
