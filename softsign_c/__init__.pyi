from numpy import ufunc

from softsign_c._setting import Setting

__version__: str

softsign: ufunc
softsign_derivative: ufunc
softsign_backward: ufunc
softsign_with_derivative: ufunc
softsign_inverse: ufunc
softsign_second_derivative: ufunc

def available_isas() -> tuple[str, ...]: ...
def active_isa() -> str: ...
def get_num_threads() -> int: ...

class use_isa(Setting):
    def __init__(self, name: str) -> None: ...

class set_num_threads(Setting):
    def __init__(self, n: int) -> None: ...
