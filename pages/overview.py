"""The first page: how many leads are not contacted, whose they are, and how long they have waited."""

import streamlit as st

from components import prefetch
from components.export import buttons
from components.leads import table
from components.overview import answers, boards, metrics
from components.page import empty, heading, notices
from components.shell import drill, frame, waits, words
from components.shell.answers import by, by_owner
from lsq_api.question.evidence import Extent
from lsq_api.question.formats import number

view = frame.view()
coming = prefetch.ahead(view, "overview")
heading.title(view)
notices.left_out(view.notes)

needed = "By owner", "Waiting longest", "Never any activity", "Mean engagement"
with notices.explained(stop=True), coming.skeleton(160, *needed):
    owners = view.source.get(by_owner(view))
    said = heading.answered(view, owners)
    waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
    evidence = view.evidence.of_answer(waiting, matching)
    listing, page = view.source.get(answers.waiting_longest(view))
    metrics.row(
        waiting=waiting,
        matching=matching,
        untouched=view.source.get(answers.without_activity(view)),
        oldest=answers.longest_wait(view, page) if view.source.can_sort else None,
        since=waits.since(view),
        mean=view.source.get(answers.mean_engagement(view)),
        now=view.now,
        evidence=evidence,
        evidence_of_any=view.evidence_of_any,
        assumed=view.question.assumed,
    )

if not waiting:
    empty.nothing_waits(view, matching)
    st.stop()

whose, since = st.columns(2, gap="large")
with whose, notices.explained():
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("By owner", anchor=False, width="content")
        boards.ask_order()
    boards.board(view, "OwnerId", "owners", owners)
with since, notices.explained():
    st.subheader("By age since they came in", anchor=False)
    with coming.skeleton(240, "By age"):
        boards.ages(view, view.source.get(answers.by_age(view)), beside=owners)
for column, one, asked in zip(st.columns(2, gap="large"), answers.boards(view), ("By stage", "By source"), strict=True):
    with column, notices.explained():
        st.subheader(words.plain(one.heading), anchor=False)
        with coming.skeleton(240, asked):
            boards.board(view, one.field, one.noun, view.source.get(by(view, one.field)))

with st.container(horizontal=True, vertical_alignment="center"):
    first = "Waiting longest" if evidence.extent is not Extent.NOTHING else "Oldest"
    st.subheader(first if view.source.can_sort else "Leads", anchor=False, width="stretch")
    buttons.every_lead(view, listing.columns, waiting, sorting=listing.sorting(view.directory), said=said)
buttons.under_way(view, waiting)
with notices.explained():
    chosen = table.leads(view, page.rows, listing.columns, "waiting")
    st.caption(f"{number(len(page.rows))} of {number(waiting)} leads are shown; the files hold all of them.")
    if chosen:
        drill.open_lead(chosen)
