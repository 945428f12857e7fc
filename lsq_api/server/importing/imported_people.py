"""Users and activity types, as an import reads them."""

import duckdb

from lsq_api.server.importing.files import columns, headers
from lsq_api.server.importing.files.columns import Reading
from lsq_api.server.importing.files.files import Source

_STATUSES = {"0": "0", "active": "0", "1": "1", "inactive": "1"}


def read_users(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Fill `users`; a user without a status is an active one."""
    meant = headers.columns(source)
    headers.need(source, meant, "UserId")
    readings = [_of_user(source, name, position) for name, position in meant.items()]
    columns.load(connection, source, "INSERT INTO users BY NAME", readings)
    columns.check_unique(connection, source, next(each for each in readings if each.target == "UserId"))
    connection.execute("""UPDATE users SET "StatusCode" = '0' WHERE "StatusCode" IS NULL""")


def _of_user(source: Source, name: str, position: int) -> Reading:
    if name in ("UserId", "ManagerUserId", "TeamId"):
        return columns.identity(source, name, position, mandatory=name == "UserId")
    if name == "CreatedOn":
        return columns.moment(source, name, position)
    return _status(source, position) if name == "StatusCode" else columns.text(source, name, position)


def _status(source: Source, position: int) -> Reading:
    v = f"v{position}"
    known = " ".join(f"WHEN '{said}' THEN '{code}'" for said, code in _STATUSES.items())
    value = f"CASE lower({v}) {known} END"
    why = "is no status of a user; allowed: 0 or Active, 1 or Inactive"
    cut = f"trimmed({columns.as_text(source, position)})"
    return Reading("StatusCode", position, cut, value, f"{v} IS NOT NULL AND {value} IS NULL", why)


def read_activity_types(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Fill `activity_types`; one without a name is named after its code."""
    meant = headers.columns(source)
    for name in ("ActivityEvent", "ActivityEventName"):
        headers.need(source, meant, name)
    readings = [
        columns.code(source, name, position, mandatory=name == "ActivityEvent")
        if name in ("ActivityEvent", "EventType")
        else columns.text(source, name, position)
        for name, position in meant.items()
    ]
    columns.load(connection, source, "INSERT INTO activity_types BY NAME", readings)
    columns.check_unique(connection, source, next(each for each in readings if each.target == "ActivityEvent"))
    connection.execute(
        """UPDATE activity_types SET "ActivityEventName" = 'Activity ' || "ActivityEvent"
        WHERE "ActivityEventName" IS NULL"""
    )
