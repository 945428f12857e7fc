"""The frame around every page: the list of pages, the menu, and the view that app.py hands to the page."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import Concatenate, NamedTuple, ParamSpec, cast
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.shell import link, viewer
from components.shell.viewer import Viewer
from lsq_api.question import evidence, formats
from lsq_api.question.barred import Bars, bars
from lsq_api.question.directory import Directory
from lsq_api.question.evidence import Evidence, Extent
from lsq_api.question.question import Question
from lsq_api.question.reached import Untold, untold
from lsq_api.scoped import ScopedConnection
from lsq_api.work import click

P = ParamSpec("P")
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12" fill="#D4691A"/>\
<path d="M6 9l6 6 6-6" fill="none" stroke="#FFF" stroke-width="2.5"/></svg>"""
"""The tab's icon as SVG: Streamlit's own icons are fetched by the browser from a server of Google's."""


class Screen(NamedTuple):
    """A page of the dashboard: its script, title and icon, whether it comes first and whether the menu has it."""

    file: str
    title: str
    icon: str
    default: bool = False
    in_menu: bool = True

    @property
    def name(self) -> str:
        """The page's name in a link: `overview`."""
        return self.file.removeprefix("pages/").removesuffix(".py")


STATUS = "Status"
"""The title of the page with the details of a failure."""
ADD_DATA = "Add data"
"""The title of the page on which files are added; in the menu only where that is possible."""
SCREEN = "screen"
"""The parameter of a link to Status that names the page whose requests are shown."""
_SETTLED = "settled"
_FRAMES = 0.06
"""Seconds that a browser takes for a few frames."""
_LINK, _LETTER, _TALL = 44, 8, 36
"""The size of a link in the menu, in pixels: the width of its icon and of a letter of its title, and its height."""
SCREENS = (
    Screen("pages/overview.py", "Overview", ":material/space_dashboard:", default=True),
    Screen("pages/leads.py", "Leads", ":material/list:"),
    Screen("pages/breakdown.py", "Breakdown", ":material/donut_small:"),
    Screen("pages/owners.py", "Owners", ":material/groups:"),
    Screen("pages/lead.py", "Lead", ":material/person:", in_menu=False),
    Screen("pages/status.py", STATUS, ":material/monitor_heart:"),
    Screen("pages/add_data.py", ADD_DATA, ":material/upload_file:"),
)


@dataclass(frozen=True)
class View:
    """What a page shows: the question, the connection that answers it, the viewer's zone, and what counts as now."""

    source: ScopedConnection
    directory: Directory
    question: Question
    zone: ZoneInfo
    now: datetime
    notes: tuple[str, ...]
    """A sentence for each part of the link that could not be used."""
    viewer: Viewer
    """Whom it is for."""

    @property
    def evidence(self) -> Evidence:
        """What is known of the activities that the question asks about."""
        return self._known(self.question)

    def knows(self, waiting: int, matching: int) -> bool:
        """Whether anybody can know which of so many `matching` leads are the `waiting` ones."""
        return self.evidence.of_answer(waiting, matching).extent is not Extent.NOTHING

    @property
    def untold(self) -> Untold:
        """Of the activities that the question asks for their outcome, how many do not tell it.

        They are counted in the whole account, so within a scope none are.
        """
        if not self.source.scope.whole:
            return Untold()
        return untold(self.question.outcome, self.question.activities, self.source.account().coverage)

    @property
    def bars(self) -> Bars:
        """The lead fields that forbid a call or an e-mail."""
        return bars(self.directory)

    @property
    def evidence_of_any(self) -> Evidence:
        """What is known of activities of any type, for the question's leads."""
        return self._known(evidence.any_activity(self.question))

    def _known(self, question: Question) -> Evidence:
        coverage = self.source.account().coverage
        return evidence.of_question(coverage, question, self.directory, now=self.now, zone=self.zone)

    def evidence_of_lead(self, came_in: datetime | None, *, of_any: bool = False) -> Evidence:
        """What is known of the question's kind of contact, or of any activity, for a lead that came in then."""
        question = evidence.any_activity(self.question) if of_any else self.question
        coverage = self.source.account().coverage
        return evidence.of_lead(coverage, question, self.directory, came_in, now=self.now, zone=self.zone)


