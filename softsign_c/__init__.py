"""Softsign, x / (1 + |x|), and its derivatives as NumPy ufuncs.

Each works on float16, float32 and float64, and on bfloat16 where ml_dtypes is installed; other
dtypes are converted as by NumPy's own ufuncs of floats. Results are the same bits on every machine.
"""

try:
    from softsign_c._isa import active_isa, available_isas, use_isa
    from softsign_c._isa import use_default_isa as _use_default_isa
    from softsign_c._kernels import lib as _lib
    from softsign_c._threads import get_num_threads, set_num_threads
    from softsign_c._threads import use_default_num_threads as _use_default_num_threads
    from softsign_c._ufunc import ufunc_of as _ufunc_of
except Exception as error:
    from softsign_c._cli.start import explained

    raise explained(error, __path__[0]) from error

import _cffi_backend  # noqa: F401  (_kernels needs it; so do tools that look for what to freeze)

__all__ = [
    "active_isa",
    "available_isas",
    "get_num_threads",
    "set_num_threads",
    "softsign",
    "softsign_backward",
    "softsign_derivative",
    "softsign_inverse",
    "softsign_second_derivative",
    "softsign_with_derivative",
    "use_isa",
]

try:
    _use_default_isa()
    _use_default_num_threads()
except ValueError as error:
    from softsign_c._cli.start import postpone

    postpone(error)
if _cache := _lib.softsign_last_level_cache():  # 0 without streaming stores
    # A virtual machine reports the last level of a whole server. From 40 MiB of all operands on,
    # streaming stores win there even if the result is read immediately (bench/streaming.py).
    _lib.softsign_set_streaming_bytes(min(_cache, 40 * 2**20))


def __getattr__(name):
    if name == "torch":  # on demand, as PyTorch takes a second
        from importlib import import_module

        return import_module("softsign_c.torch")
    if name == "__version__":  # on demand: reading it takes longer than all the rest
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("softsign_c")
        except PackageNotFoundError:  # as in a frozen application
            pass
    raise AttributeError(f"module 'softsign_c' has no attribute {name!r}")


def __dir__():  # without torch, as a tool that looks at each of these names would import PyTorch
    return sorted({*__all__, "__version__", *filter(lambda name: name.startswith("__"), globals())})


@_ufunc_of("forward")
def softsign(x, /):
    """Softsign, element-wise: y = x / (1 + abs(x)).

    Parameters
    ----------
    x : array_like
        Numbers of any shape.
    **kwargs
        `out`, `where`, `casting`, `order`, `dtype`, `subok`: as for NumPy's own ufuncs.

    Returns
    -------
    y : ndarray or scalar
        Of the shape of `x` and, if that is of floats, its dtype, within [-1, 1].

    Raises
    ------
    TypeError
        If `x` is complex, wider than float64, or not numeric.

    Notes
    -----
    The limits are exact: +-inf gives +-1, NaN gives NaN, -0 gives -0, and subnormal numbers
    come back unchanged. The result is odd, bit for bit, and equals NumPy's
    ``x / (1 + np.abs(x))`` at every finite float32 and float64. The error is below {below} ulp (at
    worst {worst} ulp in float32); float16 and bfloat16 are rounded correctly.

    References
    ----------
    J. Turian, J. Bergstra, Y. Bengio: "Quadratic features and deep architectures for chunking",
    NAACL HLT 2009, where softsign enters neural networks.

    Examples
    --------
    >>> softsign([-3.0, 0.0, 1.0, float("inf")])
    array([-0.75,  0.  ,  0.5 ,  1.  ])
    """


@_ufunc_of("derivative")
def softsign_derivative(x, /):
    """Derivative of softsign, element-wise: dy/dx = 1 / (1 + abs(x))^2.

    Parameters
    ----------
    x : array_like
        Numbers of any shape: the inputs of `softsign`, not its outputs.
    **kwargs
        `out`, `where`, `casting`, `order`, `dtype`, `subok`: as for NumPy's own ufuncs.

    Returns
    -------
    derivative : ndarray or scalar
        Of the shape of `x` and, if that is of floats, its dtype, within [0, 1].

    Raises
    ------
    TypeError
        If `x` is complex, wider than float64, or not numeric.

    Notes
    -----
    +-inf gives 0, +-0 gives 1, NaN gives NaN. The result is even, bit for bit. The error is
    below {below} ulp (at worst {worst} ulp in float32); float16 and bfloat16 are rounded correctly.

    References
    ----------
    X. Glorot, Y. Bengio: "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, on what the slow decay of this derivative does to training.

    Examples
    --------
    >>> softsign_derivative([-1.0, 0.0, 3.0, float("inf")])
    array([0.25  , 1.    , 0.0625, 0.    ])
    """


