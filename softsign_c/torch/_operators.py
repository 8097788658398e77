"""The operators ``torch.ops.softsign_c.*``, and what PyTorch's dispatcher does with each: autograd
in both directions, vmap, shapes without values.

An operator is element-wise, of tensors of one shape and dtype. It has a function `compute` of plain
tensors, and a function ``partial(k, slope, *inputs)``, the product of `slope` with the derivative
in the k-th input, made of operators as well: it serves reverse and forward mode, at any order.
"""

import functools
import sys
import threading
from collections.abc import Callable
from typing import Any, cast

import torch
from torch import _C, Tensor
from torch._functorch.utils import enable_single_level_autograd_function
from torch.autograd import forward_ad
from torch.autograd.function import _SingleLevelFunction

import softsign_c
from softsign_c.torch._kernels import on_tensors, quiet, times_derivative

# A reload keeps the library: it takes its operators along when it dies.
library = globals().get("library") or torch.library.Library("softsign_c", "FRAGMENT")
_lock = threading.RLock()

# Of a CPU tensor that nothing but autograd looks at: no mode, transform or view to be resolved.
PLAIN = _C.DispatchKeySet(_C.DispatchKey.CPU).add(_C.DispatchKey.AutogradCPU).raw_repr()


def is_recorded(*tensors: Tensor) -> bool:
    """Tell whether autograd may follow the tensors, in reverse or in forward mode."""
    in_reverse = torch.is_grad_enabled() and any(x.requires_grad for x in tensors)
    return in_reverse or _C._are_functorch_transforms_active() or forward_ad._current_level >= 0


def _recorder(partial: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return a function that gives a result of inputs, computed before, its derivatives."""

    class Recorded(_SingleLevelFunction):
        @staticmethod
        def forward(ctx: Any, result: list[Tensor], *inputs: Tensor) -> Tensor:
            ctx.save_for_backward(*inputs)
            ctx.save_for_forward(*inputs)
            return result[0]

        @staticmethod
        def backward(ctx: Any, grad: Tensor) -> Any:
            inputs, needed = ctx.saved_tensors, ctx.needs_input_grad[1:]
            grads = [partial(k, grad, *inputs) if needed[k] else None for k in range(len(inputs))]
            return None, *grads

        @staticmethod
        def jvp(ctx: Any, _: None, *tangents: Tensor | None) -> Tensor:
            # PyTorch switches forward mode off here, which outer transforms still need.
            with forward_ad._set_fwd_grad_enabled(True):
                inputs = [forward_ad.unpack_dual(x, level=0).primal for x in ctx.saved_tensors]
                terms = [partial(k, t, *inputs) for k, t in enumerate(tangents) if t is not None]
                return functools.reduce(torch.add, terms)

    apply: Callable[..., Tensor] = cast(Any, Recorded).apply

    def record(result: Tensor, *inputs: Tensor) -> Tensor:
        arguments = ([result], *inputs)  # in a list, so that autograd does not treat it as an input
        if not _C._are_functorch_transforms_active():
            return apply(*arguments)
        with enable_single_level_autograd_function():
            return apply(*arguments)

    return record


def _tell_inductor(operator: Any) -> None:
    """Let Inductor, once it is imported, call the operator as it is. Where the environment has CI,
    it refuses to by itself if there is a decomposition, as there is for ONNX.
    """
    lowering = sys.modules.get("torch._inductor.lowering")
    if lowering is not None and operator not in lowering.lowerings:
        constraint = lowering.constrain_to_fx_strides
        lowering.make_fallback(operator, layout_constraint=constraint, warn=False)


def _define(
    name: str, inputs: str, compute: Callable[..., Tensor], partial: Callable[..., Tensor]
) -> Any:
    """Return the operator, defined unless another copy of this module has done so."""
    if hasattr(torch.ops.softsign_c, name):
        return getattr(torch.ops.softsign_c, name).default
    tags = (torch.Tag.pt2_compliant_tag, torch.Tag.pointwise)
    library.define(f"{name}({inputs}) -> Tensor", tags=tags)
    operator, record = getattr(torch.ops.softsign_c, name).default, _recorder(partial)

    def differentiable(keyset: Any, *tensors: Tensor) -> Tensor:
        if keyset.raw_repr() == PLAIN:
            result = compute(*tensors)
        else:
            with _C._AutoDispatchBelowAutograd():
                result = operator.redispatch(keyset & _C._after_autograd_keyset, *tensors)
        return record(result, *tensors) if is_recorded(*tensors) else result

    def batched(info: Any, in_dims: tuple[int | None, ...], *tensors: Tensor) -> tuple[Tensor, int]:
        together = [
            tensor.expand(info.batch_size, *tensor.shape) if dim is None else tensor.movedim(dim, 0)
            for tensor, dim in zip(tensors, in_dims, strict=True)
        ]
        return operator(*together), 0

    library.impl(name, compute, "CPU")
    library.impl(name, differentiable, "Autograd", with_keyset=True)

    def fake(*tensors: Tensor) -> Tensor:
        _tell_inductor(operator)
        return torch.empty_like(tensors[-1])

    qualified = f"softsign_c::{name}"
    torch.library.register_fake(qualified, fake, lib=library)
    torch.library.register_vmap(qualified, batched, lib=library)
    return operator


@functools.cache
def derivative(order: int) -> Any:
    """Return the operator of inputs grad1, ..., gradn, x: the product of the gradients with the
    n-th derivative of softsign at x. Of order 0 it is softsign.
    """

    def partial(k: int, slope: Tensor, *inputs: Tensor) -> Tensor:
        *grads, x = inputs
        if k < order:
            grads[k] = slope
            return derivative(order)(*grads, x)
        return derivative(order + 1)(*grads, slope, x)

    ufuncs: list[Callable[..., Any]] = [softsign_c.softsign, quiet(softsign_c.softsign_backward)]
    names = ["softsign", "softsign_backward"]
    inputs = [f"Tensor grad{k + 1}" for k in range(order)]
    with _lock:
        return _define(
            names[order] if order < 2 else f"softsign_derivative{order}",
            ", ".join([*inputs, "Tensor x"]),
            on_tensors(ufuncs[order] if order < 2 else quiet(times_derivative)),
            partial,
        )


def _inverse_partial(_: int, slope: Tensor, y: Tensor) -> Tensor:
    return slope / (1 - y.abs()).square()


softsign = derivative(0)
softsign_inverse = _define(
    "softsign_inverse", "Tensor y", on_tensors(quiet(softsign_c.softsign_inverse)), _inverse_partial
)
for _order in range(1, 5):  # those of a higher order come when they are asked for
    derivative(_order)
