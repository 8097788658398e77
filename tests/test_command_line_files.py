"""How the command softsign-c replaces files: whole or not at all."""

import errno
import os
import stat
import tempfile
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from helpers.command_line import applied, assert_apply_refuses, command, replaced
from helpers.process import assert_refused
from softsign_c._cli import apply, bench, replace
from softsign_c._cli.replace import replacing

posix = pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")


@pytest.fixture
def folder(folder):
    """The folder, with x.npy in it."""
    np.save(folder / "x.npy", np.ones(3))
    return folder


def test_a_symbolic_link_stays_and_its_file_is_replaced(folder):
    (folder / "deeper").mkdir()
    (folder / "deeper" / "file").write_bytes(b"old")
    (folder / "deeper" / "link").symlink_to("file")
    (folder / "link").symlink_to("deeper/link")
    with replacing(folder / "link") as file:
        assert len(list((folder / "deeper").glob(".softsign-c-*"))) == 1  # in its file system
        file.write(b"new")
    assert (folder / "link").is_symlink()
    assert (folder / "deeper" / "link").is_symlink()
    assert (folder / "deeper" / "file").read_bytes() == b"new"
    assert sorted(path.name for path in (folder / "deeper").iterdir()) == ["file", "link"]


def test_apply_to_a_link_that_is_its_own_source(folder):
    (folder / "link.npy").symlink_to("x.npy")
    assert command("apply", folder / "link.npy", folder / "link.npy").returncode == 0
    assert (folder / "link.npy").is_symlink()
    np.testing.assert_array_equal(np.load(folder / "x.npy"), [0.5, 0.5, 0.5])


def test_a_link_to_nothing_gets_its_file(folder):
    (folder / "link").symlink_to("file")
    replaced(folder / "link")
    assert (folder / "file").read_bytes() == b"new"
    assert (folder / "link").is_symlink()


def test_hard_links_are_refused(folder):
    (folder / "y.npy").hardlink_to(folder / "x.npy")
    before = (folder / "x.npy").read_bytes()
    assert_refused(applied(folder), "y.npy is one of 2 hard links")
    assert (folder / "x.npy").read_bytes() == before


@posix
@pytest.mark.parametrize("target", ["/dev/null", "/dev/stdout", "/proc/self/fd/1", "/", "-", "."])
def test_what_is_no_regular_file_is_refused(folder, target):
    result = command("apply", folder / "x.npy", target)
    assert_refused(result, "is not a regular file")


@posix
def test_pipes_and_links_to_devices_are_refused(folder):
    os.mkfifo(folder / "pipe")
    (folder / "out").symlink_to("/dev/stdout")
    (folder / "open").symlink_to("/proc/self/fd")
    descriptor = os.open(folder / "x.npy", os.O_RDWR)
    for target in ("pipe", "out", f"open/{descriptor}"):
        assert_refused(command("apply", folder / "x.npy", folder / target), "not a regular file")
    os.close(descriptor)


@posix
def test_no_folder_stays_open(folder):
    (folder / "link").symlink_to("x.npy")
    free = os.dup(0)
    os.close(free)
    replaced(folder / "link")
    with pytest.raises(OSError, match="not a regular file"):
        replaced(folder)
    assert os.dup(0) == free
    os.close(free)


@posix
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this system has no /dev/shm")
def test_files_in_memory_are_regular():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        replaced(Path(name) / "file")
        assert (Path(name) / "file").read_bytes() == b"new"


