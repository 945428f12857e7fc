"""The panel of filters: it is over the page, counts what is not applied, and drops that when it is closed."""

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Tab


def test_panel__counts_what_is_not_applied_and_drops_it_when_closed(tab: Tab):
    dashboard = tab().open()
    before = dashboard.number("Not contacted")
    dashboard.choose("Stage", "Prospect")
    expect(dashboard.panel).to_contain_text("1 change not applied")
    dashboard.choose("Came in", "Last 30 days")
    expect(dashboard.panel).to_contain_text("2 changes not applied")
    dashboard.has_link()
    dashboard.press("Filters")
    expect(dashboard.page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(dashboard.field("Stage")).not_to_contain_text("Prospect")
    expect(dashboard.panel).not_to_contain_text("not applied")
    assert dashboard.number("Not contacted") == before


def test_panel__closes_on_apply_on_a_phone_and_the_answer_is_seen(tab: Tab):
    dashboard = tab(width=NARROW, height=844).open()
    dashboard.choose("Stage", "Prospect")
    dashboard.press("Apply")
    dashboard.has_link(stage="Prospect")
    expect(dashboard.page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(dashboard.sentence).to_be_in_viewport(ratio=1)
    expect(dashboard.metric("Not contacted")).to_be_in_viewport(ratio=1)
