"""What is said where nothing was built."""

import shutil
import subprocess
import sys
from pathlib import Path

import softsign_c

IMPORT = """
import sys
# What an editable installation leaves there would find the library of the copied package.
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
sys.path.insert(0, ".")
import softsign_c
"""


def test_an_unbuilt_copy_says_what_to_run(tmp_path):
    package = tmp_path / "softsign_c"
    libraries = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(Path(softsign_c.__file__).parent, package, ignore=libraries)
    result = subprocess.run(
        [sys.executable, "-c", IMPORT], cwd=tmp_path, capture_output=True, text=True
    )
    assert result.returncode == 1, result.stderr
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("ImportError: softsign_c is not built in ")
    assert "pip install -e ." in message
