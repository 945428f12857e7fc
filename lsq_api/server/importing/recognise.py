"""Recognises what files hold, from their names and headers: which system they come from, which table, which columns.

Profiles (`profiles/`) know the headers of each system. A header of leads that none knows is the account's own field,
`mx_…`, as the web app names fields by display names that each account chooses (section 13 of the wire notes).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.files.paths import Given
from lsq_api.server.importing.files.source import Source
from lsq_api.server.importing.profiles.profile import NAMES, ExportTable, Profile, plain, profiles
from lsq_api.server.store import schema
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import DataType

# Columns that name a person in place of the ID.
OWNER_NAME: Final = "OwnerIdName"
OWNER_EMAIL: Final = "OwnerIdEmailAddress"
AUTHOR_NAME: Final = "CreatedByName"
AUTHOR_EMAIL: Final = "CreatedByEmail"
TYPE_NAME: Final = "ActivityEventName"
DEFAULT: Final = "leadsquared"
"""The profile whose headers are understood in every file."""

# Fields of LeadSquared that are not core: schema name and display name. Without a type, the type is inferred.
_SHIPPED: Final[Mapping[str, tuple[str, DataType | None]]] = {
    "ProspectAutoId": ("Lead Number", None),
    "Mobile": ("Mobile Number", DataType.PHONE),
    "JobTitle": ("Job Title", None),
    "SourceMedium": ("Source Medium", None),
    "SourceCampaign": ("Source Campaign", None),
    "SourceContent": ("Source Content", None),
    "Origin": ("Lead Origin", None),
    "CreatedBy": ("Created By", DataType.TEXT),
    "CreatedByName": ("Created By Name", None),
    "ModifiedBy": ("Modified By", DataType.TEXT),
    "ModifiedByName": ("Modified By Name", None),
    "LeadLastModifiedOn": ("Lead Last Modified On", None),
    "LeadConversionDate": ("Lead Conversion Date", None),
    "LastVisitDate": ("Last Visit Date", None),
    "NotableEvent": ("Last Notable Activity", None),
    "NotableEventdate": ("Last Notable Activity Date", None),
    "QualityScore01": ("Lead Quality", None),
    "DoNotEmail": ("Do Not Email", None),
    "DoNotCall": ("Do Not Call", None),
    "DoNotTrack": ("Do Not Track", None),
    "TimeZone": ("Time Zone", None),
    "mx_Street1": ("Address 1", DataType.TEXT),
    "mx_Street2": ("Address 2", DataType.TEXT),
    "mx_City": ("City", None),
    "mx_State": ("State", None),
    "mx_Country": ("Country", None),
    "mx_Zip": ("Zip", DataType.TEXT),
}
# Derived by every query, or an echo of the query (section 11), so never stored.
_LEADS_LEFT_OUT: Final = ("LeadAge", "Lead Age (days)", "Total")
_KEYS: Final = ("ProspectID", "UserId", "ProspectActivityId")
# The least columns of a profile that a file must have for its system's usual order of day and month to be believed.
_ENOUGH: Final = 5
_NEEDED: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "leads": [("ProspectID",)],
    "activities": [("RelatedProspectId",), ("CreatedOn",)],
    "users": [("UserId",)],
    "activity_types": [("ActivityEvent",), ("ActivityEventName",)],
}
# Columns that are used only where another one is missing.
_STAND_INS: Final[Mapping[str, Mapping[str, str]]] = {
    "activities": {AUTHOR_NAME: "CreatedBy", AUTHOR_EMAIL: "CreatedBy"}
}
CORE: Final[Mapping[str, Sequence[str]]] = {
    "ID": ("ProspectID",),
    "name": ("FirstName", "LastName"),
    "stage": ("ProspectStage",),
    "source": ("Source",),
    "owner": ("OwnerId", OWNER_NAME, OWNER_EMAIL),
    "created": ("CreatedOn",),
    "modified": ("ModifiedOn",),
    "e-mail": ("EmailAddress",),
    "phone": ("Phone", "Mobile"),
}
"""What a lead should have, by its name for people, with the columns that say it."""


class _Fit(NamedTuple):
    """How well a file fits a variant of a profile: the longest mark that it has whole, and the columns it knows."""

    mark: int
    named: bool
    known: int
    default: bool


def recognise(files: Sequence[tuple[Given, Source]], choices: Choices) -> dict[str, list[Source]]:
    """The sources by what they hold, each filled in with it; raises ImportFailed where that is not clear.

    Only activities may be in several files.
    """
    _check(files, choices)
    found: dict[str, list[Source]] = {}
    for each, source in files:
        _fill(each, source, choices)
        others = found.setdefault(source.table, [])
        if others and source.table != "activities":
            where = f"{others[0].path.name} hold{'s' if others[0].sheet is None else f's ({others[0].sheet})'}"
            why = f"holds {source.table.replace('_', ' ')}, which {where}, too; import one, then append the other"
            raise ImportFailed(source.path, why)
        others.append(source)
    return found


def _check(files: Sequence[tuple[Given, Source]], choices: Choices) -> None:
    """Raises ImportFailed where a header that is mapped is not there."""
    headers = {source.label: source.headers for _, source in files}
    every = tuple(dict.fromkeys(header for some in headers.values() for header in some))
    for maps, seen in [
        (choices.maps, every),
        *((maps, headers.get(name, ())) for name, maps in choices.maps_of.items()),
    ]:
        for header in maps:
            if plain(header) not in map(plain, seen):
                raise ImportFailed("--map", f"is no header of the files; headers seen: {', '.join(seen)}", value=header)


def _mapped(source: Source, choices: Choices) -> dict[str, str]:
    """What headers of a file were said to mean, by the header as it is compared."""
    maps = {**choices.maps, **choices.maps_of.get(source.label, {})}
    return {plain(header): name for header, name in maps.items()}


def _fill(given: Given, source: Source, choices: Choices) -> None:
    wished = [each for each in profiles().values() if choices.profile in ("auto", each.name)]
    if not wished:
        allowed = ", ".join(["auto", *profiles()])
        raise ImportFailed("--from", f"is no system that is known; allowed: {allowed}", value=choices.profile)
    told = given.table or _told(source, choices)
    fits = [
        (_fit(given, source, profile, kind), table, profile, kind)
        for profile in wished
        for table, kind in profile.tables
        if told in (None, table)
    ]
    if told is None:
        fits = [each for each in fits if each[0].mark or (each[0].named and each[0].known)]
    if not fits:
        raise _unknown_file(source)
    fit, source.table, source.profile, source.export = max(fits, key=lambda each: each[0])
    source.date_order, source.decimal = choices.date_order, choices.decimal
    # A file that has only what many have may come from anywhere.
    source.usual_order = source.profile.date_order or "" if fit.mark > 1 and fit.known >= _ENOUGH else ""
    _mean(source, choices)
    for either in _NEEDED[source.table]:
        need(source, *either)


def _told(source: Source, choices: Choices) -> str | None:
    """The table that a mapped key tells."""
    keys = {"ProspectID": "leads", "RelatedProspectId": "activities", "UserId": "users"}
    headers = {plain(header) for header in source.headers}
    mapped = _mapped(source, choices)
    return next((keys[name] for header, name in mapped.items() if name in keys and header in headers), None)


def _fit(given: Given, source: Source, profile: Profile, kind: ExportTable) -> _Fit:
    known = kind.meaning(source.headers, NAMES[given.table] if given.table else frozenset())
    named = any(word in given.name for word in kind.files)
    return _Fit(kind.marked(source.headers), named, len(known), profile.name == DEFAULT)


def _unknown_file(source: Source) -> ImportFailed:
    near = nearest(source, "ProspectID", source.headers)
    hint = f"is {near} the lead's ID? then say --map “{near}=ProspectID”; " if near else ""
    why = (
        f"holds what is not clear from its headers; {hint}name the file leads, activities, users or activity_types, or "
        f"say --map “HEADER=ProspectID”; columns seen: {', '.join(source.headers)}"
    )
    return ImportFailed(source.path, why, place=source.header_at)


def _mean(source: Source, choices: Choices) -> None:
    """Fill in the columns that are kept, by the name of the table's column, and further ones that mean the same.

    Leads keep every named column; other tables keep those they know, and activities `mx_*`. Of several headers that
    mean the same the one that the profile names first is taken, but two keys, or two own fields, are refused.
    """
    mapped = _mapped(source, choices)
    places: dict[str, int] = {}
    for position, header in enumerate(source.headers):
        if plain(header) in mapped:
            if name := mapped[plain(header)]:
                _take(source, name, position)
        else:
            places.setdefault(plain(header), position)
    for name, headers in _meaning(source, [source.headers[at] for at in places.values()]).items():
        found = [places[plain(header)] for header in headers]
        if name in source.meant:
            continue
        if len(found) > 1 and name in _KEYS and source.profile is profiles()[DEFAULT]:
            first, second = sorted(found)[:2]
            source.meant[name] = first
            _take(source, name, second)
        source.meant[name] = found[0]
        if source.table == "activities" and len(found) > 1:
            source.others[name] = tuple(found[1:])
    for position, header in enumerate(source.headers):
        taken = position in source.meant.values() or plain(header) in mapped
        again = next((name for name, at in source.meant.items() if plain(source.headers[at]) == plain(header)), None)
        kept = None if taken else again or _unknown(source, header, position)
        if kept is not None:
            _take(source, kept, position)
    stand_ins = _STAND_INS.get(source.table, {})
    source.meant = {name: at for name, at in source.meant.items() if stand_ins.get(name) not in source.meant}


def _meaning(source: Source, headers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What headers mean by the profile; what that does not say of leads, by LeadSquared's own headers."""
    if source.export is None:
        raise RuntimeError("the profile is not known yet")
    found = source.export.meaning(headers, NAMES[source.table])
    if source.table == "leads":
        used = {header for several in found.values() for header in several}
        rest = [header for header in headers if header not in used]
        for kind in profiles()[DEFAULT].leads:
            found = {**kind.meaning(rest), **found}
    order = {header: at for at, header in enumerate(headers)}
    return dict(sorted(found.items(), key=lambda each: order[each[1][0]]))


