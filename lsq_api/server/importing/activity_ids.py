"""Which activity a row is: it is known by its Id, and of several rows with one Id, in files or store, the later counts.

Rows of the change log are no activities of their own right: they bear the Id of the activity that was changed (codes
3001 to 3011, section 6 of the wire notes). Such a row never takes that activity's place, nor the activity its: it is
known by Id, code and time. It is so whether the activity is in the same file or not, since it may come with the next
one; what a store holds does then not depend on how rows were spread over files.
"""

from dataclasses import dataclass
from typing import Final

import duckdb

CHANGE_LOG: Final = range(3001, 3012)
"""The codes of the change log."""

_ID, _CODE = '"ProspectActivityId"', '"ActivityEvent"'
_IN_LOG: Final = f"{_CODE} BETWEEN {CHANGE_LOG[0]} AND {CHANGE_LOG[-1]} AND {_ID} IS NOT NULL"
_ENDING: Final = f"""concat(':', {_CODE}, ':', strftime("CreatedOn", '%Y-%m-%dT%H:%M:%S'))"""
# An Id that was made here already, as in rows taken from a store, stays.
_OF_ITS_OWN: Final = f"""
    UPDATE activities SET {_ID} = {_ID} || {_ENDING} WHERE {_IN_LOG} AND NOT ends_with({_ID}, {_ENDING})
"""  # noqa: S608 -- names of ours
_MADE_UP: Final = f"UPDATE activities SET {_ID} = uuid()::VARCHAR WHERE {_ID} IS NULL"  # noqa: S608 -- as above
# Numbers are counted in half the time and room of text. Two IDs may have one hash: rows found by it are compared.
_REPEATS: Final = f"SELECT count(*) - count(DISTINCT hash({_ID})) FROM activities"  # noqa: S608 -- as above
_SUSPECTED: Final = """
    CREATE OR REPLACE TEMP TABLE suspected AS
    SELECT hash("ProspectActivityId") AS hashed FROM activities GROUP BY ALL HAVING count(*) > 1
"""
_REPLACED: Final = """
    DELETE FROM activities WHERE rowid IN (
        SELECT row FROM (
            SELECT rowid AS row, max(rowid) OVER (PARTITION BY "ProspectActivityId") AS latest
            FROM activities WHERE hash("ProspectActivityId") IN (FROM suspected)
        ) WHERE row < latest
    )
"""


@dataclass(frozen=True)
class Identified:
    """Counts of rows: without an Id, so that they were given one; replaced by a later row; of the change log."""

    without_id: int = 0
    replaced: int = 0
    change_log: int = 0


def identify(connection: duckdb.DuckDBPyConnection, *, given: bool) -> Identified:
    """Leave one row for each activity in `activities`, which holds a file's rows in their order, each with an Id.

    `given` is whether the file has IDs at all; without, each row has been given one, and there is nothing to do.
    """
    if not given:
        return Identified(without_id=_one(connection, "SELECT count(*) FROM activities"))
    logged = _one(connection, f"SELECT count(*) FROM activities WHERE {_IN_LOG}")  # noqa: S608 -- numbers of ours
    if logged:
        connection.execute(_OF_ITS_OWN)
    without = _one(connection, 'SELECT count(*) - count("ProspectActivityId") FROM activities')
    if without:
        connection.execute(_MADE_UP)
    replaced = 0
    if _one(connection, _REPEATS):
        connection.execute(_SUSPECTED)
        replaced = _one(connection, _REPLACED)
        connection.execute("DROP TABLE suspected")
    return Identified(without, replaced, logged)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The number that a query gives, or how many rows a change was about."""
    ((number,),) = connection.execute(query).fetchall()
    return int(number)
