"""From a plan to its statements: how many leads, which leads, which groups."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, wraps
from threading import Lock
from typing import Final, ParamSpec, cast

import ibis
import ibis.expr.types as ir

from lsq_api.contract.answer import COUNT
from lsq_api.contract.lookups import ALL_LEADS
from lsq_api.contract.outcomes import CONTACT_TRIES
from lsq_api.contract.report import Function
from lsq_api.server.query import cancel
from lsq_api.server.query.contact import ByColumns, ByRows, Contact
from lsq_api.server.query.newest import counting, with_last_contact
from lsq_api.server.query.operators import bound_time, bound_whole, group_key, holds, wire_text
from lsq_api.server.query.plan import SHARE, ColumnKind, GroupShape, ListShape, Order, Plan
from lsq_api.server.query.statement import (
    COMPILED,
    EXTRA,
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
from lsq_api.server.store import schema
from lsq_api.server.store.schema import RANK

_DAY = 86_400
_OF_OWNER = {"OwnerIdName", "OwnerIdEmailAddress", "Groups"}
_MEAN_DIGITS = 6
_LARGE: Final = 12
"""Conditions from which on a plan takes long to compile: about 20 ms each."""
_TURN: Final = Lock()
_TURN_SECONDS: Final = 0.1
Asked = ParamSpec("Asked")


def one_large_at_a_time(compile_: Callable[Asked, Statement]) -> Callable[Asked, Statement]:
    """Compile plans of many conditions one after the other: Python runs one thread at a time, and quick questions would
    wait for each of those that compile at once.
    """

    @wraps(compile_)
    def in_turn(*asked: Asked.args, **more: Asked.kwargs) -> Statement:
        if cast("Plan", asked[0]).conditions < _LARGE:
            return compile_(*asked, **more)
        while not _TURN.acquire(timeout=_TURN_SECONDS):
            cancel.check()
        try:
            return compile_(*asked, **more)
        finally:
            _TURN.release()

    return in_turn


@lru_cache(COMPILED)
@one_large_at_a_time
def count(plan: Plan, schema: Schema) -> Statement:
    """How many leads match: one row, one column."""
    leads = _matching(plan, schema, tried=_decides(plan))
    return compiled(leads.aggregate(total=leads.count()), schema.dialect)


@lru_cache(COMPILED)
@one_large_at_a_time
def first(plan: Plan, schema: Schema) -> Statement:
    """The lead with the lowest ID (NULLs where none matches) and how many match: one row."""
    matching = _matching(plan, schema)
    found = matching.aggregate(least=matching[RANK].min(), **{IN_ALL: matching.count()})
    every = _leads(plan, schema)
    lead = found.left_join(every, found["least"] == every[RANK])
    return compiled(lead.select(**_shown(lead, plan), **{IN_ALL: lead[IN_ALL]}), schema.dialect)


@lru_cache(COMPILED)
@one_large_at_a_time
def leads(plan: Plan, schema: Schema, *, paged: bool) -> Statement:
    """The leads as wire text in the columns of the plan; one page or all.

    A page ordered by ID is looked for among the leads whose rank is below the parameter `upto`.
    """
    found = _matching(plan, schema, tried=not paged or _decides(plan))
    if paged:
        if plan.order is None:
            found = found.filter(found[RANK] < bound_whole(EXTRA["upto"]))
        # The page is chosen by the columns that decide it; those that are shown are read for its leads only.
        chosen = _ordered(found, plan).limit(SIZE, offset=OFFSET)[RANK]
        found = _leads(plan, schema, tried=False)
        found = found.filter(found[RANK].isin(chosen))
        if plan.tries:
            found = _with_tries(found, plan.tries, schema.table("contacts"), few=True)
    ordered = _ordered(found, plan)
    return compiled(ordered.select(**_shown(ordered, plan)), schema.dialect)


@lru_cache(COMPILED)
@one_large_at_a_time
def groups(plan: Plan, schema: Schema, *, paged: bool) -> Statement:
    """The groups with their count and, where asked for, mean or sum; the last column is the number of all groups."""
    shape = cast("GroupShape", plan.output)
    grouped = _grouped(
        _of_all(plan, schema) if shape.least is not None else _raw(_matching(plan, schema), shape), shape
    )
    if shape.least is not None:
        grouped = grouped.filter(grouped[ALL_LEADS] >= bound_whole(shape.least))
    counted = grouped.mutate(total=grouped.count().over(ibis.window()))
    ordered = in_order(counted, _group_order(plan, counted))
    if paged:
        ordered = ordered.limit(SIZE, offset=OFFSET)
    columns = {shape.by.name: wire_text(ordered["label"], shape.by.kind), COUNT: ordered[COUNT].cast("string")}
    if shape.function.extreme:
        columns[shape.function] = wire_text(ordered[shape.function], shape.field.kind)
    elif shape.function is not Function.COUNT:
        columns[shape.function] = ordered[shape.function].cast("string")
    if shape.least is not None:
        columns[ALL_LEADS] = ordered[ALL_LEADS].cast("string")
    return compiled(ordered.select(**columns, **{IN_ALL: ordered["total"]}), schema.dialect)


def _of_all(plan: Plan, schema: Schema) -> ir.Table:
    """Stored values with the number of all leads that match, contacted or not, and of those not contacted."""
    shape = cast("GroupShape", plan.output)
    # Rows one below the other rather than a join: values without one are a group, too, and NULL joins nothing.
    part = _raw(_matching(plan, schema), shape).mutate(all=ibis.literal(0, "int64"))
    whole = _raw(_matching(replace(plan, contact=None), schema), shape)
    whole = whole.mutate(all=whole["leads"], leads=ibis.literal(0, "int64"))
    columns = ["value", "leads", "all"]
    return part.select(columns).union(whole.select(columns))


def _raw(found: ir.Table, shape: GroupShape) -> ir.Table:
    """The figures of each stored value, so that the costlier key of `=` is computed once a value."""
    value, of = found[shape.by.name], found[shape.field.name]
    figures = {"leads": found.count()}
    if shape.function.extreme:
        figures["extreme"] = of.min() if shape.function is Function.MINIMUM else of.max()
    elif shape.function is not Function.COUNT:
        figures |= {"amount": of.sum(), "amounts": of.count()}
    return found.group_by(value=value).aggregate(**figures)


def _grouped(raw: ir.Table, shape: GroupShape) -> ir.Table:
    """The groups, from the figures of each stored value."""
    value = raw["value"]
    shown = value if shape.by.kind in {ColumnKind.TIME, ColumnKind.DAY, ColumnKind.NUMBER} else value.strip().nullif("")
    figures = {COUNT: raw["leads"].sum(), "label": shown.min()}
    if shape.function.extreme:
        least = shape.function is Function.MINIMUM
        figures[shape.function] = raw["extreme"].min() if least else raw["extreme"].max()
    elif shape.function is not Function.COUNT:
        amount = raw["amount"].sum()
        mean = shape.function is Function.AVERAGE
        figures[shape.function] = _mean(amount, raw["amounts"].sum()) if mean else _sum(amount)
    if shape.least is not None:
        figures[ALL_LEADS] = raw["all"].sum()
    return raw.group_by(key=group_key(value, shape.by.kind)).aggregate(**figures)


def _mean(total: ir.NumericValue, number: ir.IntegerValue) -> ir.NumericValue:
    """The mean as a float for any column: a decimal's type may be too narrow for it."""
    return (total.cast("float64") / number.nullif(0).cast("float64")).round(_MEAN_DIGITS)


