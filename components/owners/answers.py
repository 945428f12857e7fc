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


def books(asked: View, owners: Iterable[Standing]) -> list[Book]:
    """A row for each owner; `owners` are how many wait with each, of how many."""
    ages = [_counts(asked, place) for place in range(len(AGE_CLASSES))]
    means = {_id(group.value): group for group in _means(asked)}
    oldest = _oldest(asked)
    managers = {user.id: user.manager_id for user in asked.directory.users}
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
                team=asked.directory.user_label(manager) if manager else "",
                left=owner in asked.directory.inactive,
            )
        )
    return rows


def _id(owner: str | None) -> str:
    return (owner or "").strip().casefold()


def _counts(asked: View, place: int) -> dict[str, int]:
    """How many leads of an age class wait with each owner; no call where the question leaves none in it."""
    within = asked.question.narrowed_to_age(AGE_CLASSES[place], asked.now, asked.zone)
    if within is None:
        return {}
    groups = asked.source.groups(answers.report(asked, answers.counted("OwnerId"), within))
    return {_id(group.value): group.count for group in groups}


def _means(asked: View) -> Sequence[Group]:
    """The mean score of each owner's waiting leads that have one, and how many these are."""
    having = asked.question.with_condition(LeadFilter(field=answers.SCORE, operator="def"))
    output = AggregateOutput(group_by="OwnerId", function=Function.AVERAGE, field=answers.SCORE)
    return asked.source.groups(answers.report(asked, output, having))


def _oldest(asked: View) -> dict[str, datetime]:
    """When the lead that waits longest came in, for each owner who has one among the oldest of all.

    Owners who are not in it have none as old; a host that cannot sort tells nobody's.
    """
    if not asked.source.can_sort:
        return {}
    listed = answers.report(asked, ListOutput(fields=("ProspectID", "OwnerId", "CreatedOn")))
    report = listed.model_copy(update={"sorting": Sorting(field="CreatedOn")})
    first: dict[str, datetime] = {}
    for row in asked.source.page(report.page(1, OLDEST)).rows:
        owner, created = _id(row.get("OwnerId")), row.get("CreatedOn")
        if created and owner not in first:
            first[owner] = read_time(created)
    return first
