"""The NumPy expressions that the verb bench compares the ufuncs with."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import softsign_c

_Array = Any  # of any dtype of floats


def forward(x: _Array) -> _Array:
    return x / (1 + np.abs(x))


def derivative(x: _Array) -> _Array:
    return 1 / (1 + np.abs(x)) ** 2


def backward(grad: _Array, x: _Array) -> _Array:
    return grad / (1 + np.abs(x)) ** 2


def forward_out(x: _Array, out: _Array, temporary: _Array) -> None:
    np.abs(x, out=temporary)
    np.add(temporary, 1, out=temporary)
    np.divide(x, temporary, out=out)


def derivative_out(x: _Array, out: _Array, temporary: _Array) -> None:
    np.abs(x, out=temporary)
    np.add(temporary, 1, out=temporary)
    np.multiply(temporary, temporary, out=temporary)
    np.divide(1, temporary, out=out)


def backward_out(grad: _Array, x: _Array, out: _Array, temporary: _Array) -> None:
    np.abs(x, out=temporary)
    np.add(temporary, 1, out=temporary)
    np.multiply(temporary, temporary, out=temporary)
    np.divide(grad, temporary, out=out)


class Op(NamedTuple):
    """A ufunc and NumPy's equivalent: an expression, and the same steps with out=."""

    ufunc: np.ufunc
    expression: Callable[..., Any]
    expression_out: Callable[..., None]


OPS = {
    "forward": Op(softsign_c.softsign, forward, forward_out),
    "derivative": Op(softsign_c.softsign_derivative, derivative, derivative_out),
    "backward": Op(softsign_c.softsign_backward, backward, backward_out),
}
