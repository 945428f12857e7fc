"""For the administrator: what the dashboard is connected to, what it asked, and how that went."""

from datetime import UTC, datetime

import streamlit as st

from components.page import heading, notices
from components.shell.frame import asked as question_asked
from components.status import health
from components.status import requests as screen_requests

asked = question_asked()
heading.title(asked, "Status")
notices.left_out(asked.notes)

left, right = st.columns(2, gap="large")
with left, notices.explained():
    st.subheader("Connection", anchor=False)
    health.connection(asked)
calls = asked.source.client().ledger.recent()
with right:
    st.subheader("Slowest calls", anchor=False)
    health.slowest(calls)
    st.subheader("Failures", anchor=False)
    health.failures(asked, calls)

st.subheader("Calls", anchor=False)
health.limits(asked)

st.subheader("Answers on screen", anchor=False)
screen = health.screen()
st.caption(
    "Each with the request behind it, for this link. The commands take the keys from LSQ\\_ACCESS\\_KEY and "
    "LSQ\\_SECRET\\_KEY, and need curl 7.87 or newer."
)
with notices.explained():
    health.requests(screen_requests.of(asked, screen), datetime.now(UTC))

health.assumptions()
health.versions()
