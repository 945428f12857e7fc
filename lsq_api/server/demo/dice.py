"""Dice and clock of the demo data, as DuckDB macros, and wheels of fortune, as a table.

Every value is a hash of the seed, a row's number and a word for the purpose: it depends neither on the order in which
rows are made nor on the number of threads, as random() would. Times are whole seconds since 1970 in UTC.
"""

from typing import Final

MACROS: Final = (
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
    # How many of `many` the weights get up to a running sum of theirs: the total of all gets exactly `many`.
    "CREATE TEMP MACRO part(many, running, total) AS (running * many // total)::BIGINT",
    "CREATE TEMP MACRO moment(second) AS make_timestamp(second::BIGINT * 1000000)",
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

# The 1000 slots of each wheel: a value with 12 % of the shares has 120 of them.
WHEELS: Final = """
    CREATE TEMP TABLE wheels AS
    WITH summed AS (
        SELECT *, sum(share) OVER (PARTITION BY wheel ORDER BY nth) AS running,
            sum(share) OVER (PARTITION BY wheel) AS total
        FROM shares
    )
    SELECT wheel, value, slot
    FROM summed, range(part(1000, running - share, total), part(1000, running, total)) AS slots(slot)
"""
