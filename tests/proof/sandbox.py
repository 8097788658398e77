"""Copies of the sources in which the library is built in other ways, and tested."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import harness
import pytest

from build import generate, unix_flags

LIBRARY = "softsign_c/_kernels.abi3.so"
FLAGS = [*unix_flags(["cc"]), "-shared", "-fPIC", "-DPy_LIMITED_API=0x030B0000", "-w"]


def copy_sources(folder: Path) -> Path:
    """Make a folder in which the tests run, with what cffi generates beside the sources."""
    built = shutil.ignore_patterns(".*", "*.so", "__pycache__", "build", "dist", "*.egg-info")
    shutil.copytree(harness.ROOT, folder, ignore=built)
    generate("softsign_c._kernels", folder / "_kernels.c")
    return folder


def compile_library(folder: Path, *flags: str) -> None:
    """Compile what has not been compiled yet in this form, in whatever folder, and link it."""
    headers = b"".join(header.read_bytes() for header in sorted((folder / "csrc").rglob("*.h")))
    includes = [f"-I{folder / 'csrc'}", f"-I{sysconfig.get_path('include')}"]
    objects = []
    for source in [*(folder / "csrc").rglob("*.c"), folder / "_kernels.c"]:
        form = b"".join([headers, source.read_bytes(), repr((source.name, flags)).encode()])
        objects.append(harness.BUILT / f"{hashlib.sha256(form).hexdigest()}.o")
        if not objects[-1].exists():
            part = objects[-1].with_suffix(f".{folder.name}")
            command = ["cc", *FLAGS, *flags, *includes, "-c", str(source), "-o", str(part)]
            subprocess.run(command, check=True, capture_output=True)
            part.replace(objects[-1])
    command = ["cc", *FLAGS, *flags, *map(str, objects), "-o", str(folder / LIBRARY)]
    subprocess.run(command, check=True)


def run(
    folder: Path, *words: str, seconds: float | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run Python with the library of the folder, and end what it has begun and left."""
    environment |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    pipes = dict.fromkeys(["stdout", "stderr"], subprocess.PIPE)
    options = {"cwd": folder, "env": os.environ | environment, "start_new_session": True}
    process = subprocess.Popen([sys.executable, *words], text=True, **pipes, **options)
    try:
        out, err = process.communicate(timeout=seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def failure(folder: Path, *tests: str, seconds: float | None = None, **environment: str) -> str:
    """Return the first test that fails, or nothing."""
    options = ["-x", "-q", "-p", "no:cacheprovider"]
    try:
        ran = run(folder, "-m", "pytest", *options, *tests, seconds=seconds, **environment)
    except subprocess.TimeoutExpired:
        return f"the tests, which take more than {seconds} s"
    if ran.returncode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return ""  # or all of a module were skipped, whose library is missing
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", ran.stdout, re.MULTILINE)
    return failed[1] if failed else f"the end of pytest with exit code {ran.returncode}"
