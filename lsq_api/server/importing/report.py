"""The outcome of an import or append, as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ImportReport:
    """What an import read, left out and added. Counts are rows unless their name says otherwise."""

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
    unlisted_owners: int = 0
    columns_left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by file name

    def lines(self) -> list[str]:
        """The report, one sentence a line."""
        return [
            f"{self.title}: {self.leads:,} leads, {self.activities:,} activities of {self.activity_types:,} types, "
            f"{self.users:,} users, in {self.seconds:.1f} s.",
            *self._kept_out(),
            *self._added(),
            *(f"{file}: columns left out: {', '.join(names)}." for file, names in self.columns_left_out.items()),
        ]

    def _kept_out(self) -> list[str]:
        if not self.activities_of_unknown_leads:
            return []
        return [
            f"{self.activities_of_unknown_leads:,} activities kept out: their leads are not in the leads file, "
            f"first {', '.join(self.unknown_leads)}."
        ]

    def _added(self) -> list[str]:
        said = []
        if self.missing_files:
            said.append(f"Not in the folder, and done without: {', '.join(self.missing_files)}.")
        if self.unlisted_codes:
            codes = ", ".join(map(str, self.unlisted_codes))
            said.append(
                f"{self.activities_of_unlisted_types:,} activities are of types that no file lists; "
                f"they are named after their codes: {codes}."
            )
        if self.activities_without_id:
            said.append(f"{self.activities_without_id:,} activities had no id and were given one.")
        if self.unlisted_owners:
            said.append(f"{self.unlisted_owners:,} owners of leads are not among the listed users and were added.")
        return said

    def __str__(self) -> str:
        return "\n".join(self.lines())


@dataclass(frozen=True)
class AppendReport:
    """What was added to a store and what was replaced; counts are rows."""

    leads: int
    changed_leads: int
    activities: int
    changed_activities: int
    seconds: float
    activities_of_unknown_leads: int = 0
    unknown_leads: tuple[str, ...] = ()  # the first three
    unlisted_codes: tuple[int, ...] = ()
    activities_without_id: int = 0

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
        if self.unlisted_codes:
            said.append(f"Named after their codes: activity types {', '.join(map(str, self.unlisted_codes))}.")
        if self.activities_without_id:
            said.append(f"{self.activities_without_id:,} activities had no id: appended again, they are there twice.")
        return "\n".join(said)
