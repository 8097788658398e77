"""Lets a signal end the command as it would without this module, but only after a clean-up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# All other signals that can be caught end a process: by the program's own fault, whose handler
# would return into it, or by somebody's wish.
NOT_ENDING = ("CHLD", "CONT", "TSTP", "TTIN", "TTOU", "URG", "WINCH", "INFO")
BY_FAULT = ("ABRT", "BUS", "EMT", "FPE", "ILL", "SEGV", "SYS", "TRAP")
NOT_CAUGHT = ("KILL", "STOP")


class SignalError(BaseException):
    """A signal has come that ends the command."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def end(self) -> int:
        """End this process by the signal, so that its parent knows; a shell shows 128 + number.

        Returns that status where the signal ends nothing, as in the first process of a container.
        """
        signal.signal(self.number, signal.SIG_DFL)
        signal.raise_signal(self.number)
        return 128 + self.number


def ending_signals() -> set[signal.Signals]:
    others = (f"SIG{name}" for name in (*NOT_ENDING, *BY_FAULT, *NOT_CAUGHT))
    return signal.valid_signals() - {getattr(signal, name, None) for name in others}


@contextmanager
def raised() -> Iterator[None]:
    """Raise SignalError, once, when a signal comes that would end the process."""
    defaults = (signal.SIG_DFL, signal.default_int_handler)  # others are somebody's wish
    previous = {number: signal.getsignal(number) for number in ending_signals()}
    previous = {number: was for number, was in previous.items() if was in defaults}

    def handle(number: int, _: FrameType | None) -> None:
        for other in previous:  # nothing disturbs the clean-up
            signal.signal(other, signal.SIG_IGN)
        raise SignalError(number)

    try:
        for number in previous:
            signal.signal(number, handle)
        yield
    finally:
        for number, was in previous.items():
            signal.signal(number, was)
