"""Errors of the command softsign-c that occur while the package is imported. This module needs
nothing else of the package.
"""

import sys
from contextlib import suppress
from pathlib import Path

# Errors in environment variables, to be raised when a verb runs.
problems: list[Exception] = []


def complain(problem: object) -> None:
    """Write one line to standard error, with every character escaped that is not printable."""
    line = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in f"softsign-c: {problem}"
    )
    with suppress(OSError):
        if sys.stderr:
            print(line, file=sys.stderr)


def is_command() -> bool:
    """Return whether this process is the command, not a program that imports the package."""
    started = "".join(sys.argv[:1])
    if started == "-m":  # while Python locates the module
        return "softsign_c" in sys.orig_argv
    return Path(started).stem == "softsign-c"


def explained(error: Exception, folder: str) -> Exception:
    """Return the error to raise when an import fails. The command exits instead, with one line."""
    if isinstance(error, ModuleNotFoundError) and error.name == "softsign_c._kernels":
        error = ImportError(
            f"softsign_c is not built in {folder}: run 'pip install -e .' in the folder above"
        )
    if is_command():
        complain(error)
        sys.exit(2)
    return error


def postpone(error: Exception) -> None:
    """Raise the error, but later in the command, so that its --help works."""
    if not is_command():
        raise error
    problems.append(error)
