"""The errors of the ops of csrc/formulas_tpl.h: docstrings, pages and tests take theirs from here.

docs/proofs.md derives what they are below; tests/proof/float32.py and backward.py find the worst.
"""

import math
from typing import NamedTuple


class Bound(NamedTuple):
    """The error of an op, in units in the last place of the exact value."""

    below: float  # proven, for float32 and float64
    worst: float  # the largest that is known in float32
    at: tuple[int, ...]  # the bits of float32 inputs that have it

    @property
    def worst_rounded_up(self) -> str:
        """Return the worst error as text with two decimals."""
        return f"{math.ceil(100 * self.worst) / 100:.2f}"


# The worst is over all 2^32 inputs; backward's over pairs where its derivation says to look.
BOUNDS = {
    "forward": Bound(1.5, 1.499237, (0x44FFEBFF,)),
    "derivative": Bound(3.51, 3.498299, (0x3934F000,)),
    "backward": Bound(4.51, 4.497196, (0x3F801399, 0x399CD7FF)),
    "inverse": Bound(1.5, 1.499572, (0x3EFFF7FF,)),
    "second_derivative": Bound(5.57, 5.461188, (0x3E85A9A6,)),
}
