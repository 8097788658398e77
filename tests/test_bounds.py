"""What tests/proof/bounds.py proves is what the kernels compute, operation by operation."""

from fractions import Fraction

import numpy as np
import pytest
import raw
from mirror import BOUNDS, carried_out
from reference import TYPES, sample

MIRRORED = {
    "forward.g": "forward",
    "inverse.g": "inverse",
    "derivative.g": "derivative",
    "derivative_subnormal.g": "derivative",
    "second_derivative.g": "second_derivative",
    "second_derivative_subnormal.g": "second_derivative",
    "backward.g": "backward",
}


@pytest.mark.parametrize("name", ["f32", "f64"])
@pytest.mark.parametrize("file", MIRRORED)
def test_what_is_proven_is_what_is_computed(file, name):
    type_, pass_ = TYPES[name], MIRRORED[file]
    x = type_.widen(sample(type_, 400))
    x = x[(x > 0) & (x < (1 if pass_ == "inverse" else np.inf))].view(type_.bits)
    inputs = [np.random.default_rng(0).permutation(x), x][-raw.PASSES[pass_].inputs :]
    (got,) = raw.run(raw.ISAS[-1], pass_, name, *inputs)
    for *grad, a, y in zip(*map(type_.fractions, [*inputs, got]), strict=True):
        values = {"one": Fraction(1), "a": a, "n": a, "grad": sum(grad)}
        assert carried_out(file, type_.rounded, **values)["y"] == y, f"at {float(a).hex()}"


def test_every_file_states_what_is_to_be_refused():
    for file in BOUNDS.iterdir():
        assert "\n# Refused with " in file.read_text(), file
