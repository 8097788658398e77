"""Searches float32 for the pair with backward's largest error, where its derivation says to look:
both roundings of 1 + |x| and of its reciprocal are worst just above a power of two, and the
product with grad is where it comes near to 1 + |x|.

    python tests/proof/backward.py

Every x with 1 + x in [1, 1.125) that is nearest to the middle between two sums is tried with the
gradients around (1 + x)^2. The pair it finds must be the one of softsign_c/_bounds.py and
docs/numerics.md.
"""

import math

import harness  # noqa: F401  (which makes the helpers importable)
import numpy as np

from bench.tables import NUMERICS, record
from helpers import raw
from helpers.reference import EXACT, TYPES, errors_in_ulp
from softsign_c._bounds import BOUNDS

F32 = TYPES["f32"]
SUMS, BESIDE = 1 << 20, 6  # above 1; floats around (1 + x)^2


def estimates(grad: np.ndarray, x: np.ndarray, got: np.ndarray) -> np.ndarray:
    """Return the errors in ulp, but for 2^-26."""
    true = grad.astype(np.float64) / (1 + x.astype(np.float64)) ** 2
    return np.abs(got - true) / np.ldexp(1.0, np.frexp(true)[1] - F32.precision)


def candidates() -> tuple[np.ndarray, np.ndarray]:
    """Return every pair to be tried, as bits: gradients and x."""
    middles = (np.arange(SUMS) + 0.5) * 2.0**-23
    near = middles.astype(np.float32).view(np.uint32) + np.array([[-1], [0], [1]]).astype(np.uint32)
    square = (1 + near.view(np.float32)) ** 2
    steps = np.arange(-BESIDE, BESIDE + 1).astype(np.uint32)[:, None, None]
    return square.view(np.uint32) + steps, near


def main() -> None:
    grad, x = (bits.ravel() for bits in np.broadcast_arrays(*candidates()))
    (got,) = raw.run(raw.ISAS[-1], "backward", "f32", grad, x)
    order = np.argsort(-estimates(*map(F32.widen, (grad, x, got))))[:1000]
    true = list(map(EXACT["backward"], *(F32.fractions(bits[order]) for bits in (grad, x))))
    error, best = max(zip(errors_in_ulp(F32, got[order], true), order, strict=True))
    shown = f"{math.ceil(error * 10000) / 10000:.4f} ulp"
    stated = f"{shown} at grad 0x{grad[best]:08x}, x 0x{x[best]:08x}"
    print(f"{float(error):.8f} ulp: {stated}")
    bound = BOUNDS["backward"]
    failures = [
        stated not in NUMERICS.read_text(),
        abs(float(error) - bound.worst) > 1e-6 or (grad[best], x[best]) != bound.at,
        error >= bound.below,
    ]
    record(f"{grad.size:,} pairs of float32", raw.ISAS[-1], f"backward {shown}", sum(failures))


if __name__ == "__main__":
    main()