def _take(source: Source, name: str, position: int) -> None:
    twice = next((other for other in source.meant if other.lower() == name.lower()), None)
    if twice is not None:
        first = source.headers[source.meant[twice]]
        why = f"and the column {first} before it both mean {name}; leave one out"
        raise ImportFailed(source.path, why, place=source.header_at, value=source.headers[position])
    source.meant[name] = position


def need(source: Source, *either: str) -> None:
    """Raises ImportFailed where a file has none of these columns."""
    if source.meant.keys().isdisjoint(either):
        near = nearest(source, either[0], unused(source))
        hint = f"is it {near}? then say --map “{near}={either[0]}”; " if near else ""
        why = f"the column {' or '.join(either)} is missing; {hint}columns seen: {', '.join(source.headers)}"
        raise ImportFailed(source.path, why, place=source.header_at)


def unused(source: Source) -> list[str]:
    """The headers of a file that mean none of the columns that are known."""
    known = {*schema.CORE_LEAD_FIELDS, *_SHIPPED, OWNER_NAME, OWNER_EMAIL}
    kept = {at for name, at in source.meant.items() if name in known or source.table != "leads"}
    return [header for position, header in enumerate(source.headers) if position not in kept and header]


def nearest(source: Source, name: str, headers: Iterable[str]) -> str | None:
    """The header that may mean a column: one that is spelled much like a header that does, or has words of it."""
    spelled = {name} | {
        header
        for profile in profiles().values()
        for table, kind in profile.tables
        if table == (source.table or "leads")
        for header in kind.columns.get(name, ())
    }
    scored = [(max(_alike(header, known) for known in spelled), header) for header in headers]
    score, header = max(scored, default=(0.0, ""))
    return header if score >= 0.7 else None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other)).ratio()


