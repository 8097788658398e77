"""Softsign as a change of variables for ``torch.distributions``."""

from typing import Any

import torch
from torch.distributions import constraints
from torch.distributions.transforms import Transform

from softsign_c.torch._arguments import as_supported
from softsign_c.torch._operators import softsign, softsign_inverse

_NAME = "SoftsignTransform"


class SoftsignTransform(Transform):
    """Transform by the bijection y = x / (1 + abs(x)) of the reals onto (-1, 1).

    What `torch.distributions.transforms.TanhTransform` is for tanh, with tails that saturate
    polynomially: near +-1 the values keep more of their digits, and so does the density.

    Parameters
    ----------
    cache_size : int
        1 keeps the latest x and y, so that the inverse of y is that very x; 0 keeps nothing.

    Notes
    -----
    The inverse is y / (1 - abs(y)), +-inf at +-1 and NaN beyond; the logarithm of the absolute
    value of the derivative is -2 log1p(abs(x)).

    Examples
    --------
    >>> normal = torch.distributions.Normal(0.0, 1.0)
    >>> action = torch.distributions.TransformedDistribution(normal, SoftsignTransform())
    >>> action.log_prob(torch.tensor([0.0, 0.5])).tolist()
    [-0.9189385175704956, -0.032644152641296387]
    """

    domain = constraints.real
    codomain = constraints.interval(-1.0, 1.0)
    bijective = True
    sign = +1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SoftsignTransform)

    __hash__ = Transform.__hash__

    def _call(self, x: torch.Tensor) -> Any:
        return softsign(as_supported(x, _NAME))

    def _inverse(self, y: torch.Tensor) -> Any:
        return softsign_inverse(as_supported(y, _NAME))

    def log_abs_det_jacobian(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return -2 log1p(abs(x)), the logarithm of dy/dx."""
        return -2 * torch.log1p(as_supported(x, _NAME).abs())
