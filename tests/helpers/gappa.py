"""Evaluates the operations in the files of tests/proof/bounds, those of csrc/formulas_tpl.h."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import CodeType

BOUNDS = Path(__file__).parents[1] / "proof" / "bounds"
OPERATION = re.compile(r"^(\w+) = (?:rnd|result)\((.*)\);$", re.MULTILINE)

BINARY = re.compile(r"(\d+)b(-?\d+)")  # 3b-13, which is 3 * 2^-13


@cache
def operations(file: str) -> list[tuple[str, CodeType]]:
    """Return the operations of a file in bounds/, each to be rounded: name, expression."""
    text = BINARY.sub(r"(\1 * two ** \2)", (BOUNDS / file).read_text())
    return [(name, compile(of, file, "eval")) for name, of in OPERATION.findall(text)]


def carried_out(
    file: str, rounded: Callable[[Fraction], Fraction], **inputs: Fraction
) -> dict[str, Fraction]:
    """Return the results of the operations by name; what is an input already keeps its value."""
    values = dict(inputs)
    for name, expression in operations(file):
        if name not in inputs:
            values[name] = rounded(eval(expression, {"two": Fraction(2)}, values))
    return values
