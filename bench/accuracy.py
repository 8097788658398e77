"""How exactly others compute the same: writes the tables of docs/accuracy.md, in a few minutes.

python -m bench.accuracy              every float16, half a million float32 of each binade
python -m bench.accuracy --every 1    every float32, for an hour

Results are compared with exact ones. Those of float64 are made of integers; for the narrower types
float64 is exact enough to measure by, and integers decide where a result is next to a midpoint.
"""

import argparse
import itertools
import math
import multiprocessing
import os
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from bench import machine
from bench.cases import Case
from bench.peers import CONTENDERS, GRADIENT, PEERS, Contender, UnsupportedError
from bench.tables import DOCS, fill, table

PAGE = DOCS / "accuracy.md"
FORMULA = "softsign_derivative"
IMPLEMENTATIONS: dict[str, tuple[Contender, str]] = {  # and which op is its derivative
    "softsign_c": (CONTENDERS["softsign_c"], FORMULA),
    "NumPy": (CONTENDERS["numpy"], FORMULA),
    "Numba, 1 as written": (partial(PEERS["numba"], plain_one=True), FORMULA),
    "Numba, 1 of the dtype": (PEERS["numba"], FORMULA),
    "the same, fastmath": (partial(PEERS["numba"], fastmath=True), FORMULA),
    "NumExpr": (PEERS["numexpr"], FORMULA),
    "JAX": (PEERS["jax"], GRADIENT),
    "PyTorch": (PEERS["torch"], GRADIENT),
    "TensorFlow": (PEERS["tensorflow"], GRADIENT),
    "ONNX Runtime": (PEERS["onnxruntime"], FORMULA),
}
DTYPES = ["float32", "float16", "float64"]
FUNCTIONS = ["softsign", "derivative"]
CHUNK = 2**14  # fits the second-level cache
SAMPLES = {True: 128, False: 4}  # of a binade of float64: where y is neither x nor 1, elsewhere
Exact = tuple[np.ndarray, np.ndarray]  # float64 and what it lacks
Function = Callable[[np.ndarray], np.ndarray]
Found = dict[str, dict[str, Any]]  # by dtype and function


def exact_integers(function: str, x: float) -> tuple[int, int]:
    """Return the numerator and the denominator of the true value at a finite x >= 0."""
    n, d = x.as_integer_ratio()
    return (n, n + d) if function == "softsign" else (d * d, (n + d) ** 2)


def exact_float64(function: str, x: np.ndarray) -> Exact:
    nearest, rest = np.empty_like(x), np.empty_like(x)
    for i, value in enumerate(x.tolist()):
        n, d = exact_integers(function, value)
        nearest[i] = n / d  # rounded correctly, as they are integers
        rest[i] = Fraction(n, d) - Fraction(nearest[i])
    return nearest, rest


def exact(function: str, x: np.ndarray) -> tuple[Exact, np.ndarray]:
    """Return the true values at x >= 0, and the nearest numbers of its dtype."""
    if x.dtype == np.float64:
        true = exact_float64(function, x)
        return true, true[0]
    wide = x.astype(np.float64)
    s = 1 + wide
    true = wide / s if function == "softsign" else 1 / (s * s)
    nearest = true.astype(x.dtype)
    off = np.abs(nearest - true) / ulp(true, x.dtype)
    for i in np.flatnonzero(np.abs(off - 0.5) < 2**-26):
        n, d = exact_integers(function, float(wide[i]))
        around = [nearest[i], *(np.nextafter(nearest[i], end) for end in x.dtype.type([0, 2]))]
        nearest[i] = min(around, key=lambda y: abs(Fraction(float(y)) - Fraction(n, d)))
    return (true, np.zeros(1)), nearest


