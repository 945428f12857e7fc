import base64
import gzip
import json
import logging
import re
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from lsq_api.client.client import Client
from lsq_api.contract.answer import Group
from lsq_api.contract.conditions import UserFilter
from lsq_api.contract.errors import (
    Garbled,
    GivenUp,
    HostError,
    HostFailed,
    Incomplete,
    LeadSquaredError,
    NotFound,
    Rejected,
    Throttled,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
)
from lsq_api.contract.lookups import Account, Activity, ActivityType, LeadField, User
from lsq_api.contract.report import AggregateOutput, Function, LeadDistribution, ListOutput, NotContacted
from lsq_api.limits.queue import Caller
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says, ScriptedHost, error, host_at, leads

LONG = 60
REPORT = NotContacted(output=ListOutput(fields=("ProspectStage",)))
BY_STAGE = NotContacted(
    output=AggregateOutput(group_by="ProspectStage", function=Function.AVERAGE, field="EngagementScore")
)
START = datetime(2024, 1, 1, tzinfo=UTC)


def escaped(key: str) -> list[str]:
    """How hosts, gateways and their pages write a key: in JSON, in HTML, in an address with its slashes, packed."""
    signs = [sign for sign in key if not sign.isalnum()]
    numbered = (
        dict(zip(map(ord, signs), map(form.format, map(ord, signs)), strict=True)) for form in ("\\u{:04x}", "&#{};")
    )
    return [*map(key.translate, numbered), key.replace("/", "\\/"), quote(key), base64.b64encode(key.encode()).decode()]


FORMS = [
    form
    for key in (ACCESS_KEY, SECRET_KEY)
    for form in (key, quote(key, safe=""), quote(key, safe="").lower(), *escaped(key))
]


def ids(pages: Iterator[Any]) -> list[str]:
    return [row["ProspectID"] for page in pages for row in page.rows]


def numbered(total: int, repeats: int = 0, cap: int = 10_000) -> Callable[[Asked], Says]:
    """A host with `total` leads whose pages each begin with the last rows of the page before."""

    def answer(asked: Asked) -> Says:
        size = min(asked.body["Paging"]["PageSize"], cap)
        start = max((asked.body["Paging"]["PageIndex"] - 1) * (size - repeats), 0)
        return leads(total, range(start, min(start + size, total)))

    return answer


def test_page__sends_the_sample_spelling_and_adds_ids() -> None:
    with ScriptedHost(leads(211_507, [1, 2])) as scripted, Client(scripted.host) as client:
        answer = client.page(REPORT.page(3, 10))
    [asked] = scripted.asked
    assert (asked.method, asked.path) == ("POST", "/Leads/NotContacted")
    assert asked.body == {
        "Output": {"Type": "List", "IncludeCSV": "ProspectStage,ProspectID,OwnerId"},
        "Paging": {"PageIndex": 3, "PageSize": 10},
    }
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"].startswith("leads-not-contacted/")
    assert (answer.total, len(answer.rows)) == (211_507, 2)


def test_page__does_not_double_fields_that_are_asked_for() -> None:
    report = LeadDistribution(output=ListOutput(fields=("ownerid", "ProspectID", "Phone")))
    with ScriptedHost(leads(0, [])) as scripted, Client(scripted.host) as client:
        client.page(report)
    assert scripted.asked[0].path == "/Leads/LeadDistribution/FilterByLeadField"
    assert scripted.asked[0].body["Output"]["IncludeCSV"] == "ownerid,ProspectID,Phone"


def test_keys__in_the_query_for_reports_and_in_headers_for_v2() -> None:
    with ScriptedHost(leads(0, []), Says([])) as scripted, Client(scripted.host) as client:
        client.page(REPORT)
        client.users()
    report, users = scripted.asked
    assert report.query == {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY, "responseformat": "json"}
    assert "$" not in report.target
    assert "x-lsq-secretkey" not in report.headers
    assert users.query == {}
    assert (users.headers["x-lsq-accesskey"], users.headers["x-lsq-secretkey"]) == (ACCESS_KEY, SECRET_KEY)


def test_hosts__reports_and_v2_go_to_their_own() -> None:
    with (
        ScriptedHost(Says([])) as api,
        ScriptedHost(leads(0, [])) as analytics,
        Client(host_at(api.url, analytics.url)) as client,
    ):
        client.page(REPORT)
        client.users()
    assert [asked.path for asked in analytics.asked] == ["/Leads/NotContacted"]
    assert [asked.path for asked in api.asked] == ["/v2/UserManagement.svc/Users.Get"]


def test_client__loopback_calls_bypass_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prevents: a company's proxy in the environment swallowing the calls to the embedded server."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with ScriptedHost(leads(5, [1])) as scripted, Client(scripted.host) as client:
        assert client.page(REPORT).total == 5


def test_client__shared_by_threads() -> None:
    with ScriptedHost(numbered(40)) as scripted, Client(scripted.host) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda index: client.page(REPORT.page(index, 1)), range(1, 41)))
    assert [answer.rows[0]["ProspectID"] for answer in answers] == [f"lead-{n}" for n in range(40)]


