"""Leads not contacted: the frame around every page. `streamlit run app.py` starts it."""

import streamlit as st

from components.filters import form
from components.page import heading, notices
from components.shell import frame, viewer

st.set_page_config(page_title="Leads not contacted", page_icon=frame.ICON, layout="wide")
frame.settle()
page = frame.navigation()

with notices.explained(stop=True, details=page.title == frame.STATUS):
    found = viewer.here(frame.script(page))
if page.title == frame.ADD_DATA:
    # It works without a connection, since it is what mends data that cannot be read.
    with frame.menu(page, adding=frame.can_add()):
        viewer.menu(found)
    viewer.shown_above(found)
    with frame.alone():
        page.run()
    st.stop()
with notices.explained(stop=True, details=page.title == frame.STATUS and found.runs_it):
    source = found.source()
    directory = source.directory()
    zone, account = frame.viewer_zone(source), source.account()
tools = frame.menu(page, adding=frame.can_add())
with tools:
    viewer.menu(found)
    question, notes = form.ask(directory, account, left_out=source.left_out)
viewer.shown_above(found)
heading.tab(page.title, question, directory, zone)
view = frame.View(source, directory, question, zone, source.moment(), notes, found)
with frame.published(view), heading.dated(view, tools):
    page.run()
