"""The server under attack: what takes too long to arrive, too many at once, and requests that nobody means."""

import asyncio
import json
import select
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest

from benchmarks.attack.fuzz import requests
from lsq_api.contract.conditions import MAX_CONDITIONS, MAX_OUTCOMES
from lsq_api.contract.wire import MAX_VALUES
from lsq_api.server.app import MAX_BODY
from lsq_api.server.guard.connections import ConnectionBounds
from lsq_api.server.guard.slots import Slots
from lsq_api.server.options import RateLimit
from lsq_api.server.query.refusal import LONGEST_MESSAGE, Refusal
from tests import engines
from tests.conftest import ACCESS, KEYS, NOT_CONTACTED, SECRET, Caller, Serve
from tests.contract.test_errors import JSON, LIST, envelope
from tests.stores import Rows

LONG = 30
FUZZED = 400
ACCOUNT = "/v2/Authentication.svc/UserByAccessKey.Get"
HEAD = f"x-LSQ-AccessKey: {ACCESS}\r\nx-LSQ-SecretKey: {SECRET}\r\nHost: x\r\n"
POST = f"POST {NOT_CONTACTED} HTTP/1.1\r\n{HEAD}Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def hasty(serve: Serve) -> Caller:
    """A server that waits for no more than a fraction of a second, for few connections."""
    return serve(bounds=ConnectionBounds(of_one=6, in_all=6, patience=0.3, unread=0.3))


@pytest.fixture
def opened(hasty: Caller) -> Iterator[Callable[[], socket.socket]]:
    """Opens connections to it, which are closed at the end."""
    hasty.http.get("/")  # one connection is kept open by the client
    with ExitStack() as open_:
        url = hasty.http.base_url
        yield lambda: open_.enter_context(socket.create_connection((url.host, url.port or 0), timeout=LONG))


def received(connection: socket.socket) -> tuple[int, Any]:
    """The status and the JSON of what comes until the server ends the connection; 0 where nothing comes."""
    with connection.makefile("rb") as file:
        head, _, body = file.read().partition(b"\r\n\r\n")
    return (int(head.split()[1]), json.loads(body)) if head else (0, None)


def test_fuzzed__every_request_has_an_answer_and_none_is_a_failure(company: Caller) -> None:
    """More of them: `python -m benchmarks.attack`."""
    came: Counter[int] = Counter()
    for spoilt in requests(7, engines.fewer(FUZZED)):
        answer = company.http.request(
            spoilt.method, spoilt.path, params=spoilt.query | KEYS, headers=spoilt.headers, content=spoilt.content
        )
        assert answer.status_code in {200, 400, 404, 405}, (spoilt, answer.text)
        assert len(answer.content) < 10 * LONGEST_MESSAGE or answer.status_code == 200
        came[answer.status_code] += 1
    assert came[200] > came.total() / 50
    assert came[400] > came.total() / 2


@pytest.mark.parametrize("deep", [253, 254, 255, 1000, 1024, 1025, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("around", ["{}", '{{"Output": {}}}'])
def test_body__nested_however_deep_is_a_mistake(
    company: Caller, deep: int, opening: str, closing: str, around: str
) -> None:
    body = around.format(opening * deep + "1" + closing * deep)
    answer = company.http.post(NOT_CONTACTED, params=KEYS, content=body, headers=JSON)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 10**25, "9" * 40])
