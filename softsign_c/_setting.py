"""What is changed from now on, or for the time of a with statement."""

from collections.abc import Callable
from types import TracebackType


class Setting:
    """At the end of its with statement, if it is used in one, calls what restores it."""

    def __init__(self, restore: Callable[[], None]) -> None:
        self._restore = restore

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._restore()