def test_total__is_one_row_whatever_the_output() -> None:
    with ScriptedHost(leads(211_507, [1])) as scripted, Client(scripted.host) as client:
        assert client.total(REPORT) == client.total(BY_STAGE.page(7, 500)) == 211_507
    first, second = (asked.body for asked in scripted.asked)
    assert first == second
    assert first["Output"]["Type"] == "List"
    assert first["Paging"] == {"PageIndex": 1, "PageSize": 1}


@pytest.mark.parametrize(
    ("total", "size", "calls"), [(0, 10, 1), (1, 10, 1), (10, 10, 1), (11, 10, 2), (20, 10, 2), (25, 10, 3)]
)
def test_every_page__as_few_calls_as_it_takes(total: int, size: int, calls: int) -> None:
    with ScriptedHost(numbered(total)) as scripted, Client(scripted.host) as client:
        pages = list(client.every_page(REPORT, size))
    assert ids(iter(pages)) == [f"lead-{n}" for n in range(total)]
    assert {page.total for page in pages} == {total}
    assert len(scripted.asked) == calls


@pytest.mark.parametrize("script", [numbered(35, repeats=3), numbered(35, cap=4)], ids=["repeated rows", "smaller"])
def test_every_page__repeated_rows_and_smaller_pages(script: Callable[[Asked], Says]) -> None:
    with ScriptedHost(script) as scripted, Client(scripted.host) as client:
        assert ids(client.every_page(REPORT, 10)) == [f"lead-{n}" for n in range(35)]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ((leads(5, [1, 2]), leads(5, [3]), leads(5, [])), ("3", "5")),
        ((leads(5, [1, 2]), leads(5, [1, 2])), ("2", "5")),
        ((leads(5, []),), ("0", "5")),
        ((leads(2, [1, 2, 3]),), ("3", "2")),
        ((leads(5, [1, 2]), leads(6, [3, 4])), ("changed", "5", "6")),
        ((leads(5, [1, 2]), leads(2, [])), ("changed", "5", "2")),
    ],
)
def test_every_page__incomplete(script: tuple[Says, ...], words: tuple[str, ...]) -> None:
    with ScriptedHost(*script) as scripted, Client(scripted.host) as client, pytest.raises(Incomplete) as caught:
        list(client.every_page(REPORT, 2))
    assert set(words) <= set(re.findall(r"\w+", str(caught.value)))


def test_every_page__row_without_an_id() -> None:
    answer = Says({"TotalCount": "1", "Results": [{"FirstName": "Ann"}]})
    with (
        ScriptedHost(answer) as scripted,
        Client(scripted.host) as client,
        pytest.raises(UnexpectedAnswer, match="ProspectID"),
    ):
        list(client.every_page(REPORT))


def test_every_page__asks_for_no_more_than_is_taken() -> None:
    with ScriptedHost(numbered(100)) as scripted, Client(scripted.host) as client:
        pages = client.every_page(REPORT, 10)
        next(pages)
        pages.close()  # type: ignore[attr-defined]
    assert len(scripted.asked) == 1


def test_groups__read_and_paged() -> None:
    def answer(asked: Asked) -> Says:
        paging = asked.body["Paging"]
        start = (paging["PageIndex"] - 1) * paging["PageSize"]
        rows = [{"Average": f"{n}.5", "ProspectStage": f"stage {n}" if n else None, "Count": str(n)} for n in range(5)]
        return Says({"TotalCount": "5", "Results": rows[start : start + paging["PageSize"]]})

    with ScriptedHost(answer) as scripted, Client(scripted.host) as client:
        groups = client.every_group(BY_STAGE, size=2)
        block = client.groups(BY_STAGE.page(1, 2))
    assert [(group.value, group.count) for group in groups] == [(None, 0)] + [(f"stage {n}", n) for n in range(1, 5)]
    assert (block.total, block.groups) == (5, groups[:2])
    assert isinstance(groups[0], Group)
    assert scripted.asked[0].body["Output"] == {
        "Type": "Aggregate",
        "GroupBy": "ProspectStage",
        "AggregateFunction": "Average",
        "AggregateField": "EngagementScore",
    }


def test_groups__list_report_and_page__aggregate_report_are_mistakes() -> None:
    with Client(host_at("http://127.0.0.1:1")) as client:
        with pytest.raises(TypeError):
            client.groups(REPORT)
        with pytest.raises(TypeError):
            client.page(BY_STAGE)


