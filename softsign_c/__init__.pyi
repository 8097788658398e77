"""Types of the public names. The ufuncs are typed as NumPy types its own, such as `np.sqrt`."""

from collections.abc import Callable
from types import EllipsisType
from typing import Any, Literal, Protocol, TypedDict, Unpack, overload, type_check_only

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from softsign_c._setting import Setting

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

__version__: str

_Scalar = float | np.generic
_Array = NDArray[Any]
_Out = _Array | tuple[_Array] | EllipsisType | None

@type_check_only
class _Keywords(TypedDict, total=False):
    where: ArrayLike | None
    casting: Literal["no", "equiv", "safe", "same_kind", "unsafe"]
    order: Literal["K", "A", "C", "F"] | None
    dtype: DTypeLike | None
    subok: bool
    signature: str | tuple[DTypeLike | None, ...]

@type_check_only
class _Override(Protocol):  # an array of another library, which computes what it wants
    __array_ufunc__: Any

# Each overload of a call: scalars give scalars, arrays give arrays, the rest is not known.

@type_check_only
class _Unary(np.ufunc):  # type: ignore[misc]  # it is final
    @overload
    def __call__(self, x: _Scalar, /, out: None = None, **keywords: Unpack[_Keywords]) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, out: _Out = None, **keywords: Unpack[_Keywords]
    ) -> _Array: ...
    @overload
    def __call__(self, x: _Override, /, out: Any = None, **keywords: Unpack[_Keywords]) -> Any: ...

@type_check_only
class _UnaryOfTwo(np.ufunc):  # type: ignore[misc]  # it is final
    @overload
    def __call__(
        self,
        x: _Scalar,
        out1: None = None,
        out2: None = None,
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[Any, Any]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        out1: _Array | None = None,
        out2: _Array | None = None,
        /,
        *,
        out: tuple[_Array | None, _Array | None] | EllipsisType = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[_Array, _Array]: ...
    @overload
    def __call__(
        self,
        x: _Override,
        out1: Any = None,
        out2: Any = None,
        /,
        *,
        out: Any = ...,
        **keywords: Unpack[_Keywords],
    ) -> Any: ...

@type_check_only
class _Binary(np.ufunc):  # type: ignore[misc]  # it is final
    @overload
    def __call__(
        self, grad: _Scalar, x: _Scalar, /, out: None = None, **keywords: Unpack[_Keywords]
    ) -> Any: ...
    @overload
    def __call__(
        self, grad: ArrayLike, x: ArrayLike, /, out: _Out = None, **keywords: Unpack[_Keywords]
    ) -> _Array: ...
    @overload
    def __call__(
        self, grad: _Override, x: object, /, out: Any = None, **keywords: Unpack[_Keywords]
    ) -> Any: ...
    @overload
    def __call__(
        self, grad: object, x: _Override, /, out: Any = None, **keywords: Unpack[_Keywords]
    ) -> Any: ...

# The decorators turn a list of parameters into a ufunc, as ufunc_of does.
def _unary(described: Callable[..., None]) -> _Unary: ...
def _unary_of_two(described: Callable[..., None]) -> _UnaryOfTwo: ...
def _binary(described: Callable[..., None]) -> _Binary: ...
@_unary
def softsign() -> None: ...
@_unary
def softsign_derivative() -> None: ...
@_binary
def softsign_backward() -> None: ...
@_unary_of_two
def softsign_with_derivative() -> None: ...
@_unary
def softsign_inverse() -> None: ...
@_unary
def softsign_second_derivative() -> None: ...
def available_isas() -> tuple[str, ...]: ...
def active_isa() -> str: ...
def get_num_threads() -> int: ...

class use_isa(Setting):
    def __init__(self, name: str) -> None: ...

class set_num_threads(Setting):
    def __init__(self, n: int) -> None: ...
