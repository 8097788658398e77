"""The build: cffi makes one library of csrc/, softsign_c._kernels, for CPython from 3.11 on."""

import re
import runpy
import sys
import sysconfig
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

# No flag may change a bit of a result: no contraction, no fast-math, no -march. The path of this
# folder, which debuggers read, stays out of the library, or no two folders build the same.
FLAGS = {
    "unix": [
        *["-std=c11", "-O3", "-ffp-contract=off", "-fvisibility=hidden", "-pthread"],
        f"-ffile-prefix-map={Path.cwd()}=.",
    ],
    "msvc": ["/std:c11", "/O2", "/fp:precise", "/volatile:ms"],
}

NO_COMPILER = """\
softsign_c could not be compiled ({error}).
It needs a C compiler and Python's headers. On Debian or Ubuntu: apt-get install gcc libc6-dev \
python3-dev; on Fedora: dnf install gcc python3-devel; on macOS: xcode-select --install; on \
Windows: the C++ build tools of Visual Studio."""

# cffi before 2.1 leaves alloca to headers that keep it from strict C11.
PREAMBLE = """\
#include "softsign.h"
#if defined(__GNUC__) && !defined(alloca)
#define alloca __builtin_alloca
#endif
"""


def declarations() -> str:
    """Return what csrc/softsign.h declares, without the preprocessor's lines, for cffi."""
    return re.sub(r"^#.*$", "", (CSRC / "softsign.h").read_text(), flags=re.MULTILINE)


class build_ext(extension.build_ext):  # noqa: N801
    """Fills in the extension that pyproject.toml names, and generates its Python side."""

    def finalize_options(self) -> None:
        super().finalize_options()
        for ext in self.extensions:
            ext.sources = sorted(map(str, CSRC.glob("*.c")))
            ext.depends = [*map(str, CSRC.glob("*.h")), "build.py"]
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
        ext.extra_compile_args = FLAGS.get(self.compiler.compiler_type, FLAGS["unix"])
        ext.sources = [*ext.sources, self.generate(ext.name)]
        try:
            super().build_extension(ext)
        except Exception as error:  # of any class: it depends on the version of setuptools
            raise setuptools.errors.CompileError(NO_COMPILER.format(error=error)) from error

    def generate(self, name: str) -> str:
        from cffi import FFI

        ffi = FFI()
        ffi.cdef(declarations())
        ffi.set_source(name, PREAMBLE)
        target = Path(self.build_temp, f"{name}.c")
        target.parent.mkdir(parents=True, exist_ok=True)
        ffi.emit_c_code(str(target))
        return str(target)


class bdist_wheel(wheel.bdist_wheel):  # noqa: N801
    """Tags the wheel cp311-abi3, where there is a limited API."""

    def finalize_options(self) -> None:
        if not FREE_THREADED:
            self.py_limited_api = "cp311"
        super().finalize_options()
