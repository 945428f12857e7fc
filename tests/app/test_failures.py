"""What a manager sees when the host fails: a sentence, never a traceback, never a key."""

import socket
from pathlib import Path

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.books import Books
from tests.app.screen import PAGES, OneByOne, Open, Relay, Screen, keys
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says, ScriptedHost, error
from tests.stores import Rows, activity, at, make_store

REFUSED = "LeadSquared refused the keys. Ask your administrator to check them."
UNREACHABLE = "LeadSquared gives no answer at the moment. Try again in a minute."


def said(screen: Screen) -> list[str]:
    return [one.value for one in screen.test.error]


def keeps_quiet(screen: Screen, *secrets: str) -> None:
    """No key and nothing of a traceback goes to the browser."""
    for secret in (ACCESS_KEY, SECRET_KEY, *secrets):
        assert secret.encode() not in screen.sent
    for word in (b"Traceback", b"lsq_api", b"httpx", b"127.0.0.1"):
        assert word not in screen.sent


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{found.getsockname()[1]}"


def test_failure__nothing_listens(view: Open, nobody: str):
    screen = view(environment=keys(nobody))
    assert said(screen) == [UNREACHABLE]
    keeps_quiet(screen)


def test_failure__wrong_keys(view: Open, account: httpx.Client):
    url = str(account.base_url)
    screen = view(environment=keys(url, secret="wrong-secret"))
    assert said(screen) == [REFUSED]
    keeps_quiet(screen, "wrong-secret")


@pytest.mark.parametrize(
    "environment",
    [{"LSQ_DATA": "/there/is/nothing"}, {"LSQ_API_URL": "https://api.leadsquared.com"}, {"LSQ_RATE_LIMIT": "fast"}],
    ids=str,
)
def test_failure__settings_that_cannot_be(view: Open, environment: dict[str, str]):
    screen = view(environment=environment)
    assert said(screen) == ["The dashboard is not connected. Ask your administrator to check its settings."]
    keeps_quiet(screen)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Says(b"<html>no</html>", 502, "text/html"), "failed to answer"),
        (Says(b"<html>hello</html>", 200, "text/html"), "does not understand"),
        (Says({"hello": "world"}), "does not understand"),
        (Says(b"", 404), "does not know this report"),
        (error("MXAPIRateLimitExceededException", f"limit for {ACCESS_KEY}", 429), "too many calls"),
        (error("MXInvalidInputException", f"{SECRET_KEY} is odd", 500), "could not read this question"),
        (Says(reset=True), "gives no answer"),
    ],
    ids=lambda value: str(getattr(value, "status", value)),
)
def test_failure__of_the_reports_leaves_the_frame(view: Open, account: httpx.Client, answer: Says, words: str):
    """The names are known, the reports fail: the form stays, so that a filter can be taken away."""

    def instead(asked: Asked) -> Says | None:
        return answer if asked.path.startswith("/Leads/") else None

    with ScriptedHost(Relay(account, instead)) as host:
        screen = view({"stage": "Prospect"}, environment=keys(host.url))
        assert len(said(screen)) == 1
        assert words in said(screen)[0]
        assert [button.label for button in screen.test.button if button.label == "Apply"] == ["Apply"]
        keeps_quiet(screen)


def test_failure__of_one_tile_leaves_the_others(view: Open, account: httpx.Client):
    def instead(asked: Asked) -> Says | None:
        by_source = asked.body and asked.body.get("Output", {}).get("GroupBy") == "Source"
        return Says(b"", 503) if by_source else None

    with ScriptedHost(OneByOne(account, instead)) as host:
        screen = view(environment=keys(host.url))
        assert len(said(screen)) == 1
        assert len(screen.bars("owners")) > 5
        assert len(screen.bars("stages")) > 5
        assert int(screen.metric("Not contacted").replace(",", "")) > 0


