"""Runs ufuncs, and products of derivatives, on the memory of plain CPU tensors."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from ml_dtypes import bfloat16, finfo

from softsign_c._kernels import lib
from softsign_c._threads import MAX_THREADS


def array_of(tensor: torch.Tensor) -> np.ndarray:
    """Return an array of the tensor's own memory."""
    if tensor.requires_grad:
        tensor = tensor.detach()
    if tensor.dtype is not torch.bfloat16:
        return tensor.numpy()
    bits: np.ndarray = tensor.view(torch.uint16).numpy()  # bfloat16 itself has no way to NumPy
    return bits.view(bfloat16)


def with_threads_of_torch(function: Callable[..., Any], *arrays: np.ndarray) -> None:
    """Call the function of arrays with as many threads as PyTorch's own operators use."""
    before = lib.softsign_set_num_threads_local(min(torch.get_num_threads(), MAX_THREADS))
    try:
        function(*arrays)
    finally:
        lib.softsign_set_num_threads_local(before)


def on_tensors(function: Callable[..., Any]) -> Callable[..., torch.Tensor]:
    """Return the function of arrays, with their output after them, as one of tensors."""

    def compute(*tensors: torch.Tensor) -> torch.Tensor:
        out = torch.empty_like(tensors[-1])
        with_threads_of_torch(function, *map(array_of, tensors), array_of(out))
        return out

    return compute


def quiet(function: Callable[..., Any]) -> Callable[..., None]:
    """Return the function without NumPy's warnings and errors: PyTorch has none."""

    def run(*arrays: np.ndarray) -> None:
        with np.errstate(all="ignore"):
            function(*arrays)

    return run


def times_derivative(*arrays: np.ndarray) -> None:
    """Write grad1 ... gradn times the n-th derivative of softsign at x, for arrays grad1, ...,
    gradn, x, out.

    The derivative is n! (-sign x)^(n-1) / (1 + abs(x))^(n+1). The gradients may overflow and the
    powers underflow while the product does neither, so it is taken with exponents to spare: in
    float64, and of float64 with the powers of two apart. At an infinite x the product of finite
    gradients is a zero of its sign.
    """
    *grads, x, out = arrays
    order = len(grads)
    largest = finfo(x.dtype).max  # what an infinite x counts as
    divisor = 1 + np.minimum(np.abs(x), largest).astype(np.float64)
    factors = [grad.astype(np.float64, copy=False) for grad in grads]
    exponent: Any = 0
    if x.dtype == np.float64:
        divisor, power = np.frexp(divisor)
        exponent = -(order + 1) * power
        for k, (mantissa, power) in enumerate(map(np.frexp, factors)):
            factors[k] = mantissa
            exponent += power
    product = math.factorial(order) * (-np.sign(x.astype(np.float64))) ** (order - 1) / divisor
    for factor in factors:
        product *= factor / divisor
    if x.dtype == np.float64:
        product = np.ldexp(product, exponent)
    out[...] = np.where(np.isinf(x) & np.isfinite(product), 0 * product, product)
