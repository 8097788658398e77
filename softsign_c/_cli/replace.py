"""Replaces files whole or not at all, and lets nobody read more of the new one than of the old."""

import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

DEVICES = (Path("/dev"), Path("/proc"))  # what lies here stands for something else,
MEMORY = Path("/dev/shm")  # but this is a file system like others
MOUNTS = Path("/proc/self/mountinfo")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ACCESS_LIST = "system.posix_acl_access"


@contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Yield a new file that takes the place of the target once the block has ended well.

    Until then it lies beside the target under a random name; if the block raises, it is gone.
    Where the target is a symbolic link, the file that it names is replaced. Raises OSError before
    the block begins if there can be no new file in place of the old one.
    """
    replaces = is_file(target)
    place = destination(target)
    unfinished = place.with_name(f".softsign-c-{secrets.token_hex(16)}.part")
    try:  # from before there is a file, since a signal may come at any time
        with new_file(unfinished, target, private=replaces) as file:
            if replaces:
                with target.open("r+b") as old:
                    resemble(file.fileno(), old.fileno())
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place)
        make_lasting(place.parent)
    except FileExistsError:  # this file is another's
        raise
    except BaseException as error:
        with suppress(OSError):
            unfinished.unlink()
        if isinstance(error, OSError) and error.errno in FULL:
            raise OSError(f"{target} cannot be written: {error.strerror}") from error
        raise


def is_file(target: Path) -> bool:
    """Return whether there is a file to be replaced. Raises OSError if it must be left alone."""
    if target == Path("-"):  # as most commands call it
        raise OSError("standard output is not a regular file")
    try:
        status = target.stat()
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(status.st_mode):
        raise OSError(f"{target} is not a regular file")
    if status.st_nlink > 1:
        raise OSError(f"{target} is one of {status.st_nlink} hard links: the others would stay old")
    return True


def destination(target: Path) -> Path:
    """Return the place that a path names, through all symbolic links."""
    place = target
    while True:
        place = Path(os.path.realpath(place.parent)) / place.name
        if any(map(place.is_relative_to, DEVICES)) and not place.is_relative_to(MEMORY):
            raise OSError(f"{target} is not a regular file")
        if not place.is_symlink():
            break
        place = place.parent / place.readlink()
    if is_mounted(place):
        raise OSError(f"{target} is mounted by itself, and a mounted file cannot be replaced")
    return place


def is_mounted(place: Path) -> bool:
    if not MOUNTS.exists():
        return False
    escaped = re.sub(rb"[\t\n \\]", lambda found: b"\\%03o" % ord(found[0]), os.fsencode(place))
    return any(line.split(b" ")[4:5] == [escaped] for line in MOUNTS.read_bytes().split(b"\n"))


def new_file(unfinished: Path, target: Path, *, private: bool) -> IO[bytes]:
    mode = 0o600 if private else 0o666  # less what the umask takes away

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags, mode)

    try:
        return open(unfinished, "xb", opener=opener)
    except FileExistsError:
        raise
    except OSError as error:
        folder = unfinished.parent
        raise OSError(f"{target} needs a new file in {folder}: {error.strerror}") from error


def resemble(new: int, old: int) -> None:
    """Give a new file, still empty, the old one's group, permissions, attributes and owner, as far
    as this process may. Some file systems fail to set even what is so already.
    """
    if sys.platform == "win32":
        return
    was, now = os.fstat(old), os.fstat(new)
    mode = stat.S_IMODE(was.st_mode) & 0o777
    try:
        if now.st_gid != was.st_gid:
            os.fchown(new, -1, was.st_gid)
        copy_attributes(new, old)
    except OSError:  # its group is another one, which may do what everybody may
        mode &= ~0o070 | (mode & 0o007) << 3
    if stat.S_IMODE(os.fstat(new).st_mode) != mode:
        os.fchmod(new, mode)
    if now.st_uid != was.st_uid:
        with suppress(OSError):
            os.fchown(new, was.st_uid, -1)


def copy_attributes(new: int, old: int) -> None:
    """Copy the extended attributes. Raises OSError if it fails to copy who else has access."""
    if sys.platform != "linux":
        return
    names: list[str] = []
    with suppress(OSError):  # of a file system that has none
        names = os.listxattr(old)
    for name in names:
        try:
            os.setxattr(new, name, os.getxattr(old, name))
        except OSError:
            if name == ACCESS_LIST:
                raise
    if ACCESS_LIST not in names:
        with suppress(OSError):
            os.removexattr(new, ACCESS_LIST)  # which the folder may have given it


def make_lasting(folder: Path) -> None:
    """Write the names in a folder to the disk, where one may open it and its file system can."""
    if sys.platform == "win32":
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(opened)