def ulp(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Return the distance of the dtype's numbers around each value."""
    info = np.finfo(dtype)
    binade = (values.view(np.uint64) & np.uint64(0x7FF << 52)).view(np.float64)
    return np.maximum(binade, float(info.smallest_normal)) * float(info.eps)


def chunks(dtype: str, every: int) -> Iterator[np.ndarray]:
    """Return the finite numbers from 0 on, in their order."""
    if dtype == "float16":
        yield np.arange(0x7C00, dtype=np.uint16).view(dtype)
    elif dtype == "float32":
        for start in range(0, 0x7F800000, CHUNK * every):
            stop = min(start + CHUNK * every, 0x7F800000)
            yield np.arange(start, stop, every, dtype=np.uint32).view(dtype)
    else:
        random = np.random.default_rng(0)
        counts = [SAMPLES[abs(exponent) <= 60] for exponent in range(-1023, 1024)]
        binades = np.repeat(np.arange(2047, dtype=np.uint64) << np.uint64(52), counts)
        bits = binades | random.integers(0, 1 << 52, binades.size, np.uint64)
        yield np.sort(bits[:: min(every, 64)]).view(dtype)


@dataclass
class Findings:
    """What was found of one function: errors where the exact result is a normal number."""

    inputs: int = 0
    right: int = 0
    worst: float = 0
    at: str = ""
    beyond: int = 0  # outside [0, 1] at x >= 0
    unordered: int = 0
    uneven: int = 0  # not the mirror image of the result at -x

    def judge(self, x: np.ndarray, y: np.ndarray, true: Exact, nearest: np.ndarray) -> None:
        """Count what is wrong with the results at x >= 0 or, mirrored, at -x."""
        errors = np.abs((y - true[0]) - true[1]) / ulp(true[0], x.dtype)
        errors[true[0] < np.finfo(x.dtype).smallest_normal] = 0
        errors[~np.isfinite(y)] = np.inf
        i = int(np.argmax(errors))
        if errors[i] > self.worst:
            self.worst, self.at = float(errors[i]), hexadecimal(x[i])
        self.inputs += x.size
        self.right += np.count_nonzero(y == nearest)
        self.beyond += np.count_nonzero((y < 0) | (y > 1))


def hexadecimal(x: np.floating) -> str:
    return f"0x{int(x.view(f'u{x.itemsize}')):0{2 * x.itemsize}x}"


def examine(function: str, compute: Function, dtype: str, every: int) -> Findings:
    found = Findings()
    rising = function == "softsign"
    last = np.array([0 if rising else 1], dtype)
    for x in chunks(dtype, every):
        true, nearest = exact(function, x)
        y = compute(x)
        found.judge(x, y, true, nearest)
        mirrored = compute(-x) * (-1 if rising else 1)
        if (uneven := np.count_nonzero(mirrored != y)) > 0:
            found.uneven += uneven
            found.judge(-x, mirrored, true, nearest)
        line = np.concatenate([last, y])
        steps = line[1:] < line[:-1] if rising else line[1:] > line[:-1]
        found.unordered += np.count_nonzero(steps)
        last = y[-1:]
    return found


def at_limits(compute: Function, dtype: str) -> tuple[dict[str, str], list[str]]:
    """Return the results at the special inputs as text, and what NumPy warns of."""
    info = np.finfo(dtype)
    inputs = {"inf": np.inf, "-inf": -np.inf, "nan": np.nan, "-0": -0.0}
    inputs |= {"largest": info.max, "subnormal": info.smallest_subnormal}
    results, messages = {}, set()
    for name, x in inputs.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            y = compute(np.full(64, x, dtype))[0]
        kept = name == "subnormal" and y == x
        results[name] = "kept" if kept else f"{y:g}".replace("nan", "NaN")
        messages |= {str(warning.message).split(" encountered")[0] for warning in caught}
    return results, sorted(messages)


def function_of(name: str, function: str, dtype: str) -> Function:
    """Return what computes the function by that implementation."""
    contender, derivative = IMPLEMENTATIONS[name]
    op = "softsign" if function == "softsign" else derivative

    def compute(x: np.ndarray) -> np.ndarray:
        inputs = (np.ones_like(x), x) if op == GRADIENT else (x,)
        return np.asarray(contender(Case(op, inputs, None), 1)())

    compute(np.ones(1, dtype))  # or the implementation does not have it
    return compute


def examine_all(name: str, every: int) -> Found:
    """Return all that is found of an implementation, as plain data."""
    found: Found = {}
    for dtype, function in itertools.product(DTYPES, FUNCTIONS):
        try:
            compute = function_of(name, function, dtype)
        except UnsupportedError:
            continue
        limits, messages = at_limits(compute, dtype)
        with np.errstate(all="ignore"):
            findings = asdict(examine(function, compute, dtype, every))
        found[f"{dtype} {function}"] = findings | {"limits": limits, "warnings": messages}
    return found


def worst(finding: dict[str, Any]) -> str:
    error = finding["worst"]
    if math.isinf(error):
        return f"not finite at `{finding['at']}`"
    number = f"{error:.2f}" if error < 1e6 else re.sub(r"e\+0?", "e", f"{error:.1e}")
    return f"{number} at `{finding['at']}`"


def share(finding: dict[str, Any]) -> str:
    """Return the share of right results in per cent, never rounded up to all of them."""
    if finding["right"] == finding["inputs"]:
        return "all"
    wrong = 100 * (1 - finding["right"] / finding["inputs"])
    digits = max(1, math.ceil(-math.log10(wrong)))
    scale = 10**digits
    return f"{math.floor((100 - wrong) * scale) / scale:.{digits}f} %"


def errors_table(findings: dict[str, Found], dtype: str) -> str:
    rows = []
    for name, found in findings.items():
        pair = [found.get(f"{dtype} {function}") for function in ("softsign", "derivative")]
        if any(pair):
            cells = [cell(one) if one else "" for one in pair for cell in (worst, share)]
            rows.append([name, *cells])
    head = ["", "softsign, worst ulp", "right", "derivative, worst ulp", "right"]
    return table(head, rows)


def limits(finding: dict[str, Any], expected: dict[str, str]) -> str:
    """Return `right`, or what came out in place of it."""
    got = finding["limits"]
    wrong = [got[name] for name, value in expected.items() if got[name] != value]
    return ", ".join(dict.fromkeys(wrong)) or "right"


def limits_table(findings: dict[str, Found]) -> str:
    rows = []
    for name, found in findings.items():
        softsign, derivative = (found.get(f"float32 {f}") for f in ("softsign", "derivative"))
        expected = {"inf": "1", "-inf": "-1"}, {"largest": "1"}, {"nan": "NaN", "-0": "-0"}
        cells = [limits(softsign, values) for values in (*expected, {"subnormal": "kept"})]
        cells.append(limits(derivative, {"inf": "0", "-inf": "0"}) if derivative else "")
        rows.append([name, *cells])
    head = ["", "±∞", "largest finite", "NaN, -0", "smallest", "derivative at ±∞"]
    return table(head, rows)


def order_table(findings: dict[str, Found]) -> str:
    rows = []
    for name, found in findings.items():
        cells = []
        for function in ("softsign", "derivative"):
            finding = found.get(f"float32 {function}")
            cells += [f"{finding[k]:,}" for k in ("beyond", "unordered")] if finding else ["", ""]
        messages = {m for f in found.values() for m in f["warnings"]}
        rows.append([name, *cells, ", ".join(sorted(messages)) or "none"])
    head = ["", "\\|y\\| > 1", "y out of order", "dy/dx not in [0, 1]", "dy/dx out of order"]
    head.append("warnings")
    return table(head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=17, help="one float32 of so many")
    every = parser.parse_args().every
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    # A process for each, as libraries change the floating-point control word of theirs.
    context = multiprocessing.get_context("spawn")
    examine_one: Callable[..., Any] = examine_all
    with ProcessPoolExecutor(os.cpu_count(), context, max_tasks_per_child=1) as pool:
        futures = {name: pool.submit(examine_one, name, every) for name in IMPLEMENTATIONS}
        findings = {name: future.result() for name, future in futures.items()}
    findings = {name: found for name, found in findings.items() if found}
    texts = {dtype: errors_table(findings, dtype) for dtype in DTYPES}
    texts |= {"versions": machine.versions(), "limits": limits_table(findings)}
    fill(PAGE, texts | {"order": order_table(findings)})


if __name__ == "__main__":
    main()
