"""softsign_c.torch exported to ONNX by both exporters of PyTorch, and run in ONNX Runtime."""

import logging

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")
NEEDED = "needs ONNX, its runtime and its script: pip install onnx onnxruntime onnxscript"
onnx = pytest.importorskip("onnx", reason=NEEDED)
runtime = pytest.importorskip("onnxruntime", reason=NEEDED)

from helpers.tensors import random  # noqa: E402
from softsign_c.torch import Softsign, SoftsignTransform, softsign  # noqa: E402

# Of PyTorch and its exporters, on themselves.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:torch.onnx"),
]

TRANSFORM = SoftsignTransform()


def of(function):
    module = torch.nn.Module()
    module.forward = function
    return module


def export(path, dynamo, module, x, **options):
    """Return the names of the model's operators, and the function that runs it."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses torchvision
    if dynamo:
        pytest.importorskip("onnxscript", reason=NEEDED)
    arguments = (x.clone(),)
    torch.onnx.export(module.eval(), arguments, path, dynamo=dynamo, input_names=["x"], **options)
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = {node.op_type for node in onnx.load(path).graph.node}
    return names, lambda x: torch.from_numpy(session.run(None, {"x": x.numpy()})[0])


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "model.onnx")


dynamo_or_not = pytest.mark.parametrize("dynamo", [False, True], ids=["TorchScript", "dynamo"])


def names_of_softsign(dtype, dynamo):
    has_ops = not dynamo or hasattr(torch.onnx, "ops")
    return {"Softsign"} if has_ops and dtype is not torch.float64 else {"Abs", "Add", "Div"}


@dynamo_or_not
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64], ids=str)
def test_the_module_is_onnx_softsign_where_the_runtime_has_it(path, dynamo, dtype):
    x = random(5, 3, dtype=dtype)
    names, run = export(path, dynamo, Softsign(), x)
    assert names >= names_of_softsign(dtype, dynamo)
    eps = torch.finfo(dtype).eps
    torch.testing.assert_close(run(x), softsign(x), rtol=2 * eps, atol=0)
    assert run(torch.full((5, 3), torch.inf, dtype=dtype)).isnan().all()


@dynamo_or_not
@pytest.mark.parametrize(
    "forward",
    [
        lambda x: Softsign(inplace=True)(x * 1),
        lambda x: TRANSFORM(x),
        lambda x: TRANSFORM.inv(x / 50),
        lambda x: TRANSFORM.log_abs_det_jacobian(x, None),
        lambda x: softsign(x.long()),
    ],
    ids=["in place", "transform", "inverse", "log det", "integers"],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_models_around_it(path, dynamo, forward, dtype):
    x = random(5, 3, dtype=dtype)
    names, run = export(path, dynamo, of(forward), x)
    assert "softsign" not in names
    torch.testing.assert_close(run(x), forward(x), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("make", [torch.jit.trace, lambda module, x: torch.jit.script(module)])
def test_modules_of_torchscript(path, make):
    x = random(5, 3, dtype=torch.float32)
    names, run = export(path, False, make(Softsign(), x), x)
    assert names == {"Softsign"}
    torch.testing.assert_close(run(x), softsign(x), rtol=1e-6, atol=0)


def test_in_place_of_a_view(path):  # which the older exporter loses, of PyTorch's operators too
    def forward(x):
        y = x * 1
        softsign(y[1:], inplace=True)
        return y + 1

    x = random(5, 3, dtype=torch.float32)
    _, run = export(path, True, of(forward), x)
    torch.testing.assert_close(run(x), forward(x), rtol=1e-6, atol=0)


@dynamo_or_not
def test_a_size_that_stays_open(path, dynamo):
    x = random(5, 3, dtype=torch.float32)
    sizes = {"dynamic_axes": {"x": {0: "n"}}}
    if dynamo:
        sizes = {"dynamic_shapes": ({0: torch.export.Dim("n")},)}
    _, run = export(path, dynamo, Softsign(), x, **sizes)
    assert run(random(9, 3, dtype=torch.float32)).shape == (9, 3)
