"""Since when leads wait, and how old they are: one answer on all pages, held against plain loops over the rows."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pandas as pd
import pytest

from components.leads.table import BARRED
from tests.app.books import PHONE_CALL, Books, this_minute
from tests.app.conftest import served
from tests.app.screen import Open, Relay, Screen, keys
from tests.scripted import ScriptedHost
from tests.stores import Rows, activity, make_store

CALL = {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 1}
QUIET = {"quiet": "30d"}


def table(screen: Screen) -> pd.DataFrame:
    (found,) = screen.tables
    return found.set_index(found.columns[0])


def waits(books: Books, since: datetime) -> dict[str, datetime]:
    """Since when each lead waits that had no call since then: its last call, or without one since it came in."""
    return {
        lead["ProspectID"]: max(
            (when for code, when in books.activities.get(lead["ProspectID"], ()) if code in PHONE_CALL),
            default=lead["CreatedOn"],
        )
        for lead in books.waiting(since=since)
    }


def ids(screen: Screen) -> list[str]:
    return [cell.rpartition("lead=")[2] for cell in screen.listed["ProspectID"]]


def test_waits__tile_list_and_owners_agree_where_some_were_contacted(view: Open, books: Books):
    now = this_minute()
    since = waits(books, now - timedelta(days=30))
    longest = sorted(since, key=lambda lead: (since[lead], lead))
    came_in = min(lead["CreatedOn"] for lead in books.leads if lead["ProspectID"] in since)
    assert {since[lead] for lead in longest} != {lead["CreatedOn"] for lead in books.leads}
    overview = view(QUIET)
    assert overview.metric("Longest wait") == f"{(now - since[longest[0]]).days:,} days"
    assert ids(overview) == longest[:50]
    assert ids(view(QUIET, page="leads")) == longest[:50], "the same without a word in the link"
    assert ids(view({**QUIET, "sort": "CreatedOn"}, page="leads")) != longest[:50]
    owners = table(view(QUIET, page="owners"))
    assert owners["Oldest"].iloc[0] == pytest.approx((now - since[longest[0]]).total_seconds() / 86_400, abs=0.01)
    by_owner: dict[str | None, list[datetime]] = {}
    for lead in books.leads:
        if lead["ProspectID"] in since:
            by_owner.setdefault(lead["OwnerId"], []).append(since[lead["ProspectID"]])
    named = {books.name(owner) if owner else "No owner": min(moments) for owner, moments in by_owner.items()}
    shown = {str(label).removesuffix(" · left"): days for label, days in owners["Oldest"].iloc[1:].items()}
    for label, first in named.items():
        assert shown[label] == pytest.approx((now - first).total_seconds() / 86_400, abs=0.01), label
    assert came_in <= min(named.values())


def test_waits__the_last_contact_is_a_column_beside_any_activity(view: Open, books: Books):
    now = this_minute()
    listed = view({**QUIET, "sort": "-LastContactOn"}, page="leads").listed
    columns = list(listed.columns)
    assert columns.index("LastContactOn") + 1 == columns.index("ProspectActivityDate_Max")
    calls = {
        lead["ProspectID"]: [w for code, w in books.activities.get(lead["ProspectID"], ()) if code in PHONE_CALL]
        for lead in books.waiting(since=now - timedelta(days=30))
    }
    newest = sorted((max(of) for of in calls.values() if of), reverse=True)
    ages = [(now - moment).days for moment in newest[:50]]
    assert [int(cell.partition(" d")[0].replace(",", "")) for cell in listed["LastContactOn"]] == ages
    assert "LastContactOn" not in view(page="leads").listed, "nobody who waits was ever contacted"


def test_waits__an_account_that_cannot_tell_says_so(view: Open, strict: httpx.Client):
    with ScriptedHost(Relay(strict)) as host:
        screen = view({"columns": ["LastContactOn", "Source"]}, page="leads", environment=keys(host.url))
        assert screen.notes == ["This account cannot tell Last contact."]
        assert [name for name in screen.tables[0].columns if name != BARRED][:2] == ["Name", "Source"]
        said = " ".join(caption.value for caption in screen.test.caption)
    assert "Last contact is no column here" in said


Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A store of leads of so many days, each with its owner, and one more that was called."""

    def store(leads: Sequence[tuple[str, float]]) -> Path:
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        rows = [
            {"ProspectID": f"{n:05}", "OwnerId": owner, "CreatedOn": now - timedelta(days=days)}
            for n, (owner, days) in enumerate(leads)
        ]
        rows.append({"ProspectID": "called", "OwnerId": leads[0][0], "CreatedOn": rows[-1]["CreatedOn"]})
        users = [{"UserId": one, "FirstName": one, "StatusCode": "0"} for one in dict(leads)]
        done = [activity(1, "called", 22, f"{now - timedelta(hours=1):%Y-%m-%d %H:%M:%S}")]
        return make_store(tmp_path / "store", Rows(leads=rows, users=users, activities=done, types=[CALL]))

    return store


