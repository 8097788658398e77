"""softsign_c.torch is no noisier than PyTorch's softsign, and says what it misses."""

import io
import warnings

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install '.[torch]'")

from torch import func  # noqa: E402
from torch.autograd import forward_ad  # noqa: E402
from torch.nn import functional  # noqa: E402

from helpers.process import run_script  # noqa: E402
from helpers.tensors import random  # noqa: E402
from softsign_c.torch import Softsign, softsign  # noqa: E402


def dual_numbers(f, module, x):
    with forward_ad.dual_level():
        f(forward_ad.make_dual(x, x))


def compiled(f, module, x):
    torch.compiler.reset()
    torch.compile(lambda x: f(x) + 1, backend="aot_eager", fullgraph=True, dynamic=True)(x)


def scripted(f, module, x):
    torch.jit.save(torch.jit.script(module), io.BytesIO())


USES = {
    "eager": lambda f, module, x: f(x.requires_grad_()).sum().backward(),
    "grad of grad": lambda f, module, x: func.vmap(func.grad(func.grad(f)))(x[0]),
    "jvp": lambda f, module, x: func.jvp(f, (x,), (x,)),
    "jacfwd": lambda f, module, x: func.jacfwd(func.jacrev(f))(x),
    "dual numbers": dual_numbers,
    "compile": compiled,
    "export": lambda f, module, x: torch.export.export(module, (x,)),
    "trace": lambda f, module, x: torch.jit.trace(module, x),
    "script": scripted,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_no_warning_that_pytorch_does_not_give(use):
    given = []
    for f, module in ((functional.softsign, torch.nn.Softsign()), (softsign, Softsign())) * 2:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            use(f, module, random(3, 4))
        given.append({(warning.category, str(warning.message)) for warning in caught})
    assert given[1] <= given[0]
    assert given[3] <= given[2] | given[0]


def test_the_import_gives_no_warning():
    said = run_script(
        "import warnings, torch; warnings.simplefilter('error'); import softsign_c.torch"
    )
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("name", ["torch", "ml_dtypes"])
def test_a_missing_package_is_named_with_the_extra_that_brings_it(name):
    said = run_script(f"import sys; sys.modules['{name}'] = None; import softsign_c.torch")
    assert said.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: softsign_c.torch needs {name}, "
        "which the extra softsign_c[torch] brings"
    )
