"""How a store finds out who was contacted: by columns of the lead where they can tell, else by the rows of `contacts`.

A store keeps, for each of the codes that most leads have, when the lead had its first and its last activity of it
(`tables.py`). That decides without any join whether there was contact up to now, and whether there was any since a
moment. Every other span is looked up in `contacts`, and so are rare codes, which have few rows there.
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
    """Two slots, both ends included."""

    start: int
    end: int


@dataclass(frozen=True)
class ByColumns:
    """Contact by the lead's own columns: a first activity up to now, or (with `since`, a slot) a last one since then.

    `codes` are codes with columns; `but` is the slot of a code beside which every other counts; with neither, all do.
    `ahead` says that some activities may lie ahead of now; where none does, any first activity is contact.
    """

    codes: tuple[int, ...] = ()
    but: int | None = None
    since: int | None = None
    ahead: bool = False


@dataclass(frozen=True)
class ByRows:
    """Contact by the rows of `contacts` up to now, in the span where there is one; `codes` are slots."""

    which: str
    codes: tuple[int, ...] = ()
    span: Span | None = None


@dataclass(frozen=True)
class Contact:
    """Which activities count as contact, and where that is looked up: in the one place, the other, or both."""

    columns: ByColumns | None = None
    rows: ByRows | None = None


@dataclass(frozen=True)
class ContactRule:
    """Which activities count as contact, with values: `which` of the codes, and between which moments."""

    which: str
    codes: tuple[int, ...] = ()
    between: tuple[datetime, datetime] | None = None

    def counts(self, code: int) -> bool:
        """Whether an activity of the code is contact."""
        return self.which == ANY or (code in self.codes) == (self.which == ONLY)


def contact_codes(filters: tuple[ActivityFilter, ...]) -> tuple[str, list[int]]:
    """Which codes count as contact: the union over all filters (decision 5); without any filter every code does."""
    only = sorted({code for f in filters if not f.all_but for code in f.codes})
    but = {f.codes[0] for f in filters if f.all_but}
    if not filters or len(but) > 1 or (but & set(only)):
        return ANY, []
    return (BUT, sorted(but)) if but else (ONLY, only)


def contact(asked: ContactRule, known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]) -> Contact:
    """Where to look. `note` keeps a value and gives its slot; moments are naive UTC."""
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
    """By columns; the codes that have none by rows. Nothing that counts comes after a span that is given."""
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
