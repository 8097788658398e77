"""What the tests of softsign_c.torch share."""

import torch

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def random(*shape, dtype=torch.float64):
    made = torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (made * 10).to(dtype)


def gradient_of(function, x, grad):
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(function(x), x, grad)[0]
