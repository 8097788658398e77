"""Verifies a library that build.py has made: it can be loaded, leaves the process' floating-point
units as they are, and its kernels give the promised bits, whatever flags compiled them.

    python verify.py LIBRARY

It prints "verified"; or the failures, a line each, and the exit status is 1.
"""

import ctypes
import importlib.util
import platform
import random
import sys
import zlib
from array import array
from collections.abc import Sequence
from typing import Any

FORMATS = {  # of each type: array's code for its bits, bits of the fraction, exponent's bias
    "f16": ("H", 10, 15),
    "f32": ("I", 23, 127),
    "f64": ("Q", 52, 1023),
    "bf16": ("H", 7, 127),
}
# CRC-32 of the results of each operation for the samples, by type in the order of FORMATS.
CHECKSUMS: dict[str, tuple[int, ...]] = {
    "forward": (0xC1864C61, 0x17A320DB, 0x30B0C5FD, 0x0403286F),
    "derivative": (0x695B6535, 0xFE139C0C, 0xF043842E, 0x79394F6B),
    "backward": (0x62D731C9, 0x2DBBB1A7, 0x679D11EE, 0xEA857BC7),
    "forward_with_derivative": (0x5EE3EC53, 0xD5DD2A55, 0xA3595A42, 0x4732EB11),
    "inverse": (0x23B13744, 0x310AD4C5, 0xD3936C6F, 0xC3F76D8A),
    "second_derivative": (0x9FD50A93, 0x33C21F06, 0x8F611C06, 0xC2072F5B),
}
SIZE = 4099  # of a sample; odd, so that the kernels have a tail


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


def checksum(ffi: Any, lib: Any, isa: int, op: int, type_: int, name: str) -> int:
    row = lib.softsign_ops[op]
    operands = [sample(name, seed) for seed in range(row.inputs + row.outputs)]
    pointers = ffi.new("char *[]", [ffi.from_buffer("char[]", x) for x in operands])
    lib.softsign_get_kernel(isa, op, type_)(SIZE, pointers, 0)
    result = 0
    for output in operands[row.inputs :]:
        if sys.byteorder == "big":
            output.byteswap()
        result = zlib.crc32(output, result)
    return result


def missing_row(op: str, checksums: Sequence[int]) -> str:
    """Return what to do about an operation, or a type of it, that has no checksum."""
    row = f'"{op}": ({", ".join(f"0x{checksum:08X}" for checksum in checksums)}),'
    return f"CHECKSUMS in verify.py lacks {op}: if its results are right, its line there is {row}"


def other_bits(ffi: Any, lib: Any) -> list[str]:
    """Return the operations, instruction sets and types whose results are not those promised."""
    types = names(ffi, lambda k: lib.softsign_types[k])
    if types != list(FORMATS):
        return [f"FORMATS in verify.py lists {', '.join(FORMATS)}, the library {', '.join(types)}"]
    failures = {}
    isas = names(ffi, lib.softsign_isa_name)
    variants = [(i, k) for i in range(len(isas)) for k in range(lib.softsign_dividers(i))]
    for i, divider in variants:
        if lib.softsign_isa_missing(i, lib.softsign_cpu_features()) != ffi.NULL:
            continue
        lib.softsign_use_divider(divider)
        for p, op in enumerate(names(ffi, lambda k: lib.softsign_ops[k].name)):
            found = [checksum(ffi, lib, i, p, k, type_) for k, type_ in enumerate(types)]
            if len(CHECKSUMS.get(op, ())) != len(types):
                failures[missing_row(op, found)] = None
                continue
            for type_, is_, promised in zip(types, found, CHECKSUMS[op], strict=True):
                if is_ != promised:
                    failures[f"{op} of {type_} on {isas[i]} gives other bits"] = None
    return list(failures)


def failures(library: str) -> list[str]:
    """Return what is wrong with the library, a sentence each."""
    before = control()
    spec = importlib.util.spec_from_file_location("softsign_c._kernels", library)
    assert spec
    assert spec.loader
    try:
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        return [f"it cannot be loaded: {error}"]
    changed = control() != before
    units = ["it changes the floating-point units of every process that loads it"]
    return units * changed + other_bits(module.ffi, module.lib)


if __name__ == "__main__":
    found = failures(sys.argv[1])
    print("\n".join(found or ["verified"]))
    sys.exit(bool(found))
