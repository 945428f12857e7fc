"""The outcome of an import or append, as sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lsq_api.server.importing import recognise
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.files.types import Inferred
from lsq_api.server.store import schema
from lsq_api.server.store.derive import OwnDates

_AGREED: Final = OwnDates()


@dataclass(frozen=True)
class ColumnReport:
    """What became of a column: its header, its column of the table ("" where it is left out), its type, and why.

    `sample` is a value of it as the file has it, "" where the first rows have none.
    """

    header: str
    name: str
    kind: str = ""
    why: str = ""
    sample: str = ""


@dataclass(frozen=True)
class FileReport:
    """What was recognised of a file: the table it holds, the system it comes from, and its columns.

    `found` are phrases on what was out of the ordinary. `core` has the headers by what a lead should have, `missing`
    what was not found, with the nearest header seen ("" where there is none).
    """

    name: str
    table: str
    system: str
    found: tuple[str, ...]
    columns: tuple[ColumnReport, ...]
    core: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, str]

    @property
    def wanted(self) -> dict[str, str]:
        """The schema name that a header of what is missing would mean."""
        return {what: recognise.CORE[what][0] for what in self.missing}

    def lines(self) -> list[str]:
        """The report, one sentence a line."""
        words = self.table.replace("_", " ")
        said = [f"{self.name}: {words}, as {self.system} writes them{''.join(f'; {each}' for each in self.found)}."]
        if self.core:
            taken = (f"{what} from {' and '.join(headers)}" for what, headers in self.core.items())
            said.append(f"{self.name}: {', '.join(taken)}.")
        said += [
            f"{self.name}: {what}: not found; is it {near}? Then say --map “{near}={self.wanted[what]}”."
            for what, near in self.missing.items()
            if near
        ]
        if nowhere := [what for what, near in self.missing.items() if not near]:
            said.append(f"{self.name}: not found: {', '.join(nowhere)}.")
        said += [
            f"{self.name}: {each.header}: {each.kind}, {each.why}." for each in self.columns if each.name and each.why
        ]
        left = [each.header for each in self.columns if not each.name]
        return said + ([f"{self.name}: columns left out: {', '.join(left)}."] if left else [])


def of_file(source: Source, kinds: Mapping[str, Inferred], samples: Sequence[str]) -> FileReport:
    """What was recognised of a source; `kinds` says how columns were read, by schema name; `samples`: a value each."""
    names = {at: name for name, at in source.meant.items()}
    unnamed = iter(recognise.left_out(source))
    columns = []
    for at, header in enumerate(source.headers):
        name = names.get(at, "")
        core = schema.CORE_LEAD_FIELDS.get(name)
        kind = kinds.get(name)
        said = str(core.data_type if core else kind.data_type if kind else "")
        shown = header if name else next(unnamed)
        columns.append(ColumnReport(shown, name, said, kind.why if kind else "", samples[at]))
    core_of: dict[str, tuple[str, ...]] = {}
    missing: dict[str, str] = {}
    for what, wanted in recognise.CORE.items() if source.table == "leads" else ():
        taken = tuple(source.headers[source.meant[name]] for name in wanted if name in source.meant)
        if taken:
            core_of[what] = taken
        else:
            missing[what] = recognise.nearest(source, wanted[0], recognise.unused(source)) or ""
    system = source.profile.title if source.profile else ""
    return FileReport(source.label, source.table, system, tuple(source.found), tuple(columns), core_of, missing)


@dataclass(frozen=True)
class ImportReport:
    """What an import read, left out and added. Counts are rows unless their name says otherwise.

    `activities`, `activities_of_unknown_leads` and `repeated_activities` add up to the rows of the activities file.
    """

    title: str
    leads: int
    activities: int
    activity_types: int
    users: int
    seconds: float
    missing_files: tuple[str, ...] = ()
    activities_of_unknown_leads: int = 0
    unknown_leads: tuple[str, ...] = ()  # the first three
    activities_of_unlisted_types: int = 0
    unlisted_codes: tuple[int, ...] = ()
    activities_without_id: int = 0
    repeated_activities: int = 0
    change_log_rows: int = 0
    unlisted_owners: int = 0
    own_dates: OwnDates = _AGREED
    files: tuple[FileReport, ...] = ()
    rows_that_are_no_leads: int = 0
    rows_that_are_no_activities: int = 0
    shared_names: tuple[str, ...] = ()  # of owners, that several listed users have

    @property
    def columns_left_out(self) -> dict[str, tuple[str, ...]]:
        """The headers of columns that were not kept, by file name, where there are any."""
        left = {file.name: tuple(each.header for each in file.columns if not each.name) for file in self.files}
        return {name: headers for name, headers in left.items() if headers}

    def lines(self) -> list[str]:
        """The report, one sentence a line."""
        return [
            f"{self.title}: {self.leads:,} leads, {self.activities:,} activities of {self.activity_types:,} types, "
            f"{self.users:,} users, in {self.seconds:.1f} s.",
            *self.remarks(),
            *(line for file in self.files for line in file.lines()),
        ]

    def remarks(self) -> list[str]:
        """What was kept out, added or is not there, in all files together, one sentence a line."""
        return [
            *(["No activities were imported, so nobody can tell who was contacted."] if not self.activities else []),
            *self._kept_out(),
            *_of_ids(self.repeated_activities, self.change_log_rows),
            *_of_own_dates(self.own_dates),
            *self._added(),
        ]

    def _kept_out(self) -> list[str]:
        said = []
        if self.rows_that_are_no_leads:
            said.append(f"{self.rows_that_are_no_leads:,} rows left out: they are no leads, as their system says.")
        if self.rows_that_are_no_activities:
            said.append(
                f"{self.rows_that_are_no_activities:,} rows left out: they are no activities that were done, "
                "as their system says."
            )
        if self.activities_of_unknown_leads:
            said.append(
                f"{self.activities_of_unknown_leads:,} activities kept out: their leads are not in the leads file"
                f"{', first ' if self.unknown_leads else ''}{', '.join(self.unknown_leads)}."
            )
        if self.shared_names:
            said.append(
                f"Several users are called {' and '.join(self.shared_names)}: leads of that name are given to a user "
                "made for it; give owners by e-mail address or ID to tell them apart."
            )
        return said

    def _added(self) -> list[str]:
        said = []
        if self.missing_files:
            said.append(f"Not given, and done without: {', '.join(self.missing_files).replace('_', ' ')}.")
        if self.unlisted_codes:
            codes = ", ".join(map(str, self.unlisted_codes))
            said.append(
                f"{self.activities_of_unlisted_types:,} activities are of types that no file lists; "
                f"they are named as LeadSquared does, or after their codes: {codes}."
            )
        if self.activities_without_id:
            said.append(f"{self.activities_without_id:,} activities had no id and were given one.")
        if self.unlisted_owners:
            are = "owner of leads is" if self.unlisted_owners == 1 else "owners of leads are"
            said.append(f"{self.unlisted_owners:,} {are} not among the listed users; added as users.")
        return said

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True)
class AppendReport:
    """What was added to a store and what was replaced; counts are rows.

    `activities`, `changed_activities`, `activities_of_unknown_leads` and `repeated_activities` add up to the rows of
    the activities file.
    """

    leads: int
    changed_leads: int
    activities: int
    changed_activities: int
    seconds: float
    activities_of_unknown_leads: int = 0
    unknown_leads: tuple[str, ...] = ()  # the first three
    unlisted_codes: tuple[int, ...] = ()
    activities_without_id: int = 0
    repeated_activities: int = 0
    change_log_rows: int = 0
    own_dates: OwnDates = _AGREED

    def __str__(self) -> str:
        said = [
            f"{self.leads:,} leads added, {self.changed_leads:,} changed; {self.activities:,} activities added, "
            f"{self.changed_activities:,} changed; in {self.seconds:.1f} s."
        ]
        if self.activities_of_unknown_leads:
            said.append(
                f"{self.activities_of_unknown_leads:,} activities kept out: their leads are neither in the store nor "
                f"in the leads file, first {', '.join(self.unknown_leads)}."
            )
        said += _of_own_dates(self.own_dates)
        if self.unlisted_codes:
            said.append(f"Named after their codes: activity types {', '.join(map(str, self.unlisted_codes))}.")
        if self.activities_without_id:
            said.append(f"{self.activities_without_id:,} activities had no id: appended again, they are there twice.")
        said += _of_ids(self.repeated_activities, self.change_log_rows)
        return "\n".join(said)


def _of_own_dates(own: OwnDates) -> list[str]:
    """Where leads say of themselves what the activities do not."""
    said = []
    if own.later:
        said.append(f"{_with(own.later, 'a later last activity')} than in the activities file.")
    if own.alone:
        said.append(f"{_with(own.alone, 'a last activity')}, but no activity that was imported.")
    return said


def _with(leads: int, what: str) -> str:
    return f"1 lead has {what} in its own field" if leads == 1 else f"{leads:,} leads have {what} in their own field"


def _of_ids(repeated: int, of_change_log: int) -> list[str]:
    """What became of rows that bear another row's Id."""
    said = []
    if repeated:
        rows = "row repeats" if repeated == 1 else "rows repeat"
        said.append(f"{repeated:,} {rows} an activity's Id; the later one counts.")
    if of_change_log:
        rows = "row of the change log bears" if of_change_log == 1 else "rows of the change log bear"
        said.append(
            f"{of_change_log:,} {rows} the Id of what was changed (codes 3001 to 3011); known by Id, code and time."
        )
    return said
