"""Reads files of activities; those of unknown leads are left out, those of unlisted types are reported."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import duckdb

from lsq_api.server.importing import people
from lsq_api.server.importing.activity_ids import Identified, identify
from lsq_api.server.importing.catalogue import CODES, NAMES, OWN
from lsq_api.server.importing.files import columns, types
from lsq_api.server.importing.files.columns import Reading
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.files.types import Asked
from lsq_api.server.importing.profiles.profile import ActivityTable, TypeWords, plain
from lsq_api.server.importing.recognise import AUTHOR_EMAIL, AUTHOR_NAME, TYPE_NAME
from lsq_api.server.store.derive import quoted
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import DataType

_NAMED: Final = (AUTHOR_NAME, AUTHOR_EMAIL)
_TIMES: Final = ("CreatedOn", "ModifiedOn")


@dataclass(frozen=True)
class LeftOut:
    """What did not fit: rows that are no activities that were done, as their system says; activities left out as their
    lead is unknown, of unlisted types, or with odd IDs.
    """

    uncounted: int = 0
    of_unknown_leads: int = 0
    unknown_leads: tuple[str, ...] = ()
    of_unlisted_types: int = 0
    unlisted_codes: tuple[int, ...] = ()
    ids: Identified = field(default_factory=Identified)

    @property
    def lost(self) -> int:
        """Rows of the file that are not in the table."""
        return self.of_unknown_leads + self.ids.replaced


NUMBERS: Final = '(SELECT "ProspectID" AS id, rowid AS number FROM leads)'
"""Leads by ID, with the number that `finish` gives them: their rowid in the table they were read into."""


def read_activities(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    numbers: str = NUMBERS,
    *,
    activity: str | None = None,
    listed: bool = False,
) -> LeftOut:
    """Fill `activities`, and add the types that are not listed to `activity_types`.

    `numbers` is SQL that gives leads their numbers: a table or query with `id` and `number`. `activity` is the code or
    name of all activities of files that do not name theirs; `listed` says that types were listed by a file, so that
    a name that is not among them is a fault.
    """
    uncounted, made_up, unknown, leads = 0, 0, 0, tuple[str, ...]()
    for source in sources:
        uncounted += columns.count_left_out(connection, source)
        rows = _read(connection, source, numbers, activity, listed=listed)
        strays, first = _keep_out_unknown_leads(connection)
        unknown, leads = unknown + strays, (leads + first)[:3]
        made_up += 0 if "ProspectActivityId" in source.meant else rows - strays
    # Rows that are kept out replace none: an append of them alone would not either.
    given = any("ProspectActivityId" in source.meant for source in sources)
    ids = identify(connection, given=given)
    if given:
        ids = replace(ids, without_id=ids.without_id + made_up)
    unlisted, codes = _name_unlisted_types(connection)
    return LeftOut(uncounted, unknown, leads, unlisted, codes, ids)


def _read(
    connection: duckdb.DuckDBPyConnection, source: Source, numbers: str, activity: str | None, *, listed: bool
) -> int:
    """Fill in one file; returns the number of its rows."""
    meant = source.meant
    code, join = _code(connection, source, activity, listed=listed)
    joins = [join, _know_authors(connection, source), _know_leads(source, numbers)]
    for name in meant:
        if name.startswith("mx_"):
            connection.execute(f"ALTER TABLE activities ADD COLUMN IF NOT EXISTS {quoted(name)} VARCHAR")
    into = "INSERT INTO activities BY NAME"
    orders = people.times(connection, source, _TIMES)
    try:
        rows = columns.load(connection, source, into, _readings(source, code, orders), " ".join(joins))
    except ImportFailed:
        asked = [Asked(meant[name], DataType.DATETIME) for name in _TIMES if name in meant]
        whole = {at: kind.order for at, kind in types.inferred(connection, source, asked).items()}
        if whole == orders:
            raise
        rows = columns.load(connection, source, into, _readings(source, code, whole), " ".join(joins))
    return rows


def _readings(source: Source, code: Reading, orders: Mapping[int, str]) -> list[Reading]:
    meant = source.meant
    readings = [
        _reading(source, name, position, orders)
        for name, position in meant.items()
        if name not in ("ActivityEvent", TYPE_NAME, "RelatedProspectId", "RelatedProspectName", "RelatedProspectEmail")
    ]
    readings += [code, *_lead(source)]
    if "ProspectActivityId" not in meant:
        lead = readings[-1]
        readings.append(Reading("ProspectActivityId", lead.position, lead.cut, "uuid()::VARCHAR"))
    author = next((each for each in readings if each.position in [meant.get(name) for name in _NAMED]), None)
    if author is not None:
        readings.append(Reading("CreatedBy", author.position, author.cut, "named.user_id"))
    return readings


def _leads_said(source: Source) -> list[int]:
    """The positions of the columns that may name the lead, best first."""
    return [source.meant["RelatedProspectId"], *source.others.get("RelatedProspectId", ())]


def _lead(source: Source) -> list[Reading]:
    """The lead of an activity and its number: of several columns the first that names a lead that is known."""
    said = _leads_said(source)
    cuts = []
    for at in said:
        cut = columns.identified(source, f"trimmed({columns.as_text(source, at)})")
        if separator := _several(source):
            # A row that names several leads becomes a row for each of them.
            cut = f"unnest(string_split(coalesce({cut}, ''), '{separator}'))"
        cuts.append(cut)
    numbers = [f"known{nth}.number" for nth in range(len(said))]
    ids = [_lead_id(source, at) for at in said]
    chosen = "".join(f"WHEN {number} IS NOT NULL THEN {id_} " for number, id_ in zip(numbers, ids, strict=True))
    value = f"CASE {chosen}ELSE coalesce({', '.join(ids)}) END" if len(said) > 1 else ids[0]
    more = [Reading("", at, cut, "") for at, cut in zip(said[1:], cuts[1:], strict=True)]
    number = f"coalesce({', '.join(numbers)})" if len(said) > 1 else numbers[0]
    return [*more, Reading("RelatedProspectId", said[0], cuts[0], value), Reading("_Lead", said[0], cuts[0], number)]


def _lead_id(source: Source, position: int) -> str:
    """SQL of the ID that a column names; one of several in a row has blanks around it."""
    return f"id(trimmed(v{position}))" if _several(source) else f"id(v{position})"


def _several(source: Source) -> str | None:
    return source.export.several if isinstance(source.export, ActivityTable) else None


def _reading(source: Source, name: str, position: int, orders: Mapping[int, str]) -> Reading:
    if name in ("ProspectActivityId", "CreatedBy", "Owner"):
        return _of_each_lead(source, columns.identity(source, name, position))
    if name in _TIMES:
        return columns.moment(source, name, position, orders[position], mandatory=name == "CreatedOn")
    if name in _NAMED:
        return Reading("", position, f"trimmed({columns.as_text(source, position)})", "")
    return columns.text(source, name, position)


def _of_each_lead(source: Source, reading: Reading) -> Reading:
    """The ID of an activity of several leads, which is an activity of each: with the lead's ID where it is not the only
    one.
    """
    separator = _several(source)
    if separator is None or reading.target != "ProspectActivityId":
        return reading
    lead = source.meant["RelatedProspectId"]
    raw = f"trimmed({columns.as_text(source, lead)})"
    cut = f"[{reading.cut}, CASE WHEN contains({raw}, '{separator}') THEN '/' ELSE '' END]"
    v = f"v{reading.position}"
    value = f"CASE WHEN {v}[2] = '' THEN id({v}[1]) ELSE id({v}[1]) || '/' || {_lead_id(source, lead)} END"
    return Reading(reading.target, reading.position, cut, value)


def _code(
    connection: duckdb.DuckDBPyConnection, source: Source, activity: str | None, *, listed: bool
) -> tuple[Reading, str]:
    """How the code of an activity is read, and the join that it needs.

    By the file's codes; else by its words for types, as the profile says or by name; else `activity` is for all.
    """
    meant = source.meant
    if "ActivityEvent" in meant:
        _name_types(connection, source)
        return columns.code(source, "ActivityEvent", meant["ActivityEvent"]), ""
    lead = _lead(source)[-1]
    if activity is not None:
        return Reading("ActivityEvent", lead.position, lead.cut, str(_named(connection, activity))), ""
    types_said = source.export.types if isinstance(source.export, ActivityTable) else None
    kind = source.export.kind if isinstance(source.export, ActivityTable) else None
    headers = {plain(header): position for position, header in enumerate(source.headers)}
    by = types_said.by if types_said is not None and types_said.by is not None else ()
    said = [headers[plain(header)] for header in by if plain(header) in headers]
    if not said and TYPE_NAME not in meant and kind is None and (types_said is None or types_said.always is None):
        seen = ", ".join(source.headers)
        why = (
            "the column ActivityEvent or ActivityEventName is missing, and so it is not said which activities these "
            f"are; say --activity with their code or name, such as 22; columns seen: {seen}"
        )
        raise ImportFailed(source.path, why, place=source.header_at)
    values = [f"coalesce(trimmed({columns.as_text(source, at)}), '')" for at in said]
    name = columns.first_filled(source, TYPE_NAME, meant[TYPE_NAME]) if TYPE_NAME in meant else "NULL"
    values.append(f"coalesce({name}, '')")
    row = f"[{', '.join(values)}]"
    _know_types(connection, source, row, kind, listed=listed)
    why = "names no activity type, or several; allowed: a code, or a name that activity_types has once"
    at = meant.get(TYPE_NAME, said[0] if said else lead.position)
    cut = f"array_to_string({row}, chr(31))"
    reading = Reading("ActivityEvent", at, cut, "coded.code", "coded.code IS NULL", why, alias="type")
    return reading, "LEFT JOIN coded ON coded.said = file.type"


def _know_types(
    connection: duckdb.DuckDBPyConnection, source: Source, row: str, kind: str | None, *, listed: bool
) -> None:
    """Make the table `coded` of the file's words for types; types that only have a name get a code of their own."""
    found = columns.run(connection, source, f"SELECT DISTINCT {row} FROM {source.sql} ORDER BY ALL")  # noqa: S608
    words = source.export.types if isinstance(source.export, ActivityTable) else None
    known, shared = _types_by_name(connection)
    pairs: dict[str, int] = {}
    for (texts,) in found:
        *values, name = (text or None for text in texts)
        code = None if words is None else words.code(values, name)
        said = name or TypeWords.said(*values) or kind or ""
        word = said.casefold()
        if code is None and word not in shared:
            code = known.get(word, CODES.get(word))
            if code is None and said and not listed:
                code = known[word] = _new_type(connection, said)
        if code is not None:
            pairs[chr(31).join(texts)] = code
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE coded AS SELECT unnest(?::VARCHAR[]) AS said, unnest(?::INTEGER[]) AS code",
        [list(pairs), list(pairs.values())],
    )


