"""Shows that the kernels give the same bits whatever compiles them and wherever they run.

    python tests/proof/digest.py [part of a build's line]

Every digest must be the one in digests.txt. .ci/proof installs the compilers and emulators; where
one is missing, what needs it is left out, with a word.
"""

import importlib.util
import os
import re
import shutil
import sys
from dataclasses import dataclass

import harness

from bench.tables import record

DIGESTS = (harness.HERE / "digests.txt").read_text().splitlines()
INPUTS = "2^22 for each op and type, all 2^16 where there are no more; 2^19 of the fast path"
FAILURE = "FAILURE"
LEVELS = ["-O0", "-O2", "-O3"]
ZIG = (sys.executable, "-m", "ziglang", "cc")


@dataclass(frozen=True)
class Target:
    """A machine, and how to run a program for it here: None where nothing does."""

    machine: str
    runner: tuple[str, ...] | None


@dataclass(frozen=True)
class Build:
    """A compiler's command at a level of optimisation."""

    target: Target
    compiler: tuple[str, ...]
    level: str

    def __str__(self) -> str:
        return f"{self.target.machine}: {' '.join(self.compiler)} {self.level}"

    def missing(self) -> str | None:
        """Return what is needed and not there."""
        for program in [self.compiler[0], *(self.target.runner or ())[:1]]:
            if shutil.which(program) is None:
                return program
        has_zig = importlib.util.find_spec("ziglang") is not None
        return None if has_zig or "ziglang" not in self.compiler else "ziglang"

    def run(self) -> str:
        """Return what became of it, and print it."""
        outcome = self.outcome()
        print(f"{self}: {outcome}", flush=True)
        return outcome

    def outcome(self) -> str:
        if (missing := self.missing()) is not None:
            return f"left out, there is no {missing}"
        name = re.sub(r"\W+", "-", " ".join(["digest", *self.compiler[-2:], self.level]))
        program = harness.build("digest", name, self.compiler, [self.level, "-w"])
        if self.target.runner is None:
            return "compiled only"
        lines = harness.run([*self.target.runner, program]).splitlines()
        of_isa: dict[str, list[str]] = {}
        for isa, digest in (line.split(" ", 1) for line in lines):
            of_isa.setdefault(isa, []).append(digest)
        other = [isa for isa, digests in of_isa.items() if digests != DIGESTS]
        if other or not of_isa:
            return f"{FAILURE}: other bits on {', '.join(other)}: {lines}"
        return f"same bits on {', '.join(of_isa)}"


NATIVE = Target(os.uname().machine, ())
AARCH64 = Target("aarch64 (qemu)", ("qemu-aarch64",))
S390X = Target("s390x, big-endian (qemu)", ("qemu-s390x",))
WINDOWS = Target("Windows x86_64 (wine)", ("wine",))
COMPILERS = [
    (NATIVE, ("gcc",)),
    (NATIVE, ("clang",)),
    (AARCH64, ("aarch64-linux-gnu-gcc", "-static")),
    (AARCH64, ("clang", "-static", "-fuse-ld=lld", "--target=aarch64-linux-gnu")),
    (S390X, ("s390x-linux-gnu-gcc", "-static")),
    (S390X, ("clang", "-static", "--target=s390x-linux-gnu")),
    (WINDOWS, (*ZIG, "-target", "x86_64-windows-gnu")),
    (Target("macOS x86_64", None), (*ZIG, "-target", "x86_64-macos")),
    (Target("macOS aarch64", None), (*ZIG, "-target", "aarch64-macos")),
    (Target("Windows aarch64", None), (*ZIG, "-target", "aarch64-windows-gnu")),
]


def main() -> None:
    os.environ |= {"WINEPREFIX": str(harness.BUILT / "wine"), "WINEDEBUG": "-all"}
    every = [Build(target, compiler, level) for target, compiler in COMPILERS for level in LEVELS]
    builds = [build for build in every if "".join(sys.argv[1:]) in str(build)]
    found = dict(zip(builds, harness.in_parallel(Build.run, builds), strict=True))
    same = {build.target.machine: None for build in builds if "same" in found[build]}
    only = {build.target.machine: None for build in builds if "only" in found[build]}
    failures = sum(FAILURE in outcome for outcome in found.values())
    if builds != every:
        sys.exit(failures)
    paths = f"{', '.join(same)}: gcc, clang or zig at {', '.join(LEVELS)}"
    record(INPUTS, f"{paths}; only compiled: {', '.join(only)}", "the same bits", failures)


if __name__ == "__main__":
    main()
