"""One piece of work beside the rest: told how far it is, given up when nobody wants it, never lost without a word."""

import gc
import threading
from collections.abc import Callable

import pytest

from lsq_api.contract.errors import GivenUp, Throttled
from lsq_api.work.job import Cancelled, Job, Progress

LONG = 60


class Steps:
    """Takes a step whenever it is let on."""

    def __init__(self, steps: int = 3) -> None:
        self.steps, self.taken = steps, 0
        self.begun, self.go_on, self.over = threading.Event(), threading.Semaphore(0), threading.Event()

    def __call__(self, progress: Progress, cancelled: Callable[[], bool]) -> int:
        try:
            for step in range(self.steps):
                progress(step, self.steps)
                self.taken += 1
                self.begun.set()
                assert self.go_on.acquire(timeout=LONG)
            progress(self.steps, self.steps)
        finally:
            self.over.set()
        return self.taken


def test_job__is_nothing_before_it_begins():
    job = Job(Steps(), name="steps", expected=7)
    assert (job.begun, job.running, job.error, job.progress, job.seconds_left) == (False, False, None, (0, 7), None)


def test_job__has_its_result_once_it_is_over():
    steps = Steps()
    job = Job(steps, name="steps").start()
    assert steps.begun.wait(LONG)
    assert (job.running, job.progress) == (True, (0, 3))
    steps.go_on.release(3)
    assert job.result() == 3
    assert (job.running, job.progress, job.error) == (False, (3, 3), None)


def test_job__begins_once():
    steps = Steps(1)
    steps.go_on.release(2)
    job = Job(steps, name="steps")
    assert [job.start().result() for _ in range(3)] == [1, 1, 1]


def test_job__cancelled_takes_no_further_step():
    steps = Steps()
    job = Job(steps, name="steps").start()
    assert steps.begun.wait(LONG)
    job.cancel()
    steps.go_on.release()
    assert job.wait(LONG)
    assert (steps.taken, job.running, job.cancelled, job.error) == (1, False, True, None)
    with pytest.raises(Cancelled):
        job.result()


@pytest.mark.parametrize("error", [ValueError("no"), Throttled("/Leads/NotContacted", 429)])
def test_job__what_it_raises_is_its_error(error: Exception):
    def fails(_: Progress, __: Callable[[], bool]) -> None:
        raise error

    job = Job(fails, name="fails").start()
    assert job.wait(LONG)
    assert job.error is error
    with pytest.raises(type(error)):
        job.result()


def test_job__given_up_is_no_error_and_still_raised():
    """A page whose file was cancelled: nobody is told of a failure, and whoever waits does not wait for ever."""

    def gives_up(_: Progress, __: Callable[[], bool]) -> None:
        raise GivenUp("nobody wants it")

    job = Job(gives_up, name="gives up").start()
    assert job.wait(LONG)
    assert job.error is None
    with pytest.raises(GivenUp):
        job.result()


def test_job__nobody_holds_is_cancelled():
    steps = Steps()
    job = Job(steps, name="steps").start()
    assert steps.begun.wait(LONG)
    del job
    gc.collect()
    steps.go_on.release(3)
    assert steps.over.wait(LONG)
    assert steps.taken == 1
