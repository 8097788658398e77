"""The library that the build makes, and what is said where there is none."""

import itertools
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

import pytest

import softsign_c
from helpers import raw
from helpers.process import python
from softsign_c import _kernels, available_isas

ROOT = Path(__file__).parents[1]

# What some flag of FASTER makes another instruction of, a line for each.
ARITHMETIC = """
float contracted(float a, float b, float c) { return a * b + c; }
float associated(float a, float b) { return a + b - a; }
float reciprocal(float a, float *b) { return b[0] / a + b[1] / a; }
float signed_zero(float a) { return a + 0.0f; }
int not_finite(float a) { return a != a; }
double precise(double a) { return a * 0.1; }
void trapping(float *a) { for (int i = 0; i < 64; i++) a[i] = a[i] > 1 ? 1 / a[i] : a[i]; }
"""
COMMON = [
    *["-ffast-math", "-Ofast", "-ffinite-math-only", "-funsafe-math-optimizations"],
    "-fno-signed-zeros -fno-trapping-math -fassociative-math -freciprocal-math",
    "-mfma -ffp-contract=fast",
]
FASTER = {"gcc": [*COMMON, "-fsingle-precision-constant"], "clang": [*COMMON, "-ffp-model=fast"]}


@pytest.mark.skipif(sys.platform != "linux", reason="reads an ELF library")
@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
def test_the_library_exports_only_its_init_function():
    command = ["nm", "--dynamic", "--defined-only", "--format=just-symbols", _kernels.__file__]
    symbols = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert symbols.split() == ["PyInit__kernels"]


def test_the_library_is_for_every_later_python_but_where_there_is_no_lock():
    """Free-threaded Python has no limited API."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        suffixes = [sysconfig.get_config_var("EXT_SUFFIX")]
    else:
        suffixes = [".abi3.so", ".pyd"]
    assert Path(_kernels.__file__).name in [f"_kernels{suffix}" for suffix in suffixes]


def test_an_unbuilt_package_says_how_to_build_it(tmp_path):
    package = tmp_path / "softsign_c"
    built = shutil.ignore_patterns("*.so", "*.pyd", "__pycache__")
    shutil.copytree(Path(softsign_c.__file__).parent, package, ignore=built)
    run = python("-S", "-c", "import softsign_c", cwd=tmp_path)  # -S: with no package installed
    assert run.stderr.splitlines()[-1] == (
        f"ImportError: softsign_c is not built in {package}: "
        "run 'pip install -e .' in the folder above"
    )


def needs(program):
    pytest.importorskip("setuptools", "77", reason="needs setuptools, for build.py")
    if shutil.which(program) is None:
        pytest.skip(f"needs {program}")


@cache
def assembly(*words):
    command = [*words, "-w", "-S", "-x", "c", "-", "-o", "-"]
    ran = subprocess.run(command, input=ARITHMETIC, capture_output=True, text=True, check=True)
    return ran.stdout


@pytest.mark.skipif(platform.machine() != "x86_64", reason="gives flags of x86-64")
@pytest.mark.parametrize(
    ("compiler", "faster"),
    [(compiler, faster) for compiler in FASTER for faster in FASTER[compiler]],
)
def test_flags_of_the_user_do_not_change_the_arithmetic(compiler, faster):
    needs(compiler)
    from build import unix_flags

    ours, theirs = unix_flags([compiler]), faster.split()
    kept = [flag for flag in theirs if flag.startswith("-m")]
    assert assembly(compiler, *theirs, *ours) == assembly(compiler, *kept, *ours)
    plain = [compiler, "-O3", "-ffp-contract=off"]
    assert assembly(*plain, *theirs) != assembly(*plain, *kept)


@pytest.mark.parametrize("faster", ["-ffast-math", "-Ofast", "-funsafe-math-optimizations"])
@pytest.mark.parametrize("compiler", FASTER)
def test_flags_of_the_user_link_nothing_that_flushes_to_zero(compiler, faster):
    needs(compiler)
    from build import unix_flags

    def links_it(*flags):
        command = [compiler, "-###", faster, *flags, "-x", "c", "/dev/null"]
        return "crtfastmath" in subprocess.run(command, capture_output=True, text=True).stderr

    if not links_it():
        pytest.skip(f"{compiler} {faster} links no such thing")
    assert not links_it(*unix_flags([compiler]))


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler named cc")
def test_an_operation_that_an_instruction_set_lacks_is_an_error_that_names_it(tmp_path):
    csrc = Path(__file__).parents[1] / "csrc"
    shutil.copytree(csrc, tmp_path, dirs_exist_ok=True)
    source = tmp_path / "isa" / "baseline.c"
    renamed = source.read_text().replace("v_load_bf16(", "v_laod_bf16(")
    source.write_text(renamed)
    command = ["cc", "-std=c11", f"-I{tmp_path}", "-c", str(source), "-o", str(tmp_path / "object")]
    compiled = subprocess.run(command, capture_output=True, text=True)
    assert compiled.returncode != 0
    assert "error" in compiled.stderr
    assert "v_load_bf16" in compiled.stderr


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
def test_symbols_say_instruction_set_op_and_type():
    listed = subprocess.run(["nm", _kernels.__file__], capture_output=True, text=True).stdout
    symbols = set(listed.split())
    if not symbols:
        pytest.skip("the library has been stripped of its symbols")
    for isa, op, type_ in itertools.product(available_isas(), raw.OPS, raw.TYPES):
        assert f"softsign_{isa}_{op}_{type_}" in symbols


@pytest.mark.parametrize("template", sorted((ROOT / "csrc").glob("*_tpl.h")), ids=lambda p: p.name)
def test_an_editor_parses_a_template_by_itself(template):
    if not (ROOT / ".clangd").exists():
        pytest.skip("no release ships .clangd")
    if not (compiler := shutil.which("cc")):
        pytest.skip("needs a C compiler: cc")
    flags = (ROOT / "compile_flags.txt").read_text().split()
    for rule in (ROOT / ".clangd").read_text().split("---"):
        matches = re.search(r"PathMatch: (.*)", rule)[1]
        if re.fullmatch(matches, f"csrc/{template.name}"):
            flags += re.search(r"Add: \[(.*)\]", rule)[1].replace(",", "").split()
    command = [compiler, *flags, "-Wno-unused", "-fsyntax-only", str(template)]
    subprocess.run(command, cwd=ROOT, check=True)
