"""The build: cffi makes one library of csrc/, softsign_c._kernels, for CPython from 3.11 on."""

import os
import re
import runpy
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":  # "python -m build", started here, means the package of that name
    here = Path(__file__).resolve().parent
    sys.path = [entry for entry in sys.path if Path(entry).resolve() != here]
    runpy.run_module("build", run_name="__main__", alter_sys=True)
    sys.exit()

import setuptools.errors
from setuptools.command import bdist_wheel as wheel
from setuptools.command import build_ext as extension

CSRC = Path("csrc")
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))  # has no limited API

# No flag may change a bit of a result. Ours stand behind those of the user, and take back what is
# not IEEE 754's arithmetic, both in the compiler and in the linker, where it brings code that makes
# the whole process flush to zero.
MSVC_FLAGS = ["/std:c11", "/O2", "/fp:precise", "/volatile:ms"]
UNIX_FLAGS = [
    *["-std=c11", "-O3", "-fvisibility=hidden", "-pthread", "-ffp-contract=off", "-fno-fast-math"],
    *["-fno-finite-math-only", "-fno-associative-math", "-fno-reciprocal-math", "-fsigned-zeros"],
]
GCC_FLAGS = [  # Clang has no need of them, and makes slow code of the first two
    *["-fno-unsafe-math-optimizations", "-ftrapping-math"],
    *["-fno-single-precision-constant", "-fexcess-precision=standard"],
]

NO_COMPILER = """\
softsign_c could not be compiled ({error}).
It needs a C compiler and Python's headers. On Debian or Ubuntu: apt-get install gcc libc6-dev \
python3-dev; on Fedora: dnf install gcc python3-devel; on macOS: xcode-select --install; on \
Windows: the C++ build tools of Visual Studio. The environment sets {environment}."""

OTHER_BITS = """\
softsign_c as compiled here would change {faults}: it needs a compiler and flags that keep to \
IEEE 754's arithmetic. The environment sets {environment}."""

# cffi before 2.1 leaves alloca to headers that keep it from strict C11.
PREAMBLE = """\
#include "softsign.h"
#if defined(__GNUC__) && !defined(alloca)
#define alloca __builtin_alloca
#endif
"""


def environment() -> str:
    """Return how the environment changes the build."""
    names = ["CC", "CFLAGS", "CPPFLAGS", "LDFLAGS", "LDSHARED", "CL", "_CL_"]
    return ", ".join(f"{k}={os.environ[k]!r}" for k in names if k in os.environ) or "no flags"


def unix_flags(compiler: Sequence[str]) -> list[str]:
    """Return the flags for this command of a compiler, to compile and to link with."""
    command = [*compiler, "-dM", "-E", "-x", "c", os.devnull]
    macros = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
    # The path of this folder, which debuggers read, stays out, or no two folders build the same.
    paths = f"-ffile-prefix-map={Path.cwd()}=."
    return [*UNIX_FLAGS, *([] if "__clang__" in macros else GCC_FLAGS), paths]


def generate(name: str, target: Path) -> None:
    """Write the Python side of what csrc/softsign.h declares, but for the preprocessor's lines."""
    from cffi import FFI

    header = (Path(__file__).parent / CSRC / "softsign.h").read_text()
    ffi = FFI()
    ffi.cdef(re.sub(r"^#.*$", "", header, flags=re.MULTILINE))
    ffi.set_source(name, PREAMBLE)
    target.parent.mkdir(parents=True, exist_ok=True)
    ffi.emit_c_code(str(target))


class build_ext(extension.build_ext):  # noqa: N801
    """Fills in the extension that pyproject.toml names, and generates its Python side."""

    def finalize_options(self) -> None:
        super().finalize_options()
        for ext in self.extensions:
            ext.sources = sorted(map(str, CSRC.rglob("*.c")))
            ext.depends = [*map(str, CSRC.rglob("*.h")), "build.py"]
            ext.include_dirs = [str(CSRC)]
            ext.py_limited_api = not FREE_THREADED
            ext.define_macros = [
                ("_CFFI_NO_LIMITED_API", "1") if FREE_THREADED else ("Py_LIMITED_API", "0x030B0000")
            ]

    def run(self) -> None:
        super().run()
        if not self.inplace:  # Python started in this folder finds ./softsign_c first
            self.copy_extensions_to_source()

    def build_extension(self, ext: setuptools.Extension) -> None:
        generated = Path(self.build_temp, f"{ext.name}.c")
        generate(ext.name, generated)
        ext.sources = [*ext.sources, str(generated)]
        try:
            if self.compiler.compiler_type == "msvc":
                ext.extra_compile_args = MSVC_FLAGS
            else:
                ext.extra_compile_args = unix_flags(self.compiler.compiler_so)
                ext.extra_link_args = ext.extra_compile_args
                ext.libraries = ["m"]  # the floating-point environment, outside x86
            super().build_extension(ext)
        except Exception as error:  # of any class: it depends on the version of setuptools
            message = NO_COMPILER.format(error=error, environment=environment())
            raise setuptools.errors.CompileError(message) from error
        self.verify(Path(self.get_ext_fullpath(ext.name)))

    def verify(self, library: Path) -> None:
        """Stop the build if it does not keep its promises: there are flags that none takes back."""
        command = [sys.executable, "verify.py", str(library)]
        if faults := subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.strip():
            library.unlink()
            message = OTHER_BITS.format(faults=faults, environment=environment())
            raise setuptools.errors.CompileError(message)


class bdist_wheel(wheel.bdist_wheel):  # noqa: N801
    """Tags the wheel cp311-abi3, where there is a limited API."""

    def finalize_options(self) -> None:
        if not FREE_THREADED:
            self.py_limited_api = "cp311"
        super().finalize_options()
