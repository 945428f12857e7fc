"""Columns of a list of leads: their headers, and how wire text becomes a value.

Used by the list on screen and by files, so that both show the same. Source: sections 5, 10 and 11 of the wire notes:
values are text, times are UTC; null, missing and "" are alike.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from lsq_api.contract.members import dated
from lsq_api.contract.operators import FieldKind
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.listing import CONTACT_FIELDS, TRIES

Value = str | int | float | datetime | date | None
"""A value as people read it. A `datetime` is naive, in the reader's zone; a `date` has no time at all."""

_OWNER_ID = "ownerid"
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_EXACT_DIGITS = 15
"""Digits that survive in a spreadsheet's number; a number with more stays text."""


class Kind(Enum):
    """The type of a column's values."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    DAY = "day"
    USER = "user"
    NAME = "name"  # of the owner, whose ID is in each row beside it
    EMAIL = "email"
    PHONE = "phone"
    FLAG = "flag"


_KINDS = {
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.MOMENT: Kind.TIME,
    FieldKind.DAY: Kind.DAY,
    FieldKind.USER: Kind.USER,
    FieldKind.EMAIL: Kind.EMAIL,
    FieldKind.PHONE: Kind.PHONE,
    FieldKind.FLAG: Kind.FLAG,
}


_OWNER = {_OWNER_ID: Kind.USER, f"{_OWNER_ID}name": Kind.NAME}


class Column(NamedTuple):
    """A lead field as a column; `header` is its display name, unique in the account."""

    field: str
    header: str
    kind: Kind


def columns(fields: Iterable[str], directory: Directory) -> tuple[Column, ...]:
    """The columns of these fields, in their order. A field unknown to the account is text under its own name."""
    headers = labels(directory)
    worked_out = {**CONTACT_FIELDS, TRIES.schema_name.lower(): TRIES}
    described = [
        directory.field_named(name) or worked_out.get(name.lower()) or ListedField(name, name) for name in fields
    ]
    return tuple(
        Column(field.schema_name, headers.get(field.schema_name, field.display_name), kind(field))
        for field in described
    )


def kind(field: ListedField) -> Kind:
    """The type of a field's values; OwnerId and OwnerIdName hold a user whatever the account says."""
    if field.schema_name.lower() in _OWNER:
        return _OWNER[field.schema_name.lower()]
    return _KINDS.get(field.kind, Kind.TEXT)


def labels(directory: Directory) -> dict[str, str]:
    """Display names of all lead fields by schema name; where fields share one, followed by the schema name."""
    plain = {field.schema_name: " ".join(field.display_name.split()) or field.schema_name for field in directory.fields}
    taken = Counter(label.casefold() for label in plain.values())
    return {name: label if taken[label.casefold()] == 1 else f"{label} ({name})" for name, label in plain.items()}


Reader = Callable[[Any], Value]


def readers(found: Iterable[Column], directory: Directory, zone: ZoneInfo) -> list[Reader]:
    """For each column a function from a wire value to a `Value`; for a name, from the owner's ID and the name.

    What does not fit the type stays text.
    """
    return [_reader(column, directory, zone) for column in found]


def _reader(column: Column, directory: Directory, zone: ZoneInfo) -> Reader:
    match column.kind:
        case Kind.NUMBER:
            return lambda value: _number(text(value))
        case Kind.TIME:
            return lambda value: _time(text(value), zone, FieldKind.MOMENT)
        case Kind.DAY:
            return lambda value: _time(text(value), zone, FieldKind.DAY)
        case Kind.USER:
            return lambda value: directory.user_label(named) if (named := text(value)) else None
        case Kind.NAME:
            return lambda owner: (
                directory.owner_label(text(owner[0]) or "", named) if (named := text(owner[1])) else None
            )
    return text


def text(value: object) -> str | None:
    """A wire value as text; None where it is null or blank."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return None if value is None or value == "" else str(value)


def _number(value: str | None) -> Value:
    if value is None or not _NUMBER.fullmatch(value.strip()):
        return value
    number = Decimal(value.strip())
    if number == number.to_integral_value():
        return int(number)
    return float(number) if len(number.as_tuple().digits) <= _EXACT_DIGITS else value


def _time(value: str | None, zone: ZoneInfo, kind: FieldKind) -> Value:
    found = None if value is None else dated(value, kind)
    if not isinstance(found, datetime):
        return value if found is None else found
    try:
        return found.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return value


def rows_of(page: Sequence[dict[str, Any]], found: Sequence[Column], read: Sequence[Reader]) -> Iterator[list[Value]]:
    """The values of a page of leads; keys of an answer may have any case and order."""
    sent = {name.lower(): name for row in page for name in row}
    keys = [sent.get(column.field.lower(), column.field) for column in found]
    owner = sent.get(_OWNER_ID, "")
    of_owner = [column.kind is Kind.NAME for column in found]
    cells = list(zip(keys, of_owner, read, strict=True))
    return ([one((row.get(owner), row.get(key)) if both else row.get(key)) for key, both, one in cells] for row in page)
