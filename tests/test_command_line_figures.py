"""The figures that bench and info of the command softsign-c show, of times made up beforehand."""

import itertools
import json

import numpy as np
import pytest

import softsign_c
from helpers.command_line import command
from softsign_c._cli import bench, expression, info, timer
from softsign_c._cli.figures import Row


class Clock:
    """A clock that only goes on when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def perf_counter(self):
        return self.now

    def taking(self, seconds, function=lambda *_, **__: None):
        """Return the function, as something that takes this time."""

        def timed(*arguments, **keywords):
            self.now += seconds
            return function(*arguments, **keywords)

        return timed


@pytest.fixture
def clock(monkeypatch):
    made_up = Clock()
    monkeypatch.setattr(timer, "perf_counter", made_up.perf_counter)
    return made_up


def test_each_function_has_its_time(clock):
    times = {"short": 3e-6, "longer": 2e-5, "long": 0.5}
    found = timer.best_times({name: clock.taking(t) for name, t in times.items()})
    assert found == pytest.approx(times, rel=1e-6)


@pytest.mark.parametrize(
    ("first", "later", "best"),
    [([1e-5] * 9, 3e-6, 3e-6), ([*[1.0] * 5, 0.125], 1.0, 0.125)],
    ids=["slow at first", "disturbed rounds"],
)
def test_the_best_time_of_one_call_counts(clock, first, later, best):
    durations = itertools.chain(first, itertools.repeat(later))

    def call():
        clock.now += next(durations)

    assert timer.best_times({0: call}) == pytest.approx({0: best}, rel=1e-6)


def test_after_a_pause_one_call_is_timed(clock, monkeypatch):
    events = []
    monkeypatch.setattr(timer, "wait", events.append)
    call = clock.taking(3e-6, lambda: events.append("call"))
    found = timer.best_times({0: call}, rounds=(2, 2), pause=1e-3)
    assert found == pytest.approx({0: 3e-6}, rel=1e-4)
    assert events[2:] == ["call", 1e-3, "call"] * 2  # after two to find the sample's size


@pytest.mark.parametrize("step", [0, -1e-3], ids=["stands still", "runs backwards"])
@pytest.mark.parametrize("pause", [0, 1e-3])
def test_a_clock_that_does_not_go_on_is_refused(clock, step, pause):
    with pytest.raises(OSError, match="clock stands still or runs backwards"):
        timer.best_times({0: clock.taking(step)}, pause=pause)


def test_bench_says_in_one_line_that_the_clock_stands_still(clock):
    result = command("bench")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1].startswith("softsign-c: the clock stands still")


class Timed:
    """A ufunc of one input that takes one time without and another with out=."""

    nin, nargs = 1, 2

    def __init__(self, clock):
        self.plain, self.out = clock.taking(2e-6), clock.taking(1e-6)

    def __call__(self, x, out=None):
        return self.plain() if out is None else self.out()


def test_each_time_stands_in_its_row(clock, monkeypatch):
    made_up = expression.Op(Timed(clock), clock.taking(9e-6), clock.taking(5e-6))
    monkeypatch.setitem(expression.OPS, "forward", made_up)
    monkeypatch.setattr(bench.np, "copyto", clock.taking(5e-7))
    without, with_out = bench.measure("forward", "float32", 1000)
    assert without[:4] == ("forward", "float32", 1000, False)
    assert without[4:] == pytest.approx((9e-6, 2e-6, 5e-7))
    assert with_out[:4] == ("forward", "float32", 1000, True)
    assert with_out[4:] == pytest.approx((5e-6, 1e-6, 5e-7))


ROWS = [
    Row("forward", "float32", 100, False, 6.4e-6, 1.6e-6, 0.8e-6),
    Row("forward", "float32", 10**7, True, 0.05, 0.02, 0.016),
    Row("backward", "float64", 10**5, False, 3e-4, 1.2e-4, 6e-5),
]


def test_the_table_shows_gain_throughput_and_copies():
    assert bench.table(ROWS, 1).splitlines()[:6] == [
        "operation  dtype            n out=      NumPy     ufunc    gain   GB/s copies",
        "",
        "forward    float32        100            6.40      1.60   4.00x   0.50   2.00",
        "forward    float32 10,000,000  yes     50,000    20,000   2.50x   4.00   1.25",
        "",
        "backward   float64    100,000             300       120   2.50x  20.00   2.00",
    ]


def test_the_table_fits_80_columns_and_any_terminal():
    table = bench.table(ROWS, 1024)
    assert table.isascii()
    assert max(map(len, table.splitlines())) <= 80


def test_bench_prints_the_table_and_writes_the_figures(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "SIZES", (1, 100))
    monkeypatch.setattr(
        bench, "measure", lambda *case: [Row(*case, out, 6e-6, 2e-6, 1e-6) for out in (0, 1)]
    )
    result = command("bench", "--json", tmp_path / "figures.json")
    assert (result.returncode, result.stderr) == (0, "")
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert len(figures["rows"]) == 3 * 3 * 2 * 2  # operations, dtypes, sizes, with and without out=
    assert {row["speedup"] for row in figures["rows"]} == {3}
    assert figures["versions"]["numpy"] == np.__version__
    rows = [Row(*list(row.values())[:7]) for row in figures["rows"]]
    assert result.stdout == bench.table(rows, figures["threads"]) + "\n"


def test_bench_measures_with_the_threads_that_it_names(tmp_path, monkeypatch):
    def measure(*case):
        used.append(softsign_c.get_num_threads())
        return []

    used, before = [], softsign_c.get_num_threads()
    monkeypatch.setattr(bench, "measure", measure)
    result = command("bench", "--threads", 3, "--json", tmp_path / "figures.json")
    assert set(used) == {3}
    assert json.loads((tmp_path / "figures.json").read_text())["threads"] == 3
    assert "The ufunc may use 3 threads, NumPy uses one." in result.stdout
    assert softsign_c.get_num_threads() == before


@pytest.mark.parametrize("number", ["0", "1025", "many"])
def test_bench_refuses_other_numbers_of_threads(number):
    result = command("bench", "--threads", number)
    assert (result.returncode, result.stdout) == (2, "")
    assert number in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("op", expression.OPS)
def test_the_expressions_compute_what_the_ufuncs_do(op):
    ufunc, plain, with_out = expression.OPS[op]
    x = np.linspace(-4, 4, 100)
    operands = (np.linspace(1, 2, 100), x)[-ufunc.nin :]
    out = np.empty_like(x)
    with_out(*operands, out, np.empty_like(x))
    for result in (plain(*operands), out):
        np.testing.assert_allclose(result, ufunc(*operands), rtol=1e-14)


def test_info_tells_versions():
    found = info.versions()
    assert (found["numpy"], found["softsign_c"]) == (np.__version__, softsign_c.__version__)
    for line in (f"{name} {value}" for name, value in found.items()):
        assert line.split() in [line.split() for line in command("info").stdout.splitlines()]


def test_info_tells_which_instruction_set_is_active():
    for isa in softsign_c.available_isas():
        with softsign_c.use_isa(isa):
            states = info.isa_states()
            lines = [line.split() for line in command("info").stdout.splitlines()]
        assert [name for name, state in states.items() if state == "active"] == [isa]
        assert ["instruction", "set", isa, "active"] in lines
        others = set(softsign_c.available_isas()) - {isa}
        assert {name for name, state in states.items() if state == "available"} == others


def test_info_tells_for_which_divider_the_kernels_are():
    before = info.lib.softsign_active_divider()
    for divider, name in enumerate(["fast", "slow"]):
        info.lib.softsign_use_divider(divider)
        assert info.divider().startswith(f"{name}, as of ")
        assert f"  {info.divider()}" in command("info").stdout
    info.lib.softsign_use_divider(before)


def test_info_tells_the_threads_of_a_call():
    with softsign_c.set_num_threads(7):
        lines = [line.split() for line in command("info").stdout.splitlines()]
    assert ["threads", "of", "a", "call", "7"] in lines


def test_info_says_why_an_instruction_set_is_not_available(monkeypatch):
    monkeypatch.setattr(info, "missing_for_isas", lambda: {"avx2": "a CPU with FMA"})
    assert info.isa_states() == {"avx2": "not available: needs a CPU with FMA"}


@pytest.mark.parametrize(("size", "words"), [(48 << 20, "48 MiB"), (0, "not known")])
def test_info_tells_the_last_level_cache(monkeypatch, size, words):
    monkeypatch.setattr(info, "last_level_cache", lambda: size)
    assert command("info").stdout.splitlines()[-1].split(maxsplit=2)[-1] == words
