"""Splitting a ufunc's work over threads: NumPy lets go of the GIL while it computes."""

import contextlib
import contextvars
import functools
import itertools
import operator
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

# Bytes of all operands. To hand a piece over and wait for it takes 30 to 50 us; two threads make up
# for that somewhere between 8 and 16 MiB, depending on the dtype and on what else the machine does.
SMALLEST_PIECE = 8 << 20

CACHE_LINE = 64  # bytes


def threaded(
    ufunc: np.ufunc,
    *inputs: Any,
    out: np.ndarray | tuple[np.ndarray | None, ...] | None = None,
    workers: int | None = None,
) -> Any:
    """Return ``ufunc(*inputs, out=out)``, the same bits, computed by several threads.

    The ufuncs by themselves always use one thread, so that they go well with Dask, joblib and data
    loaders, which run many at once.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Any that works element by element, NumPy's own among them.
    *inputs : array_like
        Its inputs, of any shape and layout; they are broadcast together.
    out : ndarray or tuple of ndarray, optional
        Where to put the results, as for `ufunc`.
    workers : int, optional
        How many threads take part, the calling one among them. All the CPUs that this process may
        use, if None.

    Returns
    -------
    y : ndarray, scalar or tuple
        What `ufunc` returns.

    Raises
    ------
    TypeError
        If `ufunc` is not an element-wise ufunc, or `workers` is no integer.
    ValueError
        If `workers` is less than 1.

    Notes
    -----
    Arrays too small to gain by it are computed by the calling thread alone, and so is what is not
    a plain array of numbers (a subclass, a Dask array), or has an output that overlaps another
    operand in part. If an error is raised, an output may hold some of the results.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-9, 9, 1_000_000)
    >>> bool(np.all(threaded(softsign, x) == softsign(x)))
    True
    """
    if not isinstance(ufunc, np.ufunc) or ufunc.signature is not None:
        raise TypeError(f"threaded() takes an element-wise numpy.ufunc, not {ufunc!r}")
    workers = available_cpus() if workers is None else operator.index(workers)
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    direct = functools.partial(ufunc, *inputs, **({} if out is None else {"out": out}))
    outs = out if isinstance(out, tuple) else (out,) * ufunc.nout
    if workers == 1 or (len(inputs), len(outs)) != (ufunc.nin, ufunc.nout):
        return direct()
    if not all(map(_is_plain, [*inputs, *outs])):
        return direct()
    if _most_bytes(inputs, outs) < 2 * SMALLEST_PIECE:  # told in a microsecond
        return direct()
    try:
        results = _outputs(ufunc, inputs, outs)
    except (TypeError, ValueError):  # the ufunc says better what is wrong
        return direct()
    size = sum(np.asarray(operand).nbytes for operand in [*inputs, *results])
    count = min(workers, size // SMALLEST_PIECE, results[0].size)
    if count < 2 or _overlap(inputs, results):
        return direct()
    pieces = _pieces(inputs, results, count)
    _run([functools.partial(ufunc, *ins, out=o) for ins, o in pieces], workers)
    return results[0] if ufunc.nout == 1 else results


def available_cpus() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_plain(operand: Any) -> bool:
    if type(operand) is np.ndarray:
        return not operand.dtype.hasobject
    return operand is None or isinstance(operand, (int, float, complex, np.generic))


def _most_bytes(inputs: Sequence[Any], outs: Sequence[Any]) -> int:
    """Return how much all operands take at most, or 0 where they do not fit together."""
    widest = max([8, *(x.itemsize for x in [*inputs, *outs] if isinstance(x, np.ndarray))])
    try:
        size = np.broadcast(*inputs).size
    except ValueError:
        return 0
    return size * widest * (len(inputs) + len(outs))


def _outputs(ufunc: np.ufunc, inputs: Sequence[Any], outs: Sequence[Any]) -> tuple[Any, ...]:
    """Return the outputs, those that are None made as the ufunc would make them."""
    weak = (int, float, complex)
    types = [type(x) if type(x) in weak else np.asarray(x).dtype for x in inputs]
    dtypes = ufunc.resolve_dtypes((*types, *[None] * ufunc.nout))[ufunc.nin :]
    read: Any = ["readonly"]
    write: Any = ["writeonly", "allocate", "no_broadcast"]
    iterator = np.nditer(
        [*inputs, *outs],
        ["zerosize_ok"],
        [read] * ufunc.nin + [write] * ufunc.nout,
        [None] * ufunc.nin + [dtypes[k] if outs[k] is None else None for k in range(ufunc.nout)],
    )
    return iterator.operands[ufunc.nin :]


def _overlap(inputs: Sequence[Any], outs: Sequence[np.ndarray]) -> bool:
    """Return whether the order of the elements may matter: all but in place, exactly."""

    def place(a: np.ndarray) -> tuple[Any, ...]:
        return a.ctypes.data, a.shape, a.strides

    arrays = [x for x in inputs if isinstance(x, np.ndarray)]
    return (
        any(np.may_share_memory(o, x) and place(o) != place(x) for o in outs for x in arrays)
        or any(np.may_share_memory(a, b) for a, b in itertools.combinations(outs, 2))
        or any(_overlaps_itself(o) for o in outs)
    )


def _overlaps_itself(a: np.ndarray) -> bool:
    extent = a.itemsize
    for stride, n in sorted((abs(s), n) for s, n in zip(a.strides, a.shape, strict=True) if n > 1):
        if stride < extent:
            return True
        extent += stride * (n - 1)
    return False


def _pieces(
    inputs: Sequence[Any], outs: Sequence[np.ndarray], count: int
) -> Iterator[tuple[list[Any], tuple[Any, ...]]]:
    """Split all operands along one axis: the only one, where they can be flattened."""
    shape = outs[0].shape
    axes = sorted(range(len(shape)), key=lambda axis: -abs(outs[0].strides[axis]))

    def spread(x: Any) -> Any:
        if np.size(x) == 1:  # one scalar for all pieces; a number of Python stays one
            return x.reshape(()) if isinstance(x, np.ndarray) else x
        return (x if x.shape == shape else np.broadcast_to(x, shape)).transpose(axes)

    operands = [*map(spread, inputs), *map(spread, outs)]
    with contextlib.suppress(ValueError):
        operands = [x.reshape(-1, copy=False) if np.ndim(x) else x for x in operands]
    # The outermost that is long enough to be cut evenly, so that a piece is one stretch of memory.
    lengths = operands[-1].shape
    axis = next((k for k, n in enumerate(lengths) if n >= 8 * count), int(np.argmax(lengths)))
    for start, stop in itertools.pairwise(_bounds(operands[-1], axis, count)):
        index = (*[slice(None)] * axis, slice(start, stop))
        piece = [x[index] if np.ndim(x) else x for x in operands]
        yield piece[: len(inputs)], tuple(piece[len(inputs) :])


def _bounds(out: np.ndarray, axis: int, count: int) -> list[int]:
    """Return where the pieces begin and end: in a contiguous output at the borders of cache lines,
    so that no line is written by two threads.
    """
    n, unit, first = out.shape[axis], 1, 0
    if out.strides[axis] == out.itemsize < CACHE_LINE:
        unit = CACHE_LINE // out.itemsize
        first = -out.ctypes.data % CACHE_LINE // out.itemsize
    cuts = {first + k * n // count // unit * unit for k in range(1, count)}
    return sorted({0, n} | {cut for cut in cuts if cut < n})


def _run(pieces: Sequence[Callable[[], Any]], workers: int) -> None:
    """Run the first here and the others in threads, all under the caller's np.errstate."""
    pool, futures = _pool(workers - 1), []
    try:
        for piece in pieces[1:]:
            futures.append(pool.submit(contextvars.copy_context().run, piece))
        pieces[0]()
        for future, piece in zip(futures, pieces[1:], strict=True):
            if future.cancel():  # no thread has come to it yet
                piece()
            else:
                future.result()
    except BaseException:  # nothing may be written to an output after the return
        wait([future for future in futures if not future.cancel()])
        raise


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="softsign_c")


if hasattr(os, "register_at_fork"):  # threads do not survive a fork
    os.register_at_fork(after_in_child=_pool.cache_clear)
