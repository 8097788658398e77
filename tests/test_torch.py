"""softsign_c.torch against PyTorch itself, and against exact arithmetic."""

import copy
import importlib
import pickle
import sys
from fractions import Fraction

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch.nn import functional  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402

import softsign_c  # noqa: E402
from helpers.tensors import DTYPES, VIEWS, gradient_of, random  # noqa: E402
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
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_any_strides(dtype, view):
    x = view(random(2, 3, 4, 5, dtype=dtype))
    grad = torch.ones((), dtype=dtype).expand(x.shape)
    y, dx = softsign(x), gradient_of(softsign, x, grad)
    assert torch.equal(y, softsign(x.contiguous()))
    assert y.stride() == functional.softsign(x).stride() or not x.numel()
    assert torch.equal(dx, gradient_of(softsign, x.contiguous(), grad))


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


INPUTS = {"": 1, "_backward": 2, "_derivative2": 3, "_derivative3": 4, "_inverse": 1, "_": 1}


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not")  # opcheck's
@pytest.mark.parametrize("operator", INPUTS)
def test_operators_keep_the_rules_of_torch_library(operator):
    x = [random(4, 3).roll(k, 0) / 40 for k in range(INPUTS[operator])]
    x = [operand.requires_grad_(operator != "_") for operand in x]
    torch.library.opcheck(getattr(OPERATORS, f"softsign{operator}").default, x)


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


def together(rows):
    """Compute in the worker."""
    return softsign(torch.stack(rows))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_dataloader_workers(method):
    rows = list(random(12, 5, dtype=torch.float32))
    workers = {"num_workers": 2, "multiprocessing_context": method}
    loader = DataLoader(rows, batch_size=4, collate_fn=together, **workers)
    assert torch.equal(torch.cat(list(loader)), softsign(torch.stack(rows)))


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
        number = lib.softsign_set_num_threads_local(0)
        lib.softsign_set_num_threads_local(number)
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
