"""The choices of the Owners page: owners or teams, the order, the threshold, and which owners are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from components.shell import link, widgets
from components.shell.measures import Standing
from components.shell.systems import found as found_systems
from lsq_api.contract.makers import ActivityMakers
from lsq_api.question.directory import Directory
from lsq_api.question.formats import number
from lsq_api.question.phrases import listing, quoted, shown

PAGE = "owners"
THRESHOLD = 25
_THRESHOLDS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 75)
_ROWS = {"owner": "Owners", "team": "Teams"}
_SORTS = {"waiting": "Leads waiting", "share": "Share", "oldest": "Longest wait"}
_VIEWS = {
    "table": ":material/table: Table",
    "heat": ":material/grid_on: Heat map",
    "share": ":material/align_horizontal_left: Share",
}
AUTO, NOBODY = "auto", "none"
"""Values of `system` in a link: the owners found by the rule, and the leads without an owner."""


@dataclass(frozen=True)
class Ranking:
    """How the rows are shown. `threshold` is in per cent; `out` maps owners left out to the reason why."""

    teams: bool
    sort: str
    threshold: int
    out: Mapping[str | None, str]

    @property
    def order(self) -> str:
        """The order in words."""
        return {"waiting": "most leads waiting", "share": "largest share", "oldest": "longest wait"}[self.sort]


def ask(
    owners: Sequence[Standing], directory: Directory, makers: ActivityMakers | None = None
) -> tuple[Ranking, tuple[str, ...]]:
    """Draw the choices; returns them, and a sentence for owners of the link that do not exist.

    `makers` are those of activities, where that is known: they tell systems from people.
    """
    systems = found_systems(owners, directory, makers)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        rows = widgets.segments(PAGE, "by", "Rows", _ROWS, "owner") if directory.managers else "owner"
        sort = widgets.segments(PAGE, "sort", "Worst first by", _SORTS, "waiting")
        threshold = _threshold()
        out, notes = _left_out(owners, systems, directory)
    return Ranking(rows == "team", sort, threshold, out), notes


def ask_view() -> str:
    """Choose table, heat map or shares; returns its value in the link."""
    return widgets.segments(PAGE, "view", "Shown as", _VIEWS, "table", labelled=False)


def _threshold() -> int:
    given = link.number("threshold", THRESHOLD)
    offered = sorted({*_THRESHOLDS, given if given < 100 else THRESHOLD})
    said = widgets.choice(
        PAGE,
        "threshold",
        "Mark above",
        [str(one) for one in offered],
        str(THRESHOLD),
        lambda value: f"{value} %",
        width=110,
        why="Owners with a larger share of their book waiting are marked, from 20 leads on.",
    )
    return int(said)


def _left_out(
    owners: Sequence[Standing], systems: Mapping[str, str], directory: Directory
) -> tuple[Mapping[str | None, str], tuple[str, ...]]:
    labels = {_token(one.value, directory): one.label for one in owners}
    given = link.params().get("system", [])
    users = {label: user for user, label in directory.user_labels.items()}
    unknown = [text for text in given if text not in labels and text not in users and text != AUTO]
    said = {**{name: name for name in given}, **labels, AUTO: f"System owners ({len(systems)} found)"}
    widgets.several(
        PAGE,
        "system",
        "Leave out",
        [AUTO, *(token for token in {**labels, **dict.fromkeys(given)} if token not in (AUTO, *unknown))],
        [token for token in dict.fromkeys(given) if token not in unknown],
        said.__getitem__,
        why="Owners that are no persons. Found by their names, a missing e-mail address or a book out of proportion.",
        nothing="Nobody",
    )
    picked: dict[str | None, str] = {one.value: "chosen" for one in owners if _token(one.value, directory) in given}
    notes = [f"{listing(map(quoted, unknown))}: no such owner here, so nobody was left out by that name."]
    if AUTO in given:
        picked.update(systems)
    return picked, tuple(notes if unknown else ())


def _token(owner: str | None, directory: Directory) -> str:
    return directory.user_label(owner) if owner else NOBODY


def who_is_out(choice: Ranking, owners: Sequence[Standing], *, asked_for: bool) -> str:
    """Which owners are left out, why, and how many leads that concerns; "" where none is and none was asked for."""
    out = [one for one in owners if one.value in choice.out]
    if not out:
        return "No owner looks like a system here: nobody is left out." if asked_for else ""
    waiting, book = sum(one.waiting for one in out), sum(one.book for one in out)
    named = listing(f"{shown(one.label)} ({choice.out[one.value]})" for one in out)
    return f"Left out, with {number(waiting)} of {number(book)} leads not contacted: {named}."
