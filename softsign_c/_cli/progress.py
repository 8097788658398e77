"""Progress bars."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

MAX_WIDTH = 200  # columns, since COLUMNS may be any number


def new_bar() -> "Progress | None":
    """Return a bar on the terminal, or None if there is no terminal or no rich."""
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
    """Show a bar until the block ends, where that is possible.

    Yields a function that advances it by a number of steps.
    """
    bar = new_bar()
    with bar or nullcontext():
        if bar:
            yield partial(bar.advance, bar.add_task(what, total=total))
        else:
            yield lambda steps: None
