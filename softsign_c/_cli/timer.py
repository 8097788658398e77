"""Takes times: the least of many samples, by turns. The one timer of the command and of bench/."""

import itertools
import math
from collections.abc import Callable, Hashable, Mapping
from time import perf_counter
from typing import Any, TypeVar

Name = TypeVar("Name", bound=Hashable)

SAMPLE = 1e-4  # seconds of calls that are timed together


def timed(function: Callable[[], object], calls: int) -> float:
    """Return the seconds that some calls in a row take together."""
    start = perf_counter()
    for _ in itertools.repeat(None, calls):
        function()
    return perf_counter() - start


def wait(seconds: float) -> None:
    """Wait without giving up the CPU, whose clock rate would drop."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def best_times(
    functions: Mapping[Name, Callable[[], object]],
    *,
    seconds: float = 0.02,
    rounds: tuple[int, int] = (3, 100),
    sample: float = SAMPLE,
    pause: float = 0,
    before: Callable[[Name], Any] = lambda name: None,
) -> dict[Name, float]:
    """Return the least seconds of a call of each function.

    The functions take turns, so that whatever else the machine does meets all alike. In a turn,
    after `before`, as many calls as are timed run untimed, so that caches, branch predictors and
    threads are the function's own. After a pause one call is timed. A function takes part in the
    least number of rounds at least, and in the most until it has spent its seconds.
    """
    best = dict.fromkeys(functions, math.inf)
    calls: dict[Name, int] = {}
    spent = 0.0
    for done in range(rounds[1]):
        if done >= rounds[0] and spent > seconds * len(functions):
            break
        for name, function in functions.items():
            before(name)
            if name not in calls:
                once = min(timed(function, 1) for _ in range(2))
                calls[name] = 1 if pause else max(1, math.ceil(sample / max(once, 1e-7)))
            untimed = timed(function, calls[name])
            if pause and untimed > 0:
                wait(pause)
            elapsed = timed(function, calls[name])
            if min(untimed, elapsed) <= 0:
                raise OSError("the clock stands still or runs backwards: no time can be taken")
            best[name] = min(best[name], elapsed / calls[name])
            spent += untimed + elapsed
    return best
