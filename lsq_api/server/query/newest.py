"""The last contact of each lead as an expression: its newest activity that counts (`last_contact.py` says where)."""

import ibis
import ibis.expr.types as ir

from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.server.query.contact import BUT, ONLY, ByColumns, ByRows
from lsq_api.server.query.last_contact import LastContact
from lsq_api.server.query.operators import bound_time, bound_whole
from lsq_api.server.query.statement import EXTRA
from lsq_api.server.store import schema


def with_last_contact(leads: ir.Table, found: LastContact, contacts: ir.Table) -> ir.Table:
    """The leads with both fields, as times."""
    for nth, rows in enumerate(found.rows):
        newest = newest_of(rows, contacts, f"_Newest{nth}")
        leads = leads.left_join(newest, leads[schema.NUMBER] == newest["_Of"]).drop("_Of")
    moments = [moment for columns in found.columns for moment in _of_columns(leads, columns)]
    moments += [leads[f"_Newest{nth}"] for nth in range(len(found.rows))]
    never = ibis.null("timestamp")
    last = ibis.greatest(*moments) if len(moments) > 1 else moments[0] if moments else never
    shown = leads.mutate(**{LAST_CONTACT: last})
    return shown.mutate(**{WAITING_SINCE: ibis.coalesce(shown[LAST_CONTACT], shown["CreatedOn"])})


def _of_columns(leads: ir.Table, asked: ByColumns) -> list[ir.Value]:
    seen = schema.SINCE
    if asked.but is not None:
        return [ibis.ifelse(leads[seen.code] == bound_whole(asked.but), leads[seen.other], leads[seen.any])]
    if asked.answered:
        return [leads[seen.answered(code)] for code in asked.codes]
    return [leads[seen.of(code)] for code in asked.codes] or [leads[seen.any]]


def newest_of(asked: ByRows, contacts: ir.Table, name: str) -> ir.Table:
    """The number of each lead (`_Of`) that has a row which counts, with the time of the newest under a name."""
    found = contacts.filter(counting(contacts, asked))
    return found.group_by(_Of=found["Lead"]).aggregate(**{name: found["CreatedOn"].max()})


def counting(contacts: ir.Table, wanted: ByRows) -> list[ir.BooleanValue]:
    """Conditions for the rows of `contacts` that count."""
    conditions = [contacts["CreatedOn"] <= bound_time(EXTRA["now"])]
    codes = [bound_whole(slot) for slot in wanted.codes]
    if wanted.which == ONLY:
        conditions.append(contacts["ActivityEvent"].isin(codes))
    elif wanted.which == BUT:
        conditions.append(contacts["ActivityEvent"].notin(codes))
    if wanted.span:
        span = wanted.span
        conditions.append(contacts["CreatedOn"].between(bound_time(span.start), bound_time(span.end)))
    if wanted.answered:
        conditions.append(contacts["Answered"])
    if wanted.least is not None:
        conditions.append(contacts["Seconds"] >= bound_whole(wanted.least))
    return conditions
