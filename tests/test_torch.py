"""softsign_c.torch against PyTorch itself, and against exact arithmetic."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch.nn import functional  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

import softsign_c  # noqa: E402
from softsign_c.torch import Softsign, softsign  # noqa: E402

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
OPERATORS = torch.ops.softsign_c


def random(*shape, dtype=torch.float64):
    made = torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (made * 10).to(dtype)


def as_numpy(tensor):
    """Return the values in an array of the same dtype, by way of the bits."""
    if tensor.dtype is torch.bfloat16:
        bits = tensor.detach().contiguous().view(torch.int16).numpy()
        return bits.view(pytest.importorskip("ml_dtypes").bfloat16)
    return tensor.detach().numpy()


def gradient_of(function, x, grad):
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(function(x), x, grad)[0]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_values_and_gradients_are_those_of_the_ufuncs(dtype):
    x, grad = random(3, 5, dtype=dtype), random(3, 5, dtype=dtype).flip(0)
    y, dx = softsign(x), gradient_of(softsign, x, grad)
    assert y.dtype is dx.dtype is dtype
    assert as_numpy(y).tobytes() == softsign_c.softsign(as_numpy(x)).tobytes()
    expected = softsign_c.softsign_backward(as_numpy(grad), as_numpy(x))
    assert as_numpy(dx).tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.t(),
        lambda x: x[::2, 1::3],
        lambda x: x[0].expand(4, -1),
        lambda x: x[:0],
        lambda x: x[2, 3],
        lambda x: x.t()[1:, ::2],
    ],
    ids=["transposed", "every other", "expanded", "empty", "scalar", "transposed every other"],
)
def test_any_strides(dtype, view):
    x = view(random(6, 8, dtype=dtype))
    y, dx = softsign(x), gradient_of(softsign, x, torch.ones((), dtype=dtype).expand(x.shape))
    assert torch.equal(y, softsign(x.contiguous()))
    assert y.stride() == torch.empty_like(x).stride()
    assert torch.equal(dx, gradient_of(softsign, x.contiguous(), torch.ones(x.shape, dtype=dtype)))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_no_copy_of_the_input_is_made(dtype, monkeypatch):
    x = random(6, 8, dtype=dtype).t()
    seen = []
    real = softsign_c.torch._array

    def spy(tensor):
        seen.append((tensor.data_ptr(), real(tensor)))
        return seen[-1][1]

    monkeypatch.setattr("softsign_c.torch._array", spy)
    softsign(x)
    assert len(seen) == 2  # the input and the output
    assert all(array.ctypes.data == pointer for pointer, array in seen)
    assert x.data_ptr() in [pointer for pointer, _ in seen]


@pytest.mark.parametrize("operator", ["forward", "backward", "second derivative"])
def test_operators_keep_the_rules_of_torch_library(operator):
    x, grad = random(4, 3).requires_grad_(), random(4, 3).flip(0).requires_grad_()
    checked = {
        "forward": (OPERATORS.softsign.default, (x,)),
        "backward": (OPERATORS.softsign_backward.default, (grad, x)),
        "second derivative": (OPERATORS.softsign_second_derivative.default, (x,)),
    }[operator]
    torch.library.opcheck(*checked)


def test_in_place_operator_keeps_the_rules_of_torch_library():
    torch.library.opcheck(OPERATORS.softsign_.default, (random(4, 3),))


def test_gradients_of_every_order_away_from_zero():
    x = torch.tensor([-7.0, -0.5, 0.25, 3.0], dtype=torch.float64, requires_grad=True)

    def slope(x):
        return torch.autograd.grad(softsign(x).sum(), x, create_graph=True)[0]

    assert torch.autograd.gradcheck(softsign, x)
    assert torch.autograd.gradgradcheck(softsign, x)
    assert torch.autograd.gradgradcheck(slope, x)


def test_limits_at_infinity_where_pytorch_has_nan():
    x = torch.tensor([-torch.inf, torch.inf])
    one = torch.ones(2)
    assert softsign(x).tolist() == [-1, 1]
    assert gradient_of(softsign, x, one).tolist() == [0, 0]
    assert functional.softsign(x).isnan().all()
    assert gradient_of(functional.softsign, x, one).isnan().all()


@pytest.mark.parametrize(
    ("x", "of_pytorch"), [(1e5, 0.0004), (1e6, 0.02), (1e7, 0.2), (1e8, 0.99), (1e12, 0.99)]
)
def test_gradient_keeps_its_digits_where_pytorch_cancels(x, of_pytorch):
    x = torch.tensor([x], dtype=torch.float32)
    exact = 1 / (1 + Fraction(x.item())) ** 2

    def error(function):
        got = gradient_of(function, x, torch.ones(1))
        return abs(Fraction(got.item()) - exact) / exact

    assert error(softsign) < Fraction(1, 2**21)
    assert error(functional.softsign) > of_pytorch


def test_agrees_with_pytorch_where_pytorch_is_accurate():
    x = random(1000) / 10
    torch.testing.assert_close(softsign(x), functional.softsign(x), rtol=1e-15, atol=0)
    grad = torch.ones_like(x)
    torch.testing.assert_close(
        gradient_of(softsign, x, grad), gradient_of(functional.softsign, x, grad)
    )


def test_only_the_input_is_kept_for_the_gradient():
    kept = []
    x = random(3).requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(kept.append, lambda tensor: tensor):
        softsign(x)
    assert [tensor.data_ptr() for tensor in kept] == [x.data_ptr()]


def test_no_grad_records_nothing():
    x = random(3).requires_grad_()
    with torch.no_grad():
        assert not softsign(x).requires_grad
    with torch.inference_mode():
        assert softsign(x).is_inference()
    assert softsign(x).requires_grad


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_in_place_without_gradient(dtype):
    x = random(6, 8, dtype=dtype).t()
    expected, pointer, version = softsign(x), x.data_ptr(), x._version
    assert softsign(x, inplace=True) is x
    assert torch.equal(x, expected)
    assert x.data_ptr() == pointer
    assert x._version > version  # so that autograd notices, if it had saved x


def test_in_place_with_gradient_is_as_accurate_as_without():
    x = torch.tensor([-3e7, 0.5, 2e5])
    one = torch.ones(3)
    in_place = gradient_of(lambda x: softsign(x * 1, inplace=True), x, one)
    assert torch.equal(in_place, gradient_of(softsign, x, one))
    with pytest.raises(RuntimeError, match="leaf Variable"):
        softsign(x.requires_grad_(), inplace=True)


def test_module_in_a_network():
    network = torch.nn.Sequential(torch.nn.Linear(4, 3), Softsign(), Softsign(inplace=True))
    assert list(network.state_dict()) == ["0.weight", "0.bias"]
    assert [repr(module) for module in network[1:]] == ["Softsign()", "Softsign(inplace=True)"]
    x = random(5, 4, dtype=torch.float32)
    for other in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        other.load_state_dict(network.state_dict())
        assert torch.equal(other(x), network(x))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_dataloader_workers(method):
    rows = list(random(12, 5, dtype=torch.float32))
    loader = DataLoader(
        rows,
        batch_size=4,
        num_workers=2,
        collate_fn=Together(),
        multiprocessing_context=method,
    )
    assert torch.equal(torch.cat(list(loader)), softsign(torch.stack(rows)))


class Together:
    """Computes in the worker."""

    def __call__(self, rows):
        return softsign(torch.stack(rows))


# PyTorch's own, as it imports its compiler.
@pytest.mark.filterwarnings(r"ignore:`torch\.jit\.script_method` is deprecated:DeprecationWarning")
@pytest.mark.parametrize("backend", ["aot_eager", "inductor"])
def test_compile_keeps_the_operators_whole(backend):
    x = random(7, 5, dtype=torch.float32).requires_grad_()

    def loss(x):
        inner = softsign(x * 2) + 1
        return softsign(inner, inplace=True).square().sum()

    torch.compiler.reset()
    compiled = torch.compile(loss, backend=backend, fullgraph=True)
    torch.testing.assert_close(compiled(x), loss(x))
    torch.testing.assert_close(
        torch.autograd.grad(compiled(x), x)[0], torch.autograd.grad(loss(x), x)[0]
    )
    graph = torch.export.export(Softsign(), (x,)).graph
    assert OPERATORS.softsign.default in [node.target for node in graph.nodes]


def test_meta_tensors_have_a_shape_and_no_values():
    y = softsign(torch.empty(4, 3, dtype=torch.bfloat16, device="meta"))
    assert (y.device.type, y.shape, y.dtype) == ("meta", (4, 3), torch.bfloat16)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64], ids=str)
def test_other_dtypes_are_refused_by_name(dtype):
    with pytest.raises(TypeError, match=f"{dtype}: it takes torch.float16, "):
        softsign(torch.zeros(3, dtype=dtype))


@pytest.mark.parametrize("inplace", [False, True])
def test_a_cuda_tensor_is_refused_with_the_way_out(inplace):
    from torch._subclasses.fake_tensor import FakeTensorMode

    with FakeTensorMode():  # a CUDA tensor, as far as its metadata go, on any machine
        x = torch.empty(3, device="cuda")
        with pytest.raises(NotImplementedError, match=r"cuda:0: .* on the CPU; use x\.cpu\(\)"):
            softsign(x, inplace=inplace)


def test_negative_views_are_resolved():
    z = torch.complex(random(4), random(4)).conj()
    assert z.imag.is_neg()
    assert torch.equal(softsign(z.imag), -softsign(random(4)))


def test_numpy_arrays_and_tensors_may_share_memory():
    array = np.linspace(-3, 3, 7)
    softsign(torch.from_numpy(array), inplace=True)
    np.testing.assert_array_equal(array, softsign_c.softsign(np.linspace(-3, 3, 7)))
