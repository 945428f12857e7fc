"""One lead: who it is, whether and how long it has waited, and its activities."""

from datetime import UTC, datetime

import streamlit as st

from components.lead import answers, card, timeline
from components.page import choosing, heading, notices
from components.shell import fields, frame

view = frame.view()
now = datetime.now(UTC)
lead_id = card.wanted()
card.ways(view, lead_id)

row = None
if lead_id:
    with notices.explained(stop=True):
        row = view.source.get(answers.lead(lead_id))
if not row:
    heading.title(view, "Lead")
    notices.no_lead(view, named=lead_id is not None)
    st.stop()

name = fields.name(row)
heading.title(view, name)
heading.tab_named(name)
notices.left_out(view.notes)
choosing.card(view)
left, right = st.columns([2, 3], gap="large")
with left:
    with notices.explained():
        came_in = fields.moment_of(row.get("CreatedOn"))
        with st.skeleton(height=90):
            wait = view.source.get(answers.wait(view, lead_id, came_in=came_in, now=now))
        card.waiting(view, wait, now)
    card.summary(view, row)
    card.fields(view, row)
with right, notices.explained():
    st.header("Activities", anchor=False)
    with st.skeleton(height=300):
        done = view.source.get(answers.activities(lead_id))
    timeline.shown(view, row, *done, now)
