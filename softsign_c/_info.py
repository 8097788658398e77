"""What is installed and what the machine can do, for the command line."""

import platform
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table

from softsign_c._isa import active_isa, missing_for_isas
from softsign_c._kernels import lib

PACKAGES = ("softsign_c", "numpy", "cffi", "ml_dtypes")


def versions() -> dict[str, str]:
    """Return the versions of what takes part, and the name of the machine."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def isa_states() -> dict[str, str]:
    """Return what there is to say of each instruction set."""
    return {
        name: f"not available: needs {missing}"
        if missing
        else "active"
        if name == active_isa()
        else "available"
        for name, missing in missing_for_isas().items()
    }


def info() -> None:
    made = Table(show_header=False)
    for name, value in versions().items():
        made.add_row(name, value)
    made.add_section()
    for name, state in isa_states().items():
        made.add_row(f"instruction set {name}", state)
    made.add_section()
    cache = lib.softsign_last_level_cache()
    made.add_row("last-level cache", f"{cache / 2**20:g} MiB" if cache else "not known")
    Console().print(made)
