"""Any shape, slice, order of axes and byte order, as Hypothesis finds them."""

import numpy as np
import raw
from compare import assert_same_bits, bits_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reference import TYPES, sample, specified

DTYPES = {"f16": "f2", "f32": "f4", "f64": "f8"}  # those with a byte order


@st.composite
def array(draw, name, shape=None):
    """Draw an array with any values of the type, which may be a part of another one."""
    whole = draw(arrays.array_shapes(max_dims=4, max_side=12)) if shape is None else shape
    start = draw(st.integers(0, 1000))
    values = np.roll(sample(TYPES[name], 1000), start)
    whole = np.resize(values, whole).view(DTYPES[name])
    if draw(st.booleans()):
        whole = whole.astype(whole.dtype.newbyteorder())
    order = draw(st.permutations(range(whole.ndim)))
    turned = np.array(whole.transpose(order)).transpose(np.argsort(order))
    if shape is not None:
        return turned
    return turned[draw(arrays.basic_indices(turned.shape, allow_newaxis=True))]


@given(data=st.data(), name=st.sampled_from(sorted(DTYPES)), pass_=st.sampled_from([*raw.PASSES]))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_any_layout_gives_the_bits_specified(data, name, pass_):
    inputs = [data.draw(array(name))]
    if raw.PASSES[pass_].inputs == 2:
        inputs.append(data.draw(array(name, np.shape(inputs[0]))))
    with np.errstate(all="ignore"):
        outputs = raw.ufunc(pass_)(*inputs)
    native = [bits_of(np.asarray(x).astype(DTYPES[name])) for x in inputs]
    expected = specified(pass_, TYPES[name], *native)
    outputs = outputs if raw.PASSES[pass_].outputs == 2 else [outputs]
    for output, bits in zip(outputs, expected, strict=True):
        assert_same_bits(bits_of(output), bits.reshape(np.shape(output)), *native)
