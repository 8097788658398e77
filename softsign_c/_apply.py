"""Transforms .npy files of any size, block by block."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

BLOCK = 1 << 22  # elements: 32 MiB of float64


def open_array(path: Path) -> Any:
    """Return the array of a .npy file as a read-only memory map."""
    try:
        array = npy.open_memmap(path, mode="r")
    except OSError:
        raise
    except Exception as error:  # of any class: a header is parsed as Python
        reason = " ".join(str(error).split())
        raise OSError(f"{path} is not a whole .npy file of numbers: {reason}") from error
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise OSError(f"{path} is of dtype {array.dtype}, not float16, float32 or float64")
    return array


def blocks(array: Any) -> Iterator[NDArray[Any]]:
    """Yield the elements in the order in which they lie in the file.

    Each block is a map of its own: pages that one map has touched count as this process's memory
    for as long as the map lasts.
    """
    for start in range(0, array.size, BLOCK):
        yield np.memmap(
            array.filename,
            array.dtype,
            mode="r",
            offset=array.offset + start * array.itemsize,
            shape=(min(BLOCK, array.size - start),),
        )


def write(file: IO[bytes], array: Any, ufunc: np.ufunc, progress: Progress) -> None:
    header = {
        "descr": npy.dtype_to_descr(array.dtype.newbyteorder("=")),
        "fortran_order": array.flags.fnc,
        "shape": array.shape,
    }
    npy.write_array_header_1_0(file, header)
    task = progress.add_task(ufunc.__name__, total=array.size)
    for block in blocks(array):
        file.write(ufunc(block).data)
        progress.update(task, advance=block.size)


def apply(source: Path, target: Path, ufunc: np.ufunc) -> None:
    """Write the transformed array of the file `source` to the file `target`.

    It is written beside `target` and renamed at the end, so that nobody sees half of it. Raises
    OSError if `source` is not what it should be, or `target` cannot be written.
    """
    array = open_array(source)
    if target.exists() and not target.is_file():
        raise OSError(f"{target} is not a regular file")
    terminal = Console(stderr=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    progress = Progress(console=terminal, transient=True, disable=not terminal.is_terminal)
    file = unfinished.open("xb")  # before the try: one that exists already is another's
    try:
        with file, progress:
            write(file, array, ufunc, progress)
            os.fsync(file.fileno())
        del array  # Windows replaces no file that is mapped
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
