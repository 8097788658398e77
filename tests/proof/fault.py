"""Single faults that the ordinary tests must notice: where, what stands there, what is put instead,
and the tests that see it first.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """One change of a source file, which is to contain the old text exactly once."""

    name: str
    file: str
    old: str
    new: str
    tests: str
    why_unseen: str = ""


def test(*names: str) -> str:
    return " ".join(f"tests/test_{name}.py" for name in names)
