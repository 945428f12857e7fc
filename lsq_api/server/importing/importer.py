"""Makes a store from files as people have them: leads, and activities, users and activity types where there are any.

Source: sections 13 (headers) and 10 (times) of the wire notes. `recognise.py` says what a file holds,
`files/grammar.py` what text means, `files/types.py` how types are decided.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import duckdb

from lsq_api.server.importing.activities import LeftOut, read_activities
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.files import grammar, paths, source
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.leads import ReadLeads, read_leads
from lsq_api.server.importing.people import read_activity_types, read_users
from lsq_api.server.importing.profiles.profile import TABLES, profiles
from lsq_api.server.importing.progress import ticking
from lsq_api.server.importing.recognise import recognise
from lsq_api.server.importing.report import FileReport, ImportReport, of_file
from lsq_api.server.store.build import making
from lsq_api.server.store.derive import OwnDates, finish
from lsq_api.server.store.faults import ImportFailed

__all__ = ["ImportFailed", "ImportReport", "import_files", "open_files"]

Progress = Callable[[str], None]


def import_files(
    given: Path | Sequence[Path], into: Path, choices: Choices | None = None, progress: Progress | None = None
) -> ImportReport:
    """Make a store at `into` from files, or those of folders, replacing an existing one.

    `progress` gets each step as a sentence for people. Raises ImportFailed, which names the fault and the file; an
    existing store is then unchanged.
    """
    began = perf_counter()
    given = [given] if isinstance(given, Path) else given
    choices = choices or Choices()
    if into.is_dir():
        raise ImportFailed(str(into), "is a folder; give the name of a store file")
    title = _title(given)
    with making(into) as connection:
        sources = open_files(connection, given, choices)
        if "leads" not in sources:
            seen = ", ".join(f"{each.path.name} ({table})" for table, some in sources.items() for each in some)
            where = ", ".join(map(str, given))
            raise ImportFailed(where, f"there is no file of leads; give one, or name it leads.csv; seen: {seen}")
        read, strays, own_dates, listed = _fill(connection, sources, title, choices, progress or _silent)
        return _report(connection, title, sources, read, strays, own_dates, listed, began)


def headers(given: Sequence[Path], scratch: Path) -> dict[str, tuple[str, ...]]:
    """The headers of each file, or each sheet of one, by its name: for files whose content is not clear.

    Rows that have to be written down are beside `scratch`, a path at which nothing is, and nothing stays. Raises
    ImportFailed.
    """
    with making(scratch) as connection:
        grammar.define_macros(connection, "UTC", ())
        files = [
            source.opened(connection, f"{at}", each.path, each.sheet) for at, each in enumerate(paths.given(given))
        ]
        found = {each.label: each.headers for each in files}
    scratch.unlink()
    return found


def open_files(
    connection: duckdb.DuckDBPyConnection, given: Sequence[Path], choices: Choices, zone: str = "UTC"
) -> dict[str, list[Source]]:
    """The sources of files by what they hold, with the macros to read them; `zone` is used where none was chosen.

    Raises ImportFailed.
    """
    fillers = [filler for profile in profiles().values() for filler in profile.fillers]
    grammar.define_macros(connection, zone if choices.timezone is None else choices.timezone, fillers)
    files = [
        (each, source.opened(connection, f"{number}", each.path, each.sheet))
        for number, each in enumerate(paths.given(given, choices.sheet))
    ]
    return recognise(files, choices)


def _title(given: Sequence[Path]) -> str:
    first = given[0].resolve()
    if len(given) == 1 and first.is_file() and paths.Given(first).table is None:
        return paths.stem(first) or first.name
    return first.name if first.is_dir() else first.parent.name


def _silent(_: str) -> None:
    return None


def _fill(
    connection: duckdb.DuckDBPyConnection,
    sources: dict[str, list[Source]],
    title: str,
    choices: Choices,
    progress: Progress,
) -> tuple[ReadLeads, LeftOut, OwnDates, int]:
    """Users before leads, and types before activities, since the latter refer to the former."""
    for table, read in (("users", read_users), ("activity_types", read_activity_types)):
        for each in sources.get(table, ()):
            progress(f"{table}: reading {each.path.name}")
            read(connection, each)
            progress(f"{table}: {_count(connection, table):,} rows read")
    listed = _count(connection, "users")
    (leads,) = sources["leads"]
    progress(f"leads: reading {leads.path.name}")
    with ticking(connection, "leads", progress):
        read_of_leads = read_leads(connection, leads)
    progress(f"leads: {_count(connection, 'leads'):,} rows read")
    strays = LeftOut()
    if "activities" in sources:
        progress(f"activities: reading {', '.join(each.path.name for each in sources['activities'])}")
        with ticking(connection, "activities", progress):
            strays = read_activities(
                connection, sources["activities"], activity=choices.activity, listed="activity_types" in sources
            )
        progress(f"activities: {_count(connection, 'activities') + strays.lost:,} rows read")
    progress("working out last activities and options")
    with ticking(connection, "last activities and options", progress):
        ((zone,),) = connection.execute(grammar.ZONE).fetchall()
        own_dates = finish(connection, title=title, demo=False, fields=read_of_leads.fields, timezone=zone)
    return read_of_leads, strays, own_dates, listed


def _report(
    connection: duckdb.DuckDBPyConnection,
    title: str,
    sources: dict[str, list[Source]],
    read: ReadLeads,
    strays: LeftOut,
    own_dates: OwnDates,
    listed: int,
    began: float,
) -> ImportReport:
    users = _count(connection, "users")
    files: list[FileReport] = [
        of_file(each, read.kinds if table == "leads" else {}, each.samples(connection))
        for table, several in sources.items()
        for each in several
    ]
    return ImportReport(
        title=title,
        leads=_count(connection, "leads"),
        activities=_count(connection, "activities"),
        activity_types=_count(connection, "activity_types"),
        users=users,
        seconds=perf_counter() - began,
        files=tuple(files),
        missing_files=tuple(table for table in TABLES if table not in sources),
        rows_that_are_no_leads=read.no_leads,
        rows_that_are_no_activities=strays.uncounted,
        shared_names=read.shared,
        activities_of_unknown_leads=strays.of_unknown_leads,
        unknown_leads=strays.unknown_leads,
        activities_of_unlisted_types=strays.of_unlisted_types,
        unlisted_codes=strays.unlisted_codes,
        activities_without_id=strays.ids.without_id,
        repeated_activities=strays.ids.replaced,
        change_log_rows=strays.ids.change_log,
        unlisted_owners=users - listed,
        own_dates=own_dates,
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((rows,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608 -- names of ours
    return int(rows)
