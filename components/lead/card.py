"""A lead's card: its name, whether it waits and why, how to reach it, and every field with a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from components.lead import contact
from components.shell import drill, link, words
from components.shell.fields import grouped, ways_to_contact
from components.shell.frame import View
from components.shell.widgets import CLOSE, pair
from lsq_api.host import addresses
from lsq_api.question.evidence import Extent
from lsq_api.question.phrases import shortened

MARKS = ("lead", "timeline")
"""The parameters of a link that belong to the lead's page."""
_LONGEST_ID = 128
_OPEN = 40
_ICONS = {"call": ":material/call:", "mail": ":material/mail:"}
_BARS = {"call": ":material/phone_disabled:", "mail": ":material/unsubscribe:"}
_BARRED = {"call": "Must not be called", "mail": "Must not get e-mail"}


def wanted() -> str | None:
    """The lead's ID in the link, a GUID in lower case as in answers; None without one."""
    text = (link.params().get("lead") or [""])[0].strip()
    if not text or len(text) > _LONGEST_ID or not text.isprintable():
        return None
    return text.lower() if addresses.is_guid(text) else text


def ways(view: View, lead_id: str | None) -> None:
    """Draw the link back to the list as it was, and the link to the lead in LeadSquared."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        back = link.with_(dict.fromkeys(MARKS))
        st.page_link(drill.LEADS, label="Back to the list", icon=":material/arrow_back:", query_params=back)
        page = addresses.lead_page(view.source.app_url, lead_id) if lead_id else None
        if page:
            st.link_button("Open in LeadSquared", page, icon=":material/open_in_new:")


def waiting(view: View, found: contact.Wait, now: datetime) -> None:
    """Draw whether the lead waits, for how long, and why."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        known = view.evidence_of_lead(found.came_in)
        head = words.plain(contact.headline(found, now, known, assumed=view.question.assumed))
        if found.waiting and found.last is None and known.extent is Extent.NOTHING:
            st.badge(head, icon=":material/visibility_off:", color="gray")
        elif found.waiting:
            st.badge(head, icon=":material/hourglass_top:", color="orange")
        else:
            done = ":material/history:" if view.question.assumed else ":material/done_all:"
            st.badge(head, icon=done, color="gray")
        if found.waiting and view.question.outcome and known.extent is not Extent.NOTHING:
            icon = ":material/phone_missed:" if found.tries else ":material/phone_disabled:"
            st.badge(words.plain(contact.tried(found, view.question.outcome, now)), icon=icon, color="gray")
        said = contact.rule(found, view.question, view.directory, now=now, zone=view.zone, evidence=known)
        st.text(f"{said[:1].upper()}{said[1:]}.", width="content")


def summary(view: View, row: Mapping[str, Any]) -> None:
    """Draw what a manager looks for first, and how to reach the lead."""
    owner = str(row.get("OwnerId") or "")
    left = " (left)" if owner in view.directory.inactive else ""
    found, barred = ways_to_contact(row), view.bars.of(row)
    if barred:
        with st.container(horizontal=True, gap="small"):
            for way in barred:
                st.badge(_BARRED[way], icon=_BARS[way], color="red")
    with st.container(gap=CLOSE):
        pair("Stage", str(row.get("ProspectStage") or "None"))
        pair("Owner", view.directory.user_label(owner) + left if owner else "Nobody")
        if row.get("Source"):
            pair("Source", str(row["Source"]))
        if not found:
            pair("Contact", "No phone number or e-mail address is known.")
        for kind, text, _ in found:
            if kind in barred:
                pair({"call": "Phone", "mail": "E-mail"}[kind], text)
    with st.container(horizontal=True, gap="small"):
        for kind, text, url in (one for one in found if one[0] not in barred):
            st.link_button(words.plain(shortened(text, 48)), url, icon=_ICONS[kind])


def fields(view: View, row: Mapping[str, Any]) -> None:
    """Draw every field that has a value, in groups."""
    groups = grouped(row, view.directory, view.zone)
    count = sum(len(values) for _, values in groups)
    # On a phone the activities stand below the fields, so these must not be long.
    on_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    with st.expander(f"All fields ({count})", expanded=count <= _OPEN and not on_phone):
        for group, values in groups:
            st.markdown(f"**{group}**")
            with st.container(gap=CLOSE):
                for value in values:
                    pair(value.label, value.text)
