"""What the Overview asks: sixteen calls beside that of the sentence, none of them twice."""

from datetime import datetime
from functools import partial

from components.shell import measures
from components.shell.answers import SCORE, by, by_owner, listed, report, summed, total
from components.shell.frame import View
from lsq_api.client.asks import Asking, Groups
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.wire import read_time
from lsq_api.question.listing import Listing, read_listing
from lsq_api.question.spans import AGE_CLASSES


def waiting_longest(view: View) -> Asking[tuple[Listing, ListAnswer]]:
    """The first page of the list in its usual order: oldest first where the host can sort."""
    usual, _ = read_listing({}, view.directory, can_sort=view.source.can_sort)
    return listed(view, usual)


def longest_wait(page: ListAnswer) -> datetime | None:
    """When the first lead of a page was created (UTC), the page being sorted by that; None without one."""
    created = page.rows[0].get("CreatedOn") if page.rows else None
    return read_time(created) if created else None


def without_activity(view: View) -> Asking[int]:
    """How many leads not contacted have no activity of any type."""
    (found,) = yield (total(view, view.question.narrowed("ProspectActivityDate_Max", None)),)
    return int(found)


def mean_engagement(view: View) -> Asking[float | None]:
    """The mean engagement score of the leads not contacted that have one; None where none has."""
    having = view.question.with_condition(LeadFilter(field=SCORE, operator="def"))
    scored, groups = yield total(view, having), Groups(report(view, summed("OwnerId")))
    mean = measures.mean(groups, scored)
    return None if mean is None else float(mean)


def by_age(view: View) -> Asking[list[tuple[str, int]]]:
    """The label of each age class with its number of leads not contacted, youngest first. One call a class."""
    within = [view.question.narrowed_to_age(age, view.now, view.zone) for age in AGE_CLASSES]
    counts = yield tuple(total(view, question) for question in within if question)
    found = iter(counts)
    return [(age.label, next(found) if question else 0) for age, question in zip(AGE_CLASSES, within, strict=True)]


by_stage, by_source = partial(by, field="ProspectStage"), partial(by, field="Source")

ASKS = (
    ("By owner", by_owner),
    ("Waiting longest", waiting_longest),
    ("Never any activity", without_activity),
    ("Mean engagement", mean_engagement),
    ("By age", by_age),
    ("By stage", by_stage),
    ("By source", by_source),
)
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
