"""What the package says of itself: docstrings, signatures, names, types."""

import ast
import doctest
import importlib.metadata
import inspect
import pickle
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import softsign_c
from helpers import raw
from helpers.process import python
from softsign_c import softsign, softsign_backward, softsign_with_derivative

UFUNCS = [raw.ufunc(op) for op in raw.OPS]
STUBS = Path(softsign_c.__file__).with_name("__init__.pyi")

each_ufunc = pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda ufunc: ufunc.__name__)


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


@each_ufunc
def test_docstrings_say_what_is_computed(ufunc):
    for section in ("Parameters", "Returns", "Notes", "References", "Examples"):
        assert f"\n    {section}\n" in ufunc.__doc__ or f"\n{section}\n" in ufunc.__doc__
    for parameter in list(inspect.signature(ufunc).parameters)[: ufunc.nin]:
        assert f"{parameter} : " in ufunc.__doc__


@each_ufunc
def test_a_ufunc_knows_where_it_is(ufunc):
    assert ufunc.__module__ == "softsign_c"
    assert getattr(softsign_c, ufunc.__name__) is ufunc
    assert repr(ufunc) == f"<ufunc '{ufunc.__name__}'>"


@each_ufunc
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


@each_ufunc
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


@each_ufunc
def test_what_the_signature_lists_is_what_is_taken(ufunc):
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(ufunc).parameters.items()
        if parameter.default is not parameter.empty and name not in ("out", "dtype", "signature")
    }
    ufunc(*[0.5] * ufunc.nin, **defaults)


def test_version_is_the_installed_one():
    from importlib.metadata import version

    assert softsign_c.__version__ == version("softsign_c")
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


def test_stubs_declare_every_public_name():
    declared = set()
    for statement in ast.parse(STUBS.read_text()).body:
        if isinstance(statement, ast.AnnAssign):
            declared.add(statement.target.id)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            declared.add(statement.name)
    assert declared == {*softsign_c.__all__, "__version__"}
    assert STUBS.with_name("py.typed").exists()


GOOD = """
import numpy as np
import softsign_c
from softsign_c import active_isa, available_isas, get_num_threads, set_num_threads, softsign
from softsign_c import softsign_backward, use_isa

x = np.ones((2, 3), np.float32)
y = np.empty_like(x)
softsign(x, out=y)
softsign(x, out=(y,), where=x > 0)
softsign(x, dtype=np.float64, casting="same_kind", order="K", subok=True)
softsign_backward(x, x, out=y)
softsign_c.softsign_with_derivative(x, out=(y, None))
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
    "softsign.no_such_thing": "attr-defined",
    "number: int = active_isa()": "assignment",
    "softsign_c.no_such_thing": "attr-defined",
}


def test_a_type_checker_accepts_what_the_ufuncs_take(tmp_path):
    pytest.importorskip("mypy", reason="mypy, of the extra lint, is not installed")
    wrong = "\n".join(f"{line}  # type: ignore[{error}]" for line, error in BAD.items())
    (tmp_path / "checked.py").write_text(GOOD + wrong)
    folder = STUBS.parents[1]  # mypy has to be told of it, unless it is where packages go
    installed = str(folder) in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    found = {} if installed else {"MYPYPATH": str(folder)}
    arguments = ["--strict", "--config-file=", "checked.py"]
    result = python("-m", "mypy", *arguments, cwd=tmp_path, **found)
    assert result.returncode == 0, result.stdout + result.stderr
