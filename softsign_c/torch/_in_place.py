"""The operator ``torch.ops.softsign_c.softsign_``: softsign of a tensor, put into that tensor."""

from typing import Any

import torch
from torch import Tensor

import softsign_c
from softsign_c.torch._kernels import array_of, with_threads_of_torch
from softsign_c.torch._operators import PLAIN, is_recorded, library, softsign


def _by_copy(x: Tensor) -> None:
    """PyTorch's copy knows what may be overwritten, and autograd is left the values from before."""
    x.copy_(softsign(x.clone()))


def _in_one_pass(x: Tensor) -> None:
    overlaps = torch._debug_has_internal_overlap(x)  # 0: no, 1: yes, 2: unknown
    if overlaps or x.is_inference() > torch.is_inference_mode_enabled():
        _by_copy(x)
    else:
        array = array_of(x)
        with_threads_of_torch(softsign_c.softsign, array, array)


def _differentiable(keyset: Any, x: Tensor) -> None:
    if keyset.raw_repr() == PLAIN and not is_recorded(x):
        _in_one_pass(x)
        torch.autograd.graph.increment_version(x)
    else:
        _by_copy(x)


if not hasattr(torch.ops.softsign_c, "softsign_"):
    library.define("softsign_(Tensor(a!) x) -> ()", tags=(torch.Tag.pt2_compliant_tag,))
    library.impl("softsign_", _in_one_pass, "CPU")
    library.impl("softsign_", _differentiable, "Autograd", with_keyset=True)
    for key in ("FuncTorchBatched", "Functionalize"):
        library.impl("softsign_", _by_copy, key)
    torch.library.register_fake("softsign_c::softsign_", lambda x: None, lib=library)

softsign_ = torch.ops.softsign_c.softsign_.default
