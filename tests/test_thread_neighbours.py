"""Threads beside the rest of a process: sandboxes, scheduling, other libraries, a faked clock."""

import os
import platform
import shutil
import subprocess
import sys

import pytest

from helpers.pool_script import run

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="written for Linux, reads its /proc"
)
CPUS = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else []
two_cpus = pytest.mark.skipif(len(CPUS) < 2, reason="needs two CPUs")

# System calls of x86-64 in systemd's @resources, without mbind, which OpenBLAS needs; prlimit64
# where it sets a limit; and those that read what these set.
SANDBOX = """
import ctypes, errno, struct, sys
SETTERS = [203, 144, 142, 314, 141, 251, 256, 279, 238, 160]
GETTERS = [204, 145, 143, 140, 315]
PRLIMIT64, ALLOW, KILL, REFUSE = 302, 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06

def instruction(code, k, if_true=0, if_false=0):
    return struct.pack("HBBI", code, if_true, if_false, k)

class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

def enter_sandbox(numbers, answer):
    rules = [instruction(LOAD, 0)]
    for number in numbers:
        rules += [instruction(JUMP_IF_EQUAL, number, 0, 1), instruction(RETURN, answer)]
    rules += [instruction(JUMP_IF_EQUAL, PRLIMIT64, 0, 3), instruction(LOAD, 32)]
    rules += [instruction(JUMP_IF_EQUAL, 0, 1, 0), instruction(RETURN, answer)]
    rules += [instruction(RETURN, ALLOW)]
    libc, program = ctypes.CDLL(None, use_errno=True), Filter(len(rules), b"".join(rules))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        print("no seccomp:", os.strerror(ctypes.get_errno()))
        sys.exit()
"""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="has the numbers of x86-64 alone")
@pytest.mark.parametrize(
    "sandbox",
    [
        "(SETTERS, KILL)",
        pytest.param(
            "(SETTERS + GETTERS, REFUSE)",
            marks=pytest.mark.not_sanitized(reason="ASan itself asks for each thread's CPU mask"),
        ),
    ],
)
def test_no_system_call_that_sandboxes_forbid_is_needed(sandbox):
    said = run(
        """
        assert (np.ones((500, 500)) @ np.ones((500, 500)) == 500).all()
        for _ in range(50):
            check()
            time.sleep(0.001)  # workers sleep
        assert len(workers()) == 2
        """,
        before=f"import os\n{SANDBOX}\nenter_sandbox{sandbox}\n",
    )
    if said:
        pytest.skip(said.strip())


SCHEDULING = """
    from softsign_c._kernels import ffi, lib

    def scheduling(task):
        id = int(task.name)
        niceness = os.getpriority(os.PRIO_PROCESS, id)
        return os.sched_getaffinity(id), niceness, os.sched_getscheduler(id)

    def in_thread(function):
        thread = threading.Thread(target=function)
        thread.start()
        thread.join()

    def has_two_like(example):
        found = workers()
        return len(found) == 2 and all(scheduling(task) == example for task in found)
"""


@pytest.mark.parametrize(
    "constrain",
    [
        pytest.param("os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})", marks=two_cpus),
        "os.nice(5)",
        "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))",
    ],
)
def test_workers_are_scheduled_as_the_freest_caller(constrain):
    run(f"""
    {SCHEDULING}
    own = scheduling(TASKS / str(os.getpid()))

    @in_thread
    def first_caller():
        {constrain}
        check()
        constrained = scheduling(TASKS / str(threading.get_native_id()))
        assert constrained != own and eventually(lambda: has_two_like(constrained))

    check()
    assert eventually(lambda: has_two_like(own))
    before = workers()

    @in_thread
    def later_caller():
        {constrain}
        check()
        threads = set()
        def body(data, begin, end):
            threads.add(threading.get_ident())
            time.sleep(1e-3)
        callback = ffi.callback("void(void *, size_t, size_t)", body)
        lib.softsign_parallel_for(callback, ffi.NULL, 64_000, 1000, 1000, 3)
        assert threads == {{threading.get_ident()}}

    check()
    assert workers() == before and has_two_like(own)
    """)


@two_cpus
def test_the_cpu_mask_of_a_worker_is_left_alone():
    run(f"""
    {SCHEDULING}
    check()
    assert eventually(lambda: len(workers()) == 2)
    for cpu in sorted(os.sched_getaffinity(0)):
        for task in workers():
            os.sched_setaffinity(int(task.name), {{cpu}})
        for _ in range(100):
            softsign(X, out=Y)
            time.sleep(0.001)
            assert all(scheduling(task)[0] == {{cpu}} for task in workers())
    """)


def preloaded(folder, source):
    """Return the environment in which a library made of this source is loaded first."""
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    library = folder / "neighbour.so"
    command = ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library)]
    subprocess.run(command, input=source, text=True, check=True)
    return {"LD_PRELOAD": f"{os.environ.get('LD_PRELOAD', '')} {library}"}


@pytest.mark.parametrize("kib", [*range(240, 251, 2), 1024])
def test_a_library_with_large_static_thread_local_storage(kib, tmp_path):
    run(
        """
        check()
        assert eventually(lambda: len(workers()) == 2)
        """,
        **preloaded(tmp_path, f"_Thread_local char storage[{kib} << 10];"),
    )


@pytest.mark.parametrize("seconds", ["1", "++calls * 7919u % 1000"], ids=["stands", "jumps"])
def test_workers_sleep_in_the_end_whatever_the_clock_says(seconds, tmp_path):
    source = f"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        int clock_gettime(clockid_t clock, struct timespec *now)
        {{
            static unsigned calls;
            Dl_info from;
            if (!dladdr(__builtin_return_address(0), &from) || !strstr(from.dli_fname, "_kernels"))
                return (int)syscall(SYS_clock_gettime, clock, now);
            *now = (struct timespec){{.tv_sec = {seconds}}};
            return 0;
        }}
        """
    run(
        """
        def sleeps(task):
            return field(task, "stat").rpartition(")")[2].split()[0] == "S"
        check()
        assert eventually(lambda: len(workers()) == 2 and all(map(sleeps, workers())))
        check()
        """,
        **preloaded(tmp_path, source),
    )
