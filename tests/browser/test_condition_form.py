"""A condition put together in the form: what cannot be asked is said where it was typed, and what can is asked."""

from playwright.sync_api import expect

from tests.app.books import Books
from tests.browser.conftest import Tab


def test_condition__is_checked_then_asked_and_its_choice_closes(tab: Tab, books: Books):
    dashboard = tab().open()
    page = dashboard.page
    dashboard.panel.get_by_text("Add a condition", exact=True).click()
    field = page.get_by_label("Lead field", exact=True)
    field.scroll_into_view_if_needed()  # a list closes when what is around it is scrolled
    dashboard.settled()
    field.click()
    page.keyboard.type("Engagement Score")
    page.get_by_role("option", name="Engagement Score", exact=True).click()
    page.get_by_label("Value", exact=True).fill("12abc")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Engagement Score needs a number, not “12abc”.")
    dashboard.has_link()
    page.get_by_label("Value", exact=True).fill("20")
    page.get_by_role("button", name="Add", exact=True).click()
    dashboard.has_link(where="EngagementScore~>=~20")
    dashboard.shows(len(books.waiting(lambda lead: (lead["EngagementScore"] or 0) >= 20)))
    expect(page.get_by_role("button", name="Add", exact=True)).to_have_count(0)
    expect(dashboard.chip("Engagement Score is at least 20")).to_be_visible()
