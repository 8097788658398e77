"""A fork leaves threads behind, and finds the pool in any state: the child has one of its own."""

import ctypes
import os
import sysconfig

import pytest

from helpers.pool_script import run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

FORKS = {"os.fork": "os.fork()", "C's fork": "ctypes.PyDLL(None).fork()"}
if hasattr(os, "fork") and hasattr(ctypes.PyDLL(None), "_Fork"):
    FORKS["C's fork without its handlers"] = "ctypes.PyDLL(None)._Fork()"


@pytest.mark.parametrize("fork", FORKS.values(), ids=FORKS)
def test_a_child_of_a_fork_has_threads_of_its_own(fork):
    """Where the C library does not tell of a fork, it computes alone."""
    with_handlers = "_Fork" not in fork
    run(f"""
        import ctypes
        for generation in range(3):  # a child goes on and forks as well
            check()
            if sys.platform == "linux" and (generation == 0 or {with_handlers}):
                assert eventually(lambda: len(workers()) == 2)
            time.sleep(0.002 * generation)  # workers sleep, or spin, or are somewhere between
            child = {fork}
            if child:
                check()
                os._exit(end_of(child))
        os._exit(0)  # OpenBLAS waits at the usual end for threads that are not here
        """)


def test_multiprocessing_by_fork():
    run("""
        import multiprocessing
        check()
        children = [multiprocessing.get_context("fork").Process(target=check) for _ in range(3)]
        for child in children:
            child.start()
        check()
        for child in children:
            child.join()
            assert child.exitcode == 0
        """)


@pytest.mark.parametrize("fork", FORKS.values(), ids=FORKS)
def test_a_fork_while_another_thread_is_in_the_pool(fork):
    """The child calls the loop itself: Python's lock is not to be used after a fork of C's."""
    if fork != FORKS["os.fork"] and sysconfig.get_config_var("Py_GIL_DISABLED"):
        pytest.skip("without a GIL, C's fork copies objects' locks that other threads hold")
    run(f"""
        import ctypes
        from softsign_c._kernels import ffi, lib
        def address(pointer):
            return int(ffi.cast("uintptr_t", pointer))
        sys.setswitchinterval(1000)  # no other thread asks for Python's lock meanwhile
        loop = ctypes.PYFUNCTYPE(None, *[ctypes.c_void_p] * 4)(address(lib.softsign_loops[1]))
        data = address(lib.softsign_loop_data(0)[1])
        operands = (ctypes.c_void_p * 2)(X.ctypes.data, Y.ctypes.data)
        n, steps = (ctypes.c_ssize_t * 1)(X.size), (ctypes.c_ssize_t * 2)(4, 4)

        done = threading.Event()
        def keep_calling():
            y = np.empty_like(X)
            while not done.is_set():
                softsign(X, out=y)
        others = [threading.Thread(target=keep_calling) for _ in range(2)]
        for other in others:
            other.start()
        for _ in range(30):
            child = {fork}
            if child == 0:
                for _ in range(3):
                    loop(operands, n, steps, data)
                os._exit(Y.data.cast("B") != EXPECTED.data.cast("B"))
            assert end_of(child) == 0
        done.set()
        for other in others:
            other.join()
        check()
        """)
