"""Conditions on any lead field, as a link writes them and as a viewer types them, checked before anything is sent."""

import re
from collections.abc import Callable, Mapping, Sequence

from pydantic import ValidationError

from lsq_api.conditions import LeadFilter
from lsq_api.directory import Directory, LeadField
from lsq_api.operators import LEAD_OPERATORS, Takes
from lsq_api.sentence import listing, quoted
from lsq_api.windows import BadLink
from lsq_api.wire import explain, read_time


def write_where(condition: LeadFilter) -> str:
    """`Field~operator~value`, or several values one after the other; in a value `~` is written %7E and `%` %25."""
    return "~".join(map(_escaped, (condition.field, condition.operator, *condition.values)))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("~", "%7E")


def _unescaped(text: str) -> str:
    return re.sub("%(25|7E)", lambda found: "~" if found[1].upper() == "7E" else "%", text, flags=re.IGNORECASE)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*[+-]?[0-9]{1,28}(\.[0-9]{1,9})?\s*", text, re.ASCII))


def _is_date(text: str) -> bool:
    day = re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(), re.ASCII)
    try:
        read_time(f"{day[0]} 00:00:00" if day else text)
    except ValueError:
        return False
    return True


_COMPARING = {"=", ">", "<", ">=", "<=", "in"}
# What a value must look like where its field is compared rather than searched, by data type.
_SHAPES: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "number": ("a number", _is_number),
    "date": ("a date such as 2026-01-31 or 2026-01-31 18:30:00", _is_date),
    "datetime": ("a date such as 2026-01-31 or 2026-01-31 18:30:00", _is_date),
}


def read_where(text: str, directory: Directory) -> LeadFilter:
    """A condition as `write_where` writes it; BadLink where it cannot be asked. The field may be a display name.

    Dates are sent as they are typed: in UTC, a day alone is its first second.
    """
    name, *rest = text.split("~")
    field = directory.field_named(_unescaped(name))
    if field is None:
        raise BadLink(f"There is no lead field {quoted(_unescaped(name))}.")
    if not rest or rest[0].strip().lower() not in LEAD_OPERATORS:
        what = f"{quoted(rest[0])} is not an operator" if rest else "An operator is missing"
        raise BadLink(f"{what}; there are {', '.join(LEAD_OPERATORS)}.")
    operator = LEAD_OPERATORS[rest[0].strip().lower()]
    values = {
        Takes.NONE: [],
        Takes.ONE: ["~".join(rest[1:])],
        Takes.MANY: rest[1:],
    }[operator.takes]
    return checked(field, operator.symbol, [_unescaped(value) for value in values])


def checked(field: LeadField, operator: str, values: Sequence[str]) -> LeadFilter:
    """A condition whose values fit the type of its field; BadLink with the sentence for who typed them."""
    needed, fits = _SHAPES.get(field.data_type.strip().lower(), ("", None))
    given = [value.strip() if fits else value for value in values if value.strip()]
    if not given and LEAD_OPERATORS[operator].takes is not Takes.NONE:
        raise BadLink(f"“{field.display_name} {LEAD_OPERATORS[operator].words}” needs a value.")
    misfits = [value for value in given if not fits(value)] if fits and operator in _COMPARING else []
    if misfits:
        raise BadLink(f"{field.display_name} needs {needed}, not {listing(map(quoted, misfits))}.")
    try:
        return LeadFilter(field=field.schema_name, operator=operator, values=tuple(given))
    except ValidationError as error:
        raise BadLink(f"{field.display_name}: {explain(error)[1]}.") from None
