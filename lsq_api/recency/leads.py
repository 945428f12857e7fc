"""The leads of a question as they were read from Lead Distribution, kept for the next question about the same ones.

A question that only narrows a kept one further (a range of creation inside its own, a field that has a value or has
none) is answered from the same rows. Kept in the memory of the process, some 600 bytes a lead: at most `MOST_LEADS`,
and the last question whatever its size. Source: sections 2.5 and 3 of the wire notes.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from lsq_api.client.client import LEAD_ID, OWNER_ID
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.conditions import DateField, DateFilter, LeadFilter
from lsq_api.contract.operators import LEAD_OPERATORS, Takes
from lsq_api.contract.report import MAX_PAGE_SIZE, LeadDistribution, ListOutput
from lsq_api.contract.wire import write_time

MOST_LEADS = 1_000_000
"""Leads kept of all questions together; beyond that those read longest ago are forgotten."""
PAGE = MAX_PAGE_SIZE
"""Rows a page: the report is used in production with as many (section 2.3)."""
CREATED = "CreatedOn"
BASE = (LEAD_ID, OWNER_ID, CREATED, "ProspectStage", "Source", "EngagementScore", "ProspectActivityDate_Max")
"""Fields that are always read, since the pages ask for these first."""

SECONDS = len("2026-01-31 10:20:30")

Value = str | None
Pages = Callable[[LeadDistribution], Iterable[ListAnswer]]


@dataclass(frozen=True)
class Kept:
    """A list of leads by column, in the host's order; `leads` is the request without its output."""

    leads: LeadDistribution
    columns: Mapping[str, list[Value]]
    at: datetime

    @property
    def ids(self) -> list[Value]:
        """Their IDs."""
        return self.columns[LEAD_ID.lower()]

    def has(self, fields: Iterable[str]) -> bool:
        """Whether these fields were read."""
        return all(field.lower() in self.columns for field in fields)

    def column(self, field: str) -> list[Value]:
        """The values of a field."""
        return self.columns[field.lower()]

    def holds(self, leads: LeadDistribution) -> bool:
        """Whether this list has all leads of another question and the fields to tell which they are."""
        mine, theirs = Counter(self.leads.filter.leads), Counter(leads.filter.leads)
        return (
            self.leads.filter.users == leads.filter.users
            and not mine - theirs
            and all(_can_tell(one) and self.has([one.field]) for one in theirs - mine)
            and _modified(self.leads) == _modified(leads)
            and _inside(_created(leads), _created(self.leads))
        )

    def places(self, leads: LeadDistribution, but: frozenset[str] = frozenset()) -> list[int]:
        """The indexes of a question's leads in this list, without those whose ID is in `but`."""
        found = [place for place, lead in enumerate(self.ids) if lead not in but]
        for one in Counter(leads.filter.leads) - Counter(self.leads.filter.leads):
            column, blank = self.column(one.field), LEAD_OPERATORS[one.operator].finds_blanks
            found = [place for place in found if _filled(column[place]) != blank]
        within = _created(leads)
        if within is not None and within != _created(self.leads):
            # Wire times sort as text; a fraction, where there is one, is cut off.
            first, last, created = write_time(within[0]), write_time(within[1]), self.column(CREATED)
            found = [place for place in found if first <= (created[place] or "")[:SECONDS] <= last]
        return found


