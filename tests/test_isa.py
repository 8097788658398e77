"""Choosing the instruction set."""

import os
import platform
import re
import threading
from pathlib import Path

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_same_bits, bits_of
from helpers.process import run_script
from helpers.reference import TYPES, sample, specified
from softsign_c import active_isa, available_isas, softsign, use_isa
from softsign_c._isa import missing_for_isas, use_default_isa
from softsign_c._kernels import ffi, lib

alone = pytest.mark.thread_unsafe(reason="looks at what all threads share")


@pytest.fixture(autouse=True)
def restored():
    """Leave the instruction set as it was."""
    before = active_isa()
    yield
    use_isa(before)


def test_the_fastest_available_is_active_by_default(monkeypatch):
    monkeypatch.delenv("SOFTSIGN_C_ISA", raising=False)
    use_isa("baseline")
    use_default_isa()
    assert active_isa() == available_isas()[0]


def test_baseline_is_available_everywhere():
    assert available_isas()[-1] == "baseline"


def test_every_instruction_set_has_every_kernel(isa, op, type_):
    assert raw.kernel(isa, op, type_.name) != ffi.NULL


@alone
def test_a_call_of_few_elements_does_not_wait_for_512_bit_vectors(isa, op, type_):
    indices = list(raw.OPS).index(op), raw.TYPES.index(type_.name)
    for n in (1, 10**4):
        shorter = "avx2" if isa == "avx512" and n == 1 else isa
        assert lib.softsign_active_kernel(*indices, n) == raw.kernel(shorter, op, type_.name)


def test_instruction_sets_do_not_share_kernels(op, type_):
    kernels = [raw.kernel(name, op, type_.name) for name in available_isas()]
    assert len(set(kernels)) == len(kernels)


@alone
def test_use_isa_changes_it_until_further_notice(isa):
    use_isa("baseline")
    use_isa(isa)
    assert active_isa() == isa


@alone
def test_context_manager_returns_to_the_previous_one(isa):
    use_isa("baseline")
    with use_isa(isa):
        assert active_isa() == isa
        with use_isa("baseline"):
            assert active_isa() == "baseline"
        assert active_isa() == isa
    assert active_isa() == "baseline"


@alone
def test_context_manager_returns_to_the_previous_one_after_an_error(isa):
    use_isa(isa)
    with pytest.raises(KeyError), use_isa("baseline"):
        raise KeyError
    assert active_isa() == isa


@alone
def test_context_manager_can_be_used_again(isa):
    use_isa(isa)
    baseline = use_isa("baseline")
    for before in (isa, "baseline"):
        with baseline:
            assert active_isa() == "baseline"
            with baseline:
                assert active_isa() == "baseline"
            assert active_isa() == "baseline"
        assert active_isa() == isa
        use_isa(before)
    use_isa(isa)
    with baseline:
        assert active_isa() == "baseline"
    assert active_isa() == isa


@alone
def test_context_manager_activates_what_was_changed_since(isa):
    use_isa(isa)
    baseline = use_isa("baseline")
    use_isa(isa)
    with baseline:
        assert active_isa() == "baseline"
    assert active_isa() == isa


@pytest.mark.parametrize("name", ["", "AVX2", "avx9000", "baseline ", "é"])
def test_unknown_name_lists_what_there_is(name):
    before = active_isa()
    with pytest.raises(ValueError, match="there is no instruction set") as error:
        use_isa(name)
    assert repr(name) in str(error.value)
    assert all(available in str(error.value) for available in available_isas())
    assert active_isa() == before


def test_unsupported_name_says_what_is_missing(monkeypatch):
    lacking = {"avx2": "a CPU with AVX2", "baseline": None}
    monkeypatch.setattr("softsign_c._isa.missing_for_isas", lambda *_: lacking)
    with pytest.raises(ValueError, match="'avx2' needs a CPU with AVX2; available here: baseline"):
        use_isa("avx2")


