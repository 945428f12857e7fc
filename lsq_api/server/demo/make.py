"""Demo data: a believable company's store, made in a moment, and the same for the same seed and minute."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from lsq_api.server.demo import company, people
from lsq_api.server.demo.activities import ACTIVITIES
from lsq_api.server.demo.dice import add_table, add_wheel, lay_out
from lsq_api.server.demo.leads import STEPS
from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish
from lsq_api.server.store.schema import ACTIVITY_TYPES, USERS

TITLE = "Demo data"


def make_demo(
    into: Path, *, leads: int = 20_000, activities: int = 150_000, seed: int = 7, today: datetime | None = None
) -> None:
    """Make the store `into`, or replace it, with exactly so many leads and activities.

    `today` is the latest moment of the data, now by default, and is cut to the minute: the same numbers, seed and
    minute give the same rows, on any number of threads. ValueError for fewer than one lead, a negative number of
    activities, or a moment without a time zone.
    """
    if leads < 1:
        raise ValueError(f"demo data needs at least 1 lead, not {leads}")
    if activities < 0:
        raise ValueError(f"demo data cannot have {activities} activities")
    now = _minute(today or datetime.now(UTC))
    with making(into) as connection:
        lay_out(connection, seed=seed, now=now, leads=leads, activities=activities)
        _add_company(connection)
        _add_people(connection, people.users(seed, now), seed)
        for step in (*STEPS, ACTIVITIES):
            connection.execute(step)
        finish(connection, title=TITLE, demo=True, fields=company.LEAD_FIELDS)


def _minute(moment: datetime) -> datetime:
    """The moment as naive UTC, cut to the minute."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; demo data needs a moment, such as datetime.now(UTC)")
    return moment.astimezone(UTC).replace(second=0, microsecond=0, tzinfo=None)


def _add_company(connection: duckdb.DuckDBPyConnection) -> None:
    """The company's places, sources, products, stages and activity types, as the statements read them."""
    add_table(connection, "places", [{"place": n, **place._asdict()} for n, place in enumerate(company.PLACES)])
    add_table(
        connection,
        "sources",
        [{"source": source, "neglect": company.SOURCE_NEGLECT.get(source, 1.0)} for source in company.SOURCES],
    )
    add_table(connection, "products", [{"product": p, "budget": b} for p, b in company.TYPICAL_BUDGET.items()])
    add_table(connection, "stages", [{"stage": stage, "depth": depth} for stage, depth in company.STAGES.items()])
    add_table(connection, "kinds", [{"code": kind.code, "by_hand": kind.by_hand} for kind in company.KINDS])
    add_table(connection, "told", list(_told()))
    add_wheel(connection, "place", {str(n): place.share for n, place in enumerate(company.PLACES)})
    add_wheel(connection, "source", company.SOURCES)
    add_wheel(connection, "product", company.PRODUCTS)
    for wheel, shares in (*company.CAMPAIGNS.items(), *company.STAGES_OF.items(), *company.HABITS.items()):
        add_wheel(connection, wheel, shares)
    connection.executemany(
        f"INSERT INTO activity_types VALUES ({', '.join('?' * len(ACTIVITY_TYPES))})",  # noqa: S608 -- question marks
        [(kind.code, kind.name, kind.name, kind.event_type) for kind in company.KINDS],
    )


def _told() -> Iterator[dict[str, Any]]:
    """What is written down about an activity, by code and slot (0 to 99): its Status, and a note for some."""
    for kind in company.KINDS:
        statuses = [status for status, share in company.CALL_STATUS.get(kind.code, {}).items() for _ in range(share)]
        for slot in range(100):
            yield {
                "code": kind.code,
                "slot": slot,
                "status": statuses[slot] if statuses else None,
                "note": kind.notes[slot % len(kind.notes)] if kind.notes else None,
            }


def _add_people(connection: duckdb.DuckDBPyConnection, users: list[people.DemoUser], seed: int) -> None:
    """The users, for the store and for the statements, and the names that leads are made of."""
    ids = {user.number: user.user_id for user in users}
    rows = [{**user.row, "ManagerUserId": ids.get(user.manager or 0)} for user in users]
    connection.executemany(
        f"INSERT INTO users VALUES ({', '.join('?' * len(USERS))})",  # noqa: S608 -- question marks
        [[row[column] for column in USERS] for row in rows],
    )
    add_table(connection, "people", [user.ways for user in users])
    add_table(connection, "names", people.names(seed))
    add_wheel(connection, "origin", people.ORIGINS)
    add_wheel(connection, "company", dict.fromkeys(people.companies(seed), 1))
    for team in range(len(company.TEAMS)):
        add_wheel(connection, f"team {team}", {str(user.number): user.share for user in users if user.team == team})
    connection.execute("SET VARIABLE router = ?", [people.ROUTER])
