"""Reads columns of a file into a table in one pass; where that fails, a second pass finds the faulty value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

import duckdb

from lsq_api.server.importing.files import csv_file, grammar
from lsq_api.server.importing.files.files import Source
from lsq_api.server.store.derive import quoted
from lsq_api.server.store.faults import ImportFailed

_DATES: Final = ("TIMESTAMP", "DATE")
_UTC_DATE: Final = "TIMESTAMP WITH TIME ZONE"
# Faults of this program rather than of a file: these are not translated.
BUGS: Final = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
_FAULT: Final = "a value of the file is not as it must be"


@dataclass(frozen=True)
class Reading:
    """How a column of a table is read from a file.

    `cut` is SQL that prepares the file's column; the other expressions see its result as v0, v1, … by position. `bad`
    is true for a value that cannot be used, and `why` says what is wrong with it and what is allowed. A column without
    `target` is only read for a join.
    """

    target: str
    position: int
    cut: str
    value: str
    bad: str = "false"
    why: str = ""

    @property
    def selected(self) -> str:
        """The SQL of the column; a bad value ends the pass."""
        checked = (
            self.value if self.bad == "false" else f"CASE WHEN {self.bad} THEN error('{_FAULT}') ELSE {self.value} END"
        )
        return f"{checked} AS {quoted(self.target)}"


def as_text(source: Source, position: int) -> str:
    """SQL of a file's column as VARCHAR, whatever its type in Parquet; flags as LeadSquared's 1 and 0 (section 10)."""
    kind = source.types[position]
    if kind == "VARCHAR":
        return f"c{position}"
    return f"c{position}::TINYINT::VARCHAR" if kind == "BOOLEAN" else f"c{position}::VARCHAR"


def text(source: Source, target: str, position: int) -> Reading:
    """Text as it is; blank text is NULL."""
    return Reading(target, position, f"filled({as_text(source, position)})", f"v{position}")


def identity(source: Source, target: str, position: int, *, mandatory: bool = False) -> Reading:
    """An ID without outer blanks; GUIDs in lower case."""
    v = f"v{position}"
    bad = f"{v} IS NULL" if mandatory else "false"
    return Reading(
        target, position, f"trimmed({as_text(source, position)})", f"id({v})", bad, "is blank; it must name one"
    )


def moment(source: Source, target: str, position: int, *, mandatory: bool = False) -> Reading:
    """A time in UTC; `grammar.py` says which forms are allowed."""
    v, kind = f"v{position}", source.types[position]
    if kind == _UTC_DATE:
        cut, value = f"c{position}", f"storable(timezone('UTC', {v}))"
    elif kind.startswith(_DATES):
        cut, value = f"c{position}", f"storable(local(storable({v}::TIMESTAMP)))"
    else:
        cut, value = f"trimmed({as_text(source, position)})", f"moment({v})"
    bad = f"{value} IS NULL" if mandatory else f"{v} IS NOT NULL AND {value} IS NULL"
    return Reading(target, position, cut, value, bad, f"is no date; allowed: {grammar.DATES}")


def code(source: Source, target: str, position: int, *, mandatory: bool = True) -> Reading:
    """An activity event code, or another integer like it."""
    v, value = f"v{position}", f"code(v{position})"
    bad = f"{value} IS NULL" if mandatory else f"{v} IS NOT NULL AND {value} IS NULL"
    why = f"is no code; allowed: {grammar.CODES}"
    return Reading(target, position, f"trimmed({as_text(source, position)})", value, bad, why)


def rows(source: Source, readings: Sequence[Reading], *, numbered: bool = False) -> str:
    """SQL of the file as a table of the columns in `readings`; `nth` numbers its rows from 1."""
    cuts = list(dict.fromkeys(f"{reading.cut} AS v{reading.position}" for reading in readings))
    if numbered:
        cuts.append("row_number() OVER () AS nth")
    return f"(SELECT {', '.join(cuts)} FROM {source.sql}) AS file"  # noqa: S608 -- positions and macros of ours


def load(
    connection: duckdb.DuckDBPyConnection, source: Source, into: str, readings: Sequence[Reading], joins: str = ""
) -> None:
    """Run `into` (INSERT INTO … BY NAME or CREATE TABLE … AS) over a file's columns; raises ImportFailed."""
    selected = ", ".join(reading.selected for reading in readings if reading.target)
    try:
        connection.execute(f"{into} SELECT {selected} FROM {rows(source, readings)} {joins}")  # noqa: S608 -- as above
    except BUGS:
        raise
    except duckdb.Error as error:
        fail(connection, source, error, readings, joins)


def fail(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    error: duckdb.Error,
    readings: Sequence[Reading] = (),
    joins: str = "",
) -> NoReturn:
    """Raises ImportFailed for an engine's error on a file: for the first bad value, or else for the file itself."""
    if _FAULT in str(error):
        _say_bad_value(connection, source, readings, joins)
    elif source.is_csv:
        csv_file.find_fault(source.path, source.headers)
    raise ImportFailed(source.path, f"cannot be read: {str(error).splitlines()[0]}") from None


def _say_bad_value(
    connection: duckdb.DuckDBPyConnection, source: Source, readings: Sequence[Reading], joins: str
) -> None:
    checked = [reading for reading in readings if reading.bad != "false"]
    which = " ".join(f"WHEN {reading.bad} THEN {number}" for number, reading in enumerate(checked))
    values = ", ".join(f"v{reading.position}::VARCHAR" for reading in checked)
    found = connection.execute(
        f"SELECT nth, which, [{values}] FROM (SELECT *, CASE {which} END AS which "  # noqa: S608 -- as above
        f"FROM {rows(source, readings, numbered=True)} {joins}) WHERE which IS NOT NULL ORDER BY nth LIMIT 1"
    ).fetchone()
    if found is not None:
        row, number, seen = found
        column = source.headers[checked[number].position]
        place = source.place(row)
        raise ImportFailed(source.path, checked[number].why, place=place, column=column, value=seen[number] or "")


def check_unique(connection: duckdb.DuckDBPyConnection, source: Source, reading: Reading) -> None:
    """Raises ImportFailed with both places where the filled table of `source` has a key twice."""
    key = quoted(reading.target)
    once = f"SELECT count(*) = count(DISTINCT {key}) FROM {source.table}"  # noqa: S608 -- constants of ours
    if connection.execute(once).fetchone() == (True,):
        return
    twice = connection.execute(
        f"SELECT list(v{reading.position} ORDER BY nth)[2], list_sort(list(nth)) AS places "  # noqa: S608 -- as above
        f"FROM {rows(source, [reading], numbered=True)} GROUP BY {reading.value} HAVING count(*) > 1 "
        "ORDER BY places[2] LIMIT 1"
    ).fetchone()
    if twice is None:  # the file changed while it was read
        raise ImportFailed(source.path, "changed while it was read; import it again")
    value, places = twice
    first, second = (source.place(row) for row in places[:2])
    column = source.headers[reading.position]
    raise ImportFailed(source.path, f"is there twice, first on {first}", place=second, column=column, value=value)