@posix
@pytest.mark.parametrize(("number", "raises"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_folder_need_not_know_how_to_be_written(folder, monkeypatch, number, raises):
    def fsync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(replace.os, "fsync", fsync)
    with pytest.raises(OSError, match=IN_PLACE) if raises else nullcontext():
        replaced(folder / "x.npy")
    assert (folder / "x.npy").read_bytes() == b"new"


IN_PLACE = r"x\.npy is complete and in place, but its folder .* \(Input/output error\)"


@posix
def test_a_name_may_be_as_long_as_a_path_and_lie_deeper_than_one(folder):
    """The temporary file's name is longer than the target's, and no absolute name is needed."""
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for depth in range(20):
            name = Path(*"d" * 20, *["n" * 199] * 20, "y" * (4095 - 40 - 4000))
            if not depth:
                name.parent.mkdir(parents=True)
                replaced(name)
                replaced(name)
                assert name.read_bytes() == b"new"
            Path("n" * 250).mkdir()
            os.chdir("n" * 250)
        np.save("x.npy", np.ones(3))
        Path("link").symlink_to("y.npy")
        assert command("apply", "x.npy", "link").returncode == 0
        np.testing.assert_array_equal(np.load("y.npy"), [0.5, 0.5, 0.5])
        assert len(list(Path().iterdir())) == 3
    finally:
        os.fchdir(here)
        os.close(here)


@posix
def test_a_list_of_mounts_that_cannot_be_read_stops_nothing(folder, monkeypatch):
    monkeypatch.setattr(replace, "MOUNTS", folder)
    replaced(folder / "y.npy")


@posix
def test_a_folder_s_name_that_cannot_be_known_stops_nothing(folder, monkeypatch):
    def too_long():
        raise OSError(errno.ENAMETOOLONG, "File name too long")

    monkeypatch.chdir(folder)
    with monkeypatch.context() as deep:
        deep.setattr(os, "getcwd", too_long)
        replaced(Path("y.npy"))
    assert (folder / "y.npy").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("function", "number", "said"),
    [
        pytest.param("replace", errno.EBUSY, "y.npy cannot be replaced: ", marks=posix),
        ("fsync", errno.ENOSPC, "y.npy cannot be written: "),
    ],
)
def test_a_system_that_fails_is_one_line(folder, monkeypatch, function, number, said):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(replace.os, function, fail)
    assert_apply_refuses(folder, said + os.strerror(number))


@posix
def test_a_mounted_file_is_named_before_the_work(folder, monkeypatch):
    target = folder / "a b\\c"
    target.write_bytes(b"old")
    mounted = str(target).replace("\\", "\\134").replace(" ", "\\040")
    (folder / "mounts").write_text(f"36 35 98:0 / {folder} rw\n37 36 98:0 /x {mounted} rw - ext4\n")
    monkeypatch.setattr(replace, "MOUNTS", folder / "mounts")
    with pytest.raises(OSError, match="is mounted by itself"), replacing(target):
        pytest.fail("began the work")
    replaced(folder / "other")


@posix
def test_names_may_be_as_long_as_the_file_system_allows(folder):
    replaced(folder / ("n" * 250))
    replaced(folder / ("n" * 250))
    assert_refused(command("apply", folder / "x.npy", folder / ("n" * 256)), "name too long")


def test_a_missing_folder_is_named(folder):
    assert_refused(command("apply", folder / "x.npy", folder / "no" / "y.npy"), "y.npy", "No such")


def test_a_temporary_file_of_another_is_left_alone(folder, monkeypatch):
    monkeypatch.setattr(replace.secrets, "token_hex", lambda _: "taken")
    (folder / ".softsign-c-taken.part").write_bytes(b"another's")
    assert_apply_refuses(folder, "File exists")
    assert (folder / ".softsign-c-taken.part").read_bytes() == b"another's"
    assert not (folder / "y.npy").exists()
    (folder / ".softsign-c-taken.part").unlink()


def test_names_of_temporary_files_are_random(folder):
    with replacing(folder / "y.npy"), replacing(folder / "y.npy"):
        first, second = folder.glob(".softsign-c-*.part")
        assert min(len(first.name), len(second.name)) > 32


@pytest.mark.parametrize("problem", [OSError("disk full"), KeyboardInterrupt(), ValueError()])
def test_the_target_is_left_alone_when_something_fails(folder, problem):
    (folder / "y.npy").write_text("precious")
    with pytest.raises(type(problem)):
        replaced(folder / "y.npy", problem=problem)
    assert (folder / "y.npy").read_text() == "precious"


@posix
def test_a_limit_of_file_sizes_is_one_line(folder):
    import resource

    np.save(folder / "x.npy", np.ones(10_000))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        result = applied(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert_refused(result, "y.npy cannot be written: File too large")
    assert not (folder / "y.npy").exists()


@pytest.mark.parametrize("message", ["", "Unable to allocate 8 GiB"])
def test_too_little_memory_is_one_line(folder, monkeypatch, message):
    def transform(*_):
        raise MemoryError(message)

    monkeypatch.setattr(apply, "transform", transform)
    assert_apply_refuses(folder, message or "not enough memory")


@posix
def test_data_are_on_the_disk_before_the_name_and_then_the_name(folder, monkeypatch):
    order = []

    def fsync(descriptor):
        directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        size = None if directory else os.fstat(descriptor).st_size
        order.append((size, (folder / "y.npy").read_bytes()))

    (folder / "y.npy").write_bytes(b"old")
    monkeypatch.setattr(replace.os, "fsync", fsync)
    replaced(folder / "y.npy")
    assert order == [(3, b"old"), (None, b"new")]


def test_bench_keeps_the_old_figures_until_there_are_new_ones(folder, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    (folder / "figures.json").write_text("old")
    monkeypatch.setattr(bench, "measure", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.bench(1, folder / "figures.json")
    assert (folder / "figures.json").read_text() == "old"


def test_bench_refuses_a_file_that_cannot_be_written_before_it_measures(folder, monkeypatch):
    monkeypatch.setattr(bench, "measure", lambda *_: pytest.fail("measured"))
    assert_refused(command("bench", "--json", folder / "no" / "figures.json"), "figures.json")
