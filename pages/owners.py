"""Whose leads wait, and for how long: owner by age, against the share of their books."""

import streamlit as st

from components.owners import choice, view
from components.owners.answers import books
from components.page import heading, notices
from components.shell import answers, link
from components.shell.frame import asked as question_asked
from components.status import requests
from lsq_api.question.sentence import chips_of

asked = question_asked()
coming = requests.ahead(asked, "owners")
heading.title(asked)

with notices.explained(stop=True), coming.skeleton(80, "By owner"):
    standings = answers.by(asked, "OwnerId")
    heading.answered(asked, standings)
if not any(one.waiting for one in standings):
    notices.left_out(asked.notes)
    matching = sum(one.book for one in standings)
    notices.nothing_waits(matching, filtered=bool(chips_of(asked.question, asked.directory, asked.zone)))
    st.stop()

chosen, notes = choice.ask(standings, asked.directory)
notices.left_out([*asked.notes, *notes])
out = choice.who_is_out(chosen, standings, asked_for=choice.AUTO in link.params().get("system", []))
with notices.explained(), coming.skeleton(600, "Owners by age"):
    view.show(asked, books(asked, standings), chosen, out)
