"""Leads by any field: counted, averaged or summed."""

import streamlit as st

from components.breakdown import choice, groups, view
from components.breakdown.answers import breakdown
from components.page import heading, notices
from components.shell import answers, link
from components.shell.frame import asked as question_asked
from lsq_api.contract.report import Function
from lsq_api.question.sentence import chips_of

asked = question_asked()
heading.title(asked)

with notices.explained(stop=True), st.skeleton(height=80):
    owners = answers.by(asked, "OwnerId")
    heading.answered(asked, owners)
whole = groups.together(
    (groups.Slice(one.value, one.label, one.waiting, one.book) for one in owners), "All", Function.COUNT
)
chosen, notes = choice.ask(asked.directory, {key: values[0] for key, values in link.params().items()})
notices.left_out([*asked.notes, *notes])
if chosen is None:
    st.info("This account names no lead field to group by.", icon=":material/category:")
    st.stop()
if not whole.waiting:
    notices.nothing_waits(whole.book, filtered=bool(chips_of(asked.question, asked.directory, asked.zone)))
    st.stop()

with notices.explained(), st.skeleton(height=380):
    view.show(asked, chosen, breakdown(asked, chosen, whole))
