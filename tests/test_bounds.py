"""What tests/proof/bounds.py proves is what the kernels compute, operation by operation."""

import ctypes
import re
import shutil
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from helpers import raw
from helpers.gappa import BOUNDS, carried_out
from helpers.reference import TYPES, sample

OPS = ["backward", "derivative", "derivative_subnormal", "forward", "inverse", "inverse_from_half"]
OPS += ["second_derivative", "second_derivative_subnormal"]
MIRRORED = {f"{name}.g": re.sub("_subnormal|_from_half", "", name) for name in OPS}
FAST_PATH, FAST_PATH_ESTIMATED = 1, 2  # formulas_tpl.h
ACCURACY = Fraction("1.5") / 2**12  # of an estimate
QUOTIENT = ["product", "residual", "q"]


@pytest.mark.parametrize("name", ["f32", "f64"])
@pytest.mark.parametrize("file", MIRRORED)
def test_what_is_proven_is_what_is_computed(file, name):
    type_, op = TYPES[name], MIRRORED[file]
    x = type_.widen(sample(type_, 400))
    x = x[(x > 0) & (x < (1 if op == "inverse" else np.inf))]
    x = x[x >= (0.5 if file == "inverse_from_half.g" else 0)].view(type_.bits)
    inputs = [np.random.default_rng(0).permutation(x), x][-raw.OPS[op].inputs :]
    (got,) = raw.run(raw.ISAS[-1], op, name, *inputs)
    for *grad, a, y in zip(*map(type_.fractions, [*inputs, got]), strict=True):
        values = {"one": Fraction(1), "a": a, "n": a, "grad": sum(grad)}
        assert carried_out(file, type_.rounded, **values)["y"] == y, f"at {float(a).hex()}"


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    """Give the function that returns what each operation of an op in formulas_tpl.h gives."""
    if sys.platform == "win32" or shutil.which("cc") is None:
        pytest.skip("needs a C compiler named cc")
    proof, library = BOUNDS.parent, tmp_path_factory.mktemp("operations") / "operations.so"
    flags = ["-std=c11", "-O1", "-ffp-contract=off", "-shared", "-fPIC"]
    flags += [f"-I{proof.parents[1] / 'csrc'}", "-lm"]
    subprocess.run(["cc", proof / "operations.c", "-o", library, *flags], check=True)
    ops, results = ctypes.CDLL(library), (ctypes.c_double * 32)()

    def operations(op, type_, path, x, estimate=0):
        number = (ctypes.c_double if type_.name == "f64" else ctypes.c_float)(x)
        run = ops[f"{op}_{type_.name}"]
        count = run(ctypes.byref(number), path, ctypes.c_double(estimate), results)
        return list(map(Fraction, results[:count]))

    return operations


def in_range(type_, op):
    x = type_.widen(sample(type_, 200))
    return x[(x > 0) & (x < (1 if op == "inverse" else 2.0**100))].tolist()


REFINED = {
    "f32": ("refined.g", ["e", "step"]),
    "f64": ("refined_f64.g", ["e", "step", "first", "rest"]),
}


def quotient_by_estimate(type_, op, n, s, estimate):
    """Return what each operation on the way to n / s gives, the last the quotient; 1 / s takes one
    step, from the refined reciprocal."""
    file, steps = REFINED[type_.name]
    steps = [*steps, *(["biased", "refined_with_bias"] if op != "forward" else ["refined"])]
    refined = carried_out(file, type_.rounded, s=s, r=estimate)
    results = [refined[step] for step in steps]
    q = {"q": results[-1]} if op == "derivative" else {}
    for _ in range(1 if type_.name == "f32" or q else 2):
        product = {"product": q["q"]} if q else {}
        q = carried_out("quotient.g", type_.rounded, n=n, s=s, r=refined[steps[-1]], **product)
        results += [q[name] for name in QUOTIENT if name not in product]
    return results


@pytest.mark.parametrize("error", [-ACCURACY, 0, ACCURACY], ids=float)
@pytest.mark.parametrize("name", REFINED)
@pytest.mark.parametrize("op", ["forward", "derivative", "inverse"])
def test_a_quotient_by_estimate_is_computed_as_proven(operations, op, name, error):
    type_ = TYPES[name]
    for x in in_range(type_, op):
        n = Fraction(1 if op == "derivative" else x)
        s = type_.rounded(1 - n if op == "inverse" else 1 + Fraction(x))
        estimate = type_.rounded((1 + error) / s)
        expected = [s, *quotient_by_estimate(type_, op, n, s, estimate)]
        if op == "derivative":
            expected.append(type_.rounded(expected[-1] ** 2))
        assert operations(op, type_, FAST_PATH_ESTIMATED, x, estimate) == expected, f"at {x.hex()}"


@pytest.mark.parametrize("error", [-ACCURACY, 0, ACCURACY], ids=float)
@pytest.mark.parametrize("op", ["forward", "derivative", "inverse"])
def test_a_quotient_of_bfloat16_is_computed_as_proven(operations, op, error):
    rounded = TYPES["f32"].rounded
    for x in in_range(TYPES["bf16"], op):
        n = Fraction(x)
        s = rounded(1 - n if op == "inverse" else 1 + n)
        estimate = rounded((1 + error) / s)
        steps = carried_out("refined_bf16.g", rounded, s=s, r=estimate)
        r = steps["refined"]
        expected = [s, steps["e"], r, rounded(r * (r if op == "derivative" else n))]
        found = operations(op, TYPES["bf16"], FAST_PATH_ESTIMATED, x, estimate)
        assert found == expected, f"at {x.hex()}"


def test_a_quotient_without_a_division_is_computed_as_proven(operations):
    type_, op = TYPES["f64"], "forward_with_derivative"
    for x in in_range(type_, op):
        n, s = Fraction(x), type_.rounded(1 + Fraction(x))
        first = carried_out("quotient.g", type_.rounded, n=n, s=s, reciprocal=1 / s)
        r, q = first["r"], first["q"]
        second = carried_out("quotient.g", type_.rounded, n=n, s=s, r=r, product=q)
        expected = [s, r, s, *map(first.get, QUOTIENT), second["residual"], second["q"]]
        expected.append(type_.rounded(r * r))
        assert operations(op, type_, FAST_PATH, x) == expected, f"at {x.hex()}"


def test_every_file_states_what_is_to_be_refused():
    for file in BOUNDS.iterdir():
        assert "\n# Refused with " in file.read_text(), file
