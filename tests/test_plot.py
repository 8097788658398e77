"""The verb plot of the command softsign-c."""

import json
from itertools import product

import pytest
from python import assert_refused, python

SECONDS = {"numpy": 3e-6, "softsign_c": 1e-6, "copy": 5e-7}
ROWS = [
    {"pass_": pass_, "dtype": dtype, "n": n, "out": out} | SECONDS
    for pass_, dtype, n, out in product(
        ("forward", "backward"), ("float32", "float64"), (1, 1000), (False, True)
    )
]
FIGURES = {"versions": {"softsign_c": "0.1.0", "numpy": "2.4"}, "rows": ROWS}


@pytest.fixture
def figures(tmp_path):
    pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install '.[plot]'")
    (tmp_path / "figures.json").write_text(json.dumps(FIGURES))
    return tmp_path / "figures.json"


def plot(source, target, **environment):
    return python("-m", "softsign_c", "plot", source, target, **environment)


@pytest.mark.parametrize(
    ("format_", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_plot_draws_in_the_format_of_the_name(figures, format_, magic):
    chart = figures.with_suffix(f".{format_}")
    result = plot(figures, chart)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert chart.read_bytes().startswith(magic)


def test_plot_shows_every_row(figures, monkeypatch):
    from matplotlib.figure import Figure

    from softsign_c import _plot

    drawn = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, target: drawn.append(figure))
    _plot.plot(figures, figures.with_suffix(".svg"))
    axes = drawn[0].axes
    assert [chart.get_title() for chart in axes] == ["forward", "backward", "", ""]
    for chart, value in zip(axes, (3, 3, 2, 2), strict=True):
        lines = [line for line in chart.lines if line.get_marker() == "."]
        assert len(lines) == 4  # two dtypes, with and without out=
        for line in lines:
            assert list(line.get_xdata()) == [1, 1000]
            assert list(line.get_ydata()) == pytest.approx([value, value])


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"versions": {}, "rows": [{}]}', '{"versions": {}, "rows": []}']
)
def test_plot_refuses_other_files(figures, content):
    figures.write_text(content)
    assert_refused(plot(figures, figures.with_suffix(".svg")), "was not written by")


def test_plot_refuses_a_missing_file(figures):
    assert_refused(plot(figures.with_name("none.json"), figures), "No such file")


def test_plot_refuses_other_formats(figures):
    assert_refused(plot(figures, figures.with_suffix(".xyz")), "supported formats: ")


def test_plot_without_matplotlib_names_the_extra(tmp_path):
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").write_text(
        "raise ModuleNotFoundError('no', name='matplotlib')"
    )
    result = plot("x", "y", PYTHONPATH=str(tmp_path))
    assert_refused(result, "pip install 'softsign_c[plot]'")