def _sum(total: ir.NumericValue) -> ir.NumericValue:
    """The sum, exact for integers and decimals; of floats, whose sum depends on the order, rounded."""
    return total.round(_MEAN_DIGITS) if total.type().is_floating() else total


def _ordered(found: ir.Table, plan: Plan) -> ir.Table:
    """The leads in the requested order, then by ID: by rank, as numbers are compared faster than text."""
    keys = [sort_key(found[plan.order.name], plan.order)] if plan.order else []
    return in_order(found, [*keys, found[RANK].asc()])


def _shown(leads: ir.Table, plan: Plan) -> dict[str, ir.Value]:
    """The requested columns as wire text."""
    return {c.name: wire_text(leads[c.name], c.kind) for c in cast("ListShape", plan.output).columns}


def _decides(plan: Plan) -> bool:
    """Whether the number of tries decides which leads are found, or their order, rather than being shown alone."""
    named = {test.column.name for test in plan.leads} | ({plan.order.name} if plan.order else set())
    return CONTACT_TRIES in named


def _leads(plan: Plan, schema: Schema, *, tried: bool = True) -> ir.Table:
    """All leads, with the derived columns that the plan uses; the number of tries only where `tried`."""
    found = _needed(schema.table("leads"), plan)
    derived = plan.columns - {name for name, _ in schema.leads}
    if plan.tries and tried:
        found = _with_tries(found, plan.tries, schema.table("contacts"))
    if derived & _OF_OWNER:
        found = _with_owner(found, schema.table("users"), derived & _OF_OWNER)
    if "LeadAge" in derived:
        seconds = bound_time(EXTRA["now"]).epoch_seconds() - found["CreatedOn"].epoch_seconds()
        found = found.mutate(LeadAge=(seconds / _DAY).floor().cast("int64"))
    if plan.last is not None:
        found = with_last_contact(found, plan.last, schema.table("contacts"))
    return found


def _matching(plan: Plan, schema: Schema, *, tried: bool = True) -> ir.Table:
    """The leads that match the plan."""
    found = _leads(plan, schema, tried=tried)
    conditions = [holds(found, test) for test in plan.leads]
    conditions += [_within(found, range_.column, range_.start, range_.end) for range_ in plan.dates]
    contacts = plan.contact.parts if plan.contact else ()
    for contact in contacts:
        conditions += _by_columns(found, contact.columns) if contact.columns else []
    if conditions:
        found = found.filter(conditions)
    if plan.owners is not None:
        people = schema.table("users")
        people = people.filter(holds(people, plan.owners))
        found = found.semi_join(people, found["OwnerId"] == people["UserId"])
    for contact in contacts:
        if contact.rows:
            found = _by_rows(found, contact.rows, schema.table("contacts"), not_in=schema.dialect.not_in)
    return found


