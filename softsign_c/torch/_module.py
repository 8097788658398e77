"""The function softsign and the module Softsign."""

import torch
from torch.jit import is_scripting
from torch.nn import functional
from torch.overrides import handle_torch_function, has_torch_function_unary

from softsign_c.torch._in_place import softsign_
from softsign_c.torch._operators import softsign as _softsign

_FLOATS = {torch.float16, torch.bfloat16, torch.float32, torch.float64}
_DEVICES = {"cpu", "meta"}
_LAYOUTS = {torch.strided, torch.jagged}


def softsign(x: torch.Tensor, inplace: bool = False) -> torch.Tensor:
    """Softsign, element-wise: x / (1 + abs(x)).

    Parameters
    ----------
    x : Tensor
        On the CPU, of any shape and strides. Integers are converted to PyTorch's default dtype;
        complex numbers are left to `torch.nn.functional.softsign`.
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
        If `x` is no strided or jagged tensor of float16, bfloat16, float32, float64, integers or
        complex numbers.
    NotImplementedError
        If `x` is on another device.
    RuntimeError
        If `inplace` and PyTorch does not let `x` be overwritten.

    Notes
    -----
    The values, and those of the gradient, are the bits that `softsign_c.softsign` and
    `softsign_c.softsign_backward` give. At +-inf the result is +-1 and the gradient 0, where
    `torch.nn.functional.softsign` gives NaN for both. It can be differentiated in reverse and
    forward mode as often as you like; at 0, where the second derivative jumps, that and all higher
    ones are taken to be 0, as PyTorch does.

    Examples
    --------
    >>> x = torch.tensor([-1.0, 0.0, 3.0], requires_grad=True)
    >>> y = softsign(x)
    >>> y.sum().backward()
    >>> y.tolist(), x.grad.tolist()
    ([-0.5, 0.0, 0.75], [0.25, 1.0, 0.0625])
    """
    if is_scripting():
        y = torch.ops.softsign_c.softsign(x.clone() if inplace else x)
        return x.copy_(y) if inplace else y
    if has_torch_function_unary(x):
        return handle_torch_function(softsign, (x,), x, inplace=inplace)
    if (
        x.dtype not in _FLOATS
        or x.device.type not in _DEVICES
        or x.layout not in _LAYOUTS
        or (x.is_nested and x.layout is torch.strided)
    ):
        return _softsign_of_others(x, inplace)
    if inplace:
        softsign_(x)
        return x
    return _softsign(x)


def _softsign_of_others(x: torch.Tensor, inplace: bool) -> torch.Tensor:
    """Return softsign of what the kernels do not take, or refuse it and name the way out."""
    if x.device.type not in _DEVICES:
        raise NotImplementedError(
            f"softsign of a tensor on {x.device}: softsign_c computes on the CPU; "
            f"use x.cpu(), or torch.nn.functional.softsign, which stays on the device"
        )
    if x.is_quantized:
        raise NotImplementedError(f"softsign of a quantized tensor ({x.dtype}): use x.dequantize()")
    if x.layout not in _LAYOUTS:
        raise NotImplementedError(f"softsign of a tensor of {x.layout}: use x.to_dense()")
    if x.is_nested:
        raise NotImplementedError(
            "softsign of a nested tensor of torch.strided: make it with layout=torch.jagged"
        )
    if x.is_complex():
        y = functional.softsign(x.clone() if inplace else x)
        return x.copy_(y) if inplace else y
    if x.is_floating_point():
        accepted = ", ".join(sorted(map(str, _FLOATS)))
        raise TypeError(f"softsign of a tensor of {x.dtype}: it takes {accepted} and integers")
    converted = x.to(torch.get_default_dtype())
    if inplace:
        raise RuntimeError(
            f"the result, {converted.dtype}, cannot be put into a tensor of {x.dtype}"
        )
    return softsign(converted)


class Softsign(torch.nn.Module):
    """The function `softsign` as a module, in place of `torch.nn.Softsign`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return softsign(x, inplace=self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""
