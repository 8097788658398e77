"""Every kind of tensor is taken, promoted or handed to PyTorch as by PyTorch itself, or refused."""

import contextlib

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch._subclasses.fake_tensor import FakeTensorMode  # noqa: E402
from torch.nn import functional  # noqa: E402

import softsign_c  # noqa: E402
from helpers.tensors import INTEGERS, VIEWS, gradient_of, random  # noqa: E402
from softsign_c.torch import Softsign, SoftsignTransform, softsign  # noqa: E402

OPERATORS = torch.ops.softsign_c
TRANSFORM = SoftsignTransform()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("other", ["contiguous", "transposed"])
@pytest.mark.parametrize("device", ["fake", "meta"])
def test_compilers_are_promised_the_shape_and_strides_of_the_result(view, other, device):
    x = VIEWS[view](random(2, 3, 4, 5, dtype=torch.bfloat16))
    grad = torch.empty_like(x, memory_format=torch.contiguous_format)
    if other == "transposed" and x.dim():
        grad = grad.movedim(0, -1).contiguous().movedim(-1, 0)
    mode = FakeTensorMode() if device == "fake" else contextlib.nullcontext()

    def without_data(t):
        if device == "fake":
            return mode.from_tensor(t)
        return torch.empty_strided(t.shape, t.stride(), dtype=t.dtype, device="meta")

    for name, inputs in [
        ("softsign", [x]),
        ("softsign_inverse", [x]),
        ("softsign_backward", [grad, x]),
        ("softsign_derivative2", [grad, grad, x]),
    ]:
        operator = getattr(OPERATORS, name)
        real = operator(*inputs)
        with mode:
            promised = operator(*map(without_data, inputs))
        assert promised.shape == real.shape == x.shape
        if x.numel():  # else PyTorch's own differ
            assert promised.stride() == real.stride() == torch.empty_like(x).stride()
        assert promised.dtype is real.dtype is x.dtype


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
    of_in_place = gradient_of(lambda x: softsign(x * 1, inplace=True), x, one)
    assert torch.equal(of_in_place, gradient_of(softsign, x, one))


CALLERS = {
    "function": softsign,
    "in place": lambda x: softsign(x, inplace=True),
    "module": Softsign(),
    "transform": TRANSFORM,
    "inverse": TRANSFORM.inv,
    "density": lambda x: TRANSFORM.log_abs_det_jacobian(x, None),
}
OF_REALS = {name: CALLERS[name] for name in ("transform", "inverse", "density")}


@pytest.mark.filterwarnings("ignore:.*nested tensors is in prototype stage")
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta state")
@pytest.mark.filterwarnings("ignore:.*quantized tensor creation functions")
@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
@pytest.mark.parametrize(
    ("make", "refusal"),
    [
        (lambda x: x.to_sparse(), r"torch\.sparse_coo: use x\.to_dense"),
        (lambda x: x.to_sparse_csr(), r"torch\.sparse_csr: use x\.to_dense"),
        (lambda x: torch.quantize_per_tensor(x, 0.1, 0, torch.qint8), r"qint8\): use x\.dequant"),
        (lambda x: torch.nested.nested_tensor([x, x[:1]]), r"with layout=torch\.jagged"),
        (lambda x: x.to(torch.float8_e5m2), r"float8_e5m2: it takes torch\.bfloat16, .*integers"),
        (lambda x: x.numpy(), r"takes a torch\.Tensor, not ndarray: use torch\.as_tensor"),
        (lambda x: x.tolist(), r"takes a torch\.Tensor, not list: use torch\.as_tensor"),
        (lambda x: 1.0, r"takes a torch\.Tensor, not float: use torch\.as_tensor"),
        (lambda x: None, r"takes a torch\.Tensor, not NoneType: use torch\.as_tensor"),
    ],
    ids=["sparse", "CSR", "quantized", "nested", "float8", "ndarray", "list", "float", "None"],
)
def test_what_is_not_supported_is_refused_with_the_way_out(make, refusal, caller):
    x = make(torch.ones(2, 3))
    error = NotImplementedError if refusal.count("use x") or "jagged" in refusal else TypeError
    with pytest.raises(error, match=rf"^[Ss]oftsign\w* .*{refusal}.*$"):
        caller(x)


@pytest.mark.parametrize("caller", OF_REALS.values(), ids=OF_REALS)
def test_the_transform_refuses_complex_numbers(caller):
    with pytest.raises(TypeError, match=r"^SoftsignTransform of .*complex64: it takes .*integers$"):
        caller(torch.ones(2, dtype=torch.complex64))


@pytest.mark.parametrize("dtype", [torch.bool, *INTEGERS], ids=str)
@pytest.mark.parametrize("default", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("caller", OF_REALS.values(), ids=OF_REALS)
def test_the_transform_promotes_integers_as_those_of_pytorch(caller, dtype, default):
    x = torch.tensor([0, 1, 0], dtype=dtype)
    torch.set_default_dtype(default)
    try:
        got, expected = caller(x), caller(x.to(default))
        assert torch.distributions.transforms.TanhTransform()(x).dtype is got.dtype is default
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(got, expected)


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
