"""What a sales manager does at the dashboard, over and over, and whether each screen said what it should.

A screen is right where it has no error, is the page that was asked for, and says what the same link said to others: a
sentence, and rows of the list, that are another viewer's or another filter's are a failure.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from streamlit.proto.Alert_pb2 import Alert

from benchmarks.viewers.tab import Screen, Tab, WentWrong

LINKS: tuple[Mapping[str, str], ...] = (
    {},
    {"stage": "Prospect"},
    {"stage": "Contacted"},
    {"source": "Website"},
    {"source": "Referral"},
    {"source": "Google Ads"},
    {"stage": "Prospect", "source": "Website"},
    {"stage": "Prospect", "source": "Facebook Ads"},
)
PAGES = ("", "breakdown", "owners", "status")
THINKS = (2.0, 4.0)
"""Seconds a manager looks at a screen: between the two."""
TURNS, SIZE = 4, 50
LINK, TURN, PAGE, FILTER = "a shared link", "next page of the list", "another page", "other filters"
_PLACE = re.compile(r"(?P<first>\d+)–(?P<last>\d+) of ")
_HEADING = {"": "By owner", "breakdown": "Leads not contacted", "owners": "Leads not contacted", "status": "Connection"}


@dataclass
class Notes:
    """Seconds of every turn by kind, and what each link said first, shared by all managers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    said: dict[object, object] = field(default_factory=dict)
    opened: int = 0

    def same(self, of: object, found: object) -> None:
        """What a link says must be what it has said before."""
        if self.said.setdefault(of, found) != found:
            raise WentWrong(f"{of} said {str(self.said[of])[:200]!r} to one viewer and {str(found)[:200]!r} to another")


class Manager:
    """One manager with a seed of his or her own."""

    def __init__(self, url: str, notes: Notes, seed: int, thinks: tuple[float, float] = THINKS) -> None:
        self._url, self._notes, self._random, self._thinks = url, notes, Random(seed), thinks

    async def work(self, until: asyncio.Event) -> None:
        """Come and go, a tab after another, until told to stop; WentWrong where a screen is not right."""
        await self._think(None, until)  # not all in the same instant
        while not until.is_set():
            async with Tab.at(self._url) as tab:
                self._notes.opened += 1
                await self.visit(tab, until)

    async def visit(self, tab: Tab, until: asyncio.Event) -> None:
        """One visit: a shared link, a list turned, other pages, other filters, another list."""
        link = self._random.choice(LINKS)
        self._right("", link, await self._timed(LINK, tab.open("", urlencode(link))))
        for _ in range(2):
            await self._think(tab, until)
            if until.is_set():
                return
            self._listed(link, 1, await self._timed(PAGE, tab.go("leads", **link)))
            for page in range(2, min(TURNS + 1, tab.last_page) + 1):
                await self._think(tab, until)
                self._listed(link, page, await self._timed(TURN, tab.turn(page)))
            page = self._random.choice(PAGES)
            await self._think(tab, until)
            self._right(page, link, await self._timed(PAGE, tab.go(page, **link)))
            link = self._random.choice(LINKS)
            await self._think(tab, until)
            self._right(page, link, await self._timed(FILTER, tab.go(page, **link)))

    async def _timed(self, kind: str, act: Awaitable[Screen]) -> Screen:
        began = perf_counter()
        screen = await act
        self._notes.seconds[kind].append(perf_counter() - began)
        return screen

    async def _think(self, tab: Tab | None, until: asyncio.Event) -> None:
        seconds = self._random.uniform(*self._thinks)
        if tab and not until.is_set():
            await tab.rest(seconds)
        elif not until.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), seconds)

    def _right(self, page: str, link: Mapping[str, str], screen: Screen) -> None:
        errors = [alert.body for alert in screen.of("alert") if alert.format in (Alert.ERROR, Alert.WARNING)]
        errors += [error.message for error in screen.of("exception")]
        if errors:
            raise WentWrong(f"{page or 'overview'} with {dict(link)}: {errors[0]}")
        if _HEADING.get(page, "Leads not contacted") not in screen.said:
            raise WentWrong(f"{page or 'overview'} with {dict(link)} is another page: {screen.said[:5]}")
        if page != "status":
            self._notes.same(("sentence", *link.items()), _sentence(screen))

    def _listed(self, link: Mapping[str, str], page: int, screen: Screen) -> None:
        self._right("leads", link, screen)
        first = SIZE * (page - 1) + 1
        where = next(filter(None, (_PLACE.match(text) for text in screen.said)), None)
        if where is None or int(where["first"]) != first:
            raise WentWrong(f"the list with {dict(link)} is not at page {page}: {screen.said[:5]}")
        self._notes.same(("rows", page, *link.items()), _rows(screen, int(where["last"]) - first + 1))


def _sentence(screen: Screen) -> str:
    for text in screen.said:
        said, as_of, _ = text.partition(" As of ")
        if as_of:
            return said
    raise WentWrong(f"no sentence: {screen.said[:5]}")


def _rows(screen: Screen, number: int) -> tuple[Any, ...]:
    """The leads of the list, so many, by the links to them."""
    table: Any = next(screen.of("dataframe"))
    found = pa.ipc.open_stream(table.arrow_data.data).read_all()
    links = tuple(found.column("ProspectID").to_pylist())
    if len(set(links)) != number or not all(links):
        raise WentWrong(f"a page of {number} leads has links to {len(set(links))}")
    return links
