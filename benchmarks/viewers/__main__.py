"""Many viewers at one dashboard: `python -m benchmarks.viewers --sessions 50 --minutes 2`.

Each viewer opens a shared link, turns the pages of the list, goes to other pages and sets other filters, a few seconds
after the screen before; visits end and others begin. Exit code 1 where one screen was wrong, where a page turn takes
2 s or more at the 95th percentile, where memory still grows, or where something is left when all have gone.

    --dashboards 2    as many dashboards share the viewers, and one local server is behind all of them
    --data STORE      a store in place of demo data
    --minutes 30      the proof that nothing leaks: memory of each minute, and its slope in the second half
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import linear_regression, median, quantiles
from time import perf_counter

from benchmarks.results import Results
from benchmarks.viewers.manager import TURN, Manager, Notes
from benchmarks.viewers.process import Taken, processor, sessions, taken
from benchmarks.viewers.sites import sites
from benchmarks.viewers.tab import Tab, WentWrong
from tests.browser.site import Started

AIM = 2.0
"""Seconds of a page turn at most, at the 95th percentile."""
HOW = "Viewers and dashboards share the machine, and other work ran on it as well."
SLOPE, JUDGED = 1.0, 10
"""MiB a minute that memory may grow in the second half, judged where there are so many minutes."""
FORGOTTEN = 135.0
"""Seconds until Streamlit has forgotten a session whose tab is closed: it keeps it for two minutes, to be resumed."""
SPARE_THREADS, SPARE_FILES = 24, 8
"""What pools may keep beyond the first visit: workers of the servers and of the background, sockets kept alive."""
_EACH = 60.0
_LINES = 20


class Crowd:
    """Viewers at some dashboards, and what these took meanwhile."""

    def __init__(self, at: Sequence[Started], seed: int) -> None:
        self._at, self._seed, self.notes = at, seed, Notes()
        self.minutes: list[list[Taken]] = []

    async def alone(self) -> None:
        """One viewer's visits at each dashboard: all is imported and warm, and each link has said what it says."""
        for site in self._at:
            for seed in range(3):
                await self._visit(site, seed)
        self.notes.seconds.clear()

    async def _visit(self, site: Started, seed: int) -> None:
        async with Tab.at(site.url) as tab:
            await Manager(site.url, self.notes, seed, (0.0, 0.01)).visit(tab, asyncio.Event())

    async def together(self, viewers: int, minutes: float) -> None:
        """So many at once for so long, spread over the dashboards; a wrong screen ends it with an error."""
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for number in range(viewers):
                site = self._at[number % len(self._at)]
                group.create_task(Manager(site.url, self.notes, self._seed + number).work(over))
            await self._watched(minutes)
            over.set()

    async def _watched(self, minutes: float) -> None:
        until = perf_counter() + 60 * minutes
        while (left := until - perf_counter()) > 0:
            await asyncio.sleep(min(_EACH, left))
            self.minutes.append([taken(site.pid) for site in self._at])


def measure(asked: argparse.Namespace, results: Results) -> list[str]:
    """Run it, print the tables; what was not as it should be."""
    with sites(asked.dashboards, asked.data) as running, ExitStack() as held:
        held.callback(_last_words, running)
        crowd = Crowd(running, asked.seed)
        asyncio.run(crowd.alone())
        one, used, began = [taken(site.pid) for site in running], _processor(running), perf_counter()
        asyncio.run(crowd.together(asked.sessions, asked.minutes))
        used, lasted = _processor(running) - used, perf_counter() - began
        wrong = _turns(results, crowd.notes, asked)
        results.say()
        results.say(f"Visits: {crowd.notes.opened}. Processor of the dashboards: {used / lasted:.2f} cores.")
        wrong += _memory(results, crowd, one, asked.sessions)
        if asked.settle:
            asyncio.run(asyncio.sleep(FORGOTTEN))
            asyncio.run(crowd.alone())
            wrong += _left(results, running, one)
        return wrong


