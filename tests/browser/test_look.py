"""How the first screen stands in a real browser: narrow, dark, and with text that would like to be more than text."""

import re

import pytest
from playwright.sync_api import ConsoleMessage, expect

from tests.browser.conftest import NARROW, Site, Tab
from tests.stores import Rows, at, make_store

NAMES = ["<b>Ann</b> & **Co**", 'O\'Hara "Q"', "<img src=x onerror=x()>", "مدير المبيعات", "😀 $x$ :red[y]"]

SHAPED = """
    window.shaped = new Map();
    new MutationObserver(changes => {
        for (const { target } of changes)
            if (target.matches(".barlayer .point path")) shaped.set(target, (shaped.get(target) ?? 0) + 1);
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["d"] });
"""
"""Counts how often each bar is given its shape: once each time that its chart is drawn."""

FRAMES = """async count => {
    for (let frame = 0; frame < count; frame += 1) await new Promise(requestAnimationFrame);
}"""
"""What a browser does when it comes to it is done a few frames later."""


@pytest.fixture(scope="module")
def strange_url(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    owners = [f"{n}0000000-0000-4000-8000-000000000000" for n in range(len(NAMES))]
    rows = Rows(
        users=[
            {"UserId": owner, "FirstName": name, "StatusCode": "0"} for owner, name in zip(owners, NAMES, strict=True)
        ],
        leads=[
            {"ProspectID": f"lead-{n}", "FirstName": name, "OwnerId": owners[n], "CreatedOn": at("2026-01-01 00:00:00")}
            for n, name in enumerate(NAMES)
        ],
    )
    return site(make_store(tmp_path_factory.mktemp("strange") / "s", rows))


def test_narrow__nothing_is_wider_than_the_screen(tab: Tab):
    dashboard = tab(width=NARROW, height=844).open("/?stage=Prospect&created=365d").charts_drawn()
    for element in ("document.documentElement", "document.querySelector('[data-testid=stMain]')"):
        wide, room = dashboard.page.evaluate(f"(e => [e.scrollWidth, e.clientWidth])({element})")
        assert wide <= room <= NARROW, element
    words = dashboard.page.locator(".js-plotly-plot text")
    assert words.evaluate_all("all => Math.max(...all.map(one => one.getBoundingClientRect().right))") <= NARROW


def test_narrow__the_answer_is_on_the_first_screen(tab: Tab):
    dashboard = tab(width=NARROW, height=844).open()
    expect(dashboard.sentence).to_be_in_viewport(ratio=1)
    expect(dashboard.metric("Not contacted")).to_be_in_viewport(ratio=1)


def test_wide__the_answer_is_on_the_first_screen(tab: Tab):
    dashboard = tab().open().charts_drawn()
    for label in ("Not contacted", "Share", "Never any activity", "Longest wait", "Mean engagement"):
        expect(dashboard.metric(label)).to_be_in_viewport(ratio=1)
    expect(dashboard.page.locator(".js-plotly-plot").first).to_be_in_viewport()


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 24, 28)")])
def test_scheme__follows_the_viewers_system(tab: Tab, scheme: str, ground: str):
    dashboard = tab(scheme=scheme).open().charts_drawn()
    expect(dashboard.page.get_by_test_id("stApp")).to_have_css("background-color", ground)
    words = dashboard.page.locator(".js-plotly-plot .ytick text").first
    expect(words).not_to_have_css("fill", ground)


def test_charts__are_said_in_words(tab: Tab):
    page = tab().open().charts_drawn().page
    for described in ("Leads not contacted by owners: ", "Leads not contacted by age: "):
        expect(page.get_by_label(re.compile(f"^{re.escape(described)}"))).not_to_have_count(0)


@pytest.mark.parametrize("link", ["/", "/owners?view=heat", "/breakdown", "/breakdown?view=treemap"])
def test_charts__are_drawn_once(tab: Tab, link: str):
    """Drawing them is most of the time from Apply to a screen; Streamlit's component asks for it twice."""
    dashboard = tab()
    page = dashboard.page
    page.add_init_script(SHAPED)
    page.goto(f"{dashboard.url}{link}")
    expect(page.locator(".js-plotly-plot .bars .point").first).to_be_attached()
    dashboard.settled()
    page.evaluate(FRAMES, 10)
    times = page.evaluate("() => [...shaped].filter(([bar]) => bar.isConnected).map(([, times]) => times)")
    assert len(times) > 10
    assert set(times) == {1}


def test_charts__names_have_their_room_from_the_start(tab: Tab, strange_url: str):
    """Those of letters of any kind: no more room is made for them, which would take a second drawing."""
    dashboard = tab(strange_url).open().charts_drawn().settled()
    left, wanted = "each => each._fullLayout._size.l", "each => each._fullLayout.margin.l"
    chart = dashboard.page.locator(".js-plotly-plot").first
    assert chart.evaluate(left) == chart.evaluate(wanted) > 100


def test_requests__none_leaves_the_company(tab: Tab):
    """Fonts, icons and scripts come from the dashboard itself: it has to work where the Internet is not."""
    dashboard = tab()
    asked: list[str] = []
    dashboard.page.on("request", lambda request: asked.append(request.url))
    dashboard.open().charts_drawn()
    assert [url for url in asked if not url.startswith((dashboard.url, "data:", "blob:"))] == []
    assert len(asked) > 10


def test_console__says_nothing_of_ours(tab: Tab):
    """No error and no warning, such as of a setting that Streamlit refuses.

    Below a page's own address Streamlit first asks for its files in a place where they are not.
    """
    dashboard = tab()
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        asked_first = "/_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type in ("error", "warning") and not asked_first:
            said.append(message.text)

    dashboard.page.on("console", note)
    dashboard.page.on("pageerror", lambda error: said.append(str(error)))
    dashboard.open("/?stage=Prospect").charts_drawn()
    for page in ("leads", "owners", "breakdown", "status"):
        dashboard.page.goto(f"{dashboard.url}/{page}?stage=Prospect")
        expect(dashboard.page.get_by_role("button", name="Refresh")).to_be_visible()
        dashboard.settled()
    assert said == []


def test_strange__names_are_drawn_as_they_are(tab: Tab, strange_url: str):
    dashboard = tab(strange_url)
    dialogs: list[str] = []
    dashboard.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    dashboard.open()
    labels = dashboard.page.locator(".js-plotly-plot").first.locator(".ytick text")
    expect(labels).to_have_count(len(NAMES))
    assert sorted(labels.evaluate_all("all => all.map(one => one.textContent)")) == sorted(NAMES)
    assert dialogs == []


def test_strange__a_chip_shows_the_name(tab: Tab, strange_url: str):
    dashboard = tab(strange_url).open("/?owner=00000000-0000-4000-8000-000000000000").shows(1)
    expect(dashboard.chips).to_have_text(["owner: <b>Ann</b> & **Co**close"])
