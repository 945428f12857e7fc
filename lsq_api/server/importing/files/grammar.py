"""What the text of a file means, as SQL macros: blanks and fillers, IDs, dates, numbers and codes.

Macros are temporary, so no store has them. Those for IDs, dates, numbers and codes expect `trimmed` text.

A time without an offset is local to the import's time zone. A local time that is skipped when the clock is put forward
is read as if it had not been (02:30 is then called 03:30); one that occurs twice when the clock is put back is its
second occurrence. Fractions of a second are cut.
"""

from collections.abc import Sequence
from typing import Final

import duckdb

from lsq_api.server.store.faults import ImportFailed

# What programs write where there is nothing. Exactly as spelled: “Null” and “None” are names of people and of choices.
FILLERS: Final = (
    "Select", "--Select--", "-Select-", "- Select -", "-None-", "--None--", "-", "--", "—", "N/A", "n/a", "#N/A",
    "null", "NULL", "(null)", "NaN", "nan", "NaT",
    "0001-01-01 00:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01", "01/01/0001 00:00:00",
    "01/01/0001 12:00:00 AM", "1/1/0001 12:00:00 AM", "01/01/0001", "1/1/0001", "0000-00-00", "0000-00-00 00:00:00",
    "/Date(-62135596800000)/", "/Date(-62135596800000+0000)/",
)  # fmt: skip

# The characters of Python's `str.isspace`.
_BLANK: Final = r"[\t-\r\x1c- \x{85}\p{Z}]"
GUID: Final = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"

_CLOCK: Final = r"[0-2]?\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
_HALF: Final = r"(?:[ \x{a0}\x{202f}]?[AaPp]\.?[Mm]\.?)?"
# Only years of four digits: others are typing errors, and more than Python's datetime can hold.
_YEAR: Final = r"[1-9]\d{3}"
_DAY: Final = rf"{_YEAR}-\d{{1,2}}-\d{{1,2}}"
_OFFSET: Final = rf"{_DAY}[ T]{_CLOCK} ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)"
_SAID_LATER: Final = rf"(?:,?[ T]{_CLOCK}{_HALF})?"
_YEAR_FIRST: Final = rf"{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}{_SAID_LATER}"
_YEAR_LAST: Final = rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-]{_YEAR}{_SAID_LATER}"
_MONTH: Final = r"(?:[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)[a-z]{0,6}\.?"
_NAMED: Final = rf"(?:\d{{1,2}}[ -]{_MONTH},?[ -]{_YEAR}|{_MONTH} \d{{1,2}},? {_YEAR}){_SAID_LATER}"
_SECONDS: Final = r"\d{10}"
_MILLISECONDS: Final = r"\d{13}"
_NET: Final = r"/Date\(-?\d{1,14}(?:[+-]\d{4})?\)/"
_LAST_SECOND: Final = "TIMESTAMP '9999-12-31 23:59:59'"

DATES: Final = (
    "yyyy-MM-dd, dd/MM/yyyy or MM/dd/yyyy (one order in a file), or 31 Jan 2024, with or without HH:mm:ss, AM or PM, "
    "with or without an offset like +05:30; or seconds or milliseconds since 1970"
)
NUMBERS: Final = (
    "up to 28 digits, a decimal sign and up to 9 more, grouped or not, with a currency sign, % or brackets or without"
)
CODES: Final = "a whole number from 0 to 999999999"
NUMBER: Final = r"[+-]?\d{1,28}(?:\.\d{1,9})?"

