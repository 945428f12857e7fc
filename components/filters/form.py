"""The filter form: the link fills its widgets, and Apply writes them back to the link.

What is chosen but not applied is counted beside Apply, and gone when the panel is closed or the link changes: the panel
never contradicts the sentence for long.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, tzinfo
from typing import Any

import streamlit as st

from components.filters import condition
from components.shell import link, words
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.coverage import ActivityCoverage
from lsq_api.contract.lookups import Account
from lsq_api.question.directory import Directory
from lsq_api.question.link import read_params
from lsq_api.question.phrases import ages
from lsq_api.question.question import Question
from lsq_api.question.reached import OFFERED, Reach, least_of, length, telling
from lsq_api.question.sentence import chips_of
from lsq_api.question.spans import (
    ANY,
    FIRST_YEAR,
    LAST_YEAR,
    LEAD_TOKENS,
    OLDER_TOKENS,
    QUIET_TOKENS,
    BadLink,
    Between,
    Last,
    Older,
    Window,
    read_older,
)

SPANS = {
    "any": "Any time",
    "ever": "Never contacted",
    "today": "Today",
    "24h": "Last 24 hours",
    "3d": "Last 3 days",
    "7d": "Last 7 days",
    "14d": "Last 14 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "365d": "Last 365 days",
    "dates": "Exact dates, below",
}
_ANY_AGE = "any"
_ANY_OUTCOME = "any"
OPEN = "filters_open"
"""Key of the panel; whether it is open."""
WIDTH = 112
"""Of the button, in pixels: fixed, so that nothing beside it moves while the page is being drawn."""
_WIDE, _COLUMN = 620, 260
_FIRST, _LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
"""Without them Streamlit refuses days more than ten years ago."""
_SEEN = "filters_seen"
_DATES_OPEN, _DATES_DRAWN = "dates_open", "dates_drawn"
_WINDOWS = {
    "created": ("Came in", "any", LEAD_TOKENS),
    "modified": ("Modified", "any", LEAD_TOKENS),
    "quiet": ("Without contact", "ever", QUIET_TOKENS),
}


def ask(
    directory: Directory, account: Account, *, left_out: tuple[LeadFilter, ...] = ()
) -> tuple[Question, tuple[str, ...]]:
    """Draw the form; returns the link's question, and a sentence for each part of the link that could not be used.

    `left_out` are the installation's own conditions.
    """
    question, notes = read_params(link.params(), directory, account.extensions, account.coverage, left_out)
    if st.session_state.get(_SEEN) != link.params():
        _fill(question, directory)
    _panel(question, directory, account, link.params())
    return question, notes


@st.fragment
def _panel(question: Question, directory: Directory, account: Account, drawn_for: link.Params) -> None:
    """The button that opens the panel, and the panel; a choice in it reruns it alone, which asks the host nothing.

    `drawn_for` is the link of the whole screen, which is drawn anew once Apply has made it another.
    """
    if link.params() != drawn_for:
        st.rerun()
    panel = st.popover(
        "Filters",
        icon=":material/tune:",
        key=OPEN,
        width=WIDTH,
        on_change=_toggled,
        args=(question, directory),
    )
    with panel, st.container(width=_WIDE, gap="small"):
        with st.grid(2, min_column_width=_COLUMN, gap="small"):
            _who(directory)
            _which(directory, question.older)
            _contact(question, directory, account.coverage)
        _dates(list(_WINDOWS))
        chosen = _chosen(question, directory)
        condition.ask(chosen, directory, account.extensions)
        _buttons(question, directory, _changes(question, chosen))


def _toggled(question: Question, directory: Directory) -> None:
    """What was chosen is dropped as the panel closes; as it opens, the browser is told all of what the link says."""
    _fill(question, directory, anew=True)


def _buttons(question: Question, directory: Directory, changes: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Apply", key="filters_apply", type="primary", on_click=_apply, args=(question, directory))
        if changes:
            st.caption(f":orange[{changes} change{'' if changes == 1 else 's'} not applied]", width="content")


def _changes(before: Question, after: Question) -> int:
    """How many parts of two questions differ."""
    return sum(getattr(before, part.name) != getattr(after, part.name) for part in fields(Question))


def chips(question: Question, directory: Directory, zone: tzinfo) -> None:
    """Draw the question's filters as chips; a click on one removes it."""
    found = chips_of(question, directory, zone)
    if not found:
        return
    with st.container(horizontal=True, gap="small"):
        for number, chip in enumerate(found):
            left = question.without(chip.part, chip.value)
            st.button(
                words.plain(chip.label),
                key=f"chip_{number}_{chip.part}",
                icon=":material/close:",
                icon_position="right",
                help=f"Take away: {words.plain(chip.label)}",
                on_click=link.show,
                args=(left, directory),
            )
        everything = (dict.fromkeys(link.params()),)
        st.button("Reset", key="filters_reset", type="tertiary", on_click=link.go, args=everything)


