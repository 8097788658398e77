"""Measures what Dask costs per chunk and what workers gain, and puts the tables into scaling.md.

Run it on a quiet machine: python -m docs.scaling (about a minute). --small tries the script itself
in seconds, prints its tables, and leaves scaling.md alone.
"""

import argparse
import contextlib
import functools
import logging
from pathlib import Path

import dask
import dask.array as da
import distributed
import numpy as np

from bench.machine import setting
from bench.tables import fill, table
from softsign_c import softsign
from softsign_c._cli.timer import timed

PAGE = Path(__file__).with_suffix(".md")
RUNS = 3
WORKERS = [1, 2, 3, 4]


def fastest(function):
    """Return the seconds of the fastest of some runs; each is told its number."""
    return min(timed(functools.partial(function, run), 1) for run in range(RUNS))


def softsign_of(x, run):
    """Compute softsign on the workers, under another name in each run: Dask reuses what it has."""
    y = da.map_blocks(softsign, x, dtype=x.dtype, name=f"softsign-{x.npartitions}-{run}")
    distributed.wait(y.persist())


def persisted(size, chunk):
    x = da.ones(size, chunks=chunk, dtype=np.float32).persist()
    distributed.wait(x)
    return x


@contextlib.contextmanager
def cluster_of(workers):
    with (
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=0,
            dashboard_address=":0",  # any that is free
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster),
    ):
        yield


def seconds_on(workers, size, chunks):
    """Return, for each length of chunk, the seconds that softsign of `size` elements takes."""
    with cluster_of(workers):
        found = {}
        for chunk in chunks:
            x = persisted(size, chunk)
            found[chunk] = fastest(functools.partial(softsign_of, x))
            del x
    return found


def seconds_of_tasks(size, chunk):
    """Return the seconds of a task that makes random numbers, without and with softsign in it."""
    with cluster_of(1):
        tasks = {"random numbers": lambda x: x, "random numbers, and softsign of them": softsign}

        def compute(task, run):
            normal = da.random.default_rng(run).standard_normal
            distributed.wait(task(normal(size, chunks=chunk, dtype=np.float32)).persist())

        return {name: fastest(functools.partial(compute, of)) for name, of in tasks.items()}


def per_chunk(chunks=1000):
    """Return the seconds of a chunk of one element, on a cluster and on threads of one process."""
    cluster = seconds_on(1, chunks, [1])[1] / chunks
    with dask.config.set(scheduler="threads", num_workers=1):
        x = da.ones(chunks, chunks=1, dtype=np.float32).persist()
        threads = fastest(lambda run: softsign(x).persist()) / chunks
    return {"`distributed`, one worker process": cluster, "threads in one process": threads}


def size_of(chunk):
    megabytes = chunk * 4 / 2**20
    return f"{megabytes:g} MiB" if megabytes >= 1 else f"{megabytes * 1024:g} KiB"


def measure(size, chunks):
    ones = np.ones(size, np.float32)
    numpy_alone = fastest(lambda run: softsign(ones)) / size
    one = seconds_on(1, size, chunks)
    best = chunks[-1]
    by_workers = {
        workers: (one if workers == 1 else seconds_on(workers, size, [best]))[best]
        for workers in WORKERS
    }

    def nanoseconds(seconds):
        return f"{seconds / size * 1e9:.2f}"

    tables = {
        "overhead": table(
            ["scheduler", "overhead of a chunk, µs"],
            [[name, f"{seconds * 1e6:.0f}"] for name, seconds in per_chunk().items()],
        ),
        "chunks": table(
            ["chunk", "elements", "ns per element, one worker"],
            [[size_of(chunk), f"{chunk:,}", nanoseconds(one[chunk])] for chunk in chunks]
            + [["no Dask, one array", f"{size:,}", f"{numpy_alone * 1e9:.2f}"]],
        ),
        "workers": table(
            ["workers", "ns per element", "times faster than one"],
            [
                [workers, nanoseconds(seconds), f"{by_workers[1] / seconds:.2f}"]
                for workers, seconds in by_workers.items()
            ],
        ),
    }
    seconds = seconds_of_tasks(size, best)
    tables["fused"] = table(
        ["task", "ns per element"], [[name, nanoseconds(s)] for name, s in seconds.items()]
    )
    tables["machine"] = setting("softsign_c", "numpy", "dask")
    return tables


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="only try whether the script runs")
    small = parser.parse_args().small
    size, chunks = (20, (16, 18)) if small else (27, (16, 18, 20, 22, 24))  # powers of two
    fill(PAGE, measure(1 << size, [1 << chunk for chunk in chunks]), only_show=small)


if __name__ == "__main__":
    main()
