"""Times of every pass and type in each level of memory, beside the floors that hardware sets.

A pass can be no faster than the CPU divides, nor than memory moves its operands. Both are measured
by loops that do nothing else, in turn with the pass, and the best of many rounds is taken of each.
"""

import functools
import json
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import cases
import numpy as np
from cffi import FFI

import softsign_c
from softsign_c._isa import names
from softsign_c._kernels import ffi, lib

ROUNDS = 25
ROUND = 2e6  # elements at least in a round, to outlast the clock's resolution
LEVELS = {"L1": 2**14, "L2": 2**18, "L3": 2**23, "DRAM": 2**28}  # bytes of all operands
GROWTH = [2**k for k in range(10, 29)]
OPS = names(lambda index: lib.softsign_ops[index].name)
TYPES = names(lambda index: lib.softsign_types[index])
DTYPES = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64"}


@functools.cache
def timer() -> ModuleType:
    """Compile limits.c, for the widest vectors that the kernels use."""
    builder = FFI()
    builder.cdef("""
        typedef void loop(char **args, const ptrdiff_t *dims, const ptrdiff_t *steps, void *data);
        double time_of(loop *run, char **args, ptrdiff_t n, const ptrdiff_t *steps, void *data,
                       int calls);
        loop divide_float, divide_double, copy;
    """)
    wide = ["-mavx2"] if "avx2" in softsign_c.available_isas() else []
    source = Path(__file__).with_name("limits.c").read_text()
    builder.set_source("_limits", source, extra_compile_args=["-O3", *wide])
    with tempfile.TemporaryDirectory() as folder:
        builder.compile(tmpdir=folder)
        sys.path.insert(0, folder)
        try:
            import _limits
        finally:
            sys.path.remove(folder)
    return _limits


class Loop:
    """A loop with its operands, ready to be timed."""

    def __init__(self, run: int, data: int, operands: list[np.ndarray]) -> None:
        self.timer, self.operands, self.n = timer(), operands, operands[0].size
        new, cast = self.timer.ffi.new, self.timer.ffi.cast
        self.run, self.data = cast("loop *", run), cast("void *", data)
        self.args = new("char *[]", [cast("char *", o.ctypes.data) for o in operands])
        self.steps = new("ptrdiff_t[]", [o.itemsize for o in operands])

    def nanoseconds(self) -> float:
        """Return the time per element."""
        calls = max(1, round(ROUND / self.n))
        seconds = self.timer.lib.time_of(self.run, self.args, self.n, self.steps, self.data, calls)
        return seconds / self.n * 1e9


def address(pointer: Any) -> int:
    return int(ffi.cast("uintptr_t", pointer))


def pass_loop(op: str, type_: str, n: int) -> Loop:
    index = OPS.index(op)
    row, data = lib.softsign_ops[index], lib.softsign_loop_data(index)[TYPES.index(type_)]
    operands = [
        cases.numbers(DTYPES[type_], n, seed).copy() for seed in range(row.inputs + row.outputs)
    ]
    return Loop(address(lib.softsign_loops[0]), address(data), operands)


def floor_loop(name: str, x: np.ndarray) -> Loop:
    run = timer().ffi.addressof(timer().lib, name)
    return Loop(int(timer().ffi.cast("uintptr_t", run)), 0, [x, x.copy()])


def divide_loop(type_: str) -> Loop:
    """Divide in the first-level cache, where nothing but the divider counts."""
    dtype = "double" if type_ == "f64" else "float"
    x = np.ones(LEVELS["L1"] // 16, {"double": np.float64, "float": np.float32}[dtype])
    return floor_loop(f"divide_{dtype}", x)


def copy_loop(size: int) -> Loop:
    """Copy so many bytes to as many others."""
    return floor_loop("copy", np.ones(size, np.uint8))


def best(loops: list[Loop]) -> list[float]:
    rounds = ROUNDS if loops[0].n < 1e6 else max(1, ROUNDS // 3)  # a round is long enough there
    times = [[loop.nanoseconds() for loop in loops] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def measure_levels() -> list[dict[str, Any]]:
    rows = []
    for level, size in LEVELS.items():
        copying = copy_loop(size // 2)
        for type_ in DTYPES:
            if type_ == "bf16" and cases.bfloat16 is None:
                continue
            dividing = divide_loop(type_)
            for op in OPS:
                ops = lib.softsign_ops[OPS.index(op)]
                operands = ops.inputs + ops.outputs
                bytes_ = {"f64": 8, "f32": 4}.get(type_, 2) * operands
                loops = [pass_loop(op, type_, size // bytes_), dividing, copying]
                own, divide, copy = best(loops)
                floors = {"divide": divide, "copy": copy * bytes_ / 2}
                rows.append({"level": level, "type": type_, "pass": op, "time": own} | floors)
    return rows


def measure_growth() -> dict[int, float]:
    """Return the time per element of the forward pass in float32, for each number of elements."""
    return {n: best([pass_loop("forward", "f32", n)])[0] for n in GROWTH}


def main() -> None:
    """Write the figures, as JSON, to the file that is named; with --quick of fewer rounds."""
    global ROUNDS, ROUND
    if "--quick" in sys.argv:
        ROUNDS, ROUND = 1, 1e3
    figures = {"levels": measure_levels(), "growth": measure_growth()}
    Path(sys.argv[1]).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
