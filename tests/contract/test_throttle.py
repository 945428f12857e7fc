"""429: the limit is a true sliding window. Nothing here sleeps: time passes in calls that take no permit."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import httpx
import pytest
from pydantic import SecretStr

from lsq_api.client.client import Client
from lsq_api.contract.report import LeadDistribution, ListOutput
from lsq_api.host.settings import Host
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.rate import Rate
from lsq_api.limits.retries import Retries
from lsq_api.server.app import Options, RateLimit
from lsq_api.server.thread import ServerThread
from tests.conftest import KEYS, NOT_CONTACTED, Caller, Serve

CALL = "/v2/ProspectActivity.svc/ActivityTypes.Get"
TICK = 0.003
"""What the limiter's clock, in whole milliseconds, may be off at each end of a window."""


@dataclass(frozen=True)
class Sent:
    """One call: when it was sent, when its answer was there (seconds of one clock), and its status."""

    before: float
    after: float
    status: int


def call(caller: Caller) -> Sent:
    before = perf_counter()
    status = caller.http.get(CALL, params=KEYS).status_code
    assert status in {200, 429}
    return Sent(before, perf_counter(), status)


def calls_for(caller: Caller, seconds: float) -> Iterator[Sent]:
    """As many calls as fit."""
    end = perf_counter() + seconds
    while perf_counter() < end:
        yield call(caller)


def until(caller: Caller, moment: float) -> None:
    """Let time pass: a call that does not exist takes no permit."""
    while perf_counter() < moment:
        assert caller.http.get("/nope", params=KEYS).status_code == 404


def windows_hold(sent: list[Sent], limit: RateLimit) -> None:
    """No window holds more accepted calls than allowed, however it is laid.

    The server accepted a call at some time between `before` and `after`; so of `limit.calls` + 1 accepted calls in a
    row the last one's answer is at least a window later than the first one's sending.
    """
    accepted = [one for one in sent if one.status == 200]
    for first, last in zip(accepted, accepted[limit.calls :], strict=False):
        assert last.after - first.before >= limit.seconds - TICK


@pytest.fixture
def limited(serve: Serve) -> Callable[[str], tuple[Caller, RateLimit]]:
    def start(text: str) -> tuple[Caller, RateLimit]:
        limit = RateLimit.read(text)
        assert limit is not None
        return serve(rate_limit=limit), limit

    return start


def test_429__just_over_the_limit_of_the_page(serve: Serve) -> None:
    """25 calls in 5 seconds, unless told otherwise."""
    caller = serve(rate_limit=RateLimit())
    sent = [call(caller) for _ in range(25)]
    answer = caller.http.get(CALL, params=KEYS)
    assert perf_counter() - sent[0].before < 5, "too slow a machine for this test to mean anything"
    assert {one.status for one in sent} == {200}
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "Status": "Error",
        "ExceptionType": "MXAPIRateLimitExceededException",
        "ExceptionMessage": "API calls exceeded the limit of 25 in 5 second(s)",
    }


def test_429__no_window_holds_more_and_calls_pass_again(limited: Callable[[str], tuple[Caller, RateLimit]]) -> None:
    """Under constant pressure: a refused call must not count, or nothing would ever pass again."""
    caller, limit = limited("5/1")
    sent = list(calls_for(caller, 3.5))
    windows_hold(sent, limit)
    assert [one.status for one in sent[:6]] == [200] * 5 + [429]
    accepted = [one for one in sent if one.status == 200]
    assert len(accepted) >= 3 * limit.calls
    assert len(sent) > len(accepted)


def test_429__window_slides(limited: Callable[[str], tuple[Caller, RateLimit]]) -> None:
    """A window that starts anew each second would take five calls at its end and five more at the next one's start."""
    caller, limit = limited("5/1")
    first = call(caller)
    until(caller, first.before + 0.75)
    late = [call(caller) for _ in range(4)]
    assert {one.status for one in [first, *late]} == {200}
    sent = [first, *late, *calls_for(caller, 0.6)]
    windows_hold(sent, limit)
    before_the_late_ones_leave = late[0].before + limit.seconds - TICK
    passed = [one for one in sent[5:] if one.status == 200 and one.after < before_the_late_ones_leave]
    assert len(passed) <= 1, "only the first call's place is free until the four late ones leave the window"


