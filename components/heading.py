"""The top of every page: what this is, as of when, and the question with its answer as one sentence."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Literal

import streamlit as st

from components import filters, link, words
from components.frame import Asked
from components.measures import Standing
from lsq_api.directory import Directory
from lsq_api.question import Question
from lsq_api.sentence import clock, sentence, shortened

_BADGES: dict[str, tuple[str, str, Literal["violet", "blue", "green"]]] = {
    "demo": ("Demo data", ":material/science:", "violet"),
    "data": ("Own data", ":material/database:", "blue"),
    "leadsquared": ("LeadSquared", ":material/cloud_done:", "green"),
}


PRODUCT = "Leads not contacted"
_TAB = 100


def tab(name: str, question: Question, directory: Directory, zone: tzinfo) -> None:
    """Name the browser's tab after the view: `Leads · Prospect · 30 days – Leads not contacted`."""
    pieces = [chip.label.partition(": ")[2] or chip.label for chip in question.chips(directory, zone)]
    tab_named(" · ".join([name, *pieces]))


def tab_named(name: str) -> None:
    """Name the browser's tab after something of its own, such as a lead."""
    st.set_page_config(page_title=f"{shortened(name, _TAB)} – {PRODUCT}")


def title(asked: Asked, name: str = PRODUCT) -> None:
    """The page's name, what answers it, the age of the answers, the one Refresh, and the link of the view."""
    label, icon, color = _BADGES[asked.source.mode]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.title(words.plain(name), anchor=False, width="content")
            st.badge(label, icon=icon, color=color, help=words.plain(asked.source.account().organisation) or None)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"as of {clock(asked.now, asked.zone)}", width="content")
            st.button("Refresh", icon=":material/refresh:", on_click=asked.source.refresh, help="Ask everything anew")
            _copy_link()


def _copy_link() -> None:
    address = link.address()
    if address:
        with st.popover("Copy link", icon=":material/link:", help="The link of this view, with all its filters"):
            st.code(address, language=None, wrap_lines=True)
            st.caption(
                "Point at the link or tap it to copy. The last 30 days stay the last 30 days, whenever it is opened."
            )


def answered(asked: Asked, owners: Sequence[Standing]) -> str:
    """The sentence, which is returned, too, and what is filtered as pieces that can be taken away."""
    waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
    top = next((one for one in owners if one.value is not None and one.waiting), None)
    said = sentence(
        asked.question,
        asked.directory,
        waiting=waiting,
        matching=matching,
        top_owner=(top.value, top.waiting, top.book) if top and top.value else None,
        as_of=asked.now,
        zone=asked.zone,
    )
    st.text(said)
    filters.chips(asked.question, asked.directory, asked.zone)
    return said
