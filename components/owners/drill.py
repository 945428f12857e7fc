"""Drill-through from a row or cell of the owners' table to the leads it counts."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.owners.books import Book, whole_team
from components.shell import drill, words
from components.shell.frame import View
from lsq_api.question.formats import number
from lsq_api.question.question import Question
from lsq_api.question.spans import AgeClass

MOST = 100
"""The most owners that a link names."""


def open_leads(
    view: View, row: Book, everybody: Sequence[Book], age: AgeClass | None, count: int, *, at_once: bool
) -> None:
    """Draw the link to the `count` leads of a row, or of one age class of it, or (`at_once`) open them.

    In a table arrow keys choose a cell as well, so that choosing must not always leave the page.
    """
    label = words.plain(f"{row.label}, came in {age.label} ago" if age else row.label)
    question = behind(view, row, everybody, age)
    if not count:
        st.caption(f"{label}: no lead waits here.")
    elif question is None:
        st.caption(f"{label}: {number(count)} leads of owners that no filter names together. Open one of them.")
    elif at_once:
        drill.open(question, view.directory)
    else:
        drill.link(drill.label(label, count), question, view.directory)


def behind(view: View, row: Book, everybody: Sequence[Book], age: AgeClass | None) -> Question | None:
    """The question for the leads of a row, or of one age class of it; None where a question cannot express it.

    A question can name owners but not exclude one, so several owners are a team, everybody, or a list.
    """
    question = _owners(view, row, everybody)
    if question is None or age is None:
        return question
    return question.narrowed_to_age(age, view.now, view.zone)


def _owners(view: View, row: Book, everybody: Sequence[Book]) -> Question | None:
    question, directory = view.question, view.directory
    if len(row.owners) == 1:
        return question.narrowed("OwnerId", row.owners[0], directory)
    if len(row.owners) == len(everybody):
        return question
    manager = whole_team(row, everybody, directory)
    if manager and not question.owners and not question.teams:
        return replace(question, teams=(manager,))
    known = [user for owner in row.owners for user in directory.user_with_id(owner or "")]
    if len(known) < len(row.owners) or len(known) > MOST:
        return None
    return replace(question, owners=tuple(known), teams=())
