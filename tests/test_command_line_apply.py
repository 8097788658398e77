"""The verb apply of the command softsign-c: what it computes, and which files it takes."""

import os
import runpy
import shutil
import sys
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import softsign_c
from helpers.command_line import Terminal, applied, assert_apply_refuses, command
from helpers.process import assert_refused, python, run_script
from softsign_c._cli import apply

OPS = {
    "forward": softsign_c.softsign,
    "derivative": softsign_c.softsign_derivative,
    "second-derivative": softsign_c.softsign_second_derivative,
    "inverse": softsign_c.softsign_inverse,
}


@pytest.fixture
def told(monkeypatch):
    """What the progress bar is told: its length, and each step."""
    steps = []

    @contextmanager
    def progress(what, total):
        steps.append(total)
        yield steps.append

    monkeypatch.setattr(apply, "progress", progress)
    return steps


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8"])
def test_apply_transforms_a_file(folder, op, dtype):
    x = np.linspace(-0.75, 0.75, 1001).astype(dtype)
    np.save(folder / "x.npy", x)
    result = applied(folder, "--pass", op)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    y = np.load(folder / "y.npy")
    assert y.dtype == OPS[op](x).dtype
    np.testing.assert_array_equal(y, OPS[op](x))


@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (3, 5, 7)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_apply_keeps_shape_and_layout(folder, shape, order, version):
    x = np.asarray(np.random.default_rng(0).normal(size=shape), order=order)
    with (folder / "x.npy").open("wb") as file:
        np.lib.format.write_array(file, x, version)
    assert applied(folder).returncode == 0
    y = np.load(folder / "y.npy")
    assert (y.shape, y.flags.fnc) == (x.shape, x.flags.fnc)
    np.testing.assert_array_equal(y, softsign_c.softsign(x))


@pytest.mark.parametrize("dtype", ["<f4", ">f4"])
def test_apply_spans_blocks_and_counts_elements(folder, monkeypatch, told, dtype):
    monkeypatch.setattr(apply, "BLOCK", 1000)
    x = np.linspace(-9, 9, 3500, dtype=dtype)
    np.save(folder / "x.npy", x)
    assert applied(folder).returncode == 0
    np.testing.assert_array_equal(np.load(folder / "y.npy"), softsign_c.softsign(x))
    assert told == [3500, 1000, 1000, 1000, 500]


def test_apply_shows_on_a_terminal_how_far_it_is(folder, monkeypatch):
    pytest.importorskip("rich", reason="rich, of the extra cli, is not installed")
    monkeypatch.setenv("TERM", "xterm")
    np.save(folder / "x.npy", np.zeros(3))
    assert "softsign" in command("apply", folder / "x.npy", folder, stderr=Terminal()).stderr
    result = command("apply", folder / "x.npy", folder / "y.npy", stderr=Terminal())
    assert result.returncode == 0
    assert "100%" in result.stderr


def test_apply_can_replace_its_input(folder, monkeypatch):
    monkeypatch.setattr(apply, "BLOCK", 30)
    x = np.linspace(-9, 9, 100)
    np.save(folder / "x.npy", x)
    assert command("apply", folder / "x.npy", folder / "x.npy").returncode == 0
    np.testing.assert_array_equal(np.load(folder / "x.npy"), softsign_c.softsign(x))


@pytest.mark.parametrize(("filters", "status"), [("", 0), ("error", 2)])
def test_apply_warns_in_one_line_as_numpy_does(folder, filters, status):
    np.save(folder / "y.npy", np.array([2.0]))
    words = ["apply", folder / "y.npy", folder / "x.npy", "--pass", "inverse"]
    result = python("-m", "softsign_c", *words, PYTHONWARNINGS=filters)
    kind = "" if status else "warning: "
    warning = f"softsign-c: {kind}invalid value encountered in softsign_inverse\n"
    assert (result.returncode, result.stderr) == (status, warning)
    assert (folder / "x.npy").exists() == (status == 0)


