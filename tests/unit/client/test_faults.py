"""The fault table: each failure of a host, at each kind of call, over real sockets: what is raised, said and logged.

A fault that passes costs a try and no data; one that lasts ends in its own kind of error after a bounded number of
tries; what cannot pass is not tried again.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import pytest

from components.shell import words
from lsq_api.client.client import Client
from lsq_api.contract import errors
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.rate import Rate
from lsq_api.limits.retries import Retries
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says, ScriptedHost, error, host_at, leads
from tests.unit.client.test_client import everything_shown, leaks

LISTED = NotContacted(output=ListOutput(fields=("ProspectStage",)))
BY_STAGE = NotContacted(output=AggregateOutput(group_by="ProspectStage", function=Function.COUNT, field="Score"))
START = datetime(2024, 1, 1, tzinfo=UTC)
ATTEMPTS = 3
QUICK = Retries(attempts=ATTEMPTS, first_wait=0, most_wait=0, jitter=0)
TIMEOUT, SOON = 10.0, 0.3
"""Seconds; the latter where the host is silent, or drips."""
SLOW = {"silence", "slow drip"}
LIMIT = "API calls exceeded the limit of 20 in 5 second(s)"
DAILY = "API calls exceeded the limit of 10000 in 86400 second(s)"
HTML = b"<html><body>Bad gateway</body></html>"
ECHO = f"refused accessKey={quote(ACCESS_KEY, safe='')} {SECRET_KEY}"


class Fault(NamedTuple):
    """What a host does, which error it is, the words of the sentence, and whether another try can help."""

    name: str
    says: Says
    error: type[errors.LeadSquaredError]
    sentence: str
    passing: bool


def throttle(status: int) -> Says:
    return error("MXAPIRateLimitExceededException", LIMIT, status, retry_after="0")


FAULTS = (
    Fault("throttle as 429", throttle(429), errors.Throttled, "too many calls", True),
    Fault("throttle as 403", throttle(403), errors.Throttled, "too many calls", True),
    Fault("throttle as 200", throttle(200), errors.Throttled, "too many calls", True),
    Fault("throttle as text", Says(LIMIT.encode(), 403, "text/plain", {"Retry-After": "0"}), errors.Throttled,
          "too many calls", True),
    Fault("throttle without a body", Says(b"", 429, headers={"Retry-After": "0"}), errors.Throttled,
          "too many calls", True),
    Fault("throttle of a day", error("MXAPIRateLimitExceededException", DAILY, 429), errors.Throttled,
          "too many calls", False),
    Fault("validation under 500", error("MXInvalidInputException", ECHO), errors.Rejected, "this question", False),
    Fault("validation under 200", error("MXMandatoryFieldMissingException", ECHO, 200), errors.Rejected,
          "this question", False),
    Fault("bad request", Says(ECHO.encode(), 400, "text/plain"), errors.Rejected, "this question", False),
    Fault("wrong keys", error("MXInvalidAccessDetailsException", ECHO, 401), errors.Unauthorized,
          "refused the keys", False),
    Fault("wrong region", error("MXUnAuthorizedAccessException", "Use https://api-in21.leadsquared.com/v2/", 401),
          errors.Unauthorized, "belong to api-in21.leadsquared.com", False),
    Fault("no such call", Says(HTML, 404, "text/html"), errors.NotFound, "does not know", False),
    Fault("failure of the host's own", error("InternalServerError", ECHO), errors.HostFailed, "failed to answer", True),
    Fault("time-out at the host", error("MXTimeoutException", "Execution Timeout"), errors.HostFailed,
          "failed to answer", True),
    Fault("gateway", Says(HTML, 502, "text/html"), errors.HostFailed, "failed to answer", True),
    Fault("unavailable", Says(b"", 503, headers={"Retry-After": "0"}), errors.HostFailed, "failed to answer", True),
    Fault("unavailable for long", Says(b"", 503, headers={"Retry-After": "3600"}), errors.HostFailed,
          "failed to answer", False),
    Fault("HTML under 200", Says(HTML, 200, "text/html"), errors.Garbled, "does not understand", True),
    Fault("half a JSON", Says(b'{"TotalCount": "6", "Resu', 200), errors.Garbled, "does not understand", True),
    Fault("nothing under 200", Says(b"", 200), errors.Garbled, "does not understand", True),
    Fault("another shape", Says({"TotalCount": "1", "Results": [{"What": "1"}]}, 200), errors.UnexpectedAnswer,
          "does not understand", False),
    Fault("redirect", Says(b"", 302, headers={"Location": "/elsewhere"}), errors.UnexpectedAnswer,
          "does not understand", False),
    Fault("reset", Says(reset=True), errors.Unreachable, "no answer", True),
    Fault("broken off", Says({"TotalCount": "6", "Results": []}, cut=True), errors.Unreachable, "no answer", True),
    Fault("silence", Says(silent=True), errors.Unreachable, "no answer", True),
    Fault("slow drip", Says(b'{"a": 1}' + b" " * 999, drip=0.02), errors.Unreachable, "no answer", True),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A kind of call: how it is made, what the host answers, what comes of it, and which of its calls fails."""

    ask: Callable[[Client], object]
    answer: Callable[[Asked], Says]
    expected: object
    calls: int = 1
    fails_at: int = 1


