"""Spans of time as a question names them: any time, a relative span ("30d") or two dates; and the age classes of leads.

A span is resolved in the viewer's time zone and turned into UTC once, by `resolve(now, zone)`. There `now` is cut to
the whole minute, so that the requests of one minute are equal and one answer serves them all; both ends are included
and are whole seconds.

- `today` runs from local midnight until now, `7d` and its like from exactly N × 24 hours ago until now.
- Two dates are whole local days: from midnight of the first to the last second of the last, 23 or 25 hours where the
  clock is put forward or back.
- Without an end a span runs until now; without a start it runs from 1970.
- A bound may also be an instant (UTC, `2026-01-05T10:20:30Z` in a link).

An age (`older_than` in a link: `3d`, `24h`, or a band such as `1d-4d`) is counted back from `now` in the same way, so
that a drill-down into an age class stays relative.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""The first and last year that a link may name."""

LEAD_TOKENS = ("today", "7d", "30d", "90d", "365d")
"""Relative spans of `created` and `modified`."""
QUIET_TOKENS = ("24h", "3d", "7d", "14d", "30d", "90d")
"""Relative spans of `quiet`."""
ANY_TOKENS = ("any", "ever")
"""What a link may write for "no span"; since that is the default, our own links leave it out."""

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
_UNITS = {"h": HOUR, "d": DAY}
OLDER_TOKENS = ("24h", "3d", "7d", "30d", "90d")
"""Ages that the form offers; a link may name any other."""
MOST_OLD = 36_500 * DAY
"""The largest age that a link may name, a hundred years."""
_AGE_SHAPE = re.compile(r"(\d{1,6}[hd])(?:-(\d{1,6}[hd]))?", re.ASCII)
_DATE_SHAPE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT_SHAPE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class BadLink(ValueError):
    """A part of a link cannot be used; `str()` is the sentence for its reader."""


class Range(NamedTuple):
    """Two aware UTC datetimes of whole seconds, both included."""

    start: datetime
    end: datetime


def length(token: str) -> timedelta:
    """The length of a relative span of hours or days (`24h`, `7d`)."""
    return int(token[:-1]) * _UNITS[token[-1]]


def cut(now: datetime) -> datetime:
    """`now`, aware, in UTC and cut to the whole minute."""
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    return now.astimezone(UTC).replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Always:
    """No limit: any creation date, or any time of contact."""

    def resolve(self, now: datetime, zone: tzinfo) -> Range | None:  # noqa: ARG002 - one signature for all windows
        """None: the request has no range."""
        return None

    def params(self, part: str) -> dict[str, list[str]]:  # noqa: ARG002
        """No parameters: it is the default."""
        return {}


ANY = EVER = Always()


@dataclass(frozen=True)
class Last:
    """A span that ends now: `today`, hours (`24h`) or days (`7d`). It stays relative in a link."""

    token: str

    def __post_init__(self) -> None:
        if self.token not in LEAD_TOKENS + QUIET_TOKENS:
            raise ValueError(f"{self.token!r} is not a relative span; there are {LEAD_TOKENS + QUIET_TOKENS}")

    def resolve(self, now: datetime, zone: tzinfo) -> Range:
        """From the span's start until `now`, cut to the minute."""
        end = cut(now)
        if self.token == "today":  # noqa: S105 - a span, not a secret
            return Range(min(midnight(end.astimezone(zone).date(), zone), end), end)
        return Range(end - length(self.token), end)

    def params(self, part: str) -> dict[str, list[str]]:
        """The span as a link's parameter: `created=30d`."""
        return {part: [self.token]}