_asked: ContextVar[View] = ContextVar("asked")
_framed: ContextVar[bool] = ContextVar("framed", default=False)


def settle() -> None:
    """Give a new tab the moment it takes to learn the page's width, before anything is drawn in it.

    The browser begins with a narrow page; what is drawn in the same frame in which that becomes wide counts as moved.
    """
    if not st.session_state.get(_SETTLED):
        st.session_state[_SETTLED] = True
        time.sleep(_FRAMES)


def navigation() -> st.Page:
    """The page that the address names. Streamlit's own menu is hidden, since it drops the filters; see `menu`."""
    return st.navigation(_pages(), position="hidden")


def menu(current: st.Page, *, adding: bool) -> DeltaGenerator:
    """Draw links to all pages, each with the question's filters; the link to Status also names the page it comes from.

    `adding` says whether files can be added here. Streamlit marks the page that is shown. Returns a row beside the
    links, for the tools that every page has.
    """
    filters = {key: values for key, values in link.params().items() if key in link.QUESTION_KEYS}
    here = next(screen.name for screen in SCREENS if screen.title == current.title)
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small")
    links = row.container(horizontal=True, width="content", gap="xsmall")
    found = viewer.current()
    # With the person's button there are too many for one row of a phone.
    wrap = found is not None and found.person is not None
    tools = row.container(horizontal=True, width="content", gap="xsmall", wrap=wrap)
    with links:
        for page, screen in zip(_pages(), SCREENS, strict=True):
            if screen.in_menu and (screen.title != ADD_DATA or adding):
                to_status = screen.title == STATUS and page.title != current.title
                there = link.with_({SCREEN: [here]}) if to_status else filters
                # A fixed size, so that nothing moves while the links are being drawn one by one.
                wide = _LINK + _LETTER * len(screen.title)
                with st.container(
                    horizontal=True, vertical_alignment="center", width=wide, height=_TALL, border=False, gap=None
                ):
                    st.page_link(page, query_params=there, width="stretch")
    return tools


@contextmanager
def alone() -> Iterator[None]:
    """Run a page that needs no view inside; it writes numbers and dates as the viewer's locale does."""
    token = _framed.set(True)
    try:
        with formats.of(st.context.locale):
            yield
    finally:
        _framed.reset(token)


def framed() -> None:
    """For a page that needs no view: start the run again with the frame where it was started without."""
    if not _framed.get():
        navigation()
        st.rerun()


@contextmanager
def published(view: View) -> Iterator[None]:
    """Hand the view to the page that runs inside, and write numbers and dates as the viewer's locale does."""
    token = _asked.set(view)
    try:
        with formats.of(st.context.locale):
            yield
    finally:
        _asked.reset(token)


def part(draw: Callable[Concatenate[View, P], None]) -> Callable[Concatenate[View, P], None]:
    """Make a part of a page a fragment: a click in it reruns that part alone, with the page's view and locale."""

    @wraps(draw)
    def again(view: View, *args: P.args, **kwargs: P.kwargs) -> None:
        click.begin()
        with published(view):
            draw(view, *args, **kwargs)

    return cast("Callable[Concatenate[View, P], None]", st.fragment(again))


def view() -> View:
    """The view for a page. A fresh process opened at a page's own address runs the page without app.py: then
    the run is started again with the frame.
    """
    found = _asked.get(None)
    if found is None:
        navigation()
        st.rerun()
    return found


def can_add() -> bool:
    """Whether the viewer may add files here: nothing else is configured, that can be read, and they see everything."""
    found = viewer.current()
    return found is not None and found.settings.can_add and found.runs_it


def script(page: st.Page) -> str:
    """The script of a page of `navigation`."""
    return next(screen.file for screen in SCREENS if screen.title == page.title)


def viewer_zone(source: ScopedConnection) -> ZoneInfo:
    """The time zone of the viewer's browser, else the account's, else UTC."""
    for name in (st.context.timezone, source.account().time_zone):
        if name and name in zones():
            return ZoneInfo(name)
    return ZoneInfo("UTC")


@cache
def zones() -> frozenset[str]:
    """The names of all time zones, kept: finding them walks hundreds of folders, which is too slow for every run."""
    return frozenset(available_timezones())


def _pages() -> list[st.Page]:
    return [st.Page(screen.file, title=screen.title, icon=screen.icon, default=screen.default) for screen in SCREENS]
