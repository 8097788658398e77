"""Runs the ordinary tests under the address and undefined-behaviour sanitizers, the kernels under
valgrind, and calls every ufunc, and every error there is, until a leak would show.

    python tests/proof/memory.py
"""

import resource
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import harness
import numpy as np
from sandbox import compile_library, copy_sources, failure, run

import softsign_c
from bench.tables import record

SANITIZE = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
# By the baseline, as the compiler does not instrument masked loads of AVX-512.
OVERFLOW = """
import numpy
from softsign_c._isa import names
from softsign_c._kernels import ffi, lib
x = numpy.ones(1000, numpy.float32)
operands = ffi.new("char *[]", [ffi.cast("char *", x.ctypes.data)] * 2)
baseline = names(lib.softsign_isa_name).index("baseline")
lib.softsign_get_kernel(baseline, 0, 1)(x.size + 1, operands, 0)
"""
CALLS, ERRORS = 10**6, 10**3
# ASan takes memory of its own and address space without a limit, and handles signals.
CHOSEN = "not exhaustive and not not_sanitized"
ALLOWED = 1 << 17  # bytes that the process may grow by, for caches of Python and NumPy


def sanitized() -> str:
    """Return the first of the ordinary tests that fails, or nothing."""
    folder = copy_sources(harness.BUILT / "sanitized")
    compile_library(folder, *SANITIZE)
    libraries = [
        harness.run(["cc", f"-print-file-name={name}"]).strip()
        for name in ("libasan.so", "libubsan.so", "libstdc++.so.6")
    ]
    # The interpreter frees little at its end, so that leaks are looked for below instead.
    environment = {
        "LD_PRELOAD": " ".join(libraries),
        "ASAN_OPTIONS": "detect_leaks=0:halt_on_error=1",
    }
    if "heap-buffer-overflow" not in run(folder, "-c", OVERFLOW, **environment).stderr:
        return "the sanitizer does not see an overflow"
    return failure(folder, "-m", CHOSEN, **environment)


def valgrind() -> str:
    program = harness.build("digest", "digest-valgrind", flags=["-O1", "-g"])
    command = ["valgrind", "-q", "--error-exitcode=1", "--leak-check=full", str(program), "2"]
    return "" if subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0 else "valgrind"


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def growth(call: Callable[[], object], times: int) -> int:
    """Return by how many bytes the process grows over so many calls, after some to warm up."""
    for _ in range(times // 10):
        call()
    before = resident()
    for _ in range(times):
        call()
    return resident() - before


def failing(call: Callable[[], object]) -> Callable[[], object]:
    def fail() -> None:
        try:
            call()
        except (TypeError, ValueError, FloatingPointError):
            return
        raise AssertionError(f"no error: {call}")

    return fail


def leaks() -> list[str]:
    """Return the calls over which the process grows."""
    x, frozen, *out = np.ones((4, 100), np.float32)
    frozen.flags.writeable = False
    kept: list[bytes] = []
    if growth(lambda: kept.append(bytes(200)), ERRORS) <= ALLOWED:
        return ["200 bytes an error would go unnoticed"]
    calls, errors = {}, {"use_isa": lambda: softsign_c.use_isa("avx1024")}
    for name in softsign_c.__all__:
        ufunc = getattr(softsign_c, name)
        if not isinstance(ufunc, np.ufunc):
            continue
        one, two = [x] * ufunc.nin, tuple(out[: ufunc.nout])
        calls[f"{name} contiguous"] = partial(ufunc, *one, out=two)
        calls[f"{name} strided"] = partial(ufunc, *[x[::2]] * ufunc.nin)
        errors[f"{name} of complex"] = partial(ufunc, *[x + 1j] * ufunc.nin)
        errors[f"{name} of too few"] = partial(ufunc, *one[1:])
        errors[f"{name} of words"] = partial(ufunc, *["one"] * ufunc.nin)
        errors[f"{name} to a frozen output"] = partial(ufunc, *one, out=(frozen,) * ufunc.nout)
        errors[f"{name} to a short output"] = partial(ufunc, *one, out=(x[:3],) * ufunc.nout)
        errors[f"{name} to integers"] = partial(ufunc, *one, out=(np.ones(100, int),) * ufunc.nout)
    with np.errstate(invalid="raise"):
        errors["softsign_inverse of 2"] = partial(softsign_c.softsign_inverse, x + 2)
        errors["set_num_threads"] = partial(softsign_c.set_num_threads, 0)
        grown = {name: growth(failing(call), ERRORS) for name, call in errors.items()}
    grown |= {name: growth(call, CALLS // 2) for name, call in calls.items()}
    return [f"{name} leaks: {size} bytes" for name, size in grown.items() if size > ALLOWED]


def main() -> None:
    in_two = harness.in_parallel(lambda check: check(), [sanitized, valgrind])
    failures = [found for found in [*in_two, *leaks()] if found]
    for found in failures:
        print(f"FAILURE: {found}")
    inputs = "the ordinary tests; 10^6 calls of each ufunc, 10^3 of each error"
    record(inputs, "ASan and UBSan, valgrind, resident size", "", len(failures))


if __name__ == "__main__":
    main()
