"""Works the pool of threads hard under ThreadSanitizer, built by gcc and by clang.

    python tests/proof/races.py

Each must also see two faults that are put in: a caller that does not wait for the workers, and
words that are shared without an order of what is written beside them.
"""

import json
import shutil
import subprocess
from pathlib import Path

import harness

from bench.tables import record

COMPILERS = ["gcc", "clang"]
CALLERS, CALLS = 3, 3000  # calls of each caller
FAULTS = {
    "not joined": ("threads.c", "    join();\n", ""),
    "not in order": (
        "compiler.h",
        "atomic_compare_exchange_strong(word, &old, new)",
        "atomic_compare_exchange_strong_explicit(word, &old, new, memory_order_relaxed,"
        " memory_order_relaxed)",
    ),
}


def copy_of_sources(fault: str) -> Path:
    folder = harness.BUILT / fault.replace(" ", "-")
    shutil.copytree(harness.ROOT / "csrc", folder)
    if fault in FAULTS:
        name, old, new = FAULTS[fault]
        text = (folder / name).read_text()
        if text.count(old) != 1:
            raise ValueError(f"{fault}: not once in {name}: {old!r}")
        (folder / name).write_text(text.replace(old, new))
    return folder


def build(compiler: str, sources: Path) -> Path:
    program = sources / f"races-{compiler}"
    files = [sources / "threads.c", harness.HERE / "races.c"]
    flags = [*harness.unix_flags([compiler]), "-O1", "-g", "-fsanitize=thread", f"-I{sources}"]
    subprocess.run([compiler, *flags, *files, "-o", program, "-lm"], check=True)
    return program


def run(program: Path) -> tuple[bool, dict[str, int]]:
    """Return whether the sanitizer told of a race, and what the program counted."""
    command = ["setarch", "-R", program, CALLERS, CALLS]  # it wants addresses where they used to be
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=600)
    raced = "WARNING: ThreadSanitizer: data race" in done.stderr
    if done.returncode != 0 and not raced:
        raise RuntimeError(done.stderr)
    return raced, json.loads(done.stdout or "{}")  # with a fault in it, it may have crashed


def main() -> None:
    faults = helped = 0
    for name in ("as it is", *FAULTS):
        sources = copy_of_sources(name)
        for compiler in COMPILERS:
            raced, counts = run(build(compiler, sources))
            print(f"{compiler}, {name}: {'a race' if raced else 'no race'}, {counts}", flush=True)
            if name in FAULTS:
                faults += not raced
            else:
                faults += raced + counts["wrong"]
                helped += counts["helped"]
    faults += helped < CALLS // 10  # too few to have shown anything
    inputs = f"{len(COMPILERS) * CALLERS * CALLS:,} calls of {CALLERS} callers at once"
    paths = f"ThreadSanitizer, by {' and '.join(COMPILERS)}; {len(FAULTS)} faults seen"
    record(inputs, paths, "no race", faults)


if __name__ == "__main__":
    main()
