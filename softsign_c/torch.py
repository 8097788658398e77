"""Softsign for PyTorch tensors on the CPU, differentiable to any order.

The kernels work on the tensors' own memory, contiguous or not. To PyTorch they are the operators
``torch.ops.softsign_c.*``, which ``torch.compile`` leaves whole.
"""

from typing import Any

import numpy as np
import torch
from ml_dtypes import bfloat16

import softsign_c

__all__ = ["Softsign", "softsign"]

_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_DEVICES = ("cpu", "meta")


def _array(tensor: torch.Tensor) -> np.ndarray:
    """Return an array of the tensor's own memory."""
    tensor = tensor.detach()
    if tensor.dtype is not torch.bfloat16:
        array: np.ndarray = tensor.numpy()
        return array
    bits: np.ndarray = tensor.view(torch.uint16).numpy()  # bfloat16 itself has no way to NumPy
    return bits.view(bfloat16)


def _operator(ufunc: np.ufunc, inputs: str) -> Any:
    """Return a PyTorch operator of the ufunc, not yet differentiable."""

    def out_of(*tensors: torch.Tensor) -> torch.Tensor:
        return torch.empty_like(tensors[-1])

    def run(*tensors: torch.Tensor) -> torch.Tensor:
        out = out_of(*tensors)
        ufunc(*map(_array, tensors), out=_array(out))
        return out

    name = f"softsign_c::{ufunc.__name__}"
    torch.library.define(name, f"({inputs}) -> Tensor", tags=(torch.Tag.pt2_compliant_tag,))
    torch.library.impl(name, "cpu", run)
    torch.library.register_fake(name, out_of)
    return getattr(torch.ops.softsign_c, ufunc.__name__).default


_forward = _operator(softsign_c.softsign, "Tensor x")
_backward = _operator(softsign_c.softsign_backward, "Tensor grad, Tensor x")
_second_derivative = _operator(softsign_c.softsign_second_derivative, "Tensor x")


def _save(ctx: Any, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
    ctx.save_for_backward(*inputs)


def _forward_gradient(ctx: Any, grad: torch.Tensor) -> Any:
    (x,) = ctx.saved_tensors
    return _backward(grad, x)


def _backward_gradient(ctx: Any, grad: torch.Tensor) -> Any:
    inner, x = ctx.saved_tensors
    return _backward(grad, x), grad * inner * _second_derivative(x)


def _second_derivative_gradient(ctx: Any, grad: torch.Tensor) -> Any:
    (x,) = ctx.saved_tensors
    return 6 * _backward(_backward(grad, x), x)  # the third derivative is 6 / (1 + |x|)^4


torch.library.register_autograd(_forward, _forward_gradient, setup_context=_save)
torch.library.register_autograd(_backward, _backward_gradient, setup_context=_save)
torch.library.register_autograd(
    _second_derivative, _second_derivative_gradient, setup_context=_save
)


@torch.library.custom_op("softsign_c::softsign_", mutates_args=("x",), device_types="cpu")
def _forward_inplace(x: torch.Tensor) -> None:
    array = _array(x)
    softsign_c.softsign(array, out=array)


def softsign(x: torch.Tensor, inplace: bool = False) -> torch.Tensor:
    """Softsign, element-wise: x / (1 + abs(x)).

    Parameters
    ----------
    x : Tensor
        On the CPU, of float16, bfloat16, float32 or float64; of any shape and strides.
    inplace : bool
        Put the result into `x` itself. This saves memory only where no gradient is recorded:
        where one is, a copy of `x` is kept, because the gradient computed from the result alone
        loses its digits as the result comes close to +-1.

    Returns
    -------
    y : Tensor
        Of the shape and dtype of `x`, within [-1, 1]; `x` itself if `inplace`.

    Raises
    ------
    TypeError
        If `x` is of another dtype.
    NotImplementedError
        If `x` is on another device.

    Notes
    -----
    The values, and those of the gradient, are the bits that `softsign_c.softsign` and
    `softsign_c.softsign_backward` give. At +-inf the result is +-1 and the gradient 0, where
    `torch.nn.functional.softsign` gives NaN for both. It can be differentiated in reverse as often
    as you like; at 0, where the second derivative jumps, that derivative is taken to be 0.

    Examples
    --------
    >>> x = torch.tensor([-1.0, 0.0, 3.0], requires_grad=True)
    >>> y = softsign(x)
    >>> y.sum().backward()
    >>> y.tolist(), x.grad.tolist()
    ([-0.5, 0.0, 0.75], [0.25, 1.0, 0.0625])
    """
    if x.dtype not in _DTYPES:
        accepted = ", ".join(str(dtype) for dtype in _DTYPES)
        raise TypeError(f"softsign of a tensor of {x.dtype}: it takes {accepted}")
    if x.device.type not in _DEVICES:
        raise NotImplementedError(
            f"softsign of a tensor on {x.device}: softsign_c computes on the CPU; "
            f"use x.cpu(), or torch.nn.functional.softsign, which stays on the device"
        )
    if not inplace:
        y: torch.Tensor = _forward(x)
        return y
    if x.requires_grad and torch.is_grad_enabled():
        return x.copy_(_forward(x.clone()))
    _forward_inplace(x)
    return x


class Softsign(torch.nn.Module):
    """The function `softsign` as a module, in place of `torch.nn.Softsign`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return softsign(x, inplace=self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""
