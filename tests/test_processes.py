"""Threads, forks, and a floating-point unit that is set otherwise."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from helpers import raw
from helpers.compare import assert_same_bits, bits_of
from helpers.fpu import FloatingPointUnit
from helpers.process import run_script
from helpers.reference import TYPES, sample, specified
from softsign_c import active_isa, available_isas, softsign, use_isa

F32 = TYPES["f32"]
X = np.resize(sample(F32, 1000), 50_000)


def assert_right(_=None):
    """Call every ufunc on the shared input and compare the results."""
    x = X.view(np.float32)
    for op, row in raw.OPS.items():
        with np.errstate(all="ignore"):
            got = raw.ufunc(op)(*[x] * row.inputs)
        expected = specified(op, F32, *[X] * row.inputs)
        for output, bits in zip(got if row.outputs > 1 else [got], expected, strict=True):
            assert_same_bits(bits_of(output), bits, X)


@pytest.fixture
def busy():
    """Keep another thread calling, and switching instruction sets."""
    done, before = threading.Event(), active_isa()

    def switch():
        while not done.is_set():
            for name in available_isas():
                use_isa(name)
                softsign(X.view(np.float32))

    thread = threading.Thread(target=switch)
    thread.start()
    yield
    done.set()
    thread.join()
    use_isa(before)


@pytest.mark.usefixtures("busy")
def test_many_threads_share_an_input_while_another_switches():
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(assert_right, range(48)))


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of a fork with threads: the point
def test_processes_started_in_the_middle_of_calls(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    context = multiprocessing.get_context(method)
    children = [context.Process(target=assert_right) for _ in range(2)]
    for child in children:
        child.start()
    assert_right()
    for child in children:
        child.join(60)
        assert child.exitcode == 0


def test_first_import_in_a_thread():
    done = run_script("""
        import threading
        def work():
            import softsign_c
            print(softsign_c.softsign(3.0))
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        """)
    assert (done.stdout, done.stderr) == ("0.75\n", "")


@pytest.mark.parametrize("control", ["FLUSH_TO_ZERO", "ROUND_UP"])
def test_the_control_word_is_left_as_it_was_found(isa, op, control, floating_point_unit):
    wanted = floating_point_unit.control | getattr(FloatingPointUnit, control)
    x = np.linspace(-0.9, 0.9, 10_001, dtype=np.float32)
    inputs = [x] * raw.OPS[op].inputs
    ufunc = raw.ufunc(op)
    floating_point_unit.control = wanted
    ufunc(*inputs)
    after = floating_point_unit.control
    assert hex(after) == hex(wanted)


def normal_or_infinite(type_, n=5000):
    x = sample(type_, n)
    return x[(x & type_.bits(type_.infinity)) != 0]


@pytest.mark.parametrize("mode", ["FLUSH_RESULTS", "FLUSH_OPERANDS", "FLUSH_TO_ZERO"])
def test_flushing_to_zero_changes_subnormal_numbers_alone(
    isa, op, type_, mode, floating_point_unit
):
    """A normal result of normal or infinite inputs is what it is without the mode; but a number on
    the way may be subnormal: r of backward for the largest |x|, r r r of the second derivative for
    results below twice the smallest normal number.
    """
    binade = 1 << (type_.precision - 1)
    x = normal_or_infinite(type_)
    inputs = [np.roll(x, 7 * k) for k in range(raw.OPS[op].inputs)]
    magnitude = inputs[-1] & type_.bits(type_.sign - 1)
    expected = specified(op, type_, *inputs)
    floating_point_unit.control |= getattr(FloatingPointUnit, mode)
    got = raw.run(isa, op, type_.name, *inputs)
    for output, bits in zip(got, expected, strict=True):
        least = 2 * binade if op == "second_derivative" else binade
        kept = bits & type_.bits(type_.sign - 1) >= least
        if op != "backward":
            kept |= magnitude == type_.infinity
        elif type_.name != "f16":  # whose numbers are far from it
            kept &= (magnitude < type_.infinity - 2 * binade) | type_.is_nan(magnitude)
        assert_same_bits(output[kept], bits[kept], inputs[-1][kept])


def test_flushing_to_zero_leaves_every_instruction_set_the_same_bits(
    op, type_, floating_point_unit
):
    infinity, x = type_.bits(type_.infinity), normal_or_infinite(type_)
    inputs = [np.roll(x, 7 * k) for k in range(raw.OPS[op].inputs)]
    floating_point_unit.control |= FloatingPointUnit.FLUSH_TO_ZERO
    first, *others = [raw.run(isa, op, type_.name, *inputs) for isa in available_isas()]
    for other in others:
        for output, bits in zip(other, first, strict=True):
            kept = (bits & infinity) != 0
            assert_same_bits(output[kept], bits[kept], inputs[-1][kept])
