"""Appends files to a store: new leads and activities are added, and those with a known ID replace the old ones.

The files are read as for an import, into temporary tables with the same names, and merged into a copy of the store
(`merge.py`), which replaces the store when all is done.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

import duckdb

from lsq_api.server.importing import merge
from lsq_api.server.importing.activities import LeftOut, read_activities
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.files.types import Inferred
from lsq_api.server.importing.importer import open_files
from lsq_api.server.importing.leads import read_leads
from lsq_api.server.importing.people import read_activity_types, read_users
from lsq_api.server.importing.progress import ticking
from lsq_api.server.importing.report import AppendReport
from lsq_api.server.store.build import remaking
from lsq_api.server.store.schema import StoredField
from lsq_api.server.store.store import Store

_NUMBERS: Final = f'(SELECT "ProspectID" AS id, "_number" AS number FROM {merge.KEPT}.leads)'  # noqa: S608 -- ours


def append_files(
    given: Path | Sequence[Path],
    into: Path,
    choices: Choices | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> AppendReport:
    """Append files, or those of folders, to the store `into`; a row with a known ID replaces the old one
    (`activity_ids.py`).

    Times are of the store's zone unless another one was chosen. Columns that a file lacks stay as they are.
    Activities without an ID are new each time. Raises ImportFailed or NotConnected; the store is then unchanged.
    """
    began = perf_counter()
    given = [given] if isinstance(given, Path) else given
    choices = choices or Choices()
    described, zone = _described(into)
    with remaking(into) as connection:
        sources = open_files(connection, given, choices, zone)
        merge.prepare(connection)
        return _merged(connection, sources, described, choices, progress, began)


def _described(into: Path) -> tuple[list[StoredField], str]:
    """The lead fields of the store, and its zone; raises NotConnected where there is no store of this version."""
    store = Store.open(into)
    try:
        return [field for field in store.fields.values() if field.schema_name in store.column_types], store.timezone
    finally:
        store.close()


def _merged(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[str, Sequence[Source]],
    described: list[StoredField],
    choices: Choices,
    progress: Callable[[str], None],
    began: float,
) -> AppendReport:
    """Users before leads, and types before activities, since the latter refer to the former."""
    for table, key, read in (
        ("users", "UserId", read_users),
        ("activity_types", "ActivityEvent", read_activity_types),
    ):
        given: set[str] = set()
        for each in sources.get(table, ()):
            progress(f"{table}: reading {each.path.name}")
            read(connection, each)
            given = set(each.meant)
        merge.complete(connection, table, key, given)
    merged = merge.Merged()
    for leads in sources.get("leads", ()):
        progress(f"leads: reading {leads.path.name}")
        kept = {field.schema_name.lower(): Inferred(field.data_type) for field in described}
        described = _with_new(described, read_leads(connection, leads, kept).fields)
        merge.merge_leads(connection, merged)
        progress(f"leads: {merged.new_leads:,} new, {merged.changed_leads:,} changed")
    strays = LeftOut()
    if "activities" in sources:
        files = sources["activities"]
        progress(f"activities: reading {', '.join(each.path.name for each in files)}")
        with ticking(connection, "activities", progress):
            strays = read_activities(connection, files, _NUMBERS, activity=choices.activity)
        merge.merge_activities(connection, merged, {name for each in files for name in each.meant})
        progress(f"activities: {merged.new_activities:,} new, {merged.changed_activities:,} changed")
    progress("working out last activities and options")
    with ticking(connection, "last activities and options", progress):
        own = merge.finish(connection, described)
    return AppendReport(
        leads=merged.new_leads,
        changed_leads=merged.changed_leads,
        activities=merged.new_activities,
        changed_activities=merged.changed_activities,
        seconds=perf_counter() - began,
        activities_of_unknown_leads=strays.of_unknown_leads,
        unknown_leads=strays.unknown_leads,
        unlisted_codes=strays.unlisted_codes,
        activities_without_id=strays.ids.without_id,
        repeated_activities=strays.ids.replaced,
        change_log_rows=strays.ids.change_log,
        own_dates=own,
    )


def _with_new(described: list[StoredField], read: list[StoredField]) -> list[StoredField]:
    known = {field.schema_name.lower() for field in described}
    return [*described, *(field for field in read if field.schema_name.lower() not in known)]