def test_csv__streams_as_sent() -> None:
    text = b"\xef\xbb\xbfProspectID,FirstName\r\n" + b'1,"{=A1}"\r\n' * 50_000
    with ScriptedHost(Says(text, kind="text/csv; charset=utf-8")) as scripted, Client(scripted.host) as client:
        pieces = list(client.csv(REPORT))
    assert b"".join(pieces) == text
    assert max(map(len, pieces)) < len(text) / 2
    assert scripted.asked[0].query["responseformat"] == "csv"
    assert scripted.asked[0].body["Output"]["IncludeCSV"] == "ProspectStage"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error("MXAPIRateLimitExceededException", "API calls exceeded the limit of 25 in 5 second(s)", 200), Throttled),
        (error("MXInvalidInputException", "no such field", 200), Rejected),
        (Says({"Status": "Error", "ExceptionType": "MXInvalidInputException"}, kind="text/csv"), Rejected),
        (error("MXInvalidAccessDetailsException", "Invalid Access Details provided.", 401), Unauthorized),
        (Says(b"<html>", 502, "text/html"), HostFailed),
        (Says(b"<html>Sign in</html>", 200, "text/html"), Garbled),
        (Says({"TotalCount": "1", "Results": []}), UnexpectedAnswer),
        (Says("text"), UnexpectedAnswer),
        (Says(b"", kind="text/csv"), Garbled),
        (Says(b"", 500, kind="text/csv"), HostFailed),
        (Says(b"a,b\r\n", 500, kind="text/csv"), HostFailed),
    ],
)
def test_csv__error_before_the_first_piece(answer: Says, expected: type[LeadSquaredError]) -> None:
    with ScriptedHost(answer) as scripted, Client(scripted.host) as client, pytest.raises(expected) as caught:
        next(client.csv(REPORT))
    assert type(caught.value) is expected


def test_csv__broken_off() -> None:
    text = b"ProspectID\r\n" + b"1\r\n" * 10
    with ScriptedHost(Says(text, kind="text/csv", cut=True)) as scripted, Client(scripted.host) as client:
        pieces = client.csv(REPORT)
        assert next(pieces) == text
        with pytest.raises(Unreachable, match="broke off"):
            next(pieces)


def test_csv__closing_early_frees_the_connection() -> None:
    text = b"ProspectID\r\n" + b"1\r\n" * 1_000_000
    with ScriptedHost(Says(text, kind="text/csv")) as scripted, Client(scripted.host) as client:
        pieces = client.csv(REPORT)
        next(pieces)
        pieces.close()  # type: ignore[attr-defined]
        assert b"".join(client.csv(REPORT)) == text


LIMIT = "API calls exceeded the limit of 20 in 5 second(s)"
HTML = b"<html><body>Bad gateway</body></html>"
FAILURES: list[tuple[Says, type[LeadSquaredError]]] = [
    (error("MXAPIRateLimitExceededException", LIMIT, 429), Throttled),
    (error("MXAPIRateLimitExceededException", LIMIT, 403), Throttled),
    (error("MXAPIRateLimitExceededException", "", 200), Throttled),
    (error("MXAPIRateLimitExceededException", LIMIT, 500), Throttled),
    (error("MXThrottleException", "slow down", 500), Throttled),
    (error("", LIMIT, 200), Throttled),
    (error("", LIMIT, 403), Throttled),
    (Says({"Message": LIMIT}, 403), Throttled),
    (Says(LIMIT.encode(), 403, "text/plain"), Throttled),
    (Says(LIMIT.encode(), 200, "text/plain"), Throttled),
    (Says(b"", 429), Throttled),
    (Says(HTML, 429, "text/html"), Throttled),
    (error("MXInvalidAccessDetailsException", "Invalid Access Details provided.", 401), Unauthorized),
    (error("MXInvalidAccessDetailsException", "Invalid Access Details provided.", 500), Unauthorized),
    (error("MXUnAuthorizedAccessException", "use api-in21.leadsquared.com", 200), Unauthorized),
    (Says(b"", 401), Unauthorized),
    (Says(HTML, 403, "text/html"), Unauthorized),
    (error("MXInvalidInputException", "Invalid Input! Parameter Name: PageSize", 400), Rejected),
    (error("MXMandatoryAttributeMissingException", "IncludeCSV", 500), Rejected),
    (error("MXUnknownAttributeException", "mx_Nope", 500), Rejected),
    (error("MXInvalidInputException", "", 200), Rejected),
    (error("MXInvalidInputException", "", 403), Rejected),
    (error("MXInvalidInputException", "Name exceeded the limit of 50 characters", 500), Rejected),
    (error("MXUnauthorizedRequestException", "export restricted", 403), Rejected),
    (Says({"exceptionType": "MXInvalidInputException", "IsMXException": True}, 500), Rejected),
    (Says(b"Unexpected character encountered while parsing value", 400, "text/plain"), Rejected),
    (Says({}, 400), Rejected),
    (Says(b"", 413), Rejected),
    (Says({}, 404), NotFound),
    (Says(HTML, 404, "text/html"), NotFound),
    (Says(b"", 405), NotFound),
    (error("MXUnknownAPIException", "", 200), NotFound),
    (error("MXTimeoutException", "Execution Timeout Expired", 500), HostFailed),
    (error("InternalServerError", "", 500), HostFailed),
    (error("InternalServerError", "", 200), HostFailed),
    (Says({"Status": "Error"}, 200), HostFailed),
    (Says({}, 500), HostFailed),
    (Says(b"", 500), HostFailed),
    (Says(HTML, 502, "text/html"), HostFailed),
    (Says(b'{"TotalCount": "1", "Res', 503), HostFailed),
    (Says(b"", 504), HostFailed),
    (Says(b"", 408), HostFailed),
    (Says(b"", 302, headers={"Location": "/elsewhere"}), UnexpectedAnswer),
    (Says(HTML, 200, "text/html"), Garbled),
    (Says(b"", 200), Garbled),
    (Says(b'{"TotalCount": "1", "Res', 200), Garbled),
    (Says(b'{"TotalCount": "\xff", "Results": []}', 200), Garbled),
    (Says(b"{}", 200, headers={"Content-Encoding": "gzip"}), Garbled),
    (Says({"TotalCount": "1"}, 200), UnexpectedAnswer),
    (Says([], 200), UnexpectedAnswer),
    (Says(b"", reset=True), Unreachable),
    (Says({"TotalCount": "1", "Results": []}, cut=True), Unreachable),
]


