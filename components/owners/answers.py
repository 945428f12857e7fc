"""What the Owners page asks: groups by owner for each age class, one call for scores, and one for the longest waits.

Eleven calls, two of which the Overview makes as well; up to nine more where nearly all leads are older than 90 days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from components.owners.books import Book
from components.shell import ages as of_ages
from components.shell import waits
from components.shell.answers import SCORE, by_owner, counted, report
from components.shell.frame import View
from components.shell.measures import Standing
from lsq_api.client.asks import Asking, Groups, Page
from lsq_api.contract.answer import Group, ListAnswer
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, Sorting
from lsq_api.contract.wire import read_time
from lsq_api.question.spans import AgeClass

OLDEST = 1_000
"""Leads of the single page that tells how long owners' oldest leads have waited, where a host only sorts."""


@dataclass(frozen=True)
class Shelf:
    """The books of all owners, and the age classes that they are counted by."""

    books: list[Book]
    classes: Sequence[AgeClass]


def books(view: View, owners: Iterable[Standing]) -> Asking[Shelf]:
    """A book for each of `owners`, in their order; `oldest` is known where the host tells extremes or can sort."""

    def counting(classes: Sequence[AgeClass]) -> Asking[list[dict[str, int]]]:
        within = [view.question.narrowed_to_age(age, view.now, view.zone) for age in classes]
        found = iter((yield tuple(Groups(report(view, counted("OwnerId"), one)) for one in within if one)))
        return [_counts(next(found)) if one else {} for one in within]

    classes, ages = yield from of_ages.counted(view, counting, lambda counts: sum(counts.values()))
    oldest = _oldest(view)
    found = iter((yield (_means(view), *([oldest] if oldest else []))))
    means = {_id(group.value): group for group in next(found)}
    first = _first(next(found), waits.field(view)) if oldest else {}
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
    return Shelf(rows, classes)


def _id(owner: str | None) -> str:
    return (owner or "").strip().casefold()


def _counts(groups: Iterable[Group]) -> dict[str, int]:
    """The number of leads of an age class, by owner."""
    return {_id(group.value): group.count for group in groups}


def _means(view: View) -> Groups:
    """The mean score of each owner's leads not contacted that have one, with their number."""
    having = view.question.with_condition(LeadFilter(field=SCORE, operator="def"))
    return Groups(report(view, AggregateOutput(group_by="OwnerId", function=Function.AVERAGE, field=SCORE), having))


def _oldest(view: View) -> Groups | Page | None:
    """What tells how long each owner's leads have waited: the first moment of each, or the oldest leads of all.

    None where the host can neither; LeadSquared itself would take a call for each owner and day.
    """
    if view.source.tells_extremes:
        first = AggregateOutput(group_by="OwnerId", function=Function.MINIMUM, field=waits.field(view))
        return Groups(report(view, first))
    if not view.source.can_sort:
        return None
    listed = report(view, ListOutput(fields=("ProspectID", "OwnerId", "CreatedOn")))
    return Page(listed.model_copy(update={"sorting": Sorting(field="CreatedOn")}).page(1, OLDEST))


def _first(oldest: list[Group] | ListAnswer, field: str) -> dict[str, datetime]:
    """Since when the longest waiting lead of each owner waits, as far as the answer tells."""
    if isinstance(oldest, list):
        return {_id(group.value): read_time(group.extreme) for group in oldest if group.extreme}
    first: dict[str, datetime] = {}
    for row in oldest.rows:
        owner, since = _id(row.get("OwnerId")), row.get(field)
        if since and owner not in first:
            first[owner] = read_time(since)
    return first


ASKS = (("By owner", by_owner), ("Owners by age", partial(books, owners=())))
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