def _needed(leads: ir.Table, plan: Plan) -> ir.Table:
    """The columns that the statement uses: the engine plans a narrow statement in half the time."""
    touched = plan.columns | {range_.column for range_ in plan.dates} | {"ProspectID", "OwnerId", "CreatedOn", RANK}
    touched |= {name for contact in (plan.contact.parts if plan.contact else ()) for name in _touched(contact)}
    touched |= ({schema.NUMBER} if plan.tries else set()) | (plan.last.touched if plan.last else set())
    return leads.select([name for name in leads.columns if name in touched])


def _within(table: ir.Table, column: str, start: int, end: int) -> ir.BooleanValue:
    return table[column].between(bound_time(start), bound_time(end))


def _with_owner(found: ir.Table, people: ir.Table, wanted: set[str]) -> ir.Table:
    known = {
        "OwnerIdName": full_name(people),
        "OwnerIdEmailAddress": people["EmailAddress"],
        "Groups": people["Groups"],
    }
    owners = people.select(_OwnerKey=people["UserId"], **{name: known[name] for name in sorted(wanted)})
    return found.left_join(owners, found["OwnerId"] == owners["_OwnerKey"]).drop("_OwnerKey")


def _group_order(plan: Plan, counted: ir.Table) -> list[ir.Value]:
    """Largest group first by default; equal ones by key, the group without a value last (decision 6)."""
    order = plan.order or Order(COUNT, ColumnKind.NUMBER, descending=True)
    by_key = counted["key"].asc(nulls_first=False)
    if order.name == SHARE:
        share = (counted[COUNT].cast("float64") / counted[ALL_LEADS].cast("float64")).name(SHARE)
        return [sort_key(share, order), counted[COUNT].desc(), by_key]
    column = counted["key"] if order.name == cast("GroupShape", plan.output).by.name else counted[order.name]
    return [sort_key(column, order), by_key]


def _with_tries(found: ir.Table, tries: ByRows, contacts: ir.Table, *, few: bool = False) -> ir.Table:
    """The leads with the number of their tries; those without one have 0. `few`: only the rows of these are counted."""
    some = contacts.filter(counting(contacts, tries))
    if few:
        some = some.filter(some["Lead"].isin(found[schema.NUMBER]))
    counted = some.group_by(_Tried=some["Lead"]).aggregate(**{CONTACT_TRIES: some.count()})
    joined = found.left_join(counted, found[schema.NUMBER] == counted["_Tried"]).drop("_Tried")
    return joined.mutate(**{CONTACT_TRIES: joined[CONTACT_TRIES].fill_null(0)})


def _touched(contact: Contact) -> set[str]:
    """The columns of leads that looking up contact uses."""
    named = {schema.NUMBER} if contact.rows else set()
    if contact.columns is None:
        return named
    seen = schema.SINCE if contact.columns.since is not None else schema.UP_TO
    if contact.columns.but is not None:
        return named | {seen.any, seen.code, seen.other}
    if contact.columns.longest is not None:
        return named | {schema.longest(code) for code in contact.columns.codes}
    if contact.columns.answered:
        return named | {seen.answered(code) for code in contact.columns.codes}
    return named | ({seen.of(code) for code in contact.columns.codes} or {seen.any})


def _by_columns(leads: ir.Table, contact: ByColumns) -> list[ir.BooleanValue]:
    """Conditions for leads without contact. Without an activity, a lead's columns are NULL."""
    if contact.longest is not None:
        took = [leads[schema.longest(code)] for code in contact.codes]
        return [longest.isnull() | (longest < bound_whole(contact.longest)) for longest in took]
    seen = schema.UP_TO if contact.since is None else schema.SINCE
    if contact.but is not None:
        moments = [ibis.ifelse(leads[seen.code] == bound_whole(contact.but), leads[seen.other], leads[seen.any])]
    elif contact.answered:
        moments = [leads[seen.answered(code)] for code in contact.codes]
    else:
        moments = [leads[seen.of(code)] for code in contact.codes] or [leads[seen.any]]
    if contact.since is not None:
        return [moment.isnull() | (moment < bound_time(contact.since)) for moment in moments]
    if contact.ahead:  # decision 8: an activity in the future is no contact
        return [moment.isnull() | (moment > bound_time(EXTRA["now"])) for moment in moments]
    return [moment.isnull() for moment in moments]


def _by_rows(leads: ir.Table, contact: ByRows, contacts: ir.Table, *, not_in: bool) -> ir.Table:
    """The leads without a row of `contacts` that counts."""
    found = contacts.filter(counting(contacts, contact))
    if not not_in:
        return leads.anti_join(found, leads[schema.NUMBER] == found["Lead"])
    # NOT IN rather than an anti-join: DuckDB then always looks leads up among the contacts, which are fewer; the
    # other way round takes four times as long. A NULL among them would make the answer empty, hence `fill_null`.
    return leads.filter(leads[schema.NUMBER].notin(found["Lead"].fill_null(-1)))