def left_out(source: Source) -> tuple[str, ...]:
    """The headers of a file whose columns are not kept."""
    kept = set(source.meant.values())
    return tuple(
        header or f"column {position + 1}, without a name"
        for position, header in enumerate(source.headers)
        if position not in kept
    )


def described(name: str, header: str) -> tuple[str, DataType | None]:
    """The display name of a lead field that is not core, and its type (None: inferred)."""
    if name in _SHIPPED:
        return _SHIPPED[name]
    # LeadSquared makes schema names from display names, so the display name can be made from it again.
    return (header[3:].replace("_", " ").strip() or header if header.startswith("mx_") else header), None


def _unknown(source: Source, header: str, position: int) -> str | None:
    """The name of a column that the profile does not know; None where it is not kept."""
    if source.table != "leads":
        return header if source.table == "activities" and re.fullmatch(r"mx_\w+", header, re.ASCII) else None
    if not header or plain(header) in map(plain, _LEADS_LEFT_OUT):
        return None
    name = _own_field(header, position)
    # A second header of what is known by another one, or one that has a name of ours for something else.
    ours = name in schema.CORE_LEAD_FIELDS or name in schema.DERIVED_LEAD_FIELDS
    return f"mx_{name}" if ours else name


def _own_field(header: str, position: int) -> str:
    """A schema name for a header: the header itself where it is valid, else `mx_Like_This`."""
    if re.fullmatch(r"[A-Za-z]\w*", header, re.ASCII):
        return header
    ascii_only = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    words = "_".join(re.findall(r"[A-Za-z0-9]+", ascii_only))
    return f"mx_{words}" if words else f"mx_Column_{position + 1}"
