"""What a user would pick instead: each peer makes, of a case, a function that computes it once.

Data is put where the peer wants it beforehand; what is timed is the call alone. All are told how
many threads to use, and nothing else is tuned.
"""

import functools
import importlib
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from cases import OPS, Case, formulas


class UnsupportedError(Exception):
    """Why a contender does not take part in a case."""


SINGLE = ("float32", "float64")
ALL = (*SINGLE, "float16", "bfloat16")
COMMON = ("softsign", "softsign_derivative", "softsign_backward")


def load(module: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(module)
        except ImportError as error:
            raise UnsupportedError(f"{module} is not installed ({error})") from None


def peer(dtypes: Sequence[str], ops: Sequence[str], out: bool) -> Callable[..., Any]:
    """Mark what a peer does: the others are skipped with the reason."""

    def mark(make: Callable[[Case, int], Callable[[], Any]]) -> Callable[..., Any]:
        @functools.wraps(make)
        def checked(case: Case, threads: int) -> Callable[[], Any]:
            if case.dtype not in dtypes:
                raise UnsupportedError(f"{make.__name__} has no {case.dtype}")
            if case.op not in ops:
                raise UnsupportedError(f"{make.__name__} is not asked for {case.op}")
            if case.out is not None and not out:
                raise UnsupportedError(f"{make.__name__} has arrays of its own and no out=")
            return make(case, threads)

        return checked

    return mark


@functools.cache
def numba_ufunc(op: str, dtype: str, inputs: int, threads: int) -> Any:
    numba = load("numba")
    number = numba.from_dtype(np.dtype(dtype))
    formula = formulas(np.dtype(dtype).type(1))[op]
    target = "cpu" if threads == 1 else "parallel"
    return numba.vectorize([number(*[number] * inputs)], target=target)(formula)


@functools.cache
def numba_loop(op: str, dtype: str) -> Any:
    """Return a loop for a pass of two results, which no ufunc of Numba has."""
    njit = load("numba").njit
    formula = njit(formulas(np.dtype(dtype).type(1))[op])

    def loop(x, y, slope):
        for i in range(x.size):
            y[i], slope[i] = formula(x[i])
        return y, slope

    return njit(loop)


@peer(SINGLE, OPS, out=True)
def numba(case: Case, threads: int) -> Callable[[], Any]:
    load("numba").set_num_threads(threads)
    if case.op == "softsign_with_derivative":
        if threads > 1 or case.out is None:
            raise UnsupportedError("the loop of two results has out= and one thread")
        return functools.partial(numba_loop(case.op, case.dtype), *case.inputs, *case.out)
    ufunc = numba_ufunc(case.op, case.dtype, len(case.inputs), threads)
    return functools.partial(ufunc, *case.inputs, **case.keywords)


@peer(SINGLE, (*COMMON, "softsign_inverse"), out=True)
def numexpr(case: Case, threads: int) -> Callable[[], Any]:
    load("numexpr").set_num_threads(threads)
    text = {
        "softsign": "x / (1 + abs(x))",
        "softsign_derivative": "1 / (1 + abs(x)) ** 2",
        "softsign_backward": "grad / (1 + abs(x)) ** 2",
        "softsign_inverse": "x / (1 - abs(x))",
    }[case.op]
    operands = dict(zip(("x", "grad"), reversed(case.inputs), strict=False))
    return functools.partial(load("numexpr").evaluate, text, operands, **case.keywords)


@peer(ALL, (*COMMON, "softsign_inverse", "softsign_with_derivative"), out=False)
def jax(case: Case, threads: int) -> Callable[[], Any]:
    module = load("jax")  # uses as many threads as the process may use CPUs
    module.config.update("jax_enable_x64", True)
    formula = module.nn.soft_sign if case.op == "softsign" else formulas(1)[case.op]
    compiled, inputs = module.jit(formula), [module.numpy.asarray(x) for x in case.inputs]
    return lambda: module.block_until_ready(compiled(*inputs))


@peer(ALL, COMMON, out=False)
def torch(case: Case, threads: int) -> Callable[[], Any]:
    module = load("torch")
    module.set_num_threads(threads)

    def tensor(x: np.ndarray) -> Any:
        if case.dtype == "bfloat16":
            return module.from_numpy(x.view(np.int16)).view(module.bfloat16)
        return module.from_numpy(x)

    inputs = [tensor(x) for x in case.inputs]
    softsign = module.nn.functional.softsign
    if case.op == "softsign":
        return functools.partial(softsign, *inputs)
    if case.op == "softsign_derivative":
        return functools.partial(formulas(1)[case.op], *inputs)
    grad, x = inputs[0], inputs[1].requires_grad_()
    y = softsign(x)  # not timed: the backward pass alone is compared
    return lambda: module.autograd.grad(y, x, grad, retain_graph=True)[0]


def onnx_session(threads: int) -> Any:
    """Return a session whose model is one operator, Softsign of float32."""
    helper, runtime = load("onnx.helper"), load("onnxruntime")
    float32 = 1  # onnx.TensorProto.FLOAT
    x, y = (helper.make_tensor_value_info(name, float32, ["n"]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Softsign", ["x"], ["y"])], "softsign", [x], [y])
    opset = [helper.make_opsetid("", 22)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    return runtime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


@peer(("float32",), ("softsign",), out=True)
def onnxruntime(case: Case, threads: int) -> Callable[[], Any]:
    session = onnx_session(threads)
    (array,) = case.inputs
    if not (array.flags.c_contiguous and array.dtype.isnative):
        raise UnsupportedError("onnxruntime takes native arrays in C order alone")
    if case.out is None:
        return lambda: session.run(None, {"x": array})[0]
    binding = session.io_binding()
    binding.bind_cpu_input("x", array)
    binding.bind_output("y", "cpu", 0, np.float32, array.shape, case.out.ctypes.data)

    def run() -> np.ndarray:
        session.run_with_iobinding(binding)
        return case.out

    return run


@peer(ALL, ("softsign", "softsign_backward"), out=False)
def tensorflow(case: Case, threads: int) -> Callable[[], Any]:
    module = tensorflow_with(threads)
    softsign = {"softsign": module.nn.softsign, "softsign_backward": module.raw_ops.SoftsignGrad}
    names = {"softsign": ["features"], "softsign_backward": ["gradients", "features"]}[case.op]
    tensors = dict(zip(names, map(module.convert_to_tensor, case.inputs), strict=True))
    return functools.partial(softsign[case.op], **tensors)


@functools.cache
def tensorflow_with(threads: int) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    module = load("tensorflow")
    module.config.threading.set_intra_op_parallelism_threads(threads)
    module.config.threading.set_inter_op_parallelism_threads(1)
    return module


PEERS = {make.__name__: make for make in (numba, numexpr, jax, torch, onnxruntime, tensorflow)}
