"""Tables and columns that make the report fast: numbers and ranks of leads, first and last activities, `contacts`.

`docs/layout.md` says why they are so, and what else was tried.
"""

from typing import Final, NamedTuple

import duckdb

from lsq_api.server.store.outcomes import outcomes_of
from lsq_api.server.store.schema import MOST_ANSWERED, MOST_USED, NUMBER, RANK, SINCE, UP_TO, longest

# For activities without the number of their lead, which is the lead's rowid in the table it was read into.
_NUMBER_ACTIVITIES: Final = """
    UPDATE activities SET "_Lead" = leads.rowid FROM leads
    WHERE activities."_Lead" IS NULL AND leads."ProspectID" = activities."RelatedProspectId"
"""
_RANKED: Final = """
    SELECT {number} AS lead, row_number() OVER (ORDER BY "ProspectID") - 1 AS rank FROM leads
"""
# One row per lead and code; all columns of leads are computed from it.
_PAIRS: Final = """
    CREATE OR REPLACE TEMP TABLE pairs AS
    SELECT "ActivityEvent" AS code, "Lead" AS lead, min("CreatedOn") AS first, max("CreatedOn") AS last
    FROM {contacts} AS contacts GROUP BY ALL
"""
# The same of answered activities alone, with the longest.
_ANSWERED: Final = """
    CREATE OR REPLACE TEMP TABLE answered AS
    SELECT "ActivityEvent" AS code, "Lead" AS lead, min("CreatedOn") AS first, max("CreatedOn") AS last,
        max("Seconds") AS longest
    FROM {contacts} AS contacts WHERE "Answered" GROUP BY ALL
"""
# A lead's first and last activity of any code, their codes, and the first and last of any other code. Of codes with the
# same second the lowest counts as first and the highest as last, so that the result is always the same.
_ENDS: Final = """
    CREATE OR REPLACE TEMP TABLE ends AS
    WITH outermost AS (SELECT lead, min(first) AS first, max(last) AS last FROM pairs GROUP BY lead)
    SELECT lead, any_value(outermost.first) AS first, any_value(outermost.last) AS last,
        min(code) FILTER (pairs.first = outermost.first) AS first_code,
        max(code) FILTER (pairs.last = outermost.last) AS last_code,
        CASE WHEN count(*) FILTER (pairs.first = outermost.first) > 1 THEN any_value(outermost.first)
            ELSE min(pairs.first) FILTER (pairs.first > outermost.first) END AS first_other,
        CASE WHEN count(*) FILTER (pairs.last = outermost.last) > 1 THEN any_value(outermost.last)
            ELSE max(pairs.last) FILTER (pairs.last < outermost.last) END AS last_other
    FROM pairs JOIN outermost USING (lead) GROUP BY lead
"""
_CODES: Final = f"""
    INSERT INTO contact_codes
    SELECT code, earliest, latest, used <= {MOST_USED}, many, answered, unanswered, timed,
        used <= {MOST_USED} AND answered > 0
            AND row_number() OVER (ORDER BY used > {MOST_USED}, answered DESC, code) <= {MOST_ANSWERED}
    FROM (
        SELECT code, earliest, latest, row_number() OVER (ORDER BY leads DESC, code) AS used
        FROM (SELECT code, min(first) AS earliest, max(last) AS latest, count(*) AS leads FROM pairs GROUP BY code)
    ) JOIN (
        SELECT "ActivityEvent" AS code, count(*) AS many, count(*) FILTER ("Answered") AS answered,
            count(*) FILTER (NOT "Answered") AS unanswered, count("Seconds") FILTER ("Answered") AS timed
        FROM contacts GROUP BY code
    ) USING (code) ORDER BY code
"""  # noqa: S608 -- numbers of ours


class Columned(NamedTuple):
    """The codes with columns of leads: for their activities, and for the answered ones among them as well."""

    used: list[int]
    answered: list[int]


def look_through(connection: duckdb.DuckDBPyConnection) -> Columned:
    """Number the activities' leads, fill `contacts` and `contact_codes`; returns the codes that leads get columns for.

    Leaves the temporary tables `pairs`, `answered` and `ends` for `columns` and `joins`, and `ranks` with the rank of
    each rowid.
    """
    connection.execute(_NUMBER_ACTIVITIES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE ranks AS {_RANKED.format(number='rowid')}")
    connection.execute(f"INSERT INTO contacts {outcomes_of(connection, 'activities')}")
    pair(connection, "contacts")
    connection.execute(_CODES)
    return codes_with_columns(connection)


def pair(connection: duckdb.DuckDBPyConnection, contacts: str) -> None:
    """Make `pairs`, `answered` and `ends` from contacts: a table, or a query in brackets."""
    connection.execute(_PAIRS.format(contacts=contacts))
    connection.execute(_ANSWERED.format(contacts=contacts))
    connection.execute(_ENDS)


def codes_with_columns(connection: duckdb.DuckDBPyConnection) -> Columned:
    """The codes with columns of leads."""
    found = connection.execute(
        'SELECT "ActivityEvent", "Outcomes" FROM contact_codes WHERE "Columns" ORDER BY 1'
    ).fetchall()
    return Columned([code for code, _ in found], [code for code, answered in found if answered])


def rank_anew(connection: duckdb.DuckDBPyConnection) -> None:
    """Rank all leads anew where some have no rank, as new and changed ones: it moves those that follow."""
    if connection.execute(f'SELECT 1 FROM leads WHERE "{RANK}" IS NULL LIMIT 1').fetchone():  # noqa: S608 -- ours
        connection.execute(
            f"""UPDATE leads SET "{RANK}" = ranked.rank FROM ({_RANKED.format(number=f'"{NUMBER}"')}) AS ranked
            WHERE leads."{NUMBER}" = ranked.lead AND leads."{RANK}" IS DISTINCT FROM ranked.rank"""  # noqa: S608 -- ours
        )


def columns(codes: Columned, number: str, rank: str) -> list[str]:
    """The hidden columns of leads for a SELECT over `joins`; `number` and `rank` are SQL for the lead's own."""
    listed = [f'({number})::INTEGER AS "{NUMBER}"', f'({rank})::INTEGER AS "{RANK}"']
    for seen, end in ((UP_TO, "first"), (SINCE, "last")):
        listed += [f'seen.{end} AS "{seen.any}"', f'seen.{end}_code AS "{seen.code}"']
        listed += [f'seen.{end}_other AS "{seen.other}"']
        listed += [f'of_{code}.{end} AS "{seen.of(code)}"' for code in codes.used]
        listed += [f'answered_{code}.{end} AS "{seen.answered(code)}"' for code in codes.answered]
    return [*listed, *(f'answered_{code}.longest AS "{longest(code)}"' for code in codes.answered)]


def joins(codes: Columned, number: str) -> str:
    """The joins that `columns` needs, by the lead's number."""
    of = [("pairs", "of", code) for code in codes.used] + [("answered", "answered", code) for code in codes.answered]
    pairs = (
        f"LEFT JOIN (FROM {table} WHERE code = {code}) AS {name}_{code} ON {name}_{code}.lead = {number}"
        for table, name, code in of  # words and numbers of ours
    )
    return "\n".join([f"LEFT JOIN ends AS seen ON seen.lead = {number}", *pairs])


def forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the temporary tables."""
    for table in ("pairs", "answered", "ends", "ranks"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
