"""Who was contacted in a range of time, by the documented calls alone: activities of a code, past days fetched once.

`RetrieveByActivityEvent` looks at `ModifiedOn`, which is never before `CreatedOn`: whatever was created in a range is
found in some window between the range's start and now. So the days that are kept always reach from a first one until
today without a gap. A row that is changed later leaves its old day, but is found again in the day of its change, and
is then taken from there; today is read anew each time, and last. Windows share their boundary second, since stamps
have hidden milliseconds; days are those of UTC. Source: decision 2, sections 2.5 and 6 of the wire notes.

Kept in the memory of the process, about 30 bytes an activity beside the leads' IDs, at most `MOST_ACTIVITIES`; what a
host deletes from a past day counts as contact until the process ends.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial

from lsq_api.contract.errors import Incomplete
from lsq_api.contract.lookups import V2_PAGE_SIZE, Activity
from lsq_api.question.spans import Range
from lsq_api.recency.days import DAY, FEW, Days, Gap, Rows, windows
from lsq_api.recency.parallel import together

MOST_ACTIVITIES = 5_000_000
"""Activities kept of all codes together; beyond that the codes that were asked for longest ago are forgotten."""
SKEW = DAY
"""How far beyond now the last window reaches: a host whose clock is ahead has changes that lie ahead of ours."""
SETTLED = timedelta(minutes=15)
"""How long a day must be over to count as past."""
PROBED = 10
"""Codes whose activities are counted for an estimate; of more it is said what they take at least."""
_ATTEMPTS = 3
_ANSWERS = 8

Fetch = Callable[[int, datetime, datetime], Iterable[Activity]]
Count = Callable[[int, datetime, datetime], int | None]
Step = Callable[[], None]
"""Called after each call. An exception it raises stops the reading; windows that were read in full stay."""


class Contacts:
    """The activities read of one account. Safe to share between threads; a code is read by one thread at a time."""

    def __init__(
        self,
        fetch: Fetch,
        count: Count,
        now: Callable[[], datetime],
        fresh: timedelta,
        most: int = MOST_ACTIVITIES,
    ) -> None:
        self._fetch, self._count, self._now, self._fresh, self._most = fetch, count, now, fresh, most
        self._codes: OrderedDict[int, Days] = OrderedDict()
        self._turns: defaultdict[int, threading.Lock] = defaultdict(threading.Lock)
        self._names: dict[str, str] = {}
        self._counted: dict[tuple[int, datetime], int | None] = {}
        self._answers: dict[tuple[tuple[int, ...], int, int], tuple[list[tuple[Rows, Rows]], frozenset[str]]] = {}

    def gaps(self, codes: Iterable[int], span: Range) -> list[Gap]:
        """What has to be read first, counted where the codes are few; nothing for a range in the future."""
        now = self._now()
        if span.start > now:
            return []
        start, found = _midnight(span.start), []
        for code in codes:
            kept = self._codes.get(code)
            if kept is None or kept.since > start:
                found.append(Gap(code, start, kept.since if kept else now + SKEW, None))
            elif self._stale(kept, now):
                found.append(Gap(code, kept.until, now + SKEW, 0))
        unknown = [gap for gap in found if gap.activities is None]
        if len(unknown) > PROBED:
            return found
        sized = together(unknown, lambda gap, _: self._sized(gap), lambda: None)
        return [gap for gap in found if gap.activities is not None] + sized

    def _sized(self, gap: Gap) -> Gap:
        activities = self._count(gap.code, gap.start, gap.end)
        self._counted[gap.code, gap.start] = activities
        return gap._replace(activities=activities)

    def whole(self, codes: Iterable[int], span: Range) -> list[tuple[int, datetime, datetime]]:
        """Each code with the window that covers everything about a range."""
        return [(code, _midnight(span.start), self._now() + SKEW) for code in codes]

    def contacted(self, codes: Iterable[int], span: Range, step: Step = lambda: None) -> frozenset[str]:
        """IDs of the leads with an activity of these codes created in the range and not ahead of now (decision 8)."""
        now = self._now()
        if span.start > now:
            return frozenset()
        first, last = int(span.start.timestamp()), int(min(span.end, now).timestamp())
        wanted = tuple(sorted(set(codes)))
        return self._worked_out((wanted, first, last), together(wanted, partial(self._read, span.start), step))

    def renew(self) -> None:
        """Read today anew at the next use; past days stay."""
        for kept in list(self._codes.values()):
            kept.read_at = None

    @property
    def kept(self) -> int:
        """How many activities are kept."""
        return sum(len(kept.past.ids) + len(kept.fresh.ids) for kept in list(self._codes.values()))

    def _worked_out(self, key: tuple[tuple[int, ...], int, int], read: list[tuple["Rows", "Rows"]]) -> frozenset[str]:
        """The leads of some rows, kept for the other questions of a page, as rows are never changed in place."""
        known = self._answers.pop(key, None)
        if known is None or known[0] != read:
            found = set[str]()
            for past, fresh in read:
                newer = set(fresh.ids)
                found.update(lead for _, lead, created in fresh if key[1] <= created <= key[2])
                found.update(lead for one, lead, created in past if key[1] <= created <= key[2] and one not in newer)
            known = read, frozenset(found)
        self._answers[key] = known
        while len(self._answers) > _ANSWERS:
            self._answers.pop(next(iter(self._answers)), None)
        return known[1]

    def _read(self, start: datetime, code: int, step: Step) -> tuple[Rows, Rows]:
        with self._turns[code]:
            now, start = self._now(), _midnight(start)
            kept = self._codes.get(code) or self._begun(code, start, now)
            self._codes[code] = kept
            self._codes.move_to_end(code)
            self._older(code, kept, start, step)
            if self._stale(kept, now):
                self._today(code, kept, now, step)
            self._bound(code)
            return kept.past, kept.fresh

    def _begun(self, code: int, start: datetime, now: datetime) -> Days:
        """A code of which nothing was read: in one window where it has few activities, else past days separately."""
        today = _midnight(now - SETTLED)
        activities = self._activities(code, start, now + SKEW) if start < today else None
        return Days(start if activities is not None and activities <= FEW else today)

    def _activities(self, code: int, start: datetime, end: datetime) -> int | None:
        if (code, start) not in self._counted:
            self._sized(Gap(code, start, end, None))
        return self._counted[code, start]

    def _stale(self, kept: Days, now: datetime) -> bool:
        return kept.read_at is None or now - kept.read_at >= self._fresh

    def _older(self, code: int, kept: Days, start: datetime, step: Step) -> None:
        """Read days before the first one kept; each window read in full stays, whatever fails later."""
        if kept.since <= start:
            self._counted.pop((code, start), None)
            return
        for begin, end in windows(start, kept.since, self._activities(code, start, kept.since)):
            older = Rows()
            for activity in self._window(code, begin, end, step):
                self._put(older, activity)
            kept.past, kept.since = older.joined(kept.past), begin
        del self._counted[code, start]

    def _today(self, code: int, kept: Days, now: datetime, step: Step) -> None:
        """Read what was changed since the last past day; days that are past by now are kept for good."""
        past = _midnight(now - SETTLED)
        rows = self._window(code, kept.until, now + SKEW, step)
        settled, fresh = Rows(), Rows()
        for activity in rows:
            changed = activity.modified_on or activity.created_on
            self._put(settled if changed and changed < past else fresh, activity)
        if len(settled.ids):
            kept.past = kept.past.without(set(settled.ids)).joined(settled)
        kept.fresh, kept.until, kept.read_at = fresh, max(past, kept.until), now

    def _window(self, code: int, start: datetime, end: datetime, step: Step) -> Sequence[Activity]:
        """All activities of a window; read again where they changed meanwhile."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return list(_stepping(self._fetch(code, start, end), step))
            except Incomplete:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _put(self, rows: Rows, activity: Activity) -> None:
        if activity.lead_id and activity.created_on:
            lead = self._names.setdefault(activity.lead_id, activity.lead_id)
            rows.add(hash(activity.id), lead, int(activity.created_on.timestamp()))

    def _bound(self, code: int) -> None:
        while self.kept > self._most and next(iter(self._codes)) != code:
            self._codes.popitem(last=False)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time.min, UTC)


def _stepping(rows: Iterable[Activity], step: Step) -> Iterator[Activity]:
    count = 0
    for count, row in enumerate(rows, 1):
        yield row
        if count % V2_PAGE_SIZE == 0:
            step()
    if count == 0 or count % V2_PAGE_SIZE:
        step()
