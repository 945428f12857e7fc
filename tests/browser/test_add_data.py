"""Somebody without an account drops the files they have, and works with them a minute later."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.site import Dashboard, running

CASES = Path(__file__).resolve().parents[3] / "shared" / "data" / "cases"


def drop(dashboard: Dashboard, *files: Path) -> None:
    dashboard.page.locator('input[type="file"]').set_input_files(list(files))


def take_off(dashboard: Dashboard) -> None:
    """Take every file off the page."""
    buttons = dashboard.page.get_by_test_id("stFileUploader").get_by_role("button", name="Remove")
    while buttons.count():
        left = buttons.count() - 1
        buttons.first.click()
        expect(buttons).to_have_count(left)


def names(kept: Path) -> list[str]:
    """What is kept beside the audit."""
    return sorted(path.name for path in kept.iterdir() if path.name != "audit")


def test_files__are_dropped_mended_saved_and_worked_with(tab: Tab, tmp_path: Path):
    if not CASES.is_dir():
        pytest.skip("the cases are not beside the repository")
    web = CASES / "02" / "11b_lsq_web"
    bad = tmp_path / "broken.csv"
    bad.write_bytes((CASES / "02" / "11_lsq_web" / "leads.csv").read_bytes() + b'p3,"an open quote\n')
    kept = tmp_path / "kept"
    with running(tmp_path, LSQ_STATE_DIR=str(kept)) as url:
        dashboard = tab(url, fresh=True)
        page = dashboard.page
        page.goto(f"{url}/add_data")
        expect(page.get_by_role("heading", name="Add data")).to_be_visible()

        drop(dashboard, bad)
        expect(page.get_by_test_id("stAlert")).to_contain_text("broken.csv, line")
        expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
        take_off(dashboard)
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
        assert names(kept) == [], "nothing is left of a bad file"

        drop(dashboard, web / "leads.csv", web / "activities.csv")
        expect(page.get_by_test_id("stAlert")).to_contain_text("“Activities without a type”")
        page.get_by_role("combobox", name="Activities without a type").fill("Outbound")
        page.get_by_role("option", name="Outbound Phone Call Activity (22)").click()
        page.get_by_role("button", name="Read again").click()
        expect(dashboard.metric("Activities")).to_have_text("1")
        expect(dashboard.metric("Leads")).to_have_text("2")
        dashboard.settled()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_test_id("stAlert")).to_contain_text("2 leads are saved")
        assert names(kept) == ["leads.store"]

        page.get_by_role("link", name="Open the overview").click()
        dashboard.shows(1)
        expect(dashboard.sentence).to_contain_text("1 of 2 leads")
    with running(tmp_path, LSQ_STATE_DIR=str(kept)) as url:
        tab(url, fresh=True).open().shows(1)