@pytest.mark.parametrize(("answer", "expected"), FAILURES)
def test_failure__is_typed(answer: Says, expected: type[LeadSquaredError]) -> None:
    with ScriptedHost(answer) as scripted, Client(scripted.host) as client, pytest.raises(LeadSquaredError) as caught:
        client.page(REPORT)
    assert type(caught.value) is expected
    assert "/Leads/NotContacted" in str(caught.value)
    assert len(scripted.asked) == 1
    if isinstance(caught.value, HostError):
        assert caught.value.status == answer.status


def test_failure__keeps_what_the_host_said() -> None:
    with (
        ScriptedHost(error("MXInvalidInputException", "Parameter Name: PageSize", 500)) as scripted,
        Client(scripted.host) as client,
        pytest.raises(Rejected) as caught,
    ):
        client.users()
    assert caught.value.envelope is not None
    assert caught.value.envelope.type == "MXInvalidInputException"
    assert str(caught.value).endswith("answered 500: MXInvalidInputException: Parameter Name: PageSize")


def test_failure__a_long_saying_is_cut() -> None:
    with (
        ScriptedHost(error("MXInvalidInputException", "x" * 100_000)) as scripted,
        Client(scripted.host) as client,
        pytest.raises(Rejected) as caught,
    ):
        client.users()
    assert len(str(caught.value)) < 1_000


def test_data__that_talks_of_limits_is_data() -> None:
    """Prevents: a lead whose note quotes the throttle being taken for one."""
    rows = [{"ProspectID": "1", "Notes": LIMIT}]
    with ScriptedHost(Says({"TotalCount": "1", "Results": rows})) as scripted, Client(scripted.host) as client:
        assert client.page(REPORT).rows == rows


def test_data__byte_order_mark_and_compression() -> None:
    text = gzip.compress(b"\xef\xbb\xbf" + json.dumps({"TotalCount": "0", "Results": []}).encode())
    with ScriptedHost(Says(text, headers={"Content-Encoding": "gzip"})) as scripted, Client(scripted.host) as client:
        assert client.page(REPORT).total == 0


@pytest.mark.parametrize(
    ("answer", "bounds", "expected", "words"),
    [
        (Says(silent=True), {"timeout": 0.1}, Unreachable, "timed out waiting"),
        (Says(b"x" * 1_000, drip=0.02), {"timeout": 1.0, "total_timeout": 0.1}, Unreachable, "timed out waiting"),
        (Says(b" " * 5_000), {"max_bytes": 1_000}, UnexpectedAnswer, "larger than 1,000 bytes"),
        (Says(gzip.compress(b" " * 5_000_000), headers={"Content-Encoding": "gzip"}), {"max_bytes": 10_000},
         UnexpectedAnswer, "larger than 10,000 bytes"),
    ],
    ids=["silent", "drip", "large", "bomb"],
)  # fmt: skip
def test_bounds__time_and_size(
    answer: Says, bounds: dict[str, Any], expected: type[LeadSquaredError], words: str
) -> None:
    with (
        ScriptedHost(answer) as scripted,
        Client(scripted.host, **bounds) as client,
        pytest.raises(expected, match=words),
    ):
        client.page(REPORT)


def raising(error: Exception) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(answer)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        (httpx.ConnectTimeout(ACCESS_KEY), "timed out while connecting"),
        (httpx.PoolTimeout(ACCESS_KEY), "timed out waiting for a free connection"),
        (httpx.WriteTimeout(ACCESS_KEY), "timed out waiting for the answer"),
        (caused(httpx.ConnectError(ACCESS_KEY), ssl.SSLError(ACCESS_KEY)), "no secure connection (TLS)"),
        (httpx.ReadError(ACCESS_KEY), "no connection"),
        (httpx.ProxyError(ACCESS_KEY), "the proxy refused"),
        (httpx.LocalProtocolError(f"Illegal header value {SECRET_KEY}"), "no connection"),
    ],
)
def test_unreachable__says_why_without_the_text_of_the_library(raised: Exception, words: str) -> None:
    with (
        Client(host_at("https://api.example"), transport=raising(raised)) as client,
        pytest.raises(Unreachable) as caught,
    ):
        client.users()
    assert str(caught.value) == f"api.example gave no answer to /v2/UserManagement.svc/Users.Get: {words}"


