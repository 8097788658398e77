"""The derivatives of softsign_c.torch beside those of PyTorch's own softsign."""

import math
from fractions import Fraction

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch import autograd, func  # noqa: E402
from torch.autograd import forward_ad  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.utils.checkpoint import checkpoint  # noqa: E402

from helpers.tensors import DTYPES  # noqa: E402
from softsign_c.torch import softsign  # noqa: E402

# PyTorch's own warnings of itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node"),
    pytest.mark.filterwarnings("ignore:.*torch.vmap.*:FutureWarning"),
]

X = torch.tensor([-300.0, -7.0, -0.5, -0.0, 0.0, 0.25, 3.0], dtype=torch.float64)
T = torch.linspace(-2, 3, 7, dtype=torch.float64)


def leaf():
    return X.clone().requires_grad_()


def slopes(f, order):
    """Return the derivatives of f up to that order, each of the one before."""
    x = leaf()
    found = [f(x) * f(x)]  # so that the value's own graph counts as well
    for _ in range(order):
        found += autograd.grad(found[-1], x, T, create_graph=True)
    return found


def with_tangent(f):
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(X, T)
        return forward_ad.unpack_dual(f(dual) + dual)


def tangent_of_gradient(f):
    with forward_ad.dual_level():
        x = forward_ad.make_dual(leaf(), T)
        return forward_ad.unpack_dual(autograd.grad(f(x), x, T, create_graph=True)[0])


def batched_gradient(f, order):
    x = leaf()
    found = f(x)
    for _ in range(order - 1):
        (found,) = autograd.grad(found.sum(), x, create_graph=True)
    return autograd.grad(found, x, torch.eye(7, dtype=torch.float64), is_grads_batched=True)


def backward_by_checkpoint(f):
    x = leaf()
    checkpoint(lambda x: f(x * 2) * x, x, use_reentrant=False).sum().backward()
    return x.grad


def second_way(f):
    return lambda x: f(x) * f(x * 2)


CASES = {
    "reverse, five times": lambda f: slopes(f, 5),
    "dual numbers": with_tangent,
    "forward over reverse, dual numbers": tangent_of_gradient,
    "is_grads_batched": lambda f: batched_gradient(f, 1),
    "is_grads_batched, second": lambda f: batched_gradient(f, 2),
    "checkpoint": backward_by_checkpoint,
    "grad": lambda f: func.grad(lambda x: f(x).sum())(X),
    "grad of grad of grad": lambda f: func.grad(func.grad(func.grad(f)))(X[1]),
    "vjp": lambda f: func.vjp(f, X)[1](T),
    "jvp": lambda f: func.jvp(f, (X,), (T,)),
    "jvp of jvp": lambda f: func.jvp(
        lambda x: func.jvp(second_way(f), (x,), (T,))[1], (X,), (T.flip(0),)
    ),
    "jacrev": lambda f: func.jacrev(f)(X),
    "jacfwd": lambda f: func.jacfwd(f)(X),
    "hessian": lambda f: func.hessian(lambda x: second_way(f)(x).sum())(X),
    "jacrev of jacfwd of jacrev": lambda f: func.jacrev(func.jacfwd(func.jacrev(f)))(X),
    "jacfwd of jacfwd of jacfwd": lambda f: func.jacfwd(func.jacfwd(func.jacfwd(f)))(X),
    "jacrev of jacrev": lambda f: func.jacrev(func.jacrev(second_way(f)))(X),
    "vmap": lambda f: func.vmap(f)(X),
    "vmap in other dimensions": lambda f: func.vmap(
        func.vmap(f, in_dims=1, out_dims=1), in_dims=2, out_dims=1, randomness="different"
    )(T.expand(2, 3, 7)),
    "vmap over nothing": lambda f: func.vmap(lambda x, t: f(x) * t, in_dims=(None, 0))(X, T),
    "vmap of grad": lambda f: func.vmap(func.grad(f))(X),
    "vmap of grad, shared x": lambda f: func.vmap(lambda t: func.vjp(f, X)[1](t)[0])(
        torch.eye(7, dtype=torch.float64)
    ),
    "vmap of grad of grad": lambda f: func.vmap(func.grad(func.grad(f)))(X),
    "grad of vmap": lambda f: func.grad(lambda x: func.vmap(f)(x).sum())(X),
    "functionalize": lambda f: func.functionalize(f)(X),
    "linearize": lambda f: func.linearize(f, X)[1](T),
    "functional.jvp": lambda f: autograd.functional.jvp(f, X, T),
    "functional.vjp": lambda f: autograd.functional.vjp(f, X, T),
    "functional.hvp": lambda f: autograd.functional.hvp(lambda x: f(x).sum(), X, T),
    "functional.vhp": lambda f: autograd.functional.vhp(lambda x: f(x).sum(), X, T),
    **{
        f"functional.jacobian, vectorize={v}, {s}": lambda f, v=v, s=s: (
            autograd.functional.jacobian(f, X, vectorize=v, strategy=s),
            autograd.functional.hessian(
                lambda x: f(x).sum(), X, vectorize=v, outer_jacobian_strategy=s
            ),
        )
        for v, s in [(False, "reverse-mode"), (True, "reverse-mode"), (True, "forward-mode")]
    },
}