def page_of_six(asked: Asked) -> Says:
    index, size = asked.body["Paging"]["PageIndex"], asked.body["Paging"]["PageSize"]
    return leads(6, range(6)[(index - 1) * size : index * size])


def groups(_: Asked) -> Says:
    return Says({"TotalCount": "1", "Results": [{"ProspectStage": "New", "Count": "6"}]})


def activities(asked: Asked) -> Says:
    first = asked.body["Paging"]["PageIndex"] == 1
    rows = [
        {"ProspectActivityId": str(n), "ActivityEvent": "22"} for n in (range(1_000) if first else range(1_000, 1_001))
    ]
    return Says({"RecordCount": 1_001, "List": rows})


KINDS = {
    "aggregate": Kind(lambda client: client.groups(BY_STAGE).groups[0].count, groups, 6),
    "page": Kind(lambda client: ids([client.page(LISTED.page(1, 6))]), page_of_six, [f"lead-{n}" for n in range(6)]),
    "paging": Kind(
        lambda client: ids(client.every_page(LISTED, 2, expected=6)),
        page_of_six, [f"lead-{n}" for n in range(6)], calls=3, fails_at=2,
    ),
    "csv": Kind(
        lambda client: b"".join(client.csv(LISTED)),
        lambda asked: Says(b"ProspectID\r\n1\r\n", kind="text/csv"), b"ProspectID\r\n1\r\n",
    ),
    "users": Kind(lambda client: [user.id for user in client.users()], lambda asked: Says([{"ID": "a"}]), ["a"]),
    "activities": Kind(
        lambda client: [int(one.id) for one in client.activities(22, START, START)],
        activities, list(range(1_001)), calls=2, fails_at=2,
    ),
}  # fmt: skip

UNLIKE = {("another shape", "csv"), ("broken off", "csv"), ("slow drip", "csv"), ("another shape", "activities")}
"""A JSON body is no CSV, whatever its shape; what breaks off or drips has begun, and is tested on its own. Activities
without a list are none, as the contract has it.
"""
TABLE = {
    f"{fault.name} at {name}": (fault, kind)
    for name, kind in KINDS.items()
    for fault in FAULTS
    if (fault.name, name) not in UNLIKE
}
PASSING = [pytest.param(*row, id=name) for name, row in TABLE.items()]
LASTING = [
    # All tries of the slow ones take their time: at one kind of call is enough.
    param
    for param in PASSING
    if not SLOW & {str(param.id).partition(" at ")[0]} or str(param.id).endswith("at page")
]


def ids(pages: Any) -> list[str]:
    return [row["ProspectID"] for page in pages for row in page.rows]


class Played:
    """Answers as its kind does, but for the `times` a fault comes first at one of its calls."""

    def __init__(self, fault: Fault, kind: Kind, times: int) -> None:
        self.fault, self.kind, self.left, self.failed = fault, kind, times, 0

    def __call__(self, asked: Asked) -> Says:
        paging = asked.body.get("Paging", {}) if asked.body else {}
        if paging.get("PageIndex", 1) == self.kind.fails_at and self.left:
            self.left -= 1
            self.failed += 1
            return self.fault.says
        return self.kind.answer(asked)


def client_of(host: ScriptedHost, fault: Fault) -> Client:
    """With a limit that no test reaches, so that the pause after a throttle is what a host asks for."""
    seconds = SOON if fault.name in SLOW else TIMEOUT
    pacer = Pacer([Rate(1_000, 1)], margin=0)
    return Client(host.host, timeout=seconds, total_timeout=seconds, pacer=pacer, retries=QUICK)


