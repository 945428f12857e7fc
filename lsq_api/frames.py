"""Answers as typed DataFrames: the only pandas here.

Source: section 10 of the wire notes: values are text, times are UTC; null, missing and "" are alike.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from lsq_api.answer import Group
from lsq_api.errors import UnexpectedAnswer

DATE_TYPES = frozenset({"date", "datetime"})
NUMBER_TYPES = frozenset({"number"})

_TIME = r"^\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.\d+)?Z?)?\s*$"


def leads(rows: Sequence[dict[str, Any]], fields: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """One row per lead, one column per (schema name, data type), in that order.

    Date and DateTime become datetime64 in UTC, Number becomes Int64 (all whole) or Float64, anything else str; no
    value is NA. UnexpectedAnswer names the column, not the value, that does not fit.
    """
    sent = {name.lower(): name for name in set().union(*rows)}
    columns = {}
    for schema_name, data_type in fields:
        name = sent.get(schema_name.lower(), schema_name)
        values = pd.Series([_text(row.get(name)) for row in rows], dtype="str", name=schema_name)
        columns[schema_name] = _reader(data_type)(values)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def groups(found: Sequence[Group], name: str) -> pd.DataFrame:
    """One row per group: its value under `name` (str, NA: no value), "count" (Int64), "figure" (Float64)."""
    if name in {"count", "figure"}:
        raise ValueError(f"{name!r} is another column of this table; give the groups another name")
    figures = [None if group.figure is None else float(group.figure) for group in found]
    return pd.DataFrame(
        {
            name: pd.Series([group.value for group in found], dtype="str"),
            "count": pd.Series([group.count for group in found], dtype="Int64"),
            "figure": pd.Series(figures, dtype="Float64"),
        }
    )


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None or value == "" else str(value)


def _reader(data_type: str) -> "Callable[[pd.Series], pd.Series]":
    kind = data_type.strip().lower()
    return _times if kind in DATE_TYPES else _numbers if kind in NUMBER_TYPES else lambda values: values


def _times(values: pd.Series) -> pd.Series:
    parts = values.str.extract(_TIME)
    plain = parts[0] + " " + parts[1].fillna("00:00:00")
    read = pd.to_datetime(plain, format="%Y-%m-%d %H:%M:%S", errors="coerce", utc=True)
    return _whole(values, read.astype("datetime64[us, UTC]"), "time")


def _numbers(values: pd.Series) -> pd.Series:
    read = pd.to_numeric(values, errors="coerce").astype("Float64")
    read = read.mask(read.abs() == float("inf"))
    _whole(values, read, "number")
    whole = values.dropna().str.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*").all()  # further digits do not fit Int64
    return values.str.strip().str.removeprefix("+").astype("Int64") if whole else read


def _whole(values: pd.Series, read: pd.Series, what: str) -> pd.Series:
    """What was read, unless a value was lost in reading."""
    lost = int((read.isna() & values.notna()).sum())
    if lost:
        raise UnexpectedAnswer(f"{values.name} has {lost} values that are not a {what}")
    return read
