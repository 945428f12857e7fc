"""A screen's answers asked side by side, before it is drawn: each page declares in its ASKS what it asks."""

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
from components.shell.frame import View
from lsq_api.client.asks import Ask, Asking

Part = tuple[str, Callable[[View], Asking[Any]]]
"""What a part of a page is called, and what it asks."""

SCREENS: Mapping[str, tuple[Part, ...]] = {
    "overview": overview.ASKS,
    "leads": leads.ASKS,
    "breakdown": breakdown.ASKS,
    "owners": owners.ASKS,
    "lead": lead.ASKS,
}
"""What each page asks, in its order. A test holds it against the calls that the page makes."""


@dataclass(frozen=True)
class Prefetch:
    """The answers of a page that are on their way: what is asked for each of its parts."""

    view: View
    of: Mapping[str, Sequence[Ask[Any]]]

    def skeleton(self, height: int, *parts: str) -> AbstractContextManager[object]:
        """Around what draws some parts: a skeleton of so many pixels until their answers are there.

        None at all where they are: it is a thread and two messages, and takes as long as what it stands for.
        """
        there = all(self.view.source.fetched(ask) for part in parts for ask in self.of[part])
        return nullcontext() if there else st.skeleton(height=height)


def asks(view: View, screen: str) -> dict[str, list[Ask[Any]]]:
    """What a page of the present link asks for each of its parts, as far as kept answers tell what comes next."""
    return {part: view.source.asks(asking(view)) for part, asking in SCREENS[screen]}


def ahead(view: View, screen: str) -> Prefetch:
    """Begin to ask for all that a page is about to show: its answers come side by side, not one after the other."""
    coming = Prefetch(view, asks(view, screen))
    view.source.ahead(ask for part in coming.of.values() for ask in part)
    return coming
