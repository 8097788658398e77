"""Docstrings, signatures, names and types of the package."""

import doctest
import importlib.metadata
import inspect
import pickle
import re
import shutil
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import softsign_c
from helpers import raw
from helpers.process import python, run_script
from softsign_c import softsign, softsign_backward, softsign_with_derivative

UFUNCS = [raw.ufunc(op) for op in raw.OPS]
STUBS = Path(softsign_c.__file__).with_name("__init__.pyi")


def test_every_public_name_exists_and_is_documented():
    for name in softsign_c.__all__:
        documentation = getattr(softsign_c, name).__doc__
        assert documentation, name
        assert documentation.splitlines()[0].endswith("."), name


@pytest.mark.parametrize("name", softsign_c.__all__)
def test_examples_in_docstrings_run(name):
    item = getattr(softsign_c, name)
    names = {name: getattr(softsign_c, name) for name in softsign_c.__all__} | {"np": np}
    examples = doctest.DocTestParser().get_doctest(item.__doc__, names, name, None, 0)
    assert examples.examples, "no example"
    report = []
    doctest.DocTestRunner().run(examples, out=report.append)
    assert not report, "".join(report)


def test_docstrings_say_what_is_computed(ufunc):
    for section in ("Parameters", "Returns", "Notes", "References", "Examples"):
        assert f"\n    {section}\n" in ufunc.__doc__ or f"\n{section}\n" in ufunc.__doc__
    for parameter in list(inspect.signature(ufunc).parameters)[: ufunc.nin]:
        assert f"{parameter} : " in ufunc.__doc__


def test_a_ufunc_knows_where_it_is(ufunc):
    assert ufunc.__module__ == "softsign_c"
    assert getattr(softsign_c, ufunc.__name__) is ufunc
    assert repr(ufunc) == f"<ufunc '{ufunc.__name__}'>"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickled_by_name(ufunc, protocol):
    data = pickle.dumps(ufunc, protocol)
    assert b"softsign_c" in data
    assert pickle.loads(data) is ufunc


def test_pickled_ufuncs_are_found_in_a_new_process():
    """As by the workers of Dask, which import nothing beforehand."""
    result = python("-c", f"import pickle; print(*pickle.loads({pickle.dumps(UFUNCS)!r}))")
    assert result.stdout == " ".join(map(repr, UFUNCS)) + "\n", result.stderr


@pytest.fixture
def loaded_again():
    """Load the package's modules anew, those first that others import, and then the package."""
    isa = softsign_c.active_isa()
    for name in ("_kernels", "_setting", "_isa", "_threads", "_ufunc"):
        importlib.reload(importlib.import_module(f"softsign_c.{name}"))
    importlib.reload(softsign_c)
    softsign_c.use_isa(isa)


@pytest.mark.usefixtures("loaded_again")
def test_a_ufunc_stays_itself_when_the_package_is_loaded_again(ufunc):
    assert getattr(softsign_c, ufunc.__name__) is ufunc
    assert pickle.loads(pickle.dumps(ufunc)) is ufunc
    test_docstrings_say_what_is_computed(ufunc)
    assert ufunc(*[0.0] * ufunc.nin) is not None


def test_signatures():
    keywords = "where=True, casting='same_kind', order='K', dtype=None, subok=True, signature=None"
    assert str(inspect.signature(softsign)) == f"(x, /, out=None, *, {keywords})"
    assert str(inspect.signature(softsign_backward)) == f"(grad, x, /, out=None, *, {keywords})"
    both = f"(x, /, out=(None, None), *, {keywords})"
    assert str(inspect.signature(softsign_with_derivative)) == both


def test_what_the_signature_lists_is_what_is_taken(ufunc):
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(ufunc).parameters.items()
        if parameter.default is not parameter.empty and name not in ("out", "dtype", "signature")
    }
    ufunc(*[0.5] * ufunc.nin, **defaults)


def test_version_is_the_installed_one():
    assert softsign_c.__version__ == importlib.metadata.version("softsign_c")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = softsign_c.nothing


