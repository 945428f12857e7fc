"""Days in conditions on moments: the viewer's days, as the bounds in UTC that the wire takes.

A day of a zone is from its midnight up to the next one: 24 hours, 23 or 25 where the clock is changed, none where the
zone left the day out. On the wire a condition has times in UTC alone, so one on days becomes one or several others:

    = 2026-01-06    >= 2026-01-05 18:30:00 and < 2026-01-06 18:30:00 (in India)
    <> 2026-01-06   not from 2026-01-05 18:30:00 up to 2026-01-06 18:30:00: the operator `out`, an extension
    in              from the first day's start up to the last one's end, `out` for each gap between them

Times in UTC stay what they are. Source: sections 2.5 and 10 of the wire notes.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from itertools import pairwise
from typing import NamedTuple

from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.operators import OUT, Compares, Operator
from lsq_api.contract.wire import read_day, read_time, write_time
from lsq_api.question.spans import DAY, FIRST_YEAR, LAST_YEAR, SECOND, midnight

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class _Stretch(NamedTuple):
    """Moments from `start` up to `end`, which is not included."""

    start: datetime
    end: datetime


def bound(text: str) -> date:
    """A value of a condition on moments: a day, or a time in UTC as an aware datetime; ValueError where it is neither.

    The years of days are those that other parts of a link may name.
    """
    if not _DAY.fullmatch(text.strip()):
        return read_time(text)
    day = read_day(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"the year of {day} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def asks_to_leave_out(operator: Operator, values: Sequence[str]) -> bool:
    """Whether a condition on moments takes more than bounds, so that only a host with the operator `out` knows it."""
    bounds = [bound(value) for value in values]
    if all(isinstance(one, datetime) for one in bounds):
        return False
    days = sorted(one for one in set(bounds) if not isinstance(one, datetime))
    in_a_row = len(days) == len(set(bounds)) and days[-1] - days[0] == DAY * (len(days) - 1)
    return bool(operator.negates) or not in_a_row


def resolved(condition: LeadFilter, operator: Operator, zone: tzinfo) -> tuple[LeadFilter, ...]:
    """A condition on a field of moments as the wire takes it, its days those of `zone`; all of the result must hold.

    Raises ValueError for a value that is neither a day nor a time.
    """
    if not operator.by_type:
        return (condition,)
    bounds = [bound(value) for value in condition.values]
    if all(isinstance(one, datetime) for one in bounds):
        return (condition,)
    stretches = _joined([_stretch(one, zone) for one in bounds])
    first, last = stretches[0].start, stretches[-1].end
    if operator.compares is Compares.ORDER:
        symbol, at = {">=": (">=", first), "<": ("<", first), ">": (">=", last), "<=": ("<", last)}[operator.symbol]
        return (_condition(condition.field, symbol, at),)
    if operator.negates:
        return tuple(_condition(condition.field, OUT, *one) for one in stretches)
    gaps = [(one.end, other.start) for one, other in pairwise(stretches)]
    return (
        _condition(condition.field, ">=", first),
        _condition(condition.field, "<", last),
        *(_condition(condition.field, OUT, *gap) for gap in gaps),
    )


def _stretch(one: date, zone: tzinfo) -> _Stretch:
    """A day in UTC; a time is its whole second."""
    if isinstance(one, datetime):
        return _Stretch(one, one + SECOND)
    return _Stretch(midnight(one, zone), midnight(one + DAY, zone))


def _joined(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """The same moments in their order, as few stretches as can be."""
    joined: list[_Stretch] = []
    for one in sorted(stretches):
        if joined and one.start <= joined[-1].end:
            joined[-1] = _Stretch(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return joined


def _condition(field: str, symbol: str, *at: datetime) -> LeadFilter:
    return LeadFilter(field=field, operator=symbol, values=tuple(map(write_time, at)))
