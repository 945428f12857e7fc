"""The people of the demo data: sixty users in six teams, and the names that leads are made of.

Addresses are at domains reserved for examples, so that no message can reach anybody.
"""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from faker import Faker

from lsq_api.server.demo.company import TEAM_NEGLECT, TEAMS
from lsq_api.server.store.schema import USERS

NAMES_PER_ORIGIN: Final = 40
# Faker's locale and its share of the leads: mostly Indian, some in their own script, some with accents, apostrophes.
ORIGINS: Final = {
    "en_IN": 60, "hi_IN": 3, "bn_BD": 2, "ne_NP": 2, "ta_IN": 2, "en_GB": 6, "en_IE": 4, "fr_FR": 3, "es_ES": 3,
    "pl_PL": 2, "tr_TR": 2, "ar_AA": 2, "zh_CN": 1, "yo_NG": 4, "sw": 3,
}  # fmt: skip
ROUTER: Final = 60
"""The number of the system user that holds the leads nobody was given yet."""

_GOAN: Final = ("D'Souza", "D'Costa", "D'Mello")
_OWNERS_OF_TEAM: Final = (9, 9, 8, 8, 8, 7)
_NEGLECT_OF_OWNER: Final = (0.35, 1.0, 1.7, 0.6, 2.3, 0.8, 1.25, 0.45, 1.5)  # times the team's, by place in the team
_LEFT: Final = {(0, 5), (1, 6), (2, 3), (4, 2), (5, 4)}  # team and place in it: gone, while leads still bear their name
_LEAST_NEGLECT, _MOST_NEGLECT = 0.08, 0.68


@dataclass(frozen=True)
class DemoUser:
    """A user: a row of users, and what the generator needs to know of their ways.

    `team` is an index of TEAMS, -1 outside the teams; `manager` and `heir` are numbers of users. The heir gets the
    leads that come in after `left_on` (naive UTC). `share` is of the team's new leads, `neglect` the share of their
    leads they never call, `pace` the working seconds until their first call, on average.
    """

    number: int
    name: tuple[str, str]
    role: str
    designation: str
    user_id: str
    joined_on: datetime
    team: int = -1
    manager: int | None = None
    share: int = 0
    neglect: float = 1.0
    pace: int = 3600
    left_on: datetime | None = None
    heir: int | None = None

    @property
    def phone(self) -> str:
        """A number that nobody has: no Indian mobile number begins with 5."""
        return f"+91-5550{self.number:06d}"

    @property
    def row(self) -> dict[str, Any]:
        """Their row of users, but for ManagerUserId."""
        first, last = self.name
        described = {
            "UserId": self.user_id,
            "FirstName": first,
            "LastName": last,
            "EmailAddress": f"{_ascii(first)}.{_ascii(last)}@demo-company.example",
            "Role": self.role,
            "StatusCode": "0" if self.left_on is None else "1",
            "AssociatedPhoneNumbers": self.phone,
            "PhoneMobile": self.phone,
            "TeamId": None if self.team < 0 else f"team-{self.team + 1}",
            "Groups": None if self.team < 0 else f"{TEAMS[self.team]},Sales",
            "EmployeeId": f"E{1000 + self.number}",
            "Department": "Marketing" if self.role == "Marketing_User" else "Sales",
            "Designation": self.designation,
            "CreatedOn": self.joined_on,
        }
        return {column: described.get(column) for column in USERS}

    @property
    def ways(self) -> dict[str, Any]:
        """What the statements read of them; times in seconds since 1970."""
        return {
            "number": self.number,
            "user_id": self.user_id,
            "phone": self.phone,
            "manager": self.manager,
            "heir": self.heir,
            "left_at": int(self.left_on.replace(tzinfo=UTC).timestamp()) if self.left_on else None,
            "neglect": self.neglect,
            "pace": self.pace,
        }


