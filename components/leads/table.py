"""The table of a page of leads."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.leads import cells
from components.shell import doors, link, words
from components.shell.fields import is_identifier, name
from components.shell.frame import View
from lsq_api.client.client import LEAD_ID
from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.contract.outcomes import CONTACT_TRIES
from lsq_api.export.columns import Column, Kind, Value, columns, readers, rows_of
from lsq_api.host import addresses
from lsq_api.question.formats import number
from lsq_api.question.reached import tries

NAME, BARRED, THERE = "Name", "Do not", "LeadSquared"
SHOWN = {
    "ProspectStage": "Stage",
    "CreatedOn": "Came in",
    LAST_CONTACT: "Last contact",
    WAITING_SINCE: "Waiting",
    "ProspectActivityDate_Max": "Last activity (any)",
    "EngagementScore": "Engagement",
    "ProspectID": "Lead",
    CONTACT_TRIES: "Tried",
}
"""What columns are called on screen, where that is not the field's display name."""
_LAST = "ProspectActivityDate_Max"
_IN_NAME = {"FirstName", "LastName"}
_SCORES = {"EngagementScore", "Score", "QualityScore01"}
_WAYS: Mapping[Kind, str] = {Kind.PHONE: "call", Kind.EMAIL: "mail"}
_TO = {"call": "call", "mail": "e-mail"}
_SCORE_WIDTH, _ICON_WIDTH, _THERE_WIDTH = 112, 56, 90
_NAME_LEAST, _NAME_MOST, _MARGIN = 90, 172, 12
"""Pixels of the name, which stays in view: on a narrow screen stage, owner and age need the rest."""
_FULL_SCORE = 100
"""What a full bar stands for, on every page alike; more only where a score is more."""
_YES_NO = {"1": "Yes", "0": "No"}
_ROW, _HEAD, _ROWS = 35, 38, 15
Row = Mapping[str, Any]


def leads(
    view: View,
    rows: list[dict[str, Any]],
    fields: Sequence[str],
    key: str,
    *,
    on_header: Callable[[str], None] | None = None,
) -> str | None:
    """Draw a page of leads: the name, then the chosen columns in their order; times are in the viewer's zone.

    Returns the ID of the lead whose name was just opened, by a click or by Enter, else None. A click on a column's head
    calls `on_header` with its schema name, since sorting one page alone would mislead. `key` must change with the
    order: a second click on the same head must be a new selection rather than the end of one.
    """
    found = [one for one in columns(_with_tries(view, fields), view.directory) if one.field not in _IN_NAME]
    values = list(rows_of(rows, found, readers(found, view.directory, view.zone)))
    named, barred = names(rows), [view.bars.of(row) for row in rows]
    frame: dict[str, list[Any]] = {NAME: named}
    widths = {NAME: _MARGIN + doors.wide(NAME, named, least=_NAME_LEAST, most=_NAME_MOST)}
    config = {NAME: doors.column(NAME, widths[NAME], "Opens the lead")}
    if any(barred):
        frame[BARRED] = [" or ".join(_TO[way] for way in ways) or None for ways in barred]
        widths[BARRED] = doors.wide(BARRED, frame[BARRED])
        config[BARRED] = st.column_config.TextColumn(BARRED, width=widths[BARRED], help="What this lead must not get")
    for place, one in enumerate(found):
        # What must not be called or written to is no link; the lead's page has it as text.
        read = [None if _WAYS.get(one.kind) in ways else row[place] for row, ways in zip(values, barred, strict=True)]
        frame[one.field] = _cells(view, one, read)
        widths[one.field] = _wide(one, frame[one.field], read)
        config[one.field] = _column(one, frame[one.field], widths[one.field])
    if view.source.app_url:
        frame[THERE] = [addresses.lead_page(view.source.app_url, lead_id(row)) for row in rows]
        widths[THERE] = _THERE_WIDTH
        config[THERE] = st.column_config.LinkColumn(
            THERE, display_text=":material/open_in_new:", width=_THERE_WIDTH, help="Opens the lead in LeadSquared"
        )
    table = f"{key}_table"
    colour = doors.LINK[st.context.theme.type or "light"]
    with doors.around(table):
        st.dataframe(
            pd.DataFrame(frame).style.set_properties(subset=[NAME], color=colour),
            hide_index=True,
            height=_HEAD + _ROW * min(max(len(rows), 1), _ROWS),
            column_config=config,
            key=table,
            on_select=(lambda: _head_clicked(table, on_header)) if on_header else "ignore",
            selection_mode="single-column",
            alt=f"{number(len(rows))} leads not contacted",
            placeholder="–",
        )
    cell = doors.opened(table, rows=len(rows), widths=list(widths.values()))
    return lead_id(rows[cell.row]) if cell and cell.row < len(rows) else None


