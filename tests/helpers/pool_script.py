"""Scripts that work the pool of threads hard, each in a process of its own."""

import textwrap

from helpers.process import python

# check() fails unless calls are right, long ones and short ones; there are workers() threads.
BEGIN = """
import os, sys, threading, time
from pathlib import Path
import numpy as np
from softsign_c import set_num_threads, softsign, softsign_inverse

X = np.linspace(-9, 9, 200_003).astype(np.float32)
EXPECTED = softsign(X)
Y = np.empty_like(X)
TASKS = Path("/proc/self/task")

def check(y=Y):
    for n in (X.size, *[30_000] * 60, X.size):
        y[:n] = 7
        softsign(X[:n], out=y[:n])
        assert y[:n].data.cast("B") == EXPECTED[:n].data.cast("B")  # which takes no memory

def tasks_of_workers():
    return [task for task in TASKS.iterdir() if (task / "comm").read_text() == "softsign_c\\n"]

def workers(expected=0):
    for _ in range(100):  # a thread takes a moment to name itself
        found = len(tasks_of_workers())
        if found == expected:
            break
        time.sleep(0.01)
    return found

def end_of(child):
    pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)

set_num_threads(3)
"""


def run(script, seconds=30, **environment):
    """Run the script after the above; it must succeed, and say nothing else."""
    done = python(
        "-W",
        "ignore::DeprecationWarning",
        "-W",
        "ignore:NumPy was imported from a Python sub-interpreter:UserWarning",
        "-c",
        BEGIN + textwrap.dedent(script),
        timeout=seconds,
        **environment,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
