"""The statements of the look-ups: users, activity types, a lead and its activities."""

from functools import lru_cache

import ibis
import ibis.expr.types as ir

from lsq_api.server.query.operators import bound_text, bound_time, bound_whole, holds, wire_text
from lsq_api.server.query.plan import AnyOrAll, ColumnKind, Order
from lsq_api.server.query.statement import (
    COMPILED,
    OFFSET,
    SIZE,
    Schema,
    Statement,
    compiled,
    full_name,
    in_order,
    sort_key,
)
from lsq_api.server.store import schema as tables


@lru_cache(COMPILED)
def lead(schema: Schema) -> Statement:
    """A lead by ID (p0): all stored columns as wire text."""
    found = schema.table("leads")
    found = found.filter(found["ProspectID"] == bound_text(0))
    return compiled(found.select(**{name: _plain(found[name]) for name, _ in schema.leads}), schema.dialect)


@lru_cache(COMPILED)
def timeline(schema: Schema, *, of_one_code: bool) -> tuple[Statement, Statement]:
    """A page of a lead's (p0) activities, newest first, of one code (p1) or all; and the count of them."""
    leads, found = schema.table("leads"), schema.table("activities")
    if of_one_code:
        found = found.filter(found["ActivityEvent"] == bound_whole(1))
    # By the lead's number: comparing the text of every activity's lead ID would take long.
    leads = leads.filter(leads["ProspectID"] == bound_text(0)).select(tables.NUMBER)
    return _some_activities(found.semi_join(leads, found["_Lead"] == leads[tables.NUMBER]), schema)


@lru_cache(COMPILED)
def activities(order: Order | None, schema: Schema) -> tuple[Statement, Statement]:
    """A page of a code's (p0) activities modified between p1 and p2, newest first by default; and their count."""
    found = schema.table("activities")
    # An activity imported without `ModifiedOn` counts as last modified when it was created.
    in_window = ibis.coalesce(found["ModifiedOn"], found["CreatedOn"]).between(bound_time(1), bound_time(2))
    return _some_activities(found.filter(found["ActivityEvent"] == bound_whole(0), in_window), schema, order)


def _some_activities(found: ir.Table, schema: Schema, order: Order | None = None) -> tuple[Statement, Statement]:
    """A page of activities with their types' and authors' names; and the count of them."""
    page = _newest_first(found, order).limit(SIZE, offset=OFFSET)
    ordered = _newest_first(_with_names(page, schema), order)
    shown = {name: _plain(ordered[name]) for name in ordered.columns if not tables.hidden(name)}
    total = found.aggregate(total=found.count())
    return compiled(ordered.select(**shown), schema.dialect), compiled(total, schema.dialect)


def _newest_first(found: ir.Table, order: Order | None) -> ir.Table:
    asked = [sort_key(found[order.name], order)] if order else []
    return in_order(found, [*asked, found["CreatedOn"].desc(), found["ProspectActivityId"].asc()])


def _with_names(found: ir.Table, schema: Schema) -> ir.Table:
    people, types = schema.table("users"), schema.table("activity_types")
    by = people.select(_By=people["UserId"], CreatedByName=full_name(people))
    named = types.select(
        _Code=types["ActivityEvent"],
        EventType=types["EventType"],
        EventName=ibis.coalesce(types["DisplayName"], types["ActivityEventName"]),
    )
    found = found.left_join(by, found["CreatedBy"] == by["_By"]).drop("_By")
    return found.left_join(named, found["ActivityEvent"] == named["_Code"]).drop("_Code")


def _plain(column: ir.Value) -> ir.StringValue:
    return wire_text(column, ColumnKind.TIME if column.type().is_timestamp() else ColumnKind.TEXT)


@lru_cache(COMPILED)
def everything(table: str, by: str, schema: Schema) -> Statement:
    """All rows of a small table, ordered by one column."""
    found = schema.table(table)
    if table == "users":
        found = found.mutate(FullName=full_name(found))
    return compiled(found.order_by(found[by].asc()), schema.dialect)


@lru_cache(COMPILED)
def users(test: AnyOrAll | None, order: tuple[Order, ...], schema: Schema) -> Statement:
    """Users that match a search, in order, with all attributes as wire text."""
    found = schema.table("users")
    if test is not None:
        found = found.filter(holds(found, test))
    ordered = in_order(found, [*(sort_key(found[by.name], by) for by in order), found["UserId"].asc()])
    return compiled(ordered.select(**{name: _plain(ordered[name]) for name in ordered.columns}), schema.dialect)