def users(seed: int, now: datetime) -> list[DemoUser]:
    """The sixty users of a seed, by number; `now` (naive UTC) dates who joined and who left."""
    dice = random.Random(f"users {seed}")
    named = _user_names(seed)

    def user(number: int, designation: str, role: str, **ways: Any) -> DemoUser:
        guid = str(UUID(int=dice.getrandbits(128), version=4))
        joined = now - timedelta(days=dice.randint(600, 2000), minutes=dice.randint(0, 600))
        return DemoUser(number, next(named), role, designation, guid, joined, **ways)

    made = [user(1, "Head of Sales", "Sales_Manager")]
    for team, number in enumerate(range(2, 8)):
        made.append(user(number, "Team Manager", "Sales_Manager", team=team, manager=1, share=1, neglect=0.3))
    for team, owners in enumerate(_OWNERS_OF_TEAM):
        first = len(made) + 1
        for place in range(owners):
            designation = "Senior Counsellor" if place % 4 == 0 else "Counsellor"
            ways = _ways(dice, team, place, first, now)
            made.append(user(first + place, designation, "Sales_User", team=team, manager=2 + team, **ways))
    made.append(user(57, "CRM Administrator", "Administrator", manager=1))
    made.append(user(58, "Marketing Lead", "Marketing_User", manager=1))
    made.append(user(59, "Marketing Executive", "Marketing_User", manager=58))
    named = iter([("Lead", "Router")])
    made.append(user(ROUTER, "System User", "Administrator"))
    return made


def _ways(dice: random.Random, team: int, place: int, first: int, now: datetime) -> dict[str, Any]:
    """How an owner works: lazy or busy, slow or quick, still there or gone."""
    neglect = min(_MOST_NEGLECT, max(_LEAST_NEGLECT, TEAM_NEGLECT[team] * _NEGLECT_OF_OWNER[place]))
    left = (team, place) in _LEFT
    return {
        "share": dice.randint(6, 12),
        "neglect": neglect,
        "pace": int(3600 * dice.uniform(0.5, 4) * (1 + 8 * neglect)),
        "left_on": now - timedelta(days=dice.randint(150, 260)) if left else None,
        "heir": first if left else None,
    }


def _user_names(seed: int) -> Iterator[tuple[str, str]]:
    """Names of users in Latin letters, no two with the same address."""
    seen: set[tuple[str, str]] = set()
    indian, british, french, irish = (_people(origin, seed + 1) for origin in ("en_IN", "en_GB", "fr_FR", "en_IE"))
    while True:
        for people in (indian, indian, indian, british, indian, indian, french, indian, indian, irish):
            name = (people.first_name(), people.last_name())
            key = (_ascii(name[0]), _ascii(name[1]))
            if key not in seen:
                seen.add(key)
                yield name


def _people(origin: str, seed: int) -> Faker:
    people = Faker(origin, providers=["faker.providers.person"])  # every provider would cost ten times the time
    people.seed_instance(seed)
    return people


def names(seed: int) -> list[dict[str, Any]]:
    """Given and family names, NAMES_PER_ORIGIN of each origin, with the form they take in an e-mail address."""
    rows: list[dict[str, Any]] = []
    for origin in ORIGINS:
        people = _people(origin, seed)
        given = [people.first_name() for _ in range(NAMES_PER_ORIGIN)]
        family = [people.last_name() for _ in range(NAMES_PER_ORIGIN)]
        if origin == "en_IN":
            family[: len(_GOAN)] = _GOAN
        rows += [
            {"origin": origin, "slot": slot, "given": g, "family": f, "given_mail": _ascii(g), "family_mail": _ascii(f)}
            for slot, (g, f) in enumerate(zip(given, family, strict=True))
        ]
    return rows


def companies(seed: int) -> list[str]:
    """Names of employers."""
    invented = Faker("en_IN", providers=["faker.providers.person", "faker.providers.company"])
    invented.seed_instance(seed)
    return list(dict.fromkeys(invented.company() for _ in range(60)))


def _ascii(name: str) -> str:
    """A name as an e-mail address has it: unaccented lower-case letters; blank where none are left."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).lower() if "a" <= letter <= "z")
