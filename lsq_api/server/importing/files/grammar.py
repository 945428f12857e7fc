"""What the text of a file means, as SQL macros: blanks, IDs, dates, numbers and codes.

Macros are temporary, so no store has them. Those for IDs, dates, numbers and codes expect `trimmed` text.

A date without an offset is local to the import's time zone. A local time that is skipped when the clock is put forward
is read as if it had not been (02:30 is then called 03:30); one that occurs twice when the clock is put back is its
second occurrence. Fractions of a second are cut.
"""

from typing import Final

import duckdb

from lsq_api.server.store.faults import ImportFailed

# The characters of Python's `str.isspace`.
_BLANK: Final = r"[\t-\r\x1c- \x{85}\p{Z}]"
GUID: Final = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
_CLOCK: Final = r"[0-2]?\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
# Only years of four digits: others are typing errors, and more than Python's datetime can hold.
_LOCAL: Final = rf"[1-9]\d{{3}}-\d{{1,2}}-\d{{1,2}}(?:[ T]{_CLOCK})?"
_OFFSET: Final = rf"[1-9]\d{{3}}-\d{{1,2}}-\d{{1,2}}[ T]{_CLOCK} ?(?:Z|[+-]\d\d(?::?\d\d)?)"
_DAY_FIRST: Final = r"\d{1,2}(?:/\d{1,2}/|-\d{1,2}-)[1-9]\d{3}(?: [0-2]?\d:[0-5]\d(?::[0-5]\d)?(?: ?[AaPp][Mm])?)?"
_DAY_FIRST_FORMATS: Final = ", ".join(
    f"'%d/%m/%Y{clock}'"
    for clock in (" %H:%M:%S", " %H:%M", "", " %I:%M:%S %p", " %I:%M %p", " %I:%M:%S%p", " %I:%M%p")
)
_LAST_SECOND: Final = "TIMESTAMP '9999-12-31 23:59:59'"

DATES: Final = "yyyy-MM-dd or dd/MM/yyyy (day first), with or without HH:mm:ss, with or without an offset like +05:30"
NUMBERS: Final = "up to 28 digits, a decimal point and up to 9 more"
CODES: Final = "a whole number from 0 to 999999999"
NUMBER: Final = r"[+-]?\d{1,28}(?:\.\d{1,9})?"
# For columns whose type is inferred: 007 and +49 are codes and phone numbers rather than numbers.
PLAIN_NUMBER: Final = r"-?(?:0|[1-9]\d{0,27})(?:\.\d{1,9})?"

_MACROS: Final = {
    # Most values begin and end with a visible ASCII character, and need no regular expression.
    "trimmed(x)": rf"""CASE WHEN ascii(x) BETWEEN 33 AND 126 AND ascii(x[-1]) BETWEEN 33 AND 126 THEN x
        ELSE nullif(regexp_replace(x, '^{_BLANK}+|{_BLANK}+$', '', 'g'), '') END""",
    "filled(x)": f"""CASE WHEN ascii(x) BETWEEN 33 AND 126 THEN x
        WHEN NOT regexp_full_match(x, '{_BLANK}*') THEN x END""",
    "finite(x)": "CASE WHEN isfinite(x) THEN x END",
    "id(x)": f"CASE WHEN x = lower(x) THEN x WHEN regexp_full_match(x, '{GUID}') THEN lower(x) ELSE x END",
    "storable(t)": f"""CASE WHEN t >= TIMESTAMP '1000-01-01' AND t <= {_LAST_SECOND}
        THEN date_trunc('second', t) END""",
    "moment(x)": f"""CASE
        WHEN regexp_full_match(x, '{_LOCAL}') THEN local(date_trunc('second', try_cast(x AS TIMESTAMP)))
        WHEN regexp_full_match(x, '{_OFFSET}') THEN date_trunc('second', timezone('UTC', try_cast(
            regexp_replace(regexp_replace(x, ' ([Z+-])', '\\1'), '([+-]\\d\\d)(\\d\\d)$', '\\1:\\2') AS TIMESTAMPTZ)))
        WHEN regexp_full_match(x, '{_DAY_FIRST}')
            THEN local(try_strptime(upper(replace(x, '-', '/')), [{_DAY_FIRST_FORMATS}]))
        END""",
    "code(x)": r"CASE WHEN regexp_full_match(x, '\d{1,9}(\.0+)?') THEN try_cast(x AS INTEGER) END",
    "number(x)": f"CASE WHEN regexp_full_match(x, '{NUMBER}') THEN x END",
    "fraction_digits(x)": r"length(regexp_extract(x, '\.(\d+)$', 1))",
}


def define_macros(connection: duckdb.DuckDBPyConnection, timezone: str) -> None:
    """Define the macros on a connection, local times being of `timezone`; raises ImportFailed where it is unknown."""
    found = connection.execute(
        "SELECT name FROM pg_timezone_names() WHERE lower(name) = lower(?)", [timezone]
    ).fetchone()
    if found is None:
        raise ImportFailed(
            "timezone", "is no time zone; allowed: an IANA name, for example Asia/Kolkata", value=timezone
        )
    connection.execute("SET VARIABLE zone = ?", found)
    # 9999-12-31, often written for "never", must not move into the year 10000, which Python does not have.
    shifted = (
        f"CASE WHEN t IS NOT NULL THEN least(timezone('UTC', timezone(getvariable('zone'), t)), {_LAST_SECOND}) END"
    )
    macros = {"local(t)": "t" if found[0] == "UTC" else shifted, **_MACROS}
    for macro, meaning in macros.items():
        connection.execute(f"CREATE TEMP MACRO {macro} AS {meaning}")
