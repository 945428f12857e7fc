"""Leads that must not be called, or get no e-mail: which fields say so, and which values mean it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple

from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.operators import FieldKind, lead_operators
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.question import Question

Way = Literal["call", "mail"]

_FIELDS: Final[Mapping[Way, tuple[str, ...]]] = {
    "call": ("DoNotCall", "Do Not Call", "mx_Do_Not_Call", "Do not allow Phone Calls", "Phone Opt Out", "Call Opt Out"),
    "mail": (
        "DoNotEmail",
        "Do Not Email",
        "mx_Do_Not_Email",
        "Do not allow Emails",
        "Email Opt Out",
        "HasOptedOutOfEmail",
    ),
}
_YES: Final = ("1", "true", "yes", "y")


class Apart(NamedTuple):
    """Questions for some of a question's leads: those that nobody tried, and those that must not be called.

    None where that is not asked, or cannot be told.
    """

    untried: Question | None
    barred: Question | None


class Bars(NamedTuple):
    """The schema names of the fields that forbid a call, and an e-mail; None where the account has no such field."""

    call: str | None = None
    mail: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Those that the account has."""
        return tuple(field for field in self if field)

    def of(self, row: Mapping[str, Any]) -> tuple[Way, ...]:
        """What a lead must not get, by its fields in any case."""
        given = {str(name).lower(): value for name, value in row.items()}
        ways: tuple[tuple[Way, str | None], ...] = (("call", self.call), ("mail", self.mail))
        return tuple(way for way, field in ways if field and says_yes(given.get(field.lower())))


def bars(directory: Directory) -> Bars:
    """The fields of an account."""
    call, mail = _field("call", directory), _field("mail", directory)
    return Bars(call and call.schema_name, mail and mail.schema_name)


def barring(fields: Iterable[str], directory: Directory) -> tuple[str, ...]:
    """The fields that forbid what these fields make possible: who has a number in a file must see that it is barred."""
    kinds = {directory.kind_of(name) for name in fields}
    found = bars(directory)
    pairs = ((FieldKind.PHONE, found.call), (FieldKind.EMAIL, found.mail))
    return tuple(field for kind, field in pairs if field and kind in kinds)


def says_yes(value: object) -> bool:
    """Whether a field's value means that it is so."""
    return str(value).strip().lower() in _YES


def must_not_be_called(directory: Directory) -> LeadFilter | None:
    """The condition that finds the leads that must not be called; None where no field says so."""
    field = _field("call", directory)
    if field is None:
        return None
    return LeadFilter(field=field.schema_name, operator="in", values=_values(field))


def apart(question: Question, directory: Directory) -> Apart:
    """What the sentence about a question says of some of its leads."""
    barring = must_not_be_called(directory)
    untried = replace(question, outcome=None) if question.outcome else None
    return Apart(untried, question.with_condition(barring) if barring and not question.left_out else None)


def may_be_called(directory: Directory, extensions: Collection[str]) -> tuple[LeadFilter, ...]:
    """The conditions that leave out the leads that must not be called; none where no field says so.

    A host that does not know `<>` is asked for those that do not contain the value.
    """
    field = _field("call", directory)
    return tuple(_without(field, extensions)) if field else ()


def _without(field: ListedField, extensions: Collection[str]) -> Iterator[LeadFilter]:
    operator = "<>" if "<>" in lead_operators(extensions) else "nlik"
    values = _values(field)
    for value in values if operator == "<>" else values[:3]:  # "y" alone is part of other words
        yield LeadFilter(field=field.schema_name, operator=operator, values=(value,))


def _values(field: ListedField) -> tuple[str, ...]:
    """A Boolean of the service is asked for by `1`: it answers other words with an error (section 10)."""
    return _YES[:1] if field.kind is FieldKind.FLAG else _YES


def _field(way: Way, directory: Directory) -> ListedField | None:
    found = (directory.field_named(name) for name in _FIELDS[way])
    return next((field for field in found if field), None)
