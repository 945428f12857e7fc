"""What the contract's operators do to a column: case-insensitive, trimmed, numbers as numbers, NULL like blank.

Every function is pure and returns an ibis expression that is true or false, never NULL. Source: decision 7 and
section 2.5 of the wire notes.
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from functools import partial, reduce

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from lsq_api.contract.operators import OUT
from lsq_api.server.query import cancel
from lsq_api.server.query.plan import NUMBER, AnyOrAll, ColumnKind, Test, ValueKind

DECIMAL = "decimal(38, 9)"
BEGINS, ENDS = "begins", "ends"
"""Operators of Leads.Get alone: the text begins or ends with the value."""
BOUND = "lsq_bound_"
"""How a parameter looks in an expression: a call of `lsq_bound_<type>` with its number."""


@ibis.udf.scalar.builtin(name=f"{BOUND}text")
def bound_text(number: int) -> str:  # type: ignore[empty-body]
    """A parameter that holds text."""


@ibis.udf.scalar.builtin(name=f"{BOUND}number")
def bound_number(number: int) -> dt.Decimal(38, 9):  # type: ignore[valid-type]
    """A parameter that holds a number."""


@ibis.udf.scalar.builtin(name=f"{BOUND}time")
def bound_time(number: int) -> dt.timestamp:
    """A parameter that holds a time, UTC."""


@ibis.udf.scalar.builtin(name=f"{BOUND}day")
def bound_day(number: int) -> dt.date:
    """A parameter that holds a day."""


@ibis.udf.scalar.builtin(name=f"{BOUND}whole")
def bound_whole(number: int) -> dt.int64:
    """A parameter that holds a whole number."""


@ibis.udf.scalar.builtin(name=f"{BOUND}texts")
def bound_texts(number: int) -> dt.Array(dt.string):  # type: ignore[valid-type]
    """A parameter that holds a list of texts."""


@ibis.udf.scalar.builtin(name=f"{BOUND}numbers")
def bound_numbers(number: int) -> dt.Array(dt.Decimal(38, 9)):  # type: ignore[valid-type]
    """A parameter that holds a list of numbers."""


@ibis.udf.scalar.builtin(name=f"{BOUND}times")
def bound_times(number: int) -> dt.Array(dt.timestamp):  # type: ignore[valid-type]
    """A parameter that holds a list of times, UTC."""


@ibis.udf.scalar.builtin(name=f"{BOUND}days")
def bound_days(number: int) -> dt.Array(dt.date):  # type: ignore[valid-type]
    """A parameter that holds a list of days."""


_BOUND_AS = {
    ValueKind.TEXT: bound_text,
    ValueKind.NUMBER: bound_number,
    ValueKind.EITHER: bound_number,
    ValueKind.TIME: bound_time,
    ValueKind.DAY: bound_day,
}
_LISTED_AS = {
    ValueKind.TEXT: bound_texts,
    ValueKind.NUMBER: bound_numbers,
    ValueKind.TIME: bound_times,
    ValueKind.DAY: bound_days,
}


def normal(text: ir.Value) -> ir.StringValue:
    """Text as it is compared: trimmed, lower case, blank where it is NULL."""
    return ibis.coalesce(text.cast("string").strip().lower(), "")


def wire_text(value: ir.Value, kind: ColumnKind) -> ir.StringValue:
    """A column as the wire shows it."""
    if kind is ColumnKind.TIME:
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if kind is ColumnKind.DAY:
        return value.strftime("%Y-%m-%d")
    return value if isinstance(value, ir.StringValue) else value.cast("string")


def group_key(value: ir.Value, kind: ColumnKind) -> ir.Value:
    """What two rows of one group have in common: just what `=` finds equal. NULL is a group of its own."""
    if kind in {ColumnKind.TIME, ColumnKind.DAY, ColumnKind.NUMBER}:
        return value
    key = normal(value)
    if kind is ColumnKind.TEXT:
        key = ibis.coalesce(_as_number(value).cast("string"), key)
    return key.nullif("")


def holds(table: ir.Table, test: Test | AnyOrAll) -> ir.BooleanValue:
    """The condition on a row of the table."""
    cancel.check()
    if isinstance(test, AnyOrAll):
        parts = [holds(table, part) for part in test.parts]
        return reduce(operator.or_ if test.joined_by == "OR" else operator.and_, parts)
    test_of = TESTS.get(test.operator) or SEARCHES[test.operator]
    return test_of(table[test.column.name], test)


def _one_of(column: ir.Value, test: Test) -> ir.BooleanValue:
    """Values of one kind are one list, which the engine looks up as a table: any number of them is one comparison."""
    found = []
    for slot in test.slots:
        if slot.kind is ValueKind.BLANK:
            found.append(_is_blank(column))
            continue
        listed = _LISTED_AS[slot.kind](slot.number).unnest().name("value").as_table()
        if slot.kind is ValueKind.TEXT:
            listed = listed.select(value=normal(listed["value"]))
            found.append(normal(wire_text(column, test.column.kind)).isin(listed["value"]))
        else:
            found.append(_comparable(column, test.column.kind).isin(listed["value"]).fill_null(False))
    return reduce(operator.or_, found)


def _contains(column: ir.Value, test: Test) -> ir.BooleanValue:
    shown = ibis.coalesce(wire_text(column, test.column.kind), "").lower()
    return shown.contains(normal(bound_text(test.slots[0].number)))


def _begins(column: ir.Value, test: Test) -> ir.BooleanValue:
    return normal(wire_text(column, test.column.kind)).startswith(normal(bound_text(test.slots[0].number)))


def _ends(column: ir.Value, test: Test) -> ir.BooleanValue:
    return normal(wire_text(column, test.column.kind)).endswith(normal(bound_text(test.slots[0].number)))


def _compared(
    compare: Callable[[ir.Value, ir.Value], ir.BooleanValue], column: ir.Value, test: Test
) -> ir.BooleanValue:
    slot = test.slots[0]
    if slot.kind is ValueKind.BLANK:
        return _is_blank(column)
    text = normal(wire_text(column, test.column.kind))
    if slot.kind is ValueKind.TEXT:
        return compare(text, normal(bound_text(slot.number))) & (text != "")
    value = _BOUND_AS[slot.kind](slot.number)
    as_value = compare(_comparable(column, test.column.kind), value).fill_null(False)
    if slot.kind is not ValueKind.EITHER:
        return as_value
    as_text = compare(text, normal(bound_text(slot.number + 1))) & (text != "")
    return ibis.ifelse(_is_number(column), as_value, as_text)


def _is_outside(column: ir.Value, test: Test) -> ir.BooleanValue:
    """Not from the first value up to, and without, the second; a blank column is outside of everything."""
    start, end = (replace(test, slots=(slot,)) for slot in test.slots)
    return ~(_compared(operator.ge, column, start) & _compared(operator.lt, column, end))


def _comparable(column: ir.Value, kind: ColumnKind) -> ir.Value:
    return _as_number(column) if kind is ColumnKind.TEXT else column


def _is_number(column: ir.Value) -> ir.BooleanValue:
    return column.cast("string").strip().re_search(f"^{NUMBER}$").fill_null(False)


def _as_number(column: ir.Value) -> ir.DecimalValue:
    """A text column's numbers, NULL where it holds none. The cast is guarded, since it fails on other text."""
    guarded = ibis.ifelse(_is_number(column), column.cast("string").strip(), ibis.null("string"))
    return guarded.cast(DECIMAL)


def _is_blank(column: ir.Value) -> ir.BooleanValue:
    return normal(column) == "" if isinstance(column, ir.StringValue) else column.isnull()


TESTS: dict[str, Callable[[ir.Value, Test], ir.BooleanValue]] = {
    "=": partial(_compared, operator.eq),
    "<>": lambda column, test: ~_compared(operator.eq, column, test),
    ">": partial(_compared, operator.gt),
    "<": partial(_compared, operator.lt),
    ">=": partial(_compared, operator.ge),
    "<=": partial(_compared, operator.le),
    "def": lambda column, _: ~_is_blank(column),
    "ndef": lambda column, _: _is_blank(column),
    "in": _one_of,
    OUT: _is_outside,
    "nin": lambda column, test: ~_one_of(column, test),
    "lik": _contains,
    "nlik": lambda column, test: ~_contains(column, test),
}
"""What each operator of the contract's table does to a column, by its symbol: the one mapping there is."""
SEARCHES: dict[str, Callable[[ir.Value, Test], ir.BooleanValue]] = {BEGINS: _begins, ENDS: _ends}
"""What LIKE of Leads.Get does beside `lik`, which the reports have too."""
