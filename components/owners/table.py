"""The owners' table: leads not contacted, their share and ages; every cell opens the leads it counts."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from components.charts.style import PLAIN
from components.owners import books, drill, figures
from components.owners.answers import Shelf
from components.owners.books import Book
from components.shell import doors, waits, words
from components.shell.frame import View, part
from lsq_api.question import formats
from lsq_api.question.phrases import share
from lsq_api.question.spans import AgeClass

Classes = Sequence[AgeClass]

ACCENT = {"light": "#B4500B", "dark": "#E8883A"}
QUIET = {"light": "#8A8F98", "dark": "#7C828C"}
ROWS = 500
"""The most rows: Streamlit draws tints cell by cell."""
_TALL = 22


def frame(rows: Sequence[Book], classes: Classes, threshold: int, now: datetime, *, teams: bool) -> pd.DataFrame:
    """The table as numbers, so that it sorts by them; `styled` adds separators and tints."""
    columns: dict[str, Any] = {
        "Team" if teams else "Owner": [row.title for row in rows],
        "Book": [row.book for row in rows],
        "Waiting": [row.waiting for row in rows],
        "Share": [row.waiting / row.book if row.book else None for row in rows],
        "Mark": [books.mark(row, threshold) for row in rows],
    }
    columns["Oldest"] = [_days(row, classes, now) for row in rows]
    columns |= {age.label: [row.ages[place] for row in rows] for place, age in enumerate(classes)}
    if any(row.scored for row in rows):
        columns["Score"] = [float(row.mean) if row.mean is not None else None for row in rows]
    if not teams and any(row.team for row in rows):
        columns["Reports to"] = [row.team for row in rows]
    return pd.DataFrame(columns)


def _days(row: Book, classes: Classes, now: datetime) -> float | None:
    """Days that the oldest lead has waited; where only its age class is known, the days that the class begins at."""
    if row.oldest:
        return (now - row.oldest).total_seconds() / 86_400
    place = row.oldest_class
    return None if place is None else classes[place].youngest.total_seconds() / 86_400


def oldest(row: Book, classes: Classes, now: datetime) -> str:
    """How long the oldest lead has waited, or its age class where its date is not known."""
    if row.oldest:
        return words.age(row.oldest, now)
    return "–" if row.oldest_class is None else classes[row.oldest_class].label


def styled(rows: Sequence[Book], classes: Classes, table: pd.DataFrame, now: datetime, theme: str) -> Any:
    """Numbers with separators, ages tinted on one scale over all rows but the first, the total."""
    labels = [age.label for age in classes]
    most = max((count for row in rows[1:] for count in row.ages), default=0)
    tints = figures.DARK if theme == "dark" else figures.LIGHT
    waits = dict(zip(table["Oldest"], (oldest(row, classes, now) for row in rows), strict=True))
    shares = {}
    if "Share" in table:
        shares = dict(zip(table["Share"], (share(row.waiting, max(row.book, 1)) for row in rows), strict=True))

    def look(column: "pd.Series[Any]") -> list[str]:
        aged = str(column.name) in labels
        return [
            _css(str(column.name), value, place == 0, aged, most, tints, theme) for place, value in enumerate(column)
        ]

    style = table.style.apply(look, axis=0)
    style = style.format(formats.number, subset=["Book", "Waiting", *labels])
    if shares:
        style = style.format(shares.get, subset=["Share"], na_rep="–")
    style = style.format(waits.get, subset=["Oldest"], na_rep="–")
    if "Score" in table:
        style = style.format(lambda mean: formats.number(mean, 1), subset=["Score"], na_rep="–")
    return style


def _css(name: str, value: object, total: bool, aged: bool, most: int, tints: Sequence[str], theme: str) -> str:
    if total:
        return f"font-weight: 600; color: {PLAIN[theme]}"
    if name in {"Owner", "Team"}:
        return f"color: {doors.LINK[theme]}"
    if name == "Mark":
        return f"color: {ACCENT[theme]}" if str(value).startswith("Above") else f"color: {QUIET[theme]}"
    if not aged:
        return ""
    place = figures.step(int(str(value)), most)
    return f"background-color: {tints[place - 1]}; color: {figures.INK[theme]}" if place else f"color: {QUIET[theme]}"


@part
def show(
    view: View,
    rows: Sequence[Book],
    total: Book,
    everybody: Shelf,
    threshold: int,
    *,
    teams: bool,
    known: bool,
) -> None:
    """Draw the table with its total, and above it the link to the leads of the chosen cell.

    Where it is not `known` who was contacted it has no shares.
    """
    drawn = [total, *rows[:ROWS]]
    theme = st.context.theme.type or "light"
    classes = everybody.classes
    table = frame(drawn, classes, threshold, view.now, teams=teams)
    if not known:
        table = table.drop(columns=["Share", "Mark"])
    line = st.container()
    table_key = key("table", drawn)
    config = _columns(view, drawn, classes, threshold)
    with doors.around(table_key):
        st.dataframe(
            styled(drawn, classes, table, view.now, theme),
            key=table_key,
            hide_index=True,
            height="content" if len(drawn) <= _TALL else 37 + 35 * _TALL,
            column_config=config,
            placeholder="–",
            alt=f"{'Teams' if teams else 'Owners'} by age of their leads not contacted",
        )
    widths = [int(config[name]["width"]) for name in table.columns]
    cell = doors.opened(table_key, rows=len(drawn), widths=widths, every_cell=True)
    # The viewer may have sorted the table, so that a row is known by the name that it begins with.
    row = next((one for one in drawn if cell and one.title == cell.first), None)
    with line:
        if cell and row:
            age, count = _counted(row, str(table.columns[cell.column]), classes)
            drill.open_leads(view, row, everybody.books, age, count, at_once=True)
        else:
            st.caption("A click on a cell, or Enter, opens its leads. The stronger the tint, the more they are.")
    if len(rows) > ROWS:
        st.caption(f"The first {formats.number(ROWS)} of {formats.number(len(rows))} are listed; the total is of all.")


def _counted(row: Book, column: str, classes: Classes) -> tuple[AgeClass | None, int]:
    """The age class of a column, None for the others, and how many leads of a row it counts."""
    found = next((place for place, age in enumerate(classes) if age.label == column), None)
    return (None, row.waiting) if found is None else (classes[found], row.ages[found])


def _columns(view: View, rows: Sequence[Book], classes: Classes, threshold: int) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    name = doors.wide("Owner", [row.title for row in rows], least=96, most=190) + 12
    return {
        "Owner": doors.column("Owner", name),
        "Team": doors.column("Team", name),
        "Book": number(width=62, help="All leads that match, contacted or not."),
        "Waiting": number(width=66, help="Leads not contacted."),
        "Share": number(width=58, help="Waiting, of the book.", alignment="right"),
        "Mark": text(f"vs {threshold} %", width=76, help=f"{_MARK_HELP} {threshold} %."),
        **{age.label: number(width=_wide(age), help=f"Waiting leads that came in {age.label} ago.") for age in classes},
        "Oldest": number(
            "Longest wait" if waits.by_contact(view) else "Oldest", width=96, alignment="right", help=_oldest_help(view)
        ),
        "Score": number(width=56, help="Mean engagement score of the waiting leads that have one."),
        "Reports to": text(width=doors.wide("Reports to", [row.team for row in rows])),
    }


_MARK_HELP = f"Few leads: under {books.ENOUGH} in the book. Above: more of it waits than"


def _wide(age: AgeClass) -> int:
    """Pixels of an age class's column: its head must not be cut."""
    return max(56, 17 + 7 * len(age.label))


def _oldest_help(view: View) -> str:
    said = f"How long the lead that waits longest has waited: {waits.since(view)}."
    if view.source.tells_extremes:
        return said
    if view.source.can_sort:
        return f"{said} In days where it is among the thousand oldest of all; else its age class."
    return f"{said} Its age class: this account cannot tell more in few calls."


def key(shape: str, rows: Sequence[Book]) -> str:
    """The widget's key, which follows the rows: a selection is a row's number, and means nothing for other rows."""
    return f"owners_{shape}_{crc32(json.dumps([row.owners for row in rows]).encode())}"