@pytest.mark.parametrize("case", CASES)
def test_every_way_to_differentiate_agrees_with_pytorch(case):
    torch.testing.assert_close(
        CASES[case](softsign), CASES[case](functional.softsign), rtol=1e-11, atol=1e-15
    )


def test_gradients_of_every_mode_agree_with_differences():
    x = torch.tensor([-7.0, -0.5, 0.25, 3.0], dtype=torch.float64, requires_grad=True)

    slope = func.grad(lambda x: softsign(x).sum())
    batched = {"check_batched_grad": True}
    forward = {"check_forward_ad": True, "check_batched_forward_grad": True}
    nested = {"check_fwd_over_rev": True, "check_rev_over_rev": True}
    for f in (softsign, slope):
        assert autograd.gradcheck(f, x, **batched, **forward)
        assert autograd.gradgradcheck(f, x, **batched, **nested)


def test_no_grad_and_set_grad_hold_inside_a_transform():
    def half(x):
        with torch.no_grad():
            constant = softsign(x)
        return (constant * softsign(x)).sum()

    torch.testing.assert_close(func.grad(half)(X), softsign(X) / (1 + X.abs()) ** 2)


def test_a_gradient_is_that_of_the_one_input_that_needs_it():
    backward = torch.ops.softsign_c.softsign_backward
    grad, x = T.clone().requires_grad_(), leaf()
    (of_grad,) = autograd.grad(backward(grad, X).sum(), grad)
    assert torch.equal(of_grad, backward(torch.ones_like(X), X))
    (of_x,) = autograd.grad(backward(T, x).sum(), x)
    assert torch.equal(of_x, operator(2)(T, torch.ones_like(X), X))


def exactly(x, *grads):
    """Return the product of the gradients and the derivative of order len(grads) at x."""
    sign, order = (x > 0) - (x < 0), len(grads)
    slope = Fraction(math.factorial(order) * (-sign) ** (order - 1))
    return slope / (1 + abs(Fraction(x))) ** (order + 1) * math.prod(map(Fraction, grads))


def operator(order):
    name = "softsign_backward" if order == 1 else f"softsign_derivative{order}"
    return getattr(torch.ops.softsign_c, name)


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_products_with_higher_derivatives_are_finite_where_they_can_be(dtype, order):
    info = torch.finfo(dtype)
    rng = np.random.default_rng(order)
    most, least = math.log2(info.max), math.log2(info.smallest_normal)
    exponents = rng.uniform(least, most, (order + 1, 2000))
    exponents[-1] = abs(exponents[-1])  # of x: below 1 its powers are all alike
    signs = rng.choice([-1.0, 1.0], exponents.shape)
    *grads, x = torch.from_numpy(signs * 2**exponents).to(dtype).unbind()
    got = operator(order)(*grads, x)
    found = 0
    for value, *inputs in zip(*(t.tolist() for t in (got, x, *grads)), strict=True):
        exact = exactly(*inputs)
        if info.smallest_normal < abs(exact) < info.max:
            assert abs(Fraction(value) - exact) <= (3 + 2 * order) * Fraction(info.eps) * abs(exact)
            found += 1
        elif abs(exact) <= info.smallest_normal:
            assert abs(value) <= info.smallest_normal * (1 + 16 * info.eps)
        else:
            assert abs(value) > info.max * (1 - 16 * info.eps)
    assert found > 100


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("x", [-math.inf, math.inf, -0.0, 0.0, math.nan])
def test_limits_of_higher_derivatives(x, order):
    ones = [torch.ones(1, dtype=torch.float64)] * order
    (got,) = operator(order)(*ones, torch.tensor([x], dtype=torch.float64)).tolist()
    if math.isnan(x):
        assert math.isnan(got)
    else:
        assert got == (1 if order == 1 and x == 0 else 0)


@pytest.mark.parametrize("order", [2, 3, 4])
@pytest.mark.parametrize("x", [-math.inf, math.inf])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_at_infinity_the_products_are_zero_unless_a_gradient_is_infinite(dtype, x, order):
    most = torch.finfo(dtype).max
    *others, first = [torch.full((1,), most, dtype=dtype)] * order
    sign = -math.copysign(1, x) if order % 2 == 0 else 1.0
    at = torch.tensor([x], dtype=dtype)
    for grad, size in ((first, 0.0), (-first, 0.0), (first / 0, math.inf), (-first / 0, math.inf)):
        (got,) = operator(order)(*others, grad, at).tolist()
        assert got in (size, -size)
        assert math.copysign(1, got) == sign * math.copysign(1, grad.item())


def test_settings_of_numpy_do_not_matter():
    x = torch.tensor([3e38, 1e-30, -4.0], requires_grad=True)
    with np.errstate(all="raise"):
        (slope,) = autograd.grad(softsign(x).sum(), x, create_graph=True)
        autograd.grad(slope.sum(), x)
        torch.ops.softsign_c.softsign_inverse(torch.tensor([1.0, -2.0]))
