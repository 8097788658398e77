"""The features, the divider and the caches of a CPU, told from made-up registers."""

import numpy as np
import pytest

from softsign_c._isa import missing_for_isas
from softsign_c._kernels import ffi, lib

ONES = 0xFFFFFFFF
NO_FEATURES = dict.fromkeys(["leaf1_ecx", "leaf7_ebx", "leaf7_ecx", "xcr0"], 0)
ENOUGH = {"leaf1_ecx": 1 << 27 | 1 << 12 | 1 << 29, "leaf7_ebx": 1 << 5, "xcr0": 6}  # for AVX2
ENOUGH_AVX512 = ENOUGH | {
    "leaf7_ebx": 1 << 5 | 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31,
    "leaf7_ecx": 1 << 6,
    "xcr0": 0xE6,
}


def made_up_cpu(
    vendor="GenuineIntel", signature=0, highest=7, highest_extended=8, caches=(), **features
):
    """Return a CPU with these registers; a leaf that it lacks is full of ones."""
    leaf1_ecx, leaf7_ebx, leaf7_ecx, xcr0 = (NO_FEATURES | features).values()
    name = np.frombuffer(vendor.encode(), np.uint32).tolist()
    leaves = {
        (0, 0): (highest, name[0], name[2], name[1]),
        (1, 0): (signature, 0, leaf1_ecx, 0),
        (7, 0): (0, leaf7_ebx, leaf7_ecx, 0),
        (1 << 31, 0): (1 << 31 | highest_extended, 0, 0, 0),
        **{(leaf, level): registers for leaf, level, registers in caches},
    }

    @ffi.callback("void(uint32_t, uint32_t, uint32_t *)")
    def cpuid(leaf, subleaf, registers):
        is_there = (leaf & ~(1 << 31)) <= (highest_extended if leaf >> 31 else highest)
        found = leaves.get((leaf, subleaf), (0,) * 4) if is_there else (ONES,) * 4
        registers[0:4] = found

    @ffi.callback("uint32_t(void)")
    def xgetbv():
        assert leaf1_ecx >> 27 & 1, "an illegal instruction"
        return xcr0

    cpu = ffi.new("struct softsign_x86 *", {"cpuid": cpuid, "xgetbv": xgetbv})
    return cpu[0], (cpu, cpuid, xgetbv)  # what has to live as long


def missing_on(isa, **registers):
    cpu, _alive = made_up_cpu(**registers)
    return missing_for_isas(lib.softsign_x86_features(cpu))[isa]


YMM = "an operating system that saves the AVX registers"
ZMM = "an operating system that saves the AVX-512 registers"
VBMI2 = "a CPU with AVX512_VBMI2, as from Ice Lake or Zen 4 on"


@pytest.mark.parametrize(
    ("isa", "register", "bit", "missing"),
    [
        ("avx2", "leaf7_ebx", 5, "a CPU with AVX2"),
        ("avx2", "leaf1_ecx", 12, "a CPU with FMA"),
        ("avx2", "leaf1_ecx", 29, "a CPU with F16C"),
        *[(isa, "leaf1_ecx", 27, YMM) for isa in ("avx2", "avx512")],
        *[(isa, "xcr0", bit, YMM) for isa in ("avx2", "avx512") for bit in (1, 2)],
        ("avx512", "leaf7_ebx", 16, "a CPU with AVX512F"),
        ("avx512", "leaf7_ebx", 17, "a CPU with AVX512DQ"),
        ("avx512", "leaf7_ebx", 30, "a CPU with AVX512BW"),
        ("avx512", "leaf7_ebx", 31, "a CPU with AVX512VL"),
        ("avx512", "leaf7_ecx", 6, VBMI2),
        *[("avx512", "xcr0", bit, ZMM) for bit in (5, 6, 7)],
    ],
)
def test_an_instruction_set_needs_each_bit_and_no_other(isa, register, bit, missing):
    enough = {"avx2": ENOUGH, "avx512": ENOUGH_AVX512}[isa]
    assert missing_on(isa, **enough) is None
    assert enough[register] >> bit & 1
    ones = dict.fromkeys(NO_FEATURES, ONES)
    assert missing_on(isa, **ones) is None
    assert missing_on(isa, **ones | {register: ONES & ~(1 << bit)}) == missing
    assert missing_on(isa, **ones, highest=6) == missing_on(isa, **ENOUGH | {"leaf7_ebx": 0})


