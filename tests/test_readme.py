"""What README.md says holds, and the links of all pages lead somewhere."""

import doctest
import re
from pathlib import Path

import pytest

import softsign_c
from softsign_c._bounds import BOUNDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_examples_run():
    failed, attempted = doctest.testfile(
        str(ROOT / "README.md"), module_relative=False, encoding="utf-8"
    )
    assert attempted >= 5
    assert failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_are_relative_and_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), f"{page.name} links {target}"


def test_the_map_lists_every_source_file():
    mapped = set(re.findall(r"`(csrc/[\w/]+\.[ch])`", README))
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "csrc").rglob("*.[ch]")}
    assert mapped >= there - {"csrc/compiler.h"}
    assert mapped <= there


def test_the_errors_stated_are_those_of_the_table():
    stated = re.findall(r"within (\d\.\d\d)", README)
    assert stated == [b.worst_rounded_up for op, b in BOUNDS.items() if op != "backward"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tables_are_no_wider_than_a_page(page):
    rows = re.findall(r"^\|.*\|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(len(re.findall(r"(?<!\\)\|", row)) - 1 <= 8 for row in rows)


def test_the_page_is_short():
    assert len(README.splitlines()) <= 150


def test_those_named_give_nan_at_infinity_where_this_package_is_right():
    accuracy = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    limits = accuracy[accuracy.index("<!-- limits -->") : accuracy.index("<!-- /limits -->")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in limits.splitlines()]
    found = {row[0].split(",")[0]: row[1:] for row in cells if len(row) == 6}
    named = re.search(r"where NumPy's expression, (.*?)\s+\[give NaN\]", README, re.DOTALL)[1]
    for name in ["NumPy", *re.split(r",\s+|\s+and\s+", named)]:
        assert found[name][0] == "NaN"
    assert set(found["softsign_c"]) == {"right"}


def test_frameworks_lose_all_digits_of_the_gradient_for_large_inputs():
    accuracy = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    for framework in ("JAX", "PyTorch"):
        row = next(r for r in accuracy.splitlines() if r.startswith(f"| {framework} |"))
        assert float(row.split("|")[4].split()[0]) > 2**23


def test_the_machines_named_are_those_that_are_emulated():
    tested = re.search(r"Under emulation (.*?)\. What", README, re.DOTALL)[1]
    whole, kernels = tested.split("the kernels by themselves")
    assert "aarch64" in whole
    script = ROOT / ".ci" / "aarch64"
    if script.exists():  # which no release ships
        assert "python3 -m pytest -q" in script.read_text(encoding="utf-8")
    numerics = (ROOT / "docs" / "numerics.md").read_text(encoding="utf-8")
    compiled_and_run = re.search(r"tests/proof/digest\.py` \|.*?; only", numerics)[0]
    for machine in ("s390x", "Windows", "Wine"):
        assert machine in kernels
        assert machine.lower() in compiled_and_run.lower()


def test_the_length_from_which_calls_are_split():
    """Tried in test_thread_faults.py."""
    performance = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    for text in (README, performance, softsign_c.set_num_threads.__doc__):
        assert "from 16,384 elements" in " ".join(text.lower().split())
