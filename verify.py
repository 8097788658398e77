"""What build.py asks of the library that it has made: the bits that are promised, whatever flags it
was compiled with, and a process whose floating-point units are set as they were.

    python verify.py LIBRARY

It prints what is wrong, in a word or two; nothing of a library that cannot be loaded here, as one
for another machine.
"""

import ctypes
import importlib.util
import platform
import random
import sys
import zlib
from array import array
from typing import Any

# CRC-32 of what each pass makes of the samples of all types, one after the other.
CHECKSUMS = {
    "forward": 0x54D4A669,
    "derivative": 0xC2003CDC,
    "backward": 0x591E45C7,
    "forward_with_derivative": 0x3E4988AE,
    "inverse": 0xF02FD2B4,
    "second_derivative": 0xFC6269A6,
}
FORMATS = {
    "f16": ("H", 10, 15),
    "f32": ("I", 23, 127),
    "f64": ("Q", 52, 1023),
    "bf16": ("H", 7, 127),
}
SIZE = 4099  # of a sample; odd, so that the kernels have a rest


def sample(type_: str, seed: int) -> "array[int]":
    """Return elements of any bits and, in turn, of magnitudes around one."""
    code, fraction_bits, bias = FORMATS[type_]
    drawn, bits = random.Random(seed), 8 * array(code).itemsize

    def around_one() -> int:
        magnitude = ((bias - 4) << fraction_bits) + drawn.getrandbits(fraction_bits + 3)
        return drawn.getrandbits(1) << (bits - 1) | magnitude

    return array(code, [drawn.getrandbits(bits) if k % 2 else around_one() for k in range(SIZE)])


def control() -> tuple[int, ...]:
    """Return how the floating-point units of this thread are set, as far as it can be seen here."""
    has_subnormals = sys.float_info.min / 2 > 0
    if platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc":
        return (has_subnormals,)
    environment = (ctypes.c_uint32 * 8)()
    ctypes.CDLL(None).fegetenv(environment)
    x87, mxcsr, flags = environment[0] & 0xFFFF, environment[7], 0x3F
    return has_subnormals, x87, mxcsr & ~flags


def names(ffi: Any, name_of: Any) -> list[str]:
    found: list[str] = []
    while (name := name_of(len(found))) != ffi.NULL:
        found.append(ffi.string(name).decode())
    return found


def checksum(ffi: Any, lib: Any, isa: int, op: int) -> int:
    result, row = 0, lib.softsign_ops[op]
    for number, type_ in enumerate(names(ffi, lambda k: lib.softsign_types[k])):
        operands = [sample(type_, seed) for seed in range(row.inputs + row.outputs)]
        pointers = ffi.new("char *[]", [ffi.from_buffer("char[]", x) for x in operands])
        lib.softsign_get_kernel(isa, op, number)(SIZE, pointers, 0)
        for output in operands[row.inputs :]:
            if sys.byteorder == "big":
                output.byteswap()
            result = zlib.crc32(output, result)
    return result


def other_bits(ffi: Any, lib: Any) -> list[str]:
    """Return the passes, and on which instruction sets, whose results are not those promised."""
    ops = names(ffi, lambda k: lib.softsign_ops[k].name)
    return [
        f"{op} on {isa}"
        for i, isa in enumerate(names(ffi, lib.softsign_isa_name))
        if lib.softsign_isa_missing(i, lib.softsign_cpu_features()) == ffi.NULL
        for p, op in enumerate(ops)
        if op in CHECKSUMS and checksum(ffi, lib, i, p) != CHECKSUMS[op]
    ]


def faults(library: str) -> list[str]:
    """Return what is wrong with the library."""
    before = control()
    spec = importlib.util.spec_from_file_location("softsign_c._kernels", library)
    assert spec
    assert spec.loader
    try:
        module: Any = importlib.util.module_from_spec(spec)
    except ImportError:
        return []
    spec.loader.exec_module(module)
    changed = ["the floating-point units of every process"] if control() != before else []
    return changed + other_bits(module.ffi, module.lib)


if __name__ == "__main__":
    print(", ".join(faults(sys.argv[1])))