_CURRENCY: Final = r"(?:[$€£¥₹₽₩₪฿]|Rs\.?|INR|USD|EUR|GBP|AED|SGD|AUD|CAD|CHF|US\$|A\$|C\$|S\$)"
_GAP: Final = r"[ \x{a0}\x{2009}\x{202f}]"
_AROUND: Final = (
    rf"\(?{_CURRENCY}?{_GAP}?[+-]?{_CURRENCY}?{_GAP}?",
    rf"{_GAP}?(?:%|{_CURRENCY})?\)?",
)
_HEAD: Final = r"[1-9]\d{0,2}"
_APART: Final = r"[''\x{a0}\x{2009}\x{202f} ]"
_POINT: Final = rf"(?:\d{{1,28}}|\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}|\d{{1,3}}(?:{_APART}\d{{3}})+)(?:\.\d{{1,9}})?"
_COMMA: Final = rf"(?:\d{{1,28}}|\d{{1,3}}(?:\.\d{{3}})+|\d{{1,3}}(?:{_APART}\d{{3}})+)(?:,\d{{1,9}})?"
_SIGN: Final = r"CASE WHEN starts_with(x, '(') OR regexp_matches(x, '^\D*-') THEN '-' ELSE '' END"
_FIGURE: Final = rf"{_AROUND[0]}[\d.,''\x{{a0}}\x{{2009}}\x{{202f}} ]*\d{_AROUND[1]}"

