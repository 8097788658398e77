"""Tables, put into pages between <!-- name --> and <!-- /name -->."""

import os
import platform
import re
from pathlib import Path


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine(*modules):
    """Return a sentence on this machine, and the versions of what was measured on it."""
    cpuinfo = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else []
    parts = [models[0] if models else platform.processor(), f"{os.cpu_count()} cores"]
    parts += [f"Python {platform.python_version()}"]
    parts += [f"{module.__name__} {module.__version__}" for module in modules]
    return ", ".join(parts) + "."


def enclosed(name):
    """Return the pattern of what the marks of that name enclose, them included."""
    return re.compile(f"<!-- {name} -->(.*?)<!-- /{name} -->", re.DOTALL)


def rows(path, name):
    """Return the rows of the table that the marks enclose, as lists of words."""
    lines = enclosed(name).search(path.read_text(encoding="utf-8"))[1].strip().splitlines()
    return [line[2:-2].split(" | ") for line in lines[2:]]


def fill(path, texts):
    """Put each text into the page, in place of what its marks enclose."""
    page = path.read_text(encoding="utf-8")
    for name, text in texts.items():
        block = f"<!-- {name} -->\n\n{text}\n\n<!-- /{name} -->"
        page, found = enclosed(name).subn(lambda _, block=block: block, page)
        if found != 1:
            raise ValueError(f"{path} has {found} places for {name!r}, not 1")
    path.write_text(page, encoding="utf-8")
