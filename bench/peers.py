"""The one list of what is compared: each contender makes, of a case, a function that computes it.

Data is put where the contender wants it beforehand; only the call is timed. All are told how many
threads to use, and nothing else is tuned.
"""

import functools
import importlib
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import softsign_c
from bench.cases import COMMON, OPS, Case, formulas, is_small
from softsign_c._isa import missing_for_isas

Contender = Callable[..., Callable[[], Any]]  # of a case and a number of threads
PEERS: dict[str, Contender] = {}
LABELS = {
    "softsign_c": "softsign_c",
    "numpy": "NumPy's expression",
    "numpy out=": "NumPy, steps with out=",
}
SINGLE = ("float32", "float64")
ALL = (*SINGLE, "float16", "bfloat16")
FASTEST = softsign_c.available_isas()[0]
GRADIENT = "gradient"  # backward as the library differentiates softsign itself


class UnsupportedError(Exception):
    """Why a contender does not take part in a case."""


def load(module: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(module)
        except ImportError as error:
            raise UnsupportedError(f"{module} is not installed ({error})") from None


def several(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else (values,)


def numpy_expression(case: Case, threads: int) -> Callable[[], Any]:
    """The formula as it is written, with a fresh output in the order of the input, and temporaries;
    where another order is wanted the result is copied there.
    """
    x = case.inputs[-1]
    compute = functools.partial(formulas(x.dtype.type(1))[case.op], *case.inputs)
    if case.out is None or np.empty_like(x).strides == several(case.out)[0].strides:
        return compute

    def compute_and_copy() -> Any:
        for out, y in zip(several(case.out), several(compute()), strict=True):
            out[...] = y
        return case.out

    return compute_and_copy


def numpy_out(case: Case, threads: int) -> Callable[[], Any]:
    """The formula as a patient user writes it: each step into a temporary made beforehand."""
    if case.out is None:
        raise UnsupportedError("steps with out= have no fresh output")
    x, out = case.inputs[-1], case.out
    one = x.dtype.type(1)
    s = np.empty(x.shape, x.dtype.newbyteorder("="))
    square = np.empty_like(s)

    def steps():
        np.abs(x, out=s)
        (np.subtract if case.op == "softsign_inverse" else np.add)(one, s, out=s)
        if case.op in ("softsign", "softsign_inverse"):
            np.divide(x, s, out=out)
        elif case.op == "softsign_with_derivative":
            np.divide(x, s, out=out[0])
            np.multiply(s, s, out=s)
            np.divide(one, s, out=out[1])
        elif case.op == "softsign_second_derivative":
            np.multiply(s, s, out=square)  # np.power takes six times as long
            np.multiply(square, s, out=s)
            np.sign(x, out=out)
            np.multiply(out, -(one + one), out=out)
            np.divide(out, s, out=out)
        else:
            np.multiply(s, s, out=s)
            np.divide(case.inputs[0] if len(case.inputs) > 1 else one, s, out=out)
        return out

    return steps


def numpy_ufunc(case: Case, threads: int, ufunc: np.ufunc) -> Callable[[], Any]:
    """One of NumPy's cheapest ufuncs, for what any call of one costs."""
    if not is_small(case) or threads > 1:
        raise UnsupportedError(f"{ufunc.__name__} is for small calls on one thread alone")
    return functools.partial(ufunc, np.abs(case.inputs[-1]), out=case.out)


def copy(case: Case, threads: int) -> Callable[[], Any]:
    """The floor that memory sets: one input to one output, with nothing computed."""
    x = case.inputs[-1]
    out = several(case.out)[0]
    if out is x:
        raise UnsupportedError("a copy onto itself moves nothing")
    return x.copy if out is None else functools.partial(np.copyto, out, x)


def own(case: Case, threads: int, isa: str, missing: str | None = None) -> Callable[[], Any]:
    """The ufunc. Its instruction set and its threads are settings of the whole package."""
    if missing is not None:
        raise UnsupportedError(f"instruction set {isa} needs {missing}")
    softsign_c.use_isa(isa)
    softsign_c.set_num_threads(threads)
    return functools.partial(getattr(softsign_c, case.op), *case.inputs, **case.keywords)


def one_thread(case: Case, threads: int) -> Callable[[], Any]:
    """The ufunc on one thread, in a comparison of many."""
    if threads == 1:
        raise UnsupportedError("all contenders use one thread")
    return own(case, 1, FASTEST)


def peer(label: str, dtypes: Sequence[str], ops: Sequence[str], out: bool) -> Callable[..., Any]:
    """List a peer with what it does: in other cases it is skipped with the reason."""

    def mark(make: Contender) -> Contender:
        name = make.__name__

        @functools.wraps(make)
        def checked(case: Case, threads: int, **options: Any) -> Callable[[], Any]:
            if case.dtype not in dtypes:
                raise UnsupportedError(f"{name} has no {case.dtype}")
            if case.op not in ops:
                raise UnsupportedError(f"{name} is not asked for {case.op}")
            if case.out is not None and not out:
                raise UnsupportedError(f"{name} has arrays of its own and no out=")
            return make(case, threads, **options)

        PEERS[name], LABELS[name] = checked, label
        return checked

    return mark


@functools.cache
def numba_function(op: str, dtype: str, inputs: int, threads: int, **options: Any) -> Any:
    """Return a ufunc, or a loop for the op of two results, which no ufunc of Numba has."""
    module, number = load("numba"), np.dtype(dtype).type
    plain = options.pop("plain_one", False)
    formula = formulas(1 if plain else number(1))[op]
    if op != "softsign_with_derivative":
        type_, target = module.from_dtype(np.dtype(dtype)), "cpu" if threads == 1 else "parallel"
        return module.vectorize([type_(*[type_] * inputs)], target=target, **options)(formula)
    compiled = module.njit(formula)

    def loop(x, y, slope):
        for i in range(x.size):
            y[i], slope[i] = compiled(x[i])
        return y, slope

    return module.njit(loop)


@peer("Numba", SINGLE, OPS, out=True)
def numba(case: Case, threads: int, **options: Any) -> Callable[[], Any]:
    load("numba").set_num_threads(threads)
    compiled = numba_function(case.op, case.dtype, len(case.inputs), threads, **options)
    if case.op == "softsign_with_derivative":
        if threads > 1 or case.out is None:
            raise UnsupportedError("the loop of two results has out= and one thread")
        return functools.partial(compiled, *case.inputs, *case.out)
    return functools.partial(compiled, *case.inputs, **case.keywords)


@peer("NumExpr", SINGLE, (*COMMON, "softsign_inverse"), out=True)
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


@peer("PyTorch", ALL, (*COMMON, GRADIENT), out=False)
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


@functools.cache
def jax_function(op: str) -> Any:
    module = load("jax")  # uses as many threads as the process may use CPUs
    module.config.update("jax_enable_x64", True)
    softsign = module.nn.soft_sign
    if op == GRADIENT:
        return module.jit(lambda grad, x: module.vjp(softsign, x)[1](grad)[0])
    return module.jit(softsign if op == "softsign" else formulas(1)[op])


@peer("JAX", ALL, (*COMMON, "softsign_inverse", "softsign_with_derivative", GRADIENT), out=False)
def jax(case: Case, threads: int) -> Callable[[], Any]:
    compiled, module = jax_function(case.op), load("jax")
    inputs = [module.numpy.asarray(x) for x in case.inputs]
    return lambda: module.block_until_ready(compiled(*inputs))


@functools.cache
def onnx_session(threads: int) -> Any:
    """Return a session whose model is one operator, Softsign of float32."""
    helper, runtime = load("onnx.helper"), load("onnxruntime")
    float32 = 1  # onnx.TensorProto.FLOAT
    x, y = (helper.make_tensor_value_info(name, float32, ["n"]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Softsign", ["x"], ["y"])], "softsign", [x], [y])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    providers = ["CPUExecutionProvider"]
    return runtime.InferenceSession(model.SerializeToString(), options, providers=providers)


@peer("ONNX Runtime", ("float32",), ("softsign",), out=True)
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


@functools.cache
def tensorflow_with(threads: int) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    module = load("tensorflow")
    module.config.threading.set_intra_op_parallelism_threads(threads)
    module.config.threading.set_inter_op_parallelism_threads(1)
    return module


@peer("TensorFlow", ALL, ("softsign", "softsign_backward", GRADIENT), out=False)
def tensorflow(case: Case, threads: int) -> Callable[[], Any]:
    module = tensorflow_with(threads)
    function, names = module.raw_ops.SoftsignGrad, ["gradients", "features"]
    if case.op == "softsign":
        function, names = module.nn.softsign, names[1:]
    tensors = dict(zip(names, map(module.convert_to_tensor, case.inputs), strict=True))
    return functools.partial(function, **tensors)


CONTENDERS: dict[str, Contender] = {
    "np.copyto": copy,
    "np.abs": functools.partial(numpy_ufunc, ufunc=np.abs),
    "np.sqrt": functools.partial(numpy_ufunc, ufunc=np.sqrt),
    "numpy": numpy_expression,
    "numpy out=": numpy_out,
    "softsign_c": functools.partial(own, isa=FASTEST),
    **{
        name: functools.partial(own, isa=name, missing=missing)
        for name, missing in missing_for_isas().items()
        if name != FASTEST
    },
    "one thread": one_thread,
    **PEERS,
}
