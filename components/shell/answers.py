"""Fetches what a page asks for. Each function is one or two calls of the host, answered from the cache while fresh."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from components.shell import measures
from components.shell.frame import View
from lsq_api.client.client import V2_PAGE_SIZE
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.errors import Rejected
from lsq_api.contract.lookups import Activity
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted, Output
from lsq_api.contract.wire import read_time
from lsq_api.question.listing import Listing, read_listing
from lsq_api.question.question import Question
from lsq_api.question.spans import AGE_CLASSES

SCORE = "EngagementScore"
NONE = {"OwnerId": "No owner", "ProspectStage": "No stage", "Source": "No source"}
"""What the leads without a value of a field are called."""


def report(view: View, output: Output, question: Question | None = None) -> NotContacted:
    """The request for an output of the question."""
    question = question or view.question
    teams = {manager: view.source.team(manager) for manager in question.teams}
    return question.report(output, now=view.now, zone=view.zone, teams=teams)


def by(view: View, field: str) -> list[measures.Standing]:
    """How many leads wait of how many, for each value of a lead field."""
    waiting = view.source.groups(report(view, summed(field)))
    book = view.source.groups(report(view, counted(field)).all_leads)

    def label(value: str | None) -> str:
        if value is None:
            return NONE.get(field, "No value")
        return view.directory.user_label(value) if field == "OwnerId" else value

    return measures.standings(waiting, book, label)


def by_age(view: View) -> list[tuple[str, int]]:
    """How many leads wait in each age class, from the youngest to the oldest."""
    found = []
    for age in AGE_CLASSES:
        within = view.question.narrowed_to_age(age, view.now, view.zone)
        found.append((age.label, _total(view, within) if within else 0))
    return found


def without_activity(view: View) -> int:
    """How many of the waiting leads have no activity of any type at all."""
    return _total(view, view.question.narrowed("ProspectActivityDate_Max", None))


def mean_engagement(view: View) -> float | None:
    """The mean engagement score of the waiting leads that have one."""
    question = view.question
    has_score = LeadFilter(field=SCORE, operator="def")
    scored = _total(view, question.with_condition(has_score))
    mean = measures.mean(view.source.groups(report(view, summed("OwnerId"))), scored)
    return None if mean is None else float(mean)


def waiting_longest(view: View) -> tuple[Listing, ListAnswer]:
    """The first page of the list as it is until a viewer arranges it: the oldest first, where the host can sort."""
    usual, _ = read_listing({}, view.directory, can_sort=view.source.can_sort)
    return listed(view, usual)


def listed(view: View, listing: Listing) -> tuple[Listing, ListAnswer]:
    """A page of the list: one call; a second one, for the last page, only where leads left the list and it is empty."""
    whole = report(view, ListOutput(fields=listing.fields))
    whole = whole.model_copy(update={"sorting": listing.sorting(view.directory)})
    found = view.source.page(whole.page(listing.page, listing.size))
    if found.rows or not found.total:
        return listing, found
    last = listing.on_a_page(found.total)
    return last, view.source.page(whole.page(last.page, last.size))


def longest_wait(page: ListAnswer) -> datetime | None:
    """When the first lead of a page sorted by its creation came in."""
    created = page.rows[0].get("CreatedOn") if page.rows else None
    return read_time(created) if created else None


def lead(view: View, lead_id: str) -> dict[str, Any] | None:
    """All fields of a lead; None where there is none, which LeadSquared may also say by rejecting the ID."""
    try:
        return view.source.lead(lead_id)
    except Rejected:
        return None


def activities(view: View, lead_id: str, first: int) -> Iterator[Activity]:
    """A lead's activities, newest first: a block of `first`, then by the thousand, each asked when it is come to."""
    offset, size = 0, first
    while True:
        block = view.source.timeline(lead_id, offset=offset, count=size)
        yield from block.activities
        offset += len(block.activities)
        # A short block ends it, unless the host says that there is more; an empty one ends it whatever it says.
        if not block.activities or (len(block.activities) < size and offset >= block.total):
            return
        size = V2_PAGE_SIZE


def _total(view: View, question: Question) -> int:
    return view.source.total(report(view, ListOutput(fields=("ProspectID",)), question))


def counted(field: str) -> AggregateOutput:
    """How many leads, by a field."""
    return AggregateOutput(group_by=field, function=Function.COUNT, field=SCORE)


def summed(field: str) -> AggregateOutput:
    """Counts, and for owners the sum of the scores with them: one call for the bars and for the mean."""
    return AggregateOutput(group_by=field, function=Function.SUM if field == "OwnerId" else Function.COUNT, field=SCORE)