def test_unreachable__refused_and_unknown_name() -> None:
    with ScriptedHost(Says([])) as closed:
        refusing = closed.url
    with Client(host_at(refusing)) as client, pytest.raises(Unreachable, match="connection refused"):
        client.users()
    with Client(host_at("http://no-such-host.invalid")) as client, pytest.raises(Unreachable, match=r"\(DNS\)"):
        client.users()


def leaks(text: str) -> list[str]:
    return [form for form in FORMS if form in text]


def everything_shown(caught: BaseException) -> str:
    """All that a log, an error tracker or a debugger would show of an error, and of all frames below the test's own."""
    frames = caught.__traceback__ and caught.__traceback__.tb_next
    shown = traceback.TracebackException(type(caught), caught, frames, capture_locals=True)
    return "\n".join([str(caught), repr(caught), repr(caught.args), repr(vars(caught)), *shown.format()])


ECHO = (
    "POST https://host/Leads/NotContacted?accessKey={a}&secretKey={s} refused; "
    f"{ACCESS_KEY} and {quote(SECRET_KEY, safe='').lower()} with x-LSQ-SecretKey: {SECRET_KEY}"
).format(a=quote(ACCESS_KEY, safe=""), s=quote(SECRET_KEY))

ECHOING = [
    *(answer for answer, _ in FAILURES),
    *(error(kind, ECHO, status) for kind in ("MXInvalidInputException", ECHO, "") for status in (200, 401, 403, 500)),
    *(
        error("MXInvalidInputException", f"Refused ({form})", 400)
        for key in (ACCESS_KEY, SECRET_KEY)
        for form in escaped(key)
    ),
    Says(f"<html>{ECHO}</html>".encode(), 502, "text/html"),
    Says(f"<html>{ECHO}</html>".encode(), 200, "text/html"),
    Says({ECHO: "TotalCount"}),
    Says({"TotalCount": "1", "Results": [ECHO]}),
    Says({"TotalCount": ECHO, "Results": []}),
    Says({"TotalCount": "2", "Results": [{"ProspectID": "1"}]}),
    Says({"TotalCount": "2", "Results": [{ECHO: "1"}]}),
    Says(ECHO.encode(), cut=True),
    Says(silent=True),
]


VERBS: tuple[Callable[[Client], object], ...] = (
    lambda client: client.page(REPORT),
    lambda client: list(client.every_page(REPORT)),
    lambda client: client.groups(BY_STAGE),
    lambda client: list(client.csv(REPORT)),
    Client.users,
    lambda client: client.timeline("lead-1"),
)


@pytest.mark.parametrize("answer", ECHOING)
def test_keys__in_no_error_no_traceback_no_log(answer: Says, caplog: pytest.LogCaptureFixture) -> None:
    """Prevents: httpx's URLs, or a host that echoes them, carrying the keys to a log, a screen or an error tracker."""
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    with ScriptedHost(answer) as scripted, Client(scripted.host, timeout=0.05) as client:
        for verb in VERBS:
            try:
                verb(client)
            except LeadSquaredError as caught:
                assert caught.__context__ is None
                shown.append(everything_shown(caught))
        assert len(shown) >= 2
        shown += [caplog.text, repr(client), repr(vars(client)), repr(client.host)]
    assert leaks("\n".join(shown)) == []


def test_keys__the_search_finds_them() -> None:
    """Prevents: the test above passing because it looks at nothing."""

    def fails(address: str) -> None:
        raise ValueError("no key in here")

    with pytest.raises(ValueError) as caught:
        fails(f"https://host/?secretKey={quote(SECRET_KEY, safe='')}")
    assert leaks(everything_shown(caught.value)) == [quote(SECRET_KEY, safe="")]


@pytest.mark.parametrize("keys", [("K", "S"), ("short", "tiny")])
def test_keys__short_ones_are_hidden_as_words_only(keys: tuple[str, str]) -> None:
    with ScriptedHost(error("MXInvalidInputException", f"Status Keys: {keys[0]}, accessKey={keys[1]}")) as scripted:
        host = type(scripted.host)(scripted.url, scripted.url, None, *map(type(scripted.host.access_key), keys))
        with Client(host) as client, pytest.raises(Rejected) as caught:
            client.users()
    assert str(caught.value).endswith("Status Keys: •••, accessKey=•••")


def answered(answer: object, ask: Callable[[Client], Any]) -> tuple[Asked, Any]:
    """The one request of a verb, and what it makes of the answer."""
    with ScriptedHost(Says(answer)) as scripted, Client(scripted.host) as client:
        found = ask(client)
    [asked] = scripted.asked
    return asked, found