def _types_by_name(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, int], set[str]]:
    """The codes of listed types by name in lower case, and the names that several have."""
    rows = connection.execute(
        """SELECT said, any_value(code), count(*) FROM (
            SELECT lower(trimmed("ActivityEventName")) AS said, "ActivityEvent" AS code FROM activity_types
            UNION SELECT lower(trimmed("DisplayName")), "ActivityEvent" FROM activity_types
        ) WHERE said IS NOT NULL GROUP BY said"""
    ).fetchall()
    return {said: code for said, code, count in rows if count == 1}, {said for said, _, count in rows if count > 1}


def _named(connection: duckdb.DuckDBPyConnection, activity: str) -> int:
    """The code that a code or name says; a name that is not known gets one of its own."""
    if activity.strip().isdecimal() and len(activity.strip()) <= 9:
        return int(activity)
    word = activity.strip().casefold()
    if not word:
        raise ImportFailed("--activity", "is blank; allowed: a code, or a name", value=activity)
    known, shared = _types_by_name(connection)
    if word in shared:
        raise ImportFailed("--activity", "is the name of several types; say the code", value=activity)
    code = known.get(word, CODES.get(word))
    return _new_type(connection, activity.strip()) if code is None else code


def _new_type(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Add a type with the next code that is free."""
    ((code,),) = connection.execute(
        'SELECT greatest(?, coalesce(max("ActivityEvent") + 1, 0)) FROM activity_types', [OWN]
    ).fetchall()
    connection.execute(
        'INSERT INTO activity_types BY NAME SELECT ?::INTEGER AS "ActivityEvent", ? AS "ActivityEventName"',
        [code, name],
    )
    return int(code)


def _name_types(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Add the types that a file of codes names itself, where no file lists them; of several names the first."""
    if TYPE_NAME not in source.meant:
        return
    code, name = (columns.as_text(source, source.meant[column]) for column in ("ActivityEvent", TYPE_NAME))
    columns.run(
        connection,
        source,
        f"""INSERT INTO activity_types BY NAME
        SELECT code(trimmed({code})) AS "ActivityEvent", min(trimmed({name})) AS "ActivityEventName"
        FROM {source.sql} WHERE code(trimmed({code})) IS NOT NULL AND trimmed({name}) IS NOT NULL
        AND code(trimmed({code})) NOT IN (SELECT "ActivityEvent" FROM activity_types) GROUP BY 1""",  # noqa: S608 -- ours
    )


def _know_authors(connection: duckdb.DuckDBPyConnection, source: Source) -> str:
    """The join that finds the author by name or e-mail address; unlike owners, unknown authors do not become users."""
    meant = source.meant
    if meant.keys().isdisjoint(_NAMED):
        return ""
    positions = [None, meant.get(AUTHOR_NAME), meant.get(AUTHOR_EMAIL)]
    people.write(connection, people.listed(connection), people.said_in(connection, source, positions))
    return people.join(positions[1], positions[2])


def _know_leads(source: Source, numbers: str) -> str:
    """The joins that find the number of an activity's lead, one for each column that may name it."""
    said = enumerate(_lead_id(source, at) for at in _leads_said(source))
    return " ".join(f"LEFT JOIN {numbers} AS known{nth} ON known{nth}.id = {lead}" for nth, lead in said)


def _keep_out_unknown_leads(connection: duckdb.DuckDBPyConnection) -> tuple[int, tuple[str, ...]]:
    strays = _count(connection, 'SELECT count(*) - count("_Lead") FROM activities')
    if not strays:
        return 0, ()
    first = connection.execute(
        """SELECT "RelatedProspectId" FROM activities WHERE "_Lead" IS NULL AND "RelatedProspectId" IS NOT NULL
        GROUP BY ALL ORDER BY min(rowid) LIMIT 3"""
    ).fetchall()
    connection.execute('DELETE FROM activities WHERE "_Lead" IS NULL')
    return strays, tuple(lead for (lead,) in first)


def _name_unlisted_types(connection: duckdb.DuckDBPyConnection) -> tuple[int, tuple[int, ...]]:
    unlisted = connection.execute(
        """SELECT "ActivityEvent", count(*) FROM activities ANTI JOIN activity_types USING ("ActivityEvent")
        GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    for code, _ in unlisted:
        connection.execute(
            """INSERT INTO activity_types BY NAME SELECT ? AS "ActivityEvent", ? AS "ActivityEventName" """,
            [code, NAMES.get(code, f"Activity {code}")],
        )
    return sum(count for _, count in unlisted), tuple(code for code, _ in unlisted)


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((count,),) = connection.execute(query).fetchall()
    return int(count)
