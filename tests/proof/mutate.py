"""Shows that the ordinary tests notice small faults, and the digests those in NEON: each of
faults*.py is put into a copy of the sources, which is built and tested.

    python tests/proof/mutate.py [part of a fault's name]
"""

import queue
import sys
from pathlib import Path

import harness
from fault import Fault
from faults import FAULTS
from sandbox import compile_library, copy_sources, failure
from table import record

TOO_LONG = 600  # s: a fault may leave a thread waiting for ever
FAST = "-O1"  # passes and fails as -O3 does, and is built in less time


def is_misplaced(fault: Fault) -> bool:
    return (harness.ROOT / fault.file).read_text().count(fault.old) != 1


def seen_by(fault: Fault, folder: Path) -> str:
    """Return the first test that fails with the fault in the folder's sources, or nothing."""
    file = folder / fault.file
    sound = file.read_text()
    try:
        file.write_text(sound.replace(fault.old, fault.new))
        compile_library(folder, FAST)
        seen = failure(folder, *fault.tests.split(), seconds=TOO_LONG)
        return seen or ("" if fault.why_unseen else failure(folder, seconds=TOO_LONG))
    finally:
        file.write_text(sound)


def failure_without_fault(folders: "queue.SimpleQueue[Path]", tests: set[str]) -> str:
    """Return the first of the tests, run in two halves, that fails without any fault."""

    def failure_in(tests: list[str]) -> str:
        folder = folders.get()
        compile_library(folder, FAST)
        test = failure(folder, *tests) if tests else ""
        folders.put(folder)
        return test

    return "".join(harness.in_parallel(failure_in, [sorted(tests)[::2], sorted(tests)[1::2]]))


def main() -> None:
    if misplaced := [fault.name for fault in filter(is_misplaced, FAULTS)]:
        sys.exit(f"their texts are not once in their files: {misplaced}")
    chosen = [fault for fault in FAULTS if "".join(sys.argv[1:]) in fault.name]
    folders: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for number in range(harness.CORES):
        folders.put(copy_sources(harness.BUILT / f"mutant-{number}"))

    def outcome(fault: Fault) -> bool:
        folder = folders.get()
        seen = seen_by(fault, folder)
        folders.put(folder)
        unseen = f"explained: {fault.why_unseen}" if fault.why_unseen else "FAULT"
        print(f"{fault.name}: {f'seen by {seen}' if seen else f'not seen, {unseen}'}", flush=True)
        return bool(seen) != bool(fault.why_unseen)

    if test := failure_without_fault(folders, {name for f in chosen for name in f.tests.split()}):
        sys.exit(f"fails without a fault: {test}")
    as_stated = harness.in_parallel(outcome, chosen)
    explained = sum(bool(fault.why_unseen) for fault in chosen)
    if chosen == FAULTS:
        inputs = f"{len(FAULTS)} single faults in C and Python"
        paths = f"{len(FAULTS) - explained} seen, {explained} explained"
        record(inputs, paths, "", len(FAULTS) - sum(as_stated))


if __name__ == "__main__":
    main()
