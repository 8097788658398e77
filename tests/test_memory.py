"""A call needs no memory beyond its operands, however large they are."""

import json
import sys

import pytest

from helpers.process import run_script

CALLS = {
    "contiguous": "softsign(x[:n], out=out)",
    "strided": "softsign(x[::2], out=out)",
    "two inputs": "softsign_backward(x[::2], x[1::2], out=out)",
    "two threads": "set_num_threads(2); softsign(x[:n], out=out)",
}


@pytest.fixture(scope="module")
def peaks():
    """Make the calls one by one, and give how far each raises the peak of memory, in KiB."""
    if not sys.platform.startswith("linux"):
        pytest.skip("reads Linux's /proc")
    script = f"""
        import json, re
        from pathlib import Path
        import numpy as np
        from softsign_c import softsign, softsign_backward, set_num_threads

        def peak():
            return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])

        n = 16_000_000
        with set_num_threads(2):
            softsign(np.ones(n, np.float32))  # starts the thread
        x, out = np.ones(2 * n, np.float32), np.ones(n, np.float32)
        peaks = [peak()]
        for call in {list(CALLS.values())}:
            exec(call)
            peaks.append(peak())
        print(json.dumps(np.diff(peaks).tolist()))
        """
    return dict(zip(CALLS, json.loads(run_script(script).stdout), strict=True))


@pytest.mark.parametrize("call", CALLS)
def test_memory_beyond_the_operands_is_constant(peaks, call):
    assert peaks[call] < 1024