@dataclass(frozen=True)
class Between:
    """Two dates (whole days of the viewer's zone) or two instants (UTC), both included; one of them may be missing.

    Raises BadLink where the end is before the start, or a year is outside 1900 to 2100.
    """

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        bounds = [bound for bound in (self.start, self.end) if bound is not None]
        if not bounds or len({isinstance(bound, datetime) for bound in bounds}) > 1:
            raise ValueError("needs one or two bounds, of one kind: dates or instants")
        for bound in bounds:
            if isinstance(bound, datetime) and (bound.tzinfo is None or bound.microsecond):
                raise ValueError(f"{bound} is not an instant: it needs a time zone and whole seconds")
            if not FIRST_YEAR <= bound.year <= LAST_YEAR:
                raise BadLink(f"The year of {_written(bound)} is not between {FIRST_YEAR} and {LAST_YEAR}.")
        if self.start and self.end and self.start > self.end:
            raise BadLink(f"The range begins on {_written(self.start)}, after its end on {_written(self.end)}.")

    def resolve(self, now: datetime, zone: tzinfo) -> Range:
        """The range in UTC; a start in the future without an end is a range of one second."""
        start = EARLIEST if self.start is None else _first_second(self.start, zone)
        end = cut(now) if self.end is None else _last_second(self.end, zone)
        return Range(min(start, end), end) if self.start is None else Range(start, max(start, end))

    def params(self, part: str) -> dict[str, list[str]]:
        """The range as a link's parameters: `created_from=2026-01-05`, `created_to=2026-01-31`."""
        ends = {f"{part}_from": self.start, f"{part}_to": self.end}
        return {key: [_written(bound)] for key, bound in ends.items() if bound is not None}


Window = Always | Last | Between


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day, in UTC; where the clock skips midnight, when it is put forward."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _first_second(bound: date, zone: tzinfo) -> datetime:
    return bound.astimezone(UTC) if isinstance(bound, datetime) else midnight(bound, zone)


def _last_second(bound: date, zone: tzinfo) -> datetime:
    return bound.astimezone(UTC) if isinstance(bound, datetime) else midnight(bound + DAY, zone) - SECOND


def _written(bound: date) -> str:
    return f"{bound.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(bound, datetime) else bound.isoformat()


def _read_bound(text: str) -> date:
    spelled = text.upper()
    try:
        if _DATE_SHAPE.fullmatch(spelled):
            return date.fromisoformat(spelled)
        if _INSTANT_SHAPE.fullmatch(spelled):
            return datetime.fromisoformat(spelled).astimezone(UTC)
    except ValueError:
        raise BadLink(f"“{text}” is no date of the calendar.") from None
    raise BadLink(f"“{text}” is not a date; the form is 2026-01-31.")


@dataclass(frozen=True)
class Older:
    """Leads that came in at least `youngest` ago, and less than `oldest` ago (None: no limit); whole hours.

    Raises BadLink where no lead can be of such an age.
    """

    youngest: timedelta
    oldest: timedelta | None = None

    def __post_init__(self) -> None:
        for age in filter(None, (self.youngest, self.oldest)):
            if age % HOUR or not timedelta(0) <= age <= MOST_OLD:
                raise BadLink("An age is a number of hours or days, up to a hundred years.")
        if self.oldest is not None and self.oldest <= self.youngest:
            raise BadLink("The age ends before it begins.")

    @property
    def token(self) -> str:
        """As a link carries it: `3d`, `1d-4d`."""
        return "-".join(_age_token(age) for age in (self.youngest, self.oldest) if age is not None)

    def resolve(self, now: datetime) -> Range:
        """The range of creation dates. Where it begins with now, dates after `now` are in it, too."""
        start = cut(now) - self.oldest + SECOND if self.oldest else EARLIEST
        return Range(start, cut(now) - self.youngest if self.youngest else LATEST)

    def overlap(self, other: "Older") -> "Older | None":
        """The ages of both; None where there are none."""
        ends = [end for end in (self.oldest, other.oldest) if end is not None]
        youngest, oldest = max(self.youngest, other.youngest), min(ends, default=None)
        return Older(youngest, oldest) if oldest is None or youngest < oldest else None


def _age_token(age: timedelta) -> str:
    return f"{age // HOUR}h" if age % DAY or not age else f"{age // DAY}d"


def read_older(text: str) -> Older:
    """An age as a link names it (`3d`, `24h`, `1d-4d`); BadLink where it is none."""
    found = _AGE_SHAPE.fullmatch(text.strip().lower())
    if not found:
        raise BadLink(f"“{text}” is not an age; the form is 24h, 3d or 3d-7d.")
    youngest, oldest = found.groups()
    return Older(length(youngest), length(oldest) if oldest else None)


