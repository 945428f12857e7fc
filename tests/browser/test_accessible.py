"""Every page in both themes, looked through by axe-core: names, roles, order of headings, and contrast of text."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.app.screen import PAGES
from tests.browser.conftest import Tab

OF_STREAMLIT = {"presentation-role-conflict": "stFileUploaderDropzone"}
"""Rules that a widget of Streamlit's own breaks, by the name of the widget; nothing of ours can mend it."""
QUESTIONS = tuple(page for page in PAGES if page != "lead")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages__have_no_fault_that_can_be_found(tab: Tab, scheme: str):
    dashboard = tab(scheme=scheme)
    faults = []
    for page in (*QUESTIONS, "add_data"):
        dashboard.page.goto(f"{dashboard.url}/{'' if page == 'overview' else page}")
        expect(dashboard.page.get_by_role("heading", level=1)).to_be_visible()
        if page != "add_data":
            expect(dashboard.page.get_by_role("button", name="Refresh")).to_be_visible()
            expect(dashboard.page.get_by_text("as of ").first).to_be_visible()
        dashboard.settled()
        for fault in Axe().run(dashboard.page).response["violations"]:
            nodes = [node["html"] for node in fault["nodes"] if OF_STREAMLIT.get(fault["id"], "?") not in node["html"]]
            faults += [f"{page}: {fault['id']}: {node[:200]}" for node in nodes]
    assert faults == []
