"""Options of the benchmarks, and what their JSON says of the machine."""

import importlib.metadata
import os
import platform

import pytest

MEASURED = [
    "softsign_c",
    "numpy",
    "ml_dtypes",
    "numba",
    "numexpr",
    "jax",
    "torch",
    "onnxruntime",
    "tensorflow-cpu",
]


def pytest_addoption(parser):
    parser.addoption("--max-size", type=float, default=64e6, help="skip larger arrays")
    parser.addoption("--threads", type=int, default=1, help="how many threads all may use")


def pytest_configure(config):
    """Keep this process, and the thread pools that libraries make in it, to as many CPUs."""
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cpus[-config.getoption("--threads") :])


@pytest.fixture
def max_size(request):
    return request.config.getoption("--max-size")


@pytest.fixture
def threads(request):
    return request.config.getoption("--threads")


def pytest_benchmark_update_machine_info(config, machine_info):
    machine_info["threads"] = config.getoption("--threads")
    machine_info["versions"] = {"python": platform.python_version()}
    for package in MEASURED:
        try:
            machine_info["versions"][package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