def test_oldest__is_exact_for_everybody(view: Open, made: Made):
    """Bo's only lead is younger than a thousand of Al's."""
    leads = [("Al", 200 + n / 100) for n in range(1_200)] + [("Bo", 100.5), ("Cy", 0.25)]
    owners = table(view(page="owners", data=made(leads)))
    assert owners.loc["Bo", "Oldest"] == pytest.approx(100.5, abs=0.01)
    assert owners.loc["Cy", "Oldest"] == pytest.approx(0.25, abs=0.01)
    assert owners.loc["Al", "Oldest"] == pytest.approx(211.99, abs=0.01)


@pytest.mark.parametrize(
    ("leads", "labels"),
    [
        (
            [("Al", 0.01), ("Al", 95.0), ("Al", 400.0)],
            ["<1 h", "1–24 h", "1–3 d", "4–7 d", "8–30 d", "31–90 d", ">90 d"],
        ),
        (
            [("Al", 0.01), *[("Al", 95.0 + 10 * n) for n in range(60)]],
            ["<24 h", "1–7 d", "8–30 d", "31–90 d", "91–180 d", "181–365 d", "1–2 y", ">2 y"],
        ),
        (
            [("Al", 0.01), *[("Al", 1_000.0 + 90 * n) for n in range(40)]],
            ["<91 d", "91–365 d", "1–2 y", "2–3 y", "3–5 y", "5–10 y", ">10 y"],
        ),
        (
            [("Al", 5_384.5 + n) for n in range(150)],
            ["<5,400 d", "5,400–5,429 d", "5,430–5,459 d", "5,460–5,489 d", "5,490–5,519 d", ">5,519 d"],
        ),
    ],
    ids=["usual", "months", "years", "all of one season"],
)
def test_ages__fit_the_leads_on_both_pages(view: Open, made: Made, leads: list[tuple[str, float]], labels: list[str]):
    data = made(leads)
    chart = view(data=data).figure("Leads not contacted by age")["data"][0]
    owners = table(view(page="owners", data=data))
    assert chart["x"] == labels
    assert [label for label in owners.columns if label in labels] == labels
    assert list(owners[labels].iloc[0]) == chart["y"]
    assert sum(chart["y"]) == len(leads)
    assert max(chart["y"]) < 0.9 * len(leads)


def test_ages__a_class_is_a_door_that_stays_relative(view: Open, made: Made):
    data = made([("Al", 5_384.5 + n) for n in range(150)])
    screen = view({"older_than": "5400d-5430d"}, page="leads", data=data)
    assert " 30 leads 5,400–5,429 days old " in screen.sentence
    assert screen.chips == ["age: 5,400–5,429 days"]


def test_ages__an_account_without_extremes_has_fixed_classes(view: Open, made: Made):
    with (
        served(made([("Al", 5_384.5 + n) for n in range(150)]), strict=True) as account,
        ScriptedHost(Relay(account)) as host,
    ):
        chart = view(environment=keys(host.url)).figure("Leads not contacted by age")["data"][0]
        owners = table(view(page="owners", environment=keys(host.url)))
    assert chart["x"][-1] == ">10 y"
    assert list(owners["Oldest"].iloc[:1]) == [3_653.0], "its class, since the report tells no more"
