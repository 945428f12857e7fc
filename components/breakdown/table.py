"""A breakdown as a table that sorts by number, and the same rows for a file. Pure."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.breakdown.choice import Grouping
from components.breakdown.groups import Slice
from lsq_api.contract.report import Function
from lsq_api.export.columns import Value
from lsq_api.question.phrases import share


def frame(choice: Grouping, rows: Sequence[Slice]) -> pd.DataFrame:
    """The table on screen, shares in per cent. Its keys are our own, since a field may be named like one of them."""
    found: dict[str, object] = {"group": [one.label for one in rows]}
    if choice.of:
        found["figure"] = [None if one.figure is None else float(one.figure) for one in rows]
    if choice.function is Function.AVERAGE:
        found["scored"] = [one.scored for one in rows]
    found["waiting"] = [one.waiting for one in rows]
    found["book"] = [one.book for one in rows]
    found["share"] = [100 * one.waiting / one.book if one.book else None for one in rows]
    return pd.DataFrame(found)


def columns(choice: Grouping, rows: Sequence[Slice]) -> dict[str, Any]:
    """Streamlit's column settings: headings and number formats."""
    names, number = headings(choice), st.column_config.NumberColumn
    return {
        "group": st.column_config.TextColumn(names["group"], width="medium"),
        "figure": number(names["figure"], format=_exactness(rows)),
        **{name: number(names[name], format="localized") for name in ("scored", "waiting", "book")},
        "share": st.column_config.ProgressColumn(names["share"], format="%.0f %%", min_value=0, max_value=100),
    }


def headings(choice: Grouping) -> dict[str, str]:
    """The columns' headings by their keys in `frame`."""
    return {
        "group": choice.by.display_name,
        "figure": choice.measure,
        "scored": "With a value",
        "waiting": "Not contacted",
        "book": "All leads",
        "share": "Share",
    }


def _exactness(rows: Sequence[Slice]) -> str:
    """The number format: as many decimals in every row as the largest figure needs."""
    figures = [one.figure for one in rows if one.figure is not None]
    if all(figure == figure.to_integral_value() for figure in figures):
        return "%,.0f"
    return "%,.1f" if max(abs(figure) for figure in figures) >= 10 else "%,.2f"


def line(choice: Grouping, one: Slice) -> list[Value]:
    """A row of the file: figures unrounded, the share as text as on screen."""
    found: list[Value] = [one.label]
    if choice.of:
        found.append(None if one.figure is None else f"{one.figure:f}")
    if choice.function is Function.AVERAGE:
        found.append(one.scored)
    return [*found, one.waiting, one.book, share(one.waiting, one.book) if one.book else None]