def _last_words(running: Sequence[Started]) -> None:
    """What the dashboards logged, apart from their address: a failure says there why."""
    for number, one in enumerate(running, start=1):
        said = [line.rstrip() for line in one.log if line.strip() and "URL:" not in line and "You can now" not in line]
        for line in said[-_LINES:]:
            print(f"dashboard {number}: {line}", file=sys.stderr)


def _processor(running: Sequence[Started]) -> float:
    return sum(processor(site.pid) for site in running)


def _turns(results: Results, notes: Notes, asked: argparse.Namespace) -> list[str]:
    title = f"{asked.sessions} viewers at {asked.dashboards} dashboard{'s' * (asked.dashboards > 1)}"
    results.section(f"{title}, {asked.minutes:g} minutes", ["what", "times", "median", "p95", "longest"])
    for kind, seconds in sorted(notes.seconds.items()):
        results.row(kind, len(seconds), *(f"{value:.2f} s" for value in (median(seconds), _p95(seconds), max(seconds))))
    late = _p95(notes.seconds[TURN])
    return [f"p95 of a page turn is {late:.2f} s, not below {AIM} s"] if late >= AIM else []


def _p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


def _memory(results: Results, crowd: Crowd, one: Sequence[Taken], viewers: int) -> list[str]:
    wrong = []
    results.section("Memory of each dashboard, MiB", ["dashboard", "one viewer", "at the end", "per session", "slope"])
    for number, before in enumerate(one):
        course = [minute[number].memory for minute in crowd.minutes]
        half = course[len(course) // 2 :]
        slope = linear_regression(range(len(half)), half).slope if len(half) > 1 else 0.0
        share = (course[-1] - before.memory) / (viewers / len(one))
        each = f"{share:.2f}", f"{slope:+.2f} a minute"
        results.row(number + 1, f"{before.memory:.0f}", f"{course[-1]:.0f}", *each)
        if len(course) >= JUDGED and slope > SLOPE:
            wrong.append(f"memory of dashboard {number + 1} grows by {slope:.2f} MiB a minute")
    results.say()
    for number in range(len(one)):
        course_said = ", ".join(f"{minute[number].memory:.0f}" for minute in crowd.minutes)
        results.say(f"Each minute, dashboard {number + 1}: {course_said}.")
    return wrong


def _left(results: Results, running: Sequence[Started], one: Sequence[Taken]) -> list[str]:
    wrong = []
    columns = ["dashboard", "sessions", "memory, MiB", "threads", "files and sockets"]
    results.section("When all have gone, against one viewer's visits before", columns)
    for number, (site, before) in enumerate(zip(running, one, strict=True), start=1):
        after, open_ones = taken(site.pid), sessions(site.url)
        pairs = [f"{was:.0f} → {now:.0f}" for was, now in zip(before, after, strict=True)]
        results.row(number, open_ones, *pairs)
        if open_ones or after.threads > before.threads + SPARE_THREADS or after.files > before.files + SPARE_FILES:
            wrong.append(f"dashboard {number} keeps sessions, threads or files of viewers who have gone")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 1 where something is not as it should be."""
    asked = _parser().parse_args(arguments)
    results = Results()
    wrong: list[str] = []
    try:
        wrong = measure(asked, results)
    except* WentWrong as failed:
        wrong = [f"{error}" for error in _leaves(failed)]
    results.say()
    for line in wrong or ["All is as it should be."]:
        results.say(line)
    if asked.results:
        results.write(asked.results, f"python -m benchmarks.viewers {' '.join(arguments or sys.argv[1:])}", HOW)
    return 1 if wrong else 0


def _leaves(group: BaseExceptionGroup) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found += _leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.viewers", description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--dashboards", type=int, default=1)
    parser.add_argument("--data", type=Path, help="a store, in place of demo data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--settle", action=argparse.BooleanOptionalAction, default=True, help="wait and look what stays"
    )
    parser.add_argument("--results", type=Path, help="a file for the tables")
    return parser


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
