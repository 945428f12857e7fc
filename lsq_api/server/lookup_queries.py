"""The statements behind the look-ups: users, activity types, a lead and its activities."""

from functools import lru_cache

import ibis
import ibis.expr.types as ir

from lsq_api.server import tables
from lsq_api.server.matching import bound_text, bound_time, bound_whole, holds, wire_text
from lsq_api.server.plan import AnyOrAll, ColumnKind, Order
from lsq_api.server.statement import (
    COMPILED,
    IN_ALL,
    OFFSET,
    SIZE,
    Schema,
    Statement,
    compiled,
    full_name,
    in_order,
    sort_key,
)


@lru_cache(COMPILED)
def lead(schema: Schema) -> Statement:
    """One lead by its ID (p0): every stored column as wire text."""
    found = schema.table("leads")
    found = found.filter(found["ProspectID"] == bound_text(0))
    return compiled(found.select(**{name: _plain(found[name]) for name, _ in schema.leads}))


@lru_cache(COMPILED)
def timeline(schema: Schema, *, of_one_code: bool) -> Statement:
    """A lead's (p0) activities, newest first, of one code (p1) or all; the last column is how many in all."""
    found = schema.table("activities")
    found = found.filter(found["RelatedProspectId"] == bound_text(0))
    return _some_activities(found.filter(found["ActivityEvent"] == bound_whole(1)) if of_one_code else found, schema)


@lru_cache(COMPILED)
def activities(order: Order | None, schema: Schema) -> Statement:
    """Activities of one code (p0) modified between p1 and p2, newest first unless asked otherwise.

    The last column is how many in all.
    """
    found = schema.table("activities")
    in_window = found["ModifiedOn"].between(bound_time(1), bound_time(2))
    return _some_activities(found.filter(found["ActivityEvent"] == bound_whole(0), in_window), schema, order)


def _some_activities(found: ir.Table, schema: Schema, order: Order | None = None) -> Statement:
    """A page of activities with the names of their type and of who made them."""
    people, types = schema.table("users"), schema.table("activity_types")
    by = people.select(_By=people["UserId"], CreatedByName=full_name(people))
    named = types.select(
        _Code=types["ActivityEvent"],
        EventType=types["EventType"],
        EventName=ibis.coalesce(types["DisplayName"], types["ActivityEventName"]),
    )
    shown = found.mutate(**{IN_ALL: found.count().over(ibis.window())})
    shown = shown.left_join(by, shown["CreatedBy"] == by["_By"]).drop("_By")
    shown = shown.left_join(named, shown["ActivityEvent"] == named["_Code"]).drop("_Code")
    asked = [sort_key(shown[order.name], order)] if order else []
    ordered = in_order(shown, [*asked, shown["CreatedOn"].desc(), shown["ProspectActivityId"].asc()])
    page = ordered.limit(SIZE, offset=OFFSET)
    return compiled(
        page.select(
            **{
                name: page[name] if name == IN_ALL else _plain(page[name])
                for name in page.columns
                if not tables.hidden(name) or name == IN_ALL
            }
        )
    )


def _plain(column: ir.Value) -> ir.StringValue:
    return wire_text(column, ColumnKind.TIME if column.type().is_timestamp() else ColumnKind.TEXT)


@lru_cache(COMPILED)
def everything(table: str, by: str, schema: Schema) -> Statement:
    """Every row of a small table, in the order of one of its columns."""
    found = schema.table(table)
    if table == "users":
        found = found.mutate(FullName=full_name(found))
    return compiled(found.order_by(found[by].asc()))


@lru_cache(COMPILED)
def users(test: AnyOrAll | None, order: tuple[Order, ...], schema: Schema) -> Statement:
    """Users that match an advanced search, every attribute as wire text, all of them in order."""
    found = schema.table("users")
    if test is not None:
        found = found.filter(holds(found, test))
    ordered = in_order(found, [*(sort_key(found[by.name], by) for by in order), found["UserId"].asc()])
    return compiled(ordered.select(**{name: _plain(ordered[name]) for name in ordered.columns}))
