"""Builds the package with flags that alter floating-point arithmetic, in every way in which a user
can give them, by gcc and clang. Such a build either passes the tests of the contract, and leaves
the floating-point units of a process alone, or it stops and says why.

    python tests/proof/flags.py [part of a case's name]
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import harness
from sandbox import copy_sources, failure, run

from bench.tables import record

CFLAGS, LDFLAGS, BOTH = "CFLAGS", "LDFLAGS", "CFLAGS LDFLAGS"
RECIPROCAL = "-freciprocal-math -fno-trapping-math -fno-signed-zeros -fassociative-math"
COMMON = {
    "-ffast-math": [CFLAGS, "CPPFLAGS", LDFLAGS, "CC"],
    "-Ofast": [BOTH, LDFLAGS],
    "-funsafe-math-optimizations": [CFLAGS, LDFLAGS],
    RECIPROCAL: [CFLAGS],
    f"{RECIPROCAL} -ffinite-math-only -march=native -ffp-contract=fast": [CFLAGS],
    "-Ofast -mrecip -march=native": ["CC"],
    "-O0 -mno-fma -mno-avx2 -mno-f16c": [CFLAGS],
    "-frounding-math -ftrapping-math": [CFLAGS],
    "-mfpmath=387": [CFLAGS],
}
CASES = {
    "gcc": {
        **COMMON,
        "-Ofast -flto": [BOTH],
        "-fsingle-precision-constant": ["CPPFLAGS"],
        "-fexcess-precision=fast -mno-ieee-fp": [CFLAGS],
        "-mpc32": [LDFLAGS],
    },
    "clang": {
        **COMMON,
        "-Ofast -flto -fuse-ld=lld": [BOTH],
        "-ffp-model=fast": [CFLAGS],
        "-fdenormal-fp-math=preserve-sign": [CFLAGS],
        "-march=native -Xclang -ffp-contract=fast": [CFLAGS],
        "-march=native -mllvm -fp-contract=fast": [CFLAGS],
    },
}
SETUP = "import setuptools; setuptools.setup()"
# Appended to build.py, to see that what is tried here does change the results of others.
NO_FLAGS = '\nUNIX_FLAGS[:], GCC_FLAGS[:] = ["-std=c11", "-fvisibility=hidden"], []\n'
NO_CHECK = "build_ext.verify = lambda self, library: None\n"
TESTS = ["tests/test_contract.py", "tests/test_kernels.py::test_many_elements"]
UNITS = """
import numpy, verify
before = verify.control()
import softsign_c
assert softsign_c.softsign(1.0) == 0.5
print(verify.control() == before)
"""
SAME, STOPPED, REFUSED = "the same bits", "stopped by the build", "refused by the compiler"
OTHER_BITS, OTHER_UNITS = "other bits", "other floating-point units"


class Case(NamedTuple):
    """A build, of a build.py that may end in something else."""

    compiler: str
    flags: str
    variables: str
    ending: str = ""

    @property
    def name(self) -> str:
        return f"{self.compiler}, {self.variables}: {self.flags}"

    def outcome(self) -> str:
        """Return what became of it: one of the words above, or what is wrong."""
        folder = copy_sources(Path(tempfile.mkdtemp(dir=harness.BUILT)) / "copy")
        with (folder / "build.py").open("a") as file:
            file.write(self.ending)
        environment = {"CC": self.compiler} | dict.fromkeys(self.variables.split(), self.flags)
        if self.variables == "CC":
            environment["CC"] = f"{self.compiler} {self.flags}"
        built = run(folder, "-c", SETUP, "-q", "build_ext", "--inplace", **environment)
        if built.returncode:
            said = {"is refused": STOPPED, "could not be compiled": REFUSED}
            words = f"{built.stdout}{built.stderr}"
            return next((said[part] for part in said if part in words), words)
        units, test = run(folder, "-c", UNITS), failure(folder, *TESTS)
        failures = [OTHER_UNITS] if units.stdout != "True\n" else []
        failures += [f"{OTHER_BITS}, by {test}"] if test else []
        return " and ".join(failures) or SAME


CONTROLS = {
    Case(compiler, "-Ofast", BOTH, ending): expected
    for compiler in CASES
    for ending, expected in {
        NO_FLAGS: [STOPPED],
        NO_FLAGS + NO_CHECK: [OTHER_UNITS, OTHER_BITS],
    }.items()
}


def judged(case: Case) -> str:
    """Return what became of it, marked if that is a failure, and print it."""
    found = case.outcome()
    right = found in (SAME, STOPPED, REFUSED)
    if case in CONTROLS:
        right = all(words in found for words in CONTROLS[case])
    control = " (of a build without protection)" if case.ending else ""
    print(f"{case.name}{control}: {'' if right else 'FAILURE: '}{found}", flush=True)
    return found if right else f"FAILURE: {found}"


def main() -> None:
    cases = [
        Case(compiler, flags, variables)
        for compiler, given in CASES.items()
        for flags, ways in given.items()
        for variables in ways
    ]
    chosen = [case for case in [*CONTROLS, *cases] if "".join(sys.argv[1:]) in case.name]
    outcomes = harness.in_parallel(judged, chosen)
    if len(chosen) == len(CONTROLS) + len(cases):
        counted = Counter(outcomes[len(CONTROLS) :])
        paths = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counted.items()))
        inputs = f"{len(cases)} builds with flags of the user, by {' and '.join(CASES)}"
        record(inputs, paths, "", sum("FAILURE" in outcome for outcome in outcomes))


if __name__ == "__main__":
    main()
