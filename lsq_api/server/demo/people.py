"""The people of the demo data: sixty users in six teams, and the names that leads and their employers are made of.

Names are Faker's. Its telephone numbers may be somebody's, and its e-mail addresses go with no name and come twice:
here a number begins as none does, and an address is the name at a domain that is reserved for examples.
"""

import random
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Any, Final
from uuid import UUID

from faker import Faker

from lsq_api.server.demo.company import DIAL, TEAM_NEGLECT, TEAMS

NAMES: Final = 40
"""Given and family names of each origin, for leads to combine; asking Faker for each lead would take 36 µs a lead."""
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

USERS: Final = """
    INSERT INTO users BY NAME
    SELECT people.user_id AS "UserId", people.first_name AS "FirstName", people.last_name AS "LastName",
        people.mail AS "EmailAddress", people.role AS "Role",
        CASE WHEN people.left_at IS NULL THEN '0' ELSE '1' END AS "StatusCode",
        people.phone AS "AssociatedPhoneNumbers", people.phone AS "PhoneMobile", above.user_id AS "ManagerUserId",
        'team-' || (people.team + 1) AS "TeamId", people.office || ',Sales' AS "Groups",
        'E' || (1000 + people.number) AS "EmployeeId",
        CASE people.role WHEN 'Marketing_User' THEN 'Marketing' ELSE 'Sales' END AS "Department",
        people.designation AS "Designation", moment(people.joined_at) AS "CreatedOn"
    FROM people LEFT JOIN people AS above ON above.number = people.manager ORDER BY people.number
"""


def users(seed: int, now: int) -> list[dict[str, Any]]:
    """The sixty users by `number`: who they are, and how they work; times are seconds since 1970.

    `team` is an index of TEAMS, None outside the teams; `manager` and `heir` are numbers of users. The heir gets the
    leads that come in after `left_at`. `share` is of the team's new leads, `neglect` the share of their leads they
    never call, `pace` the working seconds until their first call, on average.
    """
    dice, named, made = random.Random(f"users {seed}"), _user_names(seed), list[dict[str, Any]]()

    def add(designation: str, role: str, team: int | None = None, manager: int | None = None, **ways: Any) -> None:
        number = len(made) + 1
        first, last = ("Lead", "Router") if number == ROUTER else next(named)
        user = {
            "number": number, "first_name": first, "last_name": last, "role": role, "designation": designation,
            "mail": f"{_ascii(first)}.{_ascii(last)}@demo-company.example", "phone": f"{DIAL}{number:06d}",
            "user_id": str(UUID(int=dice.getrandbits(128), version=4)),
            "joined_at": now - 86400 * dice.randint(600, 2000) - 60 * dice.randint(0, 600),
            "team": team, "office": None if team is None else TEAMS[team], "manager": manager,
            "share": 0, "neglect": 1.0, "pace": 3600, "left_at": None, "heir": None,
        }  # fmt: skip
        made.append(user | ways)

    add("Head of Sales", "Sales_Manager")
    for team in range(len(TEAMS)):
        add("Team Manager", "Sales_Manager", team, 1, share=1, neglect=0.3)
    for team, owners in enumerate(_OWNERS_OF_TEAM):
        heir = len(made) + 1
        for place in range(owners):
            ways = _ways(dice, team, place, heir, now)
            add("Counsellor" if place % 4 else "Senior Counsellor", "Sales_User", team, 2 + team, **ways)
    add("CRM Administrator", "Administrator", manager=1)
    add("Marketing Lead", "Marketing_User", manager=1)
    add("Marketing Executive", "Marketing_User", manager=58)
    add("System User", "Administrator")
    return made


def _ways(dice: random.Random, team: int, place: int, heir: int, now: int) -> dict[str, Any]:
    """How an owner works: lazy or busy, slow or quick, still there or gone."""
    neglect = min(_MOST_NEGLECT, max(_LEAST_NEGLECT, TEAM_NEGLECT[team] * _NEGLECT_OF_OWNER[place]))
    ways = {
        "neglect": neglect,
        "share": dice.randint(6, 12),
        "pace": int(3600 * dice.uniform(0.5, 4) * (1 + 8 * neglect)),
    }
    gone = (team, place) in _LEFT
    return ways | ({"left_at": now - 86400 * dice.randint(150, 260), "heir": heir} if gone else {})


def _user_names(seed: int) -> Iterator[tuple[str, str]]:
    """Names of users in Latin letters, no two with the same address."""
    seen = set[tuple[str, str]]()
    indian, british, french, irish = (_people(origin, seed + 1) for origin in ("en_IN", "en_GB", "fr_FR", "en_IE"))
    for people in cycle((indian, indian, indian, british, indian, indian, french, indian, indian, irish)):
        name = (people.first_name(), people.last_name())
        key = (_ascii(name[0]), _ascii(name[1]))
        if key not in seen:
            seen.add(key)
            yield name


def names(seed: int) -> Iterator[dict[str, Any]]:
    """NAMES given and as many family names of each origin, with the form they take in an e-mail address."""
    for origin in ORIGINS:
        people = _people(origin, seed)
        for part, invented in (("given", people.first_name), ("family", people.last_name)):
            found = [invented() for _ in range(NAMES)]
            if (origin, part) == ("en_IN", "family"):
                found[: len(_GOAN)] = _GOAN
            for slot, name in enumerate(found):
                yield {"origin": origin, "part": part, "slot": slot, "name": name, "mail": _ascii(name)}


def companies(seed: int) -> Mapping[str, int]:
    """Names of employers, with equal shares."""
    invented = _people("en_IN", seed, "company")
    return dict.fromkeys((invented.company() for _ in range(60)), 1)


def _people(origin: str, seed: int, *more: str) -> Faker:
    """Faker's people of a locale; all of its providers would take ten times as long."""
    people = Faker(origin, providers=[f"faker.providers.{name}" for name in ("person", *more)])
    people.seed_instance(seed)
    return people


def _ascii(name: str) -> str:
    """A name as an e-mail address has it: unaccented lower-case letters; blank where none are left."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).lower() if "a" <= letter <= "z")
