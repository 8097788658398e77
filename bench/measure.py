"""Measures by turns: python bench/measure.py OUT.json [--threads N] [--quick].

All contenders of a group take turns, so that what else the machine does meets all alike, and the
least time of each counts, as whatever disturbs only adds to it. In a turn a contender is called
once untimed, so that the caches are its own, and then for at least TURN seconds. On many threads a
turn is longer and begins with a rest, as those of another library may be busy with waiting for its
next call, and the untimed calls are as many as the timed ones, so that the contender's own are
awake.
"""

import argparse
import dataclasses
import functools
import itertools
import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

TURN = 1e-4
TURN_ON_MANY = 1e-3
REST = 1e-2
PAUSE = 2e-3  # in which a contender's own threads go to sleep
ROUNDS = 25
FEWEST = 5
BUDGET = 0.25  # seconds of a contender in a group, unless it needs longer for the fewest rounds
CHECKED = slice(0, 1000)

COMMON = ["softsign", "softsign_derivative", "softsign_backward"]
SPLIT_FROM = 2**14  # float32 that threads share
CURVE = sorted([1, 10, 100, SPLIT_FROM, *(k * 10**e for e in range(3, 7) for k in (1, 3))])
CURVE += [10**7, 64 * 10**6]
GRID = [1000, 10**5, 10**6, 10**7]
LARGE = [SPLIT_FROM, 10**5, 10**6, 10**7]
LAYOUT_SIZE = 10**6
AFTER_PAUSE = "after a pause"
Group = tuple[str, str, str, int]  # pass, dtype, layout, number of elements


def groups(threads: int) -> list[Group]:
    """Return what is measured: softsign of float32 closely, of all the rest the sizes that tell."""
    import cases

    curve = [("softsign", "float32", "out", n) for n in CURVE]
    fresh = itertools.product(COMMON, ["float32"], ["fresh output"], [1, 100, 10**5, 10**7])
    if threads > 1:
        large = itertools.product(COMMON[1:], ["float32"], ["out"], LARGE)
        alone = itertools.product(COMMON[:1], ["float32"], ["fresh output", AFTER_PAUSE], LARGE[2:])
        return [*curve, *large, *alone]
    grid = itertools.product(cases.OPS, cases.EPSILON, ["out"], GRID)
    layouts = [layout for layout in cases.LAYOUTS if layout not in ("out", "fresh output")]
    others = itertools.product(COMMON, ["float32"], layouts, [LAYOUT_SIZE])
    found = dict.fromkeys([*curve, *grid, *fresh, *others])
    return [group for group in found if cases.is_measured(*group)]


def timed(compute: Callable[[], Any], calls: int) -> float:
    """Return the seconds of a call, the mean of some in a row."""
    start = perf_counter()
    for _ in itertools.repeat(None, calls):
        compute()
    return (perf_counter() - start) / calls


def wait(seconds: float) -> None:
    """Wait without giving up the CPU, whose clock would slow down."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def by_turns(
    contenders: dict[str, Callable[[], Callable[[], Any]]], threads: int = 1, pause: float = 0
) -> dict[str, float]:
    """Return the least seconds of each; a contender makes its call anew at each turn.

    After a pause one call is timed.
    """
    turn = TURN if threads == 1 else TURN_ON_MANY
    calls = {}
    for name, make in contenders.items():
        compute = make()
        once = min(timed(compute, 1) for _ in range(2))
        calls[name] = 1 if pause else max(1, math.ceil(turn / max(once, 1e-7)))
    least = dict.fromkeys(contenders, math.inf)
    spent = 0.0
    for done in range(ROUNDS):
        if done >= FEWEST and spent > BUDGET * len(contenders):
            break
        for name, make in contenders.items():
            compute = make()
            if threads > 1:
                sleep(REST)
                timed(compute, calls[name])
            compute()
            wait(pause)
            seconds = timed(compute, calls[name])
            least[name] = min(least[name], seconds)
            spent += seconds * (calls[name] + 1)
    return least


def makers(
    case: Any, layout: str, threads: int
) -> Iterator[tuple[str, Callable[[], Callable[[], Any]]]]:
    """Give what makes the call of each contender that has the case.

    Those without out= are given the case without it. Instruction sets and numbers of threads are
    settings of the whole package, and so are made again at each turn.
    """
    import cases
    from contenders import CONTENDERS
    from peers import UnsupportedError
    from test_speed import check

    from softsign_c._isa import missing_for_isas

    fastest, *others = missing_for_isas()
    expected = case.expected(CHECKED)
    variants = [case, dataclasses.replace(case, out=None)] if layout == "out" else [case]
    for name, contender in CONTENDERS.items():
        if name in others and threads > 1:
            continue
        for variant in variants:
            try:
                compute = contender(variant, threads)
            except UnsupportedError:
                continue
            if layout != "in place" and name != "np.copyto":
                check(compute(), expected, 8 * cases.EPSILON[case.dtype])
            if name in (fastest, *others, "one thread"):
                yield name, functools.partial(contender, variant, threads)
            else:
                yield name, lambda compute=compute: compute
            break


def measure(threads: int, largest: float) -> list[dict[str, Any]]:
    import cases

    import softsign_c

    rows = []
    for op, dtype, layout, n in groups(threads):
        if n > largest or (dtype == "bfloat16" and cases.bfloat16 is None):
            continue
        with softsign_c.use_isa(softsign_c.active_isa()), softsign_c.set_num_threads(1):
            of_case, pause = ("out", PAUSE) if layout == AFTER_PAUSE else (layout, 0)
            case = cases.make_case(op, dtype, n, of_case)
            times = by_turns(dict(makers(case, of_case, threads)), threads, pause)
        rows.append({"pass": op, "dtype": dtype, "layout": layout, "n": n, "times": times})
        print(op, dtype, layout, f"{n:,}", flush=True)
    return rows


def keep_to(threads: int) -> None:
    """Keep this process, and the thread pools that libraries make in it, to as many CPUs."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def main() -> None:
    global ROUNDS, FEWEST
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="try the command: few, small arrays")
    options = parser.parse_args()
    keep_to(options.threads)
    if options.quick:
        ROUNDS = FEWEST = 1
    rows = measure(options.threads, 1e4 if options.quick else math.inf)
    options.out.write_text(json.dumps({"threads": options.threads, "rows": rows}))


if __name__ == "__main__":
    main()
