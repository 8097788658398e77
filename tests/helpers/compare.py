"""Comparing results bit for bit, and saying in hex where they differ."""

import numpy as np


def bits_of(array: np.ndarray) -> np.ndarray:
    """Return the elements' bits as unsigned integers."""
    array = np.asarray(array)
    return np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}").reshape(array.shape)


def show(bits: int, size: int) -> str:
    return f"0x{int(bits):0{2 * size}x}"


def assert_same_bits(got: np.ndarray, expected: np.ndarray, *inputs: np.ndarray) -> None:
    """Fail with the first few inputs, in hex, at which two arrays of bits differ."""
    __tracebackhide__ = True
    assert got.dtype == expected.dtype
    assert got.shape == expected.shape
    wrong = np.flatnonzero(got.ravel() != expected.ravel())
    if wrong.size == 0:
        return
    inputs = [np.broadcast_to(operand, got.shape).ravel() for operand in inputs]
    lines = [f"{wrong.size} of {got.size} results differ"]
    for i in wrong[:5]:
        at = ", ".join(show(operand[i], operand.itemsize) for operand in inputs)
        lines.append(
            f"  element {i}: f({at}) is {show(got.flat[i], got.itemsize)}, "
            f"not {show(expected.flat[i], got.itemsize)}"
        )
    raise AssertionError("\n".join(lines))


def assert_errors_within(
    bound: float, errors: np.ndarray, got: np.ndarray, *inputs: np.ndarray
) -> None:
    """Fail with the input, in hex, whose error in ulp is the worst, if it is beyond the bound."""
    __tracebackhide__ = True
    errors = np.asarray(errors, np.float64)
    worst = int(np.argmax(errors))
    if not errors[worst] <= bound:
        at = ", ".join(show(operand[worst], operand.itemsize) for operand in inputs)
        raise AssertionError(
            f"f({at}) is {show(got[worst], got.itemsize)}, "
            f"{errors[worst]:.6f} ulp from the true value, not within {bound}"
        )


def assert_same_arrays(got: np.ndarray, expected: np.ndarray) -> None:
    """Fail unless two arrays have the same dtype, shape and bits."""
    __tracebackhide__ = True
    assert got.dtype == expected.dtype
    assert_same_bits(bits_of(got), bits_of(expected))
