from types import TracebackType

from numpy import ufunc

__version__: str

softsign: ufunc
softsign_derivative: ufunc
softsign_backward: ufunc
softsign_with_derivative: ufunc
softsign_inverse: ufunc
softsign_second_derivative: ufunc

def available_isas() -> tuple[str, ...]: ...
def active_isa() -> str: ...

class use_isa:
    def __init__(self, name: str) -> None: ...
    def __enter__(self) -> None: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
