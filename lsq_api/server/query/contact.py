"""Where a statement looks up contact: in columns of the lead where these suffice, else in the rows of `contacts`.

For each of the codes that most leads have, a lead has columns with its first and last activity (`store/schema.py`).
They tell without a join whether there was contact up to now, or since a moment. Other ranges are looked up in
`contacts`, and so are rare codes, which have few rows there.

Where only answered activities count, there are further columns for a few codes: the first and last answered one, and
the longest.
Source: decisions 2, 4, 5 and 8 of the wire notes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lsq_api.contract.conditions import ActivityFilter
from lsq_api.server.store.schema import KnownCode

ANY = "any"
BUT = "but"
ONLY = "only"


@dataclass(frozen=True)
class Span:
    """A range, both ends included, as the slots of its two values."""

    start: int
    end: int


@dataclass(frozen=True)
class ByColumns:
    """Contact by columns of the lead: any first activity up to now, or, with `since` (a slot), any last one since then.

    `codes` have columns of their own; `but` is the slot of the one code that does not count; without either, all count.
    `ahead`: some activities are in the future and must be compared with now (decision 8). `answered`: only activities
    that were count, and with `longest` (a slot) only where one of them took so many seconds.
    """

    codes: tuple[int, ...] = ()
    but: int | None = None
    since: int | None = None
    ahead: bool = False
    answered: bool = False
    longest: int | None = None


@dataclass(frozen=True)
class ByRows:
    """Contact by the rows of `contacts` up to now, or within `span`; `codes` are slots, `which` says how they count.

    `answered`: only those that were count, and with `least` (a slot) those that took so many seconds.
    """

    which: str
    codes: tuple[int, ...] = ()
    span: Span | None = None
    answered: bool = False
    least: int | None = None


@dataclass(frozen=True)
class Contact:
    """Where contact is looked up: in columns, in rows, or in both; `also` elsewhere, for what has another outcome."""

    columns: ByColumns | None = None
    rows: ByRows | None = None
    also: "tuple[Contact, ...]" = ()

    @property
    def parts(self) -> "tuple[Contact, ...]":
        """This one and those in `also`: there is contact where any of them finds one."""
        return (self, *self.also)


@dataclass(frozen=True)
class ContactRule:
    """What counts as contact: `which` of the `codes`, and `between` which moments (naive UTC; None: all time).

    `least`: only answered activities of at least so many seconds count (None: whatever their outcome).
    """

    which: str
    codes: tuple[int, ...] = ()
    between: tuple[datetime, datetime] | None = None
    least: int | None = None

    def counts(self, code: int) -> bool:
        """Whether an activity with this code counts as contact."""
        return self.which == ANY or (code in self.codes) == (self.which == ONLY)

    def of(self, known: Collection[int]) -> "ContactRule":
        """The same without codes that no activity has, which decide nothing; a list of codes may be long."""
        if self.which != ONLY:
            return self
        return replace(self, codes=tuple(code for code in self.codes if code in known))

    def found_among(self, known: KnownCode) -> bool:
        """Whether any activity of a code can have the outcome."""
        return self.least is None or bool(known.timed if self.least else known.answered)


def rules(filters: tuple[ActivityFilter, ...], between: tuple[datetime, datetime] | None) -> list[ContactRule]:
    """What counts as contact by the filters: a rule for each outcome that they ask for, of which any may be met."""
    outcomes = sorted({f.outcome for f in filters}, key=lambda least: -1 if least is None else least)
    found = []
    for least in outcomes or [None]:
        which, codes = contact_codes(tuple(f for f in filters if f.outcome == least))
        found.append(ContactRule(which, tuple(codes), between, least))
    return found


def contact_codes(filters: tuple[ActivityFilter, ...]) -> tuple[str, list[int]]:
    """How codes count (`ANY`, `ONLY`, `BUT`), and which: the union of all filters, any without filters (decision 5)."""
    only = sorted({code for f in filters if not f.all_but for code in f.codes})
    but = {f.codes[0] for f in filters if f.all_but}
    if not filters or len(but) > 1 or (but & set(only)):
        return ANY, []
    return (BUT, sorted(but)) if but else (ONLY, only)


def contact(asked: ContactRule, known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]) -> Contact:
    """Where to look up contact. `note` stores a value of the statement and returns its slot; moments are naive UTC."""
    counting = [code for code in sorted(known) if asked.counts(code) and asked.found_among(known[code])]
    if not counting:
        return Contact()
    latest = max(known[code].latest for code in counting)
    if asked.between is None:
        return _by_both(asked, {code: known[code] for code in counting}, note, None, ahead=latest > now)
    start, end = asked.between
    if min(end, now) >= latest:
        return _by_both(asked, {code: known[code] for code in counting}, note, (start, latest), ahead=False)
    return Contact(rows=rows_of(asked, asked.codes, note, Span(note(start), note(end))))


def tries(asked: ContactRule, note: Callable[[Any], int]) -> ByRows:
    """Where the activities of a rule are counted, whatever their outcome. `note` is as for `contact`."""
    span = None if asked.between is None else Span(*map(note, asked.between))
    return ByRows(asked.which, _noted(asked.codes, note), span)


def _by_both(
    asked: ContactRule,
    counting: Mapping[int, KnownCode],
    note: Callable[[Any], int],
    between: tuple[datetime, datetime] | None,
    *,
    ahead: bool,
) -> Contact:
    """By columns, and by rows for codes without columns. No activity that counts is later than `between`."""
    since = None if between is None else note(between[0])
    if asked.which != ONLY and asked.least is not None:
        span = None if since is None or between is None else Span(since, note(between[1]))
        return Contact(rows=rows_of(asked, asked.codes, note, span))
    if asked.which != ONLY:
        but = note(asked.codes[0]) if asked.which == BUT else None
        return Contact(ByColumns(but=but, since=since, ahead=ahead))
    with_columns = tuple(code for code, how in counting.items() if _in_columns(asked, how, since, ahead=ahead))
    rare = [code for code in counting if code not in with_columns]
    columns = None
    if with_columns:
        longest = note(asked.least) if asked.least else None
        columns = ByColumns(with_columns, since=since, ahead=ahead, answered=asked.least is not None, longest=longest)
    if not rare:
        return Contact(columns)
    span = None if since is None or between is None else Span(since, note(between[1]))
    return Contact(columns, rows_of(asked, rare, note, span))


def _in_columns(asked: ContactRule, how: KnownCode, since: int | None, *, ahead: bool) -> bool:
    """Whether columns can tell. When the longest one was, they do not say."""
    if asked.least is None:
        return how.columns
    return how.outcomes and (not asked.least or (since is None and not ahead))


def rows_of(asked: ContactRule, codes: Iterable[int], note: Callable[[Any], int], span: Span | None = None) -> ByRows:
    """The rows that a rule counts, of some of its codes."""
    least = note(asked.least) if asked.least else None
    return ByRows(asked.which, _noted(codes, note), span, asked.least is not None, least)


def _noted(codes: Iterable[int], note: Callable[[Any], int]) -> tuple[int, ...]:
    return tuple(note(code) for code in codes)
