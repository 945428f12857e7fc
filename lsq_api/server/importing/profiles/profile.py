"""Reads the data files of this folder; docs/profiles.md says what they may hold.

Headers and words of a system are compared as people write them: in any case; in headers blanks and `_` do not count.
Only the files' form is known here, not how an import uses them. Sources: the vendors' pages on exports and on the
fields of their interfaces; for LeadSquared sections 11 and 13 of the wire notes.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from lsq_api.server.store import schema
from lsq_api.server.store.faults import ImportFailed

TABLES: Final = ("leads", "activities", "users", "activity_types")
HERE: Final = Path(__file__).parent
_ENDING: Final = ".toml"

SHIPPED_LEAD_FIELDS: Final = (
    "ProspectAutoId", "Mobile", "Company", "JobTitle", "Website", "SourceMedium", "SourceCampaign", "SourceContent",
    "Origin", "CreatedBy", "CreatedByName", "ModifiedBy", "ModifiedByName", "LeadLastModifiedOn", "LeadConversionDate",
    "LastVisitDate", "NotableEvent", "NotableEventdate", "QualityScore01", "DoNotEmail", "DoNotCall", "DoNotTrack",
    "TimeZone", "Revenue", "Notes",
)  # fmt: skip
"""Fields of leads that every LeadSquared account has, beside the core ones (section 11)."""
_OF_LEADS: Final = {*schema.CORE_LEAD_FIELDS, *SHIPPED_LEAD_FIELDS, "OwnerIdName", "OwnerIdEmailAddress"}
_OF_ACTIVITIES: Final = {
    *(name for name in schema.ACTIVITIES if not schema.hidden(name)),
    "ActivityEventName",
    "CreatedByName",
    "CreatedByEmail",
    "RelatedProspectName",
    "RelatedProspectEmail",
}
NAMES: Final[Mapping[str, frozenset[str]]] = {
    "leads": frozenset(_OF_LEADS),
    "activities": frozenset(_OF_ACTIVITIES),
    "users": frozenset(schema.USERS),
    "activity_types": frozenset(schema.ACTIVITY_TYPES),
}
"""What a header may mean, by table; leads and activities may have `mx_…` too.

