"""What can go wrong with threads: each in a process of its own, which must end in time."""

import importlib.util
import os
import sys
import textwrap

import pytest

from helpers.pool_script import BEGIN, run
from helpers.process import python

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")
CPUS = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else []
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@linux
def test_a_call_is_split_from_the_documented_length_on():
    run("""
        set_num_threads(2)
        lengths = {"f2": 16_384, "f4": 16_384, "f8": 8_192}
        for dtype, length in lengths.items():
            softsign(np.ones(length - 1, dtype))
        assert workers() == 0
        for dtype, length in lengths.items():
            child = os.fork()  # has no worker to begin with
            if child == 0:
                softsign(np.ones(length, dtype))
                os._exit(workers(1))
            assert end_of(child) == 1, dtype
        """)


def test_many_threads_at_once_while_the_number_changes():
    run("""
        def call():
            y = np.empty_like(X)
            for number in range(1, 8):
                set_num_threads(number)
                check(y)
        threads = [threading.Thread(target=call) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """)


def test_calls_at_exit():
    run("""
        import atexit
        atexit.register(check)
        check()
        """)


def test_calls_after_the_main_thread_has_ended():
    said = run("""
        def later():
            threading.main_thread().join()
            check()
            print("right")
        threading.Thread(target=later).start()
        check()
        """)
    assert said == "right\n"


def test_calls_in_daemon_threads_while_the_interpreter_ends():
    run("""
        def forever():
            y = np.empty_like(X)
            while True:
                softsign(X, out=y)
        for _ in range(4):
            threading.Thread(target=forever, daemon=True).start()
        check()
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
        check()
        assert workers() == 0
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        check()
        assert workers() == 0  # nobody has asked again
        set_num_threads(3)
        check()
        assert workers(2) == 2
        """,
    )


@linux
def test_fewer_threads_than_asked_for():
    run_with_little_memory(
        1 << 20,
        """
        set_num_threads(16)
        check()
        assert 1 <= workers(3) <= 4
        """,
    )


@linux
def test_without_a_process_to_spare_the_caller_computes_alone():
    run("""
        import resource
        if os.getuid() == 0:  # for whom there is no limit
            os.setuid(65534)
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
        check()
        assert workers() == 0
        """)


@forks
def test_an_interrupt_reaches_the_main_thread_after_the_call():
    said = run("""
        import signal
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's "&" has ignored
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
def test_workers_take_no_signals_but_those_of_their_own_faults():
    run("""
        import re, signal
        def blocked(task):
            return re.search(r"SigBlk:\\s*(\\w+)", (task / "status").read_text())[1]
        check()
        own = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - own)
        for worker in tasks_of_workers():
            assert blocked(worker) == blocked(Path("/proc/thread-self"))
        """)


@linux
def test_a_fault_in_a_worker_is_reported():
    """A memory-mapped file that another process cuts short: the memory is gone, here that of one
    piece, since a second fault at the same time would end the process before the report."""
    done = python(
        "-X",
        "faulthandler",
        "-c",
        BEGIN
        + textwrap.dedent("""
        import tempfile
        check()
        with tempfile.NamedTemporaryFile() as file:
            file.truncate(1 << 26)
            x = np.memmap(file.name, np.float32)
            os.truncate(file.name, (1 << 26) - 4096)
            softsign(x, out=np.empty_like(x))
        """),
        timeout=30,
    )
    assert done.returncode < 0
    assert done.stderr.startswith("Fatal Python error: ")


@linux
def test_all_on_one_cpu():
    run("""
        check()
        for task in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(task), {min(os.sched_getaffinity(0))})
        check()
        set_num_threads(8)
        check()
        """)


@linux
@pytest.mark.skipif(len(CPUS) < 2, reason="needs two CPUs")
def test_a_worker_leaves_the_callers_cpu_and_may_come_back():
    run("""
        def cpu():
            return int((worker / "stat").read_text().rpartition(")")[2].split()[36])

        cpus = os.sched_getaffinity(0)
        set_num_threads(2)
        check()
        assert workers(1) == 1
        (worker,) = tasks_of_workers()
        id = int(worker.name)
        os.sched_setaffinity(0, {min(cpus)})
        os.sched_setaffinity(id, {min(cpus)})
        time.sleep(0.01)
        os.sched_setaffinity(id, cpus)
        end = time.monotonic() + 20
        while cpu() == min(cpus) or os.sched_getaffinity(id) != cpus:
            assert time.monotonic() < end
            softsign(X, out=Y)
        """)


INTERPRETERS = ["_interpreters", "_xxsubinterpreters"]  # from Python 3.13 on, and before


def test_other_interpreters_share_the_pool():
    found = [name for name in INTERPRETERS if importlib.util.find_spec(name)]
    if not found:
        pytest.skip("this Python has no module that makes interpreters")
    tried = textwrap.indent(BEGIN + "check()", "    ")
    other = f"try:\n{tried}\nexcept ImportError:\n    pass  # NumPy refuses to be loaded in some"
    run(f"""
        import {found[0]} as interpreters
        check()
        for _ in range(2):
            other = interpreters.create()
            interpreters.run_string(other, {other!r})
            interpreters.destroy(other)
            check()
        """)


def test_a_hundred_thousand_calls_of_random_sizes_and_numbers():
    run(
        """
        rng = np.random.default_rng(0)
        sizes = rng.integers(1, 50_000, 10**5).tolist()
        numbers = rng.integers(1, 6, 10**5).tolist()
        for size, number in zip(sizes, numbers):
            if size % 16 == 0:
                set_num_threads(number)
            softsign(X[:size], out=Y[:size])
            assert Y[size - 1] == EXPECTED[size - 1] and Y[size // 2] == EXPECTED[size // 2]
            Y[size - 1] = Y[size // 2] = 7
        check()
        """,
        seconds=60,
    )
