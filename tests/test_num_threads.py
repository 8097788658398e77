"""set_num_threads and get_num_threads, and the environment variable."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from softsign_c import get_num_threads, set_num_threads
from softsign_c._threads import (
    ENVIRONMENT_VARIABLE,
    MAX_THREADS,
    num_threads_local,
    use_default_num_threads,
)

pytestmark = pytest.mark.usefixtures("one_thread")
alone = pytest.mark.thread_unsafe(reason="looks at what all threads share")


def test_the_number_is_one_until_it_is_set():
    assert get_num_threads() == 1


@pytest.mark.parametrize(("text", "number"), [(None, 1), ("", 1), ("3", 3), (" 1024 ", 1024)])
def test_environment_variable_sets_it(text, number, monkeypatch):
    if text is None:
        monkeypatch.delenv(ENVIRONMENT_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    use_default_num_threads()
    assert get_num_threads() == number


@pytest.mark.parametrize("text", ["0", "-1", "1025", "two", "1.5"])
def test_wrong_environment_variable_is_an_error_that_names_it(text, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, text)
    with pytest.raises(
        ValueError, match=f"{ENVIRONMENT_VARIABLE}: .* from 1 to 1024, not {text!r}"
    ):
        use_default_num_threads()


@alone
def test_it_holds_until_further_notice_and_in_every_thread():
    set_num_threads(3)
    set_num_threads(np.int64(5))
    assert get_num_threads() == 5
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(get_num_threads).result() == 5


@alone
def test_context_manager_returns_to_the_previous_one():
    with set_num_threads(2):
        with set_num_threads(MAX_THREADS):
            assert get_num_threads() == MAX_THREADS
        assert get_num_threads() == 2
    with contextlib.suppress(KeyError), set_num_threads(2):
        raise KeyError
    assert get_num_threads() == 1


@pytest.mark.thread_unsafe(reason="has two threads")
def test_one_context_manager_may_be_entered_by_many_threads():
    def enter_and_leave():
        for two, arrived in shared:
            arrived.append(threading.get_ident())
            while len(arrived) < 2:
                pass  # no sleep, so that both go on at once
            try:
                with two:
                    pass
            except IndexError as error:
                errors.append(error)

    errors, shared = [], [(set_num_threads(2), []) for _ in range(100)]
    threads = [threading.Thread(target=enter_and_leave) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@alone
def test_a_thread_may_have_a_number_of_its_own():
    with set_num_threads(2), num_threads_local(4):
        assert get_num_threads() == 4
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(get_num_threads).result() == 2
        with num_threads_local(7):
            assert get_num_threads() == 7
        assert get_num_threads() == 4


@alone
def test_a_threads_own_number_does_not_become_everybodys():
    set_num_threads(3)
    with num_threads_local(4), set_num_threads(2):
        assert get_num_threads() == 4
    assert get_num_threads() == 3


@pytest.mark.parametrize("n", [0, -1, MAX_THREADS + 1, 10**30])
def test_a_wrong_number_is_an_error_that_says_what_is_right(n):
    with pytest.raises(ValueError, match=f"from 1 to 1024, not {n}$"):
        set_num_threads(n)
    assert get_num_threads() == 1


@pytest.mark.parametrize("n", [2.0, "2", None, [2]])
def test_what_is_no_integer_is_refused(n):
    with pytest.raises(TypeError, match="integer"):
        set_num_threads(n)
