"""How the contract is spelled: times, member names in any case, and refusals that name the member.

The vendor's page mixes two spellings in one request (`LookUpName`/`LookupName`, `LookUpValues`/`LookupValue`,
`SqlOperator`/`SQLOperator`) and its stack reads names in any case: so do we. Source: sections 2.2 and 10 of the wire
notes.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    model_validator,
)

WIRE_TIME = "%Y-%m-%d %H:%M:%S"

_WIRE_TIME_SHAPE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_WIRE_DAY_SHAPE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]00:00:00(?:\.0+)?Z?)?", re.ASCII)
# Members the vendor's page spells in several ways, lower case; the sibling page writes `LeadFilter`.
_SYNONYMS = {
    "lookupvalue": "lookupvalues",
    "lookupvalues": "lookupvalue",
    "leadfilter": "leadfilters",
    "activityfilter": "activityfilters",
    "datefilters": "datefilter",
    "conditions": "condition",
}


def read_time(text: str) -> datetime:
    """A wire time, `yyyy-MM-dd HH:mm:ss` in UTC, as an aware datetime; ValueError where it is not one."""
    if not isinstance(text, str) or not _WIRE_TIME_SHAPE.fullmatch(text := text.strip()):
        raise ValueError(f"{text!r} is not a date; the form is yyyy-MM-dd HH:mm:ss, in UTC")
    try:
        if text[11:13] == "24":  # newer versions of Python take it for the next day's midnight
            raise ValueError
        return datetime.fromisoformat(text).replace(tzinfo=UTC)  # strptime takes forty times as long
    except ValueError:
        raise ValueError(f"{text!r} is no date of the calendar; the form is yyyy-MM-dd HH:mm:ss, in UTC") from None


def read_day(text: str) -> date:
    """A day, `yyyy-MM-dd`, alone or with the clock of midnight, as the service writes it; ValueError where it is none.

    A day is of the calendar and of no zone: its clock says nothing, and another one than midnight's is refused.
    """
    found = _WIRE_DAY_SHAPE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text.strip()!r} is not a day; the form is yyyy-MM-dd")
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise ValueError(f"{text.strip()!r} is no day of the calendar; the form is yyyy-MM-dd") from None


def write_time(moment: datetime) -> str:
    """An aware datetime as the wire spells it; fractions of a second are cut off."""
    return moment.astimezone(UTC).strftime(WIRE_TIME)


def _as_time(value: object) -> object:
    return value if isinstance(value, datetime) else read_time(value)  # type: ignore[arg-type]


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, BeforeValidator(_as_time), AfterValidator(_aware), PlainSerializer(write_time)]


def _as_text(value: object) -> object:
    """Codes and scores are strings on the wire; callers who send JSON numbers mean the same."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


MAX_VALUES = 20_000
"""The most values of a condition, and of all conditions of a request together."""
LARGEST = 2**63 - 1
"""The largest whole number that a member may have."""

Text = Annotated[str, BeforeValidator(_as_text)]
Name = Annotated[str, Field(min_length=1)]


def _as_values(value: object) -> object:
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,) if value is not None else ()


Values = Annotated[tuple[Text, ...], Field(max_length=MAX_VALUES), BeforeValidator(_as_values)]


def _as_names(value: object) -> object:
    return value.split(",") if isinstance(value, str) else value


def _distinct_names(names: tuple[str, ...]) -> tuple[str, ...]:
    distinct: dict[str, str] = {}
    for name in filter(None, map(str.strip, names)):
        distinct.setdefault(name.lower(), name)
    if not distinct:
        raise ValueError("is mandatory: a comma list of lead field schema names")
    return tuple(distinct.values())


CommaNames = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_names),
    AfterValidator(_distinct_names),
    PlainSerializer(",".join),
]


class Wire(BaseModel):
    """A part of a request: read in any case and spelling, refused where a member is unknown, frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _read_any_spelling(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping):
            return data
        spelled = {name: field.alias or name for name, field in cls.model_fields.items()}
        known = {alias.lower(): alias for alias in spelled.values()}
        if info.context is None:  # made in Python, not read from a body: our own names are meant
            known = {name.lower(): alias for name, alias in spelled.items()} | known
        read: dict[str, Any] = {}
        for member, value in data.items():
            given = str(member).strip().lower()
            alias = known.get(given) or known.get(_SYNONYMS.get(given, ""))
            if alias is None:
                raise ValueError(f"{member!r} is not a member here; allowed: {cls.members()}")
            if alias in read:
                raise ValueError(f"{alias} is given twice")
            read[alias] = value
        return read

    @classmethod
    def members(cls) -> str:
        """The members of this part, as an error text lists them."""
        return ", ".join(field.alias or name for name, field in cls.model_fields.items())


def is_strict(info: ValidationInfo) -> bool:
    """Whether the extensions of the local server are switched off for this reading."""
    return bool(info.context and info.context.get("strict"))


def explain(error: ValidationError) -> tuple[bool, str]:
    """Whether a mandatory member is missing, and the first faults as text that names each member by its wire path."""
    faults: list[dict[str, Any]] = [dict(fault) for fault in error.errors(include_url=False)]
    faults = [fault for fault in faults if fault["type"] != "too_short" or not _follows(fault["loc"], faults)]
    missing = all(fault["type"] in {"missing", "output_type"} for fault in faults)
    return missing, "; ".join(_one_fault(fault) for fault in faults[:3])


def _follows(path: tuple[int | str, ...], faults: list[dict[str, Any]]) -> bool:
    """Whether an array only counts as empty because something in it is at fault."""
    return any(len(fault["loc"]) > len(path) and fault["loc"][: len(path)] == path for fault in faults)


# What pydantic says in Python's words, in JSON's.
_IN_JSON = {
    "missing": "is mandatory",
    "extra_forbidden": "is not a member here",
    "model_type": "must be an object",
    "tuple_type": "must be an array",
    "string_type": "must be a string",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


def _one_fault(fault: dict[str, Any]) -> str:
    path = ""
    for step in fault["loc"]:
        if step not in {"List", "Aggregate"}:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    said = str(fault["ctx"]["error"]) if fault["type"] == "value_error" else fault["msg"]
    if fault["type"] == "too_long":
        said = f"has too many items; allowed: at most {fault['ctx']['max_length']:,}"
    text = _IN_JSON.get(fault["type"], said)
    return f"{path}: {text}" if path else text
