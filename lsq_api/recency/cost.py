"""The cost of an answer that is worked out here: how many calls, and how long at the plan's pace.

Totals are counted by pages of one row. Source: sections 6 and 9 of the wire notes.
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
"""The most calls that a page makes without asking the viewer."""
_REMEMBERED = 500

_LATELY = 50


class Estimate(NamedTuple):
    """Calls, and the seconds they take one after another; `at_least`: there may be many more."""

    calls: int
    seconds: float
    at_least: bool = False


class Asker(Protocol):
    """The part of the client that an estimate uses."""

    @property
    def ledger(self) -> Ledger:
        """The calls made so far."""

    def total(self, report: Report) -> int:
        """How many leads a report has."""


def of(asker: Asker, gaps: Sequence[Gap], leads: LeadDistribution | None, rate: Rate) -> Estimate:
    """The estimate for missing activities of some codes, and for a list of leads (None: it is kept)."""
    pages = max(-(-asker.total(leads) // PAGE), 1) if leads is not None else 0
    calls = pages + sum(gap.calls for gap in gaps)
    each = max(rate.seconds / rate.calls, _latency(asker.ledger.recent()))
    return Estimate(calls, calls * each, at_least=any(gap.activities is None for gap in gaps))


def _latency(calls: Sequence[FinishedCall]) -> float:
    """The mean seconds of the last calls."""
    took = [call.milliseconds / 1000 for call in calls[-_LATELY:] if not call.failure]
    return sum(took) / len(took) if took else 0.0


class Agreement:
    """Which readings somebody has agreed to in this process, and the estimates of others, kept for `fresh`."""

    def __init__(self, unasked: int, now: Callable[[], datetime], fresh: timedelta) -> None:
        self._unasked, self._now, self._fresh = unasked, now, fresh
        self._given: OrderedDict[object, None] = OrderedDict()
        self._refused: OrderedDict[object, tuple[datetime, Estimate]] = OrderedDict()

    def given(self, subject: object) -> None:
        """Note the agreement; it covers renewing the same reading later."""
        self._given[subject] = None
        while len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)

    def needed(self, subject: object, estimate: Callable[[], Estimate], request: object) -> None:
        """Raise Costly where a request takes many calls and nobody has agreed to them; estimated once for a page."""
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
