"""What one run of a page was served: how old its oldest answer is, and whether an old one stands in for a failure."""

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
    """Collects what a page is served while it is drawn. `moment` is what counts as now for its relative spans."""

    moment: datetime
    oldest: datetime | None = None
    renewing: bool = False
    problem: LeadSquaredError | None = None

    def note(self, served: Served[Any]) -> None:
        """Take an answer that was served into account."""
        self.renewing |= served.renewing
        self.problem = served.problem or self.problem
        self.oldest = min(filter(None, (self.oldest, served.fetched.at)))


_seen: ContextVar[ScreenAnswers | None] = ContextVar("seen", default=None)


@contextmanager
def watched(moment: datetime) -> Iterator[ScreenAnswers]:
    """Collect what is served inside the block."""
    seen = ScreenAnswers(moment)
    token = _seen.set(seen)
    try:
        yield seen
    finally:
        _seen.reset(token)


def current_screen() -> ScreenAnswers | None:
    """The collector of the page being drawn; None outside of one, and when a fragment runs alone."""
    return _seen.get()
