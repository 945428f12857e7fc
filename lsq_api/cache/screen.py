"""What one run of a screen was served: how old its oldest answer is, and whether all is well with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lsq_api.cache.cache import Served
from lsq_api.contract.errors import LeadSquaredError


@dataclass
class ScreenAnswers:
    """Collects while a screen is drawn. `moment` is what counts as now for its relative spans."""

    moment: datetime
    oldest: datetime | None = None
    renewing: bool = False
    problem: LeadSquaredError | None = None

    def note(self, served: Served[Any]) -> None:
        """An answer was used."""
        self.renewing |= served.renewing
        self.problem = served.problem or self.problem
        self.oldest = min(filter(None, (self.oldest, served.fetched.at)))


_seen: ContextVar[ScreenAnswers | None] = ContextVar("seen", default=None)


@contextmanager
def watched(moment: datetime) -> Iterator[ScreenAnswers]:
    """Collect what is served inside."""
    seen = ScreenAnswers(moment)
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def current_screen() -> ScreenAnswers | None:
    """What collects at this moment; None outside of a screen's run, as in a fragment's own."""
    return _seen.get()
