"""Scripts that use the pool of threads hard, each in a process of its own."""

import textwrap

from helpers.process import python

MINUTES = 600  # guards against hanging
OF_NUMPY = "ignore:NumPy was imported from a Python sub-interpreter:UserWarning"
IGNORED = ["-W", "ignore::DeprecationWarning", "-W", OF_NUMPY]

# check() fails unless long and short calls give the right results. eventually() waits for a
# condition and returns whether it holds.
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

def field(task, file):
    try:
        return (task / file).read_text()
    except OSError:  # it has ended
        return ""

def workers():
    return [task for task in TASKS.iterdir() if field(task, "comm") == "softsign_c\\n"]

def eventually(condition):
    for _ in range(12_000):
        if condition():
            return True
        time.sleep(0.01)
    return False

def end_of(child):
    pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)

set_num_threads(3)
"""


def run(script, before="", **environment):
    """Run the script after BEGIN; it must succeed, and say nothing else."""
    done = python(
        *IGNORED, "-c", before + BEGIN + textwrap.dedent(script), timeout=MINUTES, **environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
