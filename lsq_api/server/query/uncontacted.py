"""Leads without contact, as expressions: by the columns of the lead itself, or by the rows of `contacts`."""

import ibis
import ibis.expr.types as ir

from lsq_api.server.query.contact import BUT, ONLY, ByColumns, ByRows, Contact
from lsq_api.server.query.operators import bound_time, bound_whole
from lsq_api.server.query.statement import EXTRA
from lsq_api.server.store import schema


def columns(contact: Contact | None) -> set[str]:
    """The lead columns that the two ways of looking touch."""
    if contact is None:
        return set()
    named = {schema.NUMBER} if contact.rows else set()
    if contact.columns is None:
        return named
    seen = schema.SINCE if contact.columns.since is not None else schema.UP_TO
    if contact.columns.but is not None:
        return named | {seen.any, seen.code, seen.other}
    return named | ({seen.of(code) for code in contact.columns.codes} or {seen.any})


def by_columns(leads: ir.Table, contact: ByColumns) -> list[ir.BooleanValue]:
    """Conditions that hold for leads without contact. A lead without an activity has NULL in its columns."""
    seen = schema.UP_TO if contact.since is None else schema.SINCE
    if contact.but is not None:
        moments = [ibis.ifelse(leads[seen.code] == bound_whole(contact.but), leads[seen.other], leads[seen.any])]
    else:
        moments = [leads[seen.of(code)] for code in contact.codes] or [leads[seen.any]]
    if contact.since is not None:
        return [moment.isnull() | (moment < bound_time(contact.since)) for moment in moments]
    if contact.ahead:  # decision 8: what lies ahead is no contact
        return [moment.isnull() | (moment > bound_time(EXTRA["now"])) for moment in moments]
    return [moment.isnull() for moment in moments]


def by_rows(leads: ir.Table, contact: ByRows, contacts: ir.Table, *, not_in: bool) -> ir.Table:
    """The leads that no counting row of `contacts` is about."""
    conditions = [contacts["CreatedOn"] <= bound_time(EXTRA["now"])]
    codes = [bound_whole(slot) for slot in contact.codes]
    if contact.which == ONLY:
        conditions.append(contacts["ActivityEvent"].isin(codes))
    elif contact.which == BUT:
        conditions.append(contacts["ActivityEvent"].notin(codes))
    if contact.span:
        span = contact.span
        conditions.append(contacts["CreatedOn"].between(bound_time(span.start), bound_time(span.end)))
    found = contacts.filter(conditions)
    if not not_in:
        return leads.anti_join(found, leads[schema.NUMBER] == found["Lead"])
    # NOT IN rather than an anti-join: DuckDB then looks leads up among the contacts, which are fewer, and never the
    # other way round, which takes four times as long. A NULL would empty the answer, so there is none.
    return leads.filter(leads[schema.NUMBER].notin(found["Lead"].fill_null(-1)))
