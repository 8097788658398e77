"""The build: cffi makes one library of csrc/, softsign_c._kernels, for CPython from 3.11 on."""

import gzip
import os
import platform
import re
import runpy
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # "python -m build", started here, means the package of that name
    here = Path(__file__).resolve().parent
    sys.path = [entry for entry in sys.path if Path(entry).resolve() != here]
    runpy.run_module("build", run_name="__main__", alter_sys=True)
    sys.exit()

import setuptools.errors
from setuptools.command import bdist_wheel as wheel
from setuptools.command import build as whole
from setuptools.command import build_ext as extension
from setuptools.command import egg_info as metadata
from setuptools.command import sdist as source

CSRC = Path("csrc")
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))  # has no limited API

# No flag may change a bit of a result. These follow the user's flags and undo the ones that break
# IEEE 754, when compiling and when linking: with -ffast-math the linker adds crtfastmath.o, which
# makes the whole process flush subnormals to zero.
MSVC_FLAGS = ["/std:c11", "/O2", "/fp:precise", "/volatile:ms"]
UNIX_FLAGS = [
    *["-std=c11", "-O3", "-fvisibility=hidden", "-pthread", "-ffp-contract=off", "-fno-fast-math"],
    *["-fno-finite-math-only", "-fno-associative-math", "-fno-reciprocal-math", "-fsigned-zeros"],
]
GCC_FLAGS = [  # Clang does not need them, and generates slow code with the first two
    *["-fno-unsafe-math-optimizations", "-ftrapping-math"],
    *["-fno-single-precision-constant", "-fexcess-precision=standard"],
]

NO_COMPILER = """\
softsign_c could not be compiled ({error}).
It needs a C compiler and Python's headers. On Debian or Ubuntu: apt-get install gcc libc6-dev \
python3-dev; on Fedora: dnf install gcc python3-devel; on macOS: xcode-select --install; on \
Windows: the C++ build tools of Visual Studio. The environment sets {environment}."""

REFUSED = """\
softsign_c as compiled here is refused: {failure}. It needs a compiler and flags for this \
machine that follow IEEE 754. The environment sets {environment}."""

VERIFY_SECONDS = 600  # takes a few, under emulation as well: after ten minutes, a kernel hangs

# The time of all files in an sdist or a wheel, so that both are the same whenever they are built.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")  # 2020-01-01

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


def libraries(compiler: Sequence[str], flags: Sequence[str]) -> list[str]:
    """Return the libraries to link with: libatomic where the compiler calls it for atomics."""
    source = Path(__file__).parent / CSRC / "threads.c"
    command = [*compiler, *flags, "-fno-lto", "-g0", "-S", str(source), "-o", "-"]
    assembly = subprocess.run(command, stdout=subprocess.PIPE).stdout
    # libm has the floating-point environment, outside x86.
    return ["m", "atomic"] if b"__atomic_" in assembly else ["m"]


def generate(name: str, target: Path) -> None:
    """Write the Python side of what csrc/softsign.h declares, but for the preprocessor's lines."""
    from cffi import FFI

    header = (Path(__file__).parent / CSRC / "softsign.h").read_text()
    ffi = FFI()
    ffi.cdef(re.sub(r"^#.*$", "", header, flags=re.MULTILINE))
    ffi.set_source(name, PREAMBLE)
    target.parent.mkdir(parents=True, exist_ok=True)
    ffi.emit_c_code(str(target))
    # cffi before 2.1 calls memset without its header, which Python.h includes no more.
    stddef = "#include <stddef.h>\n"
    target.write_text(target.read_text().replace(stddef, f"{stddef}#include <string.h>\n", 1))


def is_cross_build(target: str) -> bool:
    """Return whether the platform that is built for, such as linux-aarch64, is another machine.

    This interpreter cannot load such a library. What the environment sets for a cross build
    changes what sysconfig says of the interpreter, so the machine is asked then.
    """
    if getattr(sys, "cross_compiling", False):  # by crossenv, which changes platform as well
        return True
    set_from_outside = sys.platform == "darwin" or "_PYTHON_HOST_PLATFORM" in os.environ
    here = platform.machine() if set_from_outside else sysconfig.get_platform().rpartition("-")[2]
    return not target.endswith((here, "universal2"))


