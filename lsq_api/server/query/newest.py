"""The last contact of each lead as an expression: its newest activity that counts (`last_contact.py` says where)."""

import ibis
import ibis.expr.types as ir

from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.server.query.contact import ByColumns, ByRows
from lsq_api.server.query.counting import rows_of
from lsq_api.server.query.last_contact import LastContact
from lsq_api.server.query.operators import bound_whole
from lsq_api.server.store import schema


def with_last_contact(leads: ir.Table, found: LastContact, contacts: ir.Table) -> ir.Table:
    """The leads with both fields, as times."""
    names = []
    for place, rows in enumerate(found.rows):
        names.append(f"_Newest{place}")
        newest = _of_rows(rows, contacts, names[-1])
        leads = leads.left_join(newest, leads[schema.NUMBER] == newest["_Of"]).drop("_Of")
    moments = [moment for columns in found.columns for moment in _of_columns(leads, columns)]
    moments += [leads[name] for name in names]
    never = ibis.null("timestamp")
    last = ibis.greatest(*moments) if len(moments) > 1 else moments[0] if moments else never
    shown = leads.mutate(**{LAST_CONTACT: last})
    return shown.mutate(**{WAITING_SINCE: ibis.coalesce(shown[LAST_CONTACT], shown["CreatedOn"])})


def _of_columns(leads: ir.Table, asked: ByColumns) -> list[ir.Value]:
    seen = schema.SINCE
    if asked.but is not None:
        return [ibis.ifelse(leads[seen.code] == bound_whole(asked.but), leads[seen.other], leads[seen.any])]
    return [leads[seen.of(code)] for code in asked.codes] or [leads[seen.any]]


def _of_rows(asked: ByRows, contacts: ir.Table, name: str) -> ir.Table:
    found = contacts.filter(rows_of(contacts, asked))
    return found.group_by(_Of=found["Lead"]).aggregate(**{name: found["CreatedOn"].max()})
