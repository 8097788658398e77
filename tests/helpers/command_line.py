"""Runs the command softsign-c in this process, in a tenth of the time of a new one."""

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from helpers.process import assert_refused
from softsign_c._cli.main import main
from softsign_c._cli.replace import replacing


class Terminal(io.StringIO):
    """A terminal, of which a test reads the text."""

    def isatty(self) -> bool:
        return True


def command(*words: object, stderr: io.StringIO | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command and return its status and output."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(stderr or io.StringIO()) as err:
        status = main([str(word) for word in words])
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def applied(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Apply the command to x.npy of the folder, into y.npy."""
    return command("apply", folder / "x.npy", folder / "y.npy", *words)


def assert_apply_refuses(folder: Path, *words: str) -> None:
    """Fail unless x.npy is refused in one line that has the words, and there is no y.npy."""
    assert_refused(applied(folder), *words)
    assert not (folder / "y.npy").exists()


def replaced(target: Path, problem: BaseException | None = None) -> os.stat_result:
    """Replace the target, and return the status of the new file before there is anything in it."""
    with replacing(target) as file:
        before = os.fstat(file.fileno())
        assert before.st_size == 0
        file.write(b"new")
        if problem:
            raise problem
    return before
