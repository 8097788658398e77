"""threaded(ufunc, ...) returns what the ufunc returns, whatever the operands."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from python import run_script

import softsign_c
from softsign_c import _threaded, threaded

rng = np.random.default_rng(0)
MATRIX = rng.standard_normal((60, 70)).astype(np.float32)
LINE = MATRIX.ravel()

LAYOUTS = {
    "contiguous": MATRIX,
    "Fortran order": np.asfortranarray(MATRIX),
    "not aligned to a cache line": LINE[3:],
    "strided": LINE[::3],
    "negative strides": MATRIX[::-1, ::-1],
    "inner part": MATRIX[1:, 2:-3],
    "three axes, permuted": LINE.reshape(6, 10, 70).transpose(1, 2, 0),
    "byte-swapped": MATRIX.astype(">f4"),
    "float16": MATRIX.astype(np.float16),
    "float64": MATRIX.astype(np.float64),
    "integers": np.arange(-3000, 3000, dtype=np.int16),
    "broadcast": np.broadcast_to(LINE[:70], (60, 70)),
    "fewer elements than threads": LINE[:2],
    "one element": LINE[:1],
    "0-d": LINE[0].reshape(()),
    "scalar": LINE[0],
    "a number": 0.25,
    "list": [0.5, 2.0, -3.0],
    "empty": np.empty((0, 3), np.float32),
}


@pytest.fixture(autouse=True)
def pieces(monkeypatch):
    """Split however small the arrays are; the fixture is the list of what ran at once."""
    monkeypatch.setattr(_threaded, "SMALLEST_PIECE", 1)
    run, seen = _threaded._run, []
    monkeypatch.setattr(
        _threaded, "_run", lambda parts, workers: (seen.append(parts), run(parts, workers))
    )
    return seen


def assert_same(actual, expected):
    if isinstance(expected, tuple):
        assert len(actual) == len(expected)
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other)
        return
    assert type(actual) is type(expected)
    assert actual.dtype == expected.dtype
    assert actual.shape == expected.shape
    assert actual.strides == expected.strides
    assert actual.tobytes() == expected.tobytes()


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
@pytest.mark.parametrize(
    "ufunc", [softsign_c.softsign, softsign_c.softsign_with_derivative, np.sqrt]
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_input_gives_the_same(layout, ufunc, workers):
    x = LAYOUTS[layout]
    with np.errstate(invalid="ignore"):
        assert_same(threaded(ufunc, x, workers=workers), ufunc(x))


@pytest.mark.parametrize("ufunc", [softsign_c.softsign_backward, np.add, np.hypot, np.divmod])
@pytest.mark.parametrize(
    "grad",
    [
        2,
        2.5,
        np.float32(2),
        np.float64(2),
        LINE[:1],
        LINE[:70],
        MATRIX[:, :1],
        MATRIX.T[:, :60].T,
        MATRIX,
    ],
    ids=lambda grad: f"{type(grad).__name__}{np.shape(grad)}",
)
def test_two_inputs_broadcast_together(ufunc, grad):
    assert_same(threaded(ufunc, grad, MATRIX, workers=3), ufunc(grad, MATRIX))


def test_two_inputs_of_which_neither_has_the_shape_of_the_output(pieces):
    grad, x = LINE[:70], MATRIX[:, :1]
    expected = softsign_c.softsign_backward(grad, x)
    assert_same(threaded(softsign_c.softsign_backward, grad, x, workers=3), expected)
    assert len(pieces[0]) == 3


def test_bfloat16_gives_the_same(pieces):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x = MATRIX.astype(ml_dtypes.bfloat16)
    assert_same(threaded(softsign_c.softsign, x, workers=3), softsign_c.softsign(x))
    assert len(pieces[0]) == 3


@pytest.mark.parametrize(
    "layout", [name for name in LAYOUTS if isinstance(LAYOUTS[name], np.ndarray)]
)
def test_out_is_written_and_returned(layout):
    x = LAYOUTS[layout]
    out = np.full((2, *x.shape), 7, np.float64)
    assert threaded(softsign_c.softsign, x, out=out[1], workers=3) is not None
    np.testing.assert_array_equal(out[1], softsign_c.softsign(x).astype(np.float64))
    assert np.all(out[0] == 7)


def test_out_itself_is_returned():
    out = np.empty_like(MATRIX)
    assert threaded(softsign_c.softsign, MATRIX, out=out, workers=3) is out


def test_one_of_two_outputs_may_be_left_out():
    y = np.empty_like(MATRIX)
    results = threaded(softsign_c.softsign_with_derivative, MATRIX, out=(y, None), workers=3)
    assert results[0] is y
    assert_same(results, softsign_c.softsign_with_derivative(MATRIX))


def test_in_place(pieces):
    x = MATRIX.copy()
    assert_same(threaded(softsign_c.softsign, x, out=x, workers=3), softsign_c.softsign(MATRIX))
    assert len(pieces[0]) == 3


@pytest.mark.parametrize(
    ("source", "target"), [(slice(None, -1), slice(1, None)), (slice(1, None), slice(None, -1))]
)
def test_overlapping_operands_are_computed_as_if_they_did_not(source, target):
    x = LINE.copy()
    threaded(softsign_c.softsign, x[source], out=x[target], workers=3)
    np.testing.assert_array_equal(x[target], softsign_c.softsign(LINE[source]))


def test_an_output_that_overlaps_itself_is_computed_in_one_piece(pieces):
    out = np.lib.stride_tricks.sliding_window_view(np.zeros(1000, np.float32), 4, writeable=True)
    x = LINE[: out.size].reshape(out.shape)
    expected = np.lib.stride_tricks.sliding_window_view(
        np.zeros(1000, np.float32), 4, writeable=True
    )
    assert_same(threaded(np.negative, x, out=out, workers=3), np.negative(x, out=expected))
    assert not pieces


@pytest.mark.parametrize("offset", range(0, 20, 3))
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_no_cache_line_is_written_by_two_threads(pieces, dtype, offset):
    out = np.empty(5000, dtype)[offset:]
    threaded(softsign_c.softsign, np.ones(out.shape, dtype), out=out, workers=4)
    begins = [piece.keywords["out"][0].ctypes.data for piece in pieces[0]]
    assert len(begins) == 4
    assert all(begin % 64 == 0 for begin in begins[1:])


def test_small_arrays_are_computed_by_the_caller_alone(pieces, monkeypatch):
    monkeypatch.setattr(_threaded, "SMALLEST_PIECE", 1 << 20)
    assert_same(threaded(softsign_c.softsign, MATRIX, workers=8), softsign_c.softsign(MATRIX))
    assert not pieces


def test_threads_take_part_beside_the_caller(monkeypatch):
    names, ufunc, all_here = [], np.negative, threading.Barrier(3, timeout=10)

    def partial(*args, **kwargs):
        def piece():
            names.append(threading.current_thread().name)
            all_here.wait()  # so that none can take another's piece
            ufunc(*args[1:], **kwargs)

        return piece

    monkeypatch.setattr(_threaded.functools, "partial", partial)
    assert_same(threaded(ufunc, MATRIX, workers=3), ufunc(MATRIX))
    others = [name for name in names if name != threading.current_thread().name]
    assert len(set(others)) == 2
    assert all(name.startswith("softsign_c") for name in others)


def test_all_available_cpus_are_used_by_default(pieces, monkeypatch):
    monkeypatch.setattr(_threaded, "available_cpus", lambda: 5)
    threaded(softsign_c.softsign, MATRIX)
    assert len(pieces[0]) == 5


def test_many_callers_at_once():
    expected = softsign_c.softsign(MATRIX)
    with ThreadPoolExecutor(8) as callers:
        results = callers.map(
            lambda _: threaded(softsign_c.softsign, MATRIX, workers=3), range(200)
        )
        for result in results:
            assert_same(result, expected)


@pytest.mark.parametrize("at", [0, -1])
def test_an_error_in_a_piece_reaches_the_caller(at):
    y = np.zeros(5000, np.float32)
    y[at] = 2
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError, match="invalid"):
        threaded(softsign_c.softsign_inverse, y, workers=4)


@pytest.mark.parametrize("at", [0, -1])
def test_errstate_of_the_caller_holds_in_every_piece(at):
    y = np.zeros(5000, np.float32)
    y[at] = 1
    with np.errstate(divide="ignore"):
        assert threaded(softsign_c.softsign_inverse, y, workers=4)[at] == np.inf
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        threaded(softsign_c.softsign_inverse, y, workers=4)


@pytest.mark.parametrize(
    ("inputs", "out"),
    [
        ((MATRIX, LINE), None),
        ((MATRIX,), None),
        ((MATRIX, MATRIX), np.empty((3, 4), np.float32)),
        ((MATRIX, MATRIX), np.empty(MATRIX.shape, np.int8)),
        ((MATRIX, MATRIX.astype(complex)), None),
        ((MATRIX, MATRIX), (None, None)),
    ],
)
def test_errors_are_those_of_the_ufunc(inputs, out):
    with pytest.raises((TypeError, ValueError)) as expected:
        softsign_c.softsign_backward(*inputs, out=out)
    with pytest.raises(expected.type) as actual:
        threaded(softsign_c.softsign_backward, *inputs, out=out, workers=3)
    assert str(actual.value) == str(expected.value)


def test_an_output_too_few_is_an_error():
    out = (np.empty_like(MATRIX),)
    with pytest.raises(ValueError, match="exactly one entry per ufunc output"):
        threaded(softsign_c.softsign_with_derivative, MATRIX, out=out, workers=3)


@pytest.mark.parametrize("ufunc", [np.matmul, np.sum, abs, "softsign"])
def test_what_is_no_elementwise_ufunc_is_refused(ufunc):
    with pytest.raises(TypeError, match="element-wise"):
        threaded(ufunc, MATRIX)


@pytest.mark.parametrize("workers", [0, -1])
def test_workers_must_be_positive(workers):
    with pytest.raises(ValueError, match=f"at least 1, not {workers}"):
        threaded(softsign_c.softsign, MATRIX, workers=workers)


@pytest.mark.parametrize("workers", [2.0, "2"])
def test_workers_must_be_an_integer(workers):
    with pytest.raises(TypeError, match="integer"):
        threaded(np.sqrt, MATRIX, workers=workers)


def test_the_threads_are_as_many_as_workers_whatever_the_sizes(monkeypatch):
    monkeypatch.setattr(_threaded, "SMALLEST_PIECE", LINE[:100].nbytes)
    pool = _threaded._pool(15)
    for n in range(300, LINE.size, 300):
        threaded(softsign_c.softsign, LINE[:n], workers=16)
    assert 1 <= len(pool._threads) <= 15
    assert _threaded._pool(15) is pool


def test_nothing_runs_after_a_thread_could_not_be_started(monkeypatch):
    submitted = []

    class FullPool(ThreadPoolExecutor):
        def submit(self, *task):
            if submitted:
                raise RuntimeError("can't start new thread")
            submitted.append(super().submit(*task))
            return submitted[0]

    monkeypatch.setattr(_threaded, "_pool", FullPool)
    with pytest.raises(RuntimeError, match="can't start"):
        threaded(softsign_c.softsign, LINE, workers=3)
    assert submitted[0].done()


def test_a_masked_array_keeps_its_mask():
    x = np.ma.masked_less(MATRIX, 0)
    y = threaded(softsign_c.softsign, x, workers=3)
    np.testing.assert_array_equal(y.mask, x.mask)


def test_objects_are_computed_by_the_caller_alone(pieces):
    x = np.array([1, 2**100, -3], dtype=object)
    assert list(threaded(np.negative, x, workers=3)) == [-1, -(2**100), 3]
    assert not pieces


def test_the_pool_is_gone_at_exit():
    done = run_script("""
        import threading, numpy as np, softsign_c
        assert threading.active_count() == 1
        x = np.ones(4 * 10**6, np.float32)
        softsign_c.threaded(softsign_c.softsign, x, workers=3)
        assert threading.active_count() > 1
        """)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(_threaded.os, "fork"), reason="this system has no fork")
def test_it_works_after_a_fork():
    done = run_script("""
        import os, warnings, numpy as np, softsign_c
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork with threads: the point
        x = np.ones(4 * 10**6, np.float32)
        for _ in range(3):
            assert np.all(softsign_c.threaded(softsign_c.softsign, x, workers=3) == 0.5)
            child = os.fork()
            if child == 0:
                assert np.all(softsign_c.threaded(softsign_c.softsign, x, workers=3) == 0.5)
                raise SystemExit(0)
            assert os.waitpid(child, 0)[1] == 0
        """)
    assert (done.returncode, done.stderr) == (0, "")
