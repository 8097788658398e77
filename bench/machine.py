"""What was measured on: the processor, and the versions of all that takes part."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("softsign_c", "numpy", "ml_dtypes", "numba", "numexpr", "jax", "torch")
PACKAGES += ("onnxruntime", "tensorflow-cpu")


def versions(packages: tuple[str, ...] = PACKAGES) -> str:
    found = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def cpuinfo() -> dict[str, str]:
    path = Path("/proc/cpuinfo")
    return dict(re.findall(r"(.+?)\s*: (.*)", path.read_text())) if path.exists() else {}


def processor() -> str:
    """Return the CPU's name, its family and model, and how many there are."""
    info = cpuinfo()
    name = info.get("model name", platform.processor() or platform.machine())
    kind = f" family {info['cpu family']} model {info['model']}" if "cpu family" in info else ""
    return f"{name}{kind}, {os.cpu_count()} cores"


def short_name() -> str:
    """Return a name for this machine's file of figures."""
    info = cpuinfo()
    words = [info.get(key, "") for key in ("vendor_id", "cpu family", "model")]
    name = "_".join(filter(None, words)) or platform.machine()
    return re.sub("genuine|authentic", "", name.lower())


def setting(*packages: str) -> str:
    """Return a sentence on this machine and the versions of what was measured on it."""
    return f"{processor()}; {versions(packages or PACKAGES)}."
