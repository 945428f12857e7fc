"""The first screen: how many, whose, how long."""

import streamlit as st

from components.export import buttons
from components.leads import table
from components.overview import boards, metrics
from components.page import heading, notices
from components.shell import answers, drill
from components.shell.frame import asked as question_asked
from components.status import requests
from lsq_api.question.formats import number
from lsq_api.question.sentence import chips_of

asked = question_asked()
coming = requests.ahead(asked, "overview")
heading.title(asked)
notices.left_out(asked.notes)

needed = "By owner", "Waiting longest", "Never any activity", "Mean engagement"
with notices.explained(stop=True), coming.skeleton(160, *needed):
    owners = answers.by(asked, "OwnerId")
    said = heading.answered(asked, owners)
    waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
    listing, page = answers.waiting_longest(asked)
    metrics.row(
        waiting=waiting,
        matching=matching,
        untouched=answers.without_activity(asked),
        oldest=answers.longest_wait(page) if asked.source.can_sort else None,
        mean=answers.mean_engagement(asked),
        now=asked.now,
    )

if not waiting:
    notices.nothing_waits(matching, filtered=bool(chips_of(asked.question, asked.directory, asked.zone)))
    st.stop()

whose, since = st.columns(2, gap="large")
with whose, notices.explained():
    st.subheader("By owner", anchor=False)
    boards.board(asked, "OwnerId", "owners", owners)
with since, notices.explained():
    st.subheader("By age since they came in", anchor=False)
    with coming.skeleton(240, "By age"):
        boards.ages(asked, answers.by_age(asked), beside=owners)
for column, heading_, field, noun in zip(
    st.columns(2, gap="large"),
    ("By stage", "By source"),
    ("ProspectStage", "Source"),
    ("stages", "sources"),
    strict=True,
):
    with column, notices.explained():
        st.subheader(heading_, anchor=False)
        with coming.skeleton(240, heading_):
            boards.board(asked, field, noun, answers.by(asked, field))

with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader("Waiting longest" if asked.source.can_sort else "Leads", anchor=False, width="stretch")
    buttons.every_lead(asked, listing.columns, waiting, sorting=listing.sorting(asked.directory), said=said)
buttons.under_way(asked, waiting)
with notices.explained():
    chosen = table.leads(asked, page.rows, listing.columns, "waiting")
    st.caption(f"{number(len(page.rows))} of {number(waiting)} leads are shown; the files hold all of them.")
    if chosen:
        drill.open_lead(chosen)
