"""Small stores from plain Python rows, made as the importer and the demo data make theirs: `making`, then `finish`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from lsq_api.server.store import schema
from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish, quoted
from lsq_api.server.store.schema import CORE_COLUMN_TYPES, CORE_LEAD_FIELDS, DataType, StoredField

ROWS = Mapping[str, Any]
_AT_ONCE = 100
_DATA_TYPES = {"VARCHAR": DataType.TEXT, "TIMESTAMP": DataType.DATETIME, "DATE": DataType.DATE}


@dataclass(frozen=True)
class Rows:
    """What goes into a store. A row names only the columns it has a value for.

    `columns` are the engine's types of lead columns beside the core ones, or instead of a core one's own.
    """

    leads: Sequence[ROWS]
    activities: Sequence[ROWS] = ()
    users: Sequence[ROWS] = ()
    types: Sequence[ROWS] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def lead_columns(self) -> dict[str, str]:
        """Every stored lead column with the engine's type."""
        core = {name: CORE_COLUMN_TYPES[known.data_type] for name, known in CORE_LEAD_FIELDS.items()}
        return core | dict(self.columns)


def make_store(path: Path, rows: Rows, *, title: str = "Test rows", timezone: str = "UTC") -> Path:
    """Write the rows as a store file."""
    fields = [_field(name, kind) for name, kind in rows.columns.items()]
    with making(path) as connection:
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in rows.lead_columns.items())
        connection.execute(f"CREATE TABLE leads ({listed})")
        _fill(connection, "leads", list(rows.lead_columns), rows.leads)
        own = sorted({name for row in rows.activities for name in row if name.startswith("mx_")})
        for name in own:
            connection.execute(f"ALTER TABLE activities ADD COLUMN {quoted(name)} VARCHAR")
        _fill(connection, "activities", [*schema.ACTIVITIES, *own], rows.activities)
        _fill(connection, "users", list(schema.USERS), rows.users)
        _fill(connection, "activity_types", list(schema.ACTIVITY_TYPES), rows.types)
        finish(connection, title=title, demo=False, fields=fields, timezone=timezone)
    return path


def _field(name: str, kind: str) -> StoredField:
    data_type = _DATA_TYPES.get(kind, DataType.NUMBER)
    return StoredField(name, name.removeprefix("mx_").replace("_", " "), data_type)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, columns: list[str], rows: Sequence[ROWS]) -> None:
    strange = {name for row in rows for name in row} - set(columns)
    assert not strange, f"{table} has no column {strange}"
    marks = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        connection.execute(
            f"INSERT INTO {table} ({', '.join(map(quoted, columns))}) VALUES {', '.join([marks] * len(some))}",
            [row.get(name) for row in some for name in columns],
        )


def at(text: str) -> datetime:
    """A time as the engine holds it: UTC without a zone."""
    return datetime.fromisoformat(text)


def activity(number: int, lead: str, code: int, on: str, **more: Any) -> dict[str, Any]:
    """An activity row; changed when it was made unless `more` says otherwise."""
    return {
        "ProspectActivityId": f"act-{number:03}",
        "RelatedProspectId": lead,
        "ActivityEvent": code,
        "CreatedOn": at(on),
        "ModifiedOn": at(on),
    } | more
