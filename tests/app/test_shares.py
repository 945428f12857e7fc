"""The worst by share: ranked over all groups, with a least size, on Breakdown and Overview; held against counting."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.overview.boards import SHOWN
from tests.app.books import Books, Lead, by
from tests.app.conftest import served
from tests.app.screen import Open, Relay, Screen, keys
from tests.scripted import ScriptedHost
from tests.stores import Rows, activity, at, make_store

CALL = {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 1}
BY_CITY = {"by": "mx_City", "measure": "share", "view": "table"}


def ranked(waiting: list[Lead], leads: list[Lead], field: str, least: int) -> list[tuple[str | None, int, int]]:
    """The groups of at least so many leads, largest share first; equals by their leads."""
    part, whole = by(field, waiting), by(field, leads)
    found = [(value, part[value], count) for value, count in whole.items() if count >= least]
    return sorted(found, key=lambda one: (-Fraction(one[1], one[2]), -one[1], -one[2]))


def page(view_: Open, link: dict[str, Any], **more: Any) -> Screen:
    return view_(link, page="breakdown", **more)


def table(screen: Screen) -> dict[str, Any]:
    (found,) = screen.tables
    return {name: list(found[name]) for name in found}


def shown(screen: Screen) -> list[tuple[int, int]]:
    """Waiting and book of each row but the last, the others."""
    found = table(screen)
    rows = list(zip(found["waiting"], found["book"], strict=True))
    return rows[:-1] if found["group"][-1] == "All others" else rows


@pytest.mark.parametrize("least", [1, 5, 20, 50])
@pytest.mark.parametrize("host", ["own", "strict"])
def test_share__is_ranked_over_all_groups(view: Open, books: Books, strict: httpx.Client, host: str, least: int):
    link = {**BY_CITY, "least": str(least), "top": "all"}
    with ScriptedHost(Relay(strict)) as account:
        screen = page(view, link, **({"environment": keys(account.url)} if host == "strict" else {}))
    expected = [(waiting, book) for _, waiting, book in ranked(books.waiting(), books.leads, "mx_City", least)]
    assert len(expected) > 5
    assert shown(screen) == expected
    assert sum(table(screen)["waiting"]) == len(books.waiting()), "nothing is dropped"
    assert sum(table(screen)["book"]) == len(books.leads)


def test_share__says_its_least_size_and_the_link_changes_it(view: Open):
    def said(screen: Screen) -> str:
        return " ".join(str(one.value).replace("\\", "") for one in screen.test.caption)

    assert "Groups with fewer than 20 leads are not ranked." in said(page(view, BY_CITY))
    assert "Groups with fewer than 50 leads are not ranked." in said(page(view, {**BY_CITY, "least": "50"}))
    screen = page(view, {**BY_CITY, "least": "9000"})
    assert [one.value for one in screen.test.info] == ["No group has 9,000 leads. Rank smaller ones, too."]


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More towns than are read whole; the worst of those with enough leads is among the small by its count."""
    large = {f"City {n}": (60, 20 + n) for n in range(30)} | {"Worst": (20, 20), "Too small": (19, 19)}
    leads, done = [], []
    for town, (book, waiting) in {**large, **{f"Town {n}": (1, 1) for n in range(3_200)}}.items():
        for place in range(book):
            lead = f"{len(leads):05}"
            leads.append({"ProspectID": lead, "mx_City": town, "CreatedOn": at("2026-01-01 00:00:00")})
            if place >= waiting:
                done.append(activity(len(done), lead, 22, "2026-01-02 00:00:00"))
    rows = Rows(leads=leads, activities=done, types=[CALL], columns={"mx_City": "VARCHAR"})
    return make_store(tmp_path_factory.mktemp("cities") / "store", rows)


def test_share__of_more_groups_than_are_read_the_worst_is_found(view: Open, cities: Path):
    found = table(page(view, BY_CITY, data=cities))
    assert found["group"][:3] == ["Worst", "City 29", "City 28"]
    assert (found["waiting"][0], found["book"][0]) == (20, 20)
    assert "Too small" not in found["group"]


def test_share__of_more_groups_than_an_account_can_rank_is_refused(view: Open, cities: Path):
    """Better no ranking than one of a part."""
    with served(cities, strict=True) as account, ScriptedHost(Relay(account)) as host:
        screen = page(view, BY_CITY, environment=keys(host.url))
    assert screen.tables == []
    assert ["more than can be put in order here" in one.value for one in screen.test.info] == [True]


def test_cut_table__is_not_sorted_by_its_head(view: Open):
    """Its head would rank the groups that happen to be shown."""
    (cut,) = page(view, BY_CITY).test.dataframe
    (whole,) = page(view, {"by": "ProspectStage", "view": "table", "top": "all"}).test.dataframe
    columns = 2  # the protocol's number for "one column may be chosen"
    assert len(cut.proto.selection_mode) == 2
    assert columns in cut.proto.selection_mode
    assert columns not in whole.proto.selection_mode


def test_mean__says_of_how_many_leads_it_is(view: Open, books: Books):
    link = {"by": "Source", "measure": "average", "of": "EngagementScore"}
    figure = page(view, link).figure("Average engagement score by Lead Source")
    scored = by("Source", [lead for lead in books.waiting() if lead["EngagementScore"] is not None])
    labels, texts = figure["layout"]["yaxis"]["ticktext"], figure["data"][0]["text"]
    for label, text in zip(labels[:5], texts[:5], strict=True):
        assert text.endswith(f" · {scored[None if label == 'No source' else label]:,} leads")


@pytest.mark.parametrize(("noun", "field"), [("owners", "OwnerId"), ("stages", "ProspectStage"), ("sources", "Source")])
def test_overview__boards_rank_by_share(view: Open, books: Books, noun: str, field: str):
    figure = view({"worst": "share"}).figure(f"Leads not contacted by {noun}:")
    expected = ranked(books.waiting(), books.leads, field, 20)[:SHOWN]
    assert figure["data"][1]["x"] == pytest.approx([100 * waiting / book for _, waiting, book in expected])
    assert [text.partition(" · ")[2] for text in figure["data"][0]["text"]] == [
        f"{waiting:,} of {book:,}" for _, waiting, book in expected
    ]
