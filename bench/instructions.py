"""Counts the instructions that the kernels take for an element, on machines that are not at hand.

    python bench/instructions.py ROOT

An emulator writes down every instruction of a kernel's call, so that what counts is what runs,
however the compiler laid it out. LLVM's analyser says how many cycles a few cores need for the loop
among them. ROOT is the root file system that `.ci/aarch64 ROOT` makes: its NumPy is looked at in
the same way.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "proof")]

import harness  # noqa: E402

from docs.report import fill, table  # noqa: E402

PAGE = ROOT / "docs" / "instructions.md"
N = 2**12  # elements in a call
CORES = {"Apple M1": "apple-m1", "Neoverse N1": "neoverse-n1", "Neoverse V2": "neoverse-v2"}
ANALYSER = "llvm-mca-19"
ITERATIONS = 200
MOST = {  # instructions that NEON may take for an element
    ("f32", "forward"): 2.5,
    ("f64", "forward"): 5,
    ("f16", "forward"): 2.6,
    ("bf16", "forward"): 2.8,
    ("f16", "backward"): 4.5,
}
STEPS = ["absolute", "add", "divide"]  # of x / (1 + abs(x)) in NumPy


@dataclass(frozen=True)
class Machine:
    name: str
    emulator: tuple[str, ...]
    tools: str  # the prefix of binutils
    compilers: dict[str, tuple[str, ...]]


X86 = Machine(
    "x86-64",
    ("qemu-x86_64", "-cpu", "max"),
    "",
    {"gcc": ("gcc",), "clang": ("clang",)},
)
ARM = Machine(
    "aarch64",
    ("qemu-aarch64",),
    "aarch64-linux-gnu-",
    {
        "gcc": ("aarch64-linux-gnu-gcc",),
        "clang": ("clang", "-fuse-ld=lld", "--target=aarch64-linux-gnu"),
    },
)


@dataclass(frozen=True)
class Function:
    """A function of a program or library, at its place in the file."""

    file: Path
    name: str
    address: int
    size: int

    def filter(self, base: int) -> str:
        return f"{base + self.address:#x}+{self.size:#x}"


@dataclass(frozen=True)
class Trace:
    """The addresses, in the order of execution, of a call's instructions in one function."""

    machine: Machine
    function: Function
    addresses: list[int]

    @property
    def per_element(self) -> float:
        return len(self.addresses) / N

    @cached_property
    def loop(self) -> tuple[list[int], int]:
        """Return the outermost loop's instructions in one iteration, and its iterations."""
        visits = Counter(self.addresses)
        rarest = min(count for count in visits.values() if count >= N // 256)
        first = next(address for address in self.addresses if visits[address] == rarest)
        at = [i for i, address in enumerate(self.addresses) if address == first]
        return self.addresses[at[rarest // 2 - 1] : at[rarest // 2]], rarest

    def cycles_per_element(self, core: str) -> float:
        """Return what LLVM's analyser says."""
        lines = disassembly(self.machine, self.function)
        body, iterations = self.loop
        code = "\n".join(lines[address] for address in body)
        command = [ANALYSER, "-mtriple=aarch64", f"-mcpu={core}", f"-iterations={ITERATIONS}"]
        said = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
        cycles = int(re.search(r"Total Cycles: +(\d+)", said.stdout)[1])
        return cycles / ITERATIONS * iterations / N


def functions(machine: Machine, file: Path) -> dict[str, Function]:
    found = {}
    for line in harness.run([f"{machine.tools}nm", "-S", file]).splitlines():
        match line.split():
            case [address, size, "t" | "T", name]:
                found[name] = Function(file, name, int(address, 16), int(size, 16))
    return found


def disassembly(machine: Machine, function: Function) -> dict[int, str]:
    """Return each instruction by its address; all jumps lead to themselves, for the analyser."""
    start, stop = function.address, function.address + function.size
    command = [f"{machine.tools}objdump", "-d", "--no-show-raw-insn", function.file]
    printed = harness.run([*command, f"--start-address={start}", f"--stop-address={stop}"])
    lines = re.findall(r"^ *([0-9a-f]+):\t(.*)$", printed, re.MULTILINE)
    return {
        int(address, 16): re.sub(r"[0-9a-f]+ <.*?>", ".", re.sub(r"\s*//.*", "", code))
        for address, code in lines
    }


def traces(
    machine: Machine, command: Iterable[object], wanted: list[Function], base: int = 0
) -> list[Trace]:
    """Run the command once, and return what each function executes."""
    log = harness.BUILT / "trace"
    log.unlink(missing_ok=True)
    options = ["-singlestep", "-d", "exec,nochain", "-D", log]
    ranges = ",".join(function.filter(base) for function in wanted)
    harness.run([*machine.emulator, *options, "-dfilter", ranges, *command])
    written = re.findall(r"^Trace .*?/([0-9a-f]+)/", log.read_text(), re.MULTILINE)
    addresses = [int(address, 16) - base for address in written]
    return [
        Trace(machine, f, [a for a in addresses if f.address <= a < f.address + f.size])
        for f in wanted
    ]


def kernels(machine: Machine, compiler: str) -> dict[tuple[str, str, str], Trace]:
    """Return what each kernel executes, by type, pass and instruction set."""
    program = harness.build(
        str(HERE / "instructions"),
        f"instructions-{machine.name}-{compiler}",
        machine.compilers[compiler],
        ["-static", "-w"],
    )
    found, there = {}, functions(machine, program)
    for line in harness.run([*machine.emulator, program]).splitlines():
        *indices, isa, op, type_ = line.split()
        kernel = f"softsign_{isa}_{op}_{type_}"  # the baseline's loop is its special part
        parts = [there[name] for name in there if re.fullmatch(f"{kernel}(_special.*)?", name)]
        executed = traces(machine, [program, *indices], parts)
        found[type_, op, isa] = max(executed, key=lambda trace: len(trace.addresses))
    return found


NUMPYS = """
import numpy as np
print(next(line for line in open("/proc/self/maps") if "_multiarray_umath" in line))
for dtype in [np.float16, np.float32, np.float64]:
    x = np.full({n}, 0.5, dtype)
    y = np.empty_like(x)
    np.absolute(x, out=y)
    np.add(y, 1, out=y)
    np.divide(x, y, out=y)
"""


def numpys(root: Path) -> dict[tuple[str, str], Trace]:
    """Return what NumPy's loops execute, by type and step."""
    [library] = root.glob("site/numpy/_core/_multiarray_umath*.so")
    there = functions(ARM, library)
    names = {
        (type_, step): f"{name}_{step}"
        for type_, name in {"f16": "HALF", "f32": "FLOAT", "f64": "DOUBLE"}.items()
        for step in STEPS
    }
    python = ["-L", root, "-E", f"PYTHONPATH={root / 'site'}", "-E", "PYTHONHOME=/usr"]
    python += [root / "usr/bin/python3.11", "-c", NUMPYS.format(n=N)]
    base = int(harness.run([*ARM.emulator, *python]).split("-")[0], 16)
    found = traces(ARM, python, [there[name] for name in names.values()], base)
    return dict(zip(names, found, strict=True))


def instructions_table(found: dict[str, dict[tuple[str, str, str], Trace]]) -> str:
    """Return the instructions of an element, by type and pass, for each compiler."""
    columns = [(build, isa) for build in found for isa in sorted({key[2] for key in found[build]})]
    rows = sorted({key[:2] for key in next(iter(found.values()))})
    lines = [
        [*row, *(f"{found[build][*row, isa].per_element:.2f}" for build, isa in columns)]
        for row in rows
    ]
    return table(["type", "pass", *(f"{isa}, {build}" for build, isa in columns)], lines)


def numpy_table(found: dict[tuple[str, str], Trace]) -> str:
    lines = []
    for type_ in dict.fromkeys(type_ for type_, _ in found):
        counts = [found[type_, step].per_element for step in STEPS]
        lines.append([type_, *(f"{count:.2f}" for count in [*counts, sum(counts)])])
    return table(["type", *(f"`np.{step}`" for step in STEPS), "all three"], lines)


def cycles_table(
    found: dict[tuple[str, str, str], Trace], loops: dict[tuple[str, str], Trace]
) -> str:
    lines = []
    for (type_, op, isa), trace in found.items():
        cycles = [trace.cycles_per_element(core) for core in CORES.values()]
        lines.append([type_, op, isa, *(f"{count:.2f}" for count in cycles)])
    for type_ in dict.fromkeys(type_ for type_, _ in loops):
        cycles = [
            sum(loops[type_, step].cycles_per_element(core) for step in STEPS)
            for core in CORES.values()
        ]
        lines.append([type_, "forward", "NumPy", *(f"{count:.2f}" for count in cycles)])
    return table(["type", "pass", "by", *CORES], sorted(lines))


def main() -> None:
    found = {
        machine.name: {compiler: kernels(machine, compiler) for compiler in machine.compilers}
        for machine in (ARM, X86)
    }
    loops = numpys(Path(sys.argv[1]))
    texts = {name: instructions_table(of_machine) for name, of_machine in found.items()}
    texts |= {"numpy": numpy_table(loops), "cycles": cycles_table(found["aarch64"]["clang"], loops)}
    fill(PAGE, texts)
    for compiler, counted in found["aarch64"].items():
        for (type_, op), most in MOST.items():
            if (count := counted[type_, op, "neon"].per_element) > most:
                sys.exit(f"{type_} {op} by {compiler}: {count:.2f} instructions, above {most}")


if __name__ == "__main__":
    main()
