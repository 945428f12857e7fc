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
