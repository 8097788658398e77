"""From which length on calls are split; threads under limits of memory, processes and CPUs; signals
and SIGBUS in workers.
"""

import os
import sys
import textwrap

import pytest

from helpers.pool_script import BEGIN, MINUTES, run
from helpers.process import python

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@linux
def test_a_call_is_split_from_the_documented_length_on():
    run("""
        set_num_threads(2)
        lengths = {"f2": 16_384, "f4": 16_384, "f8": 8_192}
        for dtype, length in lengths.items():
            softsign(np.ones(length - 1, dtype))
        assert not workers()
        for dtype, length in lengths.items():
            child = os.fork()  # has no worker to begin with
            if child == 0:
                softsign(np.ones(length, dtype))
                os._exit(not eventually(lambda: len(workers()) == 1))
            assert end_of(child) == 0, dtype
        """)


LIMIT_MEMORY = """
import re, resource
used = int(re.search(r"VmSize:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) << 10
hard = resource.getrlimit(resource.RLIMIT_AS)[1]
resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, hard))
if resource.getrlimit(resource.RLIMIT_AS)[0] != used + ROOM:
    print("this system, emulated perhaps, does not limit memory")
    sys.exit()
"""


def run_with_little_memory(room, script):
    if said := run(f"ROOM = {room}{LIMIT_MEMORY}{textwrap.dedent(script)}"):
        pytest.skip(said.strip())


@linux
def test_without_memory_for_a_thread_the_caller_computes_alone():
    run_with_little_memory(
        1 << 16,
        """
        import signal
        check()
        assert not workers()
        assert not signal.pthread_sigmask(signal.SIG_BLOCK, [])
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        check()
        assert not workers()  # the system was not asked again
        set_num_threads(3)
        check()
        assert eventually(lambda: len(workers()) == 2)
        """,
    )


@linux
@pytest.mark.not_sanitized(reason="limits its memory")
def test_fewer_threads_than_asked_for():
    run_with_little_memory(
        5 << 22,  # a stack is 2 MiB at least, 8 MiB mostly
        """
        set_num_threads(16)
        check()
        assert eventually(lambda: 1 <= len(workers()) <= 10)
        """,
    )


@linux
def test_without_a_process_to_spare_the_caller_computes_alone():
    run("""
        import resource
        if os.getuid() == 0:  # root has no limit
            os.setuid(65534)
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
        check()
        assert not workers()
        """)


@forks
def test_an_interrupt_reaches_the_main_thread_after_the_call():
    said = run("""
        import signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's "&" ignores it
        check()
        x = np.resize(X, 10**7)
        y = np.empty_like(x)
        interrupt = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        try:
            interrupt.start()
            while True:
                softsign(x, out=y)
        except KeyboardInterrupt:
            print(threading.current_thread() is threading.main_thread())
        check()
        """)
    assert said == "True\n"


@linux
def test_workers_block_all_signals_but_those_that_they_raise_themselves():
    run("""
        import re, signal
        def blocked(task):
            return re.search(r"SigBlk:\\s*(\\w+)", (task / "status").read_text())[1]
        check()
        own = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - own)
        for worker in workers():
            assert blocked(worker) == blocked(Path("/proc/thread-self"))
        """)


@linux
@pytest.mark.not_sanitized(reason="reports a signal itself")
def test_a_sigbus_in_a_worker_is_reported():
    """A mapped file is truncated within the last chunk: a second SIGBUS at the same time would end
    the process before the report.
    """
    script = """
        import tempfile
        check()
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(1 << 26)
            x = np.memmap(file.name, np.float32)[:-1000]
            os.truncate(file.name, (1 << 26) - 8192)
            softsign(x, out=np.empty_like(x))
        """
    words = ["-X", "faulthandler", "-c", BEGIN + textwrap.dedent(script)]
    done = python(*words, timeout=MINUTES)
    assert done.returncode < 0
    assert done.stderr.startswith("Fatal Python error: ")
