"""The verb plot of the command softsign-c."""

import json
from itertools import product

import pytest

from helpers.command_line import command
from helpers.process import assert_refused
from softsign_c._cli.figures import Figures, Row, read, write

# Each row has times of its own, so that one in another's place is seen.
ROWS = [
    Row(op, dtype, n, out, numpy=(3 + k) * 1e-6, softsign_c=1e-6, copy=1e-6 / (10 + k))
    for k, (op, dtype, n, out) in enumerate(
        product(("forward", "backward"), ("float32", "float64"), (1, 1000), (False, True))
    )
]
FIGURES = Figures({"softsign_c": "0.1.0", "numpy": "2.4"}, 2, ROWS)


@pytest.fixture
def figures(tmp_path):
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install '.[plot]'")
    with (tmp_path / "figures.json").open("wb") as file:
        write(file, FIGURES)
    return tmp_path / "figures.json"


def test_the_file_keeps_the_figures(figures):
    assert read(figures) == FIGURES


@pytest.mark.parametrize(
    ("format_", "magic"), [("svg", b"<?xml"), ("PNG", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_plot_draws_in_the_format_of_the_name(figures, format_, magic):
    chart = figures.with_suffix(f".{format_}")
    result = command("plot", figures, chart)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert chart.read_bytes().startswith(magic)


def legend_of(chart):
    return chart.get_legend().get_lines(), chart.get_legend().get_texts()


def test_plot_shows_every_row_in_its_place(figures):
    from softsign_c._cli.plot import drawn

    gains, copies = {}, {}
    figure = drawn(read(figures))
    assert figure.get_suptitle() == "softsign_c 0.1.0, numpy 2.4, 2 threads"
    axes = figure.axes
    assert [chart.get_title() for chart in axes] == ["forward", "backward", "", ""]
    ylabels = ["times faster than NumPy", "", "time in copies (np.copyto)", ""]
    assert [chart.get_ylabel() for chart in axes] == ylabels
    assert [chart.get_xlabel() for chart in axes] == ["", "", "elements", "elements"]
    legend = {text.get_text(): line for line, text in zip(*legend_of(axes[0]), strict=True)}
    for chart, (shown, op) in zip(
        axes, product((gains, copies), ("forward", "backward")), strict=True
    ):
        for line in (line for line in chart.lines if line.get_marker() == "."):
            dtype, _, out = line.get_label().partition(", ")
            assert line.get_linestyle() == ("--" if out else "-")
            assert line.get_color() == legend[line.get_label()].get_color()
            for n, value in zip(line.get_xdata(), line.get_ydata(), strict=True):
                shown[op, dtype, n, bool(out)] = value
    assert gains == pytest.approx({row[:4]: 3 + k for k, row in enumerate(ROWS)})
    assert copies == pytest.approx({row[:4]: 10 + k for k, row in enumerate(ROWS)})


ROW = ROWS[0]._asdict()
WRONG = {
    "empty": "",
    "no object": "[]",
    "nothing": "{}",
    "no rows": {"rows": []},
    "empty row": {"rows": [{}]},
    "another op": {"rows": [ROW | {"op": "sideways"}]},
    "another dtype": {"rows": [ROW | {"dtype": None}]},
    "no time": {"rows": [ROW | {"copy": 0}]},
    "text": {"rows": [ROW | {"n": "many"}]},
    "not a number": {"rows": [ROW | {"numpy": float("nan")}]},
    "huge": {"rows": [ROW | {"n": 10**400}]},
    "versions": {"rows": [ROW], "versions": []},
    "threads": {"rows": [ROW], "threads": "many"},
    "endless threads": {"rows": [ROW], "threads": float("inf")},
    "long": " " * (1 << 20) + json.dumps({"versions": {}, "threads": 1, "rows": [ROW]}),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_plot_refuses_other_files(figures, content):
    if not isinstance(content, str):
        content = json.dumps({"versions": {}, "threads": 1} | content)
    figures.write_text(content)
    assert_refused(command("plot", figures, figures.with_suffix(".svg")), "was not written by")


def test_plot_refuses_a_missing_file(figures):
    assert_refused(command("plot", figures.with_name("none.json"), figures), "No such file")


@pytest.mark.parametrize("name", ["chart.xyz", "chart", "chart."])
def test_plot_refuses_other_formats_and_leaves_the_old_picture(figures, name):
    figures.with_name(name).write_text("old")
    assert_refused(command("plot", figures, figures.with_name(name)), "supported formats: ")
    assert figures.with_name(name).read_text() == "old"
    assert not list(figures.parent.glob(".*"))


def test_plot_leaves_the_old_picture_when_it_fails(figures, monkeypatch):
    from matplotlib.figure import Figure

    def half(_, file, **__):
        file.write(b"half")
        raise RuntimeError("no fonts")

    figures.with_name("chart.svg").write_text("old")
    monkeypatch.setattr(Figure, "savefig", half)
    assert_refused(command("plot", figures, figures.with_name("chart.svg")), "no fonts")
    assert figures.with_name("chart.svg").read_text() == "old"
