"""Who creates a host's activities: which users do so at all hours, as no person does, and what each type is made by.

An extension of the local server: the vendor's calls tell the creator of one activity after the other. Its account names
it, and then there is one more call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from lsq_api.contract.lookups import rows_of
from lsq_api.contract.members import Members

MAKERS: Final = "ActivityMakers"
"""The extension's name."""
MAKERS_CALL: Final = "/v2/ProspectActivity.svc/Makers"
"""The path of the call, for which the vendor has none."""
ENOUGH: Final = 200
"""Activities from which on the hours of a user tell something."""
NIGHT: Final = 6
"""Hours in a row that everybody sleeps or rests in."""
HARDLY: Final = 0.01
"""The part of a person's activities that may be in the quietest such hours; evenly spread it would be a quarter."""


def at_all_hours(hours: Sequence[int]) -> bool | None:
    """Whether somebody is active day and night, by the number of activities in each of the 24 hours of a day.

    None where there are too few to tell. In which zone the hours are does not matter.
    """
    whole = sum(hours)
    if whole < ENOUGH:
        return None
    quietest = min(sum(hours[(start + hour) % 24] for hour in range(NIGHT)) for start in range(24))
    return quietest >= HARDLY * whole


@dataclass(frozen=True)
class Maker:
    """A user who has created activities: how many, whether at all hours (None: too few to tell), and of which codes.

    The codes are said of those alone who are active at all hours.
    """

    count: int
    at_all_hours: bool | None = None
    codes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Made:
    """Activities of one code: by users who rest, by users who are active at all hours, and by nobody known."""

    by_people: int = 0
    by_systems: int = 0
    by_nobody: int = 0


@dataclass(frozen=True)
class ActivityMakers:
    """The users who create activities, by ID in lower case, and what created those of each code that occurs."""

    users: Mapping[str, Maker] = field(default_factory=dict)
    codes: Mapping[int, Made] = field(default_factory=dict)

    @classmethod
    def read(cls, body: object) -> Self:
        """From the answer of the call."""
        return cls(dict(rows_of(body, _maker, "Users")), dict(rows_of(body, _made, "Codes")))

    def wire(self) -> dict[str, Any]:
        """As the call answers it."""
        return {
            "Users": [
                {"UserId": user, "Count": one.count, "AtAllHours": one.at_all_hours, "Codes": list(one.codes)}
                for user, one in sorted(self.users.items())
            ],
            "Codes": [
                {
                    "ActivityEvent": code,
                    "ByPeople": one.by_people,
                    "BySystems": one.by_systems,
                    "ByNobody": one.by_nobody,
                }
                for code, one in sorted(self.codes.items())
            ],
        }


def _maker(row: Mapping[str, Any]) -> tuple[str, Maker]:
    members = Members(row)
    said = members.first("AtAllHours")
    listed = members.first("Codes") or ()
    return members.needed("UserId").casefold(), Maker(
        count=members.number("Count") or 0,
        at_all_hours=said if isinstance(said, bool) else None,
        codes=tuple(code for code in listed if isinstance(code, int)),
    )


def _made(row: Mapping[str, Any]) -> tuple[int, Made]:
    members = Members(row)
    return members.code("ActivityEvent"), Made(
        *(members.number(name) or 0 for name in ("ByPeople", "BySystems", "ByNobody"))
    )
