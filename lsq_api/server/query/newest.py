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
    moments = _of_columns(leads, found.columns) if found.columns else []
    if found.rows:
        newest = _of_rows(found.rows, contacts)
        leads = leads.left_join(newest, leads[schema.NUMBER] == newest["_Of"]).drop("_Of")
        moments = (_of_columns(leads, found.columns) if found.columns else []) + [leads["_Newest"]]
    never = ibis.null("timestamp")
    last = ibis.greatest(*moments) if len(moments) > 1 else moments[0] if moments else never
    shown = leads.mutate(**{LAST_CONTACT: last})
    return shown.mutate(**{WAITING_SINCE: ibis.coalesce(shown[LAST_CONTACT], shown["CreatedOn"])})


def _of_columns(leads: ir.Table, asked: ByColumns) -> list[ir.Value]:
    seen = schema.SINCE
    if asked.but is not None:
        return [ibis.ifelse(leads[seen.code] == bound_whole(asked.but), leads[seen.other], leads[seen.any])]
    return [leads[seen.of(code)] for code in asked.codes] or [leads[seen.any]]


def _of_rows(asked: ByRows, contacts: ir.Table) -> ir.Table:
    conditions = [contacts["CreatedOn"] <= bound_time(EXTRA["now"])]
    codes = [bound_whole(slot) for slot in asked.codes]
    if asked.which == ONLY:
        conditions.append(contacts["ActivityEvent"].isin(codes))
    elif asked.which == BUT:
        conditions.append(contacts["ActivityEvent"].notin(codes))
    found = contacts.filter(conditions)
    return found.group_by(_Of=found["Lead"]).aggregate(_Newest=found["CreatedOn"].max())
