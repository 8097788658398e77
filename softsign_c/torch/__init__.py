"""Softsign for PyTorch tensors on the CPU: what `torch.nn.Softsign` can do, on these kernels.

The kernels work on the tensors' own memory, contiguous or not. To PyTorch they are the operators
``torch.ops.softsign_c.*``, which its compiler leaves whole.
"""

try:
    from softsign_c.torch import _onnx  # noqa: F401  (registers what exporters to ONNX ask for)
    from softsign_c.torch._module import Softsign, softsign
    from softsign_c.torch._transform import SoftsignTransform
except ModuleNotFoundError as error:
    if error.name not in {"torch", "ml_dtypes"}:
        raise
    raise ModuleNotFoundError(
        f"softsign_c.torch needs {error.name}, which the extra softsign_c[torch] brings",
        name=error.name,
    ) from error

__all__ = ["Softsign", "SoftsignTransform", "softsign"]
