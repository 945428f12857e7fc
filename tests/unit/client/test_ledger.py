"""Calls and answers, counted while they happen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lsq_api.client.client import Client
from lsq_api.client.ledger import Ledger, Tally
from lsq_api.contract import errors
from lsq_api.contract.report import ListOutput, NotContacted
from tests.scripted import Says, ScriptedHost, error, leads

START = datetime(2026, 11, 23, 18, 29, 59, tzinfo=UTC)
REPORT = NotContacted(output=ListOutput(fields=("ProspectID",)))


class Clock:
    """A time that passes when told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


def noted(ledger: Ledger, failure: Exception | None = None) -> None:
    with ledger.call("/a") as outcome:
        if failure:
            outcome.failed(failure)


def test_ledger__a_window_holds_the_calls_sent_in_it():
    clock = Clock()
    ledger = Ledger(clock)
    for _ in range(3):
        noted(ledger)
        clock.wait(seconds=2)
    assert [ledger.within(seconds) for seconds in (1, 3, 5, 7)] == [0, 1, 2, 3]


def test_ledger__a_call_counts_from_its_start():
    """A limit counts calls when they are sent: those under way must not be missing."""
    ledger = Ledger(Clock())
    with ledger.call("/a"):
        assert ledger.within(5) == 1
        assert ledger.since(START - timedelta(hours=1)).calls == 1
        assert ledger.recent() == []


def test_ledger__a_day_begins_on_any_quarter_of_an_hour():
    """Midnight in India is 18:30 UTC."""
    clock = Clock()
    ledger = Ledger(clock)
    noted(ledger, errors.Throttled("/a", 429))
    clock.wait(seconds=1)
    noted(ledger, errors.HostFailed("/a", 500))
    noted(ledger)
    midnight = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    assert ledger.since(midnight) == Tally(2, 0, 1)
    assert ledger.since(midnight - timedelta(minutes=15)) == Tally(3, 1, 1)


def test_ledger__forgets_after_two_days():
    clock = Clock()
    ledger = Ledger(clock)
    noted(ledger)
    for _ in range(4 * 48):
        clock.wait(minutes=15)
        noted(ledger)
    assert ledger.since(START - timedelta(days=9)).calls == 4 * 48


def test_ledger__loses_nothing_between_threads():
    ledger = Ledger(Clock())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: noted(ledger), range(400)))
    assert (ledger.since(START - timedelta(hours=1)).calls, len(ledger.recent())) == (400, 400)


@pytest.mark.parametrize(
    ("says", "status", "failure"),
    [
        (leads(0, ()), 200, ""),
        (
            error("MXAPIRateLimitExceededException", "API calls exceeded the limit of 20 in 5 second(s)", 429),
            429,
            "Throttled",
        ),
        (Says(b"<html>", 502), 502, "HostFailed"),
        (Says(b"[]"), 200, "UnexpectedAnswer"),
        (Says(reset=True), None, "Unreachable"),
    ],
)
def test_client__notes_each_call(says: Says, status: int | None, failure: str):
    with ScriptedHost(says) as host, Client(host.host) as client:
        try:
            client.page(REPORT)
        except errors.LeadSquaredError as raised:
            assert type(raised).__name__ == failure
            said = str(raised)
        else:
            said = ""
        (call,) = client.ledger.recent()
    assert (call.path, call.status, call.failure, call.said) == ("/Leads/NotContacted", status, failure, said)
    assert call.milliseconds > 0


def test_client__notes_a_stream_that_is_left_early():
    with ScriptedHost(Says(b"ProspectID\r\n" + b"x\r\n" * 9, kind="text/csv")) as host, Client(host.host) as client:
        pieces = client.csv(REPORT)
        next(pieces)
        pieces.close()
        (call,) = client.ledger.recent()
    assert (call.status, call.failure) == (200, "")
