"""Replaces files atomically. The new one is readable by no more users than the old one was."""

import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

DEVICES = (Path("/dev"), Path("/proc"))  # names below them stand for other things,
MEMORY = Path("/dev/shm")  # except in this file system
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
    with ExitStack() as opened:
        place = destination(target, opened)
        unfinished = place.beside(f".softsign-c-{secrets.token_hex(16)}.part")
        try:  # a signal may come as soon as the file exists
            with new_file(unfinished, target, private=replaces) as file:
                if replaces:
                    with target.open("r+b") as old:
                        resemble(file.fileno(), old.fileno())
                yield file
                file.flush()
                os.fsync(file.fileno())
            rename(unfinished, place, target)
        except FileExistsError:  # of another process
            raise
        except BaseException as error:
            with suppress(OSError):
                os.unlink(unfinished.name, dir_fd=unfinished.opened)
            if isinstance(error, OSError) and error.errno in FULL:
                raise OSError(f"{target} cannot be written: {error.strerror}") from error
            raise
        make_lasting(place, target)


def is_file(target: Path) -> bool:
    """Return whether there is a file to replace. Raises OSError if it cannot be replaced."""
    if target == Path("-"):  # most commands take it for standard output
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


class Place(NamedTuple):
    """A name in an open folder, so that the folder's own name may be unknown or too long."""

    opened: int | None  # its descriptor; None on Windows, whose calls take no descriptors
    name: str  # on Windows the whole path
    folder: Path  # absolute, if that can be known

    def beside(self, name: str) -> "Place":
        return self._replace(name=str(Path(self.name).with_name(name)))


def destination(target: Path, opened: ExitStack) -> Place:
    """Return the place that a path names, through all symbolic links."""
    if sys.platform == "win32":
        path = Path(os.path.realpath(target))
        return Place(None, str(path), path.parent)
    path, descriptor, folder = target, None, Path()
    while True:  # is_file has found that the links end
        descriptor = open_folder(path.parent, descriptor, target)
        opened.callback(os.close, descriptor)
        folder = absolute(folder / path.parent)
        if any(map(folder.is_relative_to, DEVICES)) and not folder.is_relative_to(MEMORY):
            raise OSError(f"{target} is not a regular file")
        try:
            path = Path(os.readlink(path.name, dir_fd=descriptor))
        except OSError:  # it is no link
            break
    if is_mounted(folder / path.name):
        raise OSError(f"{target} is mounted by itself, and a mounted file cannot be replaced")
    return Place(descriptor, path.name, folder)


def open_folder(folder: Path, beside: int | None, target: Path) -> int:
    """Open a folder, whose path may be relative to another. It need not be readable on Linux."""
    try:
        try:
            return os.open(folder, os.O_RDONLY | os.O_DIRECTORY, dir_fd=beside)
        except PermissionError:
            return os.open(folder, getattr(os, "O_PATH", 0) | os.O_DIRECTORY, dir_fd=beside)
    except OSError as error:
        raise OSError(f"{target} needs a new file in {folder}: {error.strerror}") from error


def absolute(path: Path) -> Path:
    """Return the absolute path, or what is given where a folder's name cannot be looked up."""
    try:
        return Path(os.path.realpath(path))
    except OSError:
        return path


def is_mounted(place: Path) -> bool:
    escaped = re.sub(rb"[\t\n \\]", lambda found: b"\\%03o" % ord(found[0]), os.fsencode(place))
    try:
        mounts = MOUNTS.read_bytes().split(b"\n")
    except OSError:  # if something is mounted, renaming fails
        return False
    return any(line.split(b" ")[4:5] == [escaped] for line in mounts)


def new_file(unfinished: Place, target: Path, *, private: bool) -> IO[bytes]:
    mode = 0o600 if private else 0o666  # less the umask

    def opener(path: str, flags: int) -> int:
        return os.open(path, flags, mode, dir_fd=unfinished.opened)

    try:
        return open(unfinished.name, "xb", opener=opener)
    except FileExistsError:
        raise
    except OSError as error:
        folder = unfinished.folder
        raise OSError(f"{target} needs a new file in {folder}: {error.strerror}") from error


def rename(unfinished: Place, place: Place, target: Path) -> None:
    folders = {"src_dir_fd": place.opened, "dst_dir_fd": place.opened}
    try:
        os.replace(unfinished.name, place.name, **folders)  # noqa: PTH105  (it takes descriptors)
    except OSError as error:
        raise OSError(f"{target} cannot be replaced: {error.strerror}") from error


def resemble(new: int, old: int) -> None:
    """Give a new, still empty file the old one's group, permissions, attributes and owner, as far
    as this process may. What is equal is not set: some file systems refuse to set anything.
    """
    if sys.platform == "win32":
        return
    was, now = os.fstat(old), os.fstat(new)
    mode = stat.S_IMODE(was.st_mode) & 0o777
    try:
        if now.st_gid != was.st_gid:
            os.fchown(new, -1, was.st_gid)
        copy_attributes(new, old)
    except OSError:  # the new group gets the rights of all others
        mode &= ~0o070 | (mode & 0o007) << 3
    if stat.S_IMODE(os.fstat(new).st_mode) != mode:
        os.fchmod(new, mode)
    if now.st_uid != was.st_uid:
        with suppress(OSError):
            os.fchown(new, was.st_uid, -1)


def copy_attributes(new: int, old: int) -> None:
    """Copy the extended attributes. Raises OSError if the access list cannot be copied."""
    if sys.platform != "linux":
        return
    names: list[str] = []
    with suppress(OSError):  # the file system has none
        names = os.listxattr(old)
    for name in names:
        try:
            os.setxattr(new, name, os.getxattr(old, name))
        except OSError:
            if name == ACCESS_LIST:
                raise
    if ACCESS_LIST not in names:
        with suppress(OSError):
            os.removexattr(new, ACCESS_LIST)  # inherited from the folder


def make_lasting(place: Place, target: Path) -> None:
    """Flush the folder to the disk, where it is readable and its file system can do so."""
    try:
        if place.opened is not None:
            os.fsync(place.opened)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise OSError(
                f"{target} is complete and in place, but its folder could not be written to the "
                f"disk ({error.strerror}): until it is, a power failure may undo this"
            ) from error
