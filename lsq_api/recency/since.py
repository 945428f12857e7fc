"""What a report says about contact, read for a host that cannot be asked: which codes, when, on which leads.

Source: decisions 2 and 5 of the wire notes. Pure, but for asking which codes there are where the report names none.
"""

from collections.abc import Callable, Iterable, Set
from typing import NamedTuple

from lsq_api.client.client import LEAD_ID
from lsq_api.contract.conditions import ActivityFilter, DateField
from lsq_api.contract.report import AggregateOutput, Function, LeadDistribution, ListOutput, NotContacted, Report
from lsq_api.question.spans import Range

Every = Callable[[], Set[int]]
"""Every activity event code of the account."""


class Since(NamedTuple):
    """What counts as contact: the codes, and the range of the activities' creation (None: no moment is in it)."""

    codes: tuple[int, ...]
    span: Range | None


def read(report: Report, every: Every) -> Since:
    """What counts as contact in a report that bounds the activities' dates; several ranges mean their overlap."""
    ranges = [dates for dates in _not_contacted(report).dates if dates.field is DateField.ACTIVITY]
    start, end = max(one.start for one in ranges), min(one.end for one in ranges)
    codes = _codes(_not_contacted(report).filter.activities, every)
    return Since(tuple(sorted(codes)), Range(start, end) if start <= end else None)


def _codes(filters: Iterable[ActivityFilter], every: Every) -> set[int]:
    """The union of the filters' codes (decision 5); without any filter, every code."""
    if not filters:
        return set(every())
    found = set[int]()
    for one in filters:
        found |= every() - set(one.codes) if one.all_but else set(one.codes)
    return found


def leads(report: Report) -> LeadDistribution:
    """The leads of the question, contacted or not."""
    return _not_contacted(report).all_leads


def fields(report: Report) -> tuple[str, ...]:
    """The fields that are needed of every lead: of a list none, since a page of it is asked for by its IDs."""
    return figured(aggregate(report)) if isinstance(report.output, AggregateOutput) else (LEAD_ID,)


def figured(output: AggregateOutput) -> tuple[str, ...]:
    """The field to group by and, where there is a mean or a sum, that of the figure."""
    return (output.group_by,) if output.function is Function.COUNT else (output.group_by, output.field)


def aggregate(report: Report) -> AggregateOutput:
    """The output, where it is groups."""
    if not isinstance(report.output, AggregateOutput):
        raise TypeError("groups() takes a report with an aggregate output")
    return report.output


def listed(report: Report) -> tuple[str, ...]:
    """The fields of the output, where it is a list."""
    if not isinstance(report.output, ListOutput):
        raise TypeError("a page of leads takes a report with a list output")
    return report.output.fields


def _not_contacted(report: Report) -> NotContacted:
    if not isinstance(report, NotContacted):
        raise TypeError("only Leads Not Contacted looks at activities")
    return report
