"""Demo data: a believable company's store, made in a moment, and the same for the same seed and minute."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb

from lsq_api.server.demo import company, people
from lsq_api.server.demo.activities import ACTIVITIES, ACTIVITY_TYPES, TOLD
from lsq_api.server.demo.dice import MACROS, WHEELS
from lsq_api.server.demo.leads import STEPS
from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish

TITLE: Final = "Demo data"


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
    today = today or datetime.now(UTC)
    if today.tzinfo is None:
        raise ValueError(f"{today} has no time zone; demo data needs a moment, such as datetime.now(UTC)")
    now = int(today.timestamp()) // 60 * 60
    with making(into) as connection:
        for macro in MACROS:
            connection.execute(macro)
        _set(connection, seed=str(seed), now=now, leads=leads, activities=activities, router=people.ROUTER)
        for table, rows in _tables(people.users(seed, now), seed).items():
            _set(connection, rows=list(rows))
            # `table` is a word of this program
            connection.execute(f"CREATE TEMP TABLE {table} AS SELECT unnest(getvariable('rows'), recursive := true)")
        for statement in (WHEELS, ACTIVITY_TYPES, people.USERS, *STEPS, TOLD, ACTIVITIES):
            connection.execute(statement)
        finish(connection, title=TITLE, demo=True, fields=company.LEAD_FIELDS, timezone=company.ZONE)


def _set(connection: duckdb.DuckDBPyConnection, **variables: Any) -> None:
    for name, value in variables.items():
        connection.execute(f"SET VARIABLE {name} = ?", [value])


def _tables(users: list[dict[str, Any]], seed: int) -> dict[str, Iterable[Mapping[str, Any]]]:
    """What the statements draw from, as rows by temporary table; the rows of one have the same columns."""
    wheels: dict[str, company.Shares] = {
        "place": {str(number): place.share for number, place in enumerate(company.PLACES)},
        "source": {name: source.share for name, source in company.SOURCES.items()},
        "product": {product: share for product, (share, _) in company.PRODUCTS.items()},
        "origin": people.ORIGINS,
        "company": people.companies(seed),
        **{name: source.campaigns for name, source in company.SOURCES.items() if source.campaigns},
        **company.STAGES_OF,
        **company.HABITS,
        **company.CALL_STATUS,
        **{
            f"team {team}": {str(user["number"]): user["share"] for user in users if user["team"] == team}
            for team in range(len(company.TEAMS))
        },
    }
    return {
        "places": ({"place": number, **place._asdict()} for number, place in enumerate(company.PLACES)),
        "sources": ({"source": name, "neglect": source.neglect} for name, source in company.SOURCES.items()),
        "products": ({"product": product, "budget": budget} for product, (_, budget) in company.PRODUCTS.items()),
        "stages": ({"stage": stage, "depth": depth} for stage, depth in company.STAGES.items()),
        "kinds": (kind._asdict() for kind in company.KINDS),
        "people": users,
        "names": people.names(seed),
        "shares": (
            {"wheel": wheel, "nth": nth, "value": value, "share": share}
            for wheel, shares in wheels.items()
            for nth, (value, share) in enumerate(shares.items())
        ),
    }
