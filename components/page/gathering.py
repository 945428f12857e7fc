"""An answer that takes many calls: what it takes is said first, and read once somebody has started it."""

import streamlit as st

from components.shell import words
from lsq_api.connection import LeadSquaredConnection
from lsq_api.contract.errors import Costly
from lsq_api.recency.job import Gathering

_POLL = 0.5
_WHY = (
    "LeadSquared's report cannot tell who was contacted in a span of time, so the leads and their activities are read. "
    "Activities of past days are read once; until then other pages and other spans are there as always."
)


def offer(source: LeadSquaredConnection, cost: Costly) -> None:
    """What it takes with a button to start it, or how far it is."""
    found = source.gathering(cost)
    if found and found.running:
        st.fragment(_progress, run_every=_POLL)(found)
        return
    if found and found.error:
        st.error(words.failure(found.error), icon=":material/cloud_off:")
    elif found:
        st.caption(":material/cancel: It was cancelled; what was read until then is kept.")
    with st.container(border=True):
        st.text(words.costs(cost))
        st.caption(_WHY)
        st.button(
            "Start",
            key=f"start_{hash(str(cost.request))}",  # a page may have several such answers
            type="primary",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(source, cost),
        )


def _start(source: LeadSquaredConnection, cost: Costly) -> None:
    source.gather(cost)


def _progress(found: Gathering) -> None:
    if not found.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        done, expected = found.done, max(found.expected, 1)
        st.progress(min(done / expected, 1.0), text=words.gathered(done, expected, found.seconds_left))
        st.button("Cancel", key=f"cancel_{id(found)}", icon=":material/close:", on_click=found.cancel)