def test_environment_variable_chooses(isa, monkeypatch):
    monkeypatch.setenv("SOFTSIGN_C_ISA", isa)
    use_default_isa()
    assert active_isa() == isa


def test_empty_environment_variable_chooses_nothing(monkeypatch):
    monkeypatch.setenv("SOFTSIGN_C_ISA", "")
    use_default_isa()
    assert active_isa() == available_isas()[0]


def test_environment_variable_is_read_once_at_import():
    script = """
        import os, softsign_c
        os.environ["SOFTSIGN_C_ISA"] = softsign_c.available_isas()[0]
        softsign_c.softsign(1.0)
        print(softsign_c.active_isa())
        """
    assert run_script(script, SOFTSIGN_C_ISA="baseline").stdout == "baseline\n"


def test_wrong_environment_variable_is_an_error_that_names_it(monkeypatch):
    monkeypatch.setenv("SOFTSIGN_C_ISA", "avx9000")
    with pytest.raises(ValueError, match="environment variable SOFTSIGN_C_ISA: ") as error:
        use_default_isa()
    assert "'avx9000'" in str(error.value)
    assert all(available in str(error.value) for available in available_isas())


X86_64 = platform.machine() in ("x86_64", "AMD64")
AARCH64 = platform.machine() in ("aarch64", "arm64", "ARM64")
ONES = 0xFFFFFFFF
ENOUGH = {"leaf1_ecx": 1 << 27 | 1 << 12 | 1 << 29, "leaf7_ebx": 1 << 5, "xcr0": 6}  # for AVX2
ENOUGH_AVX512 = ENOUGH | {
    "leaf7_ebx": 1 << 5 | 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31,
    "leaf7_ecx": 1 << 6,
    "xcr0": 0xE6,
}


def made_up_cpu(
    vendor="GenuineIntel",
    signature=0,
    leaf1_ecx=0,
    leaf7_ebx=0,
    leaf7_ecx=0,
    xcr0=0,
    highest=7,
    highest_extended=8,
    caches=(),
):
    """Return a CPU with these registers; a leaf that it lacks is full of ones."""
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
    ones = dict.fromkeys(["leaf1_ecx", "leaf7_ebx", "leaf7_ecx", "xcr0"], ONES)
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


@alone
def test_the_kernels_for_the_divider_of_this_cpu_are_active_by_default():
    for divider in range(2):
        lib.softsign_use_divider(divider)
        use_default_isa()
        assert lib.softsign_active_divider() == lib.softsign_cpu_divider()


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


def test_nothing_but_the_baseline_is_there_without_features():
    assert [name for name, missing in missing_for_isas(0).items() if missing is None] == [
        "baseline"
    ]


@pytest.mark.skipif(
    not os.access("/proc/cpuinfo", os.R_OK), reason="only Linux lists the CPU's flags in a file"
)
@pytest.mark.parametrize(
    ("isa", "needed"),
    [
        ("avx2", {"avx2", "fma", "f16c"}),
        ("avx512", {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_vbmi2"}),
    ],
)
def test_it_is_available_where_the_system_says_so(isa, needed):
    flags = re.search(r"^flags.*$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    flags = flags.group().split() if flags and X86_64 else []  # an emulator shows its host's
    assert (isa in available_isas()) == (needed <= set(flags))


def test_neon_is_available_on_every_aarch64_and_nowhere_else():
    assert ("neon" in available_isas()) == AARCH64
    assert missing_for_isas(0)["neon"] == "an AArch64 CPU"


def test_other_threads_may_switch_meanwhile():
    x = np.resize(sample(TYPES["f32"], 1000), 20_000)
    (expected,) = specified("forward", TYPES["f32"], x)
    done = threading.Event()

    def switch():
        while not done.is_set():
            for name in available_isas():
                use_isa(name)

    switching = threading.Thread(target=switch)
    switching.start()
    try:
        for _ in range(200):
            assert_same_bits(bits_of(softsign(x.view(np.float32))), expected, x)
    finally:
        done.set()
        switching.join()
