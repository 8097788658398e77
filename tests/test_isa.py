"""Choosing the instruction set."""

import os
import platform
import re
from pathlib import Path

import pytest

from helpers import raw
from helpers.process import run_script
from softsign_c import active_isa, available_isas, use_isa
from softsign_c._isa import missing_for_isas, use_default_isa
from softsign_c._kernels import ffi, lib

alone = pytest.mark.thread_unsafe(reason="looks at what all threads share")
X86_64 = platform.machine() in ("x86_64", "AMD64")
AARCH64 = platform.machine() in ("aarch64", "arm64", "ARM64")


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
        with pytest.raises(KeyError), use_isa("baseline"):
            raise KeyError
        assert active_isa() == isa
    assert active_isa() == "baseline"


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


def test_environment_variables_are_read_once_at_import():
    script = """
        import os, softsign_c
        os.environ["SOFTSIGN_C_ISA"] = softsign_c.available_isas()[0]
        os.environ["SOFTSIGN_C_NUM_THREADS"] = "5"
        softsign_c.softsign(1.0)
        print(softsign_c.active_isa(), softsign_c.get_num_threads())
        """
    done = run_script(script, SOFTSIGN_C_ISA="baseline", SOFTSIGN_C_NUM_THREADS="3")
    assert done.stdout == "baseline 3\n"


def test_wrong_environment_variable_is_an_error_that_names_it(monkeypatch):
    monkeypatch.setenv("SOFTSIGN_C_ISA", "avx9000")
    with pytest.raises(ValueError, match="environment variable SOFTSIGN_C_ISA: ") as error:
        use_default_isa()
    assert "'avx9000'" in str(error.value)
    assert all(available in str(error.value) for available in available_isas())


@alone
def test_the_kernels_for_the_divider_of_this_cpu_are_active_by_default():
    for divider in range(2):
        lib.softsign_use_divider(divider)
        use_default_isa()
        assert lib.softsign_active_divider() == lib.softsign_cpu_divider()
