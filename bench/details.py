"""What the large comparison leaves out: data full of special values, and the first call."""

import functools
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from bench import cases
from bench.peers import CONTENDERS
from bench.rows import NUMPY, Row
from softsign_c._cli.timer import best_times

SPECIAL_SIZE = 10**5
FRACTIONS = (0.001, 0.01, 0.5, 1.0)
HUGE = {"float16": (14, 15), "float64": (512, 800)}  # powers of two; else as in float32
HUGE_OF_FLOAT32 = (64, 100)
FIRST_CALLS = {
    "numpy": "import numpy",
    "softsign_c": "from softsign_c import softsign; softsign(x)",
    "numba": "import numba; numba.vectorize(['f4(f4)'])(lambda x: x / (1 + abs(x)))(x)",
    "jax": "import jax; jax.nn.soft_sign(x).block_until_ready()",
    "torch": "import torch; torch.nn.functional.softsign(torch.from_numpy(x))",
    "tensorflow": "import tensorflow; tensorflow.nn.softsign(x)",
}


def special_values(op: str, dtype: str) -> dict[str, list[float]]:
    """Return the values of each kind."""
    kinds = {"NaN": [np.nan], "infinity": [np.inf, -np.inf]}
    if op == "softsign_inverse":  # defined in [-1, 1]
        return {"NaN": [np.nan], "±1": [1.0, -1.0]}
    for exponent in HUGE.get(dtype, HUGE_OF_FLOAT32):
        kinds[f"2^{exponent}"] = [
            sign * (1 + k / 8) * 2.0**exponent for sign in (1, -1) for k in range(8)
        ]
    return kinds


def special(threads: int, largest: float) -> Iterator[Row]:
    """Give the seconds on data with special values at random places, beside NumPy's expression."""
    random = np.random.default_rng(0)
    n = int(min(SPECIAL_SIZE, largest))
    for op in cases.OPS:
        for dtype in cases.DTYPES:
            ordinary = cases.make_case(op, dtype, n, "out")
            for layout, x in mixtures(op, dtype, ordinary.inputs[-1], random):
                case = cases.Case(op, (*ordinary.inputs[:-1], x), ordinary.out)
                with np.errstate(all="ignore"):
                    calls = {name: CONTENDERS[name](case, 1) for name in ("softsign_c", *NUMPY)}
                    yield Row(op, dtype, layout, 1, n, best_times(calls, rounds=(3, 25)))


def mixtures(
    op: str, dtype: str, x: np.ndarray, random: np.random.Generator
) -> Iterator[tuple[str, np.ndarray]]:
    """Give ordinary data, and data a fraction of which is special."""
    yield "ordinary", x
    for kind, values in special_values(op, dtype).items():
        chosen = random.choice(values, x.size).astype(x.dtype)
        places = random.random(x.size)
        for fraction in FRACTIONS:
            yield f"{fraction:g} {kind}", np.where(places < fraction, chosen, x)


def first_calls(threads: int, largest: float) -> Iterator[Row]:
    """Give the seconds from an interpreter that has NumPy to the first result, and NumPy's own."""
    program = "import time; {}t = time.perf_counter(); {}; print(time.perf_counter() - t)"
    made = "import numpy; x = numpy.ones(1000, 'f4'); "
    found = {}
    for name, code in FIRST_CALLS.items():
        text = program.format("" if name == "numpy" else made, code)
        run = functools.partial(
            subprocess.run,
            [sys.executable, "-W", "ignore", "-c", text],
            capture_output=True,
            text=True,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        runs = [run() for _ in range(3)]
        if not any(done.returncode for done in runs):
            found[name] = min(float(done.stdout.split()[-1]) for done in runs)
    yield Row("softsign", "float32", "first call", 1, 1000, found)
