"""The top of every page: what this is, as of when, and the question with its answer as one sentence."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from components import filters
from components.frame import Asked
from components.measures import Standing
from lsq_api.sentence import clock, sentence

_BADGES: dict[str, tuple[str, str, Literal["violet", "blue", "green"]]] = {
    "demo": ("Demo data", ":material/science:", "violet"),
    "data": ("Own data", ":material/database:", "blue"),
    "leadsquared": ("LeadSquared", ":material/cloud_done:", "green"),
}


def title(asked: Asked) -> None:
    """The page's name, what answers it, the age of the answers, and the one Refresh."""
    label, icon, color = _BADGES[asked.source.mode]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.title("Leads not contacted", anchor=False, width="content")
            st.badge(label, icon=icon, color=color, help=asked.source.account().organisation or None)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"as of {clock(asked.now, asked.zone)}", width="content")
            st.button("Refresh", icon=":material/refresh:", on_click=asked.source.refresh, help="Ask everything anew")


def answered(asked: Asked, owners: Sequence[Standing]) -> None:
    """The sentence, and what is filtered as pieces that can be taken away."""
    waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
    top = next((one for one in owners if one.value is not None and one.waiting), None)
    st.text(
        sentence(
            asked.question,
            asked.directory,
            waiting=waiting,
            matching=matching,
            top_owner=(top.value, top.waiting, top.book) if top and top.value else None,
            as_of=asked.now,
            zone=asked.zone,
        )
    )
    filters.chips(asked.question, asked.directory, asked.zone)
