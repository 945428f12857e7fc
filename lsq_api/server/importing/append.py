"""Appends files to a store: new leads and activities are added, and those with a known ID replace the old ones.

The files are read as for an import, into temporary tables with the same names, and merged into a copy of the store
(`merge.py`), which replaces the store when all is done.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Final

import duckdb

from lsq_api.server.importing import merge
from lsq_api.server.importing.activities import LeftOut, read_activities
from lsq_api.server.importing.files import columns, grammar, headers
from lsq_api.server.importing.files import files as folders
from lsq_api.server.importing.files.files import Source
from lsq_api.server.importing.files.types import Inferred
from lsq_api.server.importing.leads import read_leads
from lsq_api.server.importing.people import read_activity_types, read_users
from lsq_api.server.importing.progress import ticking
from lsq_api.server.importing.report import AppendReport
from lsq_api.server.store.build import remaking
from lsq_api.server.store.schema import StoredField
from lsq_api.server.store.store import Store

_NUMBERS: Final = f'(SELECT "ProspectID" AS id, "_number" AS number FROM {merge.KEPT}.leads)'  # noqa: S608 -- ours


def append_folder(
    folder: Path, into: Path, *, timezone: str = "UTC", progress: Callable[[str], None] = lambda _: None
) -> AppendReport:
    """Append the files of `folder` to the store `into`; a row with a known ID replaces the old one.

    Columns that a file lacks stay as they are. Activities without an ID are new each time. Raises ImportFailed or
    NotConnected; the store is then unchanged.
    """
    began = perf_counter()
    files = folders.some_files(folder)
    described = _described(into)
    with remaking(into) as connection:
        grammar.define_macros(connection, timezone)
        sources = {table: folders.opened(connection, table, path) for table, path in files.items()}
        merge.prepare(connection)
        return _merged(connection, sources, described, progress, began)


def _described(into: Path) -> list[StoredField]:
    """The lead fields of the store; raises NotConnected where there is no store of this version."""
    store = Store.open(into)
    try:
        return [field for field in store.fields.values() if field.schema_name in store.column_types]
    finally:
        store.close()


def _merged(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Source],
    described: list[StoredField],
    progress: Callable[[str], None],
    began: float,
) -> AppendReport:
    """Users before leads, and types before activities, since the latter refer to the former."""
    for table, key, read in (
        ("users", "UserId", read_users),
        ("activity_types", "ActivityEvent", read_activity_types),
    ):
        given: set[str] = set()
        if table in sources:
            progress(f"{table}: reading {sources[table].path.name}")
            read(connection, sources[table])
            given = set(headers.columns(sources[table]))
        merge.complete(connection, table, key, given)
    merged = merge.Merged()
    if "leads" in sources:
        progress(f"leads: reading {sources['leads'].path.name}")
        kept = {field.schema_name.lower(): Inferred(field.data_type) for field in described}
        described = _with_new(described, read_leads(connection, sources["leads"], kept))
        merge.merge_leads(connection, merged)
        progress(f"leads: {merged.new_leads:,} new, {merged.changed_leads:,} changed")
    strays = LeftOut()
    if "activities" in sources:
        progress(f"activities: reading {sources['activities'].path.name}")
        with ticking(connection, "activities", progress):
            strays = read_activities(connection, sources["activities"], _NUMBERS)
        _check_ids(connection, sources["activities"])
        merge.merge_activities(connection, merged, set(headers.columns(sources["activities"])))
        progress(f"activities: {merged.new_activities:,} new, {merged.changed_activities:,} changed")
    progress("working out last activities and options")
    with ticking(connection, "last activities and options", progress):
        merge.finish(connection, described)
    return AppendReport(
        leads=merged.new_leads,
        changed_leads=merged.changed_leads,
        activities=merged.new_activities,
        changed_activities=merged.changed_activities,
        seconds=perf_counter() - began,
        activities_of_unknown_leads=strays.of_unknown_leads,
        unknown_leads=strays.unknown_leads,
        unlisted_codes=strays.unlisted_codes,
        activities_without_id=strays.without_id,
    )


def _check_ids(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Raises ImportFailed where two activities of the file have one ID: neither could replace the store's."""
    position = headers.columns(source).get("ProspectActivityId")
    if position is not None:
        columns.check_unique(connection, source, columns.identity(source, "ProspectActivityId", position))


def _with_new(described: list[StoredField], read: list[StoredField]) -> list[StoredField]:
    known = {field.schema_name.lower() for field in described}
    return [*described, *(field for field in read if field.schema_name.lower() not in known)]
