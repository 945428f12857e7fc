"""One lead: who it is, how long it has waited, what has happened."""

from datetime import UTC, datetime

import streamlit as st

from components.lead import card, contact, timeline
from components.page import heading, notices
from components.shell import answers, fields
from components.shell.frame import asked as question_asked

asked = question_asked()
now = datetime.now(UTC)
lead_id = card.wanted()
card.ways(asked, lead_id)

row = None
if lead_id:
    with notices.explained(stop=True):
        row = answers.lead(asked, lead_id)
if not row:
    heading.title(asked, "Lead")
    notices.no_lead(named=lead_id is not None)
    st.stop()

name = fields.name(row)
heading.title(asked, name)
heading.tab_named(name)
notices.left_out(asked.notes)
left, right = st.columns([2, 3], gap="large")
with left:
    with notices.explained(), st.skeleton(height=90):
        found = contact.judged(
            answers.activities(asked, lead_id, timeline.BLOCK),
            asked.question,
            came_in=fields.moment_of(row.get("CreatedOn")),
            now=now,
            zone=asked.zone,
        )
        card.waiting(asked, found, now)
    card.summary(asked, row)
    card.fields(asked, row)
with right, notices.explained():
    st.subheader("Activities", anchor=False)
    with st.skeleton(height=300):
        timeline.shown(asked, lead_id, now)
