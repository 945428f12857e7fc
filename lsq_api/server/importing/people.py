"""Finds users by name or e-mail address, for files that have these in place of IDs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import duckdb

from lsq_api.server.importing.files import columns, types
from lsq_api.server.importing.files.columns import Reading, as_text
from lsq_api.server.importing.files.grammar import GUID
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.files.types import Asked
from lsq_api.server.store.schema import DataType

_STATUSES = {
    "0": "0", "active": "0", "1": "1", "inactive": "1", "enabled": "0", "disabled": "1", "deactivated": "1",
}  # fmt: skip

_AMBIGUOUS: Final = ""


class Said(NamedTuple):
    """A person as a row names one."""

    user: str | None
    name: str | None
    email: str | None


class People:
    """Finds users by ID, e-mail address or full name, in any case; what two users share finds nobody."""

    def __init__(self, listed: Iterable[Said]) -> None:
        self.made: list[Said] = []
        self._ids: set[str | None] = set()
        self._listed: dict[str, str] = {}
        self._made: dict[str, str] = {}
        for user, name, email in listed:
            self._ids.add(user)
            for said in {_key(user), _key(name), _key(email)} - {""}:
                self._listed[said] = str(user) if self._listed.get(said, user) == user else _AMBIGUOUS

    def find(self, name: str | None, email: str | None) -> str | None:
        """The user's ID, by e-mail address first, then by name; None where nobody is found."""
        by_email = self._listed.get(_key(email)) or self._made.get(_key(email))
        # A user made here is found by name alone, but not where the row has another e-mail address.
        by_name = self._listed.get(_key(name)) or (None if email else self._made.get(_key(name)))
        return by_email or by_name or None

    def shares(self, name: str | None, email: str | None) -> bool:
        """Whether several users have the name, and the e-mail address does not tell which."""
        return self._listed.get(_key(name)) == _AMBIGUOUS and not self._listed.get(_key(email))

    def meet(self, user: str | None, name: str | None, email: str | None) -> None:
        """Make a user of an unknown person; without an ID one is derived from the e-mail address or the name."""
        if user in self._ids or (user is None and self.find(name, email)):
            return
        if user is None and name is not None and re.fullmatch(GUID, name):
            user, name = name.lower(), None
        user = user or str(uuid5(NAMESPACE_URL, f"user:{_key(email) or _key(name)}"))
        self.made.append(Said(user, name, email))
        self._ids.add(user)
        for said in {_key(user), _key(name), _key(email)} - {""}:
            self._made.setdefault(said, user)


def _key(said: str | None) -> str:
    return " ".join((said or "").split()).lower()


def listed(connection: duckdb.DuckDBPyConnection) -> People:
    """The people in the table of users."""
    rows = connection.execute(
        """SELECT "UserId", concat_ws(' ', "FirstName", "LastName"), "EmailAddress" FROM users ORDER BY rowid"""
    ).fetchall()
    return People(Said(*row) for row in rows)


def said_in(connection: duckdb.DuckDBPyConnection, source: Source, positions: Sequence[int | None]) -> list[Said]:
    """The distinct people in a file, by the positions of ID, name and e-mail address; those with an address first."""
    user, name, email = (f"trimmed({as_text(source, at)})" if at is not None else "NULL::VARCHAR" for at in positions)
    user = f"id({columns.identified(source, user)})"
    without = columns.left_out(source)
    kept = f"WHERE NOT ({without})" if without else ""
    query = f"SELECT DISTINCT {user}, {name}, {email} FROM {source.sql} {kept} "  # noqa: S608 -- positions
    rows = columns.run(connection, source, query + "ORDER BY 3 NULLS LAST, 2 NULLS LAST, 1")
    return [found for row in rows if any(found := Said(*row))]


def write(connection: duckdb.DuckDBPyConnection, people: People, said: Iterable[Said]) -> None:
    """Add the users made, and the temporary table `named (name, email, user_id)` of the people in the file."""
    made = [[person[part] for person in people.made] for part in range(3)]
    connection.execute(
        """INSERT INTO users BY NAME SELECT unnest(?::VARCHAR[]) AS "UserId", unnest(?::VARCHAR[]) AS "FirstName",
        unnest(?::VARCHAR[]) AS "EmailAddress", '0' AS "StatusCode" """,
        made,
    )
    pairs = list(dict.fromkeys((name, email) for _, name, email in said if name or email))
    listed = [[name for name, _ in pairs], [email for _, email in pairs], [people.find(*pair) for pair in pairs]]
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE named AS SELECT unnest(?::VARCHAR[]) AS name, unnest(?::VARCHAR[]) AS email,
        unnest(?::VARCHAR[]) AS user_id""",
        listed,
    )


def join(name: int | None, email: int | None) -> str:
    """The join of a file's rows with `named`, by the positions of name and e-mail address."""
    on = (
        f"named.{part} IS NOT DISTINCT FROM {'NULL' if at is None else f'v{at}'}"
        for part, at in (("name", name), ("email", email))
    )
    return f" LEFT JOIN named ON {' AND '.join(on)}"


def read_users(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Fill `users`; a user without a status is active."""
    order = times(connection, source, ("CreatedOn",))
    readings = [_of_user(source, name, position, order) for name, position in source.meant.items()]
    columns.load(connection, source, "INSERT INTO users BY NAME", readings)
    columns.check_unique(connection, source, "users", next(each for each in readings if each.target == "UserId"))
    connection.execute("""UPDATE users SET "StatusCode" = '0' WHERE "StatusCode" IS NULL""")


def times(connection: duckdb.DuckDBPyConnection, source: Source, names: Sequence[str]) -> dict[int, str]:
    """The order of day and month in columns of times, by position; found from a sample where that tells."""
    asked = [Asked(source.meant[name], DataType.DATETIME) for name in names if name in source.meant]
    return {at: kind.order for at, kind in types.inferred(connection, source, asked, whole=False).items()}


def _of_user(source: Source, name: str, position: int, order: Mapping[int, str]) -> Reading:
    if name in ("UserId", "ManagerUserId", "TeamId"):
        return columns.identity(source, name, position, mandatory=name == "UserId")
    if name == "CreatedOn":
        return columns.moment(source, name, position, order[position])
    return _status(source, position) if name == "StatusCode" else columns.text(source, name, position)


def _status(source: Source, position: int) -> Reading:
    v = f"v{position}"
    own = source.export.values.get("StatusCode", {}) if source.export else {}
    words = _STATUSES | {word.casefold().replace("'", "''"): code for word, code in own.items()}
    known = " ".join(f"WHEN '{said}' THEN '{code}'" for said, code in words.items())
    value = f"CASE lower({v}) {known} END"
    why = "is no status of a user; allowed: 0 or Active, 1 or Inactive"
    cut = f"trimmed({columns.as_text(source, position)})"
    return Reading("StatusCode", position, cut, value, f"{v} IS NOT NULL AND {value} IS NULL", why)


def read_activity_types(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Fill `activity_types`; a type without a name is named after its code."""
    readings = [
        columns.code(source, name, position, mandatory=name == "ActivityEvent")
        if name in ("ActivityEvent", "EventType")
        else columns.text(source, name, position)
        for name, position in source.meant.items()
    ]
    columns.load(connection, source, "INSERT INTO activity_types BY NAME", readings)
    key = next(each for each in readings if each.target == "ActivityEvent")
    columns.check_unique(connection, source, "activity_types", key)
    connection.execute(
        """UPDATE activity_types SET "ActivityEventName" = 'Activity ' || "ActivityEvent"
        WHERE "ActivityEventName" IS NULL"""
    )
