"""Builds and runs tests/proof/races.c, which uses the pool of threads hard."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from build import unix_flags

ROOT = Path(__file__).resolve().parents[2]
PROOF = ROOT / "tests" / "proof"
SOURCES = ROOT / "csrc"
INSTRUMENT = ["-O1", "-g", "-fsanitize=thread"]


def build(folder: Path, compiler: str, delays: bool, sources: Path = SOURCES) -> Path:
    """Return the program: with random delays at atomic accesses, or with ThreadSanitizer."""
    program, pool = folder / f"races-{compiler}-{delays}", folder / "threads.o"
    flags = [*unix_flags([compiler]), f"-I{sources}"]
    instrumented = [compiler, *flags, *INSTRUMENT]
    subprocess.run([*instrumented, "-c", sources / "threads.c", "-o", pool], check=True)
    if delays:
        command = [compiler, *flags, pool, PROOF / "races.c", PROOF / "delays.c"]
    else:
        command = [*instrumented, pool, PROOF / "races.c"]
    subprocess.run([*command, "-o", program, "-lm"], check=True)
    return program


def run(command: Sequence[object], seconds: int) -> tuple[bool, dict[str, int]]:
    """Return whether the sanitizer saw a race, and what the program counted: nothing if it crashed
    or hung.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return False, {}
    return "data race" in done.stderr, json.loads(done.stdout or "{}")
