"""Transforms .npy files of any size, block by block."""

import math
import os
import textwrap
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from softsign_c._cli.progress import progress
from softsign_c._cli.replace import replacing

BLOCK = 1 << 20  # elements: 8 MiB of float64
MAX_HEADER = 10_000  # bytes: NumPy's limit for a header that need not be trusted
# The header of an array of floats is ASCII, and so the same in the versions 2.0 and 3.0.
HEADER_READERS = {
    (1, 0): npy.read_array_header_1_0,
    (2, 0): npy.read_array_header_2_0,
    (3, 0): npy.read_array_header_2_0,
}


class Header(NamedTuple):
    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]


def read_header(file: BufferedReader) -> Header:
    """Read the header. Raises an exception of any class if it is malformed."""
    version = npy.read_magic(file)
    if version not in HEADER_READERS:
        raise ValueError(f"its format has version {version}")
    width = 2 if version == (1, 0) else 4
    length = int.from_bytes(file.peek(width)[:width], "little")
    if length > MAX_HEADER:  # NumPy would read it before it checks its length
        raise ValueError(f"its header has {length:,} bytes, more than {MAX_HEADER:,}")
    return Header(*HEADER_READERS[version](file, max_header_size=MAX_HEADER))


def not_whole(source: Path, reason: object) -> OSError:
    short = textwrap.shorten(str(reason), 200)  # it may quote the file
    return OSError(f"{source} is not a whole .npy file of one array: {short}")


def checked_header(file: BufferedReader, source: Path) -> Header:
    """Return the header of a file that holds one array of floats and nothing else."""
    try:
        header = read_header(file)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # a header is parsed as Python
        raise not_whole(source, error) from error
    if header.dtype.kind != "f" or header.dtype.itemsize > 8:
        dtype = textwrap.shorten(str(header.dtype), 200)
        raise OSError(f"{source} is of dtype {dtype}, not float16, float32 or float64")
    try:
        np.broadcast_to(np.empty((), header.dtype), header.shape)
    except MemoryError:
        raise
    except Exception as error:  # there is no array of that shape
        raise not_whole(source, error) from error
    found = os.fstat(file.fileno()).st_size
    expected = file.tell() + math.prod(header.shape) * header.dtype.itemsize
    if found != expected:
        raise not_whole(source, f"it has {found:,} bytes, and by its header {expected:,}")
    return header


def write_header(file: IO[bytes], header: Header) -> None:
    content = header._asdict() | {"descr": npy.dtype_to_descr(header.dtype.newbyteorder("="))}
    del content["dtype"]
    npy.write_array_header_1_0(file, content)


def transform(
    source: BufferedReader,
    header: Header,
    target: IO[bytes],
    ufunc: np.ufunc,
    advance: Callable[[int], None],
) -> None:
    """Write the results for all elements, in the order of the source."""
    size = math.prod(header.shape)
    block: NDArray[Any] = np.empty(min(size, BLOCK), header.dtype)
    result = np.empty_like(block, header.dtype.newbyteorder("="))
    for start in range(0, size, BLOCK):
        n = min(BLOCK, size - start)
        if source.readinto(block[:n].view(np.uint8).data) < n * block.itemsize:
            raise OSError(f"{source.name} has become shorter while it was read")
        target.write(ufunc(block[:n], out=result[:n]).data)
        advance(n)


def apply(source: Path, target: Path, ufunc: np.ufunc) -> None:
    """Replace the target by the transformed array of the source, which may be the same file.

    Raises OSError if the source is no such array or the target cannot be replaced.
    """
    if source == Path("-") or (source.exists() and not source.is_file()):
        raise OSError(f"{source} is not a regular file: apply takes no pipe or standard input")
    with source.open("rb") as file:
        header = checked_header(file, source)
        bar = progress(ufunc.__name__, math.prod(header.shape))
        # Windows replaces no open file: the source is closed before its place may be taken.
        with replacing(target) as new, file, bar as advance:
            write_header(new, header)
            transform(file, header, new, ufunc, advance)
