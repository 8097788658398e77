"""Python in a process of its own, and what it says there."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path


def python(
    *words: object, cwd: Path | None = None, timeout: float | None = 600, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run Python with these arguments, and these environment variables beside the present ones."""
    return subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=timeout,
        env=os.environ | environment,
    )


def run_script(
    script: str, *arguments: object, **options: object
) -> "subprocess.CompletedProcess[str]":
    """Run an indented script."""
    return python("-c", textwrap.dedent(script), *arguments, **options)


def assert_refused(result: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """Fail unless a command failed as it should: one line that has the words, status 2."""
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    for word in words:
        assert word in result.stderr
