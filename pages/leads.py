"""The list of leads not contacted: columns, order and page as chosen, and all of it as a file."""

import streamlit as st

from components.export import buttons
from components.leads import controls, table
from components.page import empty, heading, notices
from components.shell import answers, drill, frame, link, waits
from lsq_api.question.formats import number

view = frame.view()
heading.title(view)
listing, notes = waits.listing(view, link.params())
notices.left_out([*view.notes, *notes])

with notices.explained(stop=True), st.skeleton(height=120):
    owners = view.source.get(answers.by_owner(view))
    said = heading.answered(view, owners)
waiting, matching = sum(one.waiting for one in owners), sum(one.book for one in owners)
if not waiting:
    empty.nothing_waits(view, matching)
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader(f"{number(waiting)} lead{'' if waiting == 1 else 's'}", anchor=False, width="stretch")
    buttons.every_lead(view, listing.columns, waiting, sorting=listing.sorting(view.directory), said=said)
    controls.picker(view, listing)
    controls.order(view, listing)
buttons.under_way(view, waiting)
shown = listing.on_a_page(waiting)
if shown.page < listing.page:
    notices.left_out([f"There is no page {number(listing.page)} of this list; this is its last one."])

with notices.explained(stop=True), st.skeleton(height=563):
    listing, page = view.source.get(answers.listed(view, shown))
    clicked = table.leads(
        view,
        page.rows,
        listing.columns,
        f"leads_{listing.sort}",
        on_header=lambda field: controls.head_clicked(view, listing, field),
    )
controls.pages(listing, page.total)
chosen = clicked or controls.opener(page.rows)
if chosen:
    drill.open_lead(chosen)
