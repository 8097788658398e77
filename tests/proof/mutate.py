"""Makes small changes to copies of the sources, and reports those that no ordinary test notices.

    python tests/proof/mutate.py [--mutants N] [--seed N]

universalmutator makes the mutants, by its rules for C and Python: lines are drawn by the seed, and
one mutant of each. One that is not valid, or compiles to the same, is passed over. Some survivors
are equivalent in ways that a compiler does not see; above a rate of them the command fails.
"""

import argparse
import ast
import contextlib
import io
import queue
import random
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import harness
from sandbox import LIBRARY, compile_library, copy_sources, failure
from universalmutator.mutator import mutants_regexp

SOURCES = ["csrc/*.[ch]", "softsign_c/*.py", "build.py", "verify.py"]
NEEDS = {"softsign_c/torch/": "torch", "softsign_c/_cli/plot.py": "matplotlib"}  # to be tested
MAX_SURVIVING = 0.25  # of the mutants; of the first 17 three were equivalent, two not noticed
PATIENCE = 10  # a mutant hangs if its tests take so many times as long as without it
FAST = "-O1"  # the same bits as -O3, built in less time


class Mutant(NamedTuple):
    """A file with another text in one line."""

    file: str
    line: int
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n  - {self.old.strip()}\n  + {self.new.strip()}"


def drawn(seed: int) -> list[Mutant]:
    """Return a mutant of each line that has one, in random order."""
    of_lines: dict[tuple[str, int], list[Mutant]] = {}
    untested = tuple(name for name, module in NEEDS.items() if find_spec(module) is None)
    for file in harness.run(["git", "-C", harness.ROOT, "ls-files", *SOURCES]).splitlines():
        if file.startswith(untested):
            continue
        lines = (harness.ROOT / file).read_text().splitlines(keepends=True)
        rules = ["python"] if file.endswith(".py") else ["c_like", "c"]
        with contextlib.redirect_stdout(io.StringIO()):
            made = mutants_regexp(lines, ["universal", *rules], ignorePatterns=[])
        for line, new, *_ in made:
            mutant = Mutant(file, line, lines[line - 1], new)
            of_lines.setdefault((file, line), []).append(mutant)
    rng = random.Random(seed)
    return [rng.choice(of_lines[line]) for line in rng.sample(sorted(of_lines), len(of_lines))]


def meaning(text: str) -> str:
    """Return a Python module without its comments, docstrings and texts of several lines."""
    tree = ast.parse(text)
    compile(tree, "", "exec")  # which finds errors that the parser does not
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
        elif isinstance(node, ast.Constant) and "\n" in str(node.value):
            node.value = ""
    return ast.dump(tree)


def outcome(mutant: Mutant, folder: Path, seconds: float) -> str | None:
    """Return what notices the mutant, an empty word if nothing does, None if it is no program or
    the same one.
    """
    file, library = folder / mutant.file, (folder / LIBRARY).read_bytes()
    sound = file.read_text()
    lines = sound.splitlines(keepends=True)
    text = "".join([*lines[: mutant.line - 1], mutant.new, *lines[mutant.line :]])
    names = mutant.file.replace("_cli", "command_line").split(".")[0].split("/")
    named = [
        str(test)
        for test in (folder / "tests").glob("test_*.py")
        if any(name.strip("_") in test.stem for name in names)
    ]
    try:
        file.write_text(text)
        if file.suffix == ".py":
            is_same = meaning(text) == meaning(sound)
        else:
            compile_library(folder, FAST)
            is_same = (folder / LIBRARY).read_bytes() == library
        if is_same:
            return None
        seen = failure(folder, *named, seconds=seconds) if named else ""
        return seen or failure(folder, seconds=seconds)
    except (SyntaxError, subprocess.CalledProcessError):
        return None
    finally:
        file.write_text(sound)
        (folder / LIBRARY).write_bytes(library)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    mutants = iter(drawn(options.seed))
    folders: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for number in range(harness.CORES):
        folder = copy_sources(harness.BUILT / f"mutant-{number}")
        compile_library(folder, FAST)
        folders.put(folder)
    begin = time.monotonic()
    if test := failure(folder):
        sys.exit(f"fails without any mutant: {test}")
    patience = PATIENCE * (time.monotonic() - begin)

    def survives(_: int) -> bool:
        folder, seen = folders.get(), None
        while seen is None:
            seen = outcome(mutant := next(mutants), folder, patience)
        folders.put(folder)
        print(f"noticed by {seen}: {mutant}" if seen else f"SURVIVES: {mutant}", flush=True)
        return not seen

    survivors = sum(harness.in_parallel(survives, range(options.mutants)))
    print(f"{survivors} of {options.mutants} mutants survive, drawn with seed {options.seed}")
    if survivors > MAX_SURVIVING * options.mutants:
        sys.exit(f"more than {MAX_SURVIVING:.0%}: look for the tests that are missing")


if __name__ == "__main__":
    main()
