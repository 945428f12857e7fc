"""The Owners page on a small company: every number held against plain counting, every door against the server."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from components.owners import books as rows_of
from components.owners import drill
from components.owners.answers import Shelf
from components.owners.answers import books as books_of
from components.owners.books import Book
from components.shell import answers
from components.shell.frame import View
from lsq_api.question.spans import AGE_CLASSES, AgeClass
from tests.app import outside
from tests.app.books import Books, ages, by, this_minute
from tests.app.screen import Open, Relay, Screen, keys
from tests.contract.company import COMPANY
from tests.scripted import ScriptedHost
from tests.stores import Rows, activity, at, make_store

REPORTS = 5 + len(AGE_CLASSES)
"""Calls of this page: three of the sentence, seven ages, the scores, the oldest."""
LABELS = [age.label for age in AGE_CLASSES]
CALL = {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 1}


def owners(view_: Open, **link: Any) -> Screen:
    return view_(link, page="owners")


def table(screen: Screen) -> pd.DataFrame:
    (found,) = screen.tables
    return found.set_index(found.columns[0])


def said(screen: Screen) -> str:
    return " ".join(str(one.value).replace("\\", "") for one in screen.test.caption)


def name(books: Books, owner: str | None) -> str:
    if owner is None:
        return "No owner"
    (user,) = [user for user in books.users if user["UserId"] == owner]
    return books.name(owner) + (" · left" if user["StatusCode"] == "1" else "")


def test_owners__every_row_is_as_the_store_has_it(view: Open, books: Books):
    begun = this_minute()
    shown = table(owners(view))
    waiting, whole = by("OwnerId", books.waiting()), by("OwnerId", books.leads)
    assert set(shown.index[1:]) == {name(books, owner) for owner in whole}
    for owner, count in whole.items():
        row = shown.loc[name(books, owner)]
        theirs = books.waiting(lambda lead, owner=owner: lead["OwnerId"] == owner)
        assert (row["Book"], row["Waiting"]) == (count, waiting[owner])
        assert list(row[LABELS]) in [ages(theirs, now) for now in (begun, this_minute())]


def test_owners__the_total_comes_first_and_is_of_all(view: Open, books: Books):
    shown = table(owners(view))
    assert str(shown.index[0]).startswith("All ")
    assert shown["Waiting"].iloc[0] == len(books.waiting()) == shown["Waiting"].iloc[1:].sum()
    assert shown["Book"].iloc[0] == len(books.leads) == shown["Book"].iloc[1:].sum()
    for label in LABELS:
        assert shown[label].iloc[0] == shown[label].iloc[1:].sum()


def test_owners__scores_and_oldest_are_those_of_the_store(view: Open, books: Books):
    shown = table(owners(view))
    now = this_minute()
    for owner in by("OwnerId", books.leads):
        theirs = books.waiting(lambda lead, owner=owner: lead["OwnerId"] == owner)
        scores = [lead["EngagementScore"] for lead in theirs if lead["EngagementScore"] is not None]
        row = shown.loc[name(books, owner)]
        assert row["Score"] == (
            pytest.approx(sum(scores) / len(scores), abs=1e-5) if scores else pytest.approx(float("nan"), nan_ok=True)
        )
        if theirs:
            days = (now - min(lead["CreatedOn"] for lead in theirs)).total_seconds() / 86_400
            assert row["Oldest"] == pytest.approx(days, abs=0.01)


@pytest.mark.parametrize(("sort", "column"), [("waiting", "Waiting"), ("share", "Share"), ("oldest", "Oldest")])
def test_owners__worst_first(view: Open, sort: str, column: str):
    shown = table(owners(view, sort=sort)).iloc[1:]
    telling = shown[shown["Book"] >= rows_of.ENOUGH] if sort == "share" else shown
    values = [value for value in telling[column] if not pd.isna(value)]
    assert values == sorted(values, reverse=True)


def test_owners__who_is_above_the_threshold_is_marked_in_words(view: Open):
    for threshold in ("25", "40"):
        shown = table(owners(view, threshold=threshold)).iloc[1:]
        percent = (200 * shown["Waiting"] + shown["Book"]) // (2 * shown["Book"])
        above = percent > int(threshold)
        expected = above.map({True: "Above", False: ""}).where(~above | (shown["Book"] >= rows_of.ENOUGH), "Few leads")
        assert list(shown["Mark"]) == list(expected)
        count = (shown["Mark"] == "Above").sum()
        telling = (shown["Book"] >= rows_of.ENOUGH).sum()
        verb = "has" if count == 1 else "have"
        sentence = f"{count} of {telling} owners with at least 20 leads {verb} more than {threshold} % waiting."
        assert sentence in said(owners(view, threshold=threshold))


def test_owners__teams_roll_up_and_nobody_is_lost(view: Open, books: Books):
    shown = table(owners(view, by="team"))
    manager_of = {user["UserId"]: user["ManagerUserId"] for user in books.users}
    heads = {manager for manager in manager_of.values() if manager}
    expected: Counter[str] = Counter()
    for lead in books.waiting():
        owner = lead["OwnerId"]
        head = owner if owner in heads else manager_of.get(owner)
        expected[f"Team of {books.name(head)}" if head else "No team"] += 1
    assert dict(shown["Waiting"].iloc[1:]) == dict(expected)
    assert shown["Waiting"].iloc[0] == len(books.waiting())


def test_owners__system_owners_are_left_out_by_rule_and_named(view: Open, books: Books):
    (router,) = [user["UserId"] for user in books.users if user["LastName"] == "Router"]
    waiting = books.waiting(lambda lead: lead["OwnerId"] == router)
    whole = books.book(lambda lead: lead["OwnerId"] == router)
    screen = owners(view, system="auto")
    sentence = (
        f"Left out, with {len(waiting):,} of {len(whole):,} leads not contacted: Lead Router (is called “router”)."
    )
    assert sentence in said(screen)
    shown = table(screen)
    assert "Lead Router" not in shown.index
    assert shown["Waiting"].iloc[0] == len(books.waiting()) - len(waiting)


def test_owners__anybody_can_be_left_out_by_name(view: Open, books: Books):
    owner, count = by("OwnerId", books.waiting()).most_common(1)[0]
    screen = owners(view, system=[books.name(owner), "none", "Nobody Atall"])
    without = by("OwnerId", books.waiting())[None]
    assert table(screen)["Waiting"].iloc[0] == len(books.waiting()) - count - without
    assert f"{books.name(owner)} (chosen)" in said(screen)
    assert "No owner (chosen)" in said(screen)
    assert any("“Nobody Atall”: no such owner here" in note for note in screen.notes)


def test_owners__where_the_rule_finds_none_it_says_so(view: Open, books: Books):
    owner = by("OwnerId", books.waiting()).most_common(1)[0][0]
    assert "No owner looks like a system here: nobody is left out." in said(
        owners(view, owner=books.name(owner), system="auto")
    )


def shelf(asked: View) -> Shelf:
    return asked.source.get(books_of(asked, asked.source.get(answers.by_owner(asked))))


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"stage": "Prospect", "created": "30d"},
        {"where": "EngagementScore~>=~10", "modified": "365d"},
        {"created_from": "2026-01-10", "created_to": "2026-02-28"},
    ],
)
def test_owners__every_cell_opens_as_many_leads_as_it_counts(
    monkeypatch: pytest.MonkeyPatch, demo: Path, link: dict[str, str]
):
    """Of the worst owners, all teams and the total, every cell: the server is asked through the link of its door."""
    with outside.asked(monkeypatch, demo, link) as asked:
        everybody, classes = shelf(asked).books, shelf(asked).classes
        listed = rows_of.worst_first(everybody, "waiting")
        total = rows_of.added_up(everybody, "All")
        checked = 0
        for row in [*listed[:6], *listed[-2:], *rows_of.teams(everybody, asked.directory), total]:
            checked += _checked(asked, row, everybody, classes)
        assert checked > 20


def _checked(asked: View, row: Book, everybody: list[Book], classes: Sequence[AgeClass]) -> int:
    """Hold each cell of a row that counts something against the server; how many there were."""
    found = 0
    for age, count in ((None, row.waiting), *zip(classes, row.ages, strict=True)):
        if not count:
            continue
        question = drill.behind(asked, row, everybody, age)
        if question is None:
            assert len(row.owners) > 1
            assert not all(asked.directory.user_with_id(owner or "") for owner in row.owners), row.label
            continue
        assert outside.opened(asked, question) == count, (row.label, age)
        found += 1
    return found


def test_owners__every_cell_of_a_small_company(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """An owner nobody knows, leads without one, one without a creation date, one dated ahead, one user who left."""
    with outside.asked(monkeypatch, make_store(tmp_path / "company", COMPANY)) as asked:
        everybody, classes = shelf(asked).books, shelf(asked).classes
        teams, total = rows_of.teams(everybody, asked.directory), rows_of.added_up(everybody, "All")
        assert total.book == len(COMPANY.leads)
        assert sum(_checked(asked, row, everybody, classes) for row in (*everybody, *teams, total)) > 10


def test_owners__within_a_team_a_row_is_of_that_team(monkeypatch: pytest.MonkeyPatch, demo: Path, books: Books):
    head = next(user["ManagerUserId"] for user in books.users if user["Role"] == "Sales_User")
    with outside.asked(monkeypatch, demo, {"team": books.name(head)}) as asked:
        everybody, classes = shelf(asked).books, shelf(asked).classes
        (team,) = rows_of.teams(everybody, asked.directory)
        assert {row.owners[0] for row in everybody} <= books.team(head)
        assert _checked(asked, team, everybody, classes) > 2
        part = rows_of.added_up(everybody[1:], team.label)
        question = drill.behind(asked, part, everybody, None)
        assert question is not None
        assert outside.opened(asked, question) == part.waiting, "with somebody left out it is a list of owners"


def test_owners__leads_without_a_date_are_said(view: Open, tmp_path: Path):
    leads = [{"ProspectID": "1"}, {"ProspectID": "2", "CreatedOn": at("2026-01-01 00:00:00")}]
    store = make_store(tmp_path / "s", Rows(leads=leads, types=[CALL]))
    assert "1 waiting lead has no creation date and so no age." in said(view(page="owners", data=store))


def test_owners__many_owners_and_one_that_is_out_of_proportion(view: Open, tmp_path: Path):
    """A bank's automatic user is called by a number like everybody: what gives it away is its book."""
    leads = [
        {
            "ProspectID": f"{number:03}",
            "OwnerId": f"u{0 if number < 150 else number % 20}",
            "CreatedOn": at("2026-01-01 00:00:00"),
        }
        for number in range(250)
    ]
    users = [{"UserId": f"u{number}", "FirstName": str(100 + number), "StatusCode": "0"} for number in range(20)]
    done = [activity(1, "249", 22, "2026-01-05 00:00:00")]
    store = make_store(tmp_path / "s", Rows(leads=leads, activities=done, users=users, types=[CALL]))
    screen = view({"system": "auto"}, page="owners", data=store)
    assert "100 (holds 62 % of all leads)" in said(screen)
    assert "100" not in table(screen).index