@pytest.mark.parametrize(
    ("vendor", "signature", "family", "model", "divider"),
    [
        ("GenuineIntel", 0x306A9, 6, 0x3A, "fast"),  # Ivy Bridge, without AVX2
        ("GenuineIntel", 0x306C3, 6, 0x3C, "slow"),  # Haswell
        ("GenuineIntel", 0x50654, 6, 0x55, "slow"),  # Skylake-X
        ("GenuineIntel", 0xA06D1, 6, 0xAD, "slow"),  # Granite Rapids
        ("GenuineIntel", 0xA06F3, 6, 0xAF, "slow"),  # Sierra Forest
        ("GenuineIntel", 0xB0650, 6, 0xB5, "slow"),  # Arrow Lake-U
        ("GenuineIntel", 0xB0671, 6, 0xB7, "slow"),  # Raptor Lake
        ("GenuineIntel", 0xB06D1, 6, 0xBD, "fast"),  # Lunar Lake
        ("GenuineIntel", 0xB06E0, 6, 0xBE, "slow"),  # Alder Lake N
        ("GenuineIntel", 0xC0662, 6, 0xC6, "fast"),  # Arrow Lake
        ("GenuineIntel", 0xC06F2, 6, 0xCF, "slow"),  # Emerald Rapids
        ("GenuineIntel", 0x400F10, 19, 0x01, "fast"),  # Diamond Rapids
        ("AuthenticAMD", 0xA10F11, 25, 0x11, "fast"),  # Zen 4
        ("AuthenticAMD", 0xA06D1, 6, 0xAD, "fast"),
    ],
)
def test_the_divider_is_told_by_the_model(vendor, signature, family, model, divider):
    cpu, _alive = made_up_cpu(vendor, signature)
    found = lib.softsign_x86_model(cpu)
    assert (ffi.string(found.vendor).decode(), found.family, found.model) == (vendor, family, model)
    assert ffi.string(lib.softsign_divider_name(lib.softsign_x86_divider(cpu))).decode() == divider


def cache(type_, ways, line, sets, partitions=1):
    return type_, (ways - 1) << 22 | (partitions - 1) << 12 | line - 1, sets - 1, 0


INTEL = [
    (4, 0, cache(1, 12, 64, 64)),
    (4, 1, cache(2, 8, 64, 128)),
    (4, 2, cache(3, 16, 64, 2048)),
    (4, 3, cache(3, 15, 64, 1 << 19, partitions=2)),
    (4, 5, cache(3, 16, 64, 1 << 24)),  # past the end of the list
]
AMD = [(1 << 31 | 0x1D, level, registers) for _, level, registers in INTEL[:3]]


@pytest.mark.parametrize(
    ("size", "registers"),
    [
        (960 * 2**20, {"caches": INTEL}),
        (2 * 2**20, {"caches": INTEL[:3]}),
        (2 * 2**20, {"caches": [*AMD, *INTEL], "highest_extended": 0x1D}),
        (960 * 2**20, {"caches": [*AMD, *INTEL], "highest_extended": 0x1C}),
        (960 * 2**20, {"caches": INTEL, "highest_extended": 0x20}),
        (0, {"caches": INTEL, "highest": 3}),
        (0, {}),
    ],
)
def test_the_last_level_cache_is_the_largest_that_the_cpu_lists(size, registers):
    cpu, _alive = made_up_cpu(**registers)
    assert lib.softsign_x86_last_level_cache(cpu) == size
