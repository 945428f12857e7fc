"""Leads not contacted: the frame around every page. `streamlit run app.py` starts it."""

import streamlit as st

from components.filters import form
from components.page import heading, notices
from components.shell import frame
from lsq_api.connection import LeadSquaredConnection

st.set_page_config(page_title="Leads not contacted", page_icon=frame.ICON, layout="wide")
page = frame.navigation()

with notices.explained(stop=True, details=page.title == frame.STATUS):
    source = st.connection("leadsquared", type=LeadSquaredConnection)
    directory = source.directory()
    zone, account = frame.viewer_zone(source), source.account()
frame.menu(page)
question, notes = form.ask(directory, account, left_out=source.left_out)
heading.tab(page.title, question, directory, zone)
view = frame.View(source, directory, question, zone, source.moment(), notes)
with frame.published(view), heading.dated(view):
    page.run()
