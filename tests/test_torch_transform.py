"""SoftsignTransform by the checks that PyTorch has for its own transforms."""

import math

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch.autograd.functional import jacobian  # noqa: E402
from torch.distributions import Normal, constraints, transforms  # noqa: E402

from helpers.tensors import DTYPES  # noqa: E402
from softsign_c.torch import SoftsignTransform, softsign  # noqa: E402

SOFTSIGN = SoftsignTransform()


def test_domain_codomain_and_sign():
    x = torch.linspace(-1e6, 1e6, 11)
    assert SOFTSIGN.domain is constraints.real
    assert SOFTSIGN.codomain.check(SOFTSIGN(x)).all()
    assert (SOFTSIGN.bijective, SOFTSIGN.sign, SOFTSIGN.event_dim) == (True, 1, 0)
    assert SoftsignTransform(cache_size=1) == SOFTSIGN
    assert transforms.TanhTransform() != SOFTSIGN


@pytest.mark.parametrize("cache_size", [0, 1])
def test_inverse(cache_size):
    transform = SoftsignTransform(cache_size=cache_size)
    x = torch.linspace(-50, 50, 101, dtype=torch.float64).reshape(1, 101)
    y = transform(x)
    assert torch.equal(y, softsign(x))
    back = transform.inv(y)
    assert (back is x) == bool(cache_size)
    torch.testing.assert_close(transform.inv(y.clone()), x, rtol=1e-12, atol=0)
    torch.testing.assert_close(transform.inv.inv(x), y, rtol=0, atol=0)
    again = transform.with_cache(1 - cache_size)
    assert isinstance(again, SoftsignTransform)
    assert again._cache_size == 1 - cache_size


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_limits_of_the_inverse(dtype):
    y = torch.tensor([-1, 1, -0.0, 2, -2, torch.nan], dtype=dtype)
    got = SOFTSIGN.inv(y)
    assert got.dtype is dtype
    assert got[:3].tolist() == [-torch.inf, torch.inf, 0]
    assert got[3:].isnan().all()
    assert math.copysign(1, got[2]) == -1


def test_log_abs_det_jacobian_is_that_of_autograd():
    x = torch.linspace(-7, 5, 13, dtype=torch.float64)
    y = SOFTSIGN(x)
    for transform, at in ((SOFTSIGN, x), (SOFTSIGN.inv, y)):
        expected = jacobian(transform, at).diagonal().abs().log()
        torch.testing.assert_close(transform.log_abs_det_jacobian(at, transform(at)), expected)
    assert SOFTSIGN.log_abs_det_jacobian(torch.tensor(1e30), None) > -140  # the slope itself is 0


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("sign", [-1, 1])
def test_log_abs_det_jacobian_keeps_its_digits_near_0(dtype, sign):
    tiny = sign * torch.tensor([1e-3, torch.finfo(dtype).eps / 8], dtype=dtype)
    exact = -2 * torch.log1p(tiny.double().abs())
    got = SOFTSIGN.log_abs_det_jacobian(tiny, SOFTSIGN(tiny))
    assert got.dtype is dtype
    torch.testing.assert_close(got.double(), exact, rtol=2 * torch.finfo(dtype).eps, atol=0)
    assert torch.equal(SOFTSIGN.inv.log_abs_det_jacobian(SOFTSIGN(tiny), tiny), -got)


@pytest.mark.filterwarnings("ignore:.*torch.vmap.*:FutureWarning")  # PyTorch's, of itself
def test_the_inverse_can_be_differentiated():
    y = torch.tensor([-0.9, -0.25, 0.5], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(SOFTSIGN.inv, y, check_forward_ad=True, check_batched_grad=True)
    assert torch.autograd.gradgradcheck(SOFTSIGN.inv, y, check_fwd_over_rev=True)
    assert torch.equal(torch.func.vmap(SOFTSIGN.inv)(y), SOFTSIGN.inv(y))


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_shapes(shape):
    assert SOFTSIGN.forward_shape(shape) == SOFTSIGN.inverse_shape(shape) == shape
    x = torch.zeros(shape)
    y = SOFTSIGN(x)
    assert y.shape == SOFTSIGN.inv(y).shape == SOFTSIGN.log_abs_det_jacobian(x, y).shape == shape


def test_in_a_distribution():
    base = Normal(torch.tensor([0.3, -1.0], dtype=torch.float64), 2.0)
    squashed = torch.distributions.TransformedDistribution(base, [SoftsignTransform(cache_size=1)])
    torch.manual_seed(0)
    y = squashed.rsample((1000,))
    assert squashed.support.check(y).all()
    grid = torch.linspace(-1, 1, 200_001, dtype=torch.float64)[1:-1, None].expand(-1, 2)
    density = squashed.log_prob(grid).exp()
    torch.testing.assert_close(
        torch.trapezoid(density, grid, dim=0), torch.ones(2, dtype=torch.float64), rtol=1e-6, atol=0
    )
    median = softsign(base.loc)
    torch.testing.assert_close(squashed.cdf(median), torch.full_like(median, 0.5))
    torch.testing.assert_close(squashed.icdf(torch.full_like(median, 0.5)), median)
    composed = transforms.ComposeTransform([transforms.AffineTransform(1, 2), SOFTSIGN])
    torch.testing.assert_close(composed.inv(composed(base.loc)), base.loc)
