"""Asks once what counts as contact, where the account has no calls of the usual codes and the link names no types."""

from collections.abc import Sequence

import streamlit as st

from components.page import notices
from components.shell import link, proposals, words
from components.shell.frame import View
from components.shell.proposals import Counted
from lsq_api.question.contacts import contact_words
from lsq_api.question.evidence import Extent
from lsq_api.question.formats import number
from lsq_api.question.phrases import share

_WHY = (
    "This account has no phone calls of LeadSquared’s own (21, 22). Until you choose, an activity of any type counts, "
    "those of systems included. The link keeps the choice."
)
_PICKED = "contact_picked"


def card(view: View, waiting: int | None = None, matching: int = 0) -> None:
    """Draw the definitions to choose from with the leads each leaves waiting; nothing once one is chosen.

    By any activity `waiting` of `matching` leads wait; None where that is not known.
    """
    if not view.question.assumed or view.evidence_of_any.extent is Extent.NOTHING:
        return
    with notices.explained():
        offered = view.source.get(proposals.definitions(view))
        with st.container(border=True, key="choose_contact"):
            st.markdown("**What counts as contact here?**")
            st.caption(_WHY)
            for place, one in enumerate(offered):
                by_any = one.definition.codes == view.question.activities
                _row(view, place, one, waiting if by_any else one.waiting, matching)
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
                of_all = (
                    f" of {number(matching)} leads wait ({share(waiting, matching)})" if matching else " leads wait"
                )
                st.markdown(f"**{number(waiting)}**{of_all}")
            st.caption(words.plain(_types(view, one)))


def _of_all(waiting: int, matching: int) -> str:
    if not matching:
        return "lead waits" if waiting == 1 else "leads wait"
    return f"of {number(matching)} lead{'' if matching == 1 else 's'} waiting ({share(waiting, matching)})"


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
