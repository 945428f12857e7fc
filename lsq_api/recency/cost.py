"""What an answer that is worked out here will take: how many calls, and how long at the plan's pace.

Totals are asked for by pages of one row. Source: sections 6 and 9 of the wire notes.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from lsq_api.client.ledger import FinishedCall, Ledger
from lsq_api.contract.errors import Costly
from lsq_api.contract.report import LeadDistribution, Report
from lsq_api.limits.rate import Rate
from lsq_api.recency.days import Gap
from lsq_api.recency.leads import PAGE

UNASKED = 20
"""Calls that a screen may make without asking first."""
_REMEMBERED = 500

_LATELY = 50


class Estimate(NamedTuple):
    """Calls, and seconds for them one after the other; `at_least`: it may well be more."""

    calls: int
    seconds: float
    at_least: bool = False


class Asker(Protocol):
    """What an estimate asks of a client."""

    @property
    def ledger(self) -> Ledger:
        """The calls made so far."""

    def total(self, report: Report) -> int:
        """How many leads there are."""


def of(asker: Asker, gaps: Sequence[Gap], leads: LeadDistribution | None, rate: Rate) -> Estimate:
    """The estimate for what is missing: activities of some codes, and (None: they are at hand) a list of leads."""
    pages = max(-(-asker.total(leads) // PAGE), 1) if leads is not None else 0
    calls = pages + sum(gap.calls for gap in gaps)
    each = max(rate.seconds / rate.calls, _latency(asker.ledger.recent()))
    return Estimate(calls, calls * each, at_least=any(gap.activities is None for gap in gaps))


def _latency(calls: Sequence[FinishedCall]) -> float:
    """Seconds a call took lately, on average."""
    took = [call.milliseconds / 1000 for call in calls[-_LATELY:] if not call.failure]
    return sum(took) / len(took) if took else 0.0


class Agreement:
    """What was agreed to in this process, and what was found to need it; an estimate is good for `fresh`."""

    def __init__(self, unasked: int, now: Callable[[], datetime], fresh: timedelta) -> None:
        self._unasked, self._now, self._fresh = unasked, now, fresh
        self._given: OrderedDict[object, None] = OrderedDict()
        self._refused: OrderedDict[object, tuple[datetime, Estimate]] = OrderedDict()

    def given(self, subject: object) -> None:
        """Somebody has agreed; to renew the same later needs no second word."""
        self._given[subject] = None
        while len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)

    def needed(self, subject: object, estimate: Callable[[], Estimate], request: object) -> None:
        """Costly where nobody has agreed to what a request takes; that is estimated once for a whole screen."""
        if subject in self._given:
            return
        now = self._now()
        known = self._refused.get(subject)
        at, found = known if known and now - known[0] < self._fresh else (now, estimate())
        if found.calls <= self._unasked:
            return
        self._refused[subject] = at, found
        while len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
        raise Costly(request, found.calls, found.seconds, at_least=found.at_least)
