"""Builds the C programs of this folder together with the kernels."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(ROOT)]  # for what the tests and the pages share

from build import unix_flags  # noqa: E402

CORES = len(os.sched_getaffinity(0))
_folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
BUILT = Path(_folder.name)


def build(
    program: str,
    name: str = "",
    compiler: Sequence[str] = ("cc",),
    flags: Sequence[str] = (),
    kernels: Path = ROOT / "csrc",
) -> Path:
    """Compile the named program with the kernels, by default with the flags of the library."""
    target = BUILT / (name or program)
    sources = [*map(str, sorted(kernels.rglob("*.c"))), str(HERE / f"{program}.c")]
    command = [*compiler, *unix_flags(compiler), *flags, f"-I{kernels}", *sources]
    subprocess.run([*command, "-o", str(target), "-lm"], check=True)
    return target


def run(command: Sequence[object]) -> str:
    """Return what the command prints; it must succeed."""
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def in_parallel(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """Return the results for the items, worked on by as many threads as there are cores."""
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(function, items))
