"""Leaderboards: who, how many, what share; the rest folded, never dropped."""

from collections.abc import Sequence

import streamlit as st

from components import figures, measures
from components.measures import Standing
from lsq_api.sentence import share

SHOWN = 10
_STILL = {"displayModeBar": False, "scrollZoom": False}


def board(heading: str, noun: str, found: Sequence[Standing]) -> None:
    """A titled chart of the longest bars, the others behind a click, all of them as a table."""
    st.subheader(heading, anchor=False)
    if not any(one.book for one in found):
        st.caption("Nothing to show.")
        return
    folded = measures.folded(found, SHOWN)
    st.plotly_chart(figures.leaderboard(folded), key=f"board_{noun}", config=_STILL, alt=figures.in_words(folded, noun))
    if folded.others:
        with st.expander(f"{folded.others:,} more {noun}: {folded.waiting:,} of {folded.book:,} not contacted"):
            _rows(found[len(folded.shown) :], noun)


def _rows(found: Sequence[Standing], noun: str) -> None:
    st.dataframe(
        {
            noun.capitalize(): [one.label for one in found],
            "Not contacted": [one.waiting for one in found],
            "All leads": [one.book for one in found],
            "Share": [share(one.waiting, one.book) if one.book else "–" for one in found],
        },
        hide_index=True,
        alt=f"The other {noun}",
    )


def ages(found: Sequence[tuple[str, int]]) -> None:
    """How long the waiting leads have waited since they came in."""
    st.subheader("By age since they came in", anchor=False)
    words = "; ".join(f"{label}: {count:,}" for label, count in found)
    st.plotly_chart(figures.ages(found), key="board_ages", config=_STILL, alt=f"Leads not contacted by age: {words}")
