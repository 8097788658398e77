"""softsign_c.torch against PyTorch itself, and against exact arithmetic."""

import copy
import importlib
import pickle
import sys
from fractions import Fraction

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from tensors import DTYPES, gradient_of, random  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

import softsign_c  # noqa: E402
from softsign_c._kernels import lib  # noqa: E402
from softsign_c.torch import Softsign, softsign  # noqa: E402
from softsign_c.torch import _in_place as in_place  # noqa: E402
from softsign_c.torch import _kernels as kernels  # noqa: E402
from softsign_c.torch import _operators as operators  # noqa: E402

OPERATORS = torch.ops.softsign_c


def as_numpy(tensor):
    """Return the values in an array of the same dtype, by way of the bits."""
    if tensor.dtype is torch.bfloat16:
        bits = tensor.detach().contiguous().view(torch.int16).numpy()
        return bits.view(pytest.importorskip("ml_dtypes").bfloat16)
    return tensor.detach().numpy()


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
    assert y.stride() == functional.softsign(x).stride()
    assert torch.equal(dx, gradient_of(softsign, x.contiguous(), torch.ones(x.shape, dtype=dtype)))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_no_copy_of_the_input_is_made(dtype, monkeypatch):
    x = random(6, 8, dtype=dtype).t()
    seen = []
    real = kernels.array_of

    def spy(tensor):
        seen.append((tensor.data_ptr(), real(tensor)))
        return seen[-1][1]

    monkeypatch.setattr(kernels, "array_of", spy)
    softsign(x)
    assert len(seen) == 2  # the input and the output
    assert all(array.ctypes.data == pointer for pointer, array in seen)
    assert x.data_ptr() in [pointer for pointer, _ in seen]


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        ("softsign", 1),
        ("softsign_backward", 2),
        ("softsign_derivative2", 3),
        ("softsign_derivative3", 4),
        ("softsign_inverse", 1),
        ("softsign_", 1),
    ],
)
def test_operators_keep_the_rules_of_torch_library(operator, inputs):
    x = [
        (random(4, 3).roll(k, 0) / 40).requires_grad_(operator != "softsign_")
        for k in range(inputs)
    ]
    torch.library.opcheck(getattr(OPERATORS, operator).default, x)


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


def test_meta_tensors_have_a_shape_and_no_values():
    y = softsign(torch.empty(4, 3, dtype=torch.bfloat16, device="meta"))
    assert (y.device.type, y.shape, y.dtype) == ("meta", (4, 3), torch.bfloat16)


INTEGERS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]


@pytest.mark.parametrize("dtype", INTEGERS, ids=str)
@pytest.mark.parametrize("default", [torch.float32, torch.float64], ids=str)
def test_integers_are_promoted_as_by_pytorch(dtype, default):
    x = torch.tensor([0, 1, 3, 100], dtype=dtype)
    torch.set_default_dtype(default)
    try:
        y, expected = softsign(x), functional.softsign(x)
    finally:
        torch.set_default_dtype(torch.float32)
    assert y.dtype is expected.dtype is default
    assert torch.equal(y, expected)


def test_integers_where_pytorch_overflows():
    assert softsign(torch.tensor([255], dtype=torch.uint8)).item() == np.float32(255 / 256)
    assert softsign(torch.tensor([-128], dtype=torch.int8)).item() == np.float32(-128 / 129)
    assert softsign(torch.tensor([False, True])).tolist() == [0, 0.5]  # PyTorch refuses these


def test_complex_numbers_are_left_to_pytorch():
    x = torch.complex(random(5), random(5).flip(0)).requires_grad_()
    assert torch.equal(softsign(x), functional.softsign(x))
    one = torch.ones_like(x)
    assert torch.equal(gradient_of(softsign, x, one), gradient_of(functional.softsign, x, one))
    y = x.detach().clone()
    assert softsign(y, inplace=True) is y
    assert torch.equal(y, functional.softsign(x))


@pytest.mark.filterwarnings("ignore:.*nested tensors is in prototype stage")
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta state")
@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions")
@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda x: x.to_sparse(), r"torch\.sparse_coo: use x\.to_dense"),
        (lambda x: x.to_sparse_csr(), r"torch\.sparse_csr: use x\.to_dense"),
        (lambda x: torch.quantize_per_tensor(x, 0.1, 0, torch.qint8), r"qint8\): use x\.dequant"),
        (lambda x: torch.nested.nested_tensor([x, x[:1]]), r"with layout=torch\.jagged"),
        (lambda x: x.to(torch.float8_e5m2), r"float8_e5m2: it takes torch\.bfloat16, .*integers"),
    ],
    ids=["sparse", "sparse CSR", "quantized", "nested", "float8"],
)
def test_what_cannot_be_had_is_refused_with_the_way_out(make, refusal):
    with pytest.raises((NotImplementedError, TypeError), match=refusal):
        softsign(make(torch.ones(2, 3)))


