"""The top of every page: its title, the age of its answers, and the question with its answer as one sentence."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.filters import form
from components.page import choosing, notices, robots
from components.shell import link, words
from components.shell.answers import counted_apart
from components.shell.frame import View
from components.shell.measures import Standing
from lsq_api.cache.screen import current_screen, watched
from lsq_api.question.directory import Directory
from lsq_api.question.phrases import clock, shortened
from lsq_api.question.question import Question
from lsq_api.question.sentence import chips_of, sentence

_BADGES: dict[str, tuple[str, str, Literal["violet", "blue", "green"]]] = {
    "demo": ("Demo data", ":material/science:", "violet"),
    "data": ("Own data", ":material/database:", "blue"),
    "leadsquared": ("LeadSquared", ":material/cloud_done:", "green"),
}


PRODUCT = "Leads not contacted"
_TAB = 100
_REFRESH, _COPY, _AGE = 104, 118, 260
"""Widths in pixels: fixed, so that nothing beside them moves while the page is being drawn."""
_LOOK = 2.0
"""Seconds between checks whether stale answers have been asked anew."""


@dataclass
class _Places:
    """The row of tools, and empty places for what is known only after the answers.

    These are the oldest answer's age, a warning, and the sentence: `sentence` is where that stands, `written` writes it
    as of a moment, and `at` is the moment that it says now.
    """

    tools: DeltaGenerator
    age: Any = None
    notice: Any = None
    said: str = ""
    sentence: Any = None
    written: Callable[[datetime], str] | None = None
    at: datetime | None = None


_places: ContextVar[_Places | None] = ContextVar("places", default=None)


@contextmanager
def dated(view: View, tools: DeltaGenerator) -> Iterator[None]:
    """Run a page, then write the age of its oldest answer into the title, and a warning where an old one stands in.

    `tools` is the row in which Refresh and the link to copy are drawn.
    """
    token = _places.set(_Places(tools))
    try:
        with watched(view.now) as screen:
            yield
            # Not after `st.stop`: a page that ended early has its age from its sentence, and may draw nothing more.
            _redated(view, watch=screen.renewing)
    finally:
        _places.reset(token)


def _redated(view: View, *, watch: bool = False) -> None:
    places, screen, now = _places.get(), current_screen(), view.source.now()
    if not places or not places.age:
        return
    at = as_of(view)
    if places.written and places.at and clock(places.at, view.zone) != clock(at, view.zone):
        # An answer further down is older than those of the sentence: the screen has one moment, so both say that one.
        places.at = at
        places.sentence.text(places.written(at))
    said = words.as_of(clock(at, view.zone), at, now)
    if watch or said != places.said:
        places.said = said
        with places.age.container(horizontal=True, vertical_alignment="center"):
            st.caption(said, width="content")
            if watch:
                st.fragment(_renewing, run_every=_LOOK)(view)
    if screen and screen.problem:
        old = words.last_good(screen.problem, clock(at, view.zone), at, now)
        places.notice.warning(old, icon=":material/cloud_off:")


def _renewing(view: View) -> None:
    """Shown while stale answers are asked anew; reruns the page once they have come."""
    if not view.source.renewing:
        st.rerun()
    st.caption("· renewing …", width="content")


def tab(name: str, question: Question, directory: Directory, zone: tzinfo) -> None:
    """Name the browser's tab after the page and its filters: `Leads · Prospect · 30 days – Leads not contacted`."""
    pieces = [chip.label.partition(": ")[2] or chip.label for chip in chips_of(question, directory, zone)]
    tab_named(" · ".join([name, *pieces]))


def tab_named(name: str) -> None:
    """Name the browser's tab after one thing, such as a lead."""
    st.set_page_config(page_title=f"{shortened(name, _TAB)} – {PRODUCT}")


def title(view: View, name: str = PRODUCT) -> None:
    """Draw the page's name, the kind of data, the age of the answers, Refresh, and the link to copy."""
    label, icon, color = _BADGES[view.source.mode]
    places = _places.get()
    if places is None:
        raise RuntimeError("a page is run inside `dated`")
    with places.tools:
        refresh = ":material/refresh:"
        st.button("Refresh", icon=refresh, width=_REFRESH, on_click=view.source.refresh, help="Ask everything anew")
        _copy_link()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(words.plain(name), anchor=False, width="content")
        st.badge(label, icon=icon, color=color, help=words.plain(view.source.account().organisation) or None)
        with st.container(width=_AGE):
            places.age = st.empty()
    places.notice = st.empty()
    _redated(view)


def _copy_link() -> None:
    address = link.address()
    if address:
        why = "The link of this view, with all its filters"
        with st.popover("Copy link", icon=":material/link:", width=_COPY, help=why):
            st.code(address, language=None, wrap_lines=True)
            st.caption(
                "Point at the link or tap it to copy. The last 30 days stay the last 30 days, whenever it is opened."
            )


def as_of(view: View) -> datetime:
    """When the oldest answer shown so far was asked of the host (aware, UTC); the view's `now` before any."""
    screen = current_screen()
    return (screen and screen.oldest) or view.now


def answered(view: View, owners: Sequence[Standing]) -> str:
    """Draw the question and its answer as a sentence, and its filters as chips; the sentence is returned."""
    waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
    top = next((one for one in owners if one.value is not None and one.waiting), None)
    known, (untried, barred) = view.evidence, view.source.get(counted_apart(view))

    def written(at: datetime) -> str:
        return sentence(
            view.question,
            view.directory,
            waiting=waiting,
            matching=matching,
            top_owner=(top.value, top.waiting, top.book) if top and top.value else None,
            as_of=at,
            zone=view.zone,
            evidence=known,
            tried=None if untried is None else max(waiting - untried, 0),
            untold=view.untold,
            barred=barred,
        )

    at = as_of(view)
    said, place = written(at), st.empty()
    place.text(said)
    places = _places.get()
    if places:
        places.sentence, places.written, places.at = place, written, at
    _redated(view)
    form.chips(view.question, view.directory, view.zone)
    notices.not_known(known.of_answer(waiting, matching))
    choosing.card(view, waiting, matching)
    robots.line(view, owners)
    return said
