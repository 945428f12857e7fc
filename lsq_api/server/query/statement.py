"""A statement of the engine, compiled from an ibis expression, its values left as parameters.

Ibis writes constants into the text it compiles, so every value stands in the expression as a call of `lsq_bound_*`,
which becomes a parameter of the engine's own on the syntax tree. No text of a caller is ever in a statement. How that
is spelt is the engine's `Dialect`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.datatypes import DuckDBType

from lsq_api.server.query.operators import BOUND, normal
from lsq_api.server.query.plan import Order
from lsq_api.server.store import schema
from lsq_api.server.store.dialect import Dialect
from lsq_api.server.store.store import Store

COMPILED = 512
"""Statements kept, of each kind."""
IN_ALL = "_InAll"
"""The column of a paged statement that holds how many rows there are in all, on every row."""


@dataclass(frozen=True)
class Schema:
    """DuckDB's types of the tables that a statement reads; hashable, so that statements can be kept by it.

    `leads` and `activities` are what callers may name, `codes` those that leads have hidden columns for.
    """

    leads: tuple[tuple[str, str], ...]
    activities: tuple[str, ...]
    codes: tuple[int, ...]
    dialect: Dialect

    @classmethod
    def of(cls, store: Store) -> "Schema":
        """The schema of a store."""
        with_columns = sorted(code for code, known in store.codes.items() if known.columns)
        return cls(
            tuple(store.column_types.items()), store.activity_columns, tuple(with_columns), store.backend.dialect
        )

    def table(self, name: str) -> ir.Table:
        """One of the fixed tables, or leads, unbound."""
        columns = {
            "leads": dict(self.leads) | schema.hidden_of_leads(self.codes),
            "activities": {column: schema.ACTIVITIES.get(column, "VARCHAR") for column in (*self.activities, "_Lead")},
            "contacts": schema.CONTACTS,
            "users": schema.USERS,
            "activity_types": schema.ACTIVITY_TYPES,
        }[name]
        return ibis.table({column: DuckDBType.from_string(kind) for column, kind in columns.items()}, name=name)


@dataclass(frozen=True)
class Statement:
    """Text for the engine, and the names of the parameters in it: p0, p1, … for the plan's values, and `EXTRA`.

    They are in the order of their places, where an engine knows them by that.
    """

    text: str
    parameters: tuple[str, ...]

    def bind(self, values: Sequence[Any], **extra: Any) -> dict[str, Any]:
        """The values by the parameters' names, in the order of their places: just those that the text has."""
        given = {f"p{number}": value for number, value in enumerate(values)} | extra
        return {name: given[name] for name in self.parameters}


# Parameters beside the plan's values, and the number that stands for each in an expression.
EXTRA = {"now": -1, "size": -2, "offset": -3, "upto": -4}


# The page's ends stand in the expression as these numbers, which nothing else in a statement can be.
SIZE, OFFSET = 9_007_199_254_740_881, 9_007_199_254_740_847
_PAGE_ENDS = {str(SIZE): "size", str(OFFSET): "offset"}
_NAMES = {str(number): name for name, number in EXTRA.items()}


def compiled(expression: ir.Table, dialect: Dialect) -> Statement:
    """The statement of an expression, for one engine."""
    places: dict[str, int] = {}

    def parameter(name: str, kind: str) -> sge.Expression:
        return dialect.parameter(places.setdefault(name, len(places) + 1), name, kind)

    def bind(node: sge.Expression) -> sge.Expression:
        if isinstance(node, sge.Anonymous) and str(node.this).lower().startswith(BOUND):
            number = node.expressions[0].sql()
            return parameter(_NAMES.get(number, f"p{number}"), str(node.this).lower().removeprefix(BOUND))
        if isinstance(node, sge.Literal) and node.this in _PAGE_ENDS:
            return parameter(_PAGE_ENDS[node.this], "whole")
        return dialect.rewrite(node)

    text = dialect.compiler.to_sqlglot(expression).transform(bind).sql(dialect.compiler.dialect)
    return Statement(text, tuple(places))


def full_name(people: ir.Table) -> ir.StringValue:
    """First and last name as one; NULL where a user has neither."""
    return (people["FirstName"].fill_null("") + " " + people["LastName"].fill_null("")).strip().nullif("")


def sort_key(column: ir.Value, order: Order) -> ir.Value:
    """Text sorts as it is compared; what has no value comes last either way."""
    key = normal(column).nullif("") if isinstance(column, ir.StringValue) else column
    return key.desc(nulls_first=False) if order.descending else key.asc(nulls_first=False)


def in_order(table: ir.Table, keys: Sequence[ir.Value]) -> ir.Table:
    """The table in the order of the keys. Ibis refuses a key given twice, whose second time decides nothing."""
    distinct: dict[str, ir.Value] = {}
    for key in keys:
        distinct.setdefault(key.get_name(), key)
    return table.order_by(list(distinct.values()))
