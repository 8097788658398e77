"""The entry point of the command softsign-c: dispatch to a verb, exit status, errors, signals."""

import argparse
import io
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from typing import IO

from softsign_c._cli import signals
from softsign_c._cli.parser import UFUNCS, parser
from softsign_c._cli.start import complain, problems


def parsed(words: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments. Help is buffered, as argparse ignores errors when it writes it."""
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            return parser().parse_args(words)
    finally:
        print(said.getvalue(), end="")


def run(arguments: argparse.Namespace) -> None:
    """Run a verb; its module is imported on demand."""
    for problem in problems:
        raise OSError(problem) from problem
    if arguments.verb == "bench":
        from softsign_c._cli.bench import bench

        bench(arguments.threads, arguments.json)
    elif arguments.verb == "plot":
        try:
            from softsign_c._cli.plot import plot
        except ModuleNotFoundError as error:
            raise OSError("plot needs Matplotlib: pip install 'softsign_c[plot]'") from error
        except Exception as error:  # its settings or its libraries are broken
            raise OSError(f"Matplotlib cannot be imported: {error}") from error

        plot(arguments.source, arguments.target)
    elif arguments.verb == "apply":
        from softsign_c._cli.apply import apply

        apply(arguments.source, arguments.target, UFUNCS[arguments.op])
    else:
        from softsign_c._cli.info import info

        info()


def status_of(words: Sequence[str] | None) -> int:
    """Run the command and return the exit status."""
    try:
        with suppress(SystemExit):  # raised by --help and --version
            run(parsed(words))
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError as error:  # Python ignores the signal that ends other programs here
        raise signals.SignalError(getattr(signal, "SIGPIPE", signal.SIGTERM)) from error
    except MemoryError as error:
        complain(str(error) or "there is not enough memory")
    except (OSError, Warning) as error:  # PYTHONWARNINGS=error raises warnings
        complain(error)
    else:
        return 0
    return 2


def give_up(stream: IO[str] | None) -> None:
    """Discard what cannot be written, or Python reports it again at exit."""
    if stream:
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def usable(encoding: str) -> str:
    """Return the encoding, or ASCII where it is one that not every text can be written in."""
    try:
        "\n".encode(encoding, errors="backslashreplace")
    except UnicodeError:
        return "ascii"
    return encoding


def main(words: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 2 after an error. A signal ends the process as it does other
    programs, after the clean-up.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=usable(stream.encoding), errors="backslashreplace")
    try:
        with signals.raised(), warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: complain(f"warning: {message}")
            return status_of(words)
    except signals.SignalError as error:
        return error.end()
    finally:
        give_up(sys.stdout)
        give_up(sys.stderr)