def test_429__passes_again_when_the_window_is_over(limited: Callable[[str], tuple[Caller, RateLimit]]) -> None:
    caller, limit = limited("2/1")
    sent = [call(caller) for _ in range(3)]
    assert [one.status for one in sent] == [200, 200, 429]
    until(caller, sent[1].after + limit.seconds + TICK)
    assert call(caller).status == 200


def test_429__every_call_takes_a_permit_and_refused_keys_take_none(
    limited: Callable[[str], tuple[Caller, RateLimit]],
) -> None:
    caller, _ = limited("3/60")
    wrong = KEYS | {"secretKey": "guess"}
    for _ in range(10):
        assert caller.http.get(CALL, params=wrong).status_code == 401
    assert caller.post(NOT_CONTACTED, {}).status_code == 400
    assert caller.get("/v2/UserManagement.svc/Users.Get").status_code == 200
    assert caller.post(NOT_CONTACTED, {}, responseformat="csv").status_code == 400
    for answer in (caller.post(NOT_CONTACTED, {}), caller.get(CALL)):
        assert answer.status_code == 429
        assert answer.json()["ExceptionMessage"] == "API calls exceeded the limit of 3 in 60 second(s)"
    assert caller.http.get(CALL, params=wrong).status_code == 401


def test_429__holds_for_calls_at_the_same_time(limited: Callable[[str], tuple[Caller, RateLimit]]) -> None:
    caller, _ = limited("7/60")

    def one(_: int) -> int:
        with httpx.Client(base_url=caller.http.base_url, trust_env=False, timeout=60) as http:
            return http.get(CALL, params=KEYS).status_code

    with ThreadPoolExecutor(8) as callers:
        statuses = list(callers.map(one, range(24)))
    assert sorted(statuses) == [200] * 7 + [429] * 17


def test_429__the_client_reads_all_under_a_limit_it_was_not_told(company: Caller, tmp_path: Path) -> None:
    """Configured for 50 calls a second at an account that allows 5: one lesson, and then no lead is lost or doubled."""
    keys = SecretStr("key"), SecretStr("secret")
    report = LeadDistribution(output=ListOutput(fields=("ProspectID",)))
    pacer = Pacer([Rate(50, 1)], tmp_path / "x.calls")
    with (
        ServerThread(company.store, Options(*keys, RateLimit(5, 1), strict=True)) as server,
        Client(Host(server.url, server.url, None, *keys), pacer=pacer, retries=Retries(first_wait=0)) as client,
    ):
        total = client.total(report)
        found = [row["ProspectID"] for page in client.every_page(report, 1, expected=total) for row in page.rows]
        assert pacer.window.of <= 5
    assert total > 5
    assert len(found) == len(set(found)) == total


def test_rate_limit__off(serve: Serve) -> None:
    caller = serve(rate_limit=RateLimit.read("off"))
    assert {call(caller).status for _ in range(60)} == {200}


@pytest.mark.parametrize(
    ("text", "limit"), [("25/5", RateLimit(25, 5)), (" 10 / 60 ", RateLimit(10, 60)), ("OFF", None), (" off ", None)]
)
def test_rate_limit__is_read(text: str, limit: RateLimit | None) -> None:
    assert RateLimit.read(text) == limit


@pytest.mark.parametrize("text", ["", "25", "25/", "/5", "0/5", "25/0", "-1/5", "2.5/5", "25/5/5", "many", "²/5"])
def test_rate_limit__says_what_it_wants(text: str) -> None:
    with pytest.raises(ValueError, match="is not a limit; the form is CALLS/SECONDS, such as 25/5, or off"):
        RateLimit.read(text)
