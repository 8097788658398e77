"""softsign_c.torch by the row of nn.functional.softsign in PyTorch's own table of operators."""

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")
pytest.importorskip("expecttest", reason="needs what PyTorch's table of operators does: expecttest")

from torch.autograd import gradcheck, gradgradcheck  # noqa: E402
from torch.nn import functional  # noqa: E402

from helpers.tensors import DTYPES, INTEGERS  # noqa: E402
from softsign_c.torch import softsign  # noqa: E402


@pytest.fixture(scope="module")
def row():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, as it imports its tests' modules
        from torch.testing._internal.common_methods_invocations import op_db
    (found,) = (op for op in op_db if op.name == "nn.functional.softsign")
    return found


def test_the_row_has_the_dtypes_tested_here(row):
    complex_ones = {torch.complex64, torch.complex128}
    assert row.supported_dtypes("cpu") == {*INTEGERS, *DTYPES, *complex_ones}


@pytest.mark.parametrize("dtype", [*INTEGERS, *DTYPES], ids=str)
def test_samples_agree(row, dtype):
    for sample in [*row.sample_inputs("cpu", dtype), *row.reference_inputs("cpu", dtype)]:
        x = sample.input
        got, expected = softsign(x), functional.softsign(x)
        assert got.stride() == expected.stride() or not x.numel()
        # PyTorch's expression is inf / inf at infinity, and its integers overflow.
        exact = torch.where(x.isinf(), x.sign(), x / (1 + x.double().abs()))
        wrong = x.isinf() | (1 + x.abs() <= 0) | (expected.abs() > 1)
        expected = torch.where(wrong, exact.to(got.dtype), expected)
        torch.testing.assert_close(got, expected, equal_nan=True)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128], ids=str)
@pytest.mark.filterwarnings("ignore:.*torch.vmap.*:FutureWarning")  # PyTorch's, of itself
def test_samples_can_be_differentiated_as_the_row_says(row, dtype):
    once = {
        "check_batched_grad": row.check_batched_grad,
        "check_forward_ad": row.supports_forward_ad,
        "check_batched_forward_grad": row.check_batched_forward_grad,
    }
    twice = {
        "check_batched_grad": row.check_batched_gradgrad,
        "check_fwd_over_rev": row.supports_fwgrad_bwgrad,
        "check_rev_over_rev": row.supports_gradgrad,
    }
    for sample in row.sample_inputs("cpu", dtype, requires_grad=True):
        gradcheck(softsign, sample.input, **once)
        gradgradcheck(softsign, sample.input, **twice)


def test_conjugate_and_negative_views(row):
    for sample in row.sample_inputs("cpu", torch.complex128):
        view = sample.input.conj()
        assert torch.equal(softsign(view), functional.softsign(view))
        torch.testing.assert_close(softsign(view.imag), functional.softsign(view.imag))


def test_copies_on_write_keep_their_values(row):
    for sample in row.sample_inputs("cpu", torch.float32):
        copy = torch._lazy_clone(sample.input)
        assert torch.equal(softsign(copy), softsign(sample.input))
        softsign(copy, inplace=True)
        assert torch.equal(copy, softsign(sample.input))
