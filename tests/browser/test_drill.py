"""Every number is a door: a click on a mark of a chart opens as many leads, and Back returns in one step."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Tab
from tests.browser.site import Dashboard

LEADS = re.compile(r"^([\d,]+) leads?$")


def mark(page: Page, chart: int, trace: int, place: int) -> Locator:
    """A bar of a chart: each trace draws its own, in their order."""
    drawn = page.locator(".js-plotly-plot").nth(chart).locator(".barlayer .trace.bars").nth(trace)
    return drawn.locator(".point").nth(place)


def hit(found: Locator) -> None:
    """Click the middle of a mark as a person would: the chart's own layer lies over it."""
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    found.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def opened(dashboard: Dashboard) -> int:
    """How many leads the list says it has."""
    heading = dashboard.page.get_by_role("heading").filter(has_text=LEADS)
    expect(heading).to_be_visible()
    found = LEADS.match(heading.inner_text())
    assert found
    return int(found[1].replace(",", ""))


def spoken(page: Page, described: str) -> str:
    """What a chart says of itself to those who cannot see it."""
    found = page.get_by_label(re.compile(f"^{re.escape(described)}")).first
    expect(found).to_be_attached()
    return found.get_attribute("aria-label") or ""


def first_of(said: str) -> int:
    """The waiting leads of the first row of a chart in words: `…: Ann Lee: 312 of 760; …`."""
    found = re.search(r": ([\d,]+) of ", said)
    assert found
    return int(found[1].replace(",", ""))


def largest(said: str) -> int:
    return max(int(count.replace(",", "")) for count in re.findall(r": ([\d,]+) of ", said))


@pytest.mark.parametrize(
    ("link", "described", "at", "expected"),
    [
        ("/?stage=Prospect", "Leads not contacted by owners", (0, 1, 0), first_of),
        ("/breakdown?stage=Prospect&by=Source", "Leads not contacted by Lead Source", (0, 1, 0), first_of),
        ("/breakdown?stage=Prospect&view=treemap", "Leads not contacted by Lead Source", (0, 0, 0), largest),
    ],
)
def test_chart__a_click_opens_as_many_leads(
    tab: Tab, link: str, described: str, at: tuple[int, int, int], expected: Callable[[str], int]
):
    dashboard = tab()
    page = dashboard.page
    page.goto(f"{dashboard.url}{link}")
    count = expected(spoken(page, described))
    expect(mark(page, *at)).to_be_visible()
    dashboard.settled()
    before = page.url
    hit(mark(page, *at))
    page.wait_for_url("**/leads?*")
    assert opened(dashboard) == count > 0
    assert "stage=Prospect" in page.url
    page.go_back()
    page.wait_for_url(before)
    expect(page.get_by_label(re.compile(f"^{re.escape(described)}")).first).to_be_attached()
    expect(dashboard.chips).to_have_count(1)


def test_age__a_click_opens_as_many_leads(tab: Tab):
    dashboard = tab().open("/?stage=Prospect").charts_drawn()
    said = spoken(dashboard.page, "Leads not contacted by age: ")
    oldest = int(re.findall(r": ([\d,]+)", said)[-1].replace(",", ""))
    drawn = dashboard.page.get_by_test_id("stPlotlyChart").filter(has_text=">90 d").locator(".point")
    hit(drawn.last)
    dashboard.page.wait_for_url("**/leads?*older_than=*")
    assert opened(dashboard) == oldest > 0


def test_heat_map__a_click_opens_the_leads_of_its_owner_and_age(tab: Tab):
    dashboard = tab()
    page = dashboard.page
    page.goto(f"{dashboard.url}/owners?view=heat")
    oldest = mark(page, 0, 6, 0)
    expect(oldest).to_be_visible()
    dashboard.settled()
    count = int((oldest.locator("text").text_content() or "").replace(",", ""))
    hit(oldest)
    page.wait_for_url("**/leads?*owner=*")
    assert opened(dashboard) == count > 0
    expect(dashboard.chips).to_have_count(2)
    page.go_back()
    page.wait_for_url("**/owners?view=heat")


def test_shares__a_click_opens_the_owners_leads(tab: Tab):
    dashboard = tab()
    page = dashboard.page
    page.goto(f"{dashboard.url}/owners?view=share")
    said = re.search(r" · ([\d,]+) of ", spoken(page, "Leads not contacted by owners"))
    assert said
    expect(mark(page, 0, 0, 0)).to_be_visible()
    dashboard.settled()
    hit(mark(page, 0, 0, 0))
    page.wait_for_url("**/leads?*owner=*")
    assert opened(dashboard) == int(said[1].replace(",", "")) > 0
    page.go_back()
    page.wait_for_url("**/owners?view=share")


def test_table__a_name_opens_the_lead_and_back_returns_to_the_list(tab: Tab):
    dashboard = tab()
    page = dashboard.page
    page.goto(f"{dashboard.url}/leads?stage=Prospect&sort=-EngagementScore&page=2")
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    dashboard.settled()
    table.click(position={"x": 40, "y": 38 + 35 + 17})
    page.wait_for_url("**/lead?*lead=*")
    expect(page.get_by_role("heading", name="Activities")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url(lambda url: "/leads?" in url and "page=2" in url and "sort=-EngagementScore" in url)
    page.go_back()
    page.go_back()
    page.wait_for_url(lambda url: url.endswith("/leads?stage=Prospect&sort=-EngagementScore&page=2"))
