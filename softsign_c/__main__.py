"""The command softsign-c, also "python -m softsign_c"."""

import argparse
import sys
from pathlib import Path

import softsign_c

EXTRAS = {"rich": "cli", "matplotlib": "plot"}  # which extra brings a library that verbs need

EXAMPLES = """\
examples:
  softsign-c bench --json figures.json
  softsign-c plot figures.json figures.svg
  softsign-c apply x.npy y.npy
  softsign-c apply x.npy slope.npy --pass derivative
  softsign-c info

bench, apply and info need the extra softsign_c[cli], plot softsign_c[plot].
The instruction set can be chosen with the environment variable
SOFTSIGN_C_ISA. Each verb has a --help of its own."""

UFUNCS = {
    "forward": softsign_c.softsign,
    "derivative": softsign_c.softsign_derivative,
    "second-derivative": softsign_c.softsign_second_derivative,
    "inverse": softsign_c.softsign_inverse,
}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="softsign-c",
        description="The softsign activation x / (1 + |x|) and its derivatives.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"softsign_c {softsign_c.__version__}")
    verbs = made.add_subparsers(dest="verb", required=True)

    bench = verbs.add_parser(
        "bench",
        help="compare the speed with NumPy's expression",
        description="Compare softsign, its derivative and its backward pass with NumPy's "
        "expressions, on one thread, in about ten seconds.",
        epilog="example: softsign-c bench --json figures.json",
    )
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")

    plot = verbs.add_parser(
        "plot",
        help="draw charts of what bench has measured",
        description="Draw, for each pass, how many times faster than NumPy it is, and its time in "
        "copies of an array of that size.",
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
        "gets the same shape, layout and precision, in this machine's byte order; it may be IN.",
        epilog="example: softsign-c apply x.npy slope.npy --pass derivative",
    )
    apply.add_argument("source", type=Path, metavar="IN", help="the .npy file to read")
    apply.add_argument("target", type=Path, metavar="OUT", help="the .npy file to write")
    apply.add_argument(
        "--pass",
        dest="pass_",
        choices=UFUNCS,
        default="forward",
        help="what to compute (default: %(default)s)",
    )

    verbs.add_parser(
        "info",
        help="show versions and instruction sets",
        description="Show the versions of what takes part, and the instruction sets that are "
        "active, available, or not available and why.",
    )
    return made


def run(arguments: argparse.Namespace) -> None:
    """Carry out a verb; each module is imported only where it is needed."""
    if arguments.verb == "bench":
        from softsign_c._bench import bench

        bench(arguments.json)
    elif arguments.verb == "plot":
        from softsign_c._plot import plot

        plot(arguments.source, arguments.target)
    elif arguments.verb == "apply":
        from softsign_c._apply import apply

        apply(arguments.source, arguments.target, UFUNCS[arguments.pass_])
    else:
        from softsign_c._info import info

        info()


def main() -> int:
    """Return the exit status: 0, 2 where the command could not do what it was asked, 130 where it
    was interrupted.
    """
    arguments = parser().parse_args()
    try:
        run(arguments)
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        extra = EXTRAS[error.name]
        print(f"softsign-c needs {error.name}: pip install 'softsign_c[{extra}]'", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"softsign-c: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