RelatedProspectName and RelatedProspectEmail name the lead of an activity in place of its ID.
"""


def plain(header: str) -> str:
    """A header as it is compared: without blanks and `_`, in lower case."""
    return re.sub(r"[\s_]+", "", header).casefold()


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


def _once(texts: tuple[str, ...]) -> tuple[str, ...]:
    seen = [plain(text) for text in texts]
    twice = next((text for text, key in zip(texts, seen, strict=True) if seen.count(key) > 1), None)
    if twice is not None:
        raise ValueError(f"names {twice!r} twice")
    return texts


def _several(value: Any) -> Any:
    """A table of one kind may be written `[leads]`, without the double brackets of several."""
    return [value] if isinstance(value, dict) else value


Text = Annotated[str, Field(strict=True), AfterValidator(_filled)]
Headers = Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(_once)]
Code = Annotated[int, Field(strict=True, ge=0, le=999_999_999)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TypeWords(_Part):
    """From a system's own words for a type of activity to the event codes of LeadSquared (section 6)."""

    by: Headers | None = None
    always: Code | None = None
    codes: Mapping[Text, Code] = {}

    @model_validator(mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        """In the file the words stand beside `by` and `always`."""
        if not isinstance(value, dict) or isinstance(value.get("codes"), dict):
            return value
        own = {name: value[name] for name in ("by", "always") if name in value}
        return own | {"codes": {word: code for word, code in value.items() if word not in own}}

    @model_validator(mode="after")
    def _of_use(self) -> Self:
        if self.codes and self.by is None:
            raise ValueError("has words but no `by`, the headers whose values they are")
        if self.by is None and self.always is None:
            raise ValueError("has neither `by` nor `always`")
        folded = [self.said(*word.split("/")) for word in self.codes]
        if "" in folded:
            raise ValueError("has a blank word; `always` is for what has none")
        twice = next((word for word in folded if folded.count(word) > 1), None)
        if twice is not None:
            raise ValueError(f"has the word {twice!r} twice")
        return self

    @staticmethod
    def said(*values: str | None) -> str:
        """The word of a row: its values of `by`, those that are not blank, joined by `/`, in lower case."""
        return "/".join(stripped for value in values if (stripped := (value or "").strip())).casefold()

    @property
    def known(self) -> dict[str, int]:
        """The codes by word as `said` gives it."""
        return {self.said(*word.split("/")): code for word, code in self.codes.items()}

    def code(self, values: Iterable[str | None], name: str | None = None) -> int | None:
        """The code of a row by its values of `by`, else by the name of its type, else `always`.

        None where the type is one of the system's own.
        """
        known = self.known
        return known.get(self.said(*values), known.get(self.said(name), self.always))


class ExportTable(_Part):
    """One kind of file: how it is known, what its headers mean, and which of its rows do not count.

    `marks` are sets of headers: the file is of this kind where it has all headers of one of them; of two kinds, the one
    with the larger mark. `files` are words of file or sheet names, for where that does not decide. `columns` has the
    headers of each schema name, best first: the best that is there counts; of activities, row by row the best with a
    value. Rows with one of the values of `leave_out`, by header, do not count. `values` turns a system's words into
    ours, by schema name.
    """

    marks: Annotated[tuple[Headers, ...], Field(min_length=1)]
    files: tuple[Text, ...] = ()
    columns: Annotated[Mapping[Text, Headers], Field(min_length=1)]
    leave_out: Mapping[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = {}
    values: Mapping[Text, Mapping[Text, Text]] = {}

    def marked(self, headers: Iterable[str]) -> int:
        """How many headers the largest mark has that is there; 0 where none is."""
        there = {plain(header) for header in headers}
        return max((len(mark) for mark in self.marks if {plain(name) for name in mark} <= there), default=0)

    def meaning(self, headers: Sequence[str], names: frozenset[str] = frozenset()) -> dict[str, tuple[str, ...]]:
        """The headers of a file by the schema name they mean, best first; those that mean nothing are not there.

        A schema name, of `columns` or of `names`, is a header of itself, unless the system calls something else so.
        """
        there = {plain(header): header for header in headers}
        taken = {plain(spelling) for spellings in self.columns.values() for spelling in spellings}
        found = {
            name: [there[key] for key in map(plain, self.columns.get(name, ())) if key in there]
            + [there[key] for key in {plain(name)} - taken if key in there]
            for name in sorted(names | self.columns.keys())
        }
        return {name: tuple(seen) for name, seen in found.items() if seen}


class ActivityTable(ExportTable):
    """A file of activities: their types, and what separates the leads where a row names several.

    `kind` is the name of the type where the row does not say one.
    """

    types: TypeWords | None = None
    kind: Text | None = None
    several: Annotated[str, Field(strict=True, min_length=1, max_length=1)] | None = None


class Profile(_Part):
    """What one system's exports look like; `name` is that of its file.

    `date_order` is there only where the system always writes days so. `fillers` mean no value. `id_prefixes` are cut
    off IDs, since not all of the system's files have them.
    """

    name: str
    title: Text
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    fillers: tuple[Text, ...] = ()
    id_prefixes: tuple[Text, ...] = ()
    leads: Annotated[tuple[ExportTable, ...], BeforeValidator(_several)] = ()
    activities: Annotated[tuple[ActivityTable, ...], BeforeValidator(_several)] = ()
    users: Annotated[tuple[ExportTable, ...], BeforeValidator(_several)] = ()
    activity_types: Annotated[tuple[ExportTable, ...], BeforeValidator(_several)] = ()

    @property
    def tables(self) -> Iterator[tuple[str, ExportTable]]:
        """Its kinds of file, each with the name of our table."""
        for table in TABLES:
            for kind in getattr(self, table):
                yield table, kind

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        if not self.leads:
            raise ValueError("has no [leads]")
        for table, kind in self.tables:
            for part, names in (("columns", kind.columns), ("values", kind.values)):
                strange = next((name for name in names if not _known(table, name)), None)
                if strange is not None:
                    raise ValueError(f"{table}.{part} has {strange!r}; allowed: {', '.join(_allowed(table))}")
            meant = [plain(spelling) for spellings in kind.columns.values() for spelling in spellings]
            twice = next((header for header in meant if meant.count(header) > 1), None)
            if twice is not None:
                raise ValueError(f"{table}.columns gives the header {twice!r} two meanings")
        return self


def _known(table: str, name: str) -> bool:
    own = table in ("leads", "activities") and re.fullmatch(r"mx_\w+", name, re.ASCII) is not None
    return own or name in NAMES[table]


def _allowed(table: str) -> list[str]:
    return [*sorted(NAMES[table]), *(["mx_…"] if table in ("leads", "activities") else [])]


@cache
def profiles(folder: Path = HERE) -> dict[str, Profile]:
    """All profiles of a folder by name, in the order of their names.

    Raises ImportFailed, naming the file and the key, where one cannot be used or two files have the same mark.
    """
    found = {path.stem: _read(path) for path in sorted(folder.glob(f"*{_ENDING}"))}
    if not found:
        raise ImportFailed(folder, f"holds no profile; one is a file whose name ends in {_ENDING}")
    _check_marks(found.values())
    return found


def _read(path: Path) -> Profile:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ImportFailed(path, f"is no TOML: {fault}") from None
    if "name" in said:
        raise ImportFailed(path, "name is not allowed; a profile is named after its file")
    try:
        return Profile(name=path.stem, **said)
    except ValidationError as fault:
        raise ImportFailed(path, _told(fault, said)) from None


def _told(fault: ValidationError, said: Mapping[str, Any]) -> str:
    """The first fault for people: the key, with its number where there are several, and what is wrong with it."""
    first = fault.errors(include_url=False)[0]
    table, *rest = first["loc"] or ("",)
    if isinstance(said.get(str(table)), dict):  # written without a number
        rest = rest[1:]
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in (table, *rest))
    why = "is no key of a profile" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    return f"{key}: {why}" if key else why


def _check_marks(found: Iterable[Profile]) -> None:
    """A file with the headers of two equal marks would be two things at once."""
    seen: dict[frozenset[str], tuple[str, str]] = {}
    for profile in found:
        for table, kind in profile.tables:
            for mark in kind.marks:
                key = frozenset(map(plain, mark))
                if key in seen:
                    other, its = seen[key]
                    why = f"{table}.marks has {', '.join(mark)}, and so has {its}.marks of {other}{_ENDING}"
                    raise ImportFailed(profile.name + _ENDING, why)
                seen[key] = (profile.name, table)
