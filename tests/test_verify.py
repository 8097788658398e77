"""The build verifies its library, and takes no answer for a refusal."""

import platform
import zlib

import numpy as np
import pytest

import verify
from helpers import raw
from helpers.process import python
from helpers.project import ROOT, Project
from helpers.reference import TYPES, specified
from softsign_c import _kernels, available_isas


def test_the_checksums_are_those_of_the_specification():
    def checksum(op, type_):
        seeds = range(raw.OPS[op].inputs)
        inputs = [np.array(verify.sample(type_, seed), TYPES[type_].bits) for seed in seeds]
        result = 0
        for bits in specified(op, TYPES[type_], *inputs):
            result = zlib.crc32(bits.astype(bits.dtype.newbyteorder("<")).tobytes(), result)
        return result

    assert list(verify.FORMATS) == raw.TYPES
    specified_ = {op: tuple(checksum(op, type_) for type_ in raw.TYPES) for op in raw.OPS}
    lines = [verify.missing_row(op, specified_[op]) for op in raw.OPS]
    assert specified_ == verify.CHECKSUMS, "\n".join(lines)


def test_a_sound_library_is_verified():
    run = python("verify.py", _kernels.__file__, cwd=ROOT)
    assert (run.returncode, run.stdout, run.stderr) == (0, "verified\n", "")


def test_other_bits_are_named(monkeypatch):
    promised = verify.CHECKSUMS["inverse"]
    monkeypatch.setitem(verify.CHECKSUMS, "inverse", (*promised[:2], 0, promised[3]))
    expected = [f"inverse of f64 on {isa} gives other bits" for isa in available_isas()]
    assert verify.failures(_kernels.__file__) == expected


def test_an_operation_or_a_type_without_checksums_is_a_failure_that_says_what_to_add(monkeypatch):
    promised = ", ".join(f"0x{checksum:08X}" for checksum in verify.CHECKSUMS["inverse"])
    monkeypatch.delitem(verify.CHECKSUMS, "inverse")
    assert verify.failures(_kernels.__file__) == [
        "CHECKSUMS in verify.py lacks inverse: if its results are right, its line there is "
        f'"inverse": ({promised}),'
    ]
    monkeypatch.delitem(verify.FORMATS, "bf16")
    assert verify.failures(_kernels.__file__) == [
        "FORMATS in verify.py lists f16, f32, f64, the library f16, f32, f64, bf16"
    ]


def test_floating_point_units_that_are_set_otherwise_are_a_failure(monkeypatch):
    settings = iter([(True, 0x37F, 0x1F80), (False, 0x37F, 0x9FC0)])
    monkeypatch.setattr(verify, "control", lambda: next(settings))
    expected = ["it changes the floating-point units of every process that loads it"]
    assert verify.failures(_kernels.__file__) == expected


VERIFICATIONS = {
    "ended with signal SIGILL": "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
    "ended with exit status 3": "raise SystemExit(3)",
    "ended with exit status 1: KeyError: 'op'": "raise KeyError('op')",
    "ended with exit status 0": "",
    "ended with exit status 0: other words": "print('other words')",
    "did not end within 1 s": "import time; time.sleep(600)",
    "refused: x is wrong; y is wrong.": "print('x is wrong\\ny is wrong'); raise SystemExit(1)",
    "refused: it cannot be loaded": (ROOT / "verify.py").read_text(),
}


@pytest.mark.parametrize("said", VERIFICATIONS)
def test_the_build_refuses_a_library_that_is_not_verified(tmp_path, said):
    project = Project(tmp_path, VERIFICATIONS[said])
    if "within" in said:
        project.seconds = 1
    run = project.run("build_ext", "--inplace", CFLAGS="-O1")
    assert run.returncode == 1
    assert "error: softsign_c as compiled here is refused: " in run.stderr
    assert said in run.stderr
    assert "The environment sets CC=" in run.stderr
    assert not list(tmp_path.rglob("_kernels*.so"))


@pytest.mark.parametrize("machine", [platform.machine(), "universal2", "another"])
def test_the_build_verifies_all_but_a_cross_build(tmp_path, machine):
    project = Project(tmp_path, "print('a failure'); raise SystemExit(1)")
    run = project.run("build_ext", "--inplace", _PYTHON_HOST_PLATFORM=f"linux-{machine}")
    assert ("refused: a failure" in run.stderr) == (machine != "another")
    assert ("not verified on" in run.stderr) == (machine == "another")
