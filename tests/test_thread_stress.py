"""The pool of threads under load, in other interpreters, and while the interpreter ends."""

import importlib.util
import textwrap

import pytest

from helpers.pool_script import BEGIN, run


def test_many_threads_at_once_while_the_number_changes():
    run("""
        def call():
            y = np.empty_like(X)
            for number in range(1, 8):
                set_num_threads(number)
                check(y)
        threads = [threading.Thread(target=call) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """)


def test_a_hundred_thousand_calls_of_random_sizes_and_numbers():
    run("""
        rng = np.random.default_rng(0)
        sizes = rng.integers(1, 50_000, 10**5).tolist()
        numbers = rng.integers(1, 6, 10**5).tolist()
        for size, number in zip(sizes, numbers):
            if size % 16 == 0:
                set_num_threads(number)
            softsign(X[:size], out=Y[:size])
            assert Y[size - 1] == EXPECTED[size - 1] and Y[size // 2] == EXPECTED[size // 2]
            Y[size - 1] = Y[size // 2] = 7
        check()
        """)


def test_calls_at_exit():
    run("""
        import atexit
        atexit.register(check)
        check()
        """)


def test_calls_after_the_main_thread_has_ended():
    said = run("""
        def later():
            threading.main_thread().join()
            check()
            print("right")
        threading.Thread(target=later).start()
        check()
        """)
    assert said == "right\n"


def test_calls_in_daemon_threads_while_the_interpreter_ends():
    run("""
        def forever():
            y = np.empty_like(X)
            while True:
                softsign(X, out=y)
        for _ in range(4):
            threading.Thread(target=forever, daemon=True).start()
        check()
        """)


INTERPRETERS = ["_interpreters", "_xxsubinterpreters"]  # from Python 3.13 on, and before


def test_other_interpreters_share_the_pool():
    found = [name for name in INTERPRETERS if importlib.util.find_spec(name)]
    if not found:
        pytest.skip("this Python has no module that makes interpreters")
    script = textwrap.indent(BEGIN + "check()", "    ")
    other = f"try:\n{script}\nexcept ImportError:\n    pass  # NumPy refuses to be loaded in some"
    run(f"""
        import {found[0]} as interpreters
        check()
        for _ in range(2):
            other = interpreters.create()
            interpreters.run_string(other, {other!r})
            interpreters.destroy(other)
            check()
        """)