@pytest.mark.parametrize("listed", [True, False])
def test_whoami__account(listed: bool) -> None:
    row = {
        "Id": "u-1",
        "EmailAddress": "ann@x.example",
        "Role": "Administrator",
        "TimeZone": "Asia/Kolkata",
        "OrgDisplayName": "Acme",
        "LSQCommonServiceURLs": {"api": "api-in21.leadsquared.com", "app": "in21.leadsquared.com", "n": None},
    }
    asked, found = answered([row] if listed else row, Client.whoami)
    assert (asked.method, asked.path) == ("GET", "/v2/Authentication.svc/UserByAccessKey.Get")
    services = {"api": "api-in21.leadsquared.com", "app": "in21.leadsquared.com"}
    assert found == Account("u-1", "ann@x.example", "Administrator", "Asia/Kolkata", "Acme", services)


def test_users__rows_of_both_calls() -> None:
    rows = [
        {"ID": "a", "FirstName": "Ann", "LastName": "Lee", "EmailAddress": "ann@x", "Role": "Sales_User",
         "StatusCode": 0},
        {"UserId": "b", "FirstName": None, "LastName": " ", "EmailAddress": "bo@x", "StatusCode": "1",
         "ManagerUserId": "a"},
        {"userid": "c", "StatusCode": None},
    ]  # fmt: skip
    asked, users = answered(rows, Client.users)
    assert (asked.method, asked.path, asked.query) == ("GET", "/v2/UserManagement.svc/Users.Get", {})
    assert users[0] == User("a", "Ann", "Lee", "ann@x", "Sales_User")
    assert [user.name for user in users] == ["Ann Lee", "bo@x", "c"]
    assert [user.active for user in users] == [True, False, True]
    assert [user.manager_id for user in users] == [None, "a", None]


def test_search_users__pages_by_1000_and_sends_the_conditions() -> None:
    def answer(asked: Asked) -> Says:
        start = (asked.body["Paging"]["PageIndex"] - 1) * 1_000
        return Says({"Users": [{"UserId": f"u-{n}"} for n in range(start, min(start + 1_000, 1_500))]})

    with ScriptedHost(answer) as scripted, Client(scripted.host) as client:
        users = client.search_users(UserFilter.by_id(("x", "y")))
    assert [user.id for user in users] == [f"u-{n}" for n in range(1_500)]
    assert len(scripted.asked) == 2
    assert scripted.asked[0].path == "/v2/UserManagement.svc/User/AdvancedSearch"
    assert scripted.asked[0].body["GroupConditions"] == [
        {"Condition": [{"LookupName": "UserID", "Operator": "eq", "LookupValue": "x,y"}]}
    ]
    assert "Columns" not in scripted.asked[0].body


@pytest.mark.parametrize("body", [{}, {"Users": None}, {"Users": []}])
def test_search_users__none(body: object) -> None:
    assert answered(body, Client.search_users)[1] == []


@pytest.mark.parametrize("reporting", [["b", "c"], ["a", "b", "c"]])
def test_team__has_its_manager(reporting: list[str]) -> None:
    asked, team = answered(reporting, lambda client: client.team("a"))
    assert asked.path == "/v2/UserManagement.svc/ReportingHierarchy/RetrieveAllReportingUsers"
    assert asked.query == {"UserId": "a"}
    assert team == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ({}, {}),
        ({"options": False}, {"excludeOptionSets": "1"}),
        ({"schema_name": "mx_City & more"}, {"schemaName": "mx_City & more"}),
    ],
)
def test_lead_fields__query(arguments: dict[str, Any], query: dict[str, str]) -> None:
    asked, _ = answered([], lambda client: client.lead_fields(**arguments))
    assert (asked.path, asked.query) == ("/v2/LeadManagement.svc/LeadsMetaData.Get", query)


def test_lead_fields__read() -> None:
    rows = [
        {"SchemaName": "ProspectStage", "DisplayName": "Lead Stage", "DataType": "Select",
         "RenderTypeTextValue": "Dropdown",
         "Options": [{"Value": "Invalid/ Junk "}, {"Value": ""}, {"Value": None}, "Won", {"Value": "Won"}]},
        {"SchemaName": "mx_mx_Fee", "DataType": "Number"},
    ]  # fmt: skip
    _, fields = answered(rows, Client.lead_fields)
    assert fields == [
        LeadField("ProspectStage", "Lead Stage", "Select", "Dropdown", ("Invalid/ Junk ", "Won")),
        LeadField("mx_mx_Fee", "mx_mx_Fee", "Number"),
    ]
    assert [field.custom for field in fields] == [False, True]


@pytest.mark.parametrize(
    ("answer", "lead"),
    [
        ([], None),
        ([{"ProspectID": "1", "FirstName": None}], {"ProspectID": "1", "FirstName": None}),
        ([{"LeadPropertyList": [{"Attribute": "ProspectID", "Value": "1"}]}], {"ProspectID": "1"}),
    ],
)
def test_lead__by_id(answer: object, lead: dict[str, Any] | None) -> None:
    asked, found = answered(answer, lambda client: client.lead("1&id=2"))
    assert (asked.path, asked.query) == ("/v2/LeadManagement.svc/Leads.GetById", {"id": "1&id=2"})
    assert found == lead


