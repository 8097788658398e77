"""The form of softsign for JAX that docs/jax.md shows, against the ufuncs."""

import re
from pathlib import Path

import numpy as np
import pytest

import softsign_c

jax = pytest.importorskip("jax", reason="needs JAX: pip install '.[jax]'")
jnp = jax.numpy

PAGE = Path(__file__).parents[1] / "docs" / "jax.md"


@pytest.fixture(scope="module")
def softsign():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    namespace = {}
    exec(code, namespace)
    return namespace["softsign"]


@pytest.fixture(scope="module")
def every_4099th():
    """float32 numbers of all magnitudes, without the subnormal ones, which XLA takes for 0."""
    x = np.arange(0, 2**32, 4099, dtype=np.uint32).view(np.float32)
    return x[(x == 0) | ~(np.abs(x) < np.finfo(np.float32).tiny)]


def test_values_are_those_of_the_ufunc(softsign, every_4099th):
    got = jax.jit(softsign)(every_4099th)
    np.testing.assert_array_equal(got, softsign_c.softsign(every_4099th))


def test_gradients_are_those_of_the_ufunc(softsign, every_4099th):
    x = every_4099th[~(np.abs(every_4099th) > 1e18)]  # beyond, they are subnormal
    got = jax.jit(jax.vmap(jax.grad(softsign)))(x)
    np.testing.assert_array_equal(got, softsign_c.softsign_derivative(x))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_limits(softsign, dtype):
    x = jnp.array([-jnp.inf, -0.0, 0.0, jnp.inf, jnp.nan], dtype)
    y, slope = softsign(x), jax.vmap(jax.grad(softsign))(x)
    assert y.dtype == slope.dtype == x.dtype
    np.testing.assert_array_equal(np.signbit(y)[:4], [True, True, False, False])
    np.testing.assert_array_equal(y.astype(float), [-1, 0, 0, 1, np.nan])
    np.testing.assert_array_equal(slope.astype(float), [0, 1, 1, 0, np.nan])
    assert jax.nn.soft_sign(x)[0] != -1  # the reason for all this


def test_derivatives_of_higher_order(softsign):
    x = jnp.array([-3.0, -0.5, 0.25, 7.0])
    second = jax.vmap(jax.grad(jax.grad(softsign)))(x)
    np.testing.assert_allclose(second, softsign_c.softsign_second_derivative(x), rtol=1e-6)
    third = jax.vmap(jax.jacfwd(jax.grad(jax.grad(softsign))))(x)
    np.testing.assert_allclose(third, 6 / (1 + np.abs(x)) ** 4, rtol=1e-5)


@pytest.mark.parametrize("x", [3, True, 2.5, np.int8(-3), np.arange(3), np.array([True, False])])
def test_takes_and_gives_the_types_of_soft_sign(softsign, x):
    got, expected = softsign(x), jax.nn.soft_sign(x)
    assert (got.dtype, got.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(got, expected)
    assert jax.linearize(softsign, 2.0)[1](1.0) == jax.grad(softsign)(2.0)
    np.testing.assert_allclose(jax.hessian(softsign)(2.0), -2 / 27, rtol=1e-6)


def test_refuses_complex_numbers(softsign):
    with pytest.raises(TypeError, match="copysign does not support complex"):
        softsign(1j)
