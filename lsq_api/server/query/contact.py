"""Where a statement looks up contact: in columns of the lead where these suffice, else in the rows of `contacts`.

For each of the codes that most leads have, a lead has columns with its first and last activity (`store/schema.py`).
They tell without a join whether there was contact up to now, or since a moment. Other ranges are looked up in
`contacts`, and so are rare codes, which have few rows there.
Source: decisions 2, 4, 5 and 8 of the wire notes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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
    `ahead`: some activities are in the future and must be compared with now (decision 8).
    """

    codes: tuple[int, ...] = ()
    but: int | None = None
    since: int | None = None
    ahead: bool = False


@dataclass(frozen=True)
class ByRows:
    """Contact by the rows of `contacts` up to now, or within `span`; `codes` are slots, `which` says how they count."""

    which: str
    codes: tuple[int, ...] = ()
    span: Span | None = None


@dataclass(frozen=True)
class Contact:
    """Where contact is looked up: in columns, in rows, or in both."""

    columns: ByColumns | None = None
    rows: ByRows | None = None


@dataclass(frozen=True)
class ContactRule:
    """What counts as contact: `which` of the `codes`, and `between` which moments (naive UTC; None: all time)."""

    which: str
    codes: tuple[int, ...] = ()
    between: tuple[datetime, datetime] | None = None

    def counts(self, code: int) -> bool:
        """Whether an activity with this code counts as contact."""
        return self.which == ANY or (code in self.codes) == (self.which == ONLY)


def contact_codes(filters: tuple[ActivityFilter, ...]) -> tuple[str, list[int]]:
    """How codes count (`ANY`, `ONLY`, `BUT`), and which: the union of all filters, any without filters (decision 5)."""
    only = sorted({code for f in filters if not f.all_but for code in f.codes})
    but = {f.codes[0] for f in filters if f.all_but}
    if not filters or len(but) > 1 or (but & set(only)):
        return ANY, []
    return (BUT, sorted(but)) if but else (ONLY, only)


def contact(asked: ContactRule, known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]) -> Contact:
    """Where to look up contact. `note` stores a value of the statement and returns its slot; moments are naive UTC."""
    counting = [code for code in sorted(known) if asked.counts(code)]
    if not counting:
        return Contact()
    latest = max(known[code].latest for code in counting)
    if asked.between is None:
        return _by_both(asked, {code: known[code] for code in counting}, note, None, ahead=latest > now)
    start, end = asked.between
    if min(end, now) >= latest:
        return _by_both(asked, {code: known[code] for code in counting}, note, (start, latest), ahead=False)
    return Contact(rows=ByRows(asked.which, _noted(asked.codes, note), Span(note(start), note(end))))


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
    if asked.which != ONLY:
        but = note(asked.codes[0]) if asked.which == BUT else None
        return Contact(ByColumns(but=but, since=since, ahead=ahead))
    with_columns = tuple(code for code, how in counting.items() if how.columns)
    rare = [code for code, how in counting.items() if not how.columns]
    columns = ByColumns(with_columns, since=since, ahead=ahead) if with_columns else None
    if not rare:
        return Contact(columns)
    span = None if since is None or between is None else Span(since, note(between[1]))
    return Contact(columns, ByRows(ONLY, _noted(rare, note), span))


def _noted(codes: Iterable[int], note: Callable[[Any], int]) -> tuple[int, ...]:
    return tuple(note(code) for code in codes)