@_ufunc_of("backward")
def softsign_backward(grad, x, /):
    """Gradient of a loss through softsign, element-wise: grad / (1 + abs(x))^2.

    One pass and no temporary array, unlike ``grad * softsign_derivative(x)``.

    Parameters
    ----------
    grad : array_like
        Gradient of the loss with respect to ``softsign(x)``.
    x : array_like
        The inputs of `softsign`; `grad` and `x` are broadcast together.
    **kwargs
        `out`, `where`, `casting`, `order`, `dtype`, `subok`: as for NumPy's own ufuncs.

    Returns
    -------
    gradient : ndarray or scalar
        Gradient of the loss with respect to `x`, of the broadcast shape and the common dtype.

    Raises
    ------
    TypeError
        If `grad` or `x` is complex, wider than float64, or not numeric.

    Notes
    -----
    Computed as (grad * r) * r with r = 1 / (1 + abs(x)), so that it is finite for every finite
    `grad`, and more accurate than a multiplication by the derivative where that is subnormal.
    NaN in either input gives NaN. At an infinite `x` a finite `grad` gives a zero of its sign, an
    infinite one gives infinity. The error is below {below} ulp.

    References
    ----------
    X. Glorot, Y. Bengio: "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010.

    Examples
    --------
    >>> softsign_backward(2.0, [-1.0, 0.0, 3.0])
    array([0.5  , 2.   , 0.125])
    """


@_ufunc_of("forward_with_derivative")
def softsign_with_derivative(x, /):
    """Softsign and its derivative, element-wise, in one pass over `x`.

    The same bits as ``softsign(x), softsign_derivative(x)``, with one division and one reading of
    `x`.

    Parameters
    ----------
    x : array_like
        Numbers of any shape.
    **kwargs
        `out`, `where`, `casting`, `order`, `dtype`, `subok`: as for NumPy's own ufuncs.

    Returns
    -------
    y : ndarray or scalar
        ``x / (1 + abs(x))``, of the shape of `x` and, if that is of floats, its dtype.
    derivative : ndarray or scalar
        ``1 / (1 + abs(x))^2``, likewise.

    Raises
    ------
    TypeError
        If `x` is complex, wider than float64, or not numeric.

    Notes
    -----
    Limits and worst errors are those of `softsign` and `softsign_derivative`.

    References
    ----------
    P. Markstein: "Computation of elementary functions on the IBM RISC System/6000 processor",
    IBM Journal of Research and Development 34 (1990), on the division that is saved.

    Examples
    --------
    >>> softsign_with_derivative([-1.0, 0.0, 3.0])
    (array([-0.5 ,  0.  ,  0.75]), array([0.25  , 1.    , 0.0625]))
    """


@_ufunc_of("inverse")
def softsign_inverse(y, /):
    """Inverse of softsign, element-wise: x = y / (1 - abs(y)).

    Parameters
    ----------
    y : array_like
        Numbers of any shape, within [-1, 1].
    **kwargs
        `out`, `where`, `casting`, `order`, `dtype`, `subok`: as for NumPy's own ufuncs.

    Returns
    -------
    x : ndarray or scalar
        Of the shape of `y` and, if that is of floats, its dtype.

    Warns
    -----
    RuntimeWarning
        As `numpy.arctanh` does: of a division by zero where `y` is +-1, which gives +-inf, and of
        an invalid value where abs(y) > 1, which gives NaN. ``np.errstate`` silences it or makes it
        an error.

    Raises
    ------
    TypeError
        If `y` is complex, wider than float64, or not numeric.

    Notes
    -----
    NaN gives NaN, -0 gives -0, and subnormal numbers come back unchanged. The result is odd, bit
    for bit. The error is below {below} ulp (at worst {worst} ulp in float32).

    References
    ----------
    J. Turian, J. Bergstra, Y. Bengio: "Quadratic features and deep architectures for chunking",
    NAACL HLT 2009, where softsign enters neural networks.

    Examples
    --------
    >>> softsign_inverse([-0.75, 0.0, 0.5])
    array([-3.,  0.,  1.])
    """


@_ufunc_of("second_derivative")
def softsign_second_derivative(x, /):
    """Second derivative of softsign, element-wise: -2 sign(x) / (1 + abs(x))^3.

    Parameters
    ----------
    x : array_like
        Numbers of any shape.
    **kwargs
        `out`, `where`, `casting`, `order`, `dtype`, `subok`: as for NumPy's own ufuncs.

    Returns
    -------
    second_derivative : ndarray or scalar
        Of the shape of `x` and, if that is of floats, its dtype, within [-2, 2].

    Raises
    ------
    TypeError
        If `x` is complex, wider than float64, or not numeric.

    Notes
    -----
    +-0 gives 0, the mean of the limits +2 and -2 from the left and the right, and so does +-inf;
    NaN gives NaN. The result is odd, bit for bit. The error is below {below} ulp (at
    worst {worst} ulp in float32).

    References
    ----------
    X. Glorot, Y. Bengio: "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, on saturation: where the derivative is small.

    Examples
    --------
    >>> softsign_second_derivative([-1.0, 0.5, 3.0])
    array([ 0.25      , -0.59259259, -0.03125   ])
    """
