"""What `torch.onnx.export` makes of the operators: ONNX's Softsign, and the formula of the inverse.

The newer exporter decomposes operators by PyTorch's table, in which the tracers of shapes look as
well; the one for TorchScript has a table of symbolic functions.
"""

from typing import Any

import torch
import torch.onnx
from torch import Tensor
from torch._decomp import decomposition_table
from torch.nn import functional

from softsign_c.torch._operators import softsign, softsign_inverse

_FLOATS = {torch.float16, torch.float32}  # ONNX Runtime has no Softsign of others on the CPU
_HAS_OPS = hasattr(torch.onnx, "ops")  # from PyTorch 2.8 on


def _decomposed_softsign(x: Tensor) -> Tensor:
    if _HAS_OPS and x.dtype in _FLOATS and torch.onnx.is_in_onnx_export():
        return torch.onnx.ops.symbolic("Softsign", [x], dtype=x.dtype, shape=x.shape)
    return functional.softsign(x)


def _decomposed_inverse(y: Tensor) -> Tensor:
    return y / (1 - y.abs())


def _one(g: Any) -> Any:
    return g.op("Constant", value_t=torch.tensor(1.0))


def _symbolic_softsign(g: Any, x: Any) -> Any:
    if x.type().dtype() in _FLOATS:
        return g.op("Softsign", x)
    return g.op("Div", x, g.op("Add", _one(g), g.op("Abs", x)))


def _symbolic_inverse(g: Any, y: Any) -> Any:
    return g.op("Div", y, g.op("Sub", _one(g), g.op("Abs", y)))


decomposition_table[softsign] = _decomposed_softsign
decomposition_table[softsign_inverse] = _decomposed_inverse
torch.onnx.register_custom_op_symbolic("softsign_c::softsign", _symbolic_softsign, 1)
torch.onnx.register_custom_op_symbolic("softsign_c::softsign_inverse", _symbolic_inverse, 1)
