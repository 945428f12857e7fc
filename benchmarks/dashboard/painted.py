"""When a screen is painted: the run is over, what it says and draws is there, and the browser has come to rest."""

from collections.abc import Callable
from time import perf_counter

from playwright.sync_api import Page

SOURCES = ("Website", "Google Ads", "Facebook Ads", "Education Fair", "Instagram Ads", "Webinar", "Partner College",
           "Referral", "WhatsApp", "Walk-in")  # fmt: skip
"""Sources of the demo company, each applied once."""
_SENTENCE = """(document.querySelector('[data-testid=stMain] [data-testid=stText]')?.innerText ?? '')"""
_PAINTED = f"""([said, before]) => {{
    const app = document.querySelector('[data-testid=stApp]');
    const still = app?.getAttribute('data-test-script-state') === 'notRunning';
    const stale = document.querySelector('[data-stale=true]');
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    const drawn = charts.every(chart => chart.querySelector('.barlayer .point'));
    return still && !stale && drawn && document.body.innerText.includes(said) && {_SENTENCE} !== before
        && document.querySelector('[data-testid=stDataFrame] canvas') !== null;
}}"""
_AT_REST = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


def painted(page: Page, said: str, before: str | None = None) -> None:
    """Wait until the run is over, what it says and draws is there, and the browser has come to rest.

    `before` is the first sentence of the page as it was: what is looked for may stand in the form already.
    """
    page.wait_for_function(_PAINTED, arg=[said, before], polling="raf", timeout=60_000)
    page.evaluate(_AT_REST)


def timed(page: Page, act: Callable[[], object], said: str, *, other: bool = False) -> float:
    """Seconds from an act to the painted screen that says so; with `other`, to one with another first sentence."""
    before = page.evaluate(_SENTENCE) if other else None
    page.bring_to_front()  # a tab behind another is drawn seldom
    begun = perf_counter()
    act()
    painted(page, said, before)
    return perf_counter() - begun
