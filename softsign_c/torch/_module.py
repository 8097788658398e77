"""The function softsign and the module Softsign."""

import torch
from torch.jit import is_scripting
from torch.nn import functional
from torch.overrides import handle_torch_function, has_torch_function_unary

from softsign_c.torch._arguments import as_supported, is_supported
from softsign_c.torch._in_place import softsign_
from softsign_c.torch._operators import softsign as _softsign


def softsign(input: torch.Tensor, inplace: bool = False) -> torch.Tensor:  # noqa: A002
    """Softsign, element-wise: x / (1 + abs(x)).

    Parameters
    ----------
    input : Tensor
        On the CPU, of any shape and strides. Integers are converted to PyTorch's default dtype;
        complex numbers are left to `torch.nn.functional.softsign`.
    inplace : bool
        Put the result into `input` itself. This saves memory only where no gradient is recorded:
        where one is, a copy of it is kept, because the gradient computed from the result alone
        loses its digits as the result comes close to +-1.

    Returns
    -------
    y : Tensor
        Of the shape and dtype of `input`, within [-1, 1]; `input` itself if `inplace`.

    Raises
    ------
    TypeError
        If `input` is no tensor, or one of a dtype that is not named above.
    NotImplementedError
        If `input` is on another device, sparse, quantized, or nested and strided.
    RuntimeError
        If `inplace` and PyTorch does not let `input` be overwritten.

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
        y = torch.ops.softsign_c.softsign(input.clone() if inplace else input)
        return input.copy_(y) if inplace else y
    if has_torch_function_unary(input):
        return handle_torch_function(softsign, (input,), input, inplace=inplace)
    if not is_supported(input):
        x = as_supported(input, "softsign", with_complex=True)
        if x.is_complex():
            y = functional.softsign(input.clone() if inplace else input)
            return input.copy_(y) if inplace else y
        if inplace:
            raise RuntimeError(
                f"the result, {x.dtype}, cannot be put into a tensor of {input.dtype}"
            )
        return _softsign(x)
    if not inplace:
        return _softsign(input)
    if torch.jit.is_tracing():  # whose exporter to ONNX drops an operator without a result
        return input.copy_(_softsign(input.clone()))
    softsign_(input)
    return input


class Softsign(torch.nn.Module):
    """The function `softsign` as a module, in place of `torch.nn.Softsign`."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002
        return softsign(input, inplace=self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""
