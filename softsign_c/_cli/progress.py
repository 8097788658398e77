"""A bar that shows how far a verb has come."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

MAX_WIDTH = 200  # columns: COLUMNS may say anything


def new_bar() -> "Progress | None":
    """Return a bar on the terminal, or None: without one, or without rich."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        return None
    width, height = shutil.get_terminal_size()  # rich fails where COLUMNS or LINES is no number
    return Progress(
        console=Console(stderr=True, width=min(width, MAX_WIDTH), height=height), transient=True
    )


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar until the block ends, where there can be one.

    Yields a function that is to be told of how many steps more are done.
    """
    bar = new_bar()
    with bar or nullcontext():
        if bar:
            yield partial(bar.advance, bar.add_task(what, total=total))
        else:
            yield lambda steps: None
