"""Own files without activities, without those asked for, or with none before a day: no screen claims more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsq_api.server.importing.importer import import_files
from tests.app.screen import PAGES, Open, Screen
from tests.stores import Rows, activity, at, make_store

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases" / "25"
TYPES = [
    {"ActivityEvent": 2, "ActivityEventName": "Page Visited"},
    {"ActivityEvent": 21, "ActivityEventName": "Inbound Phone Call Activity"},
    {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity"},
    {"ActivityEvent": 201, "ActivityEventName": "Field Visit"},
]
LEADS = [
    {"ProspectID": f"lead-{n}", "ProspectStage": "New", "OwnerId": "ann", "CreatedOn": at(f"2024-0{n}-01 00:00:00")}
    for n in range(1, 5)
]
NONE: list[dict[str, Any]] = []
VISITS = [activity(1, "lead-1", 2, "2024-01-01 00:05:00")]
LATER = [activity(1, "lead-1", 22, "2026-03-02 20:00:00"), activity(2, "lead-2", 2, "2026-03-05 00:00:00")]
CLAIMS = ("never had", " ever.", "ever contacted", "%")
"""What says that nobody was contacted, or how large a part of the leads."""

Made = Callable[[list[dict[str, Any]]], Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return lambda done: make_store(tmp_path / "s", Rows(leads=LEADS, activities=done, types=TYPES))


def words(screen: Screen) -> list[str]:
    """Every text on the main page, without the marks that keep Markdown from reading it."""
    kinds = ("title", "header", "text", "caption", "markdown", "info", "success", "metric")
    return [str(one.value).replace("\\", "") for kind in kinds for one in getattr(screen.test.main, kind)]


def notes(screen: Screen) -> dict[str, str]:
    """What stands below the figures."""
    return {metric.label: metric.delta for metric in screen.test.metric if metric.delta}


@pytest.mark.parametrize(
    ("done", "why"),
    [(NONE, "no activities were imported"), (VISITS, "none of the imported activities is a phone call (21, 22)")],
    ids=["none", "of other types"],
)
@pytest.mark.parametrize("page", [name for name in PAGES if name not in ("lead", "status")])
def test_pages__nobody_is_said_not_to_have_been_contacted(
    view: Open, made: Made, done: list[dict[str, Any]], why: str, page: str
):
    screen = view(data=made(done), page=page)
    assert screen.sentence.startswith(f"Which of the 4 leads have had a phone call is not known: {why}. As of ")
    assert any("contacted or not" in str(one.value) for one in screen.test.info)
    assert not any("% waiting" in text for text in words(screen))
    if page == "overview":
        said = [text for text in words(screen) if "leads wait (" not in text]  # by the other definitions to choose
        assert [text for text in said if any(claim in text for claim in CLAIMS)] == []
        assert screen.metric("Share") == screen.metric("Longest wait") == "–"
        assert notes(screen)["Not contacted"] == "as far as known"
        assert "Waiting longest" not in words(screen)
        figure = screen.figure("Leads by owners, contacted or not: ann: 4")
        assert list(figure["data"][0]["text"]) == ["4"]


def test_overview__never_any_activity_is_a_dash_without_activities(view: Open, made: Made):
    screen = view(data=made(NONE))
    assert screen.metric("Never any activity") == "–"
    assert notes(screen)["Never any activity"] == "none were imported"


def test_overview__says_since_when_activities_are_known(view: Open, made: Made):
    screen = view(data=made(LATER))
    assert screen.sentence.startswith(
        "3 of 4 leads (75 %) have had no known phone call; activities are known since 3 Mar 2026. "
    )
    assert screen.metric("Never any activity") == "2"
    assert notes(screen) == {"Not contacted": "as far as known", "Never any activity": "since 3 Mar 2026"}
    assert list(screen.test.info) == []


def test_overview__of_leads_that_came_in_later_all_is_known(view: Open, made: Made):
    later = {"created_from": "2026-03-03"}
    assert "known" not in view(later, data=made(LATER)).sentence


def test_overview__of_the_demo_nothing_needs_saying(view: Open):
    screen = view()
    assert "known" not in screen.sentence
    assert notes(screen) == {}
    assert list(screen.test.info) == []


@pytest.mark.parametrize(
    ("done", "lead", "rule", "timeline"),
    [
        (NONE, "lead-1", "no activities were imported.", "No activities were imported."),
        (
            VISITS,
            "lead-2",
            "none of the imported activities is a phone call (21, 22).",
            "No activity of any type is known; the newest known activity is of 1 Jan 2024.",
        ),
        (
            LATER,
            "lead-3",
            "no known phone call; activities are known since 3 Mar 2026.",
            "No activity of any type is known; activities are known since 3 Mar 2026.",
        ),
    ],
    ids=["none", "of other types", "since a day"],
)
def test_lead__is_said_to_have_no_known_contact(
    view: Open, made: Made, done: list[dict[str, Any]], lead: str, rule: str, timeline: str
):
    screen = view({"lead": lead}, data=made(done), page="lead")
    assert any(text.startswith("Came in ") and text.endswith(f" days ago; {rule}") for text in words(screen))
    assert timeline in words(screen)
    assert any("No known contact" in text for text in words(screen))
    assert not any(" ever." in text or "Waiting" in text for text in words(screen))


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not beside this checkout")
def test_lead__its_own_last_activity_is_said_where_none_was_imported(view: Open, tmp_path: Path):
    import_files(CASES / "29_leads_only", tmp_path / "s")
    screen = view({"lead": "p1"}, data=tmp_path / "s", page="lead")
    own = "By the lead's own field its last activity was on 26 Nov 2026 15:30, Outbound Phone Call Activity."
    assert {"No activities were imported.", own} <= set(words(screen))
    overview = view(data=tmp_path / "s")
    assert overview.sentence.startswith("Which of the 2 leads have had an activity is not known: ")


@pytest.mark.parametrize("page", ["owners", "breakdown"])
def test_pages__claim_no_share_where_no_activity_is_known(view: Open, tmp_path: Path, page: str) -> None:
    import_files(CASES / "29_leads_only", tmp_path / "s")
    (table,) = view({"view": "table"}, page=page, data=tmp_path / "s").tables
    assert not {"share", "mark"} & {str(name).lower() for name in table.columns}


def test_pages__own_files_without_calls_ask_what_counts(view: Open, made: Made):
    """Phone calls are what counts by default, and an account has them; files may have all but these."""
    screen = view(data=made([*VISITS, activity(2, "lead-2", 201, "2024-02-01 00:05:00")]), page="leads")
    offered = [one.label for one in screen.test.main.button if str(one.key).startswith("choose_contact_")]
    assert offered == ["Calls, meetings and visits", "Any activity", "Use these"]
    assert "**3** of 4 leads wait, as far as known" in words(screen)
    assert "**2** of 4 leads wait (50 %)" in words(screen)
    chosen = screen.press("Calls, meetings and visits")
    assert dict(chosen.test.query_params)["activity"][-1] == "Field Visit (201)"
    assert chosen.sentence.startswith("3 of 4 leads (75 %) have ")
    assert not [one for one in chosen.test.main.button if str(one.key).startswith("choose_contact_")]


def test_pages__without_any_activity_there_is_nothing_to_choose(view: Open, made: Made):
    screen = view(data=made(NONE), page="leads")
    assert not [one for one in screen.test.main.button if str(one.key).startswith("choose_contact_")]
