"""Users and activity types, as an import reads them."""

import duckdb

from lsq_api.server import headers, reading
from lsq_api.server.folder import Source
from lsq_api.server.reading import Reading

_STATUSES = {"0": "0", "active": "0", "1": "1", "inactive": "1"}


def read_users(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Fill `users`; a user without a status is an active one."""
    meant = headers.columns(source)
    headers.need(source, meant, "UserId")
    readings = [_of_user(source, name, position) for name, position in meant.items()]
    reading.load(connection, source, "INSERT INTO users BY NAME", readings)
    reading.check_unique(connection, source, next(each for each in readings if each.target == "UserId"))
    connection.execute("""UPDATE users SET "StatusCode" = '0' WHERE "StatusCode" IS NULL""")


def _of_user(source: Source, name: str, position: int) -> Reading:
    if name in ("UserId", "ManagerUserId", "TeamId"):
        return reading.identity(source, name, position, mandatory=name == "UserId")
    if name == "CreatedOn":
        return reading.moment(source, name, position)
    return _status(source, position) if name == "StatusCode" else reading.text(source, name, position)


def _status(source: Source, position: int) -> Reading:
    v = f"v{position}"
    known = " ".join(f"WHEN '{said}' THEN '{code}'" for said, code in _STATUSES.items())
    value = f"CASE lower({v}) {known} END"
    why = "is no status of a user; allowed: 0 or Active, 1 or Inactive"
    cut = f"trimmed({reading.as_text(source, position)})"
    return Reading("StatusCode", position, cut, value, f"{v} IS NOT NULL AND {value} IS NULL", why)


def read_activity_types(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Fill `activity_types`; one without a name is named after its code."""
    meant = headers.columns(source)
    for name in ("ActivityEvent", "ActivityEventName"):
        headers.need(source, meant, name)
    readings = [
        reading.code(source, name, position, mandatory=name == "ActivityEvent")
        if name in ("ActivityEvent", "EventType")
        else reading.text(source, name, position)
        for name, position in meant.items()
    ]
    reading.load(connection, source, "INSERT INTO activity_types BY NAME", readings)
    reading.check_unique(connection, source, next(each for each in readings if each.target == "ActivityEvent"))
    connection.execute(
        """UPDATE activity_types SET "ActivityEventName" = 'Activity ' || "ActivityEvent"
        WHERE "ActivityEventName" IS NULL"""
    )
