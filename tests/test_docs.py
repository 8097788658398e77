"""README.md and the pages of docs/: their code runs, their links lead somewhere, their figures are
those of the package.
"""

import doctest
import re
import shutil
from pathlib import Path

import pytest

from helpers.process import python
from softsign_c._bounds import BOUNDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def run(block, page, namespace):
    if "__main__" in block:  # a program: its processes import it by its file
        Path("example.py").write_text(block, encoding="utf-8")
        result = python("example.py")
        assert result.returncode == 0, result.stderr
        return
    if not block.startswith(">>>"):
        exec(compile(block, page.name, "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(block, namespace, page.name, str(page), 0)
    report = []
    failed = doctest.DocTestRunner().run(test, out=report.append, clear_globs=False).failed
    assert failed == 0, "".join(report)
    namespace.update(test.globs)


@each_page
@pytest.mark.filterwarnings(r"ignore:`isinstance\(treespec, LeafSpec\)`")  # PyTorch, exporting
def test_code_runs_in_a_folder_with_nothing_but_what_the_page_offers(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    for file in re.findall(r"\]\((\w+\.csv)\)", text):
        shutil.copy(page.parent / file, file)
    blocks = BLOCK.findall(text)
    for library in re.findall(r"^(?:>>> )?(?:import|from) (\w+)", "".join(blocks), re.MULTILINE):
        pytest.importorskip(library, reason=f"{page.name} needs {library}, which is not installed")
    namespace = {}
    for block in blocks:
        run(block, page, namespace)


@each_page
def test_links_are_relative_and_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), f"{page.name} links {target}"


@each_page
def test_tables_are_no_wider_than_a_page(page):
    rows = re.findall(r"^\|.*\|$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(len(re.findall(r"(?<!\\)\|", row)) - 1 <= 8 for row in rows)


def test_the_map_lists_every_source_file():
    mapped = set(re.findall(r"`(csrc/[\w/]+\.[ch])`", README))
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "csrc").rglob("*.[ch]")}
    assert mapped >= there - {"csrc/compiler.h"}
    assert mapped <= there


def test_the_errors_stated_are_those_of_the_table():
    stated = re.findall(r"within (\d\.\d\d)", README)
    assert stated == [b.worst_rounded_up for op, b in BOUNDS.items() if op != "backward"]


@pytest.mark.parametrize(
    "figure", [*(ROOT / "docs" / "figures").glob("*.svg")], ids=lambda figure: figure.name
)
def test_figures_are_drawn_for_dark_pages_too(figure):
    assert "prefers-color-scheme:dark" in figure.read_text(encoding="utf-8")
