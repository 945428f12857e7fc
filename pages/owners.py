"""Whose leads wait, and for how long: owner by age, against the share of their books."""

import streamlit as st

from components import answers, book_answers, book_views, heading, link, notices, owners, requests
from components.frame import asked as question_asked
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

choice, notes = owners.ask(standings, asked.directory)
notices.left_out([*asked.notes, *notes])
out = owners.who_is_out(choice, standings, asked_for=owners.AUTO in link.params().get("system", []))
with notices.explained(), coming.skeleton(600, "Owners by age"):
    book_views.show(asked, book_answers.books(asked, standings), choice, out)
