"""New leads and activities added to a store, or put in place of those with the same IDs: an import without the rest.

The files are read as an import reads them, into temporary tables of the same names, and then merged into a copy of the
store (`merging`), which takes the store's place when all is done.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Final

import duckdb

from lsq_api.server.importing import merge
from lsq_api.server.importing.activities import Strays, read_activities
from lsq_api.server.importing.files import columns, grammar, headers
from lsq_api.server.importing.files import files as folders
from lsq_api.server.importing.files.files import Source
from lsq_api.server.importing.files.types import Inferred
from lsq_api.server.importing.leads import read_leads
from lsq_api.server.importing.people import read_activity_types, read_users
from lsq_api.server.importing.progress import ticking
from lsq_api.server.importing.report import AppendReport
from lsq_api.server.store.build import remaking
from lsq_api.server.store.schema import FieldOfLeads
from lsq_api.server.store.store import Store

_NUMBERS: Final = f'(SELECT "ProspectID" AS id, "_number" AS number FROM {merge.KEPT}.leads)'  # noqa: S608 -- ours


def append_folder(
    folder: Path, into: Path, *, timezone: str = "UTC", progress: Callable[[str], None] = lambda _: None
) -> AppendReport:
    """Add the files of `folder` to the store `into`; what has an ID that is there takes its place.

    Columns that a file lacks stay as they are. Activities without an ID are new each time. ImportFailed or
    NotConnected say what is wrong; then the store is as it was.
    """
    began = perf_counter()
    files = folders.some_files(folder)
    described = _described(into)
    with remaking(into) as connection:
        grammar.teach(connection, timezone)
        sources = {table: folders.opened(connection, table, path) for table, path in files.items()}
        merge.prepare(connection)
        return _merged(connection, sources, described, progress, began)


def _described(into: Path) -> list[FieldOfLeads]:
    """The fields of the store's leads; NotConnected where there is no store of this version."""
    store = Store.open(into)
    try:
        return [field for field in store.fields.values() if field.schema_name in store.column_types]
    finally:
        store.close()


def _merged(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Source],
    described: list[FieldOfLeads],
    progress: Callable[[str], None],
    began: float,
) -> AppendReport:
    """Users before leads, since leads may name their owners; types before activities, likewise."""
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
    strays = Strays()
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
    """Of two activities with one ID neither could take the place of the one in the store."""
    position = headers.columns(source).get("ProspectActivityId")
    if position is not None:
        columns.check_unique(connection, source, columns.identity(source, "ProspectActivityId", position))


def _with_new(described: list[FieldOfLeads], read: list[FieldOfLeads]) -> list[FieldOfLeads]:
    known = {field.schema_name.lower() for field in described}
    return [*described, *(field for field in read if field.schema_name.lower() not in known)]
