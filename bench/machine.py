"""What was measured on: the processor, and the versions of all that takes part."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = [
    "softsign_c",
    "numpy",
    "ml_dtypes",
    "numba",
    "numexpr",
    "jax",
    "torch",
    "onnxruntime",
    "tensorflow-cpu",
]


def versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def processor() -> str:
    """Return the CPU's name, its family, model and features that matter, and how many there are."""
    path = Path("/proc/cpuinfo")
    info = dict(re.findall(r"(.+?)\s*: (.*)", path.read_text())) if path.exists() else {}
    name = info.get("model name", platform.processor() or platform.machine())
    kind = f" family {info['cpu family']} model {info['model']}" if "cpu family" in info else ""
    return f"{name}{kind}, {os.cpu_count()} cores"