def _who(directory: Directory) -> None:
    _several("Owners", "owner", list(directory.user_labels), "Anyone", _user(directory))
    if directory.managers:
        _several("Team of", "team", directory.managers, "Any team", _user(directory))


def _several(label: str, key: str, options: Sequence[Any], nothing: str, said: Callable[[Any], str] = str) -> None:
    """Choose any number of `options`. Never wraps: a list that shrinks on losing focus moves Apply under a click."""
    st.multiselect(label, options, format_func=said, key=key, placeholder=nothing, wrap=False)


def _user(directory: Directory) -> Callable[[str], str]:
    return lambda user: directory.user_label(user) + (" · left" if user in directory.inactive else "")


def _which(directory: Directory, older: Older | None) -> None:
    if directory.stages:
        _several("Stage", "stage", directory.stages, "Any stage")
    if directory.sources:
        _several("Source", "source", directory.sources, "Any source")
    _window("created")
    _age(older)
    _window("modified")


def _contact(question: Question, directory: Directory, coverage: ActivityCoverage | None) -> None:
    options = [name for name, _ in directory.contacts] + list(directory.codes)
    nothing = "Any activity" if _any_by_default(directory) else "Choose activity types"
    _several("What counts as contact", "activity", options, nothing, _contact_label(directory))
    _outcome(question, directory, coverage)
    _window("quiet")


def _outcome(question: Question, directory: Directory, coverage: ActivityCoverage | None) -> None:
    """Choose how a call must have ended to count; nothing where no type of activity tells. Offers the link's own."""
    if not question.outcome and not telling(0, directory.codes, coverage):
        return
    choices = [_ANY_OUTCOME, *OFFERED, *([question.outcome.token] if question.outcome else [])]
    st.selectbox("Calls count when", list(dict.fromkeys(choices)), format_func=_outcome_label, key="outcome")


def _outcome_label(token: str) -> str:
    if token == _ANY_OUTCOME:
        return "Tried, answered or not"
    least = least_of(token)
    return f"Answered, at least {length(least)}" if least else "Answered"


def _any_by_default(directory: Directory) -> bool:
    """Whether any activity counts by default: then the form shows no choice rather than all types."""
    return directory.default_activities == directory.codes


def _contact_label(directory: Directory) -> Callable[[str | int], str]:
    """The label of a contact definition with its codes, `Phone call (21, 22)`, or of an activity type."""
    codes = {name: ", ".join(map(str, defined)) for name, defined in directory.contacts}
    return lambda what: f"{what} ({codes[what]})" if isinstance(what, str) else directory.activity_label(what)


def _window(part: str) -> None:
    label, always, tokens = _WINDOWS[part]
    choices = [always, *tokens, "dates"]
    st.selectbox(label, choices, format_func=SPANS.__getitem__, key=part)


def _age(older: Older | None) -> None:
    """Choose how long ago the leads came in at least; an age of the link that is none of these is offered, too."""
    offered = [read_older(token).token for token in OLDER_TOKENS]
    choices = dict.fromkeys([_ANY_AGE, *offered, older.token if older else _ANY_AGE])
    st.selectbox("Older than", list(choices), format_func=_age_label, key="older_than")


def _age_label(token: str) -> str:
    said = "any age" if token == _ANY_AGE else ages(read_older(token))
    return f"{said[:1].upper()}{said[1:]}"


