"""The verb info: versions, instruction sets, threads and cache."""

import platform
from importlib.metadata import PackageNotFoundError, version

from softsign_c import get_num_threads
from softsign_c._isa import active_isa, missing_for_isas
from softsign_c._kernels import ffi, lib

PACKAGES = ("numpy", "cffi", "ml_dtypes")


def version_of(package: str, otherwise: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return otherwise


def own_version() -> str:
    """Return this package's version, if it is installed."""
    return version_of("softsign_c", "unknown")


def versions() -> dict[str, str]:
    """Return the versions of Python, the platform and the libraries."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    found["softsign_c"] = own_version()
    return found | {package: version_of(package, "not installed") for package in PACKAGES}


def isa_states() -> dict[str, str]:
    """Return the state of each instruction set."""
    return {
        name: f"not available: needs {missing}"
        if missing
        else "active"
        if name == active_isa()
        else "available"
        for name, missing in missing_for_isas().items()
    }


def divider() -> str:
    """Return for which divider the kernels are that are active, and why."""
    model = lib.softsign_cpu_model()
    vendor = ffi.string(model.vendor).decode(errors="replace") or "unknown"
    name = ffi.string(lib.softsign_divider_name(lib.softsign_active_divider())).decode()
    return f"{name}, as of {vendor} family {model.family} model {model.model}"


def last_level_cache() -> int:
    """Return its size in bytes, or 0."""
    return int(lib.softsign_last_level_cache())


def info() -> None:
    cache = last_level_cache()
    parts = [
        versions(),
        {f"instruction set {name}": state for name, state in isa_states().items()}
        | {"kernels for a divider": divider()},
        {
            "threads of a call": str(get_num_threads()),
            "last-level cache": f"{cache / 2**20:g} MiB" if cache else "not known",
        },
    ]
    width = max(len(name) for part in parts for name in part)
    print(
        "\n\n".join(
            "\n".join(f"{name:<{width}}  {value}" for name, value in part.items()) for part in parts
        )
    )
