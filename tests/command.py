"""The command softsign-c in this process, which takes a tenth of the time of one of its own."""

import io
import subprocess
from contextlib import redirect_stderr, redirect_stdout

from softsign_c._cli.main import main


class Terminal(io.StringIO):
    """What a test reads of a terminal."""

    def isatty(self) -> bool:
        return True


def command(*words: object, stderr: io.StringIO | None = None) -> subprocess.CompletedProcess[str]:
    """Carry out what the words say, and return the status and what was printed."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(stderr or io.StringIO()) as err:
        status = main([str(word) for word in words])
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())
