"""The command softsign-c: arguments, errors, output, signals, extras."""

import importlib.metadata
import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import softsign_c
from helpers.command_line import Terminal, command
from helpers.process import assert_refused, python, run_script
from softsign_c._cli import bench, info, main, signals

VERBS = [[], ["bench"], ["plot"], ["apply"], ["info"]]
posix = pytest.mark.skipif(os.name != "posix", reason="signals and devices as POSIX has them")


@pytest.fixture
def quick(monkeypatch):
    """A benchmark without patience."""
    monkeypatch.setattr(bench, "SIZES", (1,))
    monkeypatch.setattr(bench, "SECONDS", 0)
    monkeypatch.setattr(bench, "ROUNDS", (1, 1))


def hide(monkeypatch, library):
    """Make it look as if the library were not installed."""
    for module in {library, *sys.modules}:
        if module.partition(".")[0] == library:
            monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("columns", [80, 30])
def test_help_fits_the_terminal(verb, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    result = command(*verb, "--help")
    assert result.returncode == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_version():
    assert command("--version").stdout == f"softsign_c {softsign_c.__version__}\n"
    assert python("-m", "softsign_c", "--version").stdout == command("--version").stdout


def test_the_command_works_without_the_package_s_metadata(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(info, "version", missing)
    assert command("--version").stdout == "softsign_c unknown\n"
    assert "softsign_c                unknown\n" in command("info").stdout


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["\x1b[31mred"],
        ["info", "\x1b[2J"],
        ["bench", "--threads", "\x1b[2J"],
        ["apply", "x.npy", "y.npy", "--pass", "\N{RIGHT-TO-LEFT OVERRIDE}sideways"],
        ["apply", "x.npy", "y.npy", "--\x9b31m\udc80"],
    ],
    ids=ascii,
)
def test_wrong_words_are_refused_in_one_line_that_controls_no_terminal(words):
    result = command(*words)
    assert_refused(result, "; see 'softsign-c", "--help'")
    assert result.stderr.rstrip("\n").isprintable()


SCRIPT = Path(sys.executable).with_name("softsign-c")
WAYS = {"module": ["-m", "softsign_c"], "script": [SCRIPT]}


@pytest.mark.parametrize(
    ("way", "name", "value"),
    [
        ("module", "SOFTSIGN_C_ISA", "\x1b[31m"),
        ("script", "SOFTSIGN_C_ISA", "avx9000"),
        ("module", "SOFTSIGN_C_NUM_THREADS", "\N{SUPERSCRIPT TWO}"),
        ("script", "SOFTSIGN_C_NUM_THREADS", "1025"),
    ],
    ids=ascii,
)
def test_a_bad_environment_variable_is_one_line_and_does_not_keep_help_away(way, name, value):
    if way == "script" and not SCRIPT.exists():
        pytest.skip("needs the script softsign-c, which pip installs")
    verbs = {"module": (["bench"], ["apply", "x", "y"]), "script": (["plot", "x", "y"], ["info"])}
    for words in verbs[way]:
        result = python(*WAYS[way], *words, **{name: value})
        assert_refused(
            result,
            f"environment variable {name}: ",
            f"'{value}'" if value.isprintable() else r"\x1b",
        )
        assert result.stderr.rstrip("\n").isprintable()
    for words in (["--help"], ["apply", "--help"]) if way == "module" else (["--version"],):
        result = python(*WAYS[way], *words, **{name: value})
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout


@pytest.mark.parametrize("words", [["-c", "import softsign_c"], ["-m", "program"]])
def test_a_program_that_imports_the_package_gets_an_exception(words, tmp_path):
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "__init__.py").write_text("import softsign_c")
    result = python(*words, cwd=tmp_path, SOFTSIGN_C_ISA="avx9000")
    assert result.returncode == 1
    assert "\nValueError: environment variable SOFTSIGN_C_ISA: " in result.stderr


@pytest.mark.parametrize("module", ["numpy", "_cffi_backend", "softsign_c._kernels"])
def test_an_import_that_fails_is_one_line(module):
    script = """
        import runpy, sys
        sys.modules[sys.argv[1]] = None
        sys.argv = ["softsign-c", "info"]
        runpy.run_module("softsign_c", run_name="__main__")
        """
    problem = "pip install -e ." if module == "softsign_c._kernels" else module
    assert_refused(run_script(script, module), problem)


@pytest.mark.parametrize(
    ("words", "environment", "problem"),
    [
        (["plot", "x", "y"], {"MPLBACKEND": "nonsense"}, "Matplotlib cannot be imported: "),
        (["info", "x"], {"PYTHONIOENCODING": "idna"}, "unrecognized arguments: x"),
    ],
)
def test_settings_of_others_that_are_wrong_are_one_line(words, environment, problem):
    if words[0] == "plot":
        pytest.importorskip("matplotlib", reason="needs Matplotlib: pip install '.[plot]'")
    assert_refused(python("-m", "softsign_c", *words, **environment), problem)