def test_activity_types__names() -> None:
    rows = [
        {"ActivityEvent": 21, "ActivityEventName": "Inbound Phone Call Activity", "EventType": 2},
        {"ActivityEvent": "201", "ActivityEventName": "Visit", "DisplayName": "Field visit"},
        {"ActivityEvent": 0},
    ]
    _, types = answered(rows, Client.activity_types)
    assert types == [
        ActivityType(21, "Inbound Phone Call Activity", 2),
        ActivityType(201, "Field visit"),
        ActivityType(0, "Activity 0"),
    ]


def test_timeline__newest_first() -> None:
    rows = [
        {"Id": "1", "EventCode": 22, "EventName": "Outbound", "CreatedOn": "2024-01-01 10:00:00"},
        {"Id": "2", "EventCode": "21", "CreatedOn": "2024-01-02 10:00:00.000",
         "Data": [{"Key": "ActivityEvent_Note", "Value": "Caller{=}1"}, {"Key": "mx_Custom_3", "Value": "60"}]},
        {"Id": "3", "EventCode": 23, "CreatedOn": "/Date(1704276000000+0530)/", "CreatedByName": "Ann Lee"},
        {"Id": "4", "EventCode": 23, "CreatedOn": None},
    ]  # fmt: skip
    answer = {"RecordCount": 40, "ProspectActivities": rows}
    asked, timeline = answered(answer, lambda client: client.timeline("lead-1", code=22, offset=20, count=4))
    assert (asked.path, asked.query) == ("/v2/ProspectActivity.svc/Retrieve", {"leadId": "lead-1"})
    assert asked.body == {"Parameter": {"ActivityEvent": 22}, "Paging": {"Offset": "20", "RowCount": "4"}}
    assert timeline.total == 40
    assert [activity.id for activity in timeline.activities] == ["3", "2", "1", "4"]
    third, second, first, last = timeline.activities
    assert first == Activity("1", 22, name="Outbound", created_on=datetime(2024, 1, 1, 10, tzinfo=UTC))
    assert (second.note, second.more) == ("Caller{=}1", {"mx_custom_3": "60"})
    assert (third.created_by_name, third.created_on) == ("Ann Lee", datetime(2024, 1, 3, 10, tzinfo=UTC))
    assert last.created_on is None


def test_timeline__note_and_status_from_where_the_service_has_them() -> None:
    """In `ActivityFields`, else in `Data`, where the note is `NotableEventDescription`; the row goes before."""
    data = [{"Key": "NotableEventDescription", "Value": "said"}, {"Key": "Status", "Value": "from data"}]
    fields = {"Status": "Answered", "ActivityEvent_Note": "in full", "Owner": "u1", "mx_Custom_3": "60"}
    rows = [
        {"Id": "1", "EventCode": 22, "Status": None, "Data": data, "ActivityFields": fields},
        {"Id": "2", "EventCode": 22, "Status": "own", "Data": data, "ActivityFields": None},
        {"Id": "3", "EventCode": 22, "Status": "own", "Note": "row's", "Data": data, "ActivityFields": fields},
    ]
    read = [Activity.read(row) for row in rows]
    assert [(one.note, one.status) for one in read] == [("in full", "Answered"), ("said", "own"), ("in full", "own")]
    assert [one.more for one in read] == [{"mx_custom_3": "60"}, {}, {"mx_custom_3": "60"}]


@pytest.mark.parametrize("body", [{}, {"RecordCount": 0}, {"RecordCount": 0, "ProspectActivities": []}])
def test_timeline__none(body: object) -> None:
    asked, timeline = answered(body, lambda client: client.timeline("lead-1"))
    assert (timeline.total, timeline.activities) == (0, [])
    assert asked.body["Parameter"] == {}


@pytest.mark.parametrize("counts_all", [True, False], ids=["RecordCount of all", "RecordCount of the page"])
@pytest.mark.parametrize(("total", "calls"), [(0, 1), (3, 1), (1_003, 2)])
def test_activities__every_page(counts_all: bool, total: int, calls: int) -> None:
    def answer(asked: Asked) -> Says:
        start = (asked.body["Paging"]["PageIndex"] - 1) * 1_000
        rows = [
            {"ProspectActivityId": f"a-{n}", "ActivityEvent": "22", "RelatedProspectId": "lead-1"}
            for n in range(start, min(start + 1_000, total))
        ]
        count = {"RecordCount": total if counts_all else len(rows)}
        return Says({**count, "List": rows} if rows else count)

    india = timezone(timedelta(hours=5, minutes=30))
    with ScriptedHost(answer) as scripted, Client(scripted.host) as client:
        found = list(client.activities(22, START.astimezone(india), START + timedelta(days=1)))
    assert [activity.id for activity in found] == [f"a-{n}" for n in range(total)]
    assert len(scripted.asked) == calls
    assert scripted.asked[0].path == "/v2/ProspectActivity.svc/CustomActivity/RetrieveByActivityEvent"
    assert scripted.asked[0].body["Parameter"] == {
        "FromDate": "2024-01-01 00:00:00",
        "ToDate": "2024-01-02 00:00:00",
        "ActivityEvent": 22,
    }