def _dates(parts: Sequence[str]) -> None:
    """Date inputs for exact ranges, one date alone leaving the range open; folded away, since most choose a span.

    Six calendars take as long to draw as the rest of the form, so they are drawn once they are opened. After that they
    are always drawn: a date that is picked but not yet applied would be lost with its widget.
    """
    state = st.session_state
    panel = st.expander("Exact dates", icon=":material/calendar_month:", key=_DATES_OPEN, on_change="rerun")
    state[_DATES_DRAWN] = state.get(_DATES_DRAWN, False) or bool(panel.open)
    if not state[_DATES_DRAWN]:
        return
    with panel:
        for part in parts:
            label = _WINDOWS[part][0]
            for end in ("from", "to"):
                st.date_input(f"{label}: {end}", None, key=f"{part}_{end}", min_value=_FIRST, max_value=_LAST)


def _fill(question: Question, directory: Directory, *, anew: bool = False) -> None:
    """Set the widgets from the link's question, unless they say it; with `anew`, all of them.

    Setting a widget makes the browser draw it anew. A panel that was never opened has told its browser nothing.
    """
    state = st.session_state
    state[_SEEN] = link.params()
    named = directory.contact_named(question.activities)
    unsaid = _any_by_default(directory) and question.activities == directory.codes
    wanted: dict[str, Any] = {
        "owner": list(question.owners),
        "team": list(question.teams),
        "stage": list(question.stages),
        "source": list(question.sources),
        "activity": [named] if named else [] if unsaid else list(question.activities),
        "outcome": question.outcome.token if question.outcome else _ANY_OUTCOME,
        "older_than": question.older.token if question.older else _ANY_AGE,
    }
    for part in _WINDOWS:
        wanted |= zip((part, f"{part}_from", f"{part}_to"), _shown(part, getattr(question, part)), strict=True)
    for key, value in wanted.items():
        if anew or key not in state or state[key] != value:
            state[key] = value
    if any(state[part] == "dates" for part in _WINDOWS):
        state[_DATES_OPEN] = True


def _shown(part: str, window: Window) -> tuple[str, date | None, date | None]:
    """A window as the values of its three widgets: the choice, and two days where it is two dates."""
    if isinstance(window, Between):
        first, last = (bound.date() if isinstance(bound, datetime) else bound for bound in (window.start, window.end))
        return "dates", first, last
    return window.token if isinstance(window, Last) else _WINDOWS[part][1], None, None


def _apply(before: Question, directory: Directory) -> None:
    """Write the widgets into the link and close the panel; a callback, so it runs before the page does."""
    for part in _WINDOWS:
        try:
            _picked(part, getattr(before, part))
        except BadLink as error:
            st.toast(str(error), icon=":material/event_busy:")
            return
    st.session_state[OPEN] = False
    link.show(_chosen(before, directory), directory)


def _chosen(before: Question, directory: Directory) -> Question:
    """The question that the widgets say; a window whose dates cannot be used stays as it was."""
    state = st.session_state
    codes: set[int] = set()
    for what in state["activity"]:
        codes.update(dict(directory.contacts)[what] if isinstance(what, str) else (what,))
    windows: dict[str, Any] = {part: _usable(part, getattr(before, part)) for part in _WINDOWS}
    return replace(
        before.counting(codes, directory),
        owners=tuple(state["owner"]),
        teams=tuple(state.get("team", ())),
        stages=tuple(state.get("stage", ())),
        sources=tuple(state.get("source", ())),
        older=None if state["older_than"] == _ANY_AGE else read_older(state["older_than"]),
        outcome=_picked_outcome(before),
        **windows,
    )


def _usable(part: str, before: Window) -> Window:
    try:
        return _picked(part, before)
    except BadLink:
        return before


def _picked_outcome(before: Question) -> Reach | None:
    """The chosen outcome; which types tell theirs is found out when the link is read."""
    token = st.session_state.get("outcome") or _ANY_OUTCOME
    if token == (before.outcome.token if before.outcome else _ANY_OUTCOME):
        return before.outcome
    return None if token == _ANY_OUTCOME else Reach(least_of(token))


def _picked(part: str, before: Window) -> Window:
    """The chosen window: the dates where they were changed or chosen, else the span. One date is an open range.

    Raises BadLink where the dates make no window.
    """
    shown = _shown(part, before)
    choice, first, last = (st.session_state.get(key) for key in (part, f"{part}_from", f"{part}_to"))
    if (choice, first, last) == shown:
        return before  # untouched: an exact range to the second, from a drill-down, must not become whole days
    if (first or last) and (choice == "dates" or (first, last) != shown[1:]):
        return Between(first, last)
    return ANY if choice in (None, _WINDOWS[part][1], "dates") else Last(choice)