SETTINGS = ["COLUMNS=\xb2", f"COLUMNS={10**30}", "COLUMNS=-1", "LINES=\xb2", "TERM=nonsense"]


@pytest.mark.parametrize("setting", [*SETTINGS, "NO_COLOR=0"], ids=ascii)
@pytest.mark.parametrize("verb", ["info", "bench", "apply", "--help", "--version"])
def test_the_terminal_may_be_described_in_any_way(setting, verb, monkeypatch, quick, folder):
    monkeypatch.setenv(*setting.split("="))
    np.save(folder / "x.npy", np.ones(3))
    files = [folder / "x.npy", folder / "y.npy"] if verb == "apply" else []
    assert command(verb, *files, stderr=Terminal()).returncode == 0


def test_plot_without_matplotlib_names_the_extra(monkeypatch):
    hide(monkeypatch, "matplotlib")
    monkeypatch.delitem(sys.modules, "softsign_c._cli.plot", raising=False)
    assert_refused(command("plot", "x", "y"), "pip install 'softsign_c[plot]'")


def test_every_verb_but_plot_works_without_rich(monkeypatch, quick, folder):
    hide(monkeypatch, "rich")
    np.save(folder / "x.npy", np.zeros(3))
    for verb, *files in (["info"], ["bench"], ["apply", folder / "x.npy", folder / "y.npy"]):
        result = command(verb, *files, stderr=Terminal())
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout or (folder / "y.npy").exists()


@posix
@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\udc80b", "\N{SNOWMAN}"])
def test_any_name_of_a_file_fits_in_one_line(name, tmp_path):
    missing = command("apply", tmp_path / name, "y.npy")
    (tmp_path / name).mkdir()
    wrong = command("apply", tmp_path / name, "y.npy")
    for result, problem in ((missing, "No such file"), (wrong, "not a regular file")):
        assert_refused(result, problem)
        assert result.stderr.rstrip("\n").isprintable()


@pytest.mark.parametrize("verb", ["info", "bench", "--help", "--version"])
def test_output_goes_to_a_terminal_of_ascii_and_few_columns(verb, monkeypatch, quick):
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(info.platform, "platform", lambda: "Caf\N{LATIN SMALL LETTER E WITH ACUTE}")
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", output)
    assert main.main([verb]) == 0
    if verb == "info":
        assert rb"Caf\xe9" in output.buffer.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("verb", ["info", "bench", "--help", "--version"])
def test_a_full_device_is_one_line(verb, monkeypatch, capsys, quick):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main.main([verb]) == 2
    assert capsys.readouterr().err == "softsign-c: [Errno 28] No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs Bash")
@pytest.mark.parametrize(
    ("redirected", "status", "said"),
    [
        ("info > /dev/full", 2, "softsign-c: [Errno 28] No space left on device\n"),
        ("apply none none.npy 2> /dev/full", 2, ""),
        ("apply none none.npy 2>&-", 2, ""),
        ("info | true; exit ${PIPESTATUS[0]}", 128 + 13, ""),
        ("--help | true; exit ${PIPESTATUS[0]}", 128 + 13, ""),
        ("info >&-", 0, ""),
    ],
)
def test_the_process_ends_as_others_do(redirected, status, said):
    shell = ["bash", "-c", f"{sys.executable} -m softsign_c {redirected}"]
    result = subprocess.run(shell, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (status, "", said)


SIGNALS = """
    import os, signal, sys, warnings
    from softsign_c._cli import apply, main, signals

    def hit(*_):
        try:
            os.kill(os.getpid(), number)  # while there is half a file
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # nothing disturbs the clean-up

    apply.transform = hit
    warnings.simplefilter("ignore")  # of a fork beside the threads of NumPy's BLAS
    for number in sorted(signals.ending_signals()):
        try:
            signal.signal(number, signal.SIG_IGN)
            os.kill(os.getpid(), number)
        except OSError:  # an emulator keeps two to itself
            continue
        if not (child := os.fork()):
            signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(main.main(["apply", *sys.argv[1:]]))
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(number, -ended)
"""


@posix
def test_every_signal_that_ends_the_command_is_cleaned_up_after(tmp_path):
    np.save(tmp_path / "x.npy", np.ones(3))
    result = run_script(SIGNALS, tmp_path / "x.npy", tmp_path / "y.npy")
    said = result.stderr.splitlines()  # an emulator says that it writes no core of its own
    assert [line for line in said if not line.startswith("qemu: uncaught target signal")] == []
    ended = dict(tuple(map(int, line.split())) for line in result.stdout.splitlines())
    assert {"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"} <= {
        signal.Signals(number).name for number in ended if number < 32
    }
    assert ended == {number: number for number in ended}
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]


@posix
def test_an_ignored_signal_stays_ignored():
    previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.raised():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, previous)


@pytest.fixture
def interruptible():
    """SIGINT as at a terminal: what runs in the background may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted_twice():
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_is_raised_once_and_its_handlers_come_back(interruptible):
    with pytest.raises(signals.SignalError) as raised, signals.raised():
        interrupted_twice()
    assert raised.value.number == signal.SIGINT
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
