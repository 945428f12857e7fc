"""Makes a store from a folder of files: leads, activities, users and activity types, as CSV or Parquet.

Source: sections 13 (headers) and 10 (times) of the wire notes. `files/grammar.py` says what text means,
`files/headers.py` which headers are known, `files/types.py` how types are inferred.
"""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import duckdb

from lsq_api.server.importing.activities import LeftOut, read_activities
from lsq_api.server.importing.files import files as folders
from lsq_api.server.importing.files import grammar, headers
from lsq_api.server.importing.files.files import Source
from lsq_api.server.importing.leads import read_leads
from lsq_api.server.importing.people import read_activity_types, read_users
from lsq_api.server.importing.progress import ticking
from lsq_api.server.importing.report import ImportReport
from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish
from lsq_api.server.store.faults import ImportFailed

__all__ = ["ImportFailed", "ImportReport", "import_folder"]

Progress = Callable[[str], None]


def import_folder(folder: Path, into: Path, *, timezone: str = "UTC", progress: Progress | None = None) -> ImportReport:
    """Make a store at `into` from the files in `folder`, replacing an existing one.

    Dates without an offset are local to `timezone`, an IANA name. `progress` gets each step as a sentence for people.
    Raises ImportFailed, which names the fault and the file; an existing store is then unchanged.
    """
    began = perf_counter()
    files = folders.files(folder)
    if into.is_dir():
        raise ImportFailed(str(into), "is a folder; give the name of a store file")
    with making(into) as connection:
        grammar.define_macros(connection, timezone)
        sources = {table: folders.opened(connection, table, path) for table, path in files.items()}
        strays = _fill(connection, sources, folder.resolve().name, progress or _silent)
        return _report(connection, folder.resolve().name, sources, strays, began)


def _silent(_: str) -> None:
    return None


def _fill(connection: duckdb.DuckDBPyConnection, sources: dict[str, Source], title: str, progress: Progress) -> LeftOut:
    """Users before leads, and types before activities, since the latter refer to the former."""
    for table, read in (("users", read_users), ("activity_types", read_activity_types)):
        if table in sources:
            progress(f"{table}: reading {sources[table].path.name}")
            read(connection, sources[table])
            progress(f"{table}: {_count(connection, table):,} rows read")
    connection.execute("CREATE TEMP TABLE listed AS SELECT count(*) AS users FROM users")
    progress(f"leads: reading {sources['leads'].path.name}")
    with ticking(connection, "leads", progress):
        fields = read_leads(connection, sources["leads"])
    progress(f"leads: {_count(connection, 'leads'):,} rows read")
    strays = LeftOut()
    if "activities" in sources:
        progress(f"activities: reading {sources['activities'].path.name}")
        with ticking(connection, "activities", progress):
            strays = read_activities(connection, sources["activities"])
        progress(f"activities: {_count(connection, 'activities') + strays.of_unknown_leads:,} rows read")
    progress("working out last activities and options")
    with ticking(connection, "last activities and options", progress):
        finish(connection, title=title, demo=False, fields=fields)
    return strays


def _report(
    connection: duckdb.DuckDBPyConnection, title: str, sources: dict[str, Source], strays: LeftOut, began: float
) -> ImportReport:
    ((listed,),) = connection.execute("SELECT users FROM listed").fetchall()
    left_out = {
        source.path.name: names
        for source in sources.values()
        if (names := headers.left_out(source, headers.columns(source)))
    }
    users = _count(connection, "users")
    return ImportReport(
        title=title,
        leads=_count(connection, "leads"),
        activities=_count(connection, "activities"),
        activity_types=_count(connection, "activity_types"),
        users=users,
        seconds=perf_counter() - began,
        missing_files=tuple(table for table in folders.TABLES if table not in sources),
        activities_of_unknown_leads=strays.of_unknown_leads,
        unknown_leads=strays.unknown_leads,
        activities_of_unlisted_types=strays.of_unlisted_types,
        unlisted_codes=strays.unlisted_codes,
        activities_without_id=strays.without_id,
        unlisted_owners=users - listed,
        columns_left_out=left_out,
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 -- names of ours
    return int(rows)
