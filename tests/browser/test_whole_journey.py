"""A manager's way through the whole dashboard in one piece, and links that hold what was done on the way."""

import csv
import gzip
import re
from collections import Counter
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.app.books import Books, Lead, by
from tests.browser.conftest import BPIC, Tab
from tests.browser.site import Dashboard, running
from tests.browser.test_drill import hit, mark, opened
from tests.browser.test_files import downloaded
from tests.stores import Rows, activity, at, make_store

FILE = {
    "First Name": "FirstName",
    "Last Name": "LastName",
    "Lead Stage": "ProspectStage",
    "Owner": "OwnerId",
    "Created On (Asia/Calcutta)": "CreatedOn",
    "Engagement Score": "EngagementScore",
    "Lead Source": "Source",
    "Phone Number": "Phone",
    "Email": "EmailAddress",
    "Lead Id": "ProspectID",
}
"""The columns of a file of the usual list that a store holds as they are."""


def pick(dashboard: Dashboard, label: str, option: str) -> None:
    """Choose one of a list on the page. A list closes when the page is scrolled: that has to be over before."""
    control = dashboard.page.get_by_test_id("stMain").get_by_label(label, exact=True).first
    control.scroll_into_view_if_needed()
    expect(control).to_be_in_viewport(ratio=1)
    control.focus()
    dashboard.page.keyboard.press("ArrowDown")
    dashboard.page.get_by_role("option", name=option, exact=True).click()


def exported(dashboard: Dashboard, to: Path) -> list[dict[str, str]]:
    _, content = downloaded(dashboard, to)
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def manager(books: Books) -> tuple[str, set[str]]:
    """Somebody with a team, not the head of all, of whom one member's prospects fill more than a page."""
    heads = {user["ManagerUserId"] for user in books.users} - {None}
    teams = {head: books.team(head) for head in heads}
    waiting = by("OwnerId", books.waiting(lambda lead: lead["ProspectStage"] == "Prospect"))
    small = [head for head, team in teams.items() if len(team) < len(books.users) / 2]
    head = max(small, key=lambda one: max(waiting[user] for user in teams[one]))
    return head, teams[head]


def test_journey__from_a_team_to_a_file(tab: Tab, books: Books, manager: tuple[str, set[str]], tmp_path: Path):
    head, team = manager
    theirs = books.waiting(lambda lead: lead["OwnerId"] in team and lead["ProspectStage"] == "Prospect")
    owner, count = by("OwnerId", theirs).most_common(1)[0]
    assert count > 50, "there is a second page"

    dashboard = tab().open()
    page = dashboard.page
    dashboard.choose("Team of", books.name(head))
    dashboard.choose("Stage", "Prospect")
    dashboard.press("Apply")
    dashboard.shows(len(theirs)).charts_drawn()
    hit(mark(page, 0, 1, 0))
    page.wait_for_url("**/leads?*")
    assert opened(dashboard) == count
    dashboard.settled()
    pick(dashboard, "Sort", "Engagement: highest first")
    page.wait_for_url("**sort=-EngagementScore*")
    dashboard.settled()
    page.get_by_role("button", name="Page 2", exact=True).click()
    page.wait_for_url("**page=2*")
    second_page = page.url
    dashboard.settled()

    expected = sorted(
        (lead for lead in theirs if lead["OwnerId"] == owner),
        key=lambda lead: (lead["EngagementScore"] is None, -(lead["EngagementScore"] or 0), lead["ProspectID"]),
    )
    page.get_by_test_id("stDataFrame").click(position={"x": 40, "y": 38 + 17})
    page.wait_for_url(f"**lead={expected[50]['ProspectID']}*")
    expect(page.get_by_role("heading", name="Activities")).to_be_visible()
    page.go_back()
    page.wait_for_url(second_page)
    assert opened(dashboard) == count
    dashboard.settled()  # a button that is drawn anew loses a click

    rows = exported(dashboard, tmp_path / "file")
    assert len(rows) == count
    wanted = [{column: books.written(field, lead[field]) for column, field in FILE.items()} for lead in expected]
    assert [{column: row[column] for column in FILE} for row in rows] == wanted


