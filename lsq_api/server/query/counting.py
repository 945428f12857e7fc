"""Which rows of `contacts` count, as conditions."""

import ibis.expr.types as ir

from lsq_api.server.query.contact import BUT, ONLY, ByRows
from lsq_api.server.query.operators import bound_time, bound_whole
from lsq_api.server.query.statement import EXTRA


def rows_of(contacts: ir.Table, wanted: ByRows) -> list[ir.BooleanValue]:
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
