"""What the tests of softsign_c.torch share."""

import torch

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
INTEGERS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]

VIEWS = {  # of a tensor of four dimensions
    "contiguous": lambda x: x,
    "transposed": lambda x: x.transpose(1, 3),
    "expanded": lambda x: x[:, :1].expand(-1, 5, -1, -1),
    "channels last": lambda x: x.contiguous(memory_format=torch.channels_last),
    "no element": lambda x: x.transpose(0, 1)[:, :0],
    "sliced": lambda x: x[:, ::2, 1:],
    "transposed and sliced": lambda x: x.transpose(1, 3)[:, 1:, ::2],
    "scalar": lambda x: x[0, 0, 0, 0],
}


def random(*shape, dtype=torch.float64):
    made = torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (made * 10).to(dtype)


def gradient_of(function, x, grad):
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(function(x), x, grad)[0]
