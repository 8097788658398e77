"""What the build hands to the compiler and the linker, and puts into the wheel and the sdist."""

import re
import zipfile

import pytest

from helpers.project import ROOT, Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def library(project):
    return next((project.folder / "softsign_c").glob("_kernels.*so")).read_text()


def test_the_compiler_and_the_linker_get_the_flags_that_keep_the_arithmetic(project):
    from build import unix_flags

    project.run("build_ext", "--inplace")
    asked, probed, *compiled, linked = (set(call.split()) for call in project.calls())
    assert "-E" in asked
    assert "-S" in probed
    assert len(compiled) > 5
    flags = {flag for flag in unix_flags([str(project.compiler)]) if "prefix-map" not in flag}
    assert all(flags <= call for call in [probed, *compiled, linked])
    assert "-lm" in linked


@pytest.mark.parametrize("calls", ["__atomic_load_8", "cas"])
def test_the_library_is_linked_with_libatomic_where_the_compiler_calls_it(project, calls):
    script = project.compiler.read_text()
    project.compiler.write_text(script.replace('"-o -") ;;', f'"-o -") echo call {calls} ;;'))
    project.run("build_ext", "--inplace")
    assert ("-latomic" in project.calls()[-1]) == (calls == "__atomic_load_8")


def test_another_build_in_the_same_folder_takes_its_own_flags(project):
    for flags in ["-O1", "-O2"]:
        assert project.run("build_ext", "--inplace", CFLAGS=flags).returncode == 0
        assert library(project) == f"{flags}\n"


def wheel(project, **environment):
    run = project.run("bdist_wheel", **environment)
    assert run.returncode == 0, run.stderr
    return next((project.folder / "dist").glob("*.whl"))


def test_a_module_that_has_been_removed_is_not_in_the_next_wheel(project):
    module = project.folder / "softsign_c" / "once.py"
    module.write_text("")
    assert "softsign_c/once.py" in zipfile.ZipFile(wheel(project)).namelist()
    module.unlink()
    assert "softsign_c/once.py" not in zipfile.ZipFile(wheel(project)).namelist()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_the_same_bits_whatever_the_modes_and_the_times_of_the_files(tmp_path, kind):
    built = []
    for folder, mode in {"one": 0o600, "other/deeper": 0o664}.items():
        (tmp_path / folder).mkdir(parents=True)
        project = Project(tmp_path / folder)
        for path in [*project.folder.rglob("*.[chpm]*"), project.folder / "LICENSE"]:
            path.chmod(mode)
        project.run("bdist_wheel" if kind == "wheel" else "sdist", SOURCE_DATE_EPOCH="1000000000")
        built.append(next((project.folder / "dist").iterdir()))
    assert built[0].name == built[1].name
    assert built[0].read_bytes() == built[1].read_bytes()


@pytest.mark.parametrize("repository", [None, "https://host/project"])
def test_the_readme_has_no_broken_link_on_the_page_of_an_index(repository):
    from build import for_an_index

    readme = (ROOT / "README.md").read_text()
    links, shown = (
        re.findall(r"\]\(([^)]*)", text) for text in (readme, for_an_index(readme, repository))
    )
    assert "docs/figures/speed.svg" in links
    assert all(link.startswith("https://") for link in shown)
    assert not repository or len(shown) == len(links)
    assert ("![" in for_an_index(readme, repository)) == bool(repository)
