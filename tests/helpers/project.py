"""The sources, with a compiler and a verification that take no time and do what a test asks for."""

import os
import shutil
from pathlib import Path

import pytest

import softsign_c
from helpers.process import python

ROOT = Path(__file__).parents[2]
SETUP = "import build, setuptools; build.VERIFY_SECONDS = {seconds}; setuptools.setup()"
COMPILER = """\
#!/bin/sh
echo "$@" >> "$0.log"
while [ $# -gt 1 ]; do
    case "$1 $2" in "-o -") ;; "-o "*) echo "$CFLAGS" > "$2" ;; esac
    shift
done
"""


class Project:
    """The sources in a folder of their own."""

    def __init__(self, folder: Path, verify: str = "print('verified')"):
        pytest.importorskip("setuptools", "77", reason="needs setuptools, for build.py")
        if os.name != "posix":
            pytest.skip("has a script as its compiler, which CC names")
        for name in ["build.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"]:
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "csrc", folder / "csrc")
        package = Path(softsign_c.__file__).parent
        compiled = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
        shutil.copytree(package, folder / "softsign_c", ignore=compiled)
        (folder / "verify.py").write_text(verify)
        self.folder, self.compiler, self.seconds = folder, folder / "cc", 600
        self.compiler.write_text(COMPILER)
        self.compiler.chmod(0o755)

    def run(self, *words: str, **environment: str):
        """Run setuptools with these commands."""
        environment = {"CC": str(self.compiler), "CFLAGS": "", **environment}
        return python(
            "-c", SETUP.format(seconds=self.seconds), "-q", *words, cwd=self.folder, **environment
        )

    def calls(self) -> list[str]:
        """Return the arguments of each call of the compiler."""
        return Path(f"{self.compiler}.log").read_text().splitlines()
