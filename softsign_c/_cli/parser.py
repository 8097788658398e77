"""The arguments of the command softsign-c."""

import argparse
from pathlib import Path
from typing import NoReturn

import softsign_c
from softsign_c._cli.info import own_version
from softsign_c._threads import MAX_THREADS

EXAMPLES = """\
examples:
  softsign-c bench --json figures.json
  softsign-c plot figures.json figures.svg
  softsign-c apply x.npy y.npy
  softsign-c apply x.npy slope.npy --pass derivative
  softsign-c info

With the extra softsign_c[cli], bench and apply show progress on a terminal;
plot needs softsign_c[plot]. The environment variables SOFTSIGN_C_ISA and
SOFTSIGN_C_NUM_THREADS choose the instruction set and the number of threads.
Each verb has a --help of its own."""

UFUNCS = {
    "forward": softsign_c.softsign,
    "derivative": softsign_c.softsign_derivative,
    "second-derivative": softsign_c.softsign_second_derivative,
    "inverse": softsign_c.softsign_inverse,
}


class Parser(argparse.ArgumentParser):
    """A parser that raises OSError, so that its errors take one line as all others do."""

    def error(self, message: str) -> NoReturn:
        raise OSError(f"{message}; see '{self.prog} --help'")


def threads(text: str) -> int:
    """Return the number of threads, or let argparse refuse the text."""
    try:
        with softsign_c.set_num_threads(int(text)):
            return int(text)
    except ValueError as error:
        problem = f"must be from 1 to {MAX_THREADS}, not {text!r}"
        raise argparse.ArgumentTypeError(problem) from error


def parser() -> Parser:
    made = Parser(
        prog="softsign-c",
        description="The softsign activation x / (1 + |x|) and its derivatives.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"softsign_c {own_version()}")
    verbs = made.add_subparsers(dest="verb", required=True)

    bench = verbs.add_parser(
        "bench",
        help="compare the speed with NumPy's expression",
        description="Compare softsign, its derivative and its backward pass with NumPy's "
        "expressions, which use one thread, in about ten seconds.",
        epilog="example: softsign-c bench --threads 2 --json figures.json",
    )
    bench.add_argument(
        "--threads",
        type=threads,
        metavar="N",
        default=softsign_c.get_num_threads(),
        help="let each call of a ufunc use up to N threads (default: %(default)s)",
    )
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")

    plot = verbs.add_parser(
        "plot",
        help="draw charts of what bench has measured",
        description="Draw, for each operation, how many times faster than NumPy it is, and its "
        "time in copies of an array of that size.",
        epilog="example: softsign-c plot figures.json figures.svg",
    )
    plot.add_argument("source", type=Path, metavar="FILE", help="a file of bench --json")
    plot.add_argument(
        "target", type=Path, metavar="OUT", help="the chart: .svg, .png, .pdf or another format"
    )

    apply = verbs.add_parser(
        "apply",
        help="transform an array file of any size",
        description="Transform a .npy file of float16, float32 or float64 in bounded memory. OUT "
        "gets the same shape, layout and precision, in this machine's byte order; it may be IN. "
        "It is replaced whole or not at all.",
        epilog="example: softsign-c apply x.npy slope.npy --pass derivative",
    )
    apply.add_argument("source", type=Path, metavar="IN", help="the .npy file to read")
    apply.add_argument("target", type=Path, metavar="OUT", help="the .npy file to write")
    apply.add_argument(
        "--pass",
        dest="op",
        choices=UFUNCS,
        default="forward",
        help="what to compute (default: %(default)s)",
    )

    verbs.add_parser(
        "info",
        help="show versions, instruction sets and threads",
        description="Show the versions of Python and the libraries, which instruction sets are "
        "active, available or missing and why, the number of threads and the cache.",
    )
    return made
