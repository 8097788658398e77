"""Has the files in bounds/ proven by Gappa, and tries one by one what they leave out: the floats
beside which an exact value passes a power of two.

    python tests/proof/bounds.py

Each file must be refused once its bound is made too small, or its premise too wide, as it says.
"""

import re
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import harness
import numpy as np

from bench.tables import record
from helpers.gappa import BOUNDS, carried_out
from helpers.reference import TYPES

F64 = TYPES["f64"]
PIECES = re.compile(r"^\$ t in \((.*)\);$", re.MULTILINE)
REFUSED = re.compile(r"^# Refused with (\S+) for (\S+)\.$", re.MULTILINE)


def is_proven(text: str) -> bool:
    command = ["gappa", "-Eno-auto-dichotomy"]
    return subprocess.run(command, input=text, text=True, capture_output=True).returncode == 0


def pieces(text: str) -> list[str]:
    """Return the statement for each interval of t, which Gappa splits less well by itself."""
    found = PIECES.search(text)
    if not found:
        return [text]
    ends = ["1", *found[1].split(", "), "2"]
    text = PIECES.sub("", text)
    assert "t in [1, 2]" in text
    return [text.replace("t in [1, 2]", f"t in [{a}, {b}]") for a, b in pairwise(ends)]


def too_strong(text: str) -> str:
    new, old = REFUSED.search(text).groups()
    statement = text[text.index("{") :]
    assert old in statement
    return text.replace(statement, statement.replace(old, new))


def worst_beside(power: int, boundary: Fraction, file: str) -> Fraction:
    """Return the largest error of 1 / t^power, in ulp, for each t beside the one where this is the
    boundary, a power of two."""
    root = np.float64((1 / boundary) ** (1 / power))
    worst = Fraction(0)
    for steps in range(-12, 13):
        s = Fraction(float(root + steps * np.spacing(root)))
        y = abs(carried_out(file, F64.rounded, one=Fraction(0), a=s)["y"])
        y = y / 2 if power == 3 else y
        half = F64.ulp(s) / 2
        ends = [1 / t**power for t in (s + half, s - half)]  # of the t that are rounded to s
        errors = [abs(y - end) / F64.ulp(end) for end in ends]
        if ends[0] < boundary <= ends[1]:  # from below, where an ulp is half as large
            errors.append(abs(y - boundary) / F64.ulp(ends[0]))
        worst = max(worst, *errors)
    return worst


def failures_beside() -> Iterator[str]:
    half = Fraction(1, 2)
    for file, power, boundaries, bound in [
        ("derivative.g", 2, [half], Fraction("2.25")),
        ("second_derivative.g", 3, [half, half / 2], Fraction("5.01")),
    ]:
        for boundary in boundaries:
            worst = worst_beside(power, boundary, file)
            print(f"{file}: {float(worst):.3f} ulp beside {boundary}, below {float(bound)}")
            if worst > bound:
                yield f"{file}: {float(worst)} ulp beside {boundary}"


def failures_of(file: str) -> list[str]:
    text = (BOUNDS / file).read_text()
    failures = [] if all(map(is_proven, pieces(text))) else [f"{file}: not proven"]
    if all(map(is_proven, pieces(too_strong(text)))):
        failures.append(f"{file}: proven even with {REFUSED.search(text)[0]}")
    return failures


def main() -> None:
    files = sorted(path.name for path in BOUNDS.iterdir())
    failures = [failure for found in harness.in_parallel(failures_of, files) for failure in found]
    failures += failures_beside()
    for failure in failures:
        print(f"FAILURE: {failure}")
    record(f"{len(files)} theorems", "float64, float32's estimate", "as derived", len(failures))


if __name__ == "__main__":
    main()
