"""How much a page moves while it is being drawn: the cumulative layout shift that Chromium measures, of every page.

    python -m benchmarks.dashboard.shift [--times 3]

Each page is opened at two widths, in a browser that has loaded nothing yet (cold) and again in a new tab of it (warm).
Printed is the worst of so many times; the exit code is 1 where one is not below 0.1.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from tests.browser.site import launched, running

PAGES = ("", "leads", "breakdown", "owners", "status", "add_data")
WIDTHS = ((1440, 900), (390, 844))
AIM = 0.1
"""What is commonly held to be good."""
_WATCH = """
    window.moved = 0;
    new PerformanceObserver(list => {
        for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.moved += shift.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
_RESTED = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    return app?.getAttribute("data-test-script-state") === "notRunning" && document.querySelector("h1");
}"""
_AFTER = 1_500
"""Milliseconds in which what is loaded later, such as a chart, comes."""


def moved(context: BrowserContext, url: str) -> float:
    """The sum of all shifts until the page has come to rest."""
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(url)
    page.wait_for_function(_RESTED, timeout=60_000)
    page.wait_for_timeout(_AFTER)
    found = float(page.evaluate("window.moved"))
    page.close()
    return found


def measure(browser: Browser, url: str, times: int) -> dict[tuple[str, int], tuple[float, float]]:
    """The worst shift of each page at each width, cold and warm."""
    found: dict[tuple[str, int], tuple[float, float]] = {}
    for width, height in WIDTHS:
        for page in PAGES:
            cold, warm = [], []
            for _ in range(times):
                context = browser.new_context(timezone_id="Asia/Kolkata", viewport={"width": width, "height": height})
                cold.append(moved(context, f"{url}/{page}"))
                warm.append(moved(context, f"{url}/{page}"))
                context.close()
            found[page or "overview", width] = max(cold), max(warm)
    return found


def main(times: int) -> int:
    """Print the table; 1 where a page moves too much."""
    executable = shutil.which("chromium")
    if executable is None:
        print("there is no Chromium on the PATH", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url, launched(executable) as browser:
        found = measure(browser, url, times)
    print(f"| worst of {times} | width | cold | warm |\n|---|---|---|---|")
    for (page, width), (cold, warm) in found.items():
        print(f"| {page} | {width} | {cold:.3f} | {warm:.3f} |")
    return 1 if max(max(pair) for pair in found.values()) >= AIM else 0


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--times", type=int, default=3)
    sys.exit(main(given.parse_args().times))
