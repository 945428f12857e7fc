"""The headers of files: schema names or LeadSquared's display names, in any case and spacing.

The web app exports display names, which each account chooses (section 13 of the wire notes). A header of leads that is
not known here is the account's own field, `mx_…`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from lsq_api.server.importing.files.files import Source
from lsq_api.server.store import schema
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import DataType

# Columns that name a person in place of the ID.
OWNER_NAME: Final = "OwnerIdName"
OWNER_EMAIL: Final = "OwnerIdEmailAddress"
AUTHOR_NAME: Final = "CreatedByName"
AUTHOR_EMAIL: Final = "CreatedByEmail"

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

_LEADS: Final[Mapping[str, Sequence[str]]] = {
    **{name: (field.display_name,) for name, field in schema.CORE_LEAD_FIELDS.items()},
    **{name: (display,) for name, (display, _) in _SHIPPED.items()},
    "ProspectID": ("Lead Id", "Id"),
    "EmailAddress": ("Email", "Email Id"),
    "Phone": ("Phone Number",),
    "ProspectStage": ("Lead Stage", "Stage"),
    "OwnerId": ("Lead Owner Id",),
    "CreatedOn": ("Lead Created On", "Created Date"),
    "ModifiedOn": ("Lead Modified On", "Modified Date", "Last Modified On"),
    OWNER_NAME: ("Owner", "Lead Owner", "Owner Name", "Lead Owner Name"),
    OWNER_EMAIL: ("Owner Email", "Owner Email Address", "Lead Owner Email", "Lead Owner Email Address"),
}
# Derived by every query, or an echo of the query (section 11), so never stored.
_LEADS_LEFT_OUT: Final = ("LeadAge", "Lead Age (days)", "Total")

_ACTIVITIES: Final[Mapping[str, Sequence[str]]] = {
    "ProspectActivityId": ("Activity Id", "Id"),
    "RelatedProspectId": ("Prospect Id", "Lead Id"),
    "ActivityEvent": ("Event Code", "Activity Code", "Activity Event Code"),
    "ActivityEventName": ("Activity", "Activity Name", "Activity Type", "Event Name"),
    "CreatedOn": ("Activity Date", "Activity Created On"),
    "ModifiedOn": ("Activity Modified On",),
    "CreatedBy": (),
    AUTHOR_NAME: ("Activity Added By",),
    AUTHOR_EMAIL: ("Activity Added By Email",),
    "ActivityEvent_Note": ("Note", "Notes", "Activity Note", "Activity Notes"),
    "Status": ("Activity Status",),
}
_USERS: Final[Mapping[str, Sequence[str]]] = {
    **dict.fromkeys(schema.USERS, ()),
    "UserId": ("Id",),
    "FirstName": ("Name", "User Name", "Full Name"),
    "EmailAddress": ("Email",),
    "Role": ("User Role",),
    "StatusCode": ("Status",),
    "TeamId": ("Team",),
    "ManagerUserId": ("Manager Id",),
    "Groups": ("Member Of Groups", "Sales Groups"),
}
_ACTIVITY_TYPES: Final[Mapping[str, Sequence[str]]] = {
    "ActivityEvent": ("Event Code", "Activity Code", "Activity Event Code", "Code"),
    "ActivityEventName": ("Activity", "Activity Name", "Event Name", "Name"),
    "DisplayName": (),
    "EventType": (),
}
_MEANINGS: Final = {
    "leads": _LEADS, "activities": _ACTIVITIES, "users": _USERS, "activity_types": _ACTIVITY_TYPES,
}  # fmt: skip
# Columns that are used only where another one is missing.
_STAND_INS: Final[Mapping[str, Mapping[str, str]]] = {
    "activities": {"ActivityEventName": "ActivityEvent", AUTHOR_NAME: "CreatedBy", AUTHOR_EMAIL: "CreatedBy"}
}


def columns(source: Source) -> dict[str, int]:
    """The columns of a file that are kept: their position in the file, by the name of the table's column.

    Leads keep every named column; other tables keep those they know, and activities `mx_*`. Raises ImportFailed where
    two headers mean the same column.
    """
    meant: dict[str, int] = {}
    known = _spellings(_MEANINGS[source.table])
    for position, header in enumerate(source.headers):
        name = known.get(_plain(header)) or _unknown(source.table, header, position)
        if name is None:
            continue
        twice = next((other for other in meant if other.lower() == name.lower()), None)
        if twice is not None:
            first = source.headers[meant[twice]]
            place = "line 1" if source.is_csv else None
            raise ImportFailed(
                source.path,
                f"and the column {first} before it both mean {name}; leave one out",
                place=place,
                value=header,
            )
        meant[name] = position
    stand_ins = _STAND_INS.get(source.table, {})
    return {name: position for name, position in meant.items() if stand_ins.get(name) not in meant}


def need(source: Source, meant: Mapping[str, int], name: str, instead: Iterable[str] = ()) -> None:
    """Raises ImportFailed where a file has neither the column nor any of those that may replace it."""
    if meant.keys().isdisjoint([name, *instead]):
        seen = ", ".join(source.headers)
        either = " or ".join([name, *instead])
        place = "line 1" if source.is_csv else None
        raise ImportFailed(source.path, f"the column {either} is missing; columns seen: {seen}", place=place)


def left_out(source: Source, meant: Mapping[str, int]) -> tuple[str, ...]:
    """The headers of a file that `columns` did not keep."""
    kept = set(meant.values())
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


def _unknown(table: str, header: str, position: int) -> str | None:
    if table == "leads":
        return None if not header or _plain(header) in map(_plain, _LEADS_LEFT_OUT) else _own_field(header, position)
    return header if table == "activities" and re.fullmatch(r"mx_\w+", header, re.ASCII) else None


def _own_field(header: str, position: int) -> str:
    """A schema name for a header: the header itself where it is valid, else `mx_Like_This`."""
    if re.fullmatch(r"[A-Za-z]\w*", header, re.ASCII):
        return header
    ascii_only = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode()
    words = "_".join(re.findall(r"[A-Za-z0-9]+", ascii_only))
    return f"mx_{words}" if words else f"mx_Column_{position + 1}"


def _spellings(meanings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_plain(spelling): name for name, spellings in meanings.items() for spelling in (name, *spellings)}


def _plain(header: str) -> str:
    return re.sub(r"[\s_]+", "", header).casefold()
