"""docs/hard_inputs.csv is right, and so are the ufuncs at these inputs, within their bounds."""

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from helpers import raw
from helpers.reference import EXACT, TYPES, errors_in_ulp
from softsign_c._bounds import BOUNDS

PATH = Path(__file__).parents[1] / "docs" / "hard_inputs.csv"
TYPE = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64"}
OP = {"softsign": "forward", "derivative": "derivative", "inverse": "inverse"}
HALF_BOUND = {"softsign": 0.5, "derivative": 0.5, "inverse": 0.501}


def rows(name, function):
    """Return the bits of the inputs and those of the results."""
    bits = TYPES[TYPE[name]].bits
    with PATH.open() as file:
        chosen = [r for r in csv.DictReader(file) if (r["type"], r["function"]) == (name, function)]
    return [np.array([int(row[key], 16) for row in chosen], bits) for key in "xy"]


def finite(type_, function, x):
    """Tell where the formula has a value."""
    end = type_.one if function == "inverse" else type_.infinity
    return x & type_.bits(type_.sign - 1) < end


@pytest.mark.parametrize("function", OP)
@pytest.mark.parametrize("name", TYPE)
def test_every_result_is_rounded_correctly_and_the_ufuncs_are_within_their_bounds(name, function):
    type_ = TYPES[TYPE[name]]
    x, y = rows(name, function)
    assert x.size > 40
    among = finite(type_, function, x)
    exact = [EXACT[OP[function]](value) for value in type_.fractions(x[among])]
    assert type_.fractions(y[among]) == [type_.rounded(value) for value in exact]
    if name == "bfloat16":
        pytest.importorskip("ml_dtypes", reason="bfloat16 as a dtype needs ml_dtypes")
    with np.errstate(all="ignore"):
        got = raw.ufunc(OP[function])(x.view(name)).view(x.dtype)
    np.testing.assert_array_equal(got[~among], y[~among])
    bound = HALF_BOUND[function] if type_.bytes == 2 else BOUNDS[OP[function]].below
    assert max(errors_in_ulp(type_, got[among], exact)) <= Fraction(bound)
    zero = x & type_.bits(type_.sign - 1) == 0
    np.testing.assert_array_equal(got[zero], y[zero])  # the sign
