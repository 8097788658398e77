"""The ufuncs on dask.array, on a real cluster: a scheduler and worker processes on this machine."""

import os
import signal
import time

import numpy as np
import pytest

from softsign_c import softsign, softsign_backward, softsign_with_derivative

da = pytest.importorskip("dask.array", reason="needs Dask: pip install '.[dask]'")
distributed = pytest.importorskip("distributed", reason="needs Dask: pip install '.[dask]'")

MEMORY_LIMIT = 400 << 20  # of a worker; Python and its libraries take a third of it
CHUNK = 4 << 20  # elements


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit=MEMORY_LIMIT,
            dashboard_address=":0",  # any that is free
            local_directory=tmp_path_factory.mktemp("dask"),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def random(size, chunks):
    return da.random.default_rng(0).random(size, chunks=chunks, dtype=np.float32) * 200 - 100


def forward_in_numpy(x):
    return x / (1 + np.abs(x))


def backward_in_numpy(grad, x):
    r = 1 / (1 + np.abs(x))
    return grad * r * r


def test_ufuncs_stay_lazy():
    x = random((6, 4), chunks=(2, 4))
    y, dx = softsign(x), softsign_backward(x[0], x)
    assert type(y) is type(dx) is da.Array
    assert (y.dtype, y.shape, y.chunks) == (x.dtype, x.shape, x.chunks)
    np.testing.assert_array_equal(y.compute(), softsign(x.compute()))
    np.testing.assert_array_equal(dx.compute(), softsign_backward(x[0].compute(), x.compute()))


def test_dask_takes_no_ufunc_of_two_results():
    with pytest.raises(TypeError, match="softsign_with_derivative"):
        softsign_with_derivative(random(100, chunks=10))


def test_an_array_larger_than_the_memory_of_all_workers(client):
    x = random(60 * CHUNK, CHUNK)
    assert x.nbytes > MEMORY_LIMIT * len(client.scheduler_info()["workers"])
    y = softsign(x).persist()  # kept: what does not fit goes to the workers' disks
    dx = softsign_backward(1 - y, x)
    wrong = (
        (y != da.map_blocks(forward_in_numpy, x, dtype=x.dtype)).sum(),
        (dx != da.map_blocks(backward_in_numpy, 1 - y, x, dtype=x.dtype)).sum(),
    )
    pids = set(client.run(os.getpid).values())
    assert da.compute(*wrong) == (0, 0)
    assert set(client.run(os.getpid).values()) == pids  # none ran out of memory


def test_a_killed_worker_loses_nothing(client):
    x = da.arange(400, chunks=10, dtype=np.float64)
    slow = x.map_blocks(lambda block: time.sleep(0.1) or block, dtype=x.dtype)
    y = softsign(slow).persist()
    while sum(future.done() for future in client.futures_of(y)) < 10:
        time.sleep(0.02)
    victim = next(iter(client.run(os.getpid).values()))
    os.kill(victim, signal.SIGKILL)
    assert not all(future.done() for future in client.futures_of(y))
    np.testing.assert_array_equal(y.compute(), softsign(np.arange(400.0)))
    assert victim not in client.run(os.getpid).values()
