"""Dropping files, and the time until they are read."""

import streamlit as st

from components.add_data.intake import Dropped, Intake
from components.shell import words
from lsq_api.host.added import ENDINGS, systems

_POLL = 0.5


def files() -> list[Dropped]:
    """Draw the place to drop files; returns those that are there."""
    found = st.file_uploader(
        "Leads, and calls or other activities, users and activity types where you have them",
        type=[ending.rpartition(".")[2] for ending in ENDINGS],
        accept_multiple_files=True,
        key="adding_files",
    )
    if not found:
        st.caption(
            f"Exports of {', '.join(list(systems().values())[:-1])} or {list(systems().values())[-1]} as they are, or "
            "any table with one lead a row: CSV, Excel or Parquet. Nothing is kept until you save, and nothing leaves "
            "this computer."
        )
    return [Dropped(file.file_id, file.name, file.getvalue()) for file in found]


def reading(intake: Intake) -> None:
    """Draw the progress of the reading with a way to end it, or to begin again once it was ended."""
    if intake.cancelled:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text("The reading was cancelled.")
            st.button("Read again", key="adding_again", icon=":material/refresh:", on_click=intake.again)
        return
    st.fragment(_progress, run_every=_POLL)(intake)


def _progress(intake: Intake) -> None:
    if not intake.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Reading the files … {intake.steps[-1] if intake.steps else ''}")
        st.button("Cancel", key="adding_cancel", icon=":material/close:", on_click=intake.cancel)


def opened(said: str) -> None:
    """Say what was done, with the way to the first page."""
    st.success(words.plain(said), icon=":material/check_circle:")
    st.page_link("pages/overview.py", label="Open the overview", icon=":material/space_dashboard:")


def elsewhere() -> None:
    """Say why no files can be added here."""
    st.info(
        "This dashboard answers from an account or from data that your administrator configured, so no files can be "
        "added here.",
        icon=":material/info:",
    )
