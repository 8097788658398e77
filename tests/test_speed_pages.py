"""The figures of speed on all pages are those of one file of docs/measured/."""

from bench import report
from bench.rows import MEASURED, read
from bench.tables import DOCS, enclosed


def test_pages_show_the_figures_of_the_file_that_they_name():
    shown = (DOCS / "performance.md").read_text(encoding="utf-8")
    machine = enclosed("machine").search(shown)[1].strip()
    [path] = [path for path in MEASURED.glob("*.csv") if read(path)[0] == machine]
    for page, texts in report.texts(path).items():
        written = page.read_text(encoding="utf-8")
        for name, text in texts.items():
            assert enclosed(name).search(written)[1].strip() == text, f"{page.name}: {name}"
