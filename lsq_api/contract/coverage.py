"""Which activities a host has at all: since when and until when, in all and of each code.

An extension of the local server, whose files may hold no activities, not those of a code, or none before a date. An
account without it, as a real one, has all activities of its leads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from lsq_api.contract.members import Members

COVERAGE = "ActivityCoverage"
"""The extension's name, and the member of the account with its rows."""
TELLING = 0.1
"""The least share of a code's activities with a known outcome: by fewer nobody can say which leads were reached."""


_COUNT = "Count"
_FIGURES = (_COUNT, "Answered", "NotAnswered", "Timed")


class Covered(NamedTuple):
    """The times of the first and the last known activity (UTC), both included."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Outcomes:
    """Of the activities of a code: how many there are, were answered and not, and how many answered ones say how long.

    Of the others nobody knows whether they were answered.
    """

    count: int = 0
    answered: int = 0
    unanswered: int = 0
    timed: int = 0

    @property
    def unknown(self) -> int:
        """Activities that do not say whether they were answered."""
        return self.count - self.answered - self.unanswered

    def tell(self, least: int = 0) -> bool:
        """Whether enough of them say whether they were answered and, with `least`, how many seconds they took."""
        known = self.answered + self.unanswered
        enough = known > 0 and known >= self.count * TELLING
        return enough and (not least or (self.timed > 0 and self.timed >= self.answered * TELLING))


@dataclass(frozen=True)
class ActivityCoverage:
    """How many activities are known, and when the first and last of each code that occurs was.

    `leads_since` is when the oldest lead came in (UTC); None where no lead has such a date. `outcomes` are those of
    each code, where the host tells them.
    """

    count: int = 0
    codes: Mapping[int, Covered] = field(default_factory=dict)
    leads_since: datetime | None = None
    outcomes: Mapping[int, Outcomes] = field(default_factory=dict)

    def of(self, codes: Iterable[int] = ()) -> Covered | None:
        """The first and last activity of any of these codes, of any code at all without any; None without one."""
        asked = set(codes) or self.codes.keys()
        found = [known for code, known in self.codes.items() if code in asked]
        return Covered(min(one.since for one in found), max(one.until for one in found)) if found else None

    @classmethod
    def read(cls, given: object) -> Self | None:
        """From the member of the account; None where there is none."""
        if given is None:
            return None
        members = Members(given)
        listed = members.first("Codes")
        rows = [Members(row) for row in (listed if isinstance(listed, list) else [])]
        found = {row.code("ActivityEvent"): (row.moment("Since"), row.moment("Until")) for row in rows}
        return cls(
            count=members.number("Count") or 0,
            codes={code: Covered(since, until) for code, (since, until) in found.items() if since and until},
            leads_since=members.moment("LeadsSince"),
            outcomes={row.code("ActivityEvent"): _outcomes(row) for row in rows if row.number(_COUNT) is not None},
        )

    def wire(self) -> dict[str, Any]:
        """As the account says it; times are UTC, `yyyy-MM-dd HH:mm:ss`."""
        known = self.of()
        return {
            "Count": self.count,
            "Since": _written(known and known.since),
            "Until": _written(known and known.until),
            "LeadsSince": _written(self.leads_since),
            "Codes": [
                {"ActivityEvent": code, "Since": _written(one.since), "Until": _written(one.until)}
                | (dict(zip(_FIGURES, astuple(self.outcomes[code]), strict=True)) if code in self.outcomes else {})
                for code, one in sorted(self.codes.items())
            ],
        }


def _outcomes(row: Members) -> Outcomes:
    return Outcomes(*(row.number(name) or 0 for name in _FIGURES))


def _written(moment: datetime | None) -> str | None:
    # Not by `strftime`, which leaves the zeros off the year 0001 that some systems write for no time.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds") if moment else None
