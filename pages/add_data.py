"""Files as people have them, dropped in the browser: looked at, mended where needed, and saved as the data."""

import streamlit as st

from components.add_data import drop, form, intake, result, saved
from components.shell import frame
from lsq_api.connection import configured
from lsq_api.host.added import Look

frame.framed()
st.title(frame.ADD_DATA, anchor=False)
if not frame.can_add():
    drop.elsewhere()
    st.stop()

settings = configured()
saved.met()
if said := saved.done():
    drop.opened(said)
    st.stop()
saved.present(settings.added)
brought = intake.of_session()
files = drop.files()
if not files:
    brought.clear()
    st.stop()

brought.read(files, form.chosen(), settings.added)
found = brought.found
unclear = found is not None and not isinstance(found, Look)
form.ask(brought, sheets=any(file.name.lower().endswith(".xlsx") for file in files), opened=unclear)
if found is None:
    drop.reading(brought)
elif isinstance(found, Look):
    result.report(brought, found.report)
    result.answers(found, settings)
    saved.offer(brought, found, settings.added)
else:
    result.unclear(brought, found)
