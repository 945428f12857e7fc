"""How the list is arranged: columns, order and page. Askers, filled from the link and writing to it."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.leads import cells, table
from components.shell import link
from components.shell.frame import View
from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.export.columns import Kind, columns, labels
from lsq_api.question.formats import number
from lsq_api.question.listing import SIZES, Listing

_WAYS = {
    Kind.TIME: ("oldest first", "newest first"),
    Kind.DAY: ("oldest first", "newest first"),
    Kind.NUMBER: ("lowest first", "highest first"),
}
_TEXT = ("A to Z", "Z to A")
_WAITING = ("longest first", "shortest first")
_NUMBERS, _NUMBER, _ARROWS = 7, 44, 120
"""Pages named at a time, and the room they take: by its content the widget of a few pages takes too little for them."""
_UNTOLD = "Last contact is no column here: this account’s report does not tell it. A lead’s own page does."
_LARGEST_FIRST = {Kind.NUMBER}
"""Kinds of columns that the first click sorts in descending order."""


def picker(view: View, listing: Listing) -> None:
    """Choose the columns among all lead fields of the account; they are shown in the order of choosing."""
    tells = view.source.tells_last_contact
    headers = labels(view.directory) | ({LAST_CONTACT: table.SHOWN[LAST_CONTACT]} if tells else {})
    options = sorted(headers, key=lambda name: headers[name].casefold()) or list(listing.columns)
    usual = listing.usual.columns
    with st.popover("Columns", icon=":material/view_column:"), st.form("leads_columns", border=False):
        # The key follows the link: a choice lasts until Apply, and is given up when the link changes.
        key = f"leads_columns_{'-'.join(listing.columns)}"
        st.multiselect(
            "Columns, in this order",
            options,
            default=[name for name in listing.columns if name in options],
            format_func=lambda name: headers.get(name, name),
            key=key,
            select_all=False,
            help="The list and its files hold these fields. The name is always shown.",
        )
        if not tells:
            st.caption(_UNTOLD)
        with st.container(horizontal=True):
            st.form_submit_button("Apply", type="primary", on_click=_pick, args=(listing, key))
            st.form_submit_button("Usual columns", type="tertiary", on_click=_change, args=(listing, usual))


def _pick(listing: Listing, key: str) -> None:
    _change(listing, tuple(st.session_state[key]) or listing.usual.columns)


def _change(listing: Listing, chosen: tuple[str, ...]) -> None:
    link.go(replace(listing, columns=chosen).params())


def order(view: View, listing: Listing) -> None:
    """Choose the order of the leads; draws nothing where the host cannot sort."""
    if not view.source.can_sort:
        return
    named = _orders(view, listing)
    st.session_state["leads_sort"] = listing.sort
    st.selectbox(
        "Sort",
        list(named),
        format_func=lambda sort: named[sort],
        key="leads_sort",
        label_visibility="collapsed",
        width=230,
        on_change=lambda: sort_by(listing, st.session_state["leads_sort"]),
    )


def _orders(view: View, listing: Listing) -> dict[str, str]:
    """Every order by its value in the link: both ways for each column, and for the present sort field."""
    fields = dict.fromkeys([*listing.columns, listing.usual.sort, listing.sort.removeprefix("-")])
    named = {}
    for one in columns(fields, view.directory):
        ways = _WAITING if one.field == WAITING_SINCE else _WAYS.get(one.kind, _TEXT)
        for sign, way in zip(("", "-"), ways, strict=True):
            named[f"{sign}{one.field}"] = f"{table.SHOWN.get(one.field, one.header)}: {way}"
    return {sort: said for sort, said in named.items() if sort.removeprefix("-") != "ProspectID"}


def sort_by(listing: Listing, sort: str) -> None:
    """Change the order, and go back to page 1. For callbacks."""
    link.go(replace(listing, sort=sort, page=1).params())


def head_clicked(view: View, listing: Listing, field: str) -> None:
    """Sort by the column whose head was clicked; the other way round where it is sorted by already. For callbacks."""
    if not view.source.can_sort:
        st.toast("This account's report cannot sort. A downloaded file can be sorted.", icon=":material/sort:")
        return
    if listing.sort.removeprefix("-") == field:
        sort_by(listing, field if listing.sort[0] == "-" else f"-{field}")
        return
    (column,) = columns([field], view.directory)
    sort_by(listing, f"-{field}" if column.kind in _LARGEST_FIRST else field)


def pages(listing: Listing, total: int) -> None:
    """Choose the page and how many rows it has; says which rows of how many it shows."""
    first = (listing.page - 1) * listing.size + 1
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            f"{number(first)}–{number(min(first + listing.size - 1, total))} of {number(total)}", width="content"
        )
        if listing.pages(total) > 1:
            st.session_state["leads_page"] = listing.page
            st.pagination(
                listing.pages(total),
                key="leads_page",
                width=_ARROWS + _NUMBER * min(listing.pages(total), _NUMBERS),
                on_change=lambda: link.go(replace(listing, page=st.session_state["leads_page"]).params()),
            )
        st.session_state["leads_size"] = listing.size
        st.selectbox(
            "Rows on a page",
            SIZES,
            format_func=lambda size: f"{number(size)} per page",
            key="leads_size",
            label_visibility="collapsed",
            width=150,
            on_change=lambda: _resize(listing, st.session_state["leads_size"]),
        )


def _resize(listing: Listing, size: int) -> None:
    """Change the rows a page, staying on the page with the row that is on top now."""
    first = (listing.page - 1) * listing.size
    link.go(replace(listing, size=size, page=first // size + 1).params())


def opener(rows: Sequence[table.Row]) -> str | None:
    """Choose one lead of this page by name, for the keyboard; the ID of the one just chosen."""
    ids = [table.lead_id(row) for row in rows]
    named = dict(zip(ids, cells.distinct(table.names(rows), ids), strict=True))
    # The key follows the page, so that a choice made on one page is not carried to the next.
    return st.selectbox(
        "Open a lead of this page",
        ids,
        index=None,
        format_func=lambda lead_id: named[lead_id],
        key=f"leads_open_{hash(tuple(ids))}",
        placeholder="Open a lead of this page …",
        label_visibility="collapsed",
        width=280,
    )
