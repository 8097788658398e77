"""What is compared: each contender makes, of a case, a function that computes it once."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from cases import Case, formulas
from peers import PEERS, UnsupportedError

import softsign_c
from softsign_c._isa import missing_for_isas

Contender = Callable[[Case, int], Callable[[], Any]]  # of a case and a number of threads


def numpy_expression(case: Case, threads: int) -> Callable[[], Any]:
    """The formula as it is written: a fresh output, and temporaries.

    Its order in memory is that of the input; where another is wanted the result is copied there.
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


def copy(case: Case, threads: int) -> Callable[[], Any]:
    """The floor that memory sets: one input to one output, with nothing computed."""
    x = case.inputs[-1]
    out = several(case.out)[0]
    if out is x:
        raise UnsupportedError("a copy onto itself moves nothing")
    return x.copy if out is None else functools.partial(np.copyto, out, x)


def isa(name: str, missing: str | None) -> Contender:
    def contender(case: Case, threads: int) -> Callable[[], Any]:
        if missing is not None:
            raise UnsupportedError(f"instruction set {name} needs {missing}")
        softsign_c.use_isa(name)
        softsign_c.set_num_threads(threads)
        return functools.partial(getattr(softsign_c, case.op), *case.inputs, **case.keywords)

    return contender


def several(values: Any) -> tuple[Any, ...]:
    return values if isinstance(values, tuple) else (values,)


def one_thread(case: Case, threads: int) -> Callable[[], Any]:
    """The ufunc on one thread, in a comparison of many."""
    if threads == 1:
        raise UnsupportedError("all contenders use one thread")
    return isa(softsign_c.active_isa(), None)(case, 1)


CONTENDERS: dict[str, Contender] = {
    "np.copyto": copy,
    "numpy": numpy_expression,
    "numpy out=": numpy_out,
    **{name: isa(name, missing) for name, missing in missing_for_isas().items()},
    "one thread": one_thread,
    **PEERS,
}