def read_window(part: str, params: Mapping[str, Sequence[str]], tokens: Sequence[str]) -> Window:
    """The window of `created`, `modified` or `quiet` in a link; ANY where it has none.

    `params` hold values without blanks around them, on one line and short. Raises BadLink where the window cannot be
    used. The first of several values counts; a relative span is preferred to dates.
    """
    named = params.get(part)
    if named:
        token = named[0].lower()
        if token in ANY_TOKENS:
            return ANY
        if token not in tokens:
            raise BadLink(f"“{named[0]}” is not a span; there are {', '.join(tokens)}.")
        return Last(token)
    start, end = (params.get(f"{part}_{side}") for side in ("from", "to"))
    if not start and not end:
        return ANY
    bounds = [_read_bound(side[0]) if side else None for side in (start, end)]
    if len({isinstance(bound, datetime) for bound in bounds if bound}) > 1:
        raise BadLink("One end of the range is a day and the other an instant.")
    return Between(*bounds)


@dataclass(frozen=True)
class AgeClass:
    """An age of leads: created at least `youngest` ago, and less than `oldest` ago (None: no limit)."""

    label: str
    youngest: timedelta
    oldest: timedelta | None

    @property
    def ages(self) -> Older:
        """The class as a question and a link name it."""
        return Older(self.youngest, self.oldest)

    def resolve(self, now: datetime) -> Range:
        """The class's range of creation dates. The classes do not overlap, and cover all of 1970 to 2100.

        The youngest class includes creation dates after `now`, so that the classes add up to all leads.
        """
        return self.ages.resolve(now)


# Ages are in completed days: "1–3 d" ends where the fourth day is complete.
AGE_CLASSES = (
    AgeClass("<1 h", timedelta(0), HOUR),
    AgeClass("1–24 h", HOUR, DAY),
    AgeClass("1–3 d", DAY, 4 * DAY),
    AgeClass("4–7 d", 4 * DAY, 8 * DAY),
    AgeClass("8–30 d", 8 * DAY, 31 * DAY),
    AgeClass("31–90 d", 31 * DAY, 91 * DAY),
    AgeClass(">90 d", 91 * DAY, None),
)


OLD_CLASSES = (
    AgeClass("<24 h", timedelta(0), DAY),
    AgeClass("1–7 d", DAY, 8 * DAY),
    AgeClass("8–30 d", 8 * DAY, 31 * DAY),
    AgeClass("31–90 d", 31 * DAY, 91 * DAY),
    AgeClass("91–180 d", 91 * DAY, 181 * DAY),
    AgeClass("181–365 d", 181 * DAY, 366 * DAY),
    AgeClass("1–2 y", 366 * DAY, 731 * DAY),
    AgeClass(">2 y", 731 * DAY, None),
)
"""The classes where nearly all leads are older than 90 days."""
OLDEST_CLASSES = (
    AgeClass("<91 d", timedelta(0), 91 * DAY),
    AgeClass("91–365 d", 91 * DAY, 366 * DAY),
    AgeClass("1–2 y", 366 * DAY, 731 * DAY),
    AgeClass("2–3 y", 731 * DAY, 1_096 * DAY),
    AgeClass("3–5 y", 1_096 * DAY, 1_827 * DAY),
    AgeClass("5–10 y", 1_827 * DAY, 3_653 * DAY),
    AgeClass(">10 y", 3_653 * DAY, None),
)
"""The classes where nearly all are older than two years."""
_STEPS = (7, 14, 30, 60, 90, 180, 365, 730, 1_825, 3_650)
_MOST_CLASSES = 7


def stepped(youngest: timedelta, oldest: timedelta) -> tuple[AgeClass, ...]:
    """Classes of equal length for leads all of which are between two ages: whole days, open at both ends.

    They begin at multiples of their length, so that they stay the same from one day to the next. Of ages that are too
    near to each other for two classes there is one for each side of a day between them.
    """
    first, last = youngest // DAY, oldest // DAY
    days = next((days for days in _STEPS if last // days - first // days < _MOST_CLASSES), _STEPS[-1])
    bounds = range((first // days + 1) * days, (last // days) * days + 1, days)[: _MOST_CLASSES - 1]
    ends = [DAY * bound for bound in bounds] or [DAY * max(first, 1)]
    middle = [AgeClass(f"{one // DAY:,}–{other // DAY - 1:,} d", one, other) for one, other in pairwise(ends)]
    young = AgeClass(f"<{ends[0] // DAY:,} d", timedelta(0), ends[0])
    return (young, *middle, AgeClass(f">{ends[-1] // DAY - 1:,} d", ends[-1], None))


def overlap(one: Range, other: Range) -> Range | None:
    """The common part of two ranges; None where there is none."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Range(start, end) if start <= end else None
