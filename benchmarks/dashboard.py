"""How long a manager waits, against a trivial Streamlit page in the same run: `python -m benchmarks.dashboard`.

Apply to painted, a shared link opened warm, the next page of the list: medians in Chromium, demo data.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
TIMES = 12
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_STAGES = ("Prospect", "Contacted", "Qualified", "Demo Scheduled", "Opportunity", "Negotiation", "Customer", "Lost")
# Painted: the figure has changed, no run is under way, and the next frame has been drawn.
_PAINTED = """
before => {
  const figure = document.querySelector('[data-testid=stMetricValue]');
  const app = document.querySelector('[data-testid=stApp]');
  const running = app && app.getAttribute('data-test-script-state') === 'running';
  return !!figure && !running && figure.innerText !== before && !document.querySelector('[data-testid=stSkeleton]')
      && !!document.querySelector('.js-plotly-plot .main-svg');
}
"""


@contextmanager
def served(script: str, port: int, data: Path) -> Iterator[str]:
    """A Streamlit process of its own."""
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    environment = os.environ | {"LSQ_DATA": str(data)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        _wait_until(lambda: _healthy(url))
        yield url
    finally:
        process.terminate()
        process.wait()


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_stcore/health").status_code == 200
    except httpx.TransportError:
        return False


def _wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            raise TimeoutError("the dashboard did not start")
        time.sleep(0.05)


def _timed(page: Page, act: Callable[[], object], before: str) -> float:
    started = time.perf_counter()
    act()
    page.wait_for_function(_PAINTED, arg=before, polling="raf", timeout=60_000)
    return time.perf_counter() - started


def _figure(page: Page) -> str:
    return page.locator("[data-testid=stMetricValue]").first.inner_text()


def opened(browser: Browser, url: str) -> list[float]:
    """A shared link opened again and again in a warm browser context and a warm process."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_function(_PAINTED, arg="", timeout=60_000)
    times = []
    for _ in range(TIMES):
        page.goto("about:blank")
        times.append(_timed(page, lambda: page.goto(url, wait_until="commit"), ""))
    context.close()
    return times


def applied(browser: Browser, url: str, change: Callable[[Page, int], None]) -> list[float]:
    """From Apply to painted, each time with another filter."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(url)
    page.wait_for_function(_PAINTED, arg="", timeout=60_000)
    times = []
    for number in range(TIMES):
        change(page, number)
        before = _figure(page)
        times.append(_timed(page, lambda: page.get_by_role("button", name="Apply").click(), before))
    context.close()
    return times


def next_page(browser: Browser, url: str) -> list[float]:
    """From a click on the next page of a table to its rows."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(url)
    page.wait_for_function(_PAINTED, arg="", timeout=60_000)
    times = []
    for number in range(2, TIMES + 2):
        started = time.perf_counter()
        page.get_by_test_id("stPagination").get_by_role("button", name=str(number), exact=True).first.click()
        page.wait_for_function(_TURNED, arg=number, polling="raf", timeout=60_000)
        times.append(time.perf_counter() - started)
    context.close()
    return times


_TURNED = """
number => {
  const app = document.querySelector('[data-testid=stApp]');
  const running = app && app.getAttribute('data-test-script-state') === 'running';
  const current = document.querySelector('[data-testid=stPagination] [aria-current]');
  return !running && !!current && current.innerText.trim() === String(number);
}
"""


def _choose_stage(page: Page, number: int) -> None:
    """Another stage in the filter form, by keyboard; the form costs nothing until Apply."""
    box = page.get_by_role("combobox", name="Stage")
    box.click()
    for _ in range(2):
        page.keyboard.press("Backspace")
    box.fill(_STAGES[number % len(_STAGES)])
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def _choose_factor(page: Page, number: int) -> None:
    page.get_by_label("Factor").fill(str(number + 2))


def _rows(name: str, ours: list[float], floor: list[float], aim: float) -> str:
    middle, bottom = statistics.median(ours), statistics.median(floor)
    more = middle - bottom
    verdict = "met" if more <= aim else "missed"
    ratio = middle / bottom
    return f"| {name} | {middle:.2f} s | {bottom:.2f} s | {more:+.2f} s | {ratio:.2f} | ≤ {aim:.1f} s | {verdict} |"


def main() -> None:
    """Print a table of medians and of what lies above the floor."""
    from lsq_api.server.demo import make_demo

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = Path(folder) / "demo.store"
        make_demo(store)
        executable = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        with served("app.py", 8710, store) as ours, served("benchmarks/trivial.py", 8711, store) as floor:
            rows = [
                _rows(
                    "Apply to painted",
                    applied(browser, ours, _choose_stage),
                    applied(browser, floor, _choose_factor),
                    0.3,
                ),
                _rows(
                    "A shared link, opened warm",
                    opened(browser, f"{ours}/?stage=Prospect"),
                    opened(browser, floor),
                    0.5,
                ),
                _rows("Next page of the list", next_page(browser, f"{ours}/leads"), next_page(browser, floor), 0.2),
            ]
        browser.close()
    print(f"Medians of {TIMES}, Chromium, demo data of 20,000 leads and 150,000 activities\n")
    print("| what | dashboard | trivial page | above it | ratio | aim | |\n|---|---|---|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
