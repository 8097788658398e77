"""What is measured: operands of each op, dtype, size and layout, and the exact results."""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

try:
    from ml_dtypes import bfloat16
except ImportError:
    bfloat16 = None

EPSILON = {"float16": 2**-10, "bfloat16": 2**-7, "float32": 2**-23, "float64": 2**-52}
DTYPES = [name for name in EPSILON if name != "bfloat16" or bfloat16]
COMMON = ["softsign", "softsign_derivative", "softsign_backward"]
FEW = [*range(1, 10), 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64]  # elements of a small call
SPLIT_FROM = 2**14  # float32 that threads share
CURVE = sorted([100, SPLIT_FROM, *(k * 10**e for e in range(3, 7) for k in (1, 3))])
CURVE += [10**7, 64 * 10**6]
GRID = [1000, 10**5, 10**6, 10**7]
LARGE = [SPLIT_FROM, 10**5, 10**6, 10**7]
LAYOUT_SIZE = 10**6
AFTER_PAUSE = "after a pause"
Group = tuple[str, str, str, int]  # op, dtype, layout, number of elements


def formulas(one: Any) -> dict[str, Callable[..., Any]]:
    """Return the formula of each op as a user writes it, with the given number for 1.

    They work on whatever has arithmetic: arrays, tensors, and numbers in Numba, which makes float64
    of a float32 plus an int, so that `one` has to be of the right type there.
    """

    def derivative(x):
        s = one + abs(x)
        return one / (s * s)

    def backward(grad, x):
        s = one + abs(x)
        return grad / (s * s)

    def with_derivative(x):
        s = one + abs(x)
        return x / s, one / (s * s)

    def second_derivative(x):
        s = one + abs(x)
        return (one + one) * np.sign(-x) / (s * s * s)

    return {
        "softsign": lambda x: x / (one + abs(x)),
        "softsign_derivative": derivative,
        "softsign_backward": backward,
        "softsign_with_derivative": with_derivative,
        "softsign_inverse": lambda y: y / (one - abs(y)),
        "softsign_second_derivative": second_derivative,
    }


OPS = list(formulas(1))


@dataclass(frozen=True)
class Case:
    op: str
    inputs: tuple[np.ndarray, ...]
    out: np.ndarray | tuple[np.ndarray, ...] | None

    @property
    def dtype(self) -> str:
        return self.inputs[-1].dtype.name

    @property
    def keywords(self) -> dict[str, Any]:
        return {} if self.out is None else {"out": self.out}

    def expected(self, of: slice) -> Any:
        """Return the results for a part of the elements, in C order, computed in float64."""
        parts = [x.ravel()[of] if x.size > 1 else x for x in self.inputs]
        return formulas(1.0)[self.op](*(part.astype(np.float64) for part in parts))


@functools.lru_cache(maxsize=2)
def numbers(dtype: str, n: int, seed: int) -> np.ndarray:
    """Return n numbers within (-1, 1) in every dtype, where all ops are defined."""
    sample = np.random.default_rng(seed).uniform(-0.99, 0.99, min(n, 10**4))
    return np.resize(sample.astype(bfloat16 if dtype == "bfloat16" else dtype), n)


def strided(x: np.ndarray) -> np.ndarray:
    return np.repeat(x, 2)[::2]


def transposed(x: np.ndarray) -> np.ndarray:
    """Return a matrix whose rows are not contiguous; the output is in C order."""
    return np.ascontiguousarray(x.reshape(-1, 1000)).T if x.size >= 1000 else x.reshape(-1, 1).T


def byte_swapped(x: np.ndarray) -> np.ndarray:
    return x.astype(x.dtype.newbyteorder())


LAYOUTS = {
    "out": np.asarray,
    "fresh output": np.asarray,
    "in place": np.copy,
    "strided": strided,
    "transposed": transposed,
    "byte-swapped": byte_swapped,
    "broadcast grad": np.asarray,
}


def make_case(op: str, dtype: str, n: int, layout: str) -> Case:
    inputs = [LAYOUTS[layout](numbers(dtype, n, seed=0))]
    if op == "softsign_backward":
        grad = numbers(dtype, n, seed=1)
        inputs.insert(0, grad[:1] if layout == "broadcast grad" else LAYOUTS[layout](grad))
    out: Any = None
    if layout == "in place":
        out = inputs[-1]
    elif layout != "fresh output":
        out = np.zeros(inputs[-1].shape, inputs[-1].dtype.newbyteorder("="))
    if out is not None and op == "softsign_with_derivative":
        out = (out, np.zeros_like(out))
    return Case(op, tuple(inputs), out)


def is_small(case: Case) -> bool:
    return case.op == "softsign" and case.dtype == "float32" and case.inputs[0].size <= FEW[-1]


def groups(threads: int) -> list[Group]:
    """Return what is measured: softsign of float32 closely, of all the rest the sizes that tell."""
    curve = [("softsign", "float32", "out", n) for n in [*FEW, *CURVE]]
    fresh = itertools.product(COMMON, ["float32"], ["fresh output"], [1, 100, *GRID[1:]])
    if threads > 1:
        large = itertools.product(COMMON[1:], ["float32"], ["out"], LARGE)
        alone = itertools.product(COMMON[:1], ["float32"], ["fresh output", AFTER_PAUSE], LARGE[2:])
        return [*curve[len(FEW) :], *large, *alone]
    grid = itertools.product(OPS, DTYPES, ["out"], GRID)
    layouts = [layout for layout in LAYOUTS if layout not in ("out", "fresh output")]
    others = itertools.product(COMMON, ["float32"], layouts, [LAYOUT_SIZE])
    found = dict.fromkeys([*curve, *grid, *fresh, *others])
    return [group for group in found if "broadcast" not in group[2] or group[0] == COMMON[2]]
