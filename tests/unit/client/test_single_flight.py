"""Equal questions asked once, and what becomes of those who wait when the one who asks breaks off."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from lsq_api.client.client import Client
from lsq_api.client.single_flight import Flights
from lsq_api.contract.errors import GivenUp
from lsq_api.contract.report import ListOutput, NotContacted
from lsq_api.limits.queue import Caller
from tests.scripted import Asked, Says, ScriptedHost, leads

LONG = 60
REPORT = NotContacted(output=ListOutput(fields=("ProspectStage",)))


class Slow:
    """Waits to be let on, then answers with how often it was asked, or breaks the first time."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.asked, self.breaks = 0, breaks
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        self.begun.set()
        assert self.go_on.wait(LONG)
        if self.breaks and self.asked == 1:
            raise ZeroDivisionError
        return self.asked


def test_share__one_asks_and_all_have_the_answer():
    flights, slow = Flights(), Slow()
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(flights.share, "question", slow)
        assert slow.begun.wait(LONG)
        others = [pool.submit(flights.share, "question", slow) for _ in range(4)]
        slow.go_on.set()
        assert {one.result(LONG) for one in [first, *others]} <= {1, 2}
    assert slow.asked <= 2, "one that came after the answer asks anew"


def test_share__other_questions_are_asked_beside_it():
    flights, slow = Flights(), Slow()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(flights.share, "question", slow)
        assert slow.begun.wait(LONG)
        assert flights.share("another", lambda: 7) == 7
        slow.go_on.set()
        assert first.result(LONG) == 1


def test_share__an_answer_is_not_kept():
    flights, slow = Flights(), Slow()
    slow.go_on.set()
    assert [flights.share("question", slow) for _ in range(2)] == [1, 2]


def test_share__who_waits_asks_where_the_other_broke_off():
    flights, slow = Flights(), Slow(breaks=True)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.share, "question", slow)
        assert slow.begun.wait(LONG)
        second = pool.submit(flights.share, "question", slow)
        slow.go_on.set()
        with pytest.raises(ZeroDivisionError):
            first.result(LONG)
        assert second.result(LONG) == 2


def test_client__somebody_elses_cancel_is_not_mine():
    """Two files ask for the same page; one is cancelled while the host is silent, and its call fails then."""
    cancelled, arrived, go_on = threading.Event(), threading.Event(), threading.Event()

    def answer(asked: Asked) -> Says:
        arrived.set()
        assert go_on.wait(LONG)
        return leads(3, range(3)) if cancelled.is_set() and len(played.asked) > 1 else Says(b"", 503)

    with ScriptedHost(answer) as played, Client(played.host) as client, ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.page, REPORT, Caller(bulk=True, cancelled=cancelled.is_set))
        assert arrived.wait(LONG)
        second = pool.submit(client.page, REPORT, Caller(bulk=True))
        cancelled.set()
        go_on.set()
        with pytest.raises(GivenUp):
            first.result(LONG)
        assert second.result(LONG).total == 3
