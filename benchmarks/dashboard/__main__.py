"""From a click to a painted screen, in Chromium: the dashboard on demo data beside a trivial page, in one run.

    python -m benchmarks.dashboard [--times 10]

Both processes are warm, and so are both tabs, which have applied a few other things; every Apply that is measured asks
a question that was not asked before. The two take turns, so that a busy machine is busy for both. Printed are medians,
and how many times the floor ours is.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Locator, Page
from playwright.sync_api import TimeoutError as Late

from benchmarks.dashboard.painted import SOURCES, painted, timed
from tests.browser.site import launched, running

STAGES = ("Prospect", "Contacted", "Qualified", "Opportunity", "Negotiation")
"""What is applied before anything is measured."""
AIMS = {"Apply to painted": 2.2, "A shared link opened": 1.5, "Next page of the list": 1.5}
"""How many times the floor at most."""
_TRIES, _SOON = 10, 2_000
"""How often an option is typed at most, and milliseconds until it is typed again."""


class Floor:
    """The trivial page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def opened(self) -> float:
        """Seconds to open its address."""
        return timed(self.page, lambda: self.page.goto(self.url), "Number 1, page 1")

    def warmed(self) -> None:
        """A few Applies that are not measured."""
        for turn in range(len(STAGES)):
            self.applied(100 + turn)

    def applied(self, turn: int) -> float:
        """Seconds from Apply to other numbers."""
        self.page.get_by_label("Number", exact=True).fill(str(turn + 2))
        act = self.page.get_by_role("button", name="Apply").click
        return timed(self.page, act, f"Number {turn + 2}, page 1", other=True)

    def turned(self, turn: int) -> float:
        """Seconds from a click on the pager to the other rows."""
        act = self.page.get_by_role("button", name="Next page" if turn % 2 == 0 else "Previous page").click
        return timed(self.page, act, f"page {2 if turn % 2 == 0 else 1}")


class Ours:
    """The dashboard."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def opened(self) -> float:
        """Seconds to open a shared link with two filters, whose answers are fresh."""
        return timed(self.page, lambda: self.page.goto(f"{self.url}/?stage=Prospect&created=365d"), "in stage Prospect")

    def begun(self) -> None:
        """The form without a filter, before the first Apply."""
        self.page.goto(self.url)
        painted(self.page, "As of")

    def warmed(self) -> None:
        """A few Applies that are not measured, with another filter, which is taken away again."""
        for stage in STAGES:
            self._chosen("Stage", stage)
            timed(self.page, self._button("Apply").click, "As of", other=True)
        timed(self.page, self._button("Reset").click, "As of", other=True)

    def applied(self, turn: int) -> float:
        """Seconds from Apply to the Overview of a question with one source more, never asked before."""
        self._chosen("Source", SOURCES[turn])
        said = SOURCES[turn] if turn < 3 else f"{turn - 1} more sources"
        return timed(self.page, self._button("Apply").click, said, other=True)

    def _chosen(self, label: str, option: str) -> None:
        panel = self.page.get_by_test_id("stPopoverBody")
        if not panel.count():
            self._button("Filters").click()
        wanted = self.page.get_by_role("option", name=option, exact=True)
        # As the panel opens its fields are told what the link says: what is typed before that is gone.
        for _ in range(_TRIES):
            panel.get_by_label(label, exact=True).first.fill(option)
            with suppress(Late):
                wanted.click(timeout=_SOON)
                break
        self.page.keyboard.press("Escape")

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def listed(self) -> None:
        """The list, before its first turn."""
        self.page.goto(f"{self.url}/leads")
        painted(self.page, "1–50 of")

    def turned(self, turn: int) -> float:
        """Seconds to the next page of the list, never asked before."""
        act = self.page.get_by_role("button", name="Next page").click
        return timed(self.page, act, f"{50 * (turn + 1) + 1}–{50 * (turn + 2)} of")


@contextmanager
def sides() -> Iterator[tuple[str, str]]:
    """The addresses of both, served as their users are."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with running(home) as ours, running(home, app="benchmarks/dashboard/trivial.py") as floor:
            yield floor, ours


def measure(browser: Browser, floor_url: str, ours_url: str, times: int) -> dict[str, tuple[list[float], list[float]]]:
    """Seconds of floor and ours, for each thing that is measured."""
    context = browser.new_context(timezone_id="Asia/Kolkata", locale="en-IN", viewport={"width": 1440, "height": 900})
    floor, ours = Floor(context.new_page(), floor_url), Ours(context.new_page(), ours_url)
    floor.opened(), ours.opened()  # the browser's cache and both processes are warm
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in AIMS}

    def note(name: str, one: float, other: float) -> None:
        found[name][0].append(one)
        found[name][1].append(other)

    for _ in range(times):
        note("A shared link opened", floor.opened(), ours.opened())
    ours.begun()
    floor.warmed(), ours.warmed()
    for turn in range(times):
        note("Apply to painted", floor.applied(turn), ours.applied(turn))
    ours.listed()
    for turn in range(times):
        note("Next page of the list", floor.turned(turn), ours.turned(turn))
    return found


def main(times: int) -> int:
    """Print the table; 1 where an aim is missed."""
    executable = shutil.which("chromium")
    if executable is None:
        print("there is no Chromium on the PATH", file=sys.stderr)
        return 2
    with sides() as (floor, ours), launched(executable) as browser:
        found = measure(browser, floor, ours, times)
    print(f"| medians of {times} | trivial page | ours | ratio | aim | |\n|---|---|---|---|---|---|")
    missed = 0
    for name, (one, other) in found.items():
        ratio = median(other) / median(one)
        missed += ratio > AIMS[name]
        verdict = "met" if ratio <= AIMS[name] else "missed"
        print(f"| {name} | {median(one):.2f} s | {median(other):.2f} s | {ratio:.1f} | {AIMS[name]} | {verdict} |")
    return 1 if missed else 0


if __name__ == "__main__":
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--times", type=int, default=10, choices=range(1, len(SOURCES) + 1), metavar="1-10")
    sys.exit(main(given.parse_args().times))
