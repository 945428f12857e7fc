"""Owners and their books: whose leads wait, for how long, and what share that is. Pure.

A book is all leads of an owner that match the question; the waiting part is spread over the age classes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lsq_api.question.directory import Directory
from lsq_api.question.spans import AGE_CLASSES

ENOUGH = 20
"""Leads in a book before its share says much: below, an owner is neither marked nor ranked by it."""


@dataclass(frozen=True)
class Book:
    """A row: one owner, a team, or all. `owners` are whose leads it holds (None: the leads without an owner).

    `ages` counts the waiting leads by age class, youngest first; a lead without a creation date is in none. `mean` is
    of the `scored` waiting leads that have a score. `oldest` is when the one that waits longest came in, None where
    that is not known.
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
        """The label, with a word where the owner left."""
        return f"{self.label} · left" if self.left else self.label

    @property
    def oldest_class(self) -> int | None:
        """The oldest age class that has a lead; None where none has."""
        return next((place for place in reversed(range(len(self.ages))) if self.ages[place]), None)

    @property
    def enough(self) -> bool:
        """Whether the share says much."""
        return self.book >= ENOUGH

    def above(self, threshold: int) -> bool:
        """Whether a larger share of the book waits than `threshold` per cent; in whole per cent, as it is shown."""
        return bool(self.book) and (200 * self.waiting + self.book) // (2 * self.book) > threshold


def mark(row: Book, threshold: int) -> str:
    """Where a row stands against the threshold, in words."""
    if not row.above(threshold):
        return ""
    return "Above" if row.enough else "Few leads"


def together(rows: Iterable[Book], label: str) -> Book:
    """Several rows as one: a team, or all. The mean is weighted by the leads that have a score."""
    known = list(rows)
    scored = sum(row.scored for row in known)
    points = sum((row.mean * row.scored for row in known if row.mean is not None), Decimal(0))
    # The host's oldest leads are read oldest first: who is not among them has none as old as those who are.
    since = [row.oldest for row in known if row.oldest]
    return Book(
        owners=tuple(owner for row in known for owner in row.owners),
        label=label,
        waiting=sum(row.waiting for row in known),
        book=sum(row.book for row in known),
        ages=tuple(sum(row.ages[place] for row in known) for place in range(len(AGE_CLASSES))),
        scored=scored,
        mean=points / scored if scored else None,
        oldest=min(since, default=None),
    )


def worst_first(rows: Iterable[Book], by: str) -> list[Book]:
    """Most leads waiting first, or the largest share (of books with enough leads), or the longest wait."""
    return sorted(rows, key=_PLACES[by])


def _by_waiting(row: Book) -> tuple[float | str, ...]:
    return (-row.waiting, -row.book, row.label.casefold())


def _by_share(row: Book) -> tuple[float | str, ...]:
    return (not row.enough, -(row.waiting / row.book if row.book else 0), *_by_waiting(row))


def _by_oldest(row: Book) -> tuple[float | str, ...]:
    place = row.oldest_class
    since = row.oldest.timestamp() if row.oldest else float("inf")
    return (place is None, -(place or 0), since, *_by_waiting(row))


_PLACES: Mapping[str, Callable[[Book], tuple[float | str, ...]]] = {
    "waiting": _by_waiting,
    "share": _by_share,
    "oldest": _by_oldest,
}


def teams(rows: Sequence[Book], directory: Directory) -> list[Book]:
    """The owners rolled up under whom they report to; a manager's own leads are with the manager's team."""
    managers = frozenset(directory.managers)
    reports_to = {user.id: user.manager_id for user in directory.users}

    def head(row: Book) -> str | None:
        owner = (row.owners[0] or "").casefold()
        return owner if owner in managers else reports_to.get(owner) or None

    heads: dict[str | None, list[Book]] = {}
    for row in rows:
        heads.setdefault(head(row), []).append(row)
    return [together(team, _team_label(manager, directory)) for manager, team in heads.items()]


def _team_label(manager: str | None, directory: Directory) -> str:
    return f"Team of {directory.user_label(manager)}" if manager else "No team"


def whole_team(row: Book, rows: Sequence[Book], directory: Directory) -> str | None:
    """The manager whose team a row is, where it holds all owners that report to her, at any distance; else None.

    Only such a row can be asked for as a team; any other is a list of owners.
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
