"""A call needs no memory beyond its operands, however large they are."""

import sys

import pytest
from python import run_script


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's /proc")
@pytest.mark.parametrize(
    "call",
    [
        "softsign(x[:n], out=out)",
        "softsign(x[::2], out=out)",
        "softsign_backward(x[::2], x[1::2], out=out)",
        "set_num_threads(2); softsign(x[:n], out=out)",
    ],
    ids=["contiguous", "strided", "two inputs", "two threads"],
)
@pytest.mark.parametrize("n", [10**5, 16 * 10**6])
def test_memory_beyond_the_operands_is_constant(n, call):
    script = f"""
        import re
        from pathlib import Path
        import numpy as np
        from softsign_c import softsign, softsign_backward, set_num_threads

        def peak():  # KiB
            return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

        n = {n}
        with set_num_threads(2):
            softsign(np.ones(10**7, np.float32))  # starts the thread
        x, out = np.ones(2 * n, np.float32), np.ones(n, np.float32)
        before = peak()
        {call}
        print(peak() - before)
        """
    assert int(run_script(script).stdout) < 1024
