"""Every task of development, listed by `nox --list`: CI and the workflows run these as well."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
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


@nox.session(python=OLDEST, venv_backend="uv")  # which alone has --resolution
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
def dist(session: nox.Session) -> None:
    """Build the sdist and, from it, this machine's wheel of what is committed, and check both.

    They are built twice, in clones in two folders with different modes of files, and the bits must
    be the same.
    """
    session.install("-r", LOCK)
    tmp = Path(session.create_tmp())
    shutil.rmtree(DIST, ignore_errors=True)
    shutil.rmtree(tmp)
    session.env.update(PROJECT["tool"]["cibuildwheel"]["environment"])
    session.run("check-sdist", "--no-isolation")
    built = [
        build_both(session, tmp / folder, umask)
        for folder, umask in {"here": 0o022, "elsewhere/deeper": 0o077}.items()
    ]
    for ours, theirs in zip(*built, strict=True):
        if ours.name != theirs.name or ours.read_bytes() != theirs.read_bytes():
            session.error(f"not the same bits: {ours} and {theirs}")
    DIST.mkdir()
    sdist, wheel = [shutil.copy(file, DIST) for file in built[0]]
    session.run("abi3audit", "--strict", "--summary", wheel)
    session.run("check-wheel-contents", wheel)
    session.run("twine", "check", "--strict", sdist, wheel)


def build_both(session: nox.Session, folder: Path, umask: int) -> list[Path]:
    """Build the sdist and the wheel of a clone in the folder, with what is installed already."""
    before = os.umask(umask)
    session.run("git", "clone", "-q", ".", str(folder / "clone"), external=True)
    build = ["pyproject-build", "--no-isolation", f"--outdir={folder}", str(folder / "clone")]
    session.run(*without_network(session), *build, external=True)
    os.umask(before)
    sdist, wheel = next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))
    if sys.platform == "linux":
        repaired = folder / "repaired"
        session.run("auditwheel", "repair", "--strip", f"--wheel-dir={repaired}", str(wheel))
        wheel = next(repaired.iterdir())
    return [sdist, wheel]


def without_network(session: nox.Session) -> list[str]:
    """Return what runs the rest of a command with no network, where there is such a thing."""
    unshare = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*unshare, "true"]).returncode == 0:
        return unshare
    session.log("the network cannot be cut off here: built with it")
    return []


@nox.session(python=PYTHONS, venv_backend="uv")
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
    session.env["UV_CUSTOM_COMPILE_COMMAND"] = "nox -s lock"
    session.install("uv")
    session.run("uv", "pip", "compile", *options, "pyproject.toml")
