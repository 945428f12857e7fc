"""What the Owners page asks: groups by owner for each age class, one call for scores, and the oldest leads.

At most eleven calls, two of which the Overview makes as well.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from components.owners.books import Book
from components.shell.answers import SCORE, by_owner, counted, report
from components.shell.frame import View
from components.shell.measures import Standing
from lsq_api.client.asks import Asking, Groups, Page
from lsq_api.contract.answer import Group, ListAnswer
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, Sorting
from lsq_api.contract.wire import read_time
from lsq_api.question.spans import AGE_CLASSES

OLDEST = 1_000
"""Leads of the single page that tells how long each owner's oldest lead has waited."""


def books(view: View, owners: Iterable[Standing]) -> Asking[list[Book]]:
    """A book for each of `owners`, in their order; `oldest` is known only where the host can sort."""
    within = [view.question.narrowed_to_age(age, view.now, view.zone) for age in AGE_CLASSES]
    by_age = [Groups(report(view, counted("OwnerId"), question)) for question in within if question]
    oldest = [_oldest(view)] if view.source.can_sort else []
    found = iter((yield (*by_age, _means(view), *oldest)))
    ages = [_counts(next(found)) if question else {} for question in within]
    means = {_id(group.value): group for group in next(found)}
    first = _first(next(found)) if oldest else {}
    managers = {user.id: user.manager_id for user in view.directory.users}
    rows = []
    for one in owners:
        owner = _id(one.value)
        scored = means.get(owner)
        manager = managers.get(owner)
        rows.append(
            Book(
                owners=(one.value,),
                label=one.label,
                waiting=one.waiting,
                book=one.book,
                ages=tuple(counts.get(owner, 0) for counts in ages),
                scored=scored.count if scored else 0,
                mean=scored.figure if scored else None,
                oldest=first.get(owner) if one.waiting else None,
                team=view.directory.user_label(manager) if manager else "",
                left=owner in view.directory.inactive,
            )
        )
    return rows


def _id(owner: str | None) -> str:
    return (owner or "").strip().casefold()


def _counts(groups: Iterable[Group]) -> dict[str, int]:
    """The number of leads of an age class, by owner."""
    return {_id(group.value): group.count for group in groups}


def _means(view: View) -> Groups:
    """The mean score of each owner's leads not contacted that have one, with their number."""
    having = view.question.with_condition(LeadFilter(field=SCORE, operator="def"))
    return Groups(report(view, AggregateOutput(group_by="OwnerId", function=Function.AVERAGE, field=SCORE), having))


def _oldest(view: View) -> Page:
    """The oldest leads not contacted of all owners; only for a host that can sort."""
    listed = report(view, ListOutput(fields=("ProspectID", "OwnerId", "CreatedOn")))
    return Page(listed.model_copy(update={"sorting": Sorting(field="CreatedOn")}).page(1, OLDEST))


def _first(oldest: ListAnswer) -> dict[str, datetime]:
    """When the oldest lead of each owner was created, as far as it is on the page of the oldest leads."""
    first: dict[str, datetime] = {}
    for row in oldest.rows:
        owner, created = _id(row.get("OwnerId")), row.get("CreatedOn")
        if created and owner not in first:
            first[owner] = read_time(created)
    return first


ASKS = (("By owner", by_owner), ("Owners by age", partial(books, owners=())))
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
