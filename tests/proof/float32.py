"""Goes through every float32: the worst errors, and whether every promise is kept.

    python tests/proof/float32.py [K]

The errors it finds must be those of softsign_c/_bounds.py and docs/numerics.md.
Where a compiler for aarch64 and an emulator are there, NEON takes each K-th (16th) 4096 numbers
and the first and the last 4096 of every binade; with 1 it takes all, and twenty minutes of a core.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import harness
import numpy as np
from digest import AARCH64, Build

from bench.tables import NUMERICS, record
from helpers.reference import EXACT, TYPES
from softsign_c._bounds import BOUNDS

F32 = TYPES["f32"]
BROKEN = ["asymmetric", "wrong limit", "outside"]
COUNTED = ["inputs", "measured", "correct", *BROKEN]
NEON = Build(AARCH64, ("aarch64-linux-gnu-gcc", "-static"), "-O3")


class Found(NamedTuple):
    """What the C program says."""

    isas: str
    lines: list[dict[str, Any]]

    def parts(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("op") == name]

    def total(self, name: str) -> dict[str, int]:
        return {key: sum(part[key] for part in self.parts(name)) for key in COUNTED}

    def worst(self, name: str) -> dict[str, Any]:
        """Return the part that has the op's worst error, at the smallest input."""
        return max(self.parts(name), key=lambda part: (part["worst"], -part["x"]))


def is_correctly_rounded(line: dict[str, Any]) -> bool:
    """Decide what double could not."""
    x, grad, y = F32.fractions(np.array([line["x"], line["grad"], line["y"]], np.uint32))
    inputs = [grad, x] if line["undecided"] == "backward" else [x]
    return y == F32.rounded(EXACT[line["undecided"]](*inputs))


def run(program: Path, *runner: str, sample: Sequence[int] = ()) -> Found:
    parts = harness.CORES
    commands = [(*runner, program, part, parts, *sample) for part in range(parts)]
    lines = "".join(harness.in_parallel(harness.run, commands)).splitlines()
    isas = dict.fromkeys(line for line in lines if not line.startswith("{"))
    return Found(", ".join(isas), [json.loads(line) for line in lines if line not in isas])


def broken(found: Found) -> Counter[str]:
    """Return the promises that are not kept."""
    failures = Counter[str]()
    for line in found.lines:
        if "fused other" in line:
            failures.update(line)
    for name, bound in BOUNDS.items():
        error, counts = found.worst(name)["worst"], found.total(name)
        print(f"{found.isas}: {name}: {error:.6f} ulp, {counts}")
        failures.update({f"{name}: {key}": counts[key] for key in BROKEN})
        failures[f"{name}: an error of {error} ulp"] += error >= bound.below
    return failures


def stated(name: str, found: Found, failures: Counter[str]) -> str:
    """Return the worst error of the op over every float32; note where another is stated."""
    undecided = [line for line in found.lines if line.get("undecided") == name]
    total, part = found.total(name), found.worst(name)
    correct = total["correct"] + sum(map(is_correctly_rounded, undecided))
    share = f"{math.floor(1000 * correct / total['measured']) / 10} %"
    worst, at = f"{math.ceil(part['worst'] * 100) / 100:.2f} ulp", f"0x{part['x']:08x}"
    if name == "backward":  # one gradient for each x: backward.py finds worse pairs
        at = f"grad 0x{part['grad']:08x}, x {at}"
    elif abs(part["worst"] - BOUNDS[name].worst) > 1e-6 or BOUNDS[name].at != (part["x"],):
        failures[f"{name}: _bounds.py does not say {part['worst']:.6f} ulp at {at}"] += 1
    failures[f"{name}: inputs left out"] = abs(2**32 - total["inputs"])
    row = f"| {worst} | {at} | {share} |"
    failures[f"docs/numerics.md does not say {row}"] = row not in NUMERICS.read_text()
    return f"{name.replace('_', ' ')} {worst}"


def on_neon(each: int, native: Path, failures: Counter[str]) -> Found | None:
    """Return what NEON does; note it where this machine does anything else."""
    if (missing := NEON.missing()) is not None:
        print(f"neon: left out, there is no {missing}")
        return None
    program = harness.build("float32", "float32-neon", NEON.compiler, [NEON.level, "-w"])
    found = run(program, *NEON.target.runner, sample=[each])
    failures["other bits on neon"] += found.lines != run(native, sample=[each]).lines
    return found


def main() -> None:
    program, failures = harness.build("float32"), Counter[str]()
    found = run(program)
    failures += broken(found)
    worst = [stated(name, found, failures) for name in BOUNDS]
    inputs, paths = "all 2^32 float32", "the machine's instruction sets and dividers"
    neon = on_neon(int(sys.argv[1] if sys.argv[1:] else 16), program, failures)
    if neon is not None:
        failures += broken(neon)
        inputs += f"; {neon.total('forward')['inputs']:,} of them, of every binade, on NEON"
        paths += "; NEON (qemu)"
    for failure, times in (+failures).items():
        print(f"FAILURE: {failure} ({times})")
    record(inputs, paths, "; ".join(worst), sum(failures.values()))


if __name__ == "__main__":
    main()
