"""Reads from a report what its host cannot evaluate: which codes count as contact, in which range, for which leads.

Source: decisions 2 and 5 of the wire notes. Pure, but for asking for all codes where the report names none.
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
    """What counts as contact: the codes, and the range in which the activities were created (None: an empty range)."""

    codes: tuple[int, ...]
    span: Range | None


def read(report: Report, every: Every) -> Since:
    """What counts as contact in a report with date filters on activities; several ranges mean their overlap."""
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
    """The request for the question's leads, contacted or not."""
    return _not_contacted(report).all_leads


def fields(report: Report) -> tuple[str, ...]:
    """The fields that are needed of every lead; for a list the ID only, since its rows are asked for by ID."""
    return figured(aggregate(report)) if isinstance(report.output, AggregateOutput) else (LEAD_ID,)


def figured(output: AggregateOutput) -> tuple[str, ...]:
    """The group-by field and, for a mean or a sum, the aggregate field."""
    return (output.group_by,) if output.function is Function.COUNT else (output.group_by, output.field)


def aggregate(report: Report) -> AggregateOutput:
    """The report's aggregate output; raises TypeError where it is a list."""
    if not isinstance(report.output, AggregateOutput):
        raise TypeError("groups() takes a report with an aggregate output")
    return report.output


def listed(report: Report) -> tuple[str, ...]:
    """The fields of the report's list output; raises TypeError where it is an aggregate."""
    if not isinstance(report.output, ListOutput):
        raise TypeError("a page of leads takes a report with a list output")
    return report.output.fields


def _not_contacted(report: Report) -> NotContacted:
    if not isinstance(report, NotContacted):
        raise TypeError("only Leads Not Contacted looks at activities")
    return report
