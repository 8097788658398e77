"""The table at the end of docs/numerics.md: each command here writes the row of what it found."""

import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "numerics.md"
BEGIN, END = "<!-- begin of the generated table -->\n", "<!-- end of the generated table -->\n"


def record(inputs: str, paths: str, worst: str, faults: int, part: str = "") -> None:
    """Replace this command's row, or the row of its part; end the command if there were faults."""
    command = " ".join(["python", *Path(sys.argv[0]).resolve().parts[-3:]]).replace(" ", "/")
    command = f"`{command.replace('python/', 'python ', 1)}`" + (f", {part}" if part else "")
    row = f"| {command} | {inputs} | {paths} | {worst} | {faults} |\n"
    print(row, end="")
    head, rest = PAGE.read_text().split(BEGIN)
    table, tail = rest.split(END)
    heading, rows = table.splitlines(True)[:2], table.splitlines(True)[2:]
    others = [other for other in rows if not other.startswith(f"| {command} |")]
    PAGE.write_text("".join([head, BEGIN, *heading, *sorted([*others, row]), END, tail]))
    if faults:
        sys.exit(f"{faults} faults")