def sparse(path, start, size):
    """Write a file that begins so and goes on with zeros, which take no room on the disk."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


LARGE = 200 << 20  # bytes, more than may be in memory
HEADER = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }\n" % (LARGE // 4)


@pytest.mark.not_sanitized(reason="limits its memory")
@pytest.mark.parametrize(
    ("start", "size", "status"),
    [
        (b"\x93NUMPY\x01\x00" + bytes([len(HEADER), 0]) + HEADER, 10 + len(HEADER) + LARGE, 0),
        (b"\x93NUMPY\x02\x00" + LARGE.to_bytes(4, "little"), 2 * LARGE, 2),
        (b"\x93NUMPY\x03\x00\xff\xff\xff\xff", 2**32 + 12, 2),
    ],
    ids=["array", "header", "longest header"],
)
def test_apply_needs_little_memory(folder, start, size, status):
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the peak of a process without that of its parent")
    sparse(folder / "x.npy", start, size)
    result = run_script(
        """
        import re, sys
        from softsign_c._cli.main import main
        status = main(["apply", *sys.argv[1:]])
        print(status, re.search(r"VmHWM:(.*) kB", open("/proc/self/status").read())[1])
        """,
        *[folder / "x.npy", folder / "y.npy"],
    )
    ended, peak = map(int, result.stdout.split())
    assert (ended, result.stderr.count("\n")) == (status, status // 2), result.stderr
    assert peak < 160 << 10
    assert (folder / "y.npy").exists() == (status == 0)


def test_apply_refuses_a_missing_file(folder):
    assert_apply_refuses(folder, "x.npy", "No such file")


@pytest.mark.parametrize("size", [0, 50, 500], ids=["empty", "in the header", "in the data"])
def test_apply_refuses_a_truncated_file(folder, size):
    np.save(folder / "x.npy", np.zeros(1000))
    os.truncate(folder / "x.npy", size)
    assert_apply_refuses(folder, "x.npy", "whole .npy file")


def test_apply_refuses_what_stands_beside_the_array(folder):
    with (folder / "x.npy").open("wb") as file:
        np.save(file, np.zeros(10))
        np.save(file, np.ones(10))
    before = (folder / "x.npy").read_bytes()
    result = command("apply", folder / "x.npy", folder / "x.npy")
    assert_refused(result, "x.npy", "whole .npy file of one array", "416 bytes", "208")
    assert (folder / "x.npy").read_bytes() == before


@pytest.mark.parametrize("dtype", ["int32", "complex64", "U3", "bool", "longdouble", "f4,f4", "O"])
def test_apply_refuses_other_dtypes(folder, dtype):
    if dtype == "longdouble" and np.dtype(dtype).itemsize == 8:
        pytest.skip("longdouble is float64 on this machine")
    np.save(folder / "x.npy", np.zeros(3, dtype))
    assert_apply_refuses(folder, "x.npy", str(np.dtype(dtype)), "not float16, float32 or float64")


OF_SHAPE = b"{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }"
BROKEN = {
    "cut": OF_SHAPE.partition(b"%s")[0] + b"3,",
    "expression": OF_SHAPE % b"10**28,",
    "huge": OF_SHAPE % b"%d," % 10**28,
    "0 huge": OF_SHAPE % b"%d, 0" % 10**28,
    "large": OF_SHAPE % b"%d," % 10**18,
    "of truth values": OF_SHAPE % b"True,",
    "<0": OF_SHAPE % b"-1, -3",
    "no dict": b"{[]: 1}",
    "long": b" " * 20000,
    "deep": b"(" * 9999,
    "of many dimensions": OF_SHAPE % (b"1," * 2000),
}


@pytest.mark.parametrize("header", BROKEN.values(), ids=BROKEN)
def test_apply_refuses_a_broken_header(folder, header):
    file = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(12)
    (folder / "x.npy").write_bytes(file)
    result = applied(folder)
    assert_refused(result, "x.npy", "whole .npy file")
    assert len(result.stderr) < 500 + len(str(folder))


@pytest.mark.parametrize(
    "descr", ["S2147483647", "U500000000", ("<f4", (2**31 - 1,)), "V" * 9000, [("n" * 9000, "<f4")]]
)
def test_apply_refuses_a_dtype_that_is_large(folder, descr):
    header = repr({"descr": descr, "fortran_order": False, "shape": ()}).encode()
    file = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    (folder / "x.npy").write_bytes(file)
    tracemalloc.start()
    result = applied(folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert_refused(result, "x.npy")
    assert len(result.stderr) < 500 + len(str(folder))
    assert peak < 10 << 20


def test_apply_refuses_an_unknown_version_of_the_format(folder):
    (folder / "x.npy").write_bytes(b"\x93NUMPY\x04\x00" + bytes(100))
    assert_apply_refuses(folder, "version (4, 0)")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_apply_takes_no_pipe(folder):
    os.mkfifo(folder / "pipe")
    for source in (folder / "pipe", "-", "/dev/null"):
        assert_refused(command("apply", source, folder / "y.npy"), "takes no pipe")


def test_apply_names_a_source_that_shrinks(folder, monkeypatch):
    @contextmanager
    def shrinking(what, total):
        yield lambda steps: os.truncate(folder / "x.npy", 200)

    monkeypatch.setattr(apply, "BLOCK", 100_000)
    monkeypatch.setattr(apply, "progress", shrinking)
    np.save(folder / "x.npy", np.zeros(400_000))
    assert_apply_refuses(folder, "x.npy", "has become shorter while it was read")


@pytest.mark.skipif(os.name == "nt", reason="Windows removes no open file")
def test_apply_finishes_a_source_that_vanishes(folder, monkeypatch):
    @contextmanager
    def vanishing(what, total):
        yield lambda steps: (folder / "x.npy").unlink(missing_ok=True)

    monkeypatch.setattr(apply, "BLOCK", 1000)
    monkeypatch.setattr(apply, "progress", vanishing)
    np.save(folder / "x.npy", np.ones(4000))
    assert applied(folder).returncode == 0
    np.testing.assert_array_equal(np.load(folder / "y.npy"), np.full(4000, 0.5))


SCRIPT = Path(sys.executable).with_name("softsign-c")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs Bash")
@pytest.mark.skipif(not SCRIPT.exists(), reason="needs the script softsign-c, which pip installs")
def test_the_page_shows_what_apply_says():
    page = Path(__file__).parents[1] / "docs" / "command_line.md"
    text = page.read_text(encoding="utf-8")
    part = text[text.index("## apply") : text.index("## info")]
    replayed = runpy.run_path(str(page.with_suffix(".py")))["replayed"]
    assert replayed(part) == part
