"""Choosing the instruction set that the ufuncs run on."""

import os
from collections.abc import Callable
from typing import Any

from softsign_c._kernels import ffi, lib
from softsign_c._setting import Setting

ENVIRONMENT_VARIABLE = "SOFTSIGN_C_ISA"


def names(name_of: Callable[[int], Any]) -> list[str]:
    """Return the names that C gives to 0, 1, ..., up to the first that is NULL."""
    found: list[str] = []
    while (name := name_of(len(found))) != ffi.NULL:
        found.append(ffi.string(name).decode())
    return found


def missing_for_isas(features: int | None = None) -> dict[str, str | None]:
    """Return, for each instruction set, what a CPU with these features lacks, or None. The default
    is this machine's CPU.
    """
    missing = {}
    if features is None:
        features = lib.softsign_cpu_features()
    for isa, name in enumerate(names(lib.softsign_isa_name)):
        lacks = lib.softsign_isa_missing(isa, features)
        missing[name] = None if lacks == ffi.NULL else ffi.string(lacks).decode()
    return missing


def available_isas() -> tuple[str, ...]:
    """Return the names of the instruction sets that this machine can run, the fastest first.

    >>> available_isas()[-1]
    'baseline'
    """
    return tuple(name for name, missing in missing_for_isas().items() if missing is None)


def active_isa() -> str:
    """Return the name of the active instruction set.

    Short calls may use a narrower one where that is faster: "avx512" runs up to 511 float32
    elements on AVX2.

    >>> active_isa() in available_isas()
    True
    """
    name: str = ffi.string(lib.softsign_isa_name(lib.softsign_active_isa())).decode()
    return name


def _exchange_isa(isa: int) -> int:
    before: int = lib.softsign_active_isa()
    lib.softsign_use_isa(isa)
    return before


class use_isa(Setting):  # noqa: N801  (called like a function)
    """Make the ufuncs run on the named instruction set, in all threads, from now on.

    As a context manager it returns to the previous one at the end; where blocks of several threads
    overlap, the last to end returns to what it found. The results are the same bits on each; only
    the speed differs.

    Parameters
    ----------
    name : str
        One of `available_isas()`.

    Raises
    ------
    ValueError
        If there is no such instruction set, or this machine cannot run it.

    Examples
    --------
    >>> with use_isa("baseline"):
    ...     active_isa()
    'baseline'
    """

    def __init__(self, name: str) -> None:
        isas = missing_for_isas()
        here = f"available here: {', '.join(available_isas())}"
        if name not in isas:
            raise ValueError(f"there is no instruction set {name!r}; {here}")
        if isas[name] is not None:
            raise ValueError(f"instruction set {name!r} needs {isas[name]}; {here}")
        super().__init__(_exchange_isa, list(isas).index(name), name)


def use_default_isa() -> None:
    """Activate what the environment variable names, or else the fastest there is, for this CPU."""
    lib.softsign_use_divider(lib.softsign_cpu_divider())
    name = os.environ.get(ENVIRONMENT_VARIABLE)
    try:
        use_isa(name or available_isas()[0])
    except ValueError as error:
        raise ValueError(f"environment variable {ENVIRONMENT_VARIABLE}: {error}") from None