@pytest.mark.parametrize(
    ("total", "counts_all", "found", "calls"),
    [
        *((0, True, 0, 1), (1, True, 1, 1), (2, True, 2, 2), (3, True, 3, 1), (5_000, True, 5_000, 1)),
        *((0, False, 0, 1), (1, False, 1, 1), (2, False, 2, 2), (3, False, None, 2), (5_000, False, None, 2)),
    ],
)
def test_activity_count__is_not_taken_from_a_page(total: int, counts_all: bool, found: int | None, calls: int) -> None:
    """A host that counts the rows of a page would else seem to have next to no activities."""

    def answer(asked: Asked) -> Says:
        rows = [{"ProspectActivityId": f"a-{n}", "ActivityEvent": "22"} for n in range(total)]
        rows = rows[: asked.body["Paging"]["PageSize"]]
        return Says({"RecordCount": total if counts_all else len(rows), "List": rows})

    with ScriptedHost(answer) as scripted, Client(scripted.host) as client:
        assert client.activity_count(22, START, START + timedelta(days=1)) == found
    assert len(scripted.asked) == calls


def test_activities__lost_rows() -> None:
    row = {"ProspectActivityId": "a", "ActivityEvent": "22"}
    with (
        ScriptedHost(Says({"RecordCount": 2, "List": [row]})) as scripted,
        Client(scripted.host) as client,
        pytest.raises(Incomplete, match="code 22"),
    ):
        list(client.activities(22, START, START))


@pytest.mark.parametrize(
    ("answer", "ask", "words"),
    [
        ({}, Client.users, "list"),
        (["text"], Client.users, "object"),
        ([{"Name": "hidden"}], Client.users, "UserId"),
        ([{"ID": "1", "StatusCode": "hidden"}], Client.users, "StatusCode"),
        ([1], lambda client: client.team("a"), "ID"),
        ([{"DataType": "Text"}], Client.lead_fields, "SchemaName"),
        ([{"ActivityEvent": None}], Client.activity_types, "ActivityEvent"),
        (["text"], lambda client: client.lead("1"), "object"),
        ([], lambda client: client.timeline("1"), "object"),
        ({"ProspectActivities": {"a": 1}}, lambda client: client.timeline("1"), "list"),
        ({"ProspectActivities": [{"Id": 1, "EventCode": "x"}]}, lambda client: client.timeline("1"), "EventCode"),
        ({"ProspectActivities": [{"Id": 1, "EventCode": 1, "CreatedOn": "hidden"}]},
         lambda client: client.timeline("1"), "CreatedOn"),
        ({"RecordCount": 1, "List": 5}, lambda client: next(client.activities(22, START, START)), "list"),
        ([], Client.whoami, "object"),
        ({"EmailAddress": "hidden"}, Client.whoami, "Id"),
    ],
)  # fmt: skip
def test_look_ups__unexpected_rows(answer: object, ask: Callable[[Client], Any], words: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=words) as caught:
        answered(answer, ask)
    assert "hidden" not in str(caught.value)
    assert "/v2/" in str(caught.value)


def test_client__closes_its_connections() -> None:
    with ScriptedHost(Says([])) as scripted:
        client = Client(scripted.host)
        client.users()
        client.close()
        with pytest.raises(RuntimeError):
            client.users()


def test_client__a_call_under_way_has_its_answer_before_the_connections_close() -> None:
    """Prevents: a connection that is opened while the others are closed, and then belongs to nobody."""
    arrived, go_on = threading.Event(), threading.Event()

    def answer(asked: Asked) -> Says:
        arrived.set()
        assert go_on.wait(60)
        return leads(7, [1])

    with ScriptedHost(answer) as scripted, ThreadPoolExecutor(1) as pool:
        client = Client(scripted.host)
        asking = pool.submit(client.total, REPORT)
        assert arrived.wait(60)
        client.close()
        with pytest.raises(RuntimeError):
            client.users()
        go_on.set()
        assert asking.result(60) == 7


def test_client__somebody_elses_cancel_is_not_mine():
    """Two files ask for the same page; one is cancelled while the host is silent, and its call fails then."""
    cancelled, arrived, go_on, order = threading.Event(), threading.Event(), threading.Event(), count(1)

    def answer(asked: Asked) -> Says:
        number = next(order)
        arrived.set()
        assert go_on.wait(LONG)
        return Says(b"", 503) if number == 1 else leads(3, range(3))

    with ScriptedHost(answer) as played, Client(played.host) as client, ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.page, REPORT, Caller(bulk=True, cancelled=cancelled.is_set))
        assert arrived.wait(LONG)
        second = pool.submit(client.page, REPORT, Caller(bulk=True))
        cancelled.set()
        go_on.set()
        with pytest.raises(GivenUp):
            first.result(LONG)
        assert second.result(LONG).total == 3
