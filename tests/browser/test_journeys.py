"""What a manager does on the first screen, in a real browser: filter, look, share, go back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from tests.app.books import Books, Lead, by, this_minute
from tests.browser.conftest import Tab
from tests.browser.site import running


def stage(*names: str) -> Callable[[Lead], Any]:
    return lambda lead: lead["ProspectStage"] in names


def recent(books: Books, days: int, *stages: str) -> set[int]:
    """How many leads wait that came in lately: as of now, and as of a minute ago."""
    ends = {this_minute(), this_minute() - timedelta(minutes=1)}
    fits = stage(*stages)
    return {
        len(books.waiting(lambda lead, end=end: fits(lead) and end - timedelta(days=days) <= lead["CreatedOn"] <= end))
        for end in ends
    }


def test_link__opened_first_on_a_cold_process(browser: Browser, tab: Tab, demo: Path, books: Books, tmp_path: Path):
    """Streamlit runs a page without app.py then: without the remedy in frame.py there is no frame and no filter."""
    with running(tmp_path, LSQ_DATA=str(demo)) as url:
        dashboard = tab(url).open("/?stage=Prospect&created=90d").shows(*recent(books, 90, "Prospect"))
        expect(dashboard.field("Stage")).to_contain_text("Prospect")
        expect(dashboard.chips).to_have_text([r"stage: Prospectclose", "created: 90 daysclose"])
        expect(dashboard.page.get_by_role("button", name="Apply")).to_be_visible()


def test_link__of_another_page_opened_first_on_a_cold_process(tab: Tab, demo: Path, tmp_path: Path):
    with running(tmp_path, LSQ_DATA=str(demo)) as url:
        dashboard = tab(url)
        dashboard.page.goto(f"{url}/leads?stage=Prospect")
        expect(dashboard.field("Stage")).to_contain_text("Prospect")
        expect(dashboard.chip("stage: Prospect")).to_be_visible()
        expect(dashboard.page.get_by_test_id("stDataFrame")).to_be_visible()
        expect(dashboard.page.get_by_test_id("stException")).to_have_count(0)


def test_apply__writes_the_link_and_the_numbers_change(tab: Tab, books: Books):
    dashboard = tab().open().shows(len(books.waiting()))
    dashboard.choose("Stage", "Prospect", "Opportunity")
    expect(dashboard.metric("Not contacted")).to_have_text(f"{len(books.waiting()):,}")
    dashboard.press("Apply")
    dashboard.has_link(stage=["Opportunity", "Prospect"])
    dashboard.shows(len(books.waiting(stage("Prospect", "Opportunity"))))
    expect(dashboard.sentence).to_contain_text("in stage Opportunity or Prospect")


def test_chip__takes_its_filter_away(tab: Tab, books: Books):
    dashboard = tab().open("/?stage=Prospect&stage=Lost").shows(len(books.waiting(stage("Prospect", "Lost"))))
    dashboard.chip("stage: Lost").click()
    dashboard.has_link(stage="Prospect").shows(len(books.waiting(stage("Prospect"))))
    dashboard.chip("stage: Prospect").click()
    dashboard.has_link().shows(len(books.waiting()))
    expect(dashboard.chips).to_have_count(0)


def test_back__returns_to_the_view_before(tab: Tab, books: Books):
    dashboard = tab().open("/?stage=Prospect").shows(len(books.waiting(stage("Prospect"))))
    dashboard.chip("stage: Prospect").click()
    dashboard.has_link().shows(len(books.waiting()))
    dashboard.page.go_back()
    dashboard.has_link(stage="Prospect").shows(len(books.waiting(stage("Prospect"))))
    expect(dashboard.field("Stage")).to_contain_text("Prospect")
    expect(dashboard.chips).to_have_count(1)
    dashboard.page.go_forward()
    dashboard.has_link().shows(len(books.waiting()))


def test_reload__keeps_the_view(tab: Tab, books: Books):
    owner = by("OwnerId", books.waiting()).most_common(1)[0][0]
    theirs = len(books.waiting(lambda lead: lead["OwnerId"] == owner))
    dashboard = tab().open(f"/?{urlencode({'owner': books.name(owner)})}").shows(theirs)
    dashboard.page.reload()
    dashboard.shows(theirs).has_link(owner=books.name(owner))
    expect(dashboard.field("Owners")).to_contain_text(books.name(owner))


def test_link__shows_another_viewer_the_same(tab: Tab):
    """The two share nothing but the address."""
    first = tab().open()
    first.choose("Stage", "Prospect")
    first.choose("Came in", "Last 365 days")
    first.choose("What counts as contact", "Email Opened (0)")
    first.press("Apply")
    expect(first.chips).to_have_count(5)
    second = tab(fresh=True)
    second.page.goto(first.page.url)
    expect(second.chips).to_have_text(first.chips.all_inner_texts(), use_inner_text=True)
    for label in ("Not contacted", "Share", "Never any activity", "Longest wait", "Mean engagement"):
        expect(second.metric(label)).to_have_text(first.metric(label).inner_text())
    expect(second.sentence).to_have_text(first.sentence.inner_text())


def test_reset__takes_everything_away(tab: Tab, books: Books):
    dashboard = tab().open("/?stage=Prospect&created=365d&where=Phone~def")
    expect(dashboard.chips).to_have_count(3)
    dashboard.press("Reset")
    dashboard.has_link().shows(len(books.waiting()))
    expect(dashboard.chips).to_have_count(0)
    expect(dashboard.field("Stage")).not_to_contain_text("Prospect")


def test_dates__half_picked_are_an_open_range(tab: Tab, books: Books):
    """They come when they are unfolded, and what was picked counts, folded away again or not."""
    dashboard = tab().open()
    unfold = dashboard.panel.get_by_text("Exact dates", exact=True)
    unfold.click()
    dashboard.page.get_by_role("spinbutton", name="year, Came in: from").click()
    dashboard.page.keyboard.type("20260105")
    dashboard.page.keyboard.press("Tab")
    unfold.click()
    expect(dashboard.page.get_by_role("spinbutton", name="year, Came in: from")).to_be_hidden()
    dashboard.press("Apply")
    dashboard.has_link(created_from="2026-01-05")
    expect(dashboard.chip("created: since 5 Jan 2026")).to_be_visible()
    expect(dashboard.page.get_by_test_id("stException")).to_have_count(0)


def test_keyboard__alone_filters_and_applies(tab: Tab, books: Books):
    dashboard = tab().open()

    def tab_to(what: str) -> None:
        """Press Tab until the focus is there, twice round the page at most: what is drawn anew as it is passed by is
        met the second time."""
        for _ in range(160):
            dashboard.page.keyboard.press("Tab")
            focused = dashboard.page.evaluate_handle("document.activeElement")
            said = dashboard.page.evaluate("e => e.ariaLabel || e.innerText", focused)
            lines = str(said).splitlines()  # a name, beside those of icons
            if what in lines and len(lines) < 7:
                return
        pytest.fail(f"the keyboard does not reach {what}")

    tab_to("Filters")
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.page.get_by_role("button", name="Apply", exact=True)).to_be_visible()
    dashboard.settled()
    tab_to("Stage")
    dashboard.page.keyboard.type("Prospect")
    expect(dashboard.page.get_by_role("option", name="Prospect", exact=True)).to_be_visible()
    dashboard.page.keyboard.press("Enter")
    expect(dashboard.field("Stage")).to_contain_text("Prospect")
    dashboard.page.keyboard.press("Escape")
    tab_to("Apply")
    dashboard.page.keyboard.press("Enter")
    dashboard.has_link(stage="Prospect").shows(len(books.waiting(stage("Prospect"))))
