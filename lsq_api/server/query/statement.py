"""A statement for an engine, compiled from an ibis expression, with its values left as parameters.

Ibis writes constants into the SQL it compiles. Each value is therefore a call of `lsq_bound_*` in the expression, which
is replaced by a parameter in the syntax tree, spelled by the engine's `Dialect`: no caller's text is ever in the SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.datatypes import DuckDBType

from lsq_api.server.query import cancel
from lsq_api.server.query.operators import BOUND, normal
from lsq_api.server.query.plan import Order
from lsq_api.server.store import schema
from lsq_api.server.store.dialect import Dialect
from lsq_api.server.store.store import Store

COMPILED = 512
"""Compiled statements that are kept, of each kind."""
IN_ALL = "_InAll"
"""The column that repeats the number of all rows on each row of a page."""


@dataclass(frozen=True)
class Schema:
    """The tables that a statement reads, with DuckDB's types; hashable, as statements are kept by it.

    `leads` and `activities` are the columns that callers may name, `codes` those with hidden columns of leads, and
    `answered` those with hidden columns of answered activities.
    """

    leads: tuple[tuple[str, str], ...]
    activities: tuple[str, ...]
    codes: tuple[int, ...]
    dialect: Dialect
    answered: tuple[int, ...] = ()

    @classmethod
    def of(cls, store: Store) -> "Schema":
        """The schema of a store."""
        with_columns = sorted(code for code, known in store.codes.items() if known.columns)
        return cls(
            tuple(store.column_types.items()),
            store.activity_columns,
            tuple(with_columns),
            store.backend.dialect,
            tuple(sorted(code for code, known in store.codes.items() if known.outcomes)),
        )

    def table(self, name: str) -> ir.Table:
        """A fixed table, or leads, as an unbound ibis table."""
        columns = {
            "leads": dict(self.leads) | schema.hidden_of_leads(self.codes, self.answered),
            "activities": {column: schema.ACTIVITIES.get(column, "VARCHAR") for column in (*self.activities, "_Lead")},
            "contacts": schema.CONTACTS,
            "users": schema.USERS,
            "activity_types": schema.ACTIVITY_TYPES,
        }[name]
        return ibis.table({column: DuckDBType.from_string(kind) for column, kind in columns.items()}, name=name)


@dataclass(frozen=True)
class Statement:
    """SQL, and its parameters: p0, p1, … for the plan's values, and those of `EXTRA`.

    They are in the order of their places, for engines that bind by position.
    """

    text: str
    parameters: tuple[str, ...]

    def bind(self, values: Sequence[Any], **extra: Any) -> dict[str, Any]:
        """The parameters that the SQL has, by name, in the order of their places."""
        given = {f"p{number}": value for number, value in enumerate(values)} | extra
        return {name: given[name] for name in self.parameters}


# Parameters beside the plan's values, with the number that each has in an expression.
EXTRA = {"now": -1, "size": -2, "offset": -3, "upto": -4}


# LIMIT and OFFSET are these numbers in an expression, which occur nowhere else in a statement.
SIZE, OFFSET = 9_007_199_254_740_881, 9_007_199_254_740_847
_PAGE_ENDS = {str(SIZE): "size", str(OFFSET): "offset"}
_NAMES = {str(number): name for name, number in EXTRA.items()}


def compiled(expression: ir.Table, dialect: Dialect) -> Statement:
    """The SQL of an expression in an engine's dialect."""
    places: dict[str, int] = {}

    def parameter(name: str, kind: str) -> sge.Expression:
        return dialect.parameter(places.setdefault(name, len(places) + 1), name, kind)

    def bind(node: sge.Expression) -> sge.Expression:
        cancel.check()
        if isinstance(node, sge.Anonymous) and str(node.this).lower().startswith(BOUND):
            number = node.expressions[0].sql()
            return parameter(_NAMES.get(number, f"p{number}"), str(node.this).lower().removeprefix(BOUND))
        if isinstance(node, sge.Literal) and node.this in _PAGE_ENDS:
            return parameter(_PAGE_ENDS[node.this], "whole")
        return dialect.rewrite(node)

    text = dialect.compiler.to_sqlglot(expression).transform(bind).sql(dialect.compiler.dialect)
    return Statement(text, tuple(places))


def full_name(people: ir.Table) -> ir.StringValue:
    """First and last name joined; NULL where a user has neither."""
    return (people["FirstName"].fill_null("") + " " + people["LastName"].fill_null("")).strip().nullif("")


def sort_key(column: ir.Value, order: Order) -> ir.Value:
    """The sort key of a column: text by its compared form, and NULLs last in both directions."""
    key = normal(column).nullif("") if isinstance(column, ir.StringValue) else column
    return key.desc(nulls_first=False) if order.descending else key.asc(nulls_first=False)


def in_order(table: ir.Table, keys: Sequence[ir.Value]) -> ir.Table:
    """The table sorted by the keys. A key given twice is dropped: ibis refuses it, and it decides nothing."""
    distinct: dict[str, ir.Value] = {}
    for key in keys:
        distinct.setdefault(key.get_name(), key)
    return table.order_by(list(distinct.values()))
