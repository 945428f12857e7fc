"""The row of figures below the Overview's sentence."""

from datetime import datetime

import streamlit as st

from components.shell import words
from lsq_api.question.formats import number
from lsq_api.question.phrases import share


def row(
    *, waiting: int, matching: int, untouched: int, oldest: datetime | None, mean: float | None, now: datetime
) -> None:
    """Draw five figures; a dash where there is nothing to measure."""
    with st.grid(5, min_column_width=150, gap="small"):
        st.metric(
            "Not contacted",
            number(waiting),
            border=True,
            help="Leads that match and had none of these activities.",
        )
        st.metric(
            "Share of all",
            share(waiting, matching) if matching else "–",
            border=True,
            help="Not contacted, of all leads that match the filters.",
        )
        st.metric(
            "Never any activity",
            number(untouched),
            border=True,
            help="Of the leads not contacted: those without an activity of any type, not even an e-mail opened.",
        )
        st.metric(
            "Longest wait",
            words.age(oldest, now) if oldest else "–",
            border=True,
            help="Since the oldest lead not contacted came in.",
        )
        st.metric(
            "Mean engagement",
            "–" if mean is None else number(mean),
            border=True,
            help="Engagement score of the leads not contacted, where they have one.",
        )
