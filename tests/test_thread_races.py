"""The pool of threads with random delays at atomic accesses, which widen the windows of races."""

import platform
import shutil

import pytest

from helpers import races
from helpers.pool_script import MINUTES

CALLERS, CALLS, CHILDREN = 3, 3000, 300


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in ["x86_64", "aarch64"],
    reason="forks by a system call of Linux, and is instrumented by GCC or clang",
)
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_every_element_is_done_once_and_every_flag_is_kept_whatever_the_timing(tmp_path):
    program = races.build(tmp_path, "cc", delays=True)
    _, counts = races.run([program, CALLERS, CALLS, CHILDREN], MINUTES)
    assert counts.get("wrong") == 0, counts or "it crashed or hung"
    assert counts["helped"] > 0
