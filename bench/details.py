"""Measures what the large table leaves out: python bench/details.py OUT.json [--quick].

Calls on a few elements, data full of special values, fresh outputs with two kinds of allocator, and
the first call of a process.
"""

import argparse
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import measure
import numpy as np
from measure import by_turns

SMALL = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64]
SPECIAL_SIZE = 10**5
FRESH_SIZES = [10**6, 10**7]
KEPT = {  # glibc keeps freed memory, however large
    "MALLOC_MMAP_THRESHOLD_": str(1 << 32),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 34),
}
FIRST_CALLS = {
    "softsign_c": "from softsign_c import softsign; softsign(x)",
    "numba": "import numba; numba.vectorize(['f4(f4)'])(lambda x: x / (1 + abs(x)))(x)",
    "jax": "import jax; jax.nn.soft_sign(x).block_until_ready()",
    "torch": "import torch; torch.nn.functional.softsign(torch.from_numpy(x))",
    "tensorflow": "import tensorflow; tensorflow.nn.softsign(x)",
}


def small() -> list[dict[str, Any]]:
    """Return the seconds of a call on few elements, beside NumPy's cheapest ufuncs."""
    import cases
    from contenders import CONTENDERS
    from peers import UnsupportedError

    from softsign_c._isa import missing_for_isas

    rows = []
    for n in SMALL:
        case = cases.make_case("softsign", "float32", n, "out")
        square = np.abs(case.inputs[0])
        of_numpy = {
            "np.abs": functools.partial(np.abs, square, out=case.out),
            "np.sqrt": functools.partial(np.sqrt, square, out=case.out),
        }
        contenders = {name: lambda call=call: call for name, call in of_numpy.items()}
        for name in (*missing_for_isas(), "numpy out=", "numba"):
            make = functools.partial(CONTENDERS[name], case, 1)
            try:
                make()
            except UnsupportedError:
                continue
            contenders[name] = make
        rows.append({"n": n, "times": by_turns(contenders)})
    return rows


def special() -> list[dict[str, Any]]:
    """Return the seconds of each pass on ordinary data and on data full of special values."""
    import cases

    import softsign_c

    softsign_c.use_isa(softsign_c.available_isas()[0])  # whatever was measured before
    random = np.random.default_rng(0)
    rows = []
    for op in cases.OPS:
        for dtype in [name for name in cases.EPSILON if name != "bfloat16" or cases.bfloat16]:
            case = cases.make_case(op, dtype, SPECIAL_SIZE, "out")
            x = case.inputs[-1]
            some_nan = x.copy()
            some_nan[random.random(x.size) < 1 / 16] = np.nan
            variants = {
                "ordinary": x,
                "a NaN in 16": some_nan,
                "all infinite": np.full_like(x, np.inf),
            }
            if op == "softsign_inverse":  # infinite inputs would warn
                variants["all infinite"] = np.ones_like(x)
            ufunc, others = getattr(softsign_c, op), case.inputs[:-1]
            calls = {
                name: functools.partial(ufunc, *others, data, out=case.out)
                for name, data in variants.items()
            }
            with np.errstate(all="ignore"):
                times = by_turns({name: lambda call=call: call for name, call in calls.items()})
            rows.append({"pass": op, "dtype": dtype, "times": times})
    return rows


def fresh() -> list[dict[str, Any]]:
    """Return the seconds of fresh outputs in this process, whatever its allocator, and of out=."""
    import cases
    from measure import makers

    from softsign_c._isa import missing_for_isas

    names = {"numpy", "torch", "jax", "onnxruntime", "tensorflow", "numba"}
    rows = []
    for n in FRESH_SIZES if measure.ROUNDS > 1 else [10**4]:
        made, own = {}, next(iter(missing_for_isas()))
        case = functools.partial(cases.make_case, "softsign", "float32", n)
        with_out = dict(makers(case("out"), "out", 1))[own]
        for name, make in makers(case("fresh output"), "fresh output", 1):
            if name == own:  # both behind the same neighbour, whose threads may still be awake
                made |= {"softsign_c": make, "softsign_c, out=": with_out}
            elif name in names:
                made[name] = make
        rows.append({"n": n, "times": by_turns(made)})
    return rows


def first_calls() -> dict[str, float]:
    """Return the seconds from an interpreter that has NumPy to the first result."""
    program = "import time, numpy; x = numpy.ones(1000, 'f4'); t = time.perf_counter(); {}"
    found = {}
    for name, code in FIRST_CALLS.items():
        text = program.format(code) + "; print(time.perf_counter() - t)"
        command = [sys.executable, "-W", "ignore", "-c", text]
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        runs = [
            subprocess.run(command, capture_output=True, text=True, env=environment)
            for _ in range(3 if name in ("softsign_c", "numba") else 2)
        ]
        if not any(run.returncode for run in runs):
            found[name] = min(float(run.stdout.split()[-1]) for run in runs)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--quick", action="store_true", help="try the command: few rounds")
    parser.add_argument("--fresh-only", action="store_true", help="measure only fresh outputs")
    options = parser.parse_args()
    measure.keep_to(1)
    if options.quick:
        measure.ROUNDS = measure.FEWEST = 1
    found: dict[str, Any] = {"fresh": fresh()}
    if not options.fresh_only:
        kept = options.out.with_suffix(".kept.json")
        again = [sys.executable, __file__, str(kept), "--fresh-only", *sys.argv[2:]]
        subprocess.run(again, check=True, env=os.environ | KEPT)
        found |= {"fresh, memory kept": json.loads(kept.read_text())["fresh"]}
        kept.unlink()
        found |= {"small": small(), "special": special(), "first": first_calls()}
    options.out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
