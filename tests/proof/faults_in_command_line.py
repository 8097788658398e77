"""Faults of the command softsign-c: figures that people read, and files that it replaces."""

from fault import Fault, test

APPLY, BENCH, FIGURES, INFO, MAIN, REPLACE, SIGNALS = (
    f"softsign_c/_cli/{name}.py"
    for name in ("apply", "bench", "figures", "info", "main", "replace", "signals")
)

FAULTS = [
    Fault(
        "gain upside down",
        FIGURES,
        "self.numpy / self.softsign_c",
        "self.softsign_c / self.numpy",
        test("command_line_figures"),
    ),
    Fault(
        "throughput of inputs alone",
        FIGURES,
        "ufunc.nargs",
        "ufunc.nin",
        test("command_line_figures"),
    ),
    Fault(
        "out= against the expression without it",
        BENCH,
        "True, numpy_out, ours_out",
        "True, numpy, ours_out",
        test("command_line_figures"),
    ),
    Fault(
        "times of many calls",
        BENCH,
        "(time.perf_counter() - begin) / calls",
        "time.perf_counter() - begin",
        test("command_line_figures"),
    ),
    Fault(
        "threads named and not used",
        BENCH,
        "with set_num_threads(threads), progress",
        "with progress",
        test("command_line_figures"),
    ),
    Fault(
        "the default shown as active",
        INFO,
        "if name == active_isa()",
        "if name == next(iter(missing_for_isas()))",
        test("command_line_figures"),
    ),
    Fault("progress in blocks", APPLY, "advance(n)", "advance(1)", test("command_line_apply")),
    Fault(
        "bytes after the array lost",
        APPLY,
        "found != expected",
        "found < expected",
        test("command_line_apply"),
    ),
    Fault(
        "a temporary file of another overwritten",
        REPLACE,
        '"xb"',
        '"wb"',
        test("command_line_files"),
    ),
    Fault(
        "a new file readable to all for a moment",
        REPLACE,
        "0o600 if private else 0o666",
        "0o666",
        test("command_line_rights"),
    ),
    Fault(
        "rights for another group",
        REPLACE,
        "mode &= ~0o070 | (mode & 0o007) << 3",
        "pass",
        test("command_line_rights"),
    ),
    Fault(
        "a link replaced by a file",
        REPLACE,
        "if not place.is_symlink():",
        "if True:",
        test("command_line_files"),
    ),
    Fault(
        "renamed before it is on the disk",
        REPLACE,
        "            os.fsync(file.fileno())\n",
        "",
        test("command_line_files"),
    ),
    Fault(
        "an interrupt that ends in a traceback",
        MAIN,
        "except signals.SignalError as error:",
        "except ZeroDivisionError as error:",
        test("command_line"),
    ),
    Fault(
        "a clean-up that a second signal disturbs",
        SIGNALS,
        "signal.signal(other, signal.SIG_IGN)",
        "pass",
        test("command_line"),
    ),
]
