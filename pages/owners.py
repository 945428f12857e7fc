"""Leads not contacted by owner and age class, beside the share of each owner's leads that they are."""

import streamlit as st

from components import prefetch
from components.owners import choice
from components.owners.answers import books
from components.owners.view import show
from components.page import empty, heading, notices
from components.shell import answers, frame, link

view = frame.view()
coming = prefetch.ahead(view, "owners")
heading.title(view)

with notices.explained(stop=True):
    with coming.skeleton(80, "By owner"):
        standings = view.source.get(answers.by_owner(view))
    heading.answered(view, standings)
if not any(one.waiting for one in standings):
    notices.left_out(view.notes)
    matching = sum(one.book for one in standings)
    empty.nothing_waits(view, matching)
    st.stop()

chosen, notes = choice.ask(standings, view.directory, view.source.makers())
notices.left_out([*view.notes, *notes])
out = choice.who_is_out(chosen, standings, asked_for=choice.AUTO in link.params().get("system", []))
with notices.explained():
    with coming.skeleton(600, "Owners by age"):
        everybody = view.source.get(books(view, standings))
    show(view, everybody, chosen, out)
