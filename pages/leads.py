"""The list: who waits, arranged as wanted, and all of it as a file."""

import streamlit as st

from components.export import buttons
from components.leads import controls, table
from components.page import heading, notices
from components.shell import answers, drill, link
from components.shell.frame import asked as question_asked
from lsq_api.question.formats import number
from lsq_api.question.listing import read_listing
from lsq_api.question.sentence import chips_of

asked = question_asked()
heading.title(asked)
listing, notes = read_listing(link.params(), asked.directory, can_sort=asked.source.can_sort)
notices.left_out([*asked.notes, *notes])

with notices.explained(stop=True), st.skeleton(height=120):
    owners = answers.by(asked, "OwnerId")
    said = heading.answered(asked, owners)
waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
if not waiting:
    notices.nothing_waits(matching, filtered=bool(chips_of(asked.question, asked.directory, asked.zone)))
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader(f"{number(waiting)} lead{'' if waiting == 1 else 's'}", anchor=False, width="stretch")
    buttons.every_lead(asked, listing.columns, waiting, sorting=listing.sorting(asked.directory), said=said)
    controls.picker(asked, listing)
    controls.order(asked, listing)
buttons.under_way(asked, waiting)
shown = listing.on_a_page(waiting)
if shown.page < listing.page:
    notices.left_out([f"There is no page {number(listing.page)} of this list; this is its last one."])

with notices.explained(stop=True), st.skeleton(height=563):
    listing, page = answers.listed(asked, shown)
    clicked = table.leads(
        asked,
        page.rows,
        listing.columns,
        f"leads_{listing.sort}",
        on_header=lambda field: controls.head_clicked(asked, listing, field),
    )
controls.pages(asked, listing, page.total)
chosen = clicked or controls.opener(page.rows)
if chosen:
    drill.open_lead(chosen)
