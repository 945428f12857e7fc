"""Types of columns, decided from all their values: Number, Date, DateTime, Select, else Text; and how they are written.

The order of day and month, and the sign of decimals, are decided for a whole column, never value by value: where the
values leave it open, by the other columns of the file, by the profile, or by an option. Else the file is refused.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb

from lsq_api.server.importing.files import columns
from lsq_api.server.importing.files.columns import as_text
from lsq_api.server.importing.files.source import Source
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import DataType

_SAMPLE: Final = 5_000
_OPTIONS: Final = 60
_ALWAYS_OPTIONS: Final = 10
_LONGEST_OPTION: Final = 100
_INTEGERS: Final = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_LARGE_INTEGERS: Final = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
# Digits that are names: nobody adds them up.
_NAMES: Final = re.compile(r"(?i)zip|postal|post ?code|pin ?code|phone|mobile|whats ?app|fax\b|\btel\b")
# Without such a word in its header a column of ten or thirteen digits is numbers, not seconds since 1970.
_TIMES: Final = re.compile(r"(?i)date|time|_at$|\bat$|\bon$|[a-z]On$|modified|created|_ts$")


@dataclass(frozen=True)
class Asked:
    """A column to be decided; `fixed` is its type where that is known, so that only how it is written is asked."""

    position: int
    fixed: DataType | None = None


@dataclass(frozen=True)
class Inferred:
    """A column's `DataType`, and how its values are written.

    `number_type` is the engine's type of numbers, `comma` whether the comma is their decimal sign, `plain` whether they
    are written as programs do; `order` is "dmy" or "mdy" where dates end with the year. `why` says so for people.
    """

    data_type: DataType
    number_type: str | None = None
    order: str = ""
    comma: bool = False
    plain: bool = True
    unit: str = ""
    why: str = ""


@dataclass
class _Seen:
    """What the values of a column of text were seen to be; None: not looked at, or ruled out."""

    asked: Asked
    numbers: set[str] | None = field(default_factory=set)
    dates: set[str] | None = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    options: bool = True
    any: bool = False


def inferred(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    asked: Sequence[Asked],
    *,
    whole: bool = True,
) -> dict[int, Inferred]:
    """The types of the columns asked for, by position; raises ImportFailed where the order of dates is not clear.

    A sample of rows is read first: one counter-example rules a type out, which spares most columns the full pass.
    Without `whole` the sample is all that is read, unless it leaves the order of dates open.
    """
    found = {each.position: native for each in asked if (native := _native(source.types[each.position]))}
    seen = [_Seen(each) for each in asked if each.position not in found]
    for each in seen:
        if each.asked.fixed is DataType.NUMBER:
            each.dates, each.options = None, False
        elif each.asked.fixed is DataType.DATETIME:
            each.numbers, each.options = None, False
    _look(connection, source, seen, f"LIMIT {_SAMPLE}")
    if whole or any("year last" in form for each in seen for form in each.dates or ()):
        _look(connection, source, seen, "")
    evidence = _orders(seen)
    kinds = {each.asked.position: _decided(source, each, evidence) for each in seen}
    numbers = {position: kind for position, kind in kinds.items() if kind.data_type is DataType.NUMBER}
    return found | kinds | _with_widths(connection, source, numbers)


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
    if kind.startswith("TIMESTAMP"):
        return Inferred(DataType.DATETIME)
    return Inferred(DataType.DATE) if kind == "DATE" else None


def _look(connection: duckdb.DuckDBPyConnection, source: Source, seen: Iterable[_Seen], limit: str) -> None:
    """Read the values (without `limit`, all of them) and note what they are."""
    open_ones = [each for each in seen if each.numbers is not None or each.dates is not None or each.options]
    if not open_ones:
        return
    questions = ", ".join(question for each in open_ones for question in _questions(each, sampled=bool(limit)))
    # Step by step, since a macro within macros is written out as often as it is named.
    at = [each.asked.position for each in open_ones]
    texts = {position: as_text(source, position) for position in at}
    steps = (
        [f"{texts[n]} AS r{n}, stripped({texts[n]}) AS s{n}" for n in at],
        [f"r{n}, CASE WHEN filler(s{n}) THEN NULL ELSE s{n} END AS v{n}" for n in at],
        [f"r{n}, v{n}, digits(v{n}) AS d{n}, form(v{n}) AS f{n}" for n in at],
    )
    read = f"(FROM {source.sql} {limit})"
    for step in steps:
        read = f"(SELECT {', '.join(step)} FROM {read})"  # noqa: S608 -- as above
    query = f"SELECT {questions} FROM {read}"  # noqa: S608 -- as above
    found = iter(columns.one_row(connection, source, query))
    for each, (numbers, dates, currencies, few, some) in zip(open_ones, zip(*[found] * 5, strict=True), strict=True):
        each.any = bool(some)
        if each.asked.fixed is None:
            each.numbers = None if each.numbers is None or numbers is None or _no_number(numbers) else set(numbers)
            each.dates = None if each.dates is None or dates is None or _no_date(source, each, dates) else set(dates)
            each.options = each.options and bool(few)
        else:
            each.numbers = None if each.numbers is None else set(numbers or ())
            each.dates = None if each.dates is None else set(dates or ())
        each.currencies = {currency for currency in currencies or () if currency}


def _questions(each: _Seen, *, sampled: bool) -> Iterable[str]:
    n = each.asked.position
    there = f"FILTER (v{n} IS NOT NULL)"
    yield "NULL" if each.numbers is None else f"list(DISTINCT number_form(v{n}, d{n})) {there}"
    yield "NULL" if each.dates is None else f"list(DISTINCT date_form(v{n}, f{n})) {there}"
    yield "NULL" if each.numbers is None else f"list(DISTINCT currency(v{n})) {there}"
    filled = f"CASE WHEN v{n} IS NULL THEN NULL ELSE r{n} END"
    few = f"count(DISTINCT {filled}) <= {_OPTIONS}"
    if not sampled:  # few of many rows may still be many of some
        few += f" AND (count(DISTINCT {filled}) <= {_ALWAYS_OPTIONS} OR count(DISTINCT {filled}) * 2 <= count(v{n}))"
    yield f"max(length(r{n})) <= {_LONGEST_OPTION} AND {few}" if each.options else "false"
    yield f"count(v{n})"


def _no_number(forms: Iterable[str]) -> bool:
    return any(form == "none" or form.startswith("zeros") or "plus" in form for form in forms)


def _no_date(source: Source, each: _Seen, forms: Sequence[str]) -> bool:
    timely = bool(_TIMES.search(source.headers[each.asked.position]))
    return any(form == "none" or (form.startswith("epoch") and not timely) for form in forms)


def _orders(seen: Iterable[_Seen]) -> set[str]:
    """The orders of day and month that some value of the file proves."""
    return {order for each in seen for form in each.dates or () for order in ("dmy", "mdy") if form.endswith(order)}


def _decided(source: Source, each: _Seen, evidence: set[str]) -> Inferred:
    header = source.headers[each.asked.position]
    fixed = each.asked.fixed
    if fixed is DataType.DATETIME or (fixed is None and each.dates and not (each.numbers and not _epochs(each))):
        return _date(source, each, evidence)
    if fixed is DataType.NUMBER or (fixed is None and each.numbers and not _NAMES.search(header)):
        return _number(source, each)
    if fixed is not None:
        return Inferred(fixed)
    why = "digits that are names" if each.numbers and _NAMES.search(header) else ""
    return Inferred(_text(each), why=why)


def _text(each: _Seen) -> DataType:
    return DataType.SELECT if each.options and each.any else DataType.TEXT


def _epochs(each: _Seen) -> bool:
    return all(form.startswith("epoch") for form in each.dates or ())


def _date(source: Source, each: _Seen, evidence: set[str]) -> Inferred:
    forms = each.dates or set()
    own = {form.rpartition(", ")[2] for form in forms if form.startswith("year last")}
    clock = each.asked.fixed is DataType.DATETIME or any("clock" in form for form in forms)
    kind = DataType.DATETIME if clock else DataType.DATE
    if not own:
        return Inferred(kind)
    if {"dmy", "mdy"} <= own:
        if each.asked.fixed is None:
            return Inferred(_text(each), why="dates with the day first and with the month first")
        raise _unclear(source, each, "has dates with the day first and others with the month first")
    wished = source.date_order
    ((order, by),) = (
        [(next(iter(own - {"either"})), "as its own values tell")] if own - {"either"}
        else [(wished, "as asked for")] if wished in ("dmy", "mdy")
        else [(next(iter(evidence)), "as other values of the file tell")] if len(evidence) == 1
        else [(source.usual_order, "as this system writes it")] if source.usual_order
        else [("", "")]
    )  # fmt: skip
    if wished in ("dmy", "mdy") and order != wished:
        raise _unclear(source, each, f"has dates that are not in the order asked for, {wished}")
    if not order:
        raise _unclear(source, each, "has dates that may have the day or the month first")
    return Inferred(kind, order=order, why=f"{'day' if order == 'dmy' else 'month'} first, {by}")


def _unclear(source: Source, each: _Seen, what: str) -> ImportFailed:
    column = source.headers[each.asked.position]
    why = f"{what}; say which with --date-order dmy or --date-order mdy, or write them as yyyy-MM-dd"
    return ImportFailed(source.path, why, place=source.header_at, column=column)


def _number(source: Source, each: _Seen) -> Inferred:
    forms = each.numbers or set()
    shapes = {form.replace(", percent", "").replace(", plus", "") for form in forms}
    percents = {"percent" in form for form in forms}
    comma = bool(shapes & {"comma", "comma, grouped"})
    point = bool(shapes & {"point", "point, grouped"})
    mixed = (
        "points and commas as decimal signs" if comma and point
        else "some with % and some without" if len(percents) > 1
        else f"several currencies: {', '.join(sorted(each.currencies))}" if len(each.currencies) > 1
        else ""
    )  # fmt: skip
    if mixed and each.asked.fixed is None:
        return Inferred(_text(each), why=f"figures, but {mixed}")
    if source.decimal and not (comma or point):
        comma = source.decimal == "comma"
    plain = not comma and not each.currencies and forms <= {"whole", "point", "point or groups", "zeros", "none"}
    unit = "%" if True in percents else next(iter(each.currencies), "")
    said = [f"in {unit}"] if unit else []
    if comma:
        said.append("comma as the decimal sign")
    elif shapes & {"point, grouped", "groups or comma", "apart"}:
        said.append("digits in groups")
    return Inferred(DataType.NUMBER, comma=comma, plain=plain, unit=unit, why=", ".join(said))


def _with_widths(
    connection: duckdb.DuckDBPyConnection, source: Source, numbers: dict[int, Inferred]
) -> dict[int, Inferred]:
    """The numbers with the engine's type of each column: BIGINT for integers that fit."""
    if not numbers:
        return {}
    figures = ", ".join(
        f"{figure(kind, f'trimmed({as_text(source, position)})')} AS n{position}" for position, kind in numbers.items()
    )
    asked = [
        f"max(fraction_digits(n{position})), "
        f"bool_and(try_cast(n{position} AS BIGINT) IS NOT NULL) FILTER (n{position} IS NOT NULL)"
        for position in numbers
    ]
    query = f"SELECT {', '.join(asked)} FROM (SELECT {figures} FROM {source.sql})"  # noqa: S608 -- ours
    seen = columns.one_row(connection, source, query)
    return {
        position: Inferred(
            DataType.NUMBER,
            "BIGINT" if not digits and fits in (None, True) else f"DECIMAL(38, {digits})",
            comma=kind.comma, plain=kind.plain, unit=kind.unit, why=kind.why,
        )
        for (position, kind), digits, fits in zip(numbers.items(), seen[::2], seen[1::2], strict=True)
    }  # fmt: skip


def figure(kind: Inferred, value: str) -> str:
    """SQL of a trimmed text as the engine casts it to a number, or NULL where it is none."""
    if kind.plain:
        return f"number({value})"
    return f"figure_comma({value})" if kind.comma else f"figure_point({value})"
