"""Uses the pool of threads hard, built by gcc and by clang: under ThreadSanitizer, and with random
delays at atomic accesses.

    python tests/proof/races.py

The sanitizer must also see two mutants, the delays four.
"""

import shutil
from pathlib import Path

import harness

from bench.tables import record
from helpers import races

COMPILERS = ["gcc", "clang"]
CALLERS, CALLS, CHILDREN = 3, 3000, 1000
SECONDS = 600  # guards against hanging
HANGS = 30  # of a mutant
MUTANTS = {
    "not waited for": ("threads.c", "    wait_for_workers();\n", ""),
    "counted in two steps": (
        "threads.c",
        "uint32_t k = shared_add(&pool.next, 1);",
        "uint32_t k = pool.next;\n        pool.next = k + 1;",
    ),
    "handed over early": (
        "threads.c",
        "    float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));\n    pool.busy = 0;\n",
        "    pool.busy = 0;\n    float_raise((uint32_t)(pool.state >> FLAGS_SHIFT));\n",
    ),
    "lock of a parent": ("threads.c", "    return !is_orphaned();\n", "    return 1;\n"),
    "not in order": (
        "compiler.h",
        "atomic_compare_exchange_strong(word, &old, new)",
        "atomic_compare_exchange_strong_explicit(word, &old, new, memory_order_relaxed,"
        " memory_order_relaxed)",
    ),
}
SEEN_BY_DELAYS = list(MUTANTS)[:4]
SEEN_BY_SANITIZER = ["not waited for", "not in order"]


def copy_of_sources(mutant: str) -> Path:
    folder = harness.BUILT / mutant.replace(" ", "-")
    shutil.copytree(races.SOURCES, folder)
    if mutant in MUTANTS:
        name, old, new = MUTANTS[mutant]
        text = (folder / name).read_text()
        if text.count(old) != 1:
            raise ValueError(f"{mutant}: not once in {name}: {old!r}")
        (folder / name).write_text(text.replace(old, new))
    return folder


def outcome(compiler: str, mutant: str, delays: bool) -> tuple[bool, int]:
    """Return whether something was wrong, and how many calls workers helped with."""
    sources = harness.BUILT / mutant.replace(" ", "-")
    program = races.build(sources, compiler, delays, sources)
    # ThreadSanitizer wants addresses without randomization, and its locks do not bear a raw fork.
    start = [] if delays else ["setarch", "-R"]
    command = [*start, program, CALLERS, CALLS, CHILDREN if delays else 0]
    raced, counts = races.run(command, HANGS if mutant in MUTANTS else SECONDS)
    found = f"{'a race' if raced else 'no race'}, {counts or 'crashed or hung'}"
    print(f"{compiler}, {'delays' if delays else 'sanitizer'}, {mutant}: {found}", flush=True)
    return raced or counts.get("wrong") != 0, counts.get("helped", 0)


def main() -> None:
    failures = 0
    for mutant in ("as it is", *MUTANTS):
        copy_of_sources(mutant)
        for compiler in COMPILERS:
            for delays in (False, True):
                if mutant in MUTANTS:
                    required = SEEN_BY_DELAYS if delays else SEEN_BY_SANITIZER
                    failures += mutant in required and not outcome(compiler, mutant, delays)[0]
                else:
                    wrong, helped = outcome(compiler, mutant, delays)
                    failures += wrong + (helped < CALLERS * CALLS // 100)  # too few to show it
    inputs = f"{2 * len(COMPILERS) * CALLERS * CALLS:,} calls of {CALLERS} callers at once"
    paths = f"ThreadSanitizer and random delays, by {' and '.join(COMPILERS)}"
    record(inputs, f"{paths}; {len(MUTANTS)} mutants seen", "no race", failures)


if __name__ == "__main__":
    main()
