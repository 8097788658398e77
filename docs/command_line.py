"""Runs the commands of docs/command_line.md, from the top, in a folder that is empty at first.

python docs/command_line.py            write their output into the page
python docs/command_line.py --check    fail if the page has another, figures aside
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).with_suffix(".md")
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def said(command: str, folder: str) -> str:
    """Return a command and its output on a terminal of 80 columns."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "COLUMNS": "80"}
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, **both)
    return f"$ {command}\n{done.stdout}"


def replayed(page: str) -> str:
    """Return the page with the output that its commands have now."""
    with tempfile.TemporaryDirectory() as folder:
        return BLOCK.sub(
            lambda block: "".join(
                said(line.removeprefix("$ "), folder)
                for line in block[0].splitlines()
                if line.startswith("$ ")
            ),
            page,
        )


def without_figures(page: str) -> list[list[str]]:
    """Return the words that are the same on every machine: no times, versions, CPUs."""
    of_cpu = ("instruction set ", "kernels for a divider ")
    lines = [line for line in page.splitlines() if not line.startswith(of_cpu)]
    return [re.findall(r"(?<!\S)[^\d\s]+(?!\S)", line) for line in lines]


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    now = replayed(page)
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(now, encoding="utf-8")
    elif without_figures(now) != without_figures(page):
        sys.exit(f"{PAGE} is out of date; its commands say:\n{now}")


if __name__ == "__main__":
    main()
