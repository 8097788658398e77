"""The library that the build makes, and what is said where there is none."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from python import python

import softsign_c
from softsign_c import _kernels


@pytest.mark.skipif(sys.platform != "linux", reason="reads an ELF library")
@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
def test_the_library_exports_only_its_init_function():
    command = ["nm", "--dynamic", "--defined-only", "--format=just-symbols", _kernels.__file__]
    symbols = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert symbols.split() == ["PyInit__kernels"]


def test_an_unbuilt_package_says_how_to_build_it(tmp_path):
    package = tmp_path / "softsign_c"
    package.mkdir()
    for source in Path(softsign_c.__file__).parent.glob("*.py"):
        shutil.copy(source, package)
    run = python("-S", "-c", "import softsign_c", cwd=tmp_path)  # -S: with no package installed
    assert run.stderr.splitlines()[-1] == (
        f"ImportError: softsign_c is not built in {package}: "
        "run 'pip install -e .' in the folder above"
    )
