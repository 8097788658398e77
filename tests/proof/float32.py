"""Goes through every float32: the worst errors, and whether every promise is kept.

    python tests/proof/float32.py

The errors it finds must be those that csrc/formulas.h, docs/numerics.md and the docstrings state.
"""

import json
import math
from collections import Counter
from typing import Any

import harness
import numpy as np
from reference import EXACT, TYPES
from table import PAGE, record

import softsign_c

FORMULAS = (harness.ROOT / "csrc" / "formulas.h").read_text()
F32 = TYPES["f32"]
UFUNCS = {
    "forward": "softsign",
    "derivative": "softsign_derivative",
    "backward": "softsign_backward",
    "inverse": "softsign_inverse",
    "second_derivative": "softsign_second_derivative",
}
COUNTED = ["inputs", "measured", "correct", "asymmetric", "wrong limit", "outside"]


def is_correctly_rounded(line: dict[str, Any]) -> bool:
    """Decide what double could not."""
    x, grad, y = F32.fractions(np.array([line["x"], line["grad"], line["y"]], np.uint32))
    inputs = [grad, x] if line["undecided"] == "backward" else [x]
    return y == F32.rounded(EXACT[line["undecided"]](*inputs))


def run() -> list[dict[str, Any]]:
    """Return what the C program says, in parts."""
    program, parts = harness.build("float32"), harness.CORES
    printed = harness.in_parallel(harness.run, [(program, part, parts) for part in range(parts)])
    return [json.loads(line) for line in "".join(printed).splitlines()]


def check(name: str, found: list[dict[str, Any]], faults: dict[str, int]) -> str:
    """Return the worst error of the pass; note what is not as promised or as stated."""
    parts = [line for line in found if line.get("pass") == name]
    undecided = [line for line in found if line.get("undecided") == name]
    total = {key: sum(part[key] for part in parts) for key in COUNTED}
    correct = total["correct"] + sum(map(is_correctly_rounded, undecided))
    share = f"{math.floor(1000 * correct / total['measured']) / 10} %"
    part = max(parts, key=lambda part: (part["worst"], -part["x"]))
    worst, at = f"{math.ceil(part['worst'] * 100) / 100:.2f} ulp", f"0x{part['x']:08x}"
    promise = f"{worst} in float32"
    if name == "backward":  # over pairs this is a search, which bounds nothing
        promise, at = "4.51 ulp", f"grad 0x{part['grad']:08x}, x {at}"
    print(f"{name}: {part['worst']:.6f} ulp at {at}, {share} rounded correctly, {total}")

    faults[f"{name}: inputs left out"] = abs(2**32 - total["inputs"])
    for key in ["asymmetric", "wrong limit", "outside"]:
        faults[f"{name}: {key}"] = total[key]
    stated = f"| {worst} | {at} | {share} |"
    faults[f"docs/numerics.md does not say {stated}"] = stated not in PAGE.read_text()
    if name != "backward":
        faults[f"formulas.h does not say {worst} at {at}"] = f"{worst} at {at}" not in FORMULAS
    described = " ".join(getattr(softsign_c, UFUNCS[name]).__doc__.split())
    faults[f"{UFUNCS[name]}.__doc__ does not say {promise}"] = promise not in described
    return f"{name.replace('_', ' ')} {worst}"


def main() -> None:
    found = run()
    faults = Counter()
    for line in found:
        if "fused other" in line:
            faults.update(line)
    worst = [check(name, found, faults) for name in UFUNCS]
    for fault, times in (+faults).items():
        print(f"FAULT: {fault} ({times})")
    isas = ", ".join(softsign_c.available_isas())
    record("all 2^32 float32", isas, "; ".join(worst), sum(faults.values()))


if __name__ == "__main__":
    main()
