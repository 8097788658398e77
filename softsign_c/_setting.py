"""A setting that is changed for good, or for the duration of a with statement."""

import contextlib
from collections.abc import Callable
from types import TracebackType


class Setting:
    """Sets a value by a function that returns the previous one, which the end of a with statement
    restores. One object may be used in several with statements, nested ones and those of several
    threads at once.
    """

    def __init__(self, exchange: Callable[[int], int], value: int, name: object) -> None:
        self._exchange, self._value, self._name = exchange, value, name
        self._first = [exchange(value)]  # until the first block takes it
        self._before: list[int] = []  # one for each entered block

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
