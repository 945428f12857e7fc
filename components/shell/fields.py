"""A lead's fields for people: grouped, under their display names, in the viewer's zone. Pure.

Source: section 11 of the wire notes for the schema names, section 10 for the forms of values.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple
from urllib.parse import quote

from lsq_api.contract.members import dated, read_moment
from lsq_api.contract.operators import FieldKind
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.formats import number
from lsq_api.question.phrases import day

GROUPS = ("Contact", "Lead", "Source", "Dates", "Scores", "Custom", "Other")
Row = Mapping[str, Any]

_MEMBERS = {
    "Contact": "FirstName LastName EmailAddress Phone Mobile Company RelatedCompanyId JobTitle Website FacebookId "
    "LinkedInId TwitterId SkypeId GTalkId GooglePlusId mx_Street1 mx_Street2 mx_City mx_State mx_Country mx_Zip",
    "Lead": "ProspectStage OwnerId OwnerIdName OwnerIdEmailAddress ProspectAutoId ProspectID LeadType DoNotCall "
    "DoNotEmail DoNotTrack IsStarredLead IsTaggedLead IsPrimaryContact IsLead MailingPreferences CurrentOptInStatus "
    "CreatedBy CreatedByName ModifiedBy ModifiedByName Groups Notes NotableEvent ProspectActivityName_Max",
    "Source": "Source SourceMedium SourceCampaign SourceContent SourceReferrer SourceReferrerURL SourceIPAddress "
    "ConversionReferrerURL Origin WebRefDomain WebRefKeyword",
    "Scores": "Score EngagementScore QualityScore01 Revenue LeadAge",
}
_GROUP_OF = {name.lower(): group for group, names in _MEMBERS.items() for name in names.split()}
_ORDER = {name.lower(): place for names in _MEMBERS.values() for place, name in enumerate(names.split())}
_OWNER_NAME = "owneridname"
_USERS = {"ownerid", "createdby", "modifiedby"}
_FLAGS = re.compile(r"(donot|is)[a-z]+|canupdate")
_YES_NO = {"1": "Yes", "0": "No", "true": "Yes", "false": "No"}
_IDENTIFIER = re.compile(r"\b(id|no|number|code|pin|zip|year)\b", re.IGNORECASE)


class Value(NamedTuple):
    """The value of a lead field as text, with the field's display name as `label`."""

    label: str
    text: str


def name(row: Row) -> str:
    """What a lead is called, on one line: first and last name, else its e-mail address, else the start of its ID."""
    parts = [_text(row, field) for field in ("FirstName", "LastName")]
    full = " ".join(" ".join(parts).split())
    return full or _text(row, "EmailAddress") or f"Lead {_text(row, 'ProspectID')[:8]}"


def grouped(row: Row, directory: Directory, zone: tzinfo) -> list[tuple[str, list[Value]]]:
    """The lead's fields that have a value, by group in the order of `GROUPS`; groups without any are left out."""
    found: dict[str, list[tuple[int, str, Value]]] = {group: [] for group in GROUPS}
    for schema_name, value in row.items():
        if value in (None, "") or not str(value).strip():
            continue
        field = directory.field_named(schema_name) or ListedField(schema_name, schema_name)
        text = readable(field, str(value), directory, zone)
        if schema_name.lower() == _OWNER_NAME:
            text = directory.owner_label(_text(row, "OwnerId"), str(value))
        shown = Value(field.display_name, text)
        place = _ORDER.get(schema_name.lower(), len(_ORDER))
        found[_group(field)].append((place, shown.label.casefold(), shown))
    return [(group, [value for *_, value in sorted(values)]) for group, values in found.items() if values]


def _group(field: ListedField) -> str:
    schema_name = field.schema_name.lower()
    fixed = _GROUP_OF.get(schema_name)
    return fixed or ("Custom" if schema_name.startswith("mx_") else "Dates" if field.kind.dated else "Other")


def readable(field: ListedField, value: str, directory: Directory, zone: tzinfo) -> str:
    """One value as text for people: owners by label, moments in the zone, days as they are, flags as Yes or No.

    Anything else, and what is none of these after all, is unchanged.
    """
    schema_name, kind = field.schema_name.lower(), field.kind
    if schema_name in _USERS or kind is FieldKind.USER:
        return directory.user_label(value)
    if schema_name == _OWNER_NAME:
        return directory.name_label(value)
    if kind.dated:
        return _date(value, zone, kind)
    if kind is FieldKind.FLAG or _FLAGS.fullmatch(schema_name):
        return _YES_NO.get(value.strip().lower(), value)
    if kind is FieldKind.NUMBER and not is_identifier(field.display_name):
        return number(int(value)) if re.fullmatch(r"-?[0-9]{4,18}", value) else value
    return value


def is_identifier(display_name: str) -> bool:
    """Whether numbers of a field name something (`Case Id`), so that separators would only break them up."""
    return bool(_IDENTIFIER.search(display_name))


def _date(value: str, zone: tzinfo, kind: FieldKind) -> str:
    found = dated(value, kind)
    return value if found is None else day(found, zone)


def moment_of(value: object) -> datetime | None:
    """A wire time as an aware datetime in UTC; None where there is none or it cannot be read."""
    text = str(value or "").strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        text += " 00:00:00"
    try:
        return read_moment(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def ways_to_contact(row: Row) -> list[tuple[str, str, str]]:
    """For each phone number and e-mail address: "call" or "mail", the text shown, and a `tel:` or `mailto:` link."""
    found = []
    for field in ("Phone", "Mobile"):
        text = _text(row, field)
        number = re.sub(r"[^\d+]", "", text)
        if re.fullmatch(r"\+?[0-9]{3,20}", number):
            found.append(("call", text, f"tel:{number}"))
    address = _text(row, "EmailAddress")
    if re.fullmatch(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+", address):
        found.append(("mail", address, f"mailto:{quote(address, safe='@+._-')}"))
    return list(dict.fromkeys(found))


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return "" if value is None else str(value).strip()
