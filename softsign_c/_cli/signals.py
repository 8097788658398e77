"""Lets a signal end the command as it does by default, but after a clean-up."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Every other signal that can be caught ends the process. Those of a crash are left alone: a handler
# would return to the instruction that crashed.
NOT_ENDING = ("CHLD", "CONT", "TSTP", "TTIN", "TTOU", "URG", "WINCH", "INFO")
OF_A_CRASH = ("ABRT", "BUS", "EMT", "FPE", "ILL", "SEGV", "SYS", "TRAP")
NOT_CAUGHT = ("KILL", "STOP")


class SignalError(BaseException):
    """A signal that ends the command has arrived."""

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
    others = (f"SIG{name}" for name in (*NOT_ENDING, *OF_A_CRASH, *NOT_CAUGHT))
    return signal.valid_signals() - {getattr(signal, name, None) for name in others}


@contextmanager
def raised() -> Iterator[None]:
    """Raise SignalError, once, when a signal arrives that would end the process."""
    defaults = (signal.SIG_DFL, signal.default_int_handler)  # other handlers stay
    previous = {number: signal.getsignal(number) for number in ending_signals()}
    previous = {number: was for number, was in previous.items() if was in defaults}

    def handle(number: int, _: FrameType | None) -> None:
        for other in previous:  # nothing interrupts the clean-up
            signal.signal(other, signal.SIG_IGN)
        raise SignalError(number)

    try:
        for number in previous:
            signal.signal(number, handle)
        yield
    finally:
        for number, was in previous.items():
            signal.signal(number, was)