def test_without_metadata_there_is_no_version(monkeypatch):
    """As in a frozen application."""

    def not_found(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", not_found)
    assert getattr(softsign_c, "__version__", None) is None
    with pytest.raises(AttributeError, match="no attribute '__version__'"):
        _ = softsign_c.__version__


def test_completion_offers_the_public_names_and_no_others():
    offered = [name for name in dir(softsign_c) if not name.startswith("_")]
    assert set(offered) - {"torch"} == set(softsign_c.__all__)
    assert "__version__" in dir(softsign_c)


def test_a_setting_says_what_it_set():
    with softsign_c.use_isa("baseline") as _, softsign_c.set_num_threads(2) as _:
        assert repr(softsign_c.use_isa("baseline")) == "use_isa('baseline')"
        assert repr(softsign_c.set_num_threads(np.int8(2))) == "set_num_threads(2)"


def test_torch_is_an_attribute_that_is_loaded_at_the_first_use():
    """Without PyTorch the error names the extra that brings it."""
    found = run_script("""
        import sys, softsign_c
        assert not {"torch", "softsign_c.torch"} & set(sys.modules)
        try:
            print(softsign_c.torch.softsign.__module__)
        except ImportError as error:
            print(error)
        """)
    place = re.fullmatch(r"softsign_c\.torch[\w.]*\n", found.stdout)
    assert place or "softsign_c[torch]" in found.stdout, found.stderr


GOOD = """
# pyright: reportUnnecessaryTypeIgnoreComment=true
from typing import Any
import numpy as np
from numpy.typing import NDArray
import softsign_c
from softsign_c import active_isa, available_isas, get_num_threads, set_num_threads, softsign
from softsign_c import softsign_backward, use_isa

x = np.ones((2, 3), np.float32)
y = np.empty_like(x)
array: NDArray[Any] = softsign(x, out=y)
softsign(x, y, where=x > 0)
softsign(x, out=(y,), where=True)
softsign(x, dtype=np.float64, casting="same_kind", order="K", subok=True)
softsign([1.0, 2]).sum()
number: float = softsign(2)
softsign_backward(1, x, out=y).sum()
pair: tuple[NDArray[Any], NDArray[Any]] = softsign_c.softsign_with_derivative(x, out=(y, None))
softsign_c.softsign_with_derivative(x, y, y)
softsign_backward.outer(x, x)
with use_isa("baseline"):
    name: str = active_isa()
with set_num_threads(2):
    count: int = get_num_threads()
names: tuple[str, ...] = available_isas()
version: str = softsign_c.__version__
ufunc: np.ufunc = softsign
"""
BAD = {
    "use_isa(1)": "arg-type",
    "set_num_threads('2')": "arg-type",
    "softsign()": "call-overload",
    "softsign(x, y, y)": "call-overload",
    "softsign(x, axis=0)": "call-overload",
    "softsign(x, casting='none')": "call-overload",
    "softsign_backward(x)": "call-overload",
    "softsign_c.softsign_with_derivative(x, x, x, x)": "call-overload",
    "softsign(x).no_such_thing": "attr-defined",
    "softsign.no_such_thing": "attr-defined",
    "wrong: int = active_isa()": "assignment",
    "softsign_c.no_such_thing": "attr-defined",
}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_type_checker_accepts_what_the_ufuncs_take_and_nothing_else(tmp_path, checker):
    if not shutil.which(checker, path=sysconfig.get_path("scripts")):
        pytest.skip(f"{checker} is not installed")
    package = tmp_path / "softsign_c"  # beside the checked file, both find it
    package.symlink_to(STUBS.parent)
    ignored = "\n".join(f"{line}  # type: ignore[{error}]" for line, error in BAD.items())
    (tmp_path / "checked.py").write_text(GOOD + ignored)
    strict = {"mypy": ["--strict", "--config-file="], "pyright": []}[checker]
    result = python("-m", checker, *strict, "checked.py", cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert STUBS.with_name("py.typed").exists()