def bank_leads() -> list[Lead]:
    """The bank's leads on which none of its calls was made, from the files as they are."""
    with gzip.open(BPIC / "activities.csv.gz", "rt", encoding="utf-8", newline="") as file:
        called = {row["RelatedProspectId"] for row in csv.DictReader(file) if row["ActivityEvent"] in CALLS}
    with gzip.open(BPIC / "leads.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["ProspectID"] not in called]


CALLS = ("227", "229", "230", "232")
INDIA = timedelta(hours=5, minutes=30)


def test_journey__of_a_bank(tab: Tab, bank_url: str, tmp_path: Path):
    declined = [lead for lead in bank_leads() if lead["ProspectStage"] == "A_DECLINED"]
    owner, count = Counter(lead["OwnerId"] for lead in declined).most_common(1)[0]
    dashboard = tab(bank_url).open(f"/?{urlencode({'activity': CALLS}, doseq=True)}")
    page = dashboard.page
    dashboard.choose("Stage", "A_DECLINED")
    dashboard.press("Apply")
    dashboard.shows(len(declined)).charts_drawn()
    hit(mark(page, 0, 1, 0))
    page.wait_for_url("**/leads?*")
    assert opened(dashboard) == count
    dashboard.settled()
    pick(dashboard, "Sort", "Came in: newest first")
    page.wait_for_url("**sort=-CreatedOn*")
    dashboard.settled()
    rows = exported(dashboard, tmp_path / "file")
    expected = sorted(
        (lead for lead in declined if lead["OwnerId"] == owner),
        key=lambda lead: (-datetime.fromisoformat(lead["CreatedOn"]).timestamp(), lead["ProspectID"]),
    )
    assert [(row["Lead Id"], row["Lead Stage"], row["Owner"], row["Created On (Asia/Calcutta)"]) for row in rows] == [
        (lead["ProspectID"], "A_DECLINED", "112", str(datetime.fromisoformat(lead["CreatedOn"]) + INDIA))
        for lead in expected
    ]


def test_link__after_twelve_changes_shows_another_browser_the_same(tab: Tab, books: Books):
    """Two owners, two stages, a source, two spans, contact, the page, sort, size and columns: all is in the link."""
    busiest = [books.name(user) for user, _ in by("OwnerId", books.waiting()).most_common(4) if user][:2]
    first = tab().open()
    page = first.page
    first.choose("Owners", *busiest)
    first.choose("Stage", "Prospect", "Contacted")
    first.choose("Source", "Website", "Google Ads", "Facebook Ads")
    first.choose("Came in", "Last 365 days")
    first.choose("Modified", "Last 365 days")
    first.choose("What counts as contact", "Email Opened (0)")
    first.press("Apply")
    page.wait_for_url("**modified=365d*")
    first.settled()
    page.get_by_test_id("stMain").get_by_role("link", name="Leads").first.click()
    page.wait_for_url("**/leads?*")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    first.settled()
    pick(first, "Sort", "Engagement: highest first")
    page.wait_for_url("**sort=-EngagementScore*")
    first.settled()
    pick(first, "Rows on a page", "100 per page")
    page.wait_for_url("**size=100*")
    first.settled()
    assert len(first.link) == 8
    second = tab(fresh=True)
    second.page.goto(page.url)
    expect(second.chips).to_have_text(first.chips.all_inner_texts(), use_inner_text=True)
    expect(second.sentence).to_have_text(first.sentence.inner_text())
    assert opened(second) == opened(first)
    second.settled()
    assert shown(second) == shown(first)
    assert second.page.title() == page.title()
    assert second.link == first.link


def shown(dashboard: Dashboard) -> dict[str, Any]:
    """What the screen says and which controls are set: all but the pictures of tables, which are drawn as images."""
    main = dashboard.page.get_by_test_id("stMain")
    said = [re.sub(r"\d+ min ago", "", text) for text in main.get_by_test_id("stText").all_inner_texts()]
    table = main.get_by_test_id("stDataFrame")
    expect(table.locator("table tbody tr").first).to_be_attached()
    return {
        "said": said,
        "captions": main.get_by_test_id("stCaptionContainer").all_inner_texts(),
        "form": dashboard.panel.inner_text(),
        "chosen": main.locator("input").evaluate_all("all => all.map(one => one.value)"),
        # The table for the blind, which Streamlit keeps beside the picture of the one that is seen.
        "rows": table.locator("table").inner_text(),
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = Rows(
        leads=[
            {"ProspectID": f"lead-{n}", "FirstName": f"Name {n}", "ProspectStage": "New", "Source": "Web"}
            | {"CreatedOn": at("2026-01-01 00:00:00"), "EngagementScore": n}
            for n in range(3)
        ],
        activities=[activity(1, "lead-1", 22, "2026-01-02 00:00:00")],
        types=[{"ActivityEvent": 22, "ActivityEventName": "Outbound call", "EventType": 1}],
    )
    return make_store(tmp_path_factory.mktemp("small") / "s", rows)


@pytest.mark.parametrize(
    ("link", "shows"),
    [
        ("breakdown?stage=New&by=Source&view=table", "Leads not contacted by lead source"),
        ("owners?stage=New&view=share", "Owners, most leads waiting first"),
        ("lead?stage=New&lead=lead-1", "Name 1"),
        ("status?stage=New", "Connection"),
    ],
)
def test_link__of_any_page_opened_first_on_a_cold_process(tab: Tab, small: Path, tmp_path: Path, link: str, shows: str):
    with running(tmp_path, LSQ_DATA=str(small)) as url:
        page = tab(url).page
        page.goto(f"{url}/{link}")
        expect(page.get_by_role("heading", name=shows)).to_be_visible()
        expect(page.get_by_role("button", name="Filters")).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
