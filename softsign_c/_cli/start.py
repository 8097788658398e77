"""How the command softsign-c begins, with an import of the package, and what it says if that fails.
Therefore this module needs nothing else of the package.
"""

import sys
from contextlib import suppress
from pathlib import Path

# What is wrong with the environment of the command, to be said when a verb is carried out.
problems: list[Exception] = []


def complain(problem: object) -> None:
    """Write one line to standard error, in which nothing can control a terminal."""
    line = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in f"softsign-c: {problem}"
    )
    with suppress(OSError):
        if sys.stderr:
            print(line, file=sys.stderr)


def is_command() -> bool:
    """Return whether Python runs the command, and not a program that imports the package."""
    started = "".join(sys.argv[:1])
    if started == "-m":  # as long as Python looks for the module
        return "softsign_c" in sys.orig_argv
    return Path(started).stem == "softsign-c"


def explained(error: Exception, folder: str) -> Exception:
    """Return the error to raise when an import fails. The command ends instead, with one line."""
    if isinstance(error, ModuleNotFoundError) and error.name == "softsign_c._kernels":
        error = ImportError(
            f"softsign_c is not built in {folder}: run 'pip install -e .' in the folder above"
        )
    if is_command():
        complain(error)
        sys.exit(2)
    return error


def postpone(error: Exception) -> None:
    """Raise the error, or let the command raise it later: its --help works without."""
    if not is_command():
        raise error
    problems.append(error)
