"""What came of reading the files: the report, what each column became, and the first questions answered."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from components.add_data import first, form
from components.add_data.intake import Intake
from components.shell import words
from components.shell.measures import Standing
from lsq_api.contract.errors import LeadSquaredError
from lsq_api.host.added import FileReport, ImportReport, Look, Unclear
from lsq_api.host.settings import Settings
from lsq_api.question.evidence import Extent
from lsq_api.question.formats import number

_FEW = 8


def unclear(intake: Intake, found: Unclear | LeadSquaredError) -> None:
    """Say why the files cannot be read, and offer to say what their columns mean."""
    st.error(words.plain(form.here(str(found))), icon=":material/error:")
    st.caption("Nothing was kept. Mend the file, or say more about it above or below.")
    if isinstance(found, Unclear):
        form.changed(intake)
        at_fault = {file: some for file, some in found.headers.items() if file.startswith(found.fault_in)}
        for file, headers in (at_fault or found.headers).items():
            with st.container(border=True):
                st.markdown(f"**{words.plain(file)}**")
                form.columns(intake, file, "", headers)


def report(intake: Intake, said: ImportReport) -> None:
    """Draw what was read, what was kept out, and what each column became."""
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Leads", number(said.leads), border=True)
        st.metric("Activities", number(said.activities), border=True)
        st.metric("Activity types", number(said.activity_types), border=True)
        st.metric("Users", number(said.users), border=True)
    with st.container(gap="xsmall"):
        for line in said.remarks():
            with st.container(horizontal=True, gap="small"):
                st.badge("Note", icon=":material/info:", color="orange")
                st.text(form.here(line))
    st.header("What was recognised", anchor=False)
    form.changed(intake)
    for file in said.files:
        _file(intake, file)


def _file(intake: Intake, file: FileReport) -> None:
    table = file.table.replace("_", " ")
    with st.container(border=True):
        st.markdown(f"**{words.plain(file.name)}**: {words.plain(table)}, as {words.plain(file.system)} writes them")
        for phrase in file.found:
            st.caption(words.plain(f"{phrase[:1].upper()}{phrase[1:]}."))
        form.accept(intake, file.name, file.missing, file.wanted)
        st.dataframe(
            pd.DataFrame(
                {
                    "Column": [each.header for each in file.columns],
                    "Holds": [each.sample for each in file.columns],
                    "Is": [form.label(file.table, each.name) if each.name else "left out" for each in file.columns],
                    "Type": [each.kind for each in file.columns],
                    "Because": [each.why for each in file.columns],
                }
            ),
            hide_index=True,
            height=min(38 + 35 * len(file.columns), 320),
            alt=f"What each column of {file.name} became",
        )
        form.columns(intake, file.name, file.table, [each.header for each in file.columns])


def answers(found: Look, settings: Settings) -> None:
    """Draw the first questions, answered from what was read."""
    st.header("The first questions, answered", anchor=False)
    told = first.ask(found.host, ZoneInfo(form.zone()), dict(settings.contacts))
    st.text(told.said)
    if told.evidence.extent is Extent.NOTHING:
        st.info(words.plain(told.evidence.advice), icon=":material/visibility_off:")
    owners, stages = st.columns(2, gap="large")
    with owners:
        _standings("Owner", told.owners, knows=told.evidence.extent is not Extent.NOTHING)
    with stages:
        _standings("Stage", told.stages, knows=told.evidence.extent is not Extent.NOTHING)
    leads = pd.DataFrame(list(told.leads)).dropna(axis="columns", how="all")
    st.dataframe(leads, hide_index=True, alt="The first leads of the list")


def _standings(what: str, rows: Sequence[Standing], *, knows: bool) -> None:
    shown = {what: [one.label for one in rows[:_FEW]]}
    counts = {"Not contacted": [one.waiting for one in rows[:_FEW]]} if knows else {}
    st.dataframe(
        pd.DataFrame(shown | counts | {"Leads": [one.book for one in rows[:_FEW]]}),
        hide_index=True,
        alt=f"Leads by {what.lower()}",
    )
    if len(rows) > _FEW:
        st.caption(f"{number(len(rows) - _FEW)} more.")
