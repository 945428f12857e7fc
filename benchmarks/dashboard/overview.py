"""The Overview of an account that takes half a second a call: `python -m benchmarks.dashboard.overview [--times 10]`.

In Chromium, against an account on loopback with 25 calls in 5 s: from Apply to the first numbers and to the whole
page, for questions never asked before, and how many calls the second viewer of each costs. Exit code 1 where an aim
is missed.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.sync_api import BrowserContext, Page

from benchmarks.account.host import ACCESS, SECRET, Played, playing
from benchmarks.dashboard.painted import SOURCES, painted
from lsq_api.server.demo.make import make_demo
from tests.browser.site import launched, running

LATENCY, WINDOW = 0.5, 5.5
"""Seconds a call takes; and until a window of the limit is over, so that each question begins with all of it."""
FIRST, WHOLE = 1.0, 4.0
"""Seconds until the first numbers, and until the whole page, at most."""
_SAYS = """said => [...document.querySelectorAll('[data-testid=stText]')].some(one => one.innerText.includes(said))"""


def asked(page: Page, turn: int) -> tuple[float, float]:
    """Seconds from Apply to the sentence with the first numbers, and to the whole page, of a question with one source
    more than the one before."""
    source = page.get_by_test_id("stPopoverBody").get_by_label("Source", exact=True).first
    source.fill(SOURCES[turn])
    page.get_by_role("option", name=SOURCES[turn], exact=True).click()
    page.keyboard.press("Escape")
    said = SOURCES[turn] if turn < 3 else f"{turn - 1} more sources"
    page.bring_to_front()
    begun = perf_counter()
    page.get_by_role("button", name="Apply", exact=True).click()
    page.wait_for_function(_SAYS, arg=said, polling="raf", timeout=60_000)
    first = perf_counter() - begun
    painted(page, said)
    return first, perf_counter() - begun


def second(context: BrowserContext, played: Played, link: str, said: str) -> int:
    """Calls that arrive at the account when somebody else opens the link."""
    before = len(played.arrived())
    page = context.new_page()
    page.goto(link)
    painted(page, said)
    page.close()
    return len(played.arrived()) - before


def main(times: int) -> int:
    """Print the figures; 1 where an aim is missed."""
    executable = shutil.which("chromium")
    if executable is None:
        print("there is no Chromium on the PATH", file=sys.stderr)
        return 2
    took: list[tuple[float, float]] = []
    more = 0
    with tempfile.TemporaryDirectory() as folder, launched(executable) as browser:
        store = Path(folder) / "store"
        make_demo(store)
        with playing(store, latency=LATENCY, rate_limit="25/5") as played:
            where = {"LSQ_API_URL": played.host.api_url, "LSQ_ANALYTICS_URL": played.host.analytics_url}
            keys = {"LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET, "LSQ_STATE_DIR": folder}
            with running(Path(folder), **where, **keys) as url:
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                page.goto(url)
                painted(page, "As of")
                for turn in range(times):
                    time.sleep(WINDOW)
                    took.append(asked(page, turn))
                    more += second(context, played, page.url, SOURCES[0])
            refused = sum(1 for one in played.arrived() if one.status == 429)
    first, whole = (median(values) for values in zip(*took, strict=True))
    print(f"first numbers {first:.2f} s (aim {FIRST} s), whole page {whole:.2f} s (aim {WHOLE} s), medians of {times};")
    print(f"calls of the second viewers: {more} (aim 0); calls refused: {refused} (aim 0)")
    return 0 if first <= FIRST and whole <= WHOLE and not more and not refused else 1


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--times", type=int, default=10, choices=range(1, len(SOURCES) + 1), metavar="1-10")
    sys.exit(main(given.parse_args().times))
