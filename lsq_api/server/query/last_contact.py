"""Where a statement looks up the last contact of each lead, by the codes that count in a report.

It is the newest activity up to now that counts, whatever range of dates the report asks about. Where none of the
counting codes was used later than now, the columns of leads tell (`store/schema.py`); rare codes, those that must have
an outcome, and all where some activity lies ahead, are looked up in `contacts`.
Source: decisions 2, 5 and 8 of the wire notes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.server.query.contact import BUT, ONLY, ByColumns, ByRows, ContactRule, by_rows
from lsq_api.server.store import schema
from lsq_api.server.store.schema import KnownCode

FIELDS = (LAST_CONTACT, WAITING_SINCE)
"""What a report on leads not contacted shows beside lead fields: the last contact, or without one the creation."""


@dataclass(frozen=True)
class LastContact:
    """Where the last contact is looked up: in columns, in rows, in both; in neither where no code counts."""

    columns: tuple[ByColumns, ...] = ()
    rows: tuple[ByRows, ...] = ()

    @property
    def touched(self) -> set[str]:
        """The columns of leads that it uses."""
        seen, named = schema.SINCE, {schema.NUMBER} if self.rows else set()
        for columns in self.columns:
            if columns.but is not None:
                named |= {seen.any, seen.code, seen.other}
            else:
                named |= {seen.of(code) for code in columns.codes} or {seen.any}
        return named


def last_contact(
    asked: Sequence[ContactRule], known: Mapping[int, KnownCode], now: datetime, note: Callable[[Any], int]
) -> LastContact:
    """Where to look up the last contact by any of the rules. `note` stores a value and returns its slot."""
    columns: list[ByColumns] = []
    rows: list[ByRows] = []
    for rule in asked:
        counting = [code for code in sorted(known) if rule.counts(code) and rule.found_among(known[code])]
        if not counting:
            continue
        ahead = max(known[code].latest for code in counting) > now  # decision 8: what lies ahead is no contact
        if ahead or rule.least is not None:
            rows.append(by_rows(rule, rule.codes, note))
        elif rule.which != ONLY:
            columns.append(ByColumns(but=note(rule.codes[0]) if rule.which == BUT else None))
        else:
            with_columns = tuple(code for code in counting if known[code].columns)
            rare = [code for code in counting if not known[code].columns]
            columns += [ByColumns(with_columns)] if with_columns else []
            rows += [by_rows(rule, rare, note)] if rare else []
    return LastContact(tuple(columns), tuple(rows))
