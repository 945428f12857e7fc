"""The first screen: how many, whose, how long."""

import streamlit as st

from components import answers, boards, downloads, heading, metrics, notices, tables
from components.frame import asked as question_asked

asked = question_asked()
heading.title(asked)
notices.left_out(asked.notes)

with notices.explained(stop=True), st.skeleton(height=160):
    owners = answers.by(asked, "OwnerId")
    heading.answered(asked, owners)
    waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
    page = answers.first_page(asked, tables.FIELDS, size=50, sort="CreatedOn")
    metrics.row(
        waiting=waiting,
        matching=matching,
        untouched=answers.without_activity(asked),
        oldest=answers.longest_wait(page) if asked.source.can_sort else None,
        mean=answers.mean_engagement(asked),
        now=asked.now,
    )

if not waiting:
    notices.nothing_waits(matching, filtered=bool(asked.question.chips(asked.directory, asked.zone)))
    st.stop()

left, right = st.columns(2, gap="large")
with left, notices.explained():
    boards.board("By owner", "owners", owners)
with right, notices.explained(), st.skeleton(height=240):
    boards.ages(answers.by_age(asked))
with left, notices.explained(), st.skeleton(height=240):
    boards.board("By source", "sources", answers.by(asked, "Source"))
with right, notices.explained(), st.skeleton(height=240):
    boards.board("By stage", "stages", answers.by(asked, "ProspectStage"))

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.subheader("Waiting longest" if asked.source.can_sort else "Leads", anchor=False, width="content")
    downloads.every_lead(asked, tables.FIELDS, waiting)
with notices.explained():
    tables.leads(asked, answers.table(asked, page, tables.FIELDS))
    st.caption(f"{len(page.rows):,} of {waiting:,} leads are shown; the CSV holds all of them.")
