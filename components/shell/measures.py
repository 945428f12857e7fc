"""From the groups of two answers to standings: leads not contacted, of all leads. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lsq_api.contract.answer import Group


@dataclass(frozen=True)
class Standing:
    """One owner, stage or source: `waiting` leads not contacted of `book` leads. `value` None: leads without one."""

    value: str | None
    label: str
    waiting: int
    book: int


def standings(waiting: Iterable[Group], book: Iterable[Group], label: Callable[[str | None], str]) -> list[Standing]:
    """Both answers joined by group, most leads waiting first; a group with none waiting is kept."""
    found = []
    for part, whole in joined(waiting, book):
        value = whole.value if whole else part.value if part else None
        count = part.count if part else 0
        # A lead created between the two calls is in the first answer only; a book must not be smaller than its part.
        found.append(Standing(value, label(value), count, max(whole.count if whole else 0, count)))
    return sorted(found, key=lambda one: (-one.waiting, -one.book, one.label.casefold()))


LEAST = 20
"""Leads that a group needs for its share to mean something; smaller ones are not ranked by it."""


def worst_first(found: Iterable[Standing], least: int = LEAST) -> tuple[list[Standing], list[Standing]]:
    """The groups of at least `least` leads, largest share first, and the smaller ones, which have no place."""
    by_size = sorted(found, key=lambda one: (-one.waiting, -one.book, one.label.casefold()))
    large = [one for one in by_size if one.book >= max(least, 1)]
    return sorted(large, key=lambda one: -Fraction(one.waiting, one.book)), [one for one in by_size if one not in large]


def joined(part: Iterable[Group], whole: Iterable[Group]) -> list[tuple[Group | None, Group | None]]:
    """The groups of two answers in pairs; None in place of a group that one answer does not have.

    Each answer may spell a group's value in its own way. Equal spellings are paired first, then those that are equal
    without case and outer blanks, then equal numbers ("7" and "007").
    """
    left, right = list(part), list(whole)
    pairs: list[tuple[Group | None, Group | None]] = []
    for key in (_exact, _folded, _number):
        theirs = _by_key(right, key)
        for name, mine in _by_key(left, key).items():
            if name in theirs:
                pairs.append((mine, theirs[name]))
        left = _without(left, [one for one, _ in pairs])
        right = _without(right, [one for _, one in pairs])
    return pairs + [(one, None) for one in left] + [(None, one) for one in right]


def _by_key(groups: Iterable[Group], key: Callable[[str | None], str | None]) -> dict[str, Group]:
    """The groups by their key, without those that share one."""
    found: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        name = key(group.value)
        if name is not None:
            found[name].append(group)
    return {name: alike[0] for name, alike in found.items() if len(alike) == 1}


def _without(groups: Sequence[Group], paired: Iterable[Group | None]) -> list[Group]:
    gone = {id(one) for one in paired}
    return [group for group in groups if id(group) not in gone]


def _exact(value: str | None) -> str:
    return value or ""


def _folded(value: str | None) -> str:
    return " ".join((value or "").split()).casefold()


def _number(value: str | None) -> str | None:
    text = (value or "").strip()
    return str(Decimal(text).normalize()) if re.fullmatch(r"[+-]?[0-9]{1,28}(\.[0-9]{1,9})?", text, re.ASCII) else None


@dataclass(frozen=True)
class Folded:
    """The longest bars, and the rest added up: `others` is how many groups that is."""

    shown: list[Standing]
    others: int
    waiting: int
    book: int


def folded(found: Sequence[Standing], most: int, *, alone: bool = True) -> Folded:
    """The first `most` groups, the rest folded; with `alone` a rest of one group is shown as well."""
    keep = most + 1 if alone and len(found) == most + 1 else most
    rest = found[keep:]
    return Folded(list(found[:keep]), len(rest), sum(one.waiting for one in rest), sum(one.book for one in rest))


def mean(groups: Iterable[Group], counted: int) -> Decimal | None:
    """The mean over all leads: the sum of the groups' sums, divided by `counted` leads; None without any."""
    figures = [group.figure for group in groups if group.figure is not None]
    return sum(figures, Decimal(0)) / counted if counted and figures else None
