"""Asks once what counts as contact, where the account has no calls of the usual codes and the link names no types."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.page import notices
from components.shell import link, proposals, words
from components.shell.frame import View
from components.shell.proposals import Counted
from lsq_api.question.contacts import contact_words
from lsq_api.question.evidence import Evidence, Extent
from lsq_api.question.formats import number
from lsq_api.question.phrases import share

_WITHOUT_CALLS = (
    "There are no phone calls (21, 22) here. Until you choose, any activity counts, those of systems too. "
    "The link keeps the choice."
)
_UNKNOWN = (
    "None of the known activities is a phone call (21, 22), so nobody can tell yet who was contacted. "
    "The link keeps the choice."
)
_UNCOUNTED = "How many leads each leaves waiting in a span of time takes many calls of this host, once you chose."
_PICKED = "contact_picked"


def card(view: View, waiting: int | None = None, matching: int = 0) -> None:
    """Draw the definitions to choose from with the leads each leaves waiting; nothing once one is chosen.

    By any activity `waiting` of `matching` leads wait; None where that is not known.
    """
    with notices.explained():
        if not proposals.unsettled(view):
            return
        view.source.ahead(view.source.asks(proposals.definitions(view)))
        offered = view.source.get(proposals.definitions(view))
        with st.container(border=True, key="choose_contact"):
            st.markdown("**What counts as contact here?**")
            st.caption(_WITHOUT_CALLS if view.question.assumed else _UNKNOWN)
            for place, one in enumerate(offered):
                by_any = view.question.assumed and one.definition.codes == view.question.activities
                _row(view, place, one, waiting if by_any else one.waiting, matching)
            if waiting is not None and len(offered) > 1 and all(one.waiting is None for one in offered):
                st.caption(_UNCOUNTED)
            _choose_types(view)


def _row(view: View, place: int, one: Counted, waiting: int | None, matching: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            words.plain(one.definition.name),
            key=f"choose_contact_{place}",
            width=260,
            on_click=_count,
            args=(view, one.definition.codes),
        )
        with st.container(gap=None, width="stretch"):
            if waiting is not None:
                known = replace(view, question=view.question.counting(one.definition.codes, view.directory)).evidence
                st.markdown(f"**{number(waiting)}** {_of_all(waiting, matching, known)}")
            st.caption(words.plain(_types(view, one)))


def _of_all(waiting: int, matching: int, known: Evidence) -> str:
    """`of 13,087 leads wait (62 %)`; a part is not given where too little is known to tell one."""
    if not matching:
        return "lead waits" if waiting == 1 else "leads wait"
    leads = f"of {number(matching)} lead{'' if matching == 1 else 's'}"
    if known.extent is Extent.WHOLE:
        return f"{leads} wait ({share(waiting, matching)})"
    return f"{leads} wait, as far as known"


def _types(view: View, one: Counted) -> str:
    noun = contact_words(one.definition.codes, view.directory)
    return noun.noun if noun else f"all {number(len(one.definition.codes))} types, those of systems included"


def _choose_types(view: View) -> None:
    with st.popover("Choose types …", icon=":material/checklist:"):
        st.multiselect(
            "Activity types that count as contact",
            view.directory.codes,
            format_func=view.directory.activity_label,
            key=_PICKED,
        )
        st.button("Use these", type="primary", key="choose_contact_picked", on_click=_count_picked, args=(view,))


def _count_picked(view: View) -> None:
    picked = st.session_state.get(_PICKED)
    if picked:
        _count(view, picked)
    else:
        st.toast("Choose at least one type.", icon=":material/checklist:")


def _count(view: View, codes: Sequence[int]) -> None:
    link.show(view.question.counting(codes, view.directory), view.directory)