@pytest.mark.parametrize(
    ("path", "parts"),
    [
        (NOT_CONTACTED, {"Paging": {"PageIndex": "#", "PageSize": 5}}),
        (NOT_CONTACTED, {"ReportFilter": {"LeadFilters": [{"LookUpName": "EngagementScore", "LookUpValues": ["#"]}]}}),
        (NOT_CONTACTED, {"ReportFilter": {"LeadFilters": [{"LookUpName": "LeadAge", "LookUpValues": ["#"]}]}}),
        (NOT_CONTACTED, {"ReportFilter": {"ActivityFilters": [{"LookUpValues": ["#"], "SqlOperator": "="}]}}),
        (NOT_CONTACTED, {"Output": {"Type": "Aggregate", "GroupBy": "Source", "AggregateFunction": "Count",
                                    "AggregateField": "Source", "AllLeads": "#"}}),
        ("/v2/ProspectActivity.svc/Retrieve", {"Parameter": {"ActivityEvent": "#"}}),
        ("/v2/ProspectActivity.svc/Retrieve", {"Paging": {"Offset": "#", "RowCount": 1}}),
        ("/v2/ProspectActivity.svc/CustomActivity/RetrieveByActivityEvent",
         {"Parameter": {"ActivityEvent": "#", "FromDate": "2026-01-01 00:00:00", "ToDate": "2026-02-01 00:00:00"}}),
    ],
)  # fmt: skip
def test_number__too_large_for_the_engine_is_no_failure(
    company: Caller, path: str, parts: dict[str, Any], number: Any
) -> None:
    body = (LIST if path == NOT_CONTACTED else {}) | parts
    for one in body.get("ReportFilter", {}).get("LeadFilters", ()):
        one["SqlOperator"] = ">"
    text = json.dumps(body).replace('"#"', json.dumps(number))
    query = KEYS | ({"leadId": "lead-01"} if path.endswith("Retrieve") else {})
    answer = company.http.post(path, params=query, content=text, headers=JSON)
    assert answer.status_code in {200, 400}, answer.text


def of_leads(conditions: int, values: int = 1) -> dict[str, Any]:
    tests = [
        {"LookUpName": "Source", "SqlOperator": "in", "LookUpValues": [f"{n}-{v}" for v in range(values)]}
        for n in range(conditions)
    ]
    return LIST | {"ReportFilter": {"LeadFilters": tests}}


def of_users(groups: int, conditions: int, value: str = "x") -> dict[str, Any]:
    one = {"Condition": [{"LookupName": "FirstName", "Operator": "eq", "LookupValue": value}] * conditions}
    return LIST | {"ReportFilter": {"UserFilter": {"GroupConditions": [one] * groups}}}


def of_outcomes(many: int) -> dict[str, Any]:
    filters = [{"LookUpValues": ["22"], "SqlOperator": "=", "Outcome": f"{n}"} for n in range(1, many + 1)]
    return LIST | {"ReportFilter": {"ActivityFilters": filters}}


