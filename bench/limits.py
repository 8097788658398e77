"""Times of the loops alone, without Python, beside the floors that hardware sets.

An op can be no faster than the CPU divides, nor than memory moves its operands. Both are measured
by loops that do nothing else, in turn with the op, in each level of memory.
"""

import functools
import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
from cffi import FFI

import softsign_c
from bench import cases
from bench.rows import Row
from softsign_c._cli.timer import best_times
from softsign_c._isa import names
from softsign_c._kernels import ffi, lib

REPEATED = 10**6  # elements at least in a call, which then takes long enough
LEVELS = {"L1": 2**14, "L2": 2**18, "L3": 2**23, "DRAM": 2**28}  # bytes of all operands
GROWTH = [2**k for k in range(10, 29)]
OPS = names(lambda index: lib.softsign_ops[index].name)
TYPES = names(lambda index: lib.softsign_types[index])
DTYPES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64"}


@functools.cache
def compiled() -> ModuleType:
    """Compile limits.c, for the widest vectors that the kernels use."""
    builder = FFI()
    builder.cdef("""
        typedef void loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data);
        void repeat(loop *run, char **args, ptrdiff_t n, const ptrdiff_t *steps, void *data,
                    int times);
        loop divide_float, divide_double, copy;
    """)
    flags = {"avx512": ["-mavx512f", "-mprefer-vector-width=512"], "avx2": ["-mavx2"]}
    source = Path(__file__).with_name("limits.c").read_text()
    wide = flags.get(softsign_c.available_isas()[0], [])
    builder.set_source("_limits", source, extra_compile_args=["-O3", *wide])
    with tempfile.TemporaryDirectory() as folder:
        spec = importlib.util.spec_from_file_location("_limits", builder.compile(tmpdir=folder))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


class Loop:
    """A loop at an address with its operands, called so often that a call of it can be timed."""

    def __init__(self, run: int, data: int, operands: list[np.ndarray]) -> None:
        there, self.n, self.operands = compiled(), operands[0].size, operands
        new, cast = there.ffi.new, there.ffi.cast
        self.times = max(1, REPEATED // self.n)
        args = new("char *[]", [cast("char *", operand.ctypes.data) for operand in operands])
        steps = new("ptrdiff_t[]", [operand.itemsize for operand in operands])
        arguments = cast("loop *", run), args, self.n, steps, cast("void *", data), self.times
        self.call = functools.partial(there.lib.repeat, *arguments)


def best(loops: list[Loop]) -> list[float]:
    """Return the seconds per element of each loop."""
    times = best_times({i: loop.call for i, loop in enumerate(loops)}, rounds=(3, 25))
    return [times[i] / loop.times / loop.n for i, loop in enumerate(loops)]


def kernel(op: str, type_: str, n: int) -> Loop:
    index = OPS.index(op)
    row, data = lib.softsign_ops[index], lib.softsign_loop_data(index)[TYPES.index(type_)]
    operands = [
        cases.numbers(DTYPES[type_], n, seed).copy() for seed in range(row.inputs + row.outputs)
    ]
    run, of = (int(ffi.cast("uintptr_t", p)) for p in (lib.softsign_loops[0], data))
    return Loop(run, of, operands)


def floor(name: str, x: np.ndarray) -> Loop:
    there = compiled()
    run = there.ffi.cast("uintptr_t", there.ffi.addressof(there.lib, name))
    return Loop(int(run), 0, [x, x.copy()])


def divider(type_: str) -> Loop:
    """Divide in the first-level cache, where nothing but the divider counts."""
    name, dtype = ("double", np.float64) if type_ == "f64" else ("float", np.float32)
    return floor(f"divide_{name}", np.ones(LEVELS["L1"] // 16, dtype))


def kernels(threads: int, largest: float) -> Iterator[Row]:
    """Give the seconds of every op and type in each level of memory, with the two floors, and those
    of softsign in float32 for many lengths.
    """
    for level, size in LEVELS.items():
        if size // 8 > largest and level != "L1":
            continue
        copying = floor("copy", np.ones(size // 2, np.uint8))
        for type_, dtype in DTYPES.items():
            if dtype not in cases.DTYPES:
                continue
            dividing = divider(type_)
            for index, op in enumerate(OPS):
                row = lib.softsign_ops[index]
                bytes_ = np.dtype(cases.numbers(dtype, 1, 0).dtype).itemsize
                bytes_ *= row.inputs + row.outputs
                n = size // bytes_
                own, divide, copy = best([kernel(op, type_, n), dividing, copying])
                times = {"softsign_c": own, "divider": divide, "copy": copy * bytes_ / 2}
                of_call = {name: t * n for name, t in times.items()}
                yield Row(name_of(op), dtype, f"kernel in {level}", 1, n, of_call)
    for n in (n for n in GROWTH if n <= largest):
        times = {"softsign_c": best([kernel("forward", "f32", n)])[0] * n}
        yield Row("softsign", "float32", "kernel", 1, n, times)


def name_of(op: str) -> str:
    """Return the name of an op's ufunc."""
    return f"softsign_{op}".replace("softsign_forward", "softsign")
