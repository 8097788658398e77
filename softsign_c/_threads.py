"""How many threads one call of a ufunc may use."""

import operator
import os

from softsign_c._kernels import lib
from softsign_c._setting import Setting

ENVIRONMENT_VARIABLE = "SOFTSIGN_C_NUM_THREADS"
MAX_THREADS: int = lib.SOFTSIGN_MAX_THREADS


def get_num_threads() -> int:
    """Return how many threads a call of a ufunc may use, the calling one among them.

    >>> get_num_threads()
    1
    """
    number: int = lib.softsign_num_threads()
    return number


class set_num_threads(Setting):  # noqa: N801  (called like a function)
    """Let each call of a ufunc use up to n threads, the calling one among them, from now on.

    It applies to calls from any thread and through any library. As a context manager it restores
    the previous number at the end; where blocks of several threads overlap, the last to end
    restores what it found. The results are the same bits with each number.

    Parameters
    ----------
    n : int
        From 1 to 1024; numbers above the CPU count are allowed but gain nothing. The default is
        1, or the value of the environment variable ``SOFTSIGN_C_NUM_THREADS`` at import.

    Raises
    ------
    TypeError
        If `n` is not an integer.
    ValueError
        If `n` is less than 1 or more than 1024.

    Notes
    -----
    A call is split if it has at least 16,384 elements in one inner loop (8,192 of float64): of
    arrays that are contiguous, or strided in one dimension. The calling thread computes alone if
    operands overlap in part, if another thread's call is being split, if the calling thread is
    more constrained in its scheduling than the worker threads (CPU mask, niceness, policy; Linux
    only), and if no thread can be created. Workers are created at the first use and kept; between
    calls they sleep.

    Examples
    --------
    >>> with set_num_threads(2):
    ...     y = softsign(np.linspace(-9, 9, 1_000_000))
    """

    def __init__(self, n: int) -> None:
        n = operator.index(n)
        if not 1 <= n <= MAX_THREADS:
            raise ValueError(f"the number of threads must be from 1 to {MAX_THREADS}, not {n}")
        super().__init__(lib.softsign_set_num_threads, n, n)


class num_threads_local(Setting):  # noqa: N801
    """Let calls from this thread use up to n threads, whatever `set_num_threads` says.

    Other threads keep their own number.
    """

    def __init__(self, n: int) -> None:
        super().__init__(lib.softsign_set_num_threads_local, min(n, MAX_THREADS), n)


def use_default_num_threads() -> None:
    """Use as many threads as the environment variable says, or else one."""
    text = os.environ.get(ENVIRONMENT_VARIABLE) or "1"
    try:
        set_num_threads(int(text))
    except ValueError:
        raise ValueError(
            f"environment variable {ENVIRONMENT_VARIABLE}: the number of threads must be"
            f" from 1 to {MAX_THREADS}, not {text!r}"
        ) from None
