"""What is changed from now on, or for the time of a with statement."""

from collections.abc import Callable
from types import TracebackType


class Setting:
    """Sets a value, by a function that returns the one before; a with statement sets that again at
    its end. It can be used in many, also in one within another.
    """

    def __init__(self, exchange: Callable[[int], int], value: int) -> None:
        self._exchange, self._value = exchange, value
        self._before = [exchange(value)]  # one more for each block that is entered, but the first
        self._is_new = True

    def __enter__(self) -> None:
        before = self._exchange(self._value)
        if not self._is_new:
            self._before.append(before)
        self._is_new = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exchange(self._before.pop())
