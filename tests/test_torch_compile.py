"""softsign_c.torch under PyTorch's compilers and tracers."""

import io

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch import func  # noqa: E402
from torch.nn import functional  # noqa: E402

from helpers.tensors import random  # noqa: E402
from softsign_c.torch import Softsign, softsign  # noqa: E402

OPERATORS = torch.ops.softsign_c


def loss(x):
    inner = softsign(x * 2) + 1
    return softsign(inner, inplace=True).square().sum()


@pytest.mark.filterwarnings("ignore:Skipping serialization of")  # PyTorch 2.6, of its own settings
@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_compile_keeps_the_operators_whole(backend, monkeypatch, tmp_path):
    monkeypatch.setenv("CI", "true")  # Inductor is stricter there
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    x = random(7, 5, dtype=torch.float32).requires_grad_()
    torch.compiler.reset()
    compiled = torch.compile(loss, backend=backend, fullgraph=True)
    torch.testing.assert_close(compiled(x), loss(x))
    torch.testing.assert_close(
        torch.autograd.grad(compiled(x), x)[0], torch.autograd.grad(loss(x), x)[0]
    )
    with torch.no_grad():
        torch.testing.assert_close(compiled(x), loss(x))
    with torch.inference_mode():
        torch.testing.assert_close(compiled(x.detach()), loss(x.detach()))


TRANSFORMS = {
    "jvp": lambda f: lambda x: func.jvp(f, (x,), (x.cos(),)),
    "vmap of grad": lambda f: func.vmap(func.grad(f)),
    "hessian": lambda f: func.hessian(lambda x: f(x).sum()),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_compile_of_transforms_agrees_with_pytorch(name):
    x, transform = random(5), TRANSFORMS[name]
    torch.compiler.reset()
    compiled = torch.compile(transform(softsign), backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), transform(functional.softsign)(x))


def test_export_and_symbolic_trace_keep_the_operator():
    x = random(3, 4)
    network = torch.nn.Sequential(Softsign(), torch.nn.Tanh())
    for sizes in (None, ({0: torch.export.Dim("n")},)):
        exported = torch.export.export(network, (x,), dynamic_shapes=sizes)
        assert OPERATORS.softsign.default in [node.target for node in exported.graph.nodes]
        assert torch.equal(exported.module()(x), network(x))

    traced = torch.fx.symbolic_trace(network)
    assert torch.equal(traced(x), network(x))
    of_function = torch.fx.symbolic_trace(lambda x: softsign(x + 1))
    assert softsign in [node.target for node in of_function.graph.nodes]
    assert torch.equal(of_function(x), softsign(x + 1))


@pytest.mark.parametrize(
    "make",
    [lambda f, x: torch.jit.trace(f, x), lambda f, x: torch.jit.script(f)],
    ids=["trace", "script"],
)
@pytest.mark.parametrize("inplace", [False, True])
def test_torchscript(make, inplace):
    x = random(3, 4)
    made = make(Softsign(inplace), x.clone())
    file = io.BytesIO()
    torch.jit.save(made, file)
    file.seek(0)
    for module in (made, torch.jit.load(file)):
        given = x.clone()
        y = module(given)
        assert torch.equal(y, softsign(x))
        assert torch.equal(given, y if inplace else x)
    for _ in range(3):  # its executor looks at the first calls before it optimises
        leaf = x.clone().requires_grad_()
        made(leaf * 1).sum().backward()
        torch.testing.assert_close(leaf.grad, 1 / (1 + x.abs()) ** 2)
