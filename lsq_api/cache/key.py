"""Cache keys under which the same question stays the same while the clock moves: "the last 30 days" never changes.

    key_of(verb, report, now)   equal for two reports that differ only in how far the clock has moved

Bounds that are the end of a relative span or age class, seen from `now`, are written as the distance from `now`; all
others as they are. An exact date that happens to be one of these gives the same request, and so the same answer.
"""

from datetime import datetime, timedelta
from typing import Any

from lsq_api.contract.report import Report
from lsq_api.question.spans import (
    AGE_CLASSES,
    LEAD_TOKENS,
    OLD_CLASSES,
    OLDER_TOKENS,
    OLDEST_CLASSES,
    QUIET_TOKENS,
    SECOND,
    length,
)

_ENDS = {timedelta(0), *(length(token) for token in (*LEAD_TOKENS, *QUIET_TOKENS) if token != "today")}  # noqa: S105
_CLASSES = (*AGE_CLASSES, *OLD_CLASSES, *OLDEST_CLASSES)
_AGES = {age for one in _CLASSES for age in (one.youngest, one.oldest) if age is not None}
_AGES |= {length(token) for token in OLDER_TOKENS}
DISTANCES = _ENDS | _AGES | {age - SECOND for age in _AGES}
"""How long before now the ends of what moves with it lie."""


def key_of(verb: str, report: Report, now: datetime) -> str:
    """The cache key of a report and verb; `now` is the moment at which the report's relative spans were resolved."""
    dates = [(dates.field.value, _bound(dates.start, now), _bound(dates.end, now)) for dates in report.dates]
    rest: dict[str, Any] = report.model_dump(mode="json", exclude={"dates"})
    return f"{verb} {report.path} {dates} {rest}"


def _bound(bound: datetime, now: datetime) -> str:
    before = now - bound
    return f"-{before}" if before in DISTANCES else f"{bound:%Y-%m-%d %H:%M:%S}"
