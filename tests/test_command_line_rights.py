"""Access to the files that the command softsign-c replaces, and the access that it needs."""

import errno
import os
import stat
import struct
import tempfile
from pathlib import Path

import pytest

from helpers.command_line import replaced
from softsign_c._cli import replace
from softsign_c._cli.replace import replacing

NOBODY = 65534
posix = pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")


@pytest.fixture
def unprivileged():
    """A folder of a user other than root; the rest of the test runs as that user."""
    root, groups = os.geteuid() == 0, os.getgroups()
    with tempfile.TemporaryDirectory() as name:
        if root:
            os.chown(name, NOBODY, NOBODY)
            os.setgroups([])
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            if root:
                os.seteuid(0)
                os.setegid(0)
                os.setgroups(groups)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("before", [0o600, 0o640, 0o664, 0o777])
def test_the_mode_is_kept_and_set_before_there_are_data(folder, before):
    (folder / "y.npy").touch()
    (folder / "y.npy").chmod(before)
    assert stat.S_IMODE(replaced(folder / "y.npy").st_mode) == before
    assert mode(folder / "y.npy") == before


@posix
def test_set_id_and_sticky_bits_are_cleared(folder):
    """As when the file itself is written."""
    (folder / "y.npy").touch()
    (folder / "y.npy").chmod(0o7755)
    replaced(folder / "y.npy")
    assert mode(folder / "y.npy") == 0o755


@posix
def test_a_file_that_replaces_another_is_private_from_the_beginning(folder, monkeypatch):
    modes = []
    monkeypatch.setattr(replace, "resemble", lambda new, _: modes.append(os.fstat(new).st_mode))
    (folder / "y.npy").touch()
    replaced(folder / "y.npy")
    assert [stat.S_IMODE(found) for found in modes] == [0o600]


@posix
@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_mode_of_the_umask(folder, umask):
    previous = os.umask(umask)
    try:
        assert stat.S_IMODE(replaced(folder / "y.npy").st_mode) == 0o666 & ~umask
    finally:
        os.umask(previous)


@posix
def test_permissions_that_are_equal_are_not_set(folder, monkeypatch):
    """On a file system without permissions, setting them fails."""

    def fail(*_):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    (folder / "y.npy").touch()
    (folder / "y.npy").chmod(0o600)
    for function in ("fchmod", "fchown"):
        monkeypatch.setattr(replace.os, function, fail)
    assert stat.S_IMODE(replaced(folder / "y.npy").st_mode) == 0o600


@posix
def test_owner_and_group_are_kept(folder):
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    (folder / "y.npy").touch()
    os.chown(folder / "y.npy", 1234, 2345)
    before = replaced(folder / "y.npy")
    assert (before.st_uid, before.st_gid) == (1234, 2345)


@posix
def test_a_group_that_cannot_be_kept_lends_its_rights_to_no_other(unprivileged):
    if os.getuid() != 0:
        pytest.skip("only root can make files of groups that a user is not in")
    (unprivileged / "y.npy").touch()
    os.seteuid(0)
    os.chown(unprivileged / "y.npy", NOBODY, 0)
    (unprivileged / "y.npy").chmod(0o664)
    os.seteuid(NOBODY)
    before = replaced(unprivileged / "y.npy")
    assert (before.st_gid, stat.S_IMODE(before.st_mode)) == (NOBODY, 0o644)


def access_list(*entries):
    """Return the extended attribute of an access list, of entries (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


OWNER, USER, GROUP, MASK, OTHERS, NO_ID = 1, 2, 4, 16, 32, 2**32 - 1
LISTED = access_list(
    (OWNER, 6, NO_ID), (USER, 6, 1234), (GROUP, 0, NO_ID), (MASK, 6, NO_ID), (OTHERS, 0, NO_ID)
)


def set_attribute(path, name, value):
    if not hasattr(os, "setxattr"):
        pytest.skip("extended attributes as Linux has them")
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"the file system has no {name}: {error}")


def test_attributes_and_access_lists_are_kept(folder):
    (folder / "y.npy").touch()
    set_attribute(folder / "y.npy", "user.origin", b"far away")
    set_attribute(folder / "y.npy", replace.ACCESS_LIST, LISTED)
    replaced(folder / "y.npy")
    assert os.getxattr(folder / "y.npy", "user.origin") == b"far away"
    assert os.getxattr(folder / "y.npy", replace.ACCESS_LIST) == LISTED


def test_a_folder_gives_no_access_that_the_old_file_did_not(folder):
    (folder / "y.npy").touch()
    (folder / "y.npy").chmod(0o660)
    set_attribute(folder, "system.posix_acl_default", LISTED)
    replaced(folder / "y.npy")
    assert replace.ACCESS_LIST not in os.listxattr(folder / "y.npy")
    assert mode(folder / "y.npy") == 0o660


@posix
def test_no_folder_above_need_be_searchable(monkeypatch, unprivileged):  # left again as root
    locked = unprivileged / "locked"
    (locked / "inner").mkdir(parents=True)
    monkeypatch.chdir(locked / "inner")
    locked.chmod(0)
    try:
        replaced(Path("y.npy"))
        replaced(Path("y.npy"))
        assert Path("y.npy").read_bytes() == b"new"
    finally:
        locked.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "O_PATH"), reason="only Linux opens folders without reading")
def test_a_folder_need_not_be_readable(unprivileged):
    unprivileged.chmod(0o300)
    replaced(unprivileged / "y.npy")
    unprivileged.chmod(0o700)
    assert (unprivileged / "y.npy").read_bytes() == b"new"


@posix
@pytest.mark.parametrize(
    ("of_file", "of_folder", "said"),
    [(0o444, 0o755, "Permission denied"), (0o644, 0o555, "needs a new file in")],
)
def test_what_may_not_be_written_is_named_before_the_work(unprivileged, of_file, of_folder, said):
    target = unprivileged / "y.npy"
    target.write_bytes(b"old")
    target.chmod(of_file)
    unprivileged.chmod(of_folder)
    with pytest.raises(OSError, match=said), replacing(target):
        pytest.fail("began the work")
    unprivileged.chmod(0o755)
    assert target.read_bytes() == b"old"
    assert list(unprivileged.iterdir()) == [target]