def test_jagged_tensors():
    x = torch.nested.nested_tensor(
        [torch.tensor([1.0, -3.0]), torch.tensor([0.5])], layout=torch.jagged, requires_grad=True
    )
    y = softsign(x)
    assert [row.tolist() for row in y.unbind()] == [[0.5, -0.75], [np.float32(1 / 3)]]
    y.sum().backward()
    expected = [[0.25, 0.0625], [np.float32(4 / 9)]]
    for row, slopes in zip(x.grad.unbind(), expected, strict=True):
        torch.testing.assert_close(row, torch.tensor(slopes))


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


def test_tensors_that_are_not_aligned():
    buffer = bytearray(4 * 9 + 1)
    x = torch.from_numpy(np.frombuffer(buffer, dtype=np.float32, count=9, offset=1))
    x.copy_(random(9))
    assert x.data_ptr() % 4
    assert torch.equal(softsign(x), softsign(random(9, dtype=torch.float32)))
    assert torch.equal(softsign(x.clone(), inplace=True), softsign(x, inplace=True))


class Tagged(torch.Tensor):
    """A subclass of nothing but a name."""


def test_subclasses_and_parameters_are_kept_as_by_pytorch():
    for x in (random(3).as_subclass(Tagged), torch.nn.Parameter(random(3)), random(3)[0]):
        y, expected = softsign(x), functional.softsign(x)
        assert type(y) is type(expected)
        assert y.requires_grad == expected.requires_grad
        torch.testing.assert_close(y, expected, rtol=1e-15, atol=0)


def test_functions_that_overload_are_asked():
    asked = []

    class Overloading(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, called, types, args=(), kwargs=None):
            asked.append((called, kwargs))
            return called(*args, **kwargs or {})

    with Overloading():
        softsign(random(3), inplace=True)
    assert (softsign, {"inplace": True}) in asked


def test_modes_of_the_dispatcher_see_the_operator():
    from torch.utils._python_dispatch import TorchDispatchMode

    seen = []

    class Seeing(TorchDispatchMode):
        def __torch_dispatch__(self, called, types, args=(), kwargs=None):
            seen.append(called)
            return called(*args, **kwargs or {})

    x = random(3).requires_grad_()
    with Seeing():
        softsign(x).sum().backward()
    assert OPERATORS.softsign.default in seen
    assert OPERATORS.softsign_backward.default in seen


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_autocast_leaves_the_dtype_as_with_pytorch(dtype):
    x = random(3, dtype=dtype)
    with torch.autocast("cpu", torch.bfloat16):
        assert softsign(x).dtype is functional.softsign(x).dtype is dtype


def test_the_module_can_be_reloaded():
    before = softsign_c.torch.Softsign
    for module in (softsign_c.torch, operators, in_place, softsign_c.torch):
        importlib.reload(module)
    x = random(3).requires_grad_()
    softsign_c.torch.softsign(x).sum().backward()
    torch.testing.assert_close(x.grad, 1 / (1 + x.detach().abs()) ** 2)
    assert softsign_c.torch.Softsign is before


def test_a_second_copy_of_the_module_uses_the_operators_of_the_first(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("softsign_c.torch")]:
        monkeypatch.delitem(sys.modules, name)
    again = importlib.import_module("softsign_c.torch")
    monkeypatch.setattr(softsign_c, "torch", sys.modules["softsign_c.torch"])
    assert again.softsign is not softsign
    assert torch.equal(again.softsign(random(3)), softsign(random(3)))


def test_as_many_threads_as_pytorch_has():
    def threads_here():
        number = lib.softsign_set_num_threads_here(0)
        lib.softsign_set_num_threads_here(number)
        return number

    x, seen = random(300_000, dtype=torch.float32), []
    before, most = threads_here(), torch.get_num_threads()
    expected = softsign(x)
    try:
        for number in (1, 2, 3):
            torch.set_num_threads(number)
            kernels.on_tensors(lambda x, out: seen.append(threads_here()))(x)
            assert torch.equal(softsign(x), expected)
            assert torch.equal(softsign(x.clone(), inplace=True), expected)
    finally:
        torch.set_num_threads(most)
    assert seen == [1, 2, 3]
    assert threads_here() == before
