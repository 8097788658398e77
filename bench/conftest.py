"""Options of the benchmarks."""

import pytest

from bench.measure import keep_to
from softsign_c._cli.timer import best_times


def pytest_addoption(parser):
    parser.addoption("--max-size", type=float, default=64e6, help="skip larger arrays")
    parser.addoption("--threads", type=int, default=1, help="how many threads all may use")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    try:  # as pytest-benchmark waits for ever for a clock that stands still
        best_times({"nothing": bool})
    except OSError as error:
        raise pytest.UsageError(str(error)) from error
    keep_to(config.getoption("--threads"))
