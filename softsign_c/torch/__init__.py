"""Softsign for PyTorch tensors on the CPU: what `torch.nn.Softsign` can do, on these kernels.

The kernels work on the tensors' own memory, contiguous or not. To PyTorch they are the operators
``torch.ops.softsign_c.*``, which its compiler leaves whole.
"""

from softsign_c.torch._module import Softsign, softsign
from softsign_c.torch._transform import SoftsignTransform

__all__ = ["Softsign", "SoftsignTransform", "softsign"]
