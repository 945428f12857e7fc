"""Fetches the owners' books: one aggregate answer by owner for each age class, one of the scores, one of the oldest.

At most eleven calls, two of them the Overview's own.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from components.owners.books import Book
from components.shell import answers
from components.shell.frame import View
from components.shell.measures import Standing
from lsq_api.contract.answer import Group
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, Sorting
from lsq_api.contract.wire import read_time
from lsq_api.question.spans import AGE_CLASSES

OLDEST = 1_000
"""Leads of the one page that tells who waits longest."""


def books(view: View, owners: Iterable[Standing]) -> list[Book]:
    """A row for each owner; `owners` are how many wait with each, of how many."""
    ages = [_counts(view, place) for place in range(len(AGE_CLASSES))]
    means = {_id(group.value): group for group in _means(view)}
    oldest = _oldest(view)
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
                oldest=oldest.get(owner) if one.waiting else None,
                team=view.directory.user_label(manager) if manager else "",
                left=owner in view.directory.inactive,
            )
        )
    return rows


def _id(owner: str | None) -> str:
    return (owner or "").strip().casefold()


def _counts(view: View, place: int) -> dict[str, int]:
    """How many leads of an age class wait with each owner; no call where the question leaves none in it."""
    within = view.question.narrowed_to_age(AGE_CLASSES[place], view.now, view.zone)
    if within is None:
        return {}
    groups = view.source.groups(answers.report(view, answers.counted("OwnerId"), within))
    return {_id(group.value): group.count for group in groups}


def _means(view: View) -> Sequence[Group]:
    """The mean score of each owner's waiting leads that have one, and how many these are."""
    having = view.question.with_condition(LeadFilter(field=answers.SCORE, operator="def"))
    output = AggregateOutput(group_by="OwnerId", function=Function.AVERAGE, field=answers.SCORE)
    return view.source.groups(answers.report(view, output, having))


def _oldest(view: View) -> dict[str, datetime]:
    """When the lead that waits longest came in, for each owner who has one among the oldest of all.

    Owners who are not in it have none as old; a host that cannot sort tells nobody's.
    """
    if not view.source.can_sort:
        return {}
    listed = answers.report(view, ListOutput(fields=("ProspectID", "OwnerId", "CreatedOn")))
    report = listed.model_copy(update={"sorting": Sorting(field="CreatedOn")})
    first: dict[str, datetime] = {}
    for row in view.source.page(report.page(1, OLDEST)).rows:
        owner, created = _id(row.get("OwnerId")), row.get("CreatedOn")
        if created and owner not in first:
            first[owner] = read_time(created)
    return first
