"""Where a statement looks up the last contact of each lead, by the codes that count in a report.

It is the newest activity up to now whose code counts, whatever range of dates the report asks about. Where none of the
counting codes was used later than now, the columns of leads tell (`store/schema.py`); rare codes, and all where some
activity lies ahead, are looked up in `contacts`. Source: decisions 2, 5 and 8 of the wire notes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.server.query.contact import BUT, ONLY, ByColumns, ByRows, ContactRule
from lsq_api.server.store import schema
from lsq_api.server.store.schema import KnownCode

FIELDS = (LAST_CONTACT, WAITING_SINCE)
"""What a report on leads not contacted shows beside lead fields: the last contact, or without one the creation."""


@dataclass(frozen=True)
class LastContact:
    """Where the last contact is looked up: in columns, in rows, in both; in neither where no code counts."""

    columns: ByColumns | None = None
    rows: ByRows | None = None

    @property
    def touched(self) -> set[str]:
        """The columns of leads that it uses."""
        named = {schema.NUMBER} if self.rows else set()
        if self.columns is None:
            return named
        seen = schema.SINCE
        if self.columns.but is not None:
            return named | {seen.any, seen.code, seen.other}
        return named | ({seen.of(code) for code in self.columns.codes} or {seen.any})


def last_contact(
    asked: ContactRule, known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]
) -> LastContact:
    """Where to look up the last contact. `note` stores a value of the statement and returns its slot."""
    counting = [code for code in sorted(known) if asked.counts(code)]
    if not counting:
        return LastContact()
    if max(known[code].latest for code in counting) > now:  # decision 8: what lies ahead is no contact
        return LastContact(rows=ByRows(asked.which, tuple(note(code) for code in asked.codes)))
    if asked.which != ONLY:
        return LastContact(ByColumns(but=note(asked.codes[0]) if asked.which == BUT else None))
    rare = tuple(note(code) for code in counting if not known[code].columns)
    columns = tuple(code for code in counting if known[code].columns)
    return LastContact(ByColumns(columns) if columns else None, ByRows(ONLY, rare) if rare else None)


def without_span(asked: ContactRule) -> ContactRule:
    """The same kind of contact at any time."""
    return replace(asked, between=None)
