"""Asks for all answers of a page side by side, before it is drawn; each page lists in its ASKS what it asks."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components.breakdown import answers as breakdown
from components.lead import answers as lead
from components.leads import answers as leads
from components.overview import answers as overview
from components.owners import answers as owners
from components.shell import proposals
from components.shell.answers import counted_apart
from components.shell.frame import View
from lsq_api.client.asks import Ask, Asking

Part = tuple[str, Callable[[View], Asking[Any]]]
"""The title of a part of a page, and the function that yields what that part asks."""

SCREENS: Mapping[str, tuple[Part, ...]] = {
    "overview": overview.ASKS,
    "leads": leads.ASKS,
    "breakdown": breakdown.ASKS,
    "owners": owners.ASKS,
    "lead": lead.ASKS,
}
"""What each page asks, by its name in a link, in the order of the screen. A test compares it with the page's calls."""


@dataclass(frozen=True)
class Prefetch:
    """The answers of a page that have been asked ahead; `of` holds the questions of each part by its title."""

    view: View
    of: Mapping[str, Sequence[Ask[Any]]]

    def skeleton(self, height: int, *parts: str) -> AbstractContextManager[object]:
        """A context that shows a skeleton, `height` pixels tall, until the answers of these parts have been drawn.

        It does nothing where all of them are kept: a skeleton is a thread and two messages, as slow as the part.
        """
        there = all(self.view.source.fetched(ask) for part in parts for ask in self.of[part])
        return nullcontext() if there else st.skeleton(height=height)


_APART = "Only tried, and not to be called"
PROPOSED: Sequence[Part] = (
    ("What may count as contact", proposals.definitions),
    (_APART, counted_apart),
    ("One filter less", proposals.looser),
)
"""What pages ask beside that, where it is not chosen yet what counts, or where no lead waits."""
_WITHOUT_LEADS = "lead"


def asks(view: View, screen: str) -> dict[str, list[Ask[Any]]]:
    """What the page of the present link asks, by part; what depends on an answer that is not kept yet is missing."""
    parts = [*SCREENS[screen], *(PROPOSED if screen != _WITHOUT_LEADS else PROPOSED[:1])]
    return {part: view.source.asks(asking(view)) for part, asking in parts}


def ahead(view: View, screen: str) -> Prefetch:
    """Begin all calls that a page needs, side by side, and return at once; the page waits where it needs an answer."""
    coming = Prefetch(view, asks(view, screen))
    # The sentence, which every page begins with, needs them.
    parts = sorted(coming.of, key=lambda part: part != _APART)
    view.source.ahead(ask for part in parts for ask in coming.of[part])
    return coming
