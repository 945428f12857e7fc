"""Reads columns of a file into a table in one pass; where that fails, a second pass finds the faulty value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from lsq_api.server.importing.files import grammar
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.profiles.profile import plain
from lsq_api.server.store.derive import quoted
from lsq_api.server.store.faults import ImportFailed

_DATES: Final = ("TIMESTAMP", "DATE")
_UTC_DATE: Final = "TIMESTAMP WITH TIME ZONE"
# Faults of this program rather than of a file: these are not translated.
BUGS: Final = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
_BLANK: Final = "is blank; it must name one"
_FAULT: Final = "a value of the file is not as it must be"


@dataclass(frozen=True)
class Reading:
    """How a column of a table is read from a file.

    `cut` is SQL that prepares the file's column; the other expressions see its result as v0, v1, … by position, or as
    `alias`, for what is made of several columns. `bad`
    is true for a value that cannot be used, and `why` says what is wrong with it and what is allowed. A column without
    `target` is only read for a join.
    """

    target: str
    position: int
    cut: str
    value: str
    bad: str = "false"
    why: str = ""
    alias: str = ""

    @property
    def seen(self) -> str:
        """The name of what `cut` gives."""
        return self.alias or f"v{self.position}"

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
    cut = f"filled({as_text(source, position)})"
    if target in source.others:
        cut = first_filled(source, target, position)
    return Reading(target, position, cut, f"v{position}")


def identity(source: Source, target: str, position: int, *, mandatory: bool = False) -> Reading:
    """An ID without outer blanks; GUIDs in lower case."""
    v = f"v{position}"
    bad = f"{v} IS NULL" if mandatory else "false"
    return Reading(
        target, position, identified(source, first_filled(source, target, position)), f"id({v})", bad, _BLANK
    )


def identified(source: Source, value: str) -> str:
    """SQL of an ID without what its system puts before the IDs of some files."""
    for prefix in source.profile.id_prefixes if source.profile else ():
        value = f"regexp_replace({value}, '^{re.escape(prefix)}', '')"
    return value


def first_filled(source: Source, target: str, position: int) -> str:
    """SQL of a trimmed value, of the first column with one of those that mean the same."""
    found = [f"trimmed({as_text(source, at)})" for at in (position, *source.others.get(target, ()))]
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def moment(source: Source, target: str, position: int, order: str = "", *, mandatory: bool = False) -> Reading:
    """A time in UTC; `grammar.py` says which forms are allowed, `order` is that of day and month."""
    v, kind = f"v{position}", source.types[position]
    if kind == _UTC_DATE:
        cut, value = f"c{position}", f"storable(timezone('UTC', {v}))"
    elif kind.startswith(_DATES):
        cut, value = f"c{position}", f"storable(local(storable({v}::TIMESTAMP)))"
    else:
        cut, value = first_filled(source, target, position), f"moment({v}, '{order}')"
    return _checked_date(target, position, cut, value, mandatory=mandatory)


def day(source: Source, target: str, position: int, order: str = "") -> Reading:
    """A day without a clock, as it is written."""
    v = f"v{position}"
    if source.types[position].startswith(_DATES):
        return _checked_date(target, position, f"c{position}", f"storable({v}::TIMESTAMP)::DATE")
    return _checked_date(target, position, f"trimmed({as_text(source, position)})", f"day({v}, '{order}')")


def _checked_date(target: str, position: int, cut: str, value: str, *, mandatory: bool = False) -> Reading:
    bad = f"{value} IS NULL" if mandatory else f"v{position} IS NOT NULL AND {value} IS NULL"
    return Reading(target, position, cut, value, bad, f"is no date; allowed: {grammar.DATES}")


def code(source: Source, target: str, position: int, *, mandatory: bool = True) -> Reading:
    """An activity event code, or another integer like it."""
    v, value = f"v{position}", f"code(v{position})"
    bad = f"{value} IS NULL" if mandatory else f"{v} IS NOT NULL AND {value} IS NULL"
    why = f"is no code; allowed: {grammar.CODES}"
    return Reading(target, position, f"trimmed({as_text(source, position)})", value, bad, why)


def left_out(source: Source) -> str:
    """SQL that is true for rows of a file that do not count, as its profile says; "" where all count."""
    headers = {plain(header): position for position, header in enumerate(source.headers)}

    def conditions() -> Iterator[str]:
        for header, values in source.export.leave_out.items() if source.export else ():
            if plain(header) in headers:
                listed = ", ".join("'" + value.casefold().replace("'", "''") + "'" for value in values)
                value = f"lower(trimmed({as_text(source, headers[plain(header)])}))"
                yield f"coalesce({value} IN ({listed}), false)"

    return " OR ".join(conditions())


def count_left_out(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """How many rows of a file do not count, as its profile says."""
    if not (without := left_out(source)):
        return 0
    query = f"SELECT count(*) FROM {source.sql} WHERE {without}"  # noqa: S608 -- positions and quoted values
    return int(one_row(connection, source, query)[0])


def rows(source: Source, readings: Sequence[Reading], *, numbered: bool = False) -> str:
    """SQL of the file as a table of the columns in `readings`; `nth` is the number of a row for `Source.place`."""
    cuts = list(dict.fromkeys(f"{reading.cut} AS {reading.seen}" for reading in readings))
    if numbered:
        cuts.append(f"{source.number} AS nth")
    kept = f" WHERE NOT ({without})" if (without := left_out(source)) else ""
    return f"(SELECT {', '.join(cuts)} FROM {source.sql}{kept}) AS file"  # noqa: S608 -- positions and macros of ours


def load(
    connection: duckdb.DuckDBPyConnection, source: Source, into: str, readings: Sequence[Reading], joins: str = ""
) -> int:
    """Run `into` (INSERT INTO … BY NAME or CREATE TABLE … AS) over a file's columns; returns the number of rows.

    Rows that do not count are left out. Raises ImportFailed.
    """
    selected = ", ".join(reading.selected for reading in readings if reading.target)
    read = rows(source, readings)
    statement = f"{into} SELECT {selected} FROM {read} {joins}"  # noqa: S608 -- as above
    ((count,),) = run(connection, source, statement, readings, joins)
    return int(count)


def run(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    statement: str,
    readings: Sequence[Reading] = (),
    joins: str = "",
) -> list[tuple[Any, ...]]:
    """The rows of a statement over a file; raises ImportFailed for the first bad value, or else for the file itself.

    What fails on a file as the engine reads it is run again on the file as `csv` reads it, which also says where
    a fault is: there may be none, as with blank rows and footers.
    """
    try:
        found: list[tuple[Any, ...]] = connection.execute(statement).fetchall()
        return found
    except BUGS:
        raise
    except duckdb.Error as error:
        if source.written(connection):
            return run(connection, source, statement, readings, joins)
        if _FAULT in str(error):
            _say_bad_value(connection, source, readings, joins)
        raise ImportFailed(source.path, f"cannot be read: {str(error).splitlines()[0]}") from None


def one_row(connection: duckdb.DuckDBPyConnection, source: Source, query: str) -> tuple[Any, ...]:
    """The only row of a query over a file; raises ImportFailed as `run` does."""
    (found,) = run(connection, source, query)
    return found


def _say_bad_value(
    connection: duckdb.DuckDBPyConnection, source: Source, readings: Sequence[Reading], joins: str
) -> None:
    checked = [reading for reading in readings if reading.bad != "false"]
    which = " ".join(f"WHEN {reading.bad} THEN {number}" for number, reading in enumerate(checked))
    values = ", ".join(f"{reading.seen}::VARCHAR" for reading in checked)
    found = connection.execute(
        f"SELECT nth, which, [{values}] FROM (SELECT *, CASE {which} END AS which "  # noqa: S608 -- as above
        f"FROM {rows(source, readings, numbered=True)} {joins}) WHERE which IS NOT NULL ORDER BY nth LIMIT 1"
    ).fetchone()
    if found is not None:
        row, number, seen = found
        column = source.headers[checked[number].position]
        place = source.place(row)
        raise ImportFailed(source.path, checked[number].why, place=place, column=column, value=seen[number] or "")


def check_unique(connection: duckdb.DuckDBPyConnection, source: Source, table: str, reading: Reading) -> None:
    """Raises ImportFailed with both places where the filled `table` of a source has a key twice."""
    key = quoted(reading.target)
    once = f"SELECT count(*) = count(DISTINCT {key}) FROM {table}"  # noqa: S608 -- constants of ours
    if connection.execute(once).fetchone() == (True,):
        return
    source.written(connection)
    twice = connection.execute(
        f"SELECT list(v{reading.position} ORDER BY nth)[2], list_sort(list(nth)) AS places "  # noqa: S608 -- as above
        f"FROM {rows(source, [reading], numbered=True)} WHERE v{reading.position} IS NOT NULL "
        f"GROUP BY {reading.value} HAVING count(*) > 1 ORDER BY places[2] LIMIT 1"
    ).fetchone()
    if twice is None:  # the file changed while it was read
        raise ImportFailed(source.path, "changed while it was read; import it again")
    value, places = twice
    first, second = (source.place(row) for row in places[:2])
    column = source.headers[reading.position]
    raise ImportFailed(source.path, f"is there twice, first on {first}", place=second, column=column, value=value)
