"""Options of the benchmarks, and what their JSON says of the machine."""

import platform

import numpy as np
import pytest

import softsign_c


def pytest_addoption(parser):
    parser.addoption("--max-size", type=float, default=64e6, help="skip larger arrays")


@pytest.fixture
def max_size(request):
    return request.config.getoption("--max-size")


def pytest_benchmark_update_machine_info(config, machine_info):
    machine_info["versions"] = {
        "softsign_c": softsign_c.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
