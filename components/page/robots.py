"""Proposes to leave out owners that look like systems: one quiet line with a button, on every page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from components.shell import link, words
from components.shell.frame import View
from components.shell.measures import Standing
from components.shell.systems import found
from lsq_api.question.formats import number
from lsq_api.question.phrases import listing, shown
from lsq_api.question.question import Question
from lsq_api.question.spans import EVER


def line(view: View, owners: Sequence[Standing]) -> None:
    """Draw the proposal for the owners of an answer; nothing where none looks like a system, or the link names them."""
    reasons = found(owners, view.directory, view.source.makers(), by_size=_of_all_leads(view.question))
    systems = [one for one in owners if one.value in reasons and one.value not in view.question.owners]
    if not systems or len(systems) == len(owners):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(words.plain(_said(systems, reasons)), width="content")
        st.button(
            f"Leave {'it' if len(systems) == 1 else 'them'} out",
            key="leave_systems_out",
            type="tertiary",
            icon=":material/smart_toy:",
            on_click=_leave_out,
            args=(view, [str(one.value) for one in systems]),
        )


def _of_all_leads(question: Question) -> bool:
    """Whether the question is about all leads, but for those of owners left out."""
    counting = replace(question, owners_not=(), activities=(), assumed=False, quiet=EVER)
    return counting == Question()


def _said(systems: Sequence[Standing], reasons: Mapping[str, str]) -> str:
    book = sum(one.book for one in systems)
    leads = f"{number(book)} lead{' is' if book == 1 else 's are'}"
    if len(systems) == 1:
        (one,) = systems
        return f"{shown(one.label)} looks like a system, not a rep: it {reasons[str(one.value)]}. {leads} with it."
    listed = listing(f"{shown(one.label)} ({reasons[str(one.value)]})" for one in systems)
    return f"{listed} look like systems, not reps. {leads} with them."


def _leave_out(view: View, owners: Sequence[str]) -> None:
    known = (view.directory.user_with_id(owner) or (owner,) for owner in owners)
    question = replace(view.question, owners_not=(*view.question.owners_not, *(one for (one,) in known)))
    link.show(question, view.directory)
