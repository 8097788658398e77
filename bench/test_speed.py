"""Every op, dtype, layout and size: this package beside NumPy and others, group by group."""

import pytest

import softsign_c
from bench import cases, measure
from bench.peers import CONTENDERS, UnsupportedError

CALLS = 100  # of a small size in a round


@pytest.fixture(autouse=True)
def restored():
    with softsign_c.use_isa(softsign_c.active_isa()), softsign_c.set_num_threads(1):
        yield


def repeated(compute):
    def calls():
        for _ in range(CALLS):
            compute()

    return calls


@pytest.mark.benchmark(min_time=1e-4, max_time=0.1, min_rounds=5)
@pytest.mark.parametrize("contender", CONTENDERS)
@pytest.mark.parametrize(("op", "dtype", "layout", "size"), cases.groups(1))
def test_speed(benchmark, contender, op, dtype, layout, size, pytestconfig):
    if size > pytestconfig.getoption("max_size"):
        pytest.skip("larger than --max-size")
    case = cases.make_case(op, dtype, size, layout)
    expected = case.expected(measure.CHECKED)  # before an input is overwritten
    try:
        compute = CONTENDERS[contender](case, pytestconfig.getoption("threads"))
    except UnsupportedError as reason:
        pytest.skip(str(reason))
    if not contender.startswith("np."):
        measure.check(compute(), expected, 8 * cases.EPSILON[dtype])
    if size <= cases.FEW[-1]:  # so that the timer's own overhead does not count
        compute, benchmark.extra_info["calls"] = repeated(compute), CALLS
    benchmark.group = f"{op} {dtype} {layout} n={size}"
    benchmark(compute)
