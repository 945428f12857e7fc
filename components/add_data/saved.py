"""Saving what is on hand as the dashboard's data, and taking saved data away."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from components.add_data.form import zone
from components.add_data.intake import Intake
from components.shell import viewer, words
from components.shell.viewer import Viewer
from lsq_api.connection import reconnect
from lsq_api.host.added import Look
from lsq_api.question.formats import number
from lsq_api.question.phrases import day

_MET = "adding_met"
_DONE = "adding_done"
"""What was just saved or taken away, for the run after the click."""


def done() -> str | None:
    """What the click before this run did, once; None where it did nothing."""
    said: str | None = st.session_state.pop(_DONE, None)
    return said


def met() -> None:
    """Record that this page was opened, once a session."""
    found = viewer.current()
    if found and not st.session_state.get(_MET):
        found.did("add data", "opened")
        st.session_state[_MET] = True


def present(into: Path) -> None:
    """Say that data are saved, and offer to take them away."""
    if not into.is_file():
        return
    since = day(datetime.fromtimestamp(into.stat().st_mtime, UTC), ZoneInfo(zone()))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Saved data", icon=":material/database:", color="blue")
        st.text(f"Saved {since}. Every page answers from them; new ones take their place when you save.")
        with st.popover("Take away", icon=":material/delete:", help="Remove the saved data from this computer"):
            st.text("The saved leads and activities are removed, and the pages show demo data again.")
            st.button(
                "Remove them", type="primary", key="adding_remove", on_click=_remove, args=(into, viewer.current())
            )


def _remove(into: Path, by: Viewer | None) -> None:
    if by:
        by.did("add data", "saved data removed")
    into.unlink(missing_ok=True)
    st.session_state[_DONE] = "The saved data were removed."
    reconnect()


def offer(intake: Intake, found: Look, into: Path) -> None:
    """Draw the button that saves what was read; where data are saved already, it asks first."""
    leads = found.report.leads
    if intake.unsaved:
        st.error(words.plain(f"It was not saved. {intake.unsaved}"), icon=":material/error:")
    if not into.is_file():
        _button("Save", intake, into, leads)
        return
    with st.popover("Save", icon=":material/save:", type="primary"):
        st.text("Data are saved already. These take their place; the ones before are gone then.")
        _button("Replace them", intake, into, leads)


def _button(label: str, intake: Intake, into: Path, leads: int) -> None:
    icon = ":material/save:"
    st.button(
        label,
        type="primary",
        icon=icon,
        key="adding_save",
        on_click=_save,
        args=(intake, into, leads, viewer.current()),
    )


def _save(intake: Intake, into: Path, leads: int, by: Viewer | None) -> None:
    if by:
        by.did("add data", "saving", leads=leads)
    if intake.save(into, reconnect):
        st.session_state[_DONE] = f"{number(leads)} lead{' is' if leads == 1 else 's are'} saved."
