"""Types of lead columns, inferred from all values: Number, Date, Select, else Text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from lsq_api.server.importing.files import grammar
from lsq_api.server.importing.files.columns import BUGS, as_text, fail
from lsq_api.server.importing.files.files import Source
from lsq_api.server.store.schema import DataType

_SAMPLE: Final = 5_000
_OPTIONS: Final = 60
_ALWAYS_OPTIONS: Final = 10
_LONGEST_OPTION: Final = 100
_INTEGERS: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_LARGE_INTEGERS: Final = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})


@dataclass(frozen=True)
class Inferred:
    """A column's `DataType`, and the engine's type of its numbers (None for other types)."""

    data_type: DataType
    number_type: str | None = None


@dataclass
class _Candidate:
    """The types that a column of text can still have, after the values seen."""

    position: int
    number: bool = True
    date: bool = True
    options: bool = True


def inferred(
    connection: duckdb.DuckDBPyConnection, source: Source, positions: Sequence[int], numbers: Sequence[int] = ()
) -> dict[int, Inferred]:
    """The types of the columns at `positions`; those at `numbers` are numbers, whose width is inferred.

    A sample of rows is read first: one counter-example rules a type out, which spares most columns the full pass.
    """
    found = {position: native for position in [*positions, *numbers] if (native := _native(source.types[position]))}
    open_columns = [_Candidate(position) for position in positions if position not in found]
    for limit in (f"LIMIT {_SAMPLE}", ""):
        _rule_out(connection, source, open_columns, limit)
    widths = [column.position for column in open_columns if column.number]
    widths += [position for position in numbers if position not in found]
    for position, wide in _widths(connection, source, widths).items():
        found[position] = Inferred(DataType.NUMBER, wide)
    for column in open_columns:
        if not column.number:
            found[column.position] = Inferred(_kind(column))
    return found


def _native(kind: str) -> Inferred | None:
    """The type of a Parquet column; None for text and what is read as text."""
    if kind in _INTEGERS:
        return Inferred(DataType.NUMBER, "BIGINT")
    if kind in _LARGE_INTEGERS:
        return Inferred(DataType.NUMBER, "DECIMAL(38, 0)")
    if kind in ("FLOAT", "DOUBLE"):
        return Inferred(DataType.NUMBER, "DOUBLE")
    if kind.startswith("DECIMAL"):
        return Inferred(DataType.NUMBER, kind)
    return Inferred(DataType.DATE) if kind.startswith(("TIMESTAMP", "DATE")) else None


def _kind(column: _Candidate) -> DataType:
    if column.date:
        return DataType.DATE
    return DataType.SELECT if column.options else DataType.TEXT


def _rule_out(connection: duckdb.DuckDBPyConnection, source: Source, columns: Sequence[_Candidate], limit: str) -> None:
    """Read the values (without `limit`, all of them) and remove the types they rule out."""
    asked = [column for column in columns if column.number or column.date or column.options]
    if not asked:
        return
    questions = ", ".join(question for column in asked for question in _questions(source, column, sampled=bool(limit)))
    query = f"SELECT {questions} FROM (FROM {source.sql} {limit})"  # noqa: S608 -- positions and macros
    seen = _one_row(connection, source, query)
    for column, (number, date, options) in zip(asked, zip(*[iter(seen)] * 3, strict=True), strict=True):
        # NULL: all values are blank, so the type is Text; in a sample it means nothing.
        undecided = bool(limit)
        column.number = column.number and (undecided if number is None else number)
        column.date = column.date and (undecided if date is None else date)
        column.options = column.options and (undecided if options is None else options)


def _questions(source: Source, column: _Candidate, *, sampled: bool) -> tuple[str, str, str]:
    raw = as_text(source, column.position)
    number = f"bool_and(regexp_full_match(trimmed({raw}), '{grammar.PLAIN_NUMBER}'))"
    date = f"bool_and(moment(trimmed({raw})) IS NOT NULL) FILTER (trimmed({raw}) IS NOT NULL)"
    few = (
        f"count(DISTINCT filled({raw})) <= {_OPTIONS} AND (count(DISTINCT filled({raw})) <= {_ALWAYS_OPTIONS} "
        f"OR count(DISTINCT filled({raw})) * 2 <= count(filled({raw})))"
    )
    if sampled:  # few of many rows may still be many of some
        few = f"count(DISTINCT filled({raw})) <= {_OPTIONS}"
    options = f"CASE WHEN count(filled({raw})) > 0 THEN max(length({raw})) <= {_LONGEST_OPTION} AND {few} END"
    return (
        number if column.number else "false",
        date if column.date else "false",
        options if column.options else "false",
    )


def _widths(connection: duckdb.DuckDBPyConnection, source: Source, positions: Sequence[int]) -> dict[int, str]:
    """The engine's type of each column of numbers: BIGINT for integers that fit."""
    if not positions:
        return {}
    asked = []
    for position in positions:
        number = f"number(trimmed({as_text(source, position)}))"
        asked += [
            f"max(fraction_digits({number}))",
            f"bool_and(try_cast({number} AS BIGINT) IS NOT NULL) FILTER ({number} IS NOT NULL)",
        ]
    query = f"SELECT {', '.join(asked)} FROM {source.sql}"  # noqa: S608 -- positions and macros
    seen = _one_row(connection, source, query)
    return {
        position: "BIGINT" if not digits and fits in (None, True) else f"DECIMAL(38, {digits})"
        for position, digits, fits in zip(positions, seen[::2], seen[1::2], strict=True)
    }


def _one_row(connection: duckdb.DuckDBPyConnection, source: Source, query: str) -> tuple[object, ...]:
    try:
        (seen,) = connection.execute(query).fetchall()
    except BUGS:
        raise
    except duckdb.Error as error:
        fail(connection, source, error)
    return tuple(seen)
