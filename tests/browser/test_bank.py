"""The first screen on a bank's 13,087 real leads."""

from playwright.sync_api import expect

from tests.browser.conftest import Tab

CALLS = {
    "W_Nabellen incomplete dossiers (COMPLETE) (227)",
    "W_Nabellen incomplete dossiers (START) (229)",
    "W_Nabellen offertes (COMPLETE) (230)",
    "W_Nabellen offertes (START) (232)",
}


def test_bank__leads_without_a_call_by_the_names_of_the_calls(tab: Tab, bank_url: str):
    dashboard = tab(bank_url).open().shows(0)
    dashboard.choose("What counts as contact", *sorted(CALLS))
    dashboard.press("Apply")
    dashboard.shows(8_076)
    assert set(dashboard.link) == {"activity"}
    assert set(dashboard.link["activity"]) == CALLS
    expect(dashboard.sentence).to_contain_text("8,076 of 13,087 leads (62 %)")


def test_bank__asks_what_counts_before_it_says_that_all_is_well(tab: Tab, bank_url: str):
    """The bank has none of the usual calls, and its systems note something down of every lead."""
    dashboard = tab(bank_url).open()
    expect(dashboard.sentence).to_contain_text("What counts as contact is not chosen yet.")
    card = dashboard.page.locator(".st-key-choose_contact")
    expect(card).to_contain_text("8,076 of 13,087 leads wait (62 %)")
    expect(card).to_contain_text(
        "W_Nabellen incomplete dossiers (COMPLETE, START) or W_Nabellen offertes (COMPLETE, START)"
    )
    expect(dashboard.page.get_by_text("has been contacted")).to_have_count(0)
    card.get_by_role("button", name="Calls", exact=True).click()
    dashboard.shows(8_076)
    expect(card).to_have_count(0)
    assert set(dashboard.link["activity"]) == CALLS
    dashboard.page.get_by_role("button", name="Leave it out").click()
    dashboard.shows(4_230)
    expect(dashboard.sentence).to_contain_text("4,230 of 8,731 leads (48 %) without those of 112")
    assert dashboard.link["owner_not"] == ["112"]
