"""What the screen says when there is nothing to show: failures, empty answers, what a link named in vain."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from components import words
from lsq_api.errors import LeadSquaredError

log = logging.getLogger(__name__)


@contextmanager
def explained(*, stop: bool = False) -> Iterator[None]:
    """A failure of the host inside becomes a sentence in its place; the details go to the log, without keys."""
    try:
        yield
    except LeadSquaredError as error:
        log.warning("%s: %s", type(error).__name__, error)
        st.error(words.failure(error), icon=":material/cloud_off:")
        if stop:
            st.stop()


def left_out(notes: Sequence[str]) -> None:
    """What the link named and could not be used."""
    for note in notes:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Link", icon=":material/link_off:", color="orange")
            st.text(note)


def nothing_waits(matching: int, filtered: bool) -> None:
    """An empty answer explains itself."""
    if matching:
        st.success("Every one of these leads has been contacted.", icon=":material/done_all:")
    elif filtered:
        st.info("No lead matches these filters. Take one away above, or reset them.", icon=":material/filter_alt_off:")
    else:
        st.info("There are no leads here yet.", icon=":material/inbox:")
