"""Cells of tables are doors: a click anywhere in one or Enter opens it, an arrow key does not."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.site import Dashboard

HEAD, ROW = 36, 35


def table(dashboard: Dashboard, link: str) -> dict[str, float]:
    """Open a page with one table, and say where that is."""
    dashboard.page.goto(f"{dashboard.url}{link}")
    found = dashboard.page.get_by_test_id("stDataFrame")
    expect(found).to_be_visible()
    dashboard.settled()
    box = found.bounding_box()
    assert box is not None
    return dict(box)


def hit(page: Page, box: dict[str, float], x: float, row: int) -> None:
    page.mouse.click(box["x"] + x, box["y"] + HEAD + ROW * row + ROW / 2)


def test_list__the_empty_part_of_a_names_cell_opens_the_lead(tab: Tab):
    dashboard = tab()
    box = table(dashboard, "/leads?stage=Prospect")
    hit(dashboard.page, box, 88, 1)
    dashboard.page.wait_for_url("**/lead?*lead=*")
    expect(dashboard.page.get_by_role("heading", name="Activities")).to_be_visible()


def test_list__enter_opens_the_lead_and_arrows_do_not(tab: Tab):
    dashboard = tab()
    page = dashboard.page
    box = table(dashboard, "/leads?stage=Prospect")
    hit(page, box, box["width"] / 2, 2)
    for key in ["ArrowLeft"] * 8 + ["ArrowDown"]:
        page.keyboard.press(key)
    chosen = page.locator("td[aria-selected=true]")
    expect(chosen).to_have_attribute("aria-colindex", "1")
    name = chosen.inner_text()
    assert "/leads?" in page.url
    page.keyboard.press("Enter")
    page.wait_for_url("**/lead?*lead=*")
    expect(page.get_by_role("heading", name=name).first).to_be_visible()


def test_owners__one_click_opens_the_leads_of_a_cell(tab: Tab):
    """The third row is an owner; its name counts what waits, and so says the list."""
    dashboard = tab()
    page = dashboard.page
    box = table(dashboard, "/owners?stage=Prospect")
    cells = page.locator("tr[aria-rowindex='4'] td")
    name, waiting = cells.nth(0).text_content(), cells.nth(2).text_content()
    hit(page, box, 60, 2)
    page.wait_for_url("**/leads?*owner=*")
    assert name
    heading = page.get_by_role("heading").filter(has_text=re.compile(r"^[\d,]+ leads?$"))
    expect(heading).to_have_text(re.compile(rf"^{int(float(waiting or 0)):,} leads?$"))


def test_names__show_whole_under_the_pointer(tab: Tab):
    dashboard = tab()
    page = dashboard.page
    box = table(dashboard, "/leads?stage=Prospect")
    name = page.locator("tr[aria-rowindex='3'] td").first.text_content()
    x, y = box["x"] + 40, box["y"] + HEAD + ROW + ROW / 2
    page.mouse.move(x, y)
    assert page.evaluate(f"document.elementFromPoint({x}, {y}).title") == name
