"""The code on the pages of docs/ runs, each page from its first block to its last."""

import doctest
import re
from pathlib import Path

import pytest

PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))
FIGURES = sorted((Path(__file__).parents[1] / "docs" / "figures").glob("*.svg"))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def run(block, page, namespace):
    if not block.startswith(">>>"):
        exec(compile(block, page.name, "exec"), namespace)
        return
    test = doctest.DocTestParser().get_doctest(block, namespace, page.name, str(page), 0)
    report = []
    failed = doctest.DocTestRunner().run(test, out=report.append, clear_globs=False).failed
    assert failed == 0, "".join(report)
    namespace.update(test.globs)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_runs(page):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    for library in re.findall(r"^(?:>>> )?(?:import|from) (\w+)", "".join(blocks), re.MULTILINE):
        pytest.importorskip(library, reason=f"{page.name} needs {library}, which is not installed")
    namespace = {}
    for block in blocks:
        run(block, page, namespace)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_figures_have_a_dark_dress(figure):
    assert "prefers-color-scheme:dark" in figure.read_text(encoding="utf-8")
