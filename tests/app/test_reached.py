"""Reached, or only tried: the outcome of calls in the link, the form, the sentence, the list, files and on a lead."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from components.export import buttons
from lsq_api.access.scope import NOTHING
from lsq_api.question.reached import Untold
from lsq_api.scoped import ScopedConnection
from tests.app.outside import asked, opened
from tests.app.screen import Open, Screen, keys
from tests.stores import Rows, activity, make_store

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
TYPES = [
    {"ActivityEvent": 21, "ActivityEventName": "Inbound Phone Call Activity", "EventType": 0},
    {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 0},
    {"ActivityEvent": 203, "ActivityEventName": "Meeting", "EventType": 2},
]
DONE = [  # lead, code, days ago, status, seconds
    ("reached", 22, 5, "Answered", "75"),
    ("reached", 22, 2, "NotAnswered", "0"),
    ("short", 21, 9, "Answered", "20"),
    ("tried", 22, 40, "Missed", None),
    ("tried", 22, 3, "No Answer", None),
    ("tried", 22, 1, "Busy", None),
    ("unknown", 22, 4, "left a note", None),
    ("met", 203, 6, None, None),
    ("ahead", 22, -3, "Answered", "90"),
    ("short", 22, 96, "Missed", None),  # calls are known for as long as there are leads
]
LEADS = ["reached", "short", "tried", "unknown", "met", "ahead", "never"]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = [
        activity(nth, lead, code, str(NOW - timedelta(days=days)), Status=status, mx_Duration=talked)
        for nth, (lead, code, days, status, talked) in enumerate(DONE)
    ]
    leads = [
        {
            "ProspectID": lead,
            "FirstName": lead.title(),
            "CreatedOn": NOW - timedelta(days=90 + nth),
            "Phone": f"+91-555000000{nth}",
            "EmailAddress": f"{lead}@x.org",
            "DoNotCall": {"tried": "Yes", "never": " true ", "met": "0"}.get(lead),
            "DoNotEmail": {"never": "1"}.get(lead),
        }
        for nth, lead in enumerate(LEADS)
    ]
    rows = Rows(leads, done, types=TYPES, columns={"DoNotCall": "VARCHAR", "DoNotEmail": "VARCHAR"})
    return make_store(tmp_path_factory.mktemp("people") / "s", rows)


@pytest.fixture
def at(view: Open, people: Path) -> Callable[..., Screen]:
    return lambda page, **link: view(link, data=people, page=page)


def ids(screen: Screen) -> list[str]:
    return [value.rpartition("lead=")[2] for value in screen.listed["ProspectID"]]


def texts(screen: Screen) -> list[str]:
    return [str(one.value) for one in screen.test.main.text]


def badges(screen: Screen) -> list[str]:
    """Badges are Markdown of their own."""
    return [str(one.value).replace("\\", "") for one in screen.test.main.markdown if "-badge[" in str(one.value)]


def test_sentence__counts_who_was_only_tried(at: Callable[..., Screen]):
    said = at("leads", outcome="answered").sentence
    assert said.startswith("5 of 7 leads (71 %) have never had an answered phone call. 2 of them were tried and not ")
    assert "1 of 9 such activities does not say whether it was answered; it counts as a try." in said


def test_sentence__of_calls_that_took_long_enough(at: Callable[..., Screen]):
    said = at("leads", outcome="60s").sentence
    assert said.startswith(
        "6 of 7 leads (86 %) have never had a phone call of at least 1 minute. 3 of them were tried "
    )
    assert "3 of them were tried and not reached for 1 minute." in said


def test_sentence__without_an_outcome_is_as_it_was(at: Callable[..., Screen]):
    assert at("leads").sentence.startswith("3 of 7 leads (43 %) have never had a phone call. 1 of the 3 must not")


def test_sentence__of_a_span_counts_the_tries_in_it(at: Callable[..., Screen]):
    said = at("leads", outcome="answered", quiet="7d").sentence
    assert "6 of 7 leads (86 %) have had no answered phone call in the last 7 days. 2 of them were tried" in said


def test_sentence__a_meeting_counts_as_before(at: Callable[..., Screen]):
    screen = at("leads", outcome="answered", activity=["Phone call", "Meeting"])
    assert screen.sentence.startswith("4 of 7 leads (57 %) have never had an answered phone call or Meeting. 2 of them")
    assert set(ids(screen)) == {"tried", "unknown", "ahead", "never"}


def test_list__has_the_number_of_tries(at: Callable[..., Screen]):
    screen = at("leads", outcome="answered", sort="-ContactTries")
    tried = dict(zip(ids(screen), map(int, screen.listed["ContactTries"]), strict=True))
    assert tried == {"tried": 3, "unknown": 1, "never": 0, "met": 0, "ahead": 0}
    assert ids(screen)[:2] == ["tried", "unknown"]
    assert "ContactTries" not in at("leads").listed


def test_list__tries_are_those_of_the_span(at: Callable[..., Screen]):
    screen = at("leads", outcome="answered", quiet="7d")
    assert dict(zip(ids(screen), map(int, screen.listed["ContactTries"]), strict=True))["tried"] == 2


def test_file__has_the_number_of_tries(people: Path, monkeypatch: pytest.MonkeyPatch):
    with asked(monkeypatch, people, {"outcome": "answered"}) as view:
        made = buttons.preparation(view, ("FirstName",), "csv", 5, sorting=None, said="")
        header, *rows = csv.reader(made.content().decode("utf-8-sig").splitlines())
    assert header == ["First Name", "Tried"]
    assert {name: int(count) for name, count in rows} == {"Tried": 3, "Unknown": 1, "Never": 0, "Met": 0, "Ahead": 0}


@pytest.mark.parametrize("outcome", ["answered", "60s", "45s"])
def test_link__keeps_the_outcome(people: Path, monkeypatch: pytest.MonkeyPatch, outcome: str):
    with asked(monkeypatch, people, {"outcome": outcome}) as view:
        assert opened(view, view.question) == {"answered": 5}.get(outcome, 6)


@pytest.mark.parametrize(
    ("link", "note"),
    [
        ({"outcome": "reached"}, "“reached” is no outcome of a call; there are answered, and seconds such as 60s."),
        ({"outcome": "answered", "activity": "Meeting"}, "No Meeting here says whether it was answered."),
    ],
)
def test_link__what_cannot_be_told_is_left_out_and_said(at: Callable[..., Screen], link: dict[str, str], note: str):
    screen = at("leads", **link)
    assert screen.notes[0] == f"{note} Every try counts as contact, answered or not."
    assert "answered" not in screen.sentence


def test_link__a_host_without_outcomes_says_so(view: Open, strict: httpx.Client):
    screen = view({"outcome": "answered"}, environment=keys(str(strict.base_url)), page="leads")
    assert screen.notes == [
        "This account cannot tell which calls were answered. Every try counts as contact, answered or not."
    ]
    assert "have never had a phone call." in screen.sentence
    assert [one for one in screen.test.main.selectbox if one.label == "Calls count when"] == []


def test_chip__takes_the_outcome_away(at: Callable[..., Screen]):
    screen = at("leads", outcome="60s")
    assert screen.chips == ["outcome: at least 1 minute"]
    again = screen.remove("outcome: at least 1 minute")
    assert again.sentence.startswith("3 of 7 leads")
    assert "outcome" not in again.test.query_params


def test_form__asks_for_the_outcome(at: Callable[..., Screen]):
    screen = at("leads")
    (choice,) = [one for one in screen.test.main.selectbox if one.label == "Calls count when"]
    assert choice.options == ["Tried, answered or not", "Answered", "Answered, at least 1 minute"]
    choice.set_value("60s")
    (apply,) = [one for one in screen.test.main.button if one.key == "filters_apply"]
    apply.click()
    screen.again()
    assert screen.test.query_params["outcome"] == "60s"
    assert screen.sentence.startswith("6 of 7 leads")


@pytest.mark.parametrize(
    ("lead", "link", "headline", "badge", "rule"),
    [
        ("tried", {"outcome": "answered"}, "Waiting 92 days", "Tried 3 times, not reached, last 1 day ago", "ever."),
        ("never", {"outcome": "answered"}, "Waiting 96 days", "Never tried", "no answered phone call ever."),
        ("unknown", {"outcome": "answered"}, "Waiting 93 days", "Tried once, not reached, 4 days ago", "ever."),
        ("tried", {"outcome": "answered", "quiet": "7d"}, "Waiting 92 days", "Tried 2 times, not", "ever."),
        ("reached", {"outcome": "answered"}, "Contacted", "", "Last answered phone call 5 days ago."),
        ("reached", {}, "Contacted", "", "Last phone call 2 days ago."),
        (
            "short",
            {"outcome": "60s"},
            "Waiting 91 days",
            "Tried 2 times, not reached for 1 minute, last 9 days ago",
            "1 minute ever.",
        ),
    ],
)
def test_lead__says_whether_it_was_tried(
    at: Callable[..., Screen], lead: str, link: dict[str, str], headline: str, badge: str, rule: str
):
    screen = at("lead", lead=lead, **link)
    said = " ".join(badges(screen))
    assert headline in said
    assert badge in said
    assert badge or "ried" not in said
    assert any(text.endswith(rule) for text in texts(screen)), texts(screen)


def test_lead__marks_calls_that_were_not_answered(at: Callable[..., Screen]):
    captions = [str(one.value).replace("\\", "") for one in at("lead", lead="reached").test.main.caption]
    assert "2 of 2, newest first. 2 of these count as contact." in captions
    assert "Counts as contact · not answered · 2 days ago" in captions
    asked_for = at("lead", lead="reached", outcome="answered")
    captions = [str(one.value).replace("\\", "") for one in asked_for.test.main.caption]
    assert "2 of 2, newest first. 1 of these counts as contact. 1 is a try that does not count." in captions
    assert "Does not count · not answered · 2 days ago" in captions
    assert "Counts as contact · 5 days ago" in captions


def test_lead__what_is_not_known_or_too_short_says_so(at: Callable[..., Screen]):
    def captions(**link: str) -> list[str]:
        return [str(one.value).replace("\\", "") for one in at("lead", **link).test.main.caption]

    unknown = captions(lead="unknown", outcome="answered")
    assert "Does not count · not known whether it was answered · 4 days ago" in unknown
    assert "Does not count · under 1 minute · 9 days ago" in captions(lead="short", outcome="60s")


def test_barred__are_counted_and_said(at: Callable[..., Screen]):
    assert "2 of the 5 must not be called." in at("leads", outcome="answered").sentence
    assert (
        "It was tried and not reached. It must not be called."
        in at("leads", where="DoNotCall~=~Yes", outcome="answered").sentence
    )


def test_barred__have_a_mark_and_no_link_in_the_list(at: Callable[..., Screen]):
    table = at("leads", outcome="answered").listed
    rows = {row["Name"]: row for _, row in table.iterrows()}
    marks = {name: row["Do not"] for name, row in rows.items() if pd.notna(row["Do not"])}
    assert marks == {"Tried": "call", "Never": "call or e-mail"}
    assert {name for name, row in rows.items() if pd.notna(row["Phone"])} == {"Unknown", "Met", "Ahead"}
    assert {name for name, row in rows.items() if pd.notna(row["EmailAddress"])} == {"Tried", "Unknown", "Met", "Ahead"}


def test_barred__have_a_badge_and_no_link_on_their_page(at: Callable[..., Screen]):
    def links(screen: Screen) -> list[Any]:
        return [one.proto.url.partition(":")[0] for one in screen.test.get("link_button")]

    barred, free = at("lead", lead="never"), at("lead", lead="met")
    said = " ".join(badges(barred))
    assert "Must not be called]" in said
    assert "Must not get e-mail]" in said
    assert links(barred) == []
    assert links(free) == ["tel", "mailto"]
    assert not any("Must not" in one for one in badges(free))


def test_barred__are_left_out_where_the_installation_wants_it(
    view: Open, people: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LSQ_DO_NOT_CALL", "out")
    screen = view({"outcome": "answered"}, data=people, page="leads")
    assert screen.sentence.startswith("3 of 5 leads (60 %) that may be called have never had an answered phone call.")
    assert set(ids(screen)) == {"unknown", "met", "ahead"}
    assert "must not be called" not in screen.sentence
    assert screen.chips == ["outcome: answered"], "what the installation wants is nobody's to take away"


def test_file__names_those_that_are_barred_beside_their_numbers(people: Path, monkeypatch: pytest.MonkeyPatch):
    with asked(monkeypatch, people) as view:
        made = buttons.preparation(view, ("FirstName", "Phone"), "csv", 3, sorting=None, said="")
        header, *rows = csv.reader(made.content().decode("utf-8-sig").splitlines())
    assert header == ["First Name", "Phone Number", "DoNotCall"]
    assert {name: barred for name, _, barred in rows} == {"Never": " true ", "Met": "0", "Ahead": ""}


def test_untold__is_counted_for_those_who_see_all_leads(monkeypatch: pytest.MonkeyPatch, people: Path):
    """Calls are counted in the whole account, so somebody who sees a part of it is told no number."""
    with asked(monkeypatch, people, {"outcome": "answered"}) as view:
        assert view.untold.unknown > 0
        part = ScopedConnection(view.source._source, NOTHING)
        assert replace(view, source=part).untold == Untold()
