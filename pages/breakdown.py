"""Leads not contacted by any lead field: counted, or a number field averaged or summed."""

import streamlit as st

from components.breakdown import choice
from components.breakdown.answers import breakdown, whole_of
from components.breakdown.view import show
from components.page import empty, heading, notices
from components.shell import answers, frame, link

view = frame.view()
heading.title(view)

with notices.explained(stop=True):
    with st.skeleton(height=80):
        owners = view.source.get(answers.by_owner(view))
    heading.answered(view, owners)
whole = whole_of(owners)
chosen, notes = choice.ask(view.directory, {key: values[0] for key, values in link.params().items()})
notices.left_out([*view.notes, *notes])
if chosen is None:
    st.info("This account names no lead field to group by.", icon=":material/category:")
    st.stop()
if not whole.waiting:
    empty.nothing_waits(view, whole.book)
    st.stop()

with notices.explained():
    with st.skeleton(height=380):
        groups = view.source.get(breakdown(view, chosen, whole))
    show(view, chosen, groups)
