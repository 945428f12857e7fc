"""Leads not contacted: the frame around every page. `streamlit run app.py` starts it."""

import streamlit as st

from components.filters import form
from components.page import heading, notices
from components.shell import frame
from lsq_api.connection import connect

st.set_page_config(page_title="Leads not contacted", page_icon=frame.ICON, layout="wide")
frame.settle()
page = frame.navigation()

if page.title == frame.ADD_DATA:
    # It works without a connection, since it is what mends data that cannot be read.
    frame.menu(page, adding=frame.can_add())
    with frame.alone():
        page.run()
    st.stop()
with notices.explained(stop=True, details=page.title == frame.STATUS):
    source = connect()
    directory = source.directory()
    zone, account = frame.viewer_zone(source), source.account()
tools = frame.menu(page, adding=source.settings.can_add)
with tools:
    question, notes = form.ask(directory, account, left_out=source.left_out)
heading.tab(page.title, question, directory, zone)
view = frame.View(source, directory, question, zone, source.moment(), notes)
with frame.published(view), heading.dated(view, tools):
    page.run()