@pytest.mark.parametrize(
    ("shape", "alt"), [("heat", "Leads not contacted by owners"), ("share", "Leads not contacted by")]
)
def test_owners__the_charts_show_the_same(view: Open, books: Books, shape: str, alt: str):
    figure = owners(view, view=shape).figure(alt)
    longest = [name(books, owner) for owner, _ in by("OwnerId", books.waiting()).most_common(1)]
    assert figure["layout"]["yaxis"]["ticktext"][0] == longest[0]


@pytest.mark.parametrize("link", [{"threshold": "-5"}, {"threshold": "1000"}, {"sort": "name"}, {"by": "Source"}])
def test_owners__a_strange_choice_is_the_default(view: Open, link: dict[str, str]):
    assert list(table(owners(view, **link)).index) == list(table(owners(view)).index)


def test_owners__asks_little_and_nothing_twice(view: Open, account: httpx.Client):
    with ScriptedHost(Relay(account)) as host:
        view(page="owners", environment=keys(host.url))
        view(
            {"by": "team", "view": "heat", "system": "auto", "sort": "share"}, page="owners", environment=keys(host.url)
        )
        asked = Counter(f"{one.path} {json.dumps(one.body, sort_keys=True)}" for one in host.asked)
        reports = [one for one in host.asked if one.path.startswith("/Leads/")]
    assert max(asked.values()) == 1, asked.most_common(1)
    assert 0 < len(reports) <= REPORTS


def test_owners__no_lead_matches(view: Open):
    screen = owners(view, where="ProspectID~=~nobody")
    assert [one.value for one in screen.test.info] == [
        "No lead matches these filters. Take one away above, or reset them."
    ]


def test_owners__everybody_was_contacted(view: Open, tmp_path: Path):
    """A table of zeros says less than a sentence."""
    leads = [{"ProspectID": "1", "CreatedOn": at("2026-01-01 00:00:00")}]
    done = [activity(1, "1", 22, "2026-01-05 00:00:00")]
    screen = view(page="owners", data=make_store(tmp_path / "s", Rows(leads=leads, activities=done, types=[CALL])))
    assert [one.value for one in screen.test.success] == ["Every one of these leads has been contacted."]
    assert screen.tables == []
