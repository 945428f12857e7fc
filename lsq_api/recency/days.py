"""Activities of one code as they are kept: past days for good, today until it is read again; and what is missing.

Source: section 6 of the wire notes. No call is made here.
"""

from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from lsq_api.contract.lookups import V2_PAGE_SIZE

DAY = timedelta(days=1)
FEW = 5 * V2_PAGE_SIZE
"""Activities read in one window; with more, a window has as many days as hold about so many."""
UNKNOWN = 7 * DAY
"""Days in the newest window where a host does not say how many activities there are; twice as many in each before."""


class Gap(NamedTuple):
    """Activities of a code that have to be read first; `activities` is their number, None where it is not known."""

    code: int
    start: datetime
    end: datetime
    activities: int | None

    @property
    def calls(self) -> int:
        """The least number of calls that reading them takes."""
        if self.activities is None:
            return 2
        return len(list(windows(self.start, self.end, self.activities))) + self.activities // V2_PAGE_SIZE


class Rows:
    """Activities by column: a hash of the ID, the lead's ID, and the second of creation."""

    def __init__(self) -> None:
        self.ids, self.created, self.leads = array("q"), array("q"), list[str]()

    def add(self, identity: int, lead: str, created: int) -> None:
        """Add an activity; only before the rows are shared."""
        self.ids.append(identity)
        self.leads.append(lead)
        self.created.append(created)

    def __iter__(self) -> Iterator[tuple[int, str, int]]:
        return zip(self.ids, self.leads, self.created, strict=True)

    def joined(self, other: "Rows") -> "Rows":
        """New rows with these and the others."""
        both = Rows()
        both.ids, both.created = self.ids + other.ids, self.created + other.created
        both.leads = self.leads + other.leads
        return both

    def without(self, gone: set[int]) -> "Rows":
        """These rows without some, given by the hashes of their IDs."""
        if gone.isdisjoint(self.ids):
            return self
        left = Rows()
        for row in self:
            if row[0] not in gone:
                left.add(*row)
        return left


class Days:
    """What is kept of one activity event code: past days from `since` to `until`, and later changes."""

    def __init__(self, begun: datetime) -> None:
        self.since = self.until = begun
        self.past, self.fresh = Rows(), Rows()
        self.read_at: datetime | None = None


def windows(start: datetime, end: datetime, activities: int | None) -> Iterator[tuple[datetime, datetime]]:
    """Windows of whole days from `end` back to `start`, each with about `FEW` activities."""
    if activities is None:
        days = UNKNOWN
    else:
        days = end - start if activities <= FEW else max((end - start) * (FEW / activities) // DAY, 1) * DAY
    while end > start:
        begin = max(start, end - days)
        yield begin, end
        end, days = begin, days if activities is not None else 2 * days