def _with_tries(view: View, fields: Sequence[str]) -> list[str]:
    """The columns, with that of the tries behind the last contact where the question asks for the outcome of calls."""
    found = list(fields)
    for counted in tries(view.question.outcome, view.source.account().extensions):
        if counted not in found:
            beside = next((name for name in (LAST_CONTACT, _LAST) if name in found), None)
            found.insert(found.index(beside) + 1 if beside else len(found), counted)
    return found


def names(rows: Sequence[Row]) -> list[str]:
    """The leads' names."""
    return [name(row) for row in rows]


def lead_id(row: Row) -> str:
    """A lead's ID; the client makes sure that every row has one."""
    return str(row[LEAD_ID])


def _head_clicked(key: str, on_header: Callable[[str], None]) -> None:
    picked = st.session_state[key]["selection"]["columns"]
    if picked:
        on_header({NAME: "FirstName"}.get(picked[0], picked[0]))


def _wide(column: Column, shown: Sequence[Any], read: Sequence[Value]) -> int:
    """Pixels of a column that shows its head and its values whole, as far as there is room."""
    head = SHOWN.get(column.field, column.header)
    if column.field == "ProspectID":
        return _ICON_WIDTH
    if column.field in _SCORES:
        return _SCORE_WIDTH
    links = column.kind in {Kind.PHONE, Kind.EMAIL}
    return doors.wide(head, read if links else [_spelled(value) for value in shown])


def _spelled(value: Any) -> Any:
    return number(value) if isinstance(value, int | float) else value


def _cells(view: View, column: Column, values: list[Value]) -> list[Any]:
    if column.field == "ProspectID":
        # Relative, so that it holds wherever the dashboard is mounted; every choice of this screen goes with it.
        return [
            f"lead?{query}" if value else None
            for value, query in zip(values, link.queries("lead", values), strict=True)
        ]
    match column.kind:
        case Kind.TIME | Kind.DAY:
            now = view.now.astimezone(view.zone).replace(tzinfo=None)
            return [cells.moment(value, now) for value in values]
        case Kind.NUMBER:
            return cells.numbers(values)
        case Kind.PHONE:
            return [cells.link("tel", value) for value in values]
        case Kind.EMAIL:
            return [cells.link("mailto", value) for value in values]
    return [_YES_NO.get(str(value), value) for value in values] if column.kind is Kind.FLAG else values


def _column(column: Column, values: Sequence[Any], width: int) -> Any:
    label = SHOWN.get(column.field, column.header)  # heads are not read as Markdown
    shared: dict[str, Any] = {"help": words.plain(column.header), "width": width}
    if column.field == "ProspectID":
        return st.column_config.LinkColumn(label, display_text=":material/open_in_new:", **shared)
    if column.kind is Kind.PHONE:
        return st.column_config.LinkColumn(label, display_text=cells.SCHEMES["tel"], **shared)
    if column.kind is Kind.EMAIL:
        return st.column_config.LinkColumn(label, display_text=cells.SCHEMES["mailto"], **shared)
    found = [value for value in values if isinstance(value, int | float)]
    if column.kind is not Kind.NUMBER or len(found) < sum(value is not None for value in values):
        return st.column_config.TextColumn(label, **shared)
    if column.field in _SCORES and min(found, default=0) >= 0:
        top = max([_FULL_SCORE, *found])
        return st.column_config.ProgressColumn(label, format="localized", min_value=0, max_value=top, **shared)
    plain = is_identifier(column.header)
    return st.column_config.NumberColumn(label, format="plain" if plain else "localized", **shared)
