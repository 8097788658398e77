from types import TracebackType
from typing import Any

from numpy import ndarray, ufunc

__version__: str

softsign: ufunc
softsign_derivative: ufunc
softsign_backward: ufunc
softsign_with_derivative: ufunc
softsign_inverse: ufunc
softsign_second_derivative: ufunc

def available_isas() -> tuple[str, ...]: ...
def active_isa() -> str: ...
def threaded(
    ufunc: ufunc,
    *inputs: Any,
    out: ndarray | tuple[ndarray | None, ...] | None = None,
    workers: int | None = None,
) -> Any: ...

class use_isa:
    def __init__(self, name: str) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