class Candidates:
    """The lists of leads of one account. Safe to share between threads; one thread at a time reads a question."""

    def __init__(self, pages: Pages, now: Callable[[], datetime], fresh: timedelta) -> None:
        self._pages, self._now, self._fresh = pages, now, fresh
        self._kept: list[Kept] = []
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[LeadDistribution, threading.Lock] = WeakValueDictionary()

    @property
    def kept(self) -> int:
        """How many leads are kept."""
        with self._lock:
            return sum(len(kept.ids) for kept in self._kept)

    def known(self, leads: LeadDistribution, fields: Iterable[str]) -> Kept | None:
        """The newest list with these leads and fields, fresh or not; None without one."""
        wanted = tuple(fields)
        with self._lock:
            return next((kept for kept in reversed(self._kept) if kept.has(wanted) and kept.holds(leads)), None)

    def is_fresh(self, kept: Kept) -> bool:
        """Whether a list counts as the leads of now."""
        return self._now() - kept.at < self._fresh

    def read(self, leads: LeadDistribution, fields: Sequence[str], step: Callable[[], None] = lambda: None) -> Kept:
        """The leads with these fields: the kept ones where they are fresh, else from the host."""
        asked = unpaged(leads)
        known = self.known(asked, fields)
        # What is renewed is renewed whole, by one for all that are narrower, so that the next one finds it, too.
        whole, had = (known.leads, tuple(known.columns)) if known else (asked, ())
        with self._lock:
            turn = self._turns.setdefault(whole, threading.Lock())
        with turn:
            known = self.known(asked, fields)
            if known and self.is_fresh(known):
                return known
            return self._keep(self._ask(whole, _distinct((*BASE, *fields, *had)), step))

    def renew(self) -> None:
        """Read everything anew at the next use."""
        with self._lock:
            self._kept = [Kept(kept.leads, kept.columns, kept.at - self._fresh) for kept in self._kept]

    def _ask(self, leads: LeadDistribution, fields: Sequence[str], step: Callable[[], None]) -> Kept:
        at = self._now()
        columns: dict[str, list[Value]] = {field.lower(): [] for field in fields}
        same: dict[str, str] = {}
        for page in self._pages(leads.model_copy(update={"output": ListOutput(fields=tuple(fields))})):
            for row in page.rows:
                named = {str(name).lower(): value for name, value in row.items()}
                for name, column in columns.items():
                    value = named.get(name)
                    # Stages, owners and days repeat: one text for all.
                    column.append(None if value is None else same.setdefault(str(value), str(value)))
            step()
        return Kept(leads, columns, at)

    def _keep(self, found: Kept) -> Kept:
        with self._lock:
            self._kept = [kept for kept in self._kept if not self._replaces(found, kept)] + [found]
            while sum(len(kept.ids) for kept in self._kept) > MOST_LEADS and len(self._kept) > 1:
                del self._kept[0]
        return found

    def _replaces(self, found: Kept, kept: Kept) -> bool:
        """Whether a list is the same as a kept one, but for ranges that moved with the clock."""
        moved = kept.leads.filter == found.leads.filter and _dated(kept.leads) == _dated(found.leads)
        return kept.leads == found.leads or (moved and not self.is_fresh(kept))


def unpaged(leads: LeadDistribution) -> LeadDistribution:
    """The request for a question's leads without output and page."""
    return leads.model_copy(update={"output": ListOutput(fields=(LEAD_ID,)), "paging": None, "sorting": None})


def _distinct(fields: Iterable[str]) -> list[str]:
    named: dict[str, str] = {}
    for field in fields:
        named.setdefault(field.lower(), field)
    return list(named.values())


def _can_tell(condition: LeadFilter) -> bool:
    return LEAD_OPERATORS[condition.operator].takes is Takes.NONE


def _filled(value: Value) -> bool:
    return bool((value or "").strip())


def _dated(leads: LeadDistribution) -> Counter[DateField]:
    return Counter(dates.field for dates in leads.dates)


def _modified(leads: LeadDistribution) -> Counter[DateFilter]:
    return Counter(dates for dates in leads.dates if dates.field is not DateField.CREATED)


Span = tuple[datetime, datetime] | None


def _created(leads: LeadDistribution) -> Span:
    """The common range of all filters on creation; None without any."""
    found = [dates for dates in leads.dates if dates.field is DateField.CREATED]
    return (max(one.start for one in found), min(one.end for one in found)) if found else None


def _inside(inner: Span, outer: Span) -> bool:
    return outer is None or (inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1])
