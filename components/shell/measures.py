"""What the answers of a host amount to: who has how many waiting, of how many. Pure: numbers in, numbers out."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lsq_api.contract.answer import Group


@dataclass(frozen=True)
class Standing:
    """One owner, stage or source: leads not contacted, of all its leads. `value` is None for leads that have none."""

    value: str | None
    label: str
    waiting: int
    book: int


def standings(waiting: Iterable[Group], book: Iterable[Group], label: Callable[[str | None], str]) -> list[Standing]:
    """Both answers joined by their group, most waiting first. A group with nothing waiting is kept."""
    found = []
    for part, whole in joined(waiting, book):
        value = whole.value if whole else part.value if part else None
        count = part.count if part else 0
        # A lead that came in between the two answers is in the first alone: a book is never smaller than its part.
        found.append(Standing(value, label(value), count, max(whole.count if whole else 0, count)))
    return sorted(found, key=lambda one: (-one.waiting, -one.book, one.label.casefold()))


def joined(part: Iterable[Group], whole: Iterable[Group]) -> list[tuple[Group | None, Group | None]]:
    """The groups of two answers, side by side; None where one of them has no such group.

    A group is named by one of its spellings, in each answer by its own: what is not spelled the same is compared
    without case and outer blanks, and what is left as a number ("7" and "007").
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
    """The groups that have the key to themselves."""
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
    """The longest bars, and what the others come to together."""

    shown: list[Standing]
    others: int
    waiting: int
    book: int


def folded(found: Sequence[Standing], most: int) -> Folded:
    """The first `most` of them that have leads waiting; one too many is shown rather than folded alone."""
    keep = most + 1 if len(found) == most + 1 else most
    rest = found[keep:]
    return Folded(list(found[:keep]), len(rest), sum(one.waiting for one in rest), sum(one.book for one in rest))


def mean(groups: Iterable[Group], counted: int) -> Decimal | None:
    """The mean of a field over all groups: the sum of their sums by the number of leads that have the field."""
    figures = [group.figure for group in groups if group.figure is not None]
    return sum(figures, Decimal(0)) / counted if counted and figures else None
