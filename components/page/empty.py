"""What a page shows where no lead waits: why, and which condition to loosen for how many leads."""

import streamlit as st

from components.page import notices
from components.shell import link, proposals, words
from components.shell.frame import View
from lsq_api.question.formats import number
from lsq_api.question.sentence import chips_of


def nothing_waits(view: View, matching: int) -> None:
    """Say why no lead waits: all `matching` leads were contacted, no lead matches, or there are no leads.

    Where nobody chose what counts as contact, nothing is said to be well. A click on a condition takes it away.
    """
    filtered = bool(chips_of(view.question, view.directory, view.zone))
    if matching and view.question.assumed:
        said = "Every one of these leads has an activity of some type. Choose above what counts as contact."
        st.caption(f":material/rule: {said}")
    elif matching:
        st.success("Every one of these leads has been contacted.", icon=":material/done_all:")
    elif filtered:
        st.info("No lead matches these filters. Take one away above, or reset them.", icon=":material/filter_alt_off:")
    else:
        st.info("There are no leads here yet.", icon=":material/inbox:")
    with notices.explained():
        _loosened(view)


def _loosened(view: View) -> None:
    view.source.ahead(view.source.asks(proposals.looser(view)))
    found = view.source.get(proposals.looser(view))
    if not found:
        return
    st.caption("To see leads that wait:")
    with st.container(gap="small"):
        for place, one in enumerate(found):
            wait = "lead waits" if one.waiting == 1 else "leads wait"
            st.button(
                f"{words.plain(one.words)}: **{number(one.waiting)}** {wait}",
                key=f"looser_{place}",
                type="tertiary",
                icon=":material/filter_alt_off:",
                on_click=link.show,
                args=(one.question, view.directory),
            )
