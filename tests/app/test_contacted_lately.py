"""Not contacted lately, on a host whose report cannot be asked that: the same screens, and nothing dear unasked."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import streamlit as st

from lsq_api.recency.parallel import AT_ONCE
from tests.app.conftest import served
from tests.app.screen import Open, Relay, Screen, keys
from tests.scripted import Asked, Says, ScriptedHost
from tests.stores import Rows, activity, at, make_store

QUESTION = {"quiet": "30d", "created": "365d"}
DEAR = {"quiet": "30d", "activity": "any"}
TYPES = [{"ActivityEvent": code, "ActivityEventName": f"Type {code}"} for code in range(200, 224)]
CALLED = f"{datetime.now(UTC) - timedelta(days=2):%Y-%m-%d %H:%M:%S}"
FIRM = Rows(
    leads=[
        {"ProspectID": f"lead-{n}", "OwnerId": "u-1", "CreatedOn": at("2026-01-01 00:00:00"), "EngagementScore": n}
        for n in range(9)
    ],
    activities=[activity(n, f"lead-{n}", 200 + n, CALLED) for n in range(3)],
    types=TYPES,
)
"""A firm with so many types of activities that to look at all of them takes many calls."""
LABELS = ("Not contacted", "Share", "Never any activity", "Mean engagement")


def offered(screen: Screen) -> list[str]:
    """What the screen says that an answer takes."""
    return [text.value for text in screen.test.main.text if text.value.startswith("This needs")]


def reads(asked: Asked) -> bool:
    """Whether a call reads activities, rather than to count them."""
    return asked.path.endswith("RetrieveByActivityEvent") and asked.body["Paging"]["PageSize"] == 1_000


def gathered() -> None:
    """Wait for what was started."""
    for thread in threading.enumerate():
        if thread.name == "gathering":
            thread.join(30)


def test_overview__is_the_same_with_and_without_the_extension(view: Open, account: httpx.Client, strict: httpx.Client):
    extended = view(QUESTION, environment=keys(str(account.base_url)))
    st.cache_resource.clear()  # Streamlit keeps the connection, whose host would otherwise be asked again
    with ScriptedHost(Relay(strict)) as host:
        worked_out = view(QUESTION, environment=keys(host.url))
        assert any(call.path.endswith("RetrieveByActivityEvent") for call in host.asked)
    assert {label: worked_out.metric(label) for label in LABELS} == {label: extended.metric(label) for label in LABELS}
    # How many must not be called would take a reading of its own where the report cannot tell who was contacted.
    barred = r" [\d,]+ of the [\d,]+ must not be called\."
    assert worked_out.sentence.partition(" As of ")[0] == re.sub(barred, "", extended.sentence).partition(" As of ")[0]
    for noun in ("owners", "stages", "sources"):
        assert worked_out.bars(noun) == extended.bars(noun)
    ages = "Leads not contacted by age"
    assert [bar["x"] for bar in worked_out.figure(ages)["data"]] == [bar["x"] for bar in extended.figure(ages)["data"]]


@pytest.mark.parametrize("page", ["leads", "owners", "breakdown"])
def test_pages__are_drawn_without_the_extension(view: Open, strict: httpx.Client, page: str):
    screen = view(QUESTION, environment=keys(str(strict.base_url)), page=page)
    assert not screen.test.error
    assert screen.sentence
    assert not offered(screen)


def test_list__holds_the_leads_and_its_export_all_of_them(view: Open, account: httpx.Client, strict: httpx.Client):
    screen = view(QUESTION, environment=keys(str(strict.base_url)), page="leads")
    waiting = int(screen.sentence.split()[0].replace(",", ""))
    assert len(screen.listed) == min(50, waiting)
    (button,) = [one for one in screen.test.get("download_button") if one.proto.label.startswith("CSV")]
    assert f"{waiting:,}" in button.proto.label


def test_filter__not_contacted_in_is_open_on_every_host(view: Open, strict: httpx.Client):
    screen = view(environment=keys(str(strict.base_url)))
    (quiet,) = [one for one in screen.test.selectbox if one.label == "Without contact"]
    assert not quiet.disabled


def test_refresh__reads_leads_and_today_anew(view: Open, strict: httpx.Client):
    with ScriptedHost(Relay(strict)) as host:
        screen = view(QUESTION, environment=keys(host.url))
        before = len(host.asked)
        screen.again()
        assert len(host.asked) == before
        screen.press("Refresh")
        again = Counter(asked.path for asked in host.asked[before:] if reads(asked))
    assert again == {"/v2/ProspectActivity.svc/CustomActivity/RetrieveByActivityEvent": 2}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Its account."""
    with served(make_store(tmp_path_factory.mktemp("firm") / "s", FIRM), strict=True) as client:
        yield client


@pytest.fixture
def slow(firm: httpx.Client) -> Iterator[tuple[ScriptedHost, threading.Event]]:
    """A strict host whose activities come only once the event is set."""
    may = threading.Event()

    def waits(asked: Asked) -> Says | None:
        if reads(asked):
            may.wait(10)
        return None

    with ScriptedHost(Relay(firm, waits)) as host:
        yield host, may
        may.set()


def test_costly__is_offered_with_what_it_takes_and_read_when_started(
    view: Open, slow: tuple[ScriptedHost, threading.Event]
):
    host, may = slow
    screen = view(DEAR, environment=keys(host.url))
    (said,) = offered(screen)
    assert re.fullmatch(r"This needs at least 49 calls, at least \d+ s at your plan's pace\.", said)
    assert not list(filter(reads, host.asked))
    screen.press("Start")
    assert not offered(screen)
    assert "Cancel" in [button.label for button in screen.test.main.button]
    may.set()
    gathered()
    screen.again()
    assert screen.metric("Not contacted") == "6"


def test_costly__cancel_stops_the_calls(view: Open, slow: tuple[ScriptedHost, threading.Event]):
    host, may = slow
    screen = view(DEAR, environment=keys(host.url)).press("Start").press("Cancel")
    may.set()
    gathered()
    assert 0 < len(list(filter(reads, host.asked))) <= AT_ONCE
    screen.again()
    assert offered(screen)
    assert any("cancelled" in caption.value for caption in screen.test.main.caption)


def test_costly__a_failure_is_said_and_it_can_be_started_again(view: Open, firm: httpx.Client):
    failing = [True]

    def fails(asked: Asked) -> Says | None:
        return Says(b"", 503) if failing and reads(asked) else None

    with ScriptedHost(Relay(firm, fails)) as host:
        screen = view(DEAR, environment=keys(host.url)).press("Start")
        gathered()
        screen.again()
        assert len(screen.test.error) == 1
        failing.clear()
        screen.press("Start")
        gathered()
        assert screen.again().metric("Not contacted")


def test_costly__another_page_and_another_span_are_there_as_always(view: Open, firm: httpx.Client):
    environment = keys(str(firm.base_url))
    assert offered(view(DEAR, environment=environment, page="owners"))
    assert view({"activity": "any"}, environment=environment).metric("Not contacted")
    assert not offered(view(DEAR, environment=environment, page="status"))
