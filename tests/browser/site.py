"""The dashboard as a process of its own, and a page of it in Chromium, read for the tests."""

import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
STARTED_WITHIN, DRAWN_WITHIN = 60, 30
"""Seconds until a process answers, and until what was clicked is on the screen."""

expect.set_options(timeout=DRAWN_WITHIN * 1000)


def chromium() -> str | None:
    """The browser on the PATH."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


class Started(NamedTuple):
    """A dashboard's process: its address, its ID, and the lines it has printed so far."""

    url: str
    pid: int
    log: list[str]


@contextmanager
def running(home: Path, app: str = "app.py", **environment: str) -> Iterator[str]:
    """The address of a dashboard started as its users start it; no settings or secrets of the caller's count."""
    with process_of(home, app, **environment) as started:
        yield started.url


@contextmanager
def process_of(home: Path, app: str = "app.py", secrets: str = "", **environment: str) -> Iterator[Started]:
    """The same, with its process and what it prints; `{port}` in the secrets is the one that it listens on."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("LSQ_", "STREAMLIT_"))}
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", app, f"--server.port={port}"]
    stored = home / "secrets.toml"
    if secrets:
        stored.write_text(secrets.replace("{port}", str(port)))
        stored.chmod(0o600)
    process = subprocess.Popen(
        [*command, "--server.address=127.0.0.1", f"--secrets.files={stored}"],
        cwd=ROOT,
        env={**kept, "HOME": str(home), "PYTHONUNBUFFERED": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        log = _wait_until_it_listens(process)
        url = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{url}/_stcore/health", trust_env=False).text == "ok"
        yield Started(url, process.pid, log)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of this machine on which nothing listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_it_listens(process: "subprocess.Popen[str]") -> list[str]:
    """Until it prints its address. What it prints is read to the end, or it would stop at a full pipe; the lines."""
    said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    seen: list[str] = []

    def read() -> None:
        with process.stdout or nullcontext([]) as lines:
            for line in lines:
                seen.append(line)
                said.put(line)
        said.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (line := said.get(timeout=STARTED_WITHIN)) is None or "URL:" not in line:
        if line is None:
            raise RuntimeError(f"the dashboard did not start: {''.join(seen)}")
    return seen


@dataclass(frozen=True)
class Dashboard:
    """One tab of the dashboard."""

    page: Page
    url: str

    def open(self, link: str = "/") -> "Dashboard":
        """Go to a link and wait until its figures are there."""
        self.page.goto(f"{self.url}{link}")
        expect(self.metric("Not contacted")).not_to_be_empty()
        return self.settled()

    def settled(self) -> "Dashboard":
        """Wait until no run is under way. One that is about to begin is not seen: wait for what it shows."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        return self

    def shows(self, *waiting: int) -> "Dashboard":
        """Wait until so many leads are not contacted; one of several numbers where a minute may pass meanwhile."""
        numbers = "|".join(f"{count:,}" for count in waiting)
        expect(self.metric("Not contacted")).to_have_text(re.compile(f"^({numbers})$"))
        return self.settled()

    def charts_drawn(self) -> "Dashboard":
        """Wait until the four charts have their bars, in the fonts they are to have."""
        expect(self.page.locator(".js-plotly-plot .bars .point").first).to_be_attached()
        expect(self.page.locator(".js-plotly-plot")).to_have_count(4)
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return self.settled()

    def metric(self, begins: str) -> Locator:
        """Where the value of a metric stands; for a moment the one of the view before may stand below it."""
        labelled = self.page.get_by_test_id("stMetric").filter(has_text=re.compile(f"^{begins}"))
        return labelled.get_by_test_id("stMetricValue").first

    def number(self, begins: str) -> int:
        return int(self.metric(begins).inner_text().replace(",", ""))

    @property
    def sentence(self) -> Locator:
        """The question and its answer."""
        return self.page.get_by_test_id("stText").filter(has_text=" As of ").first

    @property
    def chips(self) -> Locator:
        """The buttons that take a filter away; of each there is one for pointers and one, hidden, for fingers."""
        return self.page.locator('[class*="st-key-chip_"] button:visible')

    def chip(self, label: str) -> Locator:
        return self.chips.filter(has_text=label)

    @property
    def link(self) -> dict[str, list[str]]:
        """The parameters of the address."""
        return parse_qs(urlsplit(self.page.url).query)

    def has_link(self, **parameters: str | list[str]) -> "Dashboard":
        """Wait until the address has exactly these parameters."""
        wanted = {name: [given] if isinstance(given, str) else given for name, given in parameters.items()}
        self.page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == wanted, timeout=DRAWN_WITHIN * 1000)
        return self

    @property
    def panel(self) -> Locator:
        """The filters, which are opened."""
        found = self.page.get_by_test_id("stPopoverBody").filter(has_text="What counts as contact")
        if not found.count():
            self.page.get_by_role("button", name="Filters").click()
            expect(found).to_be_visible()
        return found

    def control(self, label: str) -> Locator:
        """A control of the form, by its label."""
        return self.panel.get_by_label(label, exact=True).first

    def field(self, label: str) -> Locator:
        """A control of the form with all that is around it, such as what is chosen."""
        kinds = '[data-testid="stMultiSelect"], [data-testid="stSelectbox"], [data-testid="stDateInput"]'
        return self.panel.locator(kinds).filter(has_text=re.compile(f"^{re.escape(label)}"))

    def choose(self, label: str, *options: str) -> None:
        """Choose options of a list in the form, by typing their names: of a long list only a part is drawn."""
        for option in options:
            self.control(label).fill(option)
            self.page.get_by_role("option", name=option, exact=True).click()
        if self.page.get_by_role("listbox").count():  # else it would close the panel
            self.page.keyboard.press("Escape")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
