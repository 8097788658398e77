"""The table at the end of docs/numerics.md: each command here writes the row of what it found."""

import sys
from pathlib import Path

from harness import ROOT

from docs.report import fill, rows, table

PAGE = ROOT / "docs" / "numerics.md"
NAME = "runs"
HEAD = ["command", "inputs", "paths", "worst error", "faults"]


def record(inputs: str, paths: str, worst: str, faults: int) -> None:
    """Replace this command's row; end the command if there were faults."""
    script = "/".join(Path(sys.argv[0]).resolve().parts[-3:])
    command = f"`{' '.join(['python', script, *sys.argv[1:]])}`"
    row = [command, inputs, paths, worst, str(faults)]
    print(table(HEAD, [row]))
    others = [other for other in rows(PAGE, NAME) if other[0] != command]
    fill(PAGE, {NAME: table(HEAD, sorted([*others, row]))})
    if faults:
        sys.exit(f"{faults} faults")
