"""Owners' books: how many of an owner's leads are not contacted, how old these are, and their share. Pure.

A book is all leads of an owner that match the question; those not contacted are counted by age class.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from components.shell.measures import LEAST
from lsq_api.question.directory import Directory

ENOUGH = LEAST
"""Leads of a book from which on its share means something; smaller books are neither marked nor ranked by share."""


@dataclass(frozen=True)
class Book:
    """A row: one owner, a team, or all. `owners` are the owners' IDs (None: the leads without an owner).

    `ages` counts the leads not contacted by age class, youngest first; a lead without a creation date is in none.
    `mean` is of the `scored` of them that have a score. `oldest` is the moment that the one which waits longest waits
    since, None: not known.
    """

    owners: tuple[str | None, ...]
    label: str
    waiting: int
    book: int
    ages: tuple[int, ...]
    scored: int = 0
    mean: Decimal | None = None
    oldest: datetime | None = None
    team: str = ""
    left: bool = False

    @property
    def title(self) -> str:
        """The label, with a mark where the owner has left."""
        return f"{self.label} · left" if self.left else self.label

    @property
    def oldest_class(self) -> int | None:
        """The index of the oldest age class with a lead; None where none has."""
        return next((place for place in reversed(range(len(self.ages))) if self.ages[place]), None)

    @property
    def enough(self) -> bool:
        """Whether the book is large enough for its share to mean something."""
        return self.book >= ENOUGH

    def above(self, threshold: int) -> bool:
        """Whether more than `threshold` per cent of the book is not contacted, in whole per cent as it is shown."""
        return bool(self.book) and (200 * self.waiting + self.book) // (2 * self.book) > threshold


def mark(row: Book, threshold: int) -> str:
    """In words, whether a row is above the threshold."""
    if not row.above(threshold):
        return ""
    return "Above" if row.enough else "Few leads"


def added_up(rows: Iterable[Book], label: str) -> Book:
    """Several rows as one: a team, or all. Their mean is weighted by the leads that have a score."""
    known = list(rows)
    scored = sum(row.scored for row in known)
    points = sum((row.mean * row.scored for row in known if row.mean is not None), Decimal(0))
    # Where only the oldest leads of all were read, an owner without one there has none as old as the others.
    since = [row.oldest for row in known if row.oldest]
    return Book(
        owners=tuple(owner for row in known for owner in row.owners),
        label=label,
        waiting=sum(row.waiting for row in known),
        book=sum(row.book for row in known),
        ages=tuple(map(sum, zip(*(row.ages for row in known), strict=True))),
        scored=scored,
        mean=points / scored if scored else None,
        oldest=min(since, default=None),
    )


def worst_first(rows: Iterable[Book], by: str) -> list[Book]:
    """The rows by most leads waiting, by share (of large enough books), or by the oldest lead's age."""
    return sorted(rows, key=_PLACES[by])


def _by_waiting(row: Book) -> tuple[float | str, ...]:
    return (-row.waiting, -row.book, row.label.casefold())


def _by_share(row: Book) -> tuple[float | str, ...]:
    return (not row.enough, -(row.waiting / row.book if row.book else 0), *_by_waiting(row))


def _by_oldest(row: Book) -> tuple[float | str, ...]:
    # One of whom only the age class is known is younger than all of whom the moment is known.
    place = row.oldest_class
    since = row.oldest.timestamp() if row.oldest else float("inf")
    return (place is None and row.oldest is None, since, -(place or 0), *_by_waiting(row))


_PLACES: Mapping[str, Callable[[Book], tuple[float | str, ...]]] = {
    "waiting": _by_waiting,
    "share": _by_share,
    "oldest": _by_oldest,
}


def teams(rows: Sequence[Book], directory: Directory) -> list[Book]:
    """The owners' rows added up by manager; a manager's own leads are in the manager's team."""
    managers = frozenset(directory.managers)
    reports_to = {user.id: user.manager_id for user in directory.users}

    def head(row: Book) -> str | None:
        owner = (row.owners[0] or "").casefold()
        return owner if owner in managers else reports_to.get(owner) or None

    heads: dict[str | None, list[Book]] = {}
    for row in rows:
        heads.setdefault(head(row), []).append(row)
    return [added_up(team, _team_label(manager, directory)) for manager, team in heads.items()]


def _team_label(manager: str | None, directory: Directory) -> str:
    return f"Team of {directory.user_label(manager)}" if manager else "No team"


def whole_team(row: Book, rows: Sequence[Book], directory: Directory) -> str | None:
    """The manager whose team a row is, if it holds all owners below that manager, at any distance; else None.

    A link can name only such a row as a team; any other is a list of owners.
    """
    below: dict[str, list[str]] = {}
    for user in directory.users:
        below.setdefault(user.manager_id or "", []).append(user.id)
    mine = {owner for owner in row.owners if owner}
    known = {owner for one in rows for owner in one.owners if owner}
    for manager in directory.managers:
        members, waiting = {manager}, [manager]
        while waiting:
            fresh = [user for user in below.get(waiting.pop(), ()) if user not in members]
            members.update(fresh)
            waiting += fresh
        if members & known == mine and None not in row.owners and row.label == _team_label(manager, directory):
            return manager
    return None
