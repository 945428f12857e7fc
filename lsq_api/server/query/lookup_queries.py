"""The statements of the look-ups: users, activity types, leads by what is known of them, and activities."""

import operator
from functools import lru_cache, reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from lsq_api.server.query.operators import bound_text, bound_time, bound_whole, holds, normal, wire_text
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

PHONES: Final = ("Phone", "Mobile")
"""The lead fields that hold phone numbers, as the vendor's page names them."""
CODED: Final = r"^\+[0-9]{1,3}-"
"""How a number with a country code begins (section 10)."""
COUNTRY_CODE: Final = 3
"""The most digits of a country code."""
WHOLE_NUMBER: Final = 7
"""The fewest digits of a number without its country code."""
SEARCHED: Final = ("FirstName", "LastName", "EmailAddress", *PHONES, "Company", "mx_City", "mx_Country")
"""The lead fields of a quick search, where the store has them."""


@lru_cache(COMPILED)
def lead(schema: Schema) -> Statement:
    """A lead by ID (p0): all stored columns as wire text."""
    found = schema.table("leads")
    found = found.filter(found["ProspectID"] == bound_text(0))
    return compiled(found.select(**_stored(found, schema)), schema.dialect)


@lru_cache(COMPILED)
def oldest_lead(schema: Schema) -> Statement:
    """When the oldest lead came in; NULL where no lead has such a date."""
    found = schema.table("leads")
    return compiled(found.aggregate(oldest=found["CreatedOn"].min()), schema.dialect)


@lru_cache(COMPILED)
def by_phone(schema: Schema) -> Statement:
    """The lead with a phone number (p0, digits alone), in `Phone` or `Mobile`; of several the last one active."""
    found = schema.table("leads")
    numbers = [found[name].cast("string") for name in PHONES if name in found.columns]
    found = found.filter(reduce(operator.or_, map(_is_number, numbers)))
    last = found["ProspectActivityDate_Max"].desc(nulls_first=False)
    found = in_order(found, [last, found["ProspectID"].asc()]).limit(1)
    return compiled(found.select(**_stored(found, schema)), schema.dialect)


def _is_number(stored: ir.StringValue) -> ir.BooleanValue:
    """Whether a stored phone number is p0, which may lack the country code, or have it where the stored one lacks it.

    `+91-98…`, as the service writes them, says where its code ends; of others, whole numbers may differ by up to three
    digits in front. Shorter ones, such as extensions, end many others: they must be equal.
    """
    trimmed, asked = stored.strip(), bound_text(0)
    has = trimmed.re_replace("[^0-9]", "")
    coded = trimmed.re_search(CODED)
    own = trimmed.re_replace(CODED, "").re_replace("[^0-9]", "")
    whole = (has.length() >= WHOLE_NUMBER) & (asked.length() >= WHOLE_NUMBER)
    near = whole & ((has.length() - asked.length()).abs() <= COUNTRY_CODE)
    ends = has.endswith(asked) | (asked.endswith(has) & ~trimmed.startswith("+"))
    return ((has == asked) | ibis.ifelse(coded, own == asked, near & ends)).fill_null(False)


@lru_cache(COMPILED)
def containing(schema: Schema) -> Statement:
    """The first leads whose name, address, phone, company, city or country contains a text (p0), by ID."""
    found = schema.table("leads")
    searched = [found[name].cast("string") for name in SEARCHED if name in found.columns]
    searched.append(full_name(found))
    key = normal(bound_text(0))
    found = found.filter(reduce(operator.or_, (ibis.coalesce(text, "").lower().contains(key) for text in searched)))
    found = in_order(found, [found[tables.RANK].asc()]).limit(SIZE, offset=OFFSET)
    return compiled(found.select(**_stored(found, schema)), schema.dialect)


def _stored(found: ir.Table, schema: Schema) -> dict[str, ir.StringValue]:
    """All stored columns as wire text."""
    return {name: _plain(found[name]) for name, _ in schema.leads}


@lru_cache(COMPILED)
def timeline(order: Order | None, schema: Schema, *, of_one_code: bool) -> tuple[Statement, Statement]:
    """A page of a lead's (p0) activities, newest first by default, of one code (p1) or all; and the count of them."""
    leads, found = schema.table("leads"), schema.table("activities")
    if of_one_code:
        found = found.filter(found["ActivityEvent"] == bound_whole(1))
    # By the lead's number: comparing the text of every activity's lead ID would take long.
    leads = leads.filter(leads["ProspectID"] == bound_text(0)).select(tables.NUMBER)
    return _some_activities(found.semi_join(leads, found["_Lead"] == leads[tables.NUMBER]), schema, order)


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
    by = people.select(
        _By=people["UserId"], CreatedByName=full_name(people), CreatedByEmailAddress=people["EmailAddress"]
    )
    named = types.select(
        _Code=types["ActivityEvent"],
        EventType=types["EventType"],
        EventName=ibis.coalesce(types["DisplayName"], types["ActivityEventName"]),
    )
    found = found.left_join(by, found["CreatedBy"] == by["_By"]).drop("_By")
    return found.left_join(named, found["ActivityEvent"] == named["_Code"]).drop("_Code")


def _plain(column: ir.Value) -> ir.StringValue:
    kind = column.type()
    if kind.is_date():
        return wire_text(column, ColumnKind.DAY)
    return wire_text(column, ColumnKind.TIME if kind.is_timestamp() else ColumnKind.TEXT)


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
