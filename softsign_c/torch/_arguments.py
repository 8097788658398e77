"""What the kernels take of PyTorch: tensors of floats in the memory of the CPU, or of no memory."""

from typing import Any

import torch

_FLOATS = {torch.float16, torch.bfloat16, torch.float32, torch.float64}
_DEVICES = {"cpu", "meta"}
_LAYOUTS = {torch.strided, torch.jagged}


def is_supported(x: Any) -> bool:
    """Tell whether the operators take the argument as it is."""
    return (
        isinstance(x, torch.Tensor)
        and x.dtype in _FLOATS
        and x.device.type in _DEVICES
        and x.layout in _LAYOUTS
        and not (x.is_nested and x.layout is torch.strided)
    )


def as_supported(x: Any, name: str, with_complex: bool = False) -> torch.Tensor:
    """Return the tensor as the operators take it, integers converted to PyTorch's default dtype.

    Complex numbers are returned as they are, if the caller knows what to do with them. What is not
    supported is refused in the name of the caller, with the way out.
    """
    if is_supported(x):
        return x
    if not isinstance(x, torch.Tensor):
        kind = type(x).__name__
        raise TypeError(f"{name} takes a torch.Tensor, not {kind}: use torch.as_tensor")
    if x.device.type not in _DEVICES:
        raise NotImplementedError(
            f"{name} of a tensor on {x.device}: softsign_c computes on the CPU; "
            f"use x.cpu(), or PyTorch's own functions, which stay on the device"
        )
    if x.is_quantized:
        raise NotImplementedError(f"{name} of a quantized tensor ({x.dtype}): use x.dequantize()")
    if x.layout not in _LAYOUTS:
        raise NotImplementedError(f"{name} of a tensor of {x.layout}: use x.to_dense()")
    if x.is_nested and x.layout is torch.strided:
        raise NotImplementedError(
            f"{name} of a nested tensor of torch.strided: make it with layout=torch.jagged"
        )
    if x.is_complex() and with_complex:
        return x
    if x.is_floating_point() or x.is_complex():
        accepted = ", ".join(sorted(map(str, _FLOATS)))
        raise TypeError(f"{name} of a tensor of {x.dtype}: it takes {accepted} and integers")
    return x.to(torch.get_default_dtype())
