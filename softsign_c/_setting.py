"""What is changed from now on, or for the time of a with statement."""

import contextlib
from collections.abc import Callable
from types import TracebackType


class Setting:
    """Sets a value, by a function that returns the one before; a with statement sets that again at
    its end. It can be used in many, also in one within another, and by several threads at once.
    """

    def __init__(self, exchange: Callable[[int], int], value: int, name: object) -> None:
        self._exchange, self._value, self._name = exchange, value, name
        self._first = [exchange(value)]  # until one thread takes it, for the first block of all
        self._before: list[int] = []  # one for each block that is entered

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r})"

    def __enter__(self) -> None:
        before = self._exchange(self._value)
        with contextlib.suppress(IndexError):
            before = self._first.pop()
        self._before.append(before)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exchange(self._before.pop())