SPAN = {"DateField": "LeadCreatedOn", "FromDate": "2026-01-01 00:00:00", "ToDate": "2026-02-01 00:00:00"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (of_leads(MAX_CONDITIONS + 1), "ReportFilter.LeadFilters: has too many items; allowed: at most 50"),
        (of_leads(1, MAX_VALUES + 1), "ReportFilter.LeadFilters[0].LookUpValues: has too many items; allowed: at most"),
        (of_leads(2, MAX_VALUES // 2 + 1), "20,002 values of conditions; allowed: at most 20,000 in all"),
        (of_users(2, 26), "GroupConditions: 52 conditions; allowed: at most 50 in all"),
        (of_users(1, 1, "a," * (MAX_VALUES + 1)), "20,001 values of conditions; allowed: at most 20,000 in all"),
        (of_leads(30) | {"DateFilter": [SPAN] * 21}, "ReportFilter and DateFilter: 51 conditions; allowed: at most 50"),
        (of_outcomes(MAX_OUTCOMES + 1), "9 different outcomes; allowed: at most 8"),
    ],
)
def test_bounds__are_said_with_the_member(company: Caller, body: dict[str, Any], said: str) -> None:
    assert said in envelope(company.post(NOT_CONTACTED, body), 400, "MXInvalidInputException")


def test_bounds__up_to_them_is_answered(company: Caller) -> None:
    for body in (of_leads(MAX_CONDITIONS), of_leads(2, MAX_VALUES // 2), of_users(2, 25), of_outcomes(MAX_OUTCOMES)):
        assert company.post(NOT_CONTACTED, body).status_code == 200


def test_values__twenty_thousand_find_what_two_do(company: Caller) -> None:
    filters = [{"LookUpName": "Source", "SqlOperator": "in", "LookUpValues": ["web", "7"]}]
    few = company.ids(ReportFilter={"LeadFilters": filters})
    filters[0]["LookUpValues"] = [*(f"x{n}" for n in range(MAX_VALUES - 2)), "web", "7"]  # type: ignore[call-overload]
    assert company.ids(ReportFilter={"LeadFilters": filters}) == few != []


def test_body__announced_too_large_is_refused_before_it_comes(
    hasty: Caller, opened: Callable[[], socket.socket]
) -> None:
    connection = opened()
    head = (
        f"POST {NOT_CONTACTED} HTTP/1.1\r\n{HEAD}Content-Type: application/json\r\nContent-Length: {MAX_BODY + 1}\r\n"
    )
    connection.sendall(f"{head}\r\n".encode())
    status, said = received(connection)
    assert (status, said["ExceptionMessage"]) == (400, f"The message body is larger than {MAX_BODY} bytes")


@pytest.mark.parametrize("chunked", [False, True])
def test_body__that_drips_is_ended(hasty: Caller, opened: Callable[[], socket.socket], chunked: bool) -> None:
    connection = opened()
    length = "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n" if chunked else "Content-Length: 99\r\n\r\n{"
    connection.sendall(f"{POST}{length}".encode())
    status, said = received(connection)
    assert (status, said["ExceptionMessage"]) == (408, "The message body did not come within 0.3 seconds")


@pytest.mark.parametrize("sent", ["", "GET / HT", f"GET / HTTP/1.1\r\n{HEAD}"])
def test_headers__that_do_not_come_are_ended(hasty: Caller, opened: Callable[[], socket.socket], sent: str) -> None:
    connection = opened()
    connection.sendall(sent.encode())
    status, said = received(connection)
    assert (status, said["ExceptionType"]) == (408, "MXTimeoutException")


def test_headers__of_the_next_request_are_ended_too(hasty: Caller, opened: Callable[[], socket.socket]) -> None:
    connection = opened()
    connection.sendall(f"GET {ACCOUNT} HTTP/1.1\r\n{HEAD}\r\nGET / HT".encode())
    with connection.makefile("rb") as file:
        everything = file.read()
    assert everything.startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 408 Request Timeout" in everything


def test_body__that_nobody_waits_for_ends_its_connection(hasty: Caller, opened: Callable[[], socket.socket]) -> None:
    connection = opened()
    connection.sendall(f"POST /none HTTP/1.1\r\n{HEAD}Content-Length: 99\r\n\r\n{{".encode())
    assert received(connection)[0] == 404


def test_connections__of_one_address_have_a_bound(hasty: Caller, opened: Callable[[], socket.socket]) -> None:
    others = [opened() for _ in range(5)]
    for one in others:  # each is there once it is answered
        one.sendall(f"GET {ACCOUNT} HTTP/1.1\r\n{HEAD}\r\n".encode())
        assert one.recv(12) == b"HTTP/1.1 200"
    status, said = received(opened())
    assert (status, said["ExceptionType"]) == (429, "MXAPIRateLimitExceededException")
    assert hasty.get(ACCOUNT).status_code == 200
    others[0].shutdown(socket.SHUT_RDWR)
    while others[0].recv(4096):
        pass
    assert hasty.get(ACCOUNT).status_code == 200


def test_wrong_keys__are_slowed_and_who_had_the_right_ones_is_not(serve: Serve) -> None:
    guarded, guessed = serve(wrong_keys=RateLimit(5, 3600)), serve(wrong_keys=RateLimit(5, 3600))
    assert guarded.get(ACCOUNT).status_code == 200
    for caller, right in ((guarded, 200), (guessed, 429)):
        wrong = [caller.http.get(ACCOUNT, params={"accessKey": "a", "secretKey": f"{n}"}) for n in range(8)]
        assert [answer.status_code for answer in wrong] == [401] * 5 + [429] * 3
        assert envelope(wrong[-1], 429, "MXAPIRateLimitExceededException").startswith("Too many calls with wrong keys")
        assert int(wrong[-1].headers["retry-after"]) > 3000
        assert caller.get(ACCOUNT).status_code == right, "a right guess is not told from a wrong one"


def test_slots__one_callers_long_questions_leave_room_for_others() -> None:
    async def asked() -> tuple[str, int]:
        slots, done = Slots(width=1, a_while=0.01, long=4, long_of_one=2), Event()
        slow = [asyncio.create_task(slots.run(lambda: done.wait(LONG), "a")) for _ in range(20)]
        quick = await asyncio.wait_for(slots.run(lambda: "quick", "b"), LONG / 2)
        waiting = sum(not task.done() for task in slow)
        done.set()
        assert all(await asyncio.gather(*slow))
        return quick, waiting

    assert asyncio.run(asked()) == ("quick", 20)


def test_slots__take_turns_among_callers() -> None:
    async def order() -> list[str]:
        slots, done, ran = Slots(width=1, a_while=LONG), Event(), list[str]()
        first = asyncio.create_task(slots.run(lambda: done.wait(LONG), "a"))
        rest = [asyncio.create_task(slots.run(lambda who=who: ran.append(who), who)) for who in "aaab"]  # type: ignore[misc]
        await asyncio.sleep(0)
        done.set()
        await asyncio.gather(first, *rest)
        return ran

    assert asyncio.run(order())[:2] == ["a", "b"]


def test_slots__who_asks_too_much_is_refused_and_nobody_else() -> None:
    async def asked() -> tuple[list[int], str]:
        slots, done = Slots(width=1, a_while=0.01, at_once=3), Event()
        mine = [asyncio.create_task(slots.run(lambda: done.wait(LONG), "a")) for _ in range(5)]
        other = await asyncio.wait_for(slots.run(lambda: "answered", "b"), LONG / 2)
        done.set()
        ends = await asyncio.gather(*mine, return_exceptions=True)
        return [end.status for end in ends if isinstance(end, Refusal)], other

    assert asyncio.run(asked()) == ([429, 429], "answered")


def test_unread__a_client_that_does_not_read_is_ended(serve: Serve) -> None:
    """Its answer is larger than what the system holds for it."""
    leads = [{"ProspectID": f"{n:05}", "Source": f"{n}" * 400} for n in range(4_000)]
    large = serve(Rows(leads), bounds=ConnectionBounds(unread=0.3))
    url, body = large.http.base_url, json.dumps({"Output": {"Type": "List", "IncludeCSV": "ProspectID,Source"}})
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.connect((url.host, url.port or 0))
        query = f"responseformat=csv&accessKey={quote(ACCESS)}&secretKey={quote(SECRET)}"
        head = POST.replace(NOT_CONTACTED, f"{NOT_CONTACTED}?{query}")
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        ended = select.poll()
        ended.register(connection, 0)  # nothing is read: only that the other side has hung up is looked for
        assert ended.poll(LONG * 1000)
    assert len(large.post(NOT_CONTACTED, json.loads(body), responseformat="csv").content) > 6_000_000


@pytest.mark.parametrize(("given", "kept"), [("a-1._Z", True), ("x" * 64, True), ("x" * 65, False), ("a b", False)])
def test_request_id__is_sent_back_and_logged_where_it_is_safe(
    company: Caller, caplog: pytest.LogCaptureFixture, given: str, kept: bool
) -> None:
    for keys in (KEYS, {}):
        with caplog.at_level("INFO", "lsq_api.server"):
            caplog.clear()
            answer = company.http.get(ACCOUNT, params=keys, headers={"X-Request-Id": given})
            company.http.get("/openapi.json")  # once it is answered, what was logged before is there
        named = answer.headers["x-request-id"]
        assert (named == given) == kept
        assert named.isascii()
        assert any(record.getMessage().endswith(f" ms {named}") for record in caplog.records)