def test_failure__is_over_with_the_next_run(view: Open, account: httpx.Client):
    failing = [True]

    def instead(asked: Asked) -> Says | None:
        return Says(b"", 503) if failing and asked.path.startswith("/Leads/") else None

    with ScriptedHost(Relay(account, instead)) as host:
        screen = view(environment=keys(host.url))
        assert said(screen)
        failing.clear()
        assert said(screen.again()) == []
        assert screen.metric("Not contacted")


@pytest.mark.parametrize("page", PAGES)
def test_failure__on_any_page_is_a_sentence(view: Open, account: httpx.Client, page: str):
    def instead(asked: Asked) -> Says | None:
        return None if "LeadsMetaData" in asked.path or asked.method == "GET" else Says(b"", 503)

    with ScriptedHost(Relay(account, instead)) as host:
        screen = view({"lead": "no-such-lead"}, environment=keys(host.url), page=page)
    assert [text for text in said(screen) if "Traceback" in text] == []
    for secret in (ACCESS_KEY, SECRET_KEY):
        assert secret.encode() not in screen.sent


@pytest.mark.parametrize("page", PAGES)
def test_keys__are_in_nothing_that_is_sent(view: Open, account: httpx.Client, books: Books, page: str):
    screen = view({"lead": books.leads[0]["ProspectID"]}, environment=keys(str(account.base_url)), page=page)
    assert len(screen.sent) > 1_000
    assert len(screen.test.error) == 0
    for secret in (ACCESS_KEY, SECRET_KEY):
        assert secret.encode() not in screen.sent


def test_empty__no_lead_at_all(view: Open, tmp_path: Path):
    screen = view(data=make_store(tmp_path / "s", Rows(leads=[])))
    assert [one.value for one in screen.test.info] == ["There are no leads here yet."]


def test_empty__no_lead_that_fits_says_to_loosen_a_filter(view: Open):
    screen = view({"where": "EngagementScore~>~1000000"})
    assert len(screen.test.info) == 1
    assert "reset" in screen.test.info[0].value
    assert screen.metric("Not contacted") == "0"
    assert screen.metric("Share") == screen.metric("Longest wait") == screen.metric("Mean engagement") == "–"


def test_empty__everybody_was_contacted(view: Open, tmp_path: Path):
    rows = Rows(
        leads=[{"ProspectID": "one", "CreatedOn": at("2026-01-01 00:00:00")}],
        activities=[activity(1, "one", 22, "2020-01-02 00:00:00")],
        types=[{"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 1}],
    )
    screen = view(data=make_store(tmp_path / "s", rows))
    assert [one.value for one in screen.test.success] == ["Every one of these leads has been contacted."]
    assert screen.metric("Share") == "0 %"


def test_failure__a_fault_in_own_files(view: Open, tmp_path: Path):
    """The manager gets a sentence; the administrator finds file, line, column and value on Status."""
    (tmp_path / "leads.csv").write_text("ProspectID,CreatedOn\nL-1,2026-01-05 10:00:00\nL-2,soon\n", encoding="utf-8")
    screen = view(environment={"LSQ_DATA": str(tmp_path)})
    fault = "The files of the leads have a fault. Your administrator finds the place on Status."
    assert said(screen) == [fault]
    keeps_quiet(screen, "soon")
    status = view(environment={"LSQ_DATA": str(tmp_path)}, page="status")
    assert said(status) == [fault]
    shown = " ".join(one.value for one in status.test.text)
    assert "leads.csv, line 3, column CreatedOn" in shown
    assert "soon" in shown


def test_failure__of_our_own_shows_nothing_of_where_or_why():
    """A traceback holds what a page was working on; it is for the log."""
    test = AppTest.from_string(f"import streamlit as st\nlead = 'Ann Lee'\nraise RuntimeError('{SECRET_KEY}')").run()
    (shown,) = test.exception
    assert list(shown.stack_trace) == []
    sent = Screen(test).sent
    assert b"error" in sent
    for word in (SECRET_KEY, "RuntimeError", "Ann Lee", "site-packages"):
        assert word.encode() not in sent
