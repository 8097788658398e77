"""Options of the benchmarks."""

import pytest
from measure import keep_to


def pytest_addoption(parser):
    parser.addoption("--max-size", type=float, default=64e6, help="skip larger arrays")
    parser.addoption("--threads", type=int, default=1, help="how many threads all may use")


def pytest_configure(config):
    keep_to(config.getoption("--threads"))


@pytest.fixture
def max_size(request):
    return request.config.getoption("--max-size")


@pytest.fixture
def threads(request):
    return request.config.getoption("--threads")
