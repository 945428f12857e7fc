"""A screen without waiting leads says which condition to loosen, and how many leads each then shows."""

from pathlib import Path

import pytest

from tests.app.conftest import served
from tests.app.screen import PAGES, Open, Screen, keys
from tests.stores import Rows, activity, at, make_store

WITH_LEADS = [name for name in PAGES if name not in ("lead", "status")]
# Stage, source and score of each lead, and whether it was called.
LEADS = [
    ("New", "Web", 10, False),
    ("New", "Web", 90, False),
    ("New", "Fair", 90, False),
    ("Won", "Web", 90, True),
    ("Won", "Fair", 10, True),
    ("Won", "Fair", 90, True),
]
ROWS = Rows(
    leads=[
        {"ProspectID": f"l{n}", "ProspectStage": stage, "Source": source, "EngagementScore": score, "OwnerId": "ann"}
        | {"CreatedOn": at("2025-01-01 00:00:00")}
        for n, (stage, source, score, _) in enumerate(LEADS)
    ],
    activities=[
        activity(n, f"l{n}", 22, "2025-01-01 10:00:00", CreatedBy="ann")
        for n, (*_, called) in enumerate(LEADS)
        if called
    ],
    users=[{"UserId": "ann", "FirstName": "Ann", "EmailAddress": "ann@x.org"}],
    types=[{"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call"}],
)
HIGH = "EngagementScore~>~50"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("empty") / "s", ROWS)


def waiting(*, stage: str = "", source: str = "", above: int = 0, lately: bool = False) -> int:
    """By plain counting; `lately` means that the calls of last year are no contact."""
    return sum(
        stage in ("", of) and source in ("", by) and score > above and (lately or not called)
        for of, by, score, called in LEADS
    )


def looser(screen: Screen) -> list[str]:
    return [one.label.replace("\\", "") for one in screen.test.main.button if str(one.key).startswith("looser_")]


def loosen(screen: Screen, begins: str) -> Screen:
    (found,) = [
        one
        for one in screen.test.main.button
        if one.label.replace("\\", "").startswith(begins) and one.key[:6] == "looser"
    ]
    found.click()
    return screen.again()


@pytest.mark.parametrize("page", WITH_LEADS)
def test_pages__say_which_condition_to_loosen(view: Open, store: Path, page: str):
    link = {"stage": "Won", "source": "Fair", "where": HIGH}
    screen = view(link, data=store, page=page)
    assert [one.value for one in screen.test.success] == ["Every one of these leads has been contacted."]
    lately = waiting(stage="Won", source="Fair", above=50, lately=True)
    assert looser(screen) == [
        f"Not contacted in the last 30 days: **{lately}** lead waits",
        f"Without “stage: Won”: **{waiting(source='Fair', above=50)}** lead waits",
    ], "without the source or the score nobody waits either"
    loosen(screen, "Without “stage: Won”")
    assert dict(screen.test.query_params) == {"source": "Fair", "where": HIGH}
    assert screen.sentence.startswith("1 of 2 leads (50 %) from source Fair, whose")


def test_pages__where_no_lead_matches_they_say_what_to_take_away(view: Open, store: Path):
    link = {"stage": "New", "source": "Fair", "where": [HIGH, "EngagementScore~<~50"]}
    screen = view(link, data=store)
    assert not screen.test.success
    assert looser(screen) == ["Without “Engagement Score is less than 50”: **1** lead waits"]
    assert loosen(screen, "Without").metric("Not contacted") == str(waiting(stage="New", source="Fair", above=50))


def test_pages__without_a_filter_the_span_is_what_can_be_asked(view: Open, store: Path):
    called = view({"stage": "Won"}, data=store)
    lately = waiting(stage="Won", lately=True)
    assert f"Not contacted in the last 30 days: **{lately}** leads wait" in looser(called)
    loosen(called, "Not contacted in the last 30 days")
    assert dict(called.test.query_params) == {"stage": "Won", "quiet": "30d"}
    assert called.metric("Not contacted") == str(lately)


def test_pages__do_not_offer_what_takes_many_calls_of_a_host(view: Open, store: Path):
    with served(store, strict=True) as account:
        screen = view({"stage": "Won"}, environment=keys(str(account.base_url)))
        assert looser(screen) == [f"Without “stage: Won”: **{waiting()}** leads wait"]


def test_pages__with_leads_that_wait_have_nothing_to_loosen(view: Open, store: Path):
    assert looser(view({"stage": "New"}, data=store)) == []
