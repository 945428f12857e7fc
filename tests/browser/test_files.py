"""Files that leave the dashboard through a real browser."""

import csv
import re
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.books import Books
from tests.browser.conftest import Site, Tab
from tests.browser.site import Dashboard
from tests.stores import Rows, at, make_store

CSV = re.compile("CSV of all ([0-9,]+)")


def downloaded(dashboard: Dashboard, to: Path) -> tuple[str, bytes]:
    """Name and content of the CSV of all leads."""
    button = dashboard.page.get_by_test_id("stDownloadButton").get_by_role("button").filter(has_text=CSV)
    expect(button).to_be_enabled()
    with dashboard.page.expect_download() as caught:
        button.click()
    caught.value.save_as(to)
    return caught.value.suggested_filename, to.read_bytes()


def read(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "or Excel misreads names"
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv__holds_every_waiting_lead(tab: Tab, books: Books, tmp_path: Path):
    prospects = books.waiting(lambda lead: lead["ProspectStage"] == "Prospect")
    dashboard = tab().open("/?stage=Prospect").shows(len(prospects))
    name, content = downloaded(dashboard, tmp_path / "file")
    rows = read(content)
    assert re.fullmatch(r"leads-not-contacted.*\d{4}-\d\d-\d\d.*\.csv", name)
    assert len(rows) == len(prospects) > 50, "all of them, not the page on screen"
    assert Counter(row["Lead Id"] for row in rows) == Counter(lead["ProspectID"] for lead in prospects)
    expected = {lead["ProspectID"]: (lead["EmailAddress"] or "", lead["ProspectStage"]) for lead in prospects}
    assert {row["Lead Id"]: (row["Email"], row["Lead Stage"]) for row in rows} == expected


@pytest.fixture(scope="module")
def formulas_url(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    names = ["=1+1", "@SUM(A1)", "+91-9876543210", "Zoë 😀"]
    rows = Rows(
        leads=[
            {
                "ProspectID": f"lead-{n}",
                "FirstName": name,
                "LastName": name,
                "EngagementScore": -5,
                "CreatedOn": at("2026-01-01 00:00:00"),
            }
            for n, name in enumerate(names)
        ]
    )
    return site(make_store(tmp_path_factory.mktemp("formulas") / "s", rows))


def test_csv__runs_nothing_in_a_spreadsheet(tab: Tab, formulas_url: str, tmp_path: Path):
    rows = read(downloaded(tab(formulas_url).open().shows(4), tmp_path / "file")[1])
    assert sorted(row["First Name"] for row in rows) == ["'=1+1", "'@SUM(A1)", "Zoë 😀", "\u200e+91-9876543210"]
    assert {row["Engagement Score"] for row in rows} == {"-5"}