_MACROS: Final = {
    # Most values begin and end with a visible ASCII character, and need no regular expression.
    "visible(x)": "ascii(x) BETWEEN 33 AND 126 AND ascii(x[-1]) BETWEEN 33 AND 126",
    "bare(x)": f"nullif(regexp_replace(x, '^{_BLANK}+|{_BLANK}+$', '', 'g'), '')",
    "stripped(x)": "CASE WHEN visible(x) THEN x ELSE bare(x) END",
    "trimmed(x)": """CASE WHEN visible(x) THEN CASE WHEN filler(x) THEN NULL ELSE x END
        ELSE CASE WHEN filler(bare(x)) THEN NULL ELSE bare(x) END END""",
    "filled(x)": f"""CASE WHEN filler(x) THEN NULL WHEN ascii(x) BETWEEN 33 AND 126 THEN x
        WHEN NOT regexp_full_match(x, '{_BLANK}*') AND NOT filler(stripped(x)) THEN x END""",
    "finite(x)": "CASE WHEN isfinite(x) THEN x END",
    "id(x)": f"CASE WHEN x = lower(x) THEN x WHEN regexp_full_match(x, '{GUID}') THEN lower(x) ELSE x END",
    "storable(t)": f"""CASE WHEN t >= TIMESTAMP '1000-01-01' AND t <= {_LAST_SECOND}
        THEN date_trunc('second', t) END""",
    # A clock in 24 hours; what is no such clock stays and fails the cast.
    "clock(x)": rf"""CASE WHEN regexp_matches(x, '[AaPp]\.?[Mm]\.?$')
        THEN strftime(try_strptime(upper(regexp_replace(regexp_replace(x, '\.|{_GAP}', '', 'g'),
            '^(\d+:\d+)([AaPp])', '\1:00\2')), '%I:%M:%S%p'), '%H:%M:%S') ELSE x END""",
    "day_of_named(x)": r"""CASE WHEN x = '' THEN NULL ELSE try_strptime(
        regexp_replace(regexp_replace(regexp_replace(x, '([A-Za-z]{3})[a-z]*\.?', '\1'), '[ ,-]+', ' ', 'g'),
            '^(\w{3}) (\d+) ', '\2 \1 '), '%d %b %Y')::DATE::VARCHAR END""",
    # The day of a text without offset as yyyy-MM-dd; `o` is the order of day and month where the year comes last.
    "day_text(x, o)": rf"""CASE
        WHEN regexp_matches(x, '^{_YEAR}[-/.]') THEN regexp_replace(x, '[/.]', '-', 'g')
        WHEN regexp_matches(x, '[A-Za-z]') THEN day_of_named(x)
        WHEN o = 'dmy' THEN regexp_replace(x, '^(\d+)[/.-](\d+)[/.-](\d+)$', '\3-\2-\1')
        WHEN o = 'mdy' THEN regexp_replace(x, '^(\d+)[/.-](\d+)[/.-](\d+)$', '\3-\1-\2') END""",
    "clock_text(x)": rf"regexp_extract(x, '[ T]({_CLOCK}{_HALF})$', 1)",
    "naive(x, o)": rf"""CASE
        WHEN regexp_full_match(x, '{_DAY}(?:[ T]{_CLOCK})?') THEN try_cast(x AS TIMESTAMP)
        ELSE try_cast(day_text(regexp_replace(x, ',?[ T]{_CLOCK}{_HALF}$', ''), o) || ' '
            || coalesce(nullif(clock(clock_text(x)), ''), CASE WHEN clock_text(x) = '' THEN '00:00:00' END)
            AS TIMESTAMP) END""",
    "form(x)": rf"""CASE
        WHEN regexp_full_match(x, '{_YEAR_FIRST}') THEN 'year first'
        WHEN regexp_full_match(x, '{_OFFSET}') THEN 'offset'
        WHEN regexp_full_match(x, '{_YEAR_LAST}') THEN 'year last'
        WHEN regexp_full_match(x, '{_NAMED}') THEN 'named'
        WHEN regexp_full_match(x, '{_SECONDS}|{_MILLISECONDS}') THEN 'epoch'
        WHEN regexp_full_match(x, '{_NET}') THEN 'net' END""",
    "utc(x)": rf"""CASE
        WHEN regexp_full_match(x, '{_OFFSET}') THEN timezone('UTC', try_cast(regexp_replace(regexp_replace(
            regexp_replace(x, ' ?(?:UTC|GMT)$', 'Z'), ' ([Z+-])', '\1'), '([+-]\d\d)(\d\d)$', '\1:\2') AS TIMESTAMPTZ))
        WHEN regexp_full_match(x, '{_MILLISECONDS}') THEN make_timestamp_ms(x::BIGINT)
        WHEN regexp_full_match(x, '{_SECONDS}') THEN make_timestamp_ms(x::BIGINT * 1000)
        WHEN regexp_full_match(x, '{_NET}') THEN make_timestamp_ms(regexp_extract(x, '-?\d+')::BIGINT) END""",
    "moment(x, o)": rf"""CASE
        WHEN regexp_full_match(x, '{_DAY}(?:[ T]{_CLOCK})?') THEN local(date_trunc('second', try_cast(x AS TIMESTAMP)))
        WHEN regexp_full_match(x, '{_YEAR_FIRST}|{_YEAR_LAST}|{_NAMED}') THEN local(date_trunc('second', naive(x, o)))
        ELSE storable(utc(x)) END""",
    "day(x, o)": f"CASE WHEN regexp_full_match(x, '{_YEAR_FIRST}|{_YEAR_LAST}|{_NAMED}') THEN naive(x, o)::DATE END",
    # What tells the order of day and month, whether there is a clock, and the form `f`, of one value.
    "date_form(x, f)": r"""CASE WHEN f IS NULL THEN 'none'
        WHEN f IN ('offset', 'epoch', 'net') OR regexp_matches(x, '\d:\d\d') THEN f || ', clock' ELSE f END
        || CASE WHEN f IS NULL OR f <> 'year last' THEN ''
            WHEN regexp_extract(x, '^(\d+)', 1)::INTEGER > 12 THEN ', dmy'
            WHEN regexp_extract(x, '^\d+.(\d+)', 1)::INTEGER > 12 THEN ', mdy' ELSE ', either' END""",
    "code(x)": r"CASE WHEN regexp_full_match(x, '\d{1,9}(\.0+)?') THEN try_cast(x AS INTEGER) END",
    "number(x)": f"CASE WHEN regexp_full_match(x, '{NUMBER}') THEN x END",
    # The digits of a figure with its signs of group and fraction, without currency, %, brackets and sign.
    "digits(x)": rf"""CASE WHEN regexp_full_match(x, '{_FIGURE}') AND starts_with(x, '(') = ends_with(x, ')') THEN
        regexp_replace(regexp_replace(x, '{_CURRENCY}|%|[()+-]', '', 'g'), '^{_GAP}+|{_GAP}+$', '', 'g') END""",
    "currency(x)": rf"regexp_extract(x, '{_CURRENCY}')",
    "digits_form(d)": rf"""CASE
        WHEN regexp_full_match(d, '0|[1-9]\d{{0,27}}') THEN 'whole'
        WHEN regexp_full_match(d, '\d{{1,28}}') THEN 'zeros'
        WHEN regexp_full_match(d, '{_HEAD}\.\d{{3}}') THEN 'point or groups'
        WHEN regexp_full_match(d, '(?:0|[1-9]\d{{0,27}})\.\d{{1,9}}') THEN 'point'
        WHEN regexp_full_match(d, '{_HEAD},\d{{3}}') THEN 'groups or comma'
        WHEN regexp_full_match(d, '{_HEAD}(?:,\d{{2,3}})*,\d{{3}}(?:\.\d{{1,9}})?') THEN 'point, grouped'
        WHEN regexp_full_match(d, '(?:0|[1-9]\d{{0,27}}),\d{{1,9}}') THEN 'comma'
        WHEN regexp_full_match(d, '{_HEAD}(?:\.\d{{3}})+,\d{{1,9}}|{_HEAD}(?:\.\d{{3}}){{2,}}') THEN 'comma, grouped'
        WHEN regexp_full_match(d, '{_HEAD}(?:{_APART}\d{{3}})+,\d{{1,9}}') THEN 'comma, grouped'
        WHEN regexp_full_match(d, '{_HEAD}(?:{_APART}\d{{3}})+\.\d{{1,9}}') THEN 'point, grouped'
        WHEN regexp_full_match(d, '{_HEAD}(?:{_APART}\d{{3}})+') THEN 'apart'
        ELSE 'none' END""",
    # `d` are the digits of x.
    "number_form(x, d)": """coalesce(digits_form(d), 'none') || CASE WHEN starts_with(x, '+') THEN ', plus' ELSE '' END
        || CASE WHEN contains(x, '%') THEN ', percent' ELSE '' END""",
    # A figure as the engine casts it, with a point or a comma as the decimal sign of its column.
    "figure_point(x)": rf"""CASE WHEN regexp_full_match(x, '{_AROUND[0]}{_POINT}{_AROUND[1]}')
        THEN {_SIGN} || regexp_replace(regexp_replace(x, '^\D+|\D+$', '', 'g'), '[^\d.]', '', 'g') END""",
    "figure_comma(x)": rf"""CASE WHEN regexp_full_match(x, '{_AROUND[0]}{_COMMA}{_AROUND[1]}')
        THEN {_SIGN} || replace(regexp_replace(x, '[^\d,]', '', 'g'), ',', '.') END""",
    "fraction_digits(x)": r"length(regexp_extract(x, '\.(\d+)$', 1))",
}


ZONE: Final = "SELECT getvariable('zone')"
"""The query for the IANA name of the zone that the macros were defined for."""


def define_macros(connection: duckdb.DuckDBPyConnection, timezone: str, fillers: Sequence[str] = ()) -> None:
    """Define the macros on a connection, local times being of `timezone`, whose proper spelling is in `ZONE`.

    Raises ImportFailed where it is unknown. `fillers` mean nothing in the files read, beside those of `FILLERS`.
    """
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
    nothing = [*FILLERS, *fillers]
    listed = ", ".join("'" + each.replace("'", "''") + "'" for each in nothing)
    longest = max(len(each.encode()) for each in nothing)
    first = ", ".join(sorted({str(ord(each[0])) for each in nothing}))
    macros = {
        "local(t)": "t" if found[0] == "UTC" else shifted,
        # Nearly every value is told apart by its length or its first letter.
        "filler(x)": f"""CASE WHEN strlen(x) > {longest} THEN false
            WHEN ascii(x) IN ({first}) THEN x IN ({listed}) ELSE false END""",
        **_MACROS,
    }
    for macro, meaning in macros.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro} AS {meaning}")