def failure(library: Path) -> str:
    """Return what is wrong with the library, by verify.py; no answer is a failure as well."""
    command = [sys.executable, "verify.py", str(library)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=VERIFY_SECONDS)
    except subprocess.TimeoutExpired:
        return f"its verification did not end within {VERIFY_SECONDS} s"
    said = ran.stdout.strip()
    if ran.returncode == 0 and said == "verified":
        return ""
    if ran.returncode == 1 and said:
        return "; ".join(said.splitlines())
    status = f"exit status {ran.returncode}"
    if ran.returncode < 0:
        status = f"signal {signal.Signals(-ran.returncode).name}"
    words = (ran.stderr.strip() or said).splitlines()[-1:]
    return ": ".join([f"its verification ended with {status}", *words])


def for_an_index(readme: str, repository: str | None) -> str:
    """Return the README with links that hold on a package index's page.

    What is relative in it leads to the repository, or where that is not known yet, is left out.
    """
    link = r"\[([^]]*)\]\((?!https?:)([^)]+)\)"
    if repository is None:
        return re.sub(link, r"\1", re.sub(rf"!{link}\n*", "", readme))
    readme = re.sub("!" + link, rf"![\1]({repository}/raw/HEAD/\2)", readme)
    return re.sub(link, rf"[\1]({repository}/blob/HEAD/\2)", readme)


class build(whole.build):  # noqa: N801
    """Leaves nothing in a wheel of what an earlier build put into the same folder."""

    def run(self) -> None:
        shutil.rmtree(Path(self.build_lib, "softsign_c"), ignore_errors=True)
        super().run()


class build_ext(extension.build_ext):  # noqa: N801
    """Fills in the extension that pyproject.toml names, and generates its Python side."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.force = True  # an object's time does not say which compiler and flags made it
        for ext in self.extensions:
            ext.sources = sorted(map(str, CSRC.rglob("*.c")))
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
                ext.libraries = libraries(self.compiler.compiler_so, ext.extra_compile_args)
            super().build_extension(ext)
        except Exception as error:  # of any class: it depends on the version of setuptools
            message = NO_COMPILER.format(error=error, environment=environment())
            raise setuptools.errors.CompileError(message) from error
        self.verify(Path(self.get_ext_fullpath(ext.name)))

    def verify(self, library: Path) -> None:
        """Stop the build if its promises are broken: some flags cannot be undone by later ones."""
        if is_cross_build(self.plat_name):
            self.warn(f"{library} is for {self.plat_name}, not verified on {platform.machine()}")
        elif wrong := failure(library):
            library.unlink()
            message = REFUSED.format(failure=wrong, environment=environment())
            raise setuptools.errors.CompileError(message)


class egg_info(metadata.egg_info):  # noqa: N801
    """Has the README with links for a package index."""

    def finalize_options(self) -> None:
        super().finalize_options()
        described = self.distribution.metadata
        repository = (described.project_urls or {}).get("Repository")
        described.long_description = for_an_index(described.long_description, repository)


class bdist_wheel(wheel.bdist_wheel):  # noqa: N801
    """Tags the wheel cp311-abi3, where there is a limited API; gives every file one mode."""

    def finalize_options(self) -> None:
        if not FREE_THREADED:
            self.py_limited_api = "cp311"
        super().finalize_options()

    def write_wheelfile(self, wheelfile_base: str, *generator: str) -> None:
        super().write_wheelfile(wheelfile_base, *generator)
        for path in Path(self.bdist_dir).rglob("*"):  # all that goes into the wheel
            path.chmod(0o755 if path.is_dir() else 0o644)


class sdist(source.sdist):  # noqa: N801
    """Gives every file one time, owner and mode."""

    def make_archive(self, base_name: str, form: str, **options: Any) -> str:
        if form != "gztar":
            return super().make_archive(base_name, form, **options)
        time = int(os.environ["SOURCE_DATE_EPOCH"])

        def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
            member.mtime, member.mode = time, 0o755 if member.isdir() else 0o644
            member.uid, member.gid, member.uname, member.gname = 0, 0, "", ""
            return member

        self.mkpath(self.dist_dir)
        target = f"{base_name}.tar.gz"
        with (
            gzip.GzipFile(target, "wb", mtime=time) as compressed,
            tarfile.open(fileobj=compressed, mode="w") as archive,
        ):
            archive.add(options["base_dir"], filter=anonymous)
        return target
