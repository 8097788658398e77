"""softsign of a PyTorch tensor put into that tensor."""

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch import func  # noqa: E402
from torch.autograd import forward_ad  # noqa: E402

from helpers.tensors import DTYPES, VIEWS, gradient_of, random  # noqa: E402
from softsign_c.torch import softsign  # noqa: E402


def softsign_(x):
    return softsign(x, inplace=True)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_in_place_without_gradient(dtype):
    x = random(6, 8, dtype=dtype).t()
    expected, pointer, version = softsign(x), x.data_ptr(), x._version
    assert softsign_(x) is x
    assert torch.equal(x, expected)
    assert x.data_ptr() == pointer
    assert x._version > version  # so that autograd notices, if it had saved x


def test_in_place_with_gradient_is_as_accurate_as_without():
    x = torch.tensor([-3e7, 0.5, 2e5])
    one = torch.ones(3)
    assert torch.equal(
        gradient_of(lambda x: softsign_(x * 1), x, one), gradient_of(softsign, x, one)
    )


def test_leaves_are_refused_by_pytorch_unless_nothing_is_recorded():
    leaf = random(3).requires_grad_()
    for refused in (leaf, leaf[:2]):
        with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
            softsign_(refused)
    with torch.no_grad():
        softsign_(leaf)
    assert torch.equal(leaf, softsign(random(3)))


def test_a_tensor_saved_for_another_gradient_is_noticed():
    leaf = random(3).requires_grad_()
    x = leaf * 1
    y = x.square()
    softsign_(x)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_gradients_flow_through_views():
    def through_view(f):
        def of(x):
            y = x * 1
            f(y[1:])
            return y.square()

        return of

    def apart(x):
        return torch.cat([x[:1], softsign(x[1:])]).square()

    x, one = random(4), torch.ones(4, dtype=torch.float64)
    assert torch.equal(through_view(softsign_)(x), apart(x))
    torch.testing.assert_close(
        gradient_of(through_view(softsign_), x, one), gradient_of(apart, x, one)
    )


OWN_MEMORY = {name: view for name, view in VIEWS.items() if name != "expanded"}
OWN_MEMORY["negated"] = lambda x: torch.complex(x, -x).conj().imag


@pytest.mark.parametrize("view", OWN_MEMORY.values(), ids=OWN_MEMORY)
def test_views_of_every_kind(view):
    x = view(random(2, 3, 4, 5))
    expected = softsign(x.clone())
    assert softsign_(x) is x
    assert torch.equal(x, expected)


def test_overlapping_memory():
    with pytest.raises(RuntimeError, match="refers to a single memory location"):
        softsign_(random(1).expand(4))
    x = random(5)
    expected = softsign(x)
    softsign_(x.as_strided((4, 2), (1, 1)))  # PyTorch cannot tell: each element once all the same
    assert torch.equal(x, expected)


def test_tangents_go_along():
    x, tangent = random(4), random(4).flip(0)
    expected = func.jvp(softsign, (x,), (tangent,))
    with forward_ad.dual_level():
        y = forward_ad.unpack_dual(softsign_(forward_ad.make_dual(x.clone(), tangent.clone())))
    assert torch.equal(y.primal, expected[0])
    assert torch.equal(y.tangent, expected[1])
    got = func.jvp(lambda x: softsign_(x.clone()), (x,), (tangent,))
    assert all(map(torch.equal, got, expected))


@pytest.mark.parametrize("transform", [func.vmap, func.jacrev, func.jacfwd, func.functionalize])
def test_in_transforms(transform):
    x = random(3, 2)
    got = transform(lambda x: softsign_(x * 1))(x)
    assert torch.equal(got, transform(softsign)(x))


def test_inference_tensors():
    with torch.inference_mode():
        x = random(3)
        assert torch.equal(softsign_(x.clone()), softsign(x))
        softsign_(x)
        assert x.is_inference()
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor"):
        softsign_(x)


def test_integers_are_refused():
    x = torch.arange(3)
    with pytest.raises(RuntimeError, match=r"torch\.float32, cannot be put into .* torch\.int64"):
        softsign_(x)
    assert x.tolist() == [0, 1, 2]
