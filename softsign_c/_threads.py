"""How many threads one call of a ufunc may use."""

import operator
import os

from softsign_c._kernels import lib
from softsign_c._setting import Setting

ENVIRONMENT_VARIABLE = "SOFTSIGN_C_NUM_THREADS"
MOST = 1024  # csrc/threads.c counts up to 65,536, and a mistake should not start so many


def get_num_threads() -> int:
    """Return how many threads a call of a ufunc may use, the calling one among them.

    >>> get_num_threads()
    1
    """
    number: int = lib.softsign_num_threads()
    return number


def _exchange_num_threads(n: int) -> int:
    before = get_num_threads()
    lib.softsign_set_num_threads(n)
    return before


class set_num_threads(Setting):  # noqa: N801  (called like a function)
    """Let each call of a ufunc use up to n threads, the calling one among them, from now on.

    It holds for calls from any thread and through any library. As a context manager it returns to
    the previous number at the end; where blocks of several threads overlap, the last to end returns
    to what it found. The results are the same bits with each.

    Parameters
    ----------
    n : int
        From 1 to 1024; more than there are CPUs are allowed, but gain nothing. It is 1 unless the
        environment variable ``SOFTSIGN_C_NUM_THREADS`` named another when the package was imported.

    Raises
    ------
    TypeError
        If `n` is no integer.
    ValueError
        If `n` is less than 1 or more than 1024.

    Notes
    -----
    A call is split where it gains by it: from 16,384 elements of one inner loop on (8,192 of
    float64), that is of arrays that are contiguous, or strided in one dimension. It is computed by
    the calling thread alone where its operands overlap in part, while another thread's call is
    being split, and where the system gives no thread. The threads are made at the first use and
    kept; between calls they sleep.

    Examples
    --------
    >>> with set_num_threads(2):
    ...     y = softsign(np.linspace(-9, 9, 1_000_000))
    """

    def __init__(self, n: int) -> None:
        n = operator.index(n)
        if not 1 <= n <= MOST:
            raise ValueError(f"the number of threads must be from 1 to {MOST}, not {n}")
        super().__init__(_exchange_num_threads, n, n)


class num_threads_local(Setting):  # noqa: N801
    """Let calls from this thread use up to n threads, whatever `set_num_threads` says.

    Unlike that, it does not interfere with other threads that do the same at the same time.
    """

    def __init__(self, n: int) -> None:
        super().__init__(lib.softsign_set_num_threads_local, min(n, MOST), n)


def use_default_num_threads() -> None:
    """Use as many threads as the environment variable says, or else one."""
    text = os.environ.get(ENVIRONMENT_VARIABLE) or "1"
    try:
        set_num_threads(int(text))
    except ValueError:
        raise ValueError(
            f"environment variable {ENVIRONMENT_VARIABLE}: the number of threads must be"
            f" from 1 to {MOST}, not {text!r}"
        ) from None
