"""What the screens should say, counted in plain Python from the rows of a store, without any code of the product."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

Lead = dict[str, Any]
PHONE_CALL = (21, 22)
INDIA = timedelta(hours=5, minutes=30)
HOUR, DAY = 3600, 24 * 3600
AGES = (HOUR, DAY, 4 * DAY, 8 * DAY, 31 * DAY, 91 * DAY)
"""Where one age class ends and the next begins, in seconds."""


@dataclass(frozen=True, repr=False)
class Books:
    """All rows of a store, by column name."""

    leads: list[Lead]
    activities: dict[str, list[tuple[int, datetime]]]
    """Code and time of what was done on each lead."""
    users: list[dict[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "Books":
        with duckdb.connect(str(path), read_only=True) as store:
            done = defaultdict(list)
            for lead, code, when in store.execute(
                'SELECT "RelatedProspectId", "ActivityEvent", "CreatedOn" FROM activities'
            ).fetchall():
                done[lead].append((code, when))
            return cls(_rows(store, "leads"), dict(done), _rows(store, "users"))

    def book(self, which: Callable[[Lead], Any] = bool) -> list[Lead]:
        """The leads that fit."""
        return [lead for lead in self.leads if which(lead)]

    def waiting(
        self,
        which: Callable[[Lead], Any] = bool,
        *,
        codes: Collection[int] = PHONE_CALL,
        since: datetime | None = None,
    ) -> list[Lead]:
        """Of the leads that fit those on which nothing of these codes was done, ever or since a time."""
        return [
            lead
            for lead in self.book(which)
            if not any(
                code in codes and (since is None or when >= since)
                for code, when in self.activities.get(lead["ProspectID"], ())
            )
        ]

    def untouched(self, leads: list[Lead]) -> list[Lead]:
        """Those without any activity."""
        return [lead for lead in leads if lead["ProspectID"] not in self.activities]

    def name(self, user_id: str | None) -> str:
        """Both names of a user."""
        user = next(user for user in self.users if user["UserId"] == user_id)
        return f"{user['FirstName'] or ''} {user['LastName'] or ''}".strip()

    def written(self, field: str, value: Any) -> str:
        """A value as a file for people in India holds it."""
        if value is None:
            return ""
        if field == "OwnerId":
            return self.name(value)
        if isinstance(value, datetime):
            midnight = not (value.hour or value.minute or value.second)
            return f"{value:%Y-%m-%d}" if field.startswith("mx_") and midnight else f"{value + INDIA:%Y-%m-%d %H:%M:%S}"
        text = str(value)
        # What a spreadsheet would run is text; a phone that it would compute is one behind a mark that nobody sees.
        if text[:1] == "+" and "-" in text and text[1:].replace("-", "").isdigit():
            return f"\u200e{text}"
        return f"'{text}" if text[:1] in "=+-@\t\r" and not text[1:].isdigit() else text

    def team(self, manager: str) -> set[str]:
        """A manager and everybody below."""
        found = {manager}
        while more := {user["UserId"] for user in self.users if user["ManagerUserId"] in found} - found:
            found |= more
        return found


def _rows(store: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    result = store.table(table)
    return [dict(zip(result.columns, row, strict=True)) for row in result.fetchall()]


def by(field: str, leads: list[Lead]) -> Counter[str | None]:
    """How many leads each value has."""
    return Counter(lead[field] for lead in leads)


def ages(leads: list[Lead], now: datetime) -> list[int]:
    """How many leads are in each age class, youngest first."""
    found = [0] * (len(AGES) + 1)
    for lead in leads:
        seconds = (now - lead["CreatedOn"]).total_seconds()
        found[sum(seconds >= end for end in AGES)] += 1
    return found


def whole(share: float) -> str:
    """A share as the screen writes it, but for the smallest and largest."""
    return f"{int(100 * share + 0.5)} %"


def this_minute() -> datetime:
    """Now as a store holds times: UTC without a zone, whole minutes."""
    return datetime.now(UTC).replace(second=0, microsecond=0, tzinfo=None)