@pytest.mark.parametrize(("fault", "kind"), PASSING)
def test_fault__that_passes(fault: Fault, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    played = Played(fault, kind, times=1)
    with ScriptedHost(played) as host, client_of(host, fault) as client:
        if fault.passing:
            assert kind.ask(client) == kind.expected, "nothing lost, nothing doubled"
            assert len(host.asked) == kind.calls + 1
        else:
            with pytest.raises(fault.error):
                kind.ask(client)
            assert played.failed == 1, "not tried again"
        failures = [call for call in client.ledger.recent() if call.failure]
    assert [call.failure for call in failures] == [fault.error.__name__]
    tried = [record.getMessage() for record in caplog.records if record.name == "lsq_api.limits.retries"]
    assert [fault.error.__name__ in line for line in tried] == [True]
    assert leaks(caplog.text) == []


@pytest.mark.parametrize(("fault", "kind"), LASTING)
def test_fault__that_lasts(fault: Fault, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    played = Played(fault, kind, times=99)
    with (
        ScriptedHost(played) as host,
        client_of(host, fault) as client,
        pytest.raises(errors.LeadSquaredError) as caught,
    ):
        kind.ask(client)
    assert type(caught.value) is fault.error
    for_a_file = kind is KINDS["paging"]
    attempts = QUICK.patient.attempts if for_a_file else QUICK.attempts
    assert played.failed == (attempts if fault.passing else 1)
    assert fault.sentence in words.failure(caught.value).replace("\\", "")
    assert host.asked[-1].path in str(caught.value), "the administrator learns which call it was"
    assert caught.value.__context__ is None, "what httpx raised holds the address, and the address the keys"
    assert leaks("\n".join([caplog.text, everything_shown(caught.value), words.failure(caught.value)])) == []


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.name in {"broken off", "slow drip"}])
def test_fault__in_a_csv_that_has_begun_is_not_tried_again(fault: Fault) -> None:
    """What was given away cannot be taken back: a second try would double it."""
    begun = Says(b"ProspectID\r\n1\r\n", kind="text/csv", cut=True)
    with ScriptedHost(begun) as host, client_of(host, fault) as client:
        pieces = client.csv(LISTED)
        assert next(pieces) == b"ProspectID\r\n1\r\n"
        with pytest.raises(errors.Unreachable):
            next(pieces)
        assert len(host.asked) == 1


@pytest.fixture
def deaf() -> Iterator[str]:
    """An address whose line is full: who calls gets neither a yes nor a no."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        found.listen(0)
        address = found.getsockname()
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"
        for caller in callers:
            caller.close()


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


@pytest.mark.parametrize(
    ("where", "cause"),
    [("deaf", "timed out while connecting"), ("nobody", "connection refused"), ("http://no-such.invalid", "DNS")],
)
def test_fault__no_connection(
    where: str, cause: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    url = where if where.startswith("http") else request.getfixturevalue(where)
    timeout = httpx.Timeout(TIMEOUT, connect=SOON)
    with Client(host_at(url), timeout=timeout, pacer=Pacer([Rate(1_000, 1)]), retries=QUICK) as client:
        with pytest.raises(errors.Unreachable) as caught:
            client.users()
        assert [call.failure for call in client.ledger.recent()] == ["Unreachable"] * ATTEMPTS
    assert cause in str(caught.value)
    assert words.failure(caught.value) == "LeadSquared gives no answer at the moment. Try again in a minute."
    assert leaks(caplog.text + everything_shown(caught.value)) == []


def test_fault__a_certificate_that_is_refused_is_not_tried_again() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("no") from ssl.SSLCertVerificationError("self-signed")

    host, transport = host_at("https://api.example"), httpx.MockTransport(answer)
    with Client(host, transport=transport, retries=QUICK) as client, pytest.raises(errors.Unreachable, match="TLS"):
        client.users()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (" 7 ", 7.0), ("soon", None), ("", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("-1", None)],
)
def test_retry_after__is_read(header: str, seconds: float | None) -> None:
    with (
        ScriptedHost(Says(b"", 503, headers={"Retry-After": header})) as host,
        Client(host.host) as client,
        pytest.raises(errors.HostFailed) as caught,
    ):
        client.users()
    assert caught.value.retry_after == seconds


def test_right_host__is_not_the_one_that_was_asked() -> None:
    """Both may be named in one message."""
    said = error("MXUnAuthorizedAccessException", "Not at api.leadsquared.com. Use API-in21.leadsquared.com", 401)
    transport = httpx.MockTransport(lambda request: httpx.Response(401, json=said.body))
    host = host_at("https://api.leadsquared.com")
    with Client(host, transport=transport) as client, pytest.raises(errors.Unauthorized) as caught:
        client.whoami()
    assert caught.value.right_host == "api-in21.leadsquared.com"
