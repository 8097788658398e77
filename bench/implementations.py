"""How others compute softsign and its derivative: what a user of each library writes.

Each takes the name of a dtype and returns two functions of arrays, the second None where the
library has no gradient of its own.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from peers import UnsupportedError, load, onnx_session

Function = Callable[[np.ndarray], np.ndarray]
Pair = tuple[Function, Function | None]
IMPLEMENTATIONS: dict[str, Callable[[str], Pair]] = {}


def implementation(name: str, *dtypes: str) -> Callable[[Callable[[str], Pair]], Any]:
    """List an implementation under its name, for the dtypes that it has."""

    def mark(make: Callable[[str], Pair]) -> Callable[[str], Pair]:
        @functools.wraps(make)
        def checked(dtype: str) -> Pair:
            if dtype not in dtypes:
                raise UnsupportedError(f"{name} has no {dtype}")
            return make(dtype)

        IMPLEMENTATIONS[name] = checked
        return checked

    return mark


SINGLE = ("float32", "float64")
ALL = ("float16", *SINGLE)


@implementation("softsign_c", *ALL)
def own(dtype: str) -> Pair:
    import softsign_c

    return softsign_c.softsign, softsign_c.softsign_derivative


@implementation("NumPy", *ALL)
def numpy_expression(dtype: str) -> Pair:
    return lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2


def numba_pair(dtype: str, one: Any, **options: Any) -> Pair:
    numba = load("numba")
    number = numba.from_dtype(np.dtype(dtype))
    compiled = numba.vectorize([number(number)], **options)
    return compiled(lambda x: x / (one + abs(x))), compiled(lambda x: one / (one + abs(x)) ** 2)


@implementation("Numba, 1 as written", *SINGLE)
def numba_int(dtype: str) -> Pair:
    """A float32 plus an int is a float64 in Numba."""
    return numba_pair(dtype, 1)


@implementation("Numba, 1 of the dtype", *SINGLE)
def numba_same(dtype: str) -> Pair:
    return numba_pair(dtype, np.dtype(dtype).type(1))


@implementation("the same, fastmath", *SINGLE)
def numba_fast(dtype: str) -> Pair:
    return numba_pair(dtype, np.dtype(dtype).type(1), fastmath=True)


@implementation("NumExpr", *SINGLE)
def numexpr(dtype: str) -> Pair:
    evaluate = load("numexpr").evaluate
    return (
        lambda x: evaluate("x / (1 + abs(x))", {"x": x}),
        lambda x: evaluate("1 / (1 + abs(x)) ** 2", {"x": x}),
    )


@implementation("JAX", *ALL)
def jax(dtype: str) -> Pair:
    module = load("jax")
    module.config.update("jax_enable_x64", True)
    softsign = module.nn.soft_sign
    forward = module.jit(softsign)

    @module.jit
    def gradient(x: Any) -> Any:
        return module.vjp(softsign, x)[1](module.numpy.ones_like(x))[0]

    return lambda x: np.asarray(forward(x)), lambda x: np.asarray(gradient(x))


@implementation("PyTorch", *ALL)
def torch(dtype: str) -> Pair:
    module = load("torch")
    softsign = module.nn.functional.softsign

    def gradient(x: np.ndarray) -> np.ndarray:
        leaf = module.tensor(x, requires_grad=True)
        softsign(leaf).backward(module.ones_like(leaf))
        return leaf.grad.numpy()

    return lambda x: softsign(module.from_numpy(x)).numpy(), gradient


@implementation("TensorFlow", *ALL)
def tensorflow(dtype: str) -> Pair:
    module = load("tensorflow")

    def gradient(x: np.ndarray) -> np.ndarray:
        leaf = module.constant(x)
        with module.GradientTape() as tape:
            tape.watch(leaf)
            y = module.nn.softsign(leaf)
        return tape.gradient(y, leaf).numpy()

    return lambda x: module.nn.softsign(x).numpy(), gradient


@implementation("ONNX Runtime", "float32")
def onnxruntime(dtype: str) -> Pair:
    session = onnx_session(1)
    return lambda x: session.run(None, {"x": x})[0], None
