"""What the tests share: each instruction set, each type, each op."""

import platform
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from helpers import raw
from helpers.fpu import FloatingPointUnit
from helpers.reference import TYPES, Type
from softsign_c import set_num_threads, use_isa
from softsign_c._isa import missing_for_isas
from softsign_c._kernels import lib

try:
    from ml_dtypes import bfloat16
except ImportError:
    bfloat16 = None


# Quick, and what fails first when something is wrong in C.
FIRST = ["test_contract", "test_half_types", "test_kernels", "test_isa", "test_loop", "test_ufunc"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: [*FIRST, item.path.stem].index(item.path.stem))


def variants() -> Iterator[object]:
    """Give each instruction set with each divider that it has kernels for."""
    for index, (isa, missing) in enumerate(missing_for_isas().items()):
        marks = [pytest.mark.skip(reason=f"{isa} needs {missing}")] if missing else []
        for divider in range(lib.softsign_dividers(index)):
            name = f"{isa}-slow-divider" if divider else isa
            yield pytest.param((isa, divider), marks=marks, id=name)


@pytest.fixture(params=variants())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on every instruction set that the machine has, active for the ufuncs."""
    isa, divider = request.param
    before = lib.softsign_active_divider()
    lib.softsign_use_divider(divider)
    with use_isa(isa):
        yield isa
    lib.softsign_use_divider(before)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Begin with one thread, and end so, whatever number the test sets."""
    with set_num_threads(1):
        yield


@pytest.fixture(params=TYPES)
def type_(request: pytest.FixtureRequest) -> Type:
    """Run the test on every element type."""
    return TYPES[request.param]


@pytest.fixture(params=raw.OPS)
def op(request: pytest.FixtureRequest) -> str:
    """Run the test on every op."""
    return request.param


@pytest.fixture
def ufunc(op: str) -> np.ufunc:
    """Run the test on the ufunc of every op."""
    return raw.ufunc(op)


@pytest.fixture
def dtype(type_: Type) -> np.dtype:
    """Give NumPy's dtype of the type."""
    if type_.name == "bf16":
        if bfloat16 is None:
            pytest.skip("bfloat16 as a dtype needs ml_dtypes")
        return np.dtype(bfloat16)
    return np.dtype(f"f{type_.bytes}")


@pytest.fixture
def floating_point_unit() -> Iterator[FloatingPointUnit]:
    """Give the floating-point unit, to set otherwise until the end of the test."""
    if platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc":
        pytest.skip("written for the C library of x86-64 Linux")
    unit = FloatingPointUnit()
    before = unit.control
    yield unit
    unit.control = before


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that must have no hidden file in it at the end: nothing half-written."""
    yield tmp_path
    assert not list(tmp_path.glob(".*"))
