"""For the administrator: what the dashboard is connected to, what it asked, and how that went."""

from datetime import UTC, datetime

import streamlit as st

from components.page import heading, notices
from components.shell import frame
from components.status import health
from components.status import requests as screen_requests

view = frame.view()
heading.title(view, "Status")
notices.left_out(view.notes)

left, right = st.columns(2, gap="large")
with left, notices.explained():
    st.header("Connection", anchor=False)
    health.connection(view)
with right:
    if view.viewer.runs_it:
        calls = view.source.ledger.recent()
        st.header("Slowest calls", anchor=False)
        health.slowest(calls)
        st.header("Failures", anchor=False)
        health.failures(view, calls)

st.header("Calls", anchor=False)
health.limits(view)

st.header("Answers on screen", anchor=False)
screen = health.screen()
st.caption(
    "Each with the request behind it, for this link. The commands take the keys from LSQ\\_ACCESS\\_KEY and "
    "LSQ\\_SECRET\\_KEY, and need curl 7.87 or newer."
)
with notices.explained():
    health.requests(screen_requests.of(view, screen), datetime.now(UTC))

health.assumptions()
health.versions()
