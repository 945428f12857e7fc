"""Several readings at once: in order, at the same time, and all of them stopped by the first that fails."""

import threading
from collections.abc import Callable

import pytest

from lsq_api.recency.parallel import AT_ONCE, together


def test_together__answers_stand_in_the_order_of_the_questions():
    assert together([3, 1, 2], lambda one, step: one * 10, lambda: None) == [30, 10, 20]
    assert together([], lambda one, step: one, lambda: None) == []


def test_together__several_are_read_at_once():
    """Each waits for the others: one after the other they would wait for ever."""
    meeting = threading.Barrier(AT_ONCE, timeout=10)
    assert together(range(AT_ONCE), lambda one, step: meeting.wait() >= 0, lambda: None) == [True] * AT_ONCE


def test_together__steps_are_told_by_one_at_a_time():
    told: list[int] = []

    def read(one: int, step: Callable[[], None]) -> None:
        for _ in range(50):
            step()

    together(range(8), read, lambda: told.append(len(told)))
    assert told == list(range(400))


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_together__the_first_failure_stops_the_others(kind: type[BaseException]):
    failed = threading.Event()
    steps: list[int] = []

    def read(one: int, step: Callable[[], None]) -> None:
        if one == 0:
            failed.set()
            raise kind("no")
        assert failed.wait(10)
        for _ in range(1_000):
            step()

    with pytest.raises(kind):
        together(range(20), read, lambda: steps.append(1))
    assert len(steps) < 19 * 1_000


def test_together__a_stop_from_the_progress_is_raised_as_it_is():
    class Stopped(Exception):
        pass

    def stops() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        together(range(9), lambda one, step: step(), stops)
