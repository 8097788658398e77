"""Tables, put into pages between <!-- name --> and <!-- /name -->."""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
NUMERICS = DOCS / "numerics.md"
RUNS = DOCS / "proofs.md"
PROOFS = ["command", "inputs", "paths", "worst error", "failures"]


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def figure(ratio: float) -> str:
    """Return a ratio with two digits behind the point, or three digits in all."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.3g}"


def duration(seconds: float) -> str:
    for unit, scale in (("s", 1), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.2g} ns"


def elements(n: float) -> str:
    return f"{n / 10**6:g} million" if n >= 10**6 else f"{n:,g}"


def enclosed(name: str) -> re.Pattern[str]:
    """Return the pattern of what the marks of that name enclose, them included."""
    return re.compile(f"<!-- {name} -->(.*?)<!-- /{name} -->", re.DOTALL)


def fill(path: Path, texts: dict[str, str], only_show: bool = False) -> None:
    """Put each text into the page, in place of what its marks enclose; or print all of them."""
    if only_show:
        print(*texts.values(), sep="\n\n")
        return
    page = path.read_text(encoding="utf-8")
    for name, text in texts.items():
        block = f"<!-- {name} -->\n\n{text}\n\n<!-- /{name} -->"
        page, found = enclosed(name).subn(lambda _, block=block: block, page)
        if found != 1:
            raise ValueError(f"{path} has {found} places for {name!r}, not 1")
    path.write_text(page, encoding="utf-8")


def record(inputs: str, paths: str, worst: str, failures: int) -> None:
    """Replace the row of this command of tests/proof/ at the end of docs/proofs.md; end the
    command if it has found failures.
    """
    script = "/".join(Path(sys.argv[0]).resolve().parts[-3:])
    command = f"`{' '.join(['python', script, *sys.argv[1:]])}`"
    row = [command, inputs, paths, worst, str(failures)]
    print(table(PROOFS, [row]))
    lines = enclosed("runs").search(RUNS.read_text(encoding="utf-8"))[1].strip().splitlines()
    others = [line[2:-2].split(" | ") for line in lines[2:]]
    others = [other for other in others if other[0] != command]
    fill(RUNS, {"runs": table(PROOFS, sorted([*others, row]))})
    if failures:
        sys.exit(f"{failures} failures")
