"""The command softsign-c, as a user runs it."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from python import assert_refused, python

import softsign_c

pytest.importorskip("rich", reason="rich, of the extra cli, is not installed")


def run(*arguments, **environment):
    return python("-m", "softsign_c", *arguments, **{"COLUMNS": "80"} | environment)


@pytest.fixture
def folder(tmp_path):
    """A folder, which has only the files of the test in it at the end: nothing half-written."""
    yield tmp_path
    assert not list(tmp_path.glob(".*"))


PASSES = {
    "forward": softsign_c.softsign,
    "derivative": softsign_c.softsign_derivative,
    "second-derivative": softsign_c.softsign_second_derivative,
    "inverse": softsign_c.softsign_inverse,
}


@pytest.mark.parametrize("pass_", PASSES)
@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8"])
def test_apply_transforms_a_file(folder, pass_, dtype):
    x = np.linspace(-0.75, 0.75, 1001).astype(dtype)
    np.save(folder / "x.npy", x)
    result = run("apply", folder / "x.npy", folder / "y.npy", "--pass", pass_)
    assert (result.returncode, result.stderr) == (0, "")
    y = np.load(folder / "y.npy")
    assert y.dtype == PASSES[pass_](x).dtype
    np.testing.assert_array_equal(y, PASSES[pass_](x))


@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (3, 5, 7)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_apply_keeps_shape_and_layout(folder, shape, order):
    x = np.asarray(np.random.default_rng(0).normal(size=shape), order=order)
    np.save(folder / "x.npy", x)
    assert run("apply", folder / "x.npy", folder / "y.npy").returncode == 0
    y = np.load(folder / "y.npy")
    assert (y.shape, y.flags.fnc) == (x.shape, x.flags.fnc)
    np.testing.assert_array_equal(y, softsign_c.softsign(x))


def test_apply_spans_blocks(folder, monkeypatch):
    from softsign_c import _apply

    monkeypatch.setattr(_apply, "BLOCK", 1000)
    x = np.linspace(-9, 9, 3500, dtype=np.float32)
    np.save(folder / "x.npy", x)
    _apply.apply(folder / "x.npy", folder / "y.npy", softsign_c.softsign)
    np.testing.assert_array_equal(np.load(folder / "y.npy"), softsign_c.softsign(x))


def test_apply_can_replace_its_input(folder):
    x = np.linspace(-9, 9, 100)
    np.save(folder / "x.npy", x)
    assert run("apply", folder / "x.npy", folder / "x.npy").returncode == 0
    np.testing.assert_array_equal(np.load(folder / "x.npy"), softsign_c.softsign(x))


def test_apply_needs_little_memory(folder):
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the peak of a process without that of its parent")
    megabytes = 600
    with (folder / "x.npy").open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (megabytes << 18,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + (megabytes << 20))  # a sparse file of zeros
    code = (
        "import re, runpy, sys\n"
        "sys.argv = ['softsign-c', 'apply', *sys.argv[1:]]\n"
        "try: runpy.run_module('softsign_c', run_name='__main__')\n"
        "except SystemExit: print(re.search(r'VmHWM:(.*) kB', open('/proc/self/status').read())[1])"
    )
    result = python("-c", code, folder / "x.npy", folder / "y.npy")
    assert int(result.stdout) < 256 << 10
    assert (folder / "y.npy").stat().st_size == (folder / "x.npy").stat().st_size


def test_apply_refuses_a_missing_file(folder):
    assert_refused(run("apply", folder / "x.npy", folder / "y.npy"), "x.npy", "No such file")
    assert not (folder / "y.npy").exists()


@pytest.mark.parametrize("size", [0, 50, 500], ids=["empty", "in the header", "in the data"])
def test_apply_refuses_a_truncated_file(folder, size):
    np.save(folder / "x.npy", np.zeros(1000))
    os.truncate(folder / "x.npy", size)
    assert_refused(run("apply", folder / "x.npy", folder / "y.npy"), "x.npy", "whole .npy file")
    assert not (folder / "y.npy").exists()


@pytest.mark.parametrize("dtype", ["int32", "complex64", "U3", "bool", "longdouble"])
def test_apply_refuses_other_dtypes(folder, dtype):
    if dtype == "longdouble" and np.dtype(dtype).itemsize == 8:
        pytest.skip("longdouble is float64 on this machine")
    np.save(folder / "x.npy", np.zeros(3, dtype))
    result = run("apply", folder / "x.npy", folder / "y.npy")
    assert_refused(result, "x.npy", str(np.dtype(dtype)), "not float16, float32 or float64")


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (3,",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (10**28,), }",
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }" % 10**28,
        b"{'descr': '<f4', 'fortran_order': False, 'shape': (True,), }",
        b"{[]: 1}",
        b" " * 20000,
    ],
    ids=["cut", "expression", "huge", "of truth values", "no dict", "long"],
)
def test_apply_refuses_a_broken_header(folder, header):
    file = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(12)
    (folder / "x.npy").write_bytes(file)
    assert_refused(run("apply", folder / "x.npy", folder / "y.npy"), "x.npy", "whole .npy file")


def test_apply_refuses_a_target_that_is_no_file(folder):
    np.save(folder / "x.npy", np.zeros(3))
    for target in (folder, "/"):
        assert_refused(run("apply", folder / "x.npy", target), "not a regular file")


def test_apply_refuses_objects(folder):
    np.save(folder / "x.npy", np.array([None]), allow_pickle=True)
    assert_refused(run("apply", folder / "x.npy", folder / "y.npy"), "x.npy", "objects")


def test_apply_refuses_a_target_that_cannot_be(folder):
    np.save(folder / "x.npy", np.zeros(3))
    assert_refused(run("apply", folder / "x.npy", folder / "no" / "y.npy"), "y.npy")


def test_apply_leaves_the_target_alone_when_it_fails(folder, monkeypatch):
    from softsign_c import _apply

    np.save(folder / "x.npy", np.zeros(3))
    (folder / "y.npy").write_text("precious")

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(_apply.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        _apply.apply(folder / "x.npy", folder / "y.npy", softsign_c.softsign)
    assert (folder / "y.npy").read_text() == "precious"


def test_info_tells_versions_and_instruction_sets():
    result = run("info", SOFTSIGN_C_ISA="baseline")
    assert result.returncode == 0
    assert np.__version__ in result.stdout
    assert "baseline" in result.stdout
    assert "active" in result.stdout


def test_info_says_why_an_instruction_set_is_not_available(monkeypatch):
    from softsign_c import _info

    monkeypatch.setattr(_info, "missing_for_isas", lambda: {"avx2": "a CPU with FMA"})
    assert _info.isa_states() == {"avx2": "not available: needs a CPU with FMA"}


def test_bench_shows_a_table_and_writes_the_figures(folder, monkeypatch, capsys):
    from softsign_c import _bench

    monkeypatch.setattr(_bench, "SIZES", (1, 100))
    monkeypatch.setattr(_bench, "SECONDS", 0)
    _bench.bench(folder / "figures.json")
    table = capsys.readouterr().out
    figures = json.loads((folder / "figures.json").read_text())
    assert len(figures["rows"]) == 3 * 3 * 2 * 2  # passes, dtypes, sizes, with and without out=
    assert figures["versions"]["numpy"] == np.__version__
    for word in ("forward", "derivative", "backward", "float16", "Gain", "GB/s"):
        assert word in table


def test_bench_refuses_a_file_that_cannot_be_written(folder):
    assert_refused(run("bench", "--json", folder / "no" / "figures.json"), "figures.json")


def test_the_command_without_rich_names_the_extra(tmp_path):
    (tmp_path / "rich.py").write_text("raise ModuleNotFoundError('no', name='rich')")
    result = run("info", PYTHONPATH=str(tmp_path))
    assert_refused(result, "pip install 'softsign_c[cli]'")


@pytest.mark.parametrize("verb", [[], ["bench"], ["plot"], ["apply"], ["info"]])
def test_help_fits_80_columns(verb):
    result = run(*verb, "--help")
    assert result.returncode == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_version():
    assert run("--version").stdout == f"softsign_c {softsign_c.__version__}\n"
