"""Dice and clock of the demo data, as DuckDB macros.

Every value is a hash of the seed, a row's number and a word for the purpose: it depends neither on the order in which
rows are made nor on the number of threads, as random() would. Times are whole seconds since 1970 in UTC.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import duckdb

from lsq_api.server.demo.company import Shares

SLOTS: Final = 1000
"""Slots of a wheel of fortune: a value with 12 % of the shares has 120 of them."""

_MACROS: Final = (
    # Hashed last: hash() of several values only joins them by xor, and dice of different salts would fall together.
    "CREATE TEMP MACRO rolled(id, salt) AS hash(xor(hash(getvariable('seed'), salt), id::UBIGINT))",
    "CREATE TEMP MACRO draw(id, salt, sides) AS (rolled(id, salt) % sides::UBIGINT)::BIGINT",
    "CREATE TEMP MACRO chance(id, salt) AS (rolled(id, salt) >> 11)::DOUBLE / 9007199254740992",  # 53 bits: [0, 1)
    # A version 4 GUID: 4 bits say so, and 2 the variant.
    """
    CREATE TEMP MACRO guid(id, salt) AS (
        ((rolled(id, salt) & ~(15::UBIGINT << 12) | (4::UBIGINT << 12))::UHUGEINT << 64)
        | ((rolled(id, salt || '’s other half') >> 2) | (1::UBIGINT << 63))::UHUGEINT
    )::UUID::VARCHAR
    """,
    "CREATE TEMP MACRO moment(second) AS make_timestamp(second * 1000000)",
    "CREATE TEMP MACRO days(number) AS number * 86400",
    # India is 19,800 s before UTC; the first Monday of the clock was the fifth day of 1970.
    "CREATE TEMP MACRO indian(second) AS second + 19800 - 345600",
    # Seconds worked until a moment, and the moment by which so many were worked: Monday to Saturday, 9:30 to 18:30.
    """
    CREATE TEMP MACRO worked(second) AS (indian(second) // 604800) * 194400 + CASE
        WHEN indian(second) % 604800 >= 518400 THEN 194400
        ELSE (indian(second) % 604800 // 86400) * 32400 + greatest(0, least(32400, indian(second) % 86400 - 34200))
    END
    """,
    """
    CREATE TEMP MACRO at_work(work) AS
        345600 - 19800 + (work // 194400) * 604800 + (work % 194400 // 32400) * 86400 + 34200 + work % 32400
    """,
)


def lay_out(connection: duckdb.DuckDBPyConnection, *, seed: int, now: datetime, leads: int, activities: int) -> None:
    """Define the macros, the variables the statements read (`now` is naive UTC), and an empty table of wheels."""
    for macro in _MACROS:
        connection.execute(macro)
    connection.execute("SET VARIABLE seed = ?", [str(seed)])
    connection.execute("SET VARIABLE now = ?::BIGINT", [int(now.replace(tzinfo=UTC).timestamp())])
    connection.execute("SET VARIABLE leads = ?::BIGINT", [leads])
    connection.execute("SET VARIABLE activities = ?::BIGINT", [activities])
    connection.execute("CREATE TEMP TABLE wheels (wheel VARCHAR, slot INTEGER, value VARCHAR)")


def add_wheel(connection: duckdb.DuckDBPyConnection, wheel: str, shares: Shares) -> None:
    """Fill the slots of a wheel of the temporary table `wheels`."""
    total, upto = sum(shares.values()), 0
    values: list[str] = []
    for value, share in shares.items():
        upto += share
        values += [value] * (upto * SLOTS // total - len(values))
    connection.execute(
        "INSERT INTO wheels SELECT ?, unnest(range(?)), unnest(?::VARCHAR[])",
        [wheel, SLOTS, values],
    )


def add_table(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make a temporary table of rows that all have the same columns."""
    connection.execute("SET VARIABLE rows = ?", [list(rows)])
    # `table` is a word of this program
    connection.execute(f"CREATE TEMP TABLE {table} AS SELECT unnest(getvariable('rows'), recursive := true)")
