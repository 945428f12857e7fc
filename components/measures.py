"""What the answers of a host amount to: who has how many waiting, of how many. Pure: numbers in, numbers out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lsq_api.answer import Group


@dataclass(frozen=True)
class Standing:
    """One owner, stage or source: leads not contacted, of all its leads. `value` is None for leads that have none."""

    value: str | None
    label: str
    waiting: int
    book: int


def standings(waiting: Iterable[Group], book: Iterable[Group], label: Callable[[str | None], str]) -> list[Standing]:
    """Both answers joined by their group, most waiting first. A group with nothing waiting is kept."""
    counts = {_key(group.value): group for group in waiting}
    books = {_key(group.value): group for group in book}
    found = []
    for key in counts.keys() | books.keys():
        value = (books.get(key) or counts[key]).value
        count = counts[key].count if key in counts else 0
        # A lead that came in between the two answers is in the first alone: a book is never smaller than its part.
        whole = max(books[key].count if key in books else 0, count)
        found.append(Standing(value, label(value), count, whole))
    return sorted(found, key=lambda one: (-one.waiting, -one.book, one.label.casefold()))


def _key(value: str | None) -> str:
    return (value or "").strip().casefold()


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
