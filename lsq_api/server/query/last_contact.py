"""Where a statement looks up the last contact of each lead, by the codes that count in a report.

It is the newest activity up to now whose code counts, whatever range of dates the report asks about. Where none of the
counting codes was used later than now, the columns of leads tell (`store/schema.py`); rare codes, and all where some
activity lies ahead, are looked up in `contacts`. Where only answered activities count, it is the newest of these.
Source: decisions 2, 5 and 8 of the wire notes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.server.query.contact import BUT, ONLY, ByColumns, ByRows, ContactRule, rows_of
from lsq_api.server.store import schema
from lsq_api.server.store.schema import KnownCode

FIELDS = (LAST_CONTACT, WAITING_SINCE)
"""What a report on leads not contacted shows beside lead fields: the last contact, or without one the creation."""


@dataclass(frozen=True)
class LastContact:
    """Where the last contact is looked up: in columns, in rows, in both, in each of several where outcomes differ; in
    none where no code counts.
    """

    columns: tuple[ByColumns, ...] = ()
    rows: tuple[ByRows, ...] = ()

    @property
    def touched(self) -> set[str]:
        """The columns of leads that it uses."""
        named = {schema.NUMBER} if self.rows else set()
        return named | {name for columns in self.columns for name in _touched(columns)}


def _touched(columns: ByColumns) -> set[str]:
    seen = schema.SINCE
    if columns.but is not None:
        return {seen.any, seen.code, seen.other}
    if columns.answered:
        return {seen.answered(code) for code in columns.codes}
    return {seen.of(code) for code in columns.codes} or {seen.any}


def last_contact(
    asked: Sequence[ContactRule], known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]
) -> LastContact:
    """Where to look up the last contact by any of the rules. `note` stores a value of the statement and returns its
    slot.
    """
    found = [_of_rule(rule, known, now, note) for rule in asked]
    columns, rows = zip(*found, strict=True)
    return LastContact(tuple(one for one in columns if one), tuple(one for one in rows if one))


def _of_rule(
    asked: ContactRule, known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]
) -> tuple[ByColumns | None, ByRows | None]:
    counting = [code for code in sorted(known) if asked.counts(code) and asked.found_among(known[code])]
    if not counting:
        return None, None
    ahead = max(known[code].latest for code in counting) > now  # decision 8: what lies ahead is no contact
    if ahead or (asked.least is not None and (asked.which != ONLY or asked.least)):
        return None, rows_of(asked, asked.codes, note)
    if asked.which != ONLY:
        return ByColumns(but=note(asked.codes[0]) if asked.which == BUT else None), None
    answered = asked.least is not None
    columns = tuple(code for code in counting if (known[code].outcomes if answered else known[code].columns))
    rare = tuple(code for code in counting if code not in columns)
    return ByColumns(columns, answered=answered) if columns else None, rows_of(asked, rare, note) if rare else None


def without_span(asked: ContactRule) -> ContactRule:
    """The same kind of contact at any time."""
    return replace(asked, between=None)
