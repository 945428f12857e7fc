"""What may count as contact in an account without the usual calls: definitions made of its own activity types.

    types, and who creates their activities → Definition("Calls", (230, 232)), …, Definition("Any activity", …)

Each has at least one type and no two have the same; the narrowest comes first. Source: section 6 of the wire notes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lsq_api.contract.makers import ActivityMakers, Made
from lsq_api.question.directory import Directory, ListedType
from lsq_api.question.kinds import ContactKind, kind_of, not_done
from lsq_api.question.phrases import joined

MOSTLY: Final = 0.9
"""A type is a person's where at least this part of its activities are, of those whose creator is known."""
OF_THE_ACCOUNT: Final = 2
"""The most configured definitions that are proposed."""


@dataclass(frozen=True)
class Definition:
    """A name, and the activity event codes that count as contact, in order."""

    name: str
    codes: tuple[int, ...]


def proposed(directory: Directory, makers: ActivityMakers | None) -> tuple[Definition, ...]:
    """The definitions to choose from: the configured ones, those of the types' names, all work of persons, all types.

    Without `makers` nobody knows who creates activities: names alone decide, and the work of persons is not proposed.
    """
    kinds = {listed: kind_of(listed) for listed in directory.activity_types}
    found = [Definition(name, codes) for name, codes in directory.contacts[:OF_THE_ACCOUNT]]
    wanted: list[ContactKind] = []
    for kind in ContactKind:
        wanted.append(kind)
        of = {listed: is_ for listed, is_ in kinds.items() if is_ in wanted and not _by_itself(listed, is_, makers)}
        found.append(Definition(_named(set(of.values()), makers), _codes(of)))
    if makers:
        work = [listed for listed in directory.activity_types if _of_persons(makers.codes.get(listed.code))]
        found.append(Definition("Types of activity that people do", _codes(one for one in work if not not_done(one))))
    found.append(Definition("Any activity", directory.codes))
    first: dict[tuple[int, ...], Definition] = {}
    for definition in found:
        if definition.codes:
            first.setdefault(definition.codes, definition)
    # The name of all types has to say that it is all of them, even where each of them is a call.
    return (*(one for codes, one in first.items() if codes != directory.codes), found[-1])


def _by_itself(listed: ListedType, kind: ContactKind | None, makers: ActivityMakers | None) -> bool:
    """Whether messages of a type are known to be sent by no person; calls and meetings are a person's by their name."""
    made = makers.codes.get(listed.code) if makers and kind is ContactKind.MESSAGE else None
    return made is not None and not _of_persons(made)


def _of_persons(made: Made | None) -> bool:
    known = made.by_people + made.by_systems if made else 0
    return bool(made and known and made.by_people >= MOSTLY * known)


def _codes(types: Iterable[ListedType]) -> tuple[int, ...]:
    return tuple(sorted(listed.code for listed in types))


def _named(kinds: set[ContactKind | None], makers: ActivityMakers | None) -> str:
    """`Calls, meetings and visits`; with messages `… and messages by a person` where that is known."""
    parts: list[str] = []
    for kind in ContactKind:
        if kind in kinds:
            parts += kind.value.split(" and ")
    said = joined(parts, "and")
    return said[:1].upper() + said[1:] + (" by a person" if makers and ContactKind.MESSAGE in kinds else "")
