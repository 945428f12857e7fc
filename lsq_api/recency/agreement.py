"""Whether an answer may take the calls it takes: few of them go unasked, many need somebody's word, once."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from lsq_api.contract.errors import Costly
from lsq_api.recency.cost import Estimate

UNASKED = 20
"""Calls that a screen may make without asking first."""
_REMEMBERED = 500


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
