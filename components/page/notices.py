"""What a page shows in place of data: failures, empty answers, and parts of the link that could not be used."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from components.page import setup
from components.shell import frame, link, words
from components.shell.widgets import CLOSE, pair
from lsq_api.contract.errors import Costly, HostError, LeadSquaredError
from lsq_api.question.evidence import Evidence, Extent
from lsq_api.recency.job import Gathering
from lsq_api.scoped import ScopedConnection

_POLL = 0.5
_WHY = (
    "LeadSquared's report cannot tell who was contacted in a span of time, so the leads and their activities are read. "
    "Activities of past days are read once; until then other pages and other spans are there as always."
)

log = logging.getLogger(__name__)

STATUS = "pages/status.py"


@contextmanager
def explained(*, stop: bool = False, details: bool = False) -> Iterator[None]:
    """Show a LeadSquaredError raised inside as a sentence in its place, and log it without keys.

    Costly becomes an offer to start the calls. `details` adds the host's words, for the administrator; `stop` ends the
    page there and, without details, links to them on Status.
    """
    try:
        yield
    except Costly as cost:
        offer(frame.view().source, cost)
        if stop:
            st.stop()
    except LeadSquaredError as error:
        log.warning("%s: %s", type(error).__name__, error)
        failed(error, details=details)
        if stop and details:
            setup.instead(error)
        elif stop:
            st.page_link(STATUS, label="Details for the administrator", query_params=link.params())
            if frame.can_add():
                setup.to_add_data()
        if stop:
            st.stop()


def failed(error: LeadSquaredError, *, details: bool = False) -> None:
    """Draw a failure in a manager's words; with `details` also its kind, call, status and the host's own words."""
    st.error(words.failure(error), icon=":material/cloud_off:")
    if details:
        with st.container(gap=CLOSE):
            pair("Kind", type(error).__name__)
            if isinstance(error, HostError):
                pair("Call", error.call)
                pair("Status", str(error.status))
            pair("Said", str(error))
            setup.explained(error)


def left_out(notes: Sequence[str]) -> None:
    """Draw a sentence for each part of the link that could not be used."""
    for note in notes:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Link", icon=":material/link_off:", color="orange")
            st.text(note)


def not_known(evidence: Evidence) -> None:
    """Where nobody can tell which leads were contacted, say what the page shows then, and what to do about it."""
    if evidence.extent is Extent.NOTHING:
        said = f"All of these leads are shown, contacted or not. {evidence.advice}"
        st.info(words.plain(said), icon=":material/visibility_off:")


def no_lead(view: frame.View, *, named: bool) -> None:
    """Say that the link names no lead, or (`named`) none that exists and may be seen; not which of the two."""
    if named and not view.source.scope.whole:
        st.info("No lead that you may see has this ID. Ask whoever sent you the link.", icon=":material/person_off:")
    elif named:
        st.info("No lead has this ID. It may have been deleted, or the link cut short.", icon=":material/person_off:")
    else:
        st.info("This link names no lead. Choose one in the list.", icon=":material/person_search:")


def offer(source: ScopedConnection, cost: Costly) -> None:
    """Draw what an answer costs with a button to start the calls, or their progress where they run."""
    found = source.gathering(cost)
    if found and found.running:
        st.fragment(_progress, run_every=_POLL)(found)
        return
    if found and isinstance(found.error, LeadSquaredError):
        st.error(words.failure(found.error), icon=":material/cloud_off:")
    elif found and found.error:
        raise found.error
    elif found:
        st.caption(":material/cancel: It was cancelled; what was read until then is kept.")
    with st.container(border=True):
        st.text(words.costs(cost))
        st.caption(_WHY)
        st.button(
            "Start",
            key=f"start_{hash(str(cost.request))}",  # a page may have several such answers
            type="primary",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(source, cost),
        )


def _start(source: ScopedConnection, cost: Costly) -> None:
    source.gather(cost)


def _progress(found: Gathering) -> None:
    if not found.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        done, expected = found.progress[0], max(found.progress[1], 1)
        st.progress(min(done / expected, 1.0), text=words.gathered(done, expected, found.seconds_left))
        st.button("Cancel", key=f"cancel_{id(found)}", icon=":material/close:", on_click=found.cancel)
