"""From a row or cell of the owners' table to the question whose leads it counts. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from components.book import Book, whole_team
from components.frame import Asked
from lsq_api.question import Question
from lsq_api.windows import AgeClass

MOST = 100
"""Owners that a link names at most."""


def behind(asked: Asked, row: Book, everybody: Sequence[Book], age: AgeClass | None) -> Question | None:
    """The leads of a row, or of its age class; None where no question has just these.

    A question takes owners in, it cannot leave one out: several owners are a team, all, or a list of names.
    """
    question = _owners(asked, row, everybody)
    if question is None or age is None:
        return question
    return question.narrowed_to_age(age, asked.now, asked.zone)


def _owners(asked: Asked, row: Book, everybody: Sequence[Book]) -> Question | None:
    question, directory = asked.question, asked.directory
    if len(row.owners) == 1:
        return question.narrowed("OwnerId", row.owners[0], directory)
    if len(row.owners) == len(everybody):
        return question
    manager = whole_team(row, everybody, directory)
    if manager and not question.owners and not question.teams:
        return replace(question, teams=(manager,))
    known = [user for owner in row.owners for user in directory.user_with_id(owner or "")]
    if len(known) < len(row.owners) or len(known) > MOST:
        return None
    return replace(question, owners=tuple(known), teams=())
