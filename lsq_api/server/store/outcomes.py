"""The outcome of each activity while a store is made: whether it was answered, and how many seconds were talked.

What a status or a talk time means is decided in Python, once for each text that occurs (`contract/outcomes.py`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from lsq_api.contract import outcomes
from lsq_api.contract.outcomes import CALLS, DURATIONS, NOTED_SECONDS, NOTED_STATUS, OF_CALLS

_NOTE: Final = '"ActivityEvent_Note"'


@dataclass(frozen=True)
class _Told:
    """Where activities may tell something: SQL of the text, the type of its meaning, and what a text means."""

    text: str
    kind: str
    means: Callable[[str], bool | int | None]


def outcomes_of(connection: duckdb.DuckDBPyConnection, activities: str) -> str:
    """The query for rows of `contacts` of a table of activities, or of a query in brackets.

    Makes temporary tables that the query reads.
    """
    there = {str(name) for name, *_ in connection.execute(f"DESCRIBE FROM {activities}").fetchall()}
    joins, answered, seconds = list[str](), "NULL::BOOLEAN", list[str]()
    for nth, told in enumerate(_told(there)):
        table = f"outcomes_{nth}"
        if not _know(connection, activities, table, told):
            continue
        joins.append(f"LEFT JOIN {table} ON {table}.said = {told.text}")
        if told.kind == "BOOLEAN":
            answered = f"{table}.means"
        else:
            seconds.append(f"{table}.means")
    talked = f"coalesce({', '.join(seconds)})" if seconds else "NULL::INTEGER"
    return f"""
        SELECT "ActivityEvent", "CreatedOn", "Lead", CASE WHEN answered IS NULL AND seconds > 0 THEN true
            ELSE answered END AS "Answered", seconds AS "Seconds"
        FROM (
            SELECT "ActivityEvent", "CreatedOn", "_Lead" AS "Lead", {answered} AS answered, {talked} AS seconds
            FROM {activities} AS activities {" ".join(joins)} WHERE "_Lead" IS NOT NULL
        ) ORDER BY "ActivityEvent", "CreatedOn", "Lead"
    """  # noqa: S608 -- names of ours


def _told(there: set[str]) -> Iterator[_Told]:
    """The places that are there: the status first, then talk times, those that go before others first."""
    noted = _noted(NOTED_STATUS)
    yield _Told(f"coalesce(nullif(\"Status\", ''), {noted})", "BOOLEAN", _answered)
    yield _Told(_noted(NOTED_SECONDS), "INTEGER", outcomes.seconds)
    for name, unit in DURATIONS.items():
        if name in there:
            yield _Told(f'"{name}"', "INTEGER", _in(unit))
    if OF_CALLS in there:
        yield _Told(f'CASE WHEN "ActivityEvent" IN {CALLS} THEN "{OF_CALLS}" END', "INTEGER", outcomes.seconds)


def _answered(text: str) -> bool | None:
    return outcomes.answered(text)


def _in(unit: int) -> Callable[[str], int | None]:
    return lambda text: outcomes.seconds(text, unit)


def _noted(pattern: str) -> str:
    """What the note of a phone call says; notes of others, which are most, are not searched."""
    return f"CASE WHEN contains({_NOTE}, '{{=}}') THEN nullif(regexp_extract({_NOTE}, '{pattern}', 1), '') END"


def _know(connection: duckdb.DuckDBPyConnection, activities: str, table: str, told: _Told) -> bool:
    """Make the table of what each text means; False where no text means anything."""
    said = connection.execute(
        f"SELECT DISTINCT {told.text} AS said FROM {activities} WHERE said IS NOT NULL"  # noqa: S608 -- names of ours
    ).fetchall()
    means = {text: found for (text,) in said if (found := told.means(text)) is not None}
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "
        f"SELECT unnest(?::VARCHAR[]) AS said, unnest(?::{told.kind}[]) AS means",
        [list(means), list(means.values())],
    )
    return bool(means)
