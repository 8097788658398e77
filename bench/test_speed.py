"""Every pass, dtype, layout and size: this package beside NumPy and others, group by group."""

import cases
import numpy as np
import pytest
from contenders import CONTENDERS, several
from peers import UnsupportedError

import softsign_c

CHECKED = slice(0, 1000)
CALLS = 100  # of a small size in a round


@pytest.fixture(autouse=True)
def restored():
    with softsign_c.use_isa(softsign_c.active_isa()), softsign_c.set_num_threads(1):
        yield


def check(results, expected, tolerance):
    for y, right in zip(several(results), several(expected), strict=True):
        y = y.double() if hasattr(y, "double") else y  # NumPy takes no bfloat16 of PyTorch
        np.testing.assert_allclose(np.ravel(y)[CHECKED].astype(float), right, rtol=tolerance)


def repeated(compute):
    def calls():
        for _ in range(CALLS):
            compute()

    return calls


@pytest.mark.benchmark(min_time=1e-4, max_time=0.1, min_rounds=5)
@pytest.mark.parametrize("contender", CONTENDERS)
@pytest.mark.parametrize(("op", "dtype", "layout", "size"), cases.all_groups())
def test_speed(benchmark, contender, op, dtype, layout, size, max_size, threads):
    if size > max_size:
        pytest.skip("larger than --max-size")
    if dtype == "bfloat16" and cases.bfloat16 is None:
        pytest.skip("ml_dtypes is not installed")
    case = cases.make_case(op, dtype, size, layout)
    expected = case.expected(CHECKED)  # before an input is overwritten
    try:
        compute = CONTENDERS[contender](case, threads)
    except UnsupportedError as reason:
        pytest.skip(str(reason))
    if contender != "np.copyto":
        check(compute(), expected, 8 * cases.EPSILON[dtype])
    if size <= cases.SMALL:  # so that the timer's own overhead does not count
        compute, benchmark.extra_info["calls"] = repeated(compute), CALLS
    benchmark.group = f"{op} {dtype} {layout} n={size}"
    benchmark(compute)
