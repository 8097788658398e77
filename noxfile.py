"""Every task of development, listed by `nox --list`: CI and the workflows run these as well."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
nox.options.sessions = ["lint", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
OLDEST, NUMPY = PYTHONS[0], PROJECT["project"]["dependencies"][0]
LOCK = "requirements-dev.txt"
DIST = Path("dist")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on this folder."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(python=OLDEST)
def oldest(session: nox.Session) -> None:
    """Run the tests with the oldest of everything that pyproject.toml admits."""
    lowest = ["--resolution=lowest-direct", "--only-binary=:all:"]
    extras = PROJECT["project"]["optional-dependencies"]
    session.install(*lowest, *PROJECT["build-system"]["requires"])
    session.install(*lowest, *PROJECT["project"]["dependencies"], *extras["cli"], *extras["test"])
    session.install("--no-build-isolation", "--no-deps", ".")
    session.run("uv", "pip", "list", external=True)
    session.run("pytest", *session.posargs)


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Run the hooks of .pre-commit-config.yaml on all files."""
    session.install("-r", LOCK)
    session.install("--no-deps", "-e", ".")
    session.run("pre-commit", "run", "--all-files", "--show-diff-on-failure", *session.posargs)


@nox.session(python=OLDEST)
def bench(session: nox.Session) -> None:
    """Run the benchmarks."""
    session.install("-e", ".[test]")
    session.run("pytest", "bench", *session.posargs)


@nox.session(python=OLDEST)
def dist(session: nox.Session) -> None:
    """Build the sdist and, from it, this machine's wheel into dist/, and check both."""
    session.install("-r", LOCK)
    tmp = Path(session.create_tmp())
    shutil.rmtree(DIST, ignore_errors=True)
    shutil.rmtree(tmp)
    committed = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True)
    session.env["SOURCE_DATE_EPOCH"] = committed.strip()
    session.run("check-sdist", "--no-isolation")
    session.run("pyproject-build", "--sdist", "--no-isolation", "--outdir", str(DIST))
    wheels = [build_wheel(session, tmp / folder) for folder in ("here", "elsewhere/deeper")]
    if wheels[0].read_bytes() != wheels[1].read_bytes():
        session.error(f"not the same bits: {' and '.join(map(str, wheels))}")
    wheel = shutil.copy(wheels[0], DIST)
    session.run("abi3audit", "--strict", "--summary", wheel)
    session.run("check-wheel-contents", wheel)
    session.run("twine", "check", "--strict", *map(str, DIST.iterdir()))


def build_wheel(session: nox.Session, folder: Path) -> Path:
    """Build a wheel in the folder, out of the sdist and with what is installed already."""
    with tarfile.open(next(DIST.glob("*.tar.gz"))) as sdist:
        sdist.extractall(folder, filter="data")
    source, built = next(folder.iterdir()), folder / "wheel"
    build = ["pyproject-build", "--wheel", "--no-isolation", f"--outdir={built}", str(source)]
    session.run(*without_network(session), *build, external=True)
    wheel = next(built.iterdir())
    if sys.platform == "linux":
        repaired = folder / "repaired"
        session.run("auditwheel", "repair", "--strip", f"--wheel-dir={repaired}", str(wheel))
        wheel = next(repaired.iterdir())
    return wheel


def without_network(session: nox.Session) -> list[str]:
    """Return what runs the rest of a command with no network, where there is such a thing."""
    unshare = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*unshare, "true"]).returncode == 0:
        return unshare
    session.log("the network cannot be cut off here: built with it")
    return []


@nox.session(python=PYTHONS)
@nox.parametrize("numpy", ["oldest", "newest"])
def installed(session: nox.Session, numpy: str) -> None:
    """Run the tests on the wheel in dist/, away from this folder."""
    resolution = "--resolution=lowest-direct" if numpy == "oldest" else "--resolution=highest"
    wheel = next(DIST.glob("*.whl")).resolve()
    session.install("--only-binary=:all:", resolution, f"{wheel}[test]", NUMPY)
    tmp = Path(session.create_tmp())
    shutil.rmtree(tmp)
    with tarfile.open(next(DIST.glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp, filter="data")
    source = next(tmp.iterdir())
    shutil.rmtree(source / "softsign_c")
    session.chdir(source)
    session.run("python", "-m", "softsign_c", "info")
    session.run("pytest", *session.posargs)


@nox.session(python=OLDEST)
def wheels(session: nox.Session) -> None:
    """Build and test this platform's wheels by cibuildwheel into wheelhouse/."""
    session.install("-r", LOCK)
    session.run("cibuildwheel", *session.posargs)


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """Build the site of docs/ and the docstrings into build/docs/; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-W", "docs", "build/docs", *session.posargs)


@nox.session(python=OLDEST)
def lock(session: nox.Session) -> None:
    """Write the newest versions of all that development needs to requirements-dev.txt."""
    options = ["--universal", "--upgrade", "--generate-hashes", "--group=dev", "--extra=cli"]
    options += ["--extra=test", "--extra=lint", f"--output-file={LOCK}"]
    options += ["--no-emit-index-url", "--no-emit-find-links"]
    os.environ["UV_CUSTOM_COMPILE_COMMAND"] = "nox -s lock"
    session.run("uv", "pip", "compile", *options, "pyproject.toml", external=True)
