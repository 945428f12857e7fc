"""What the Overview asks: sixteen calls beside that of the sentence, none of them twice."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from components.shell import ages, measures, waits, words
from components.shell.answers import SCORE, by, by_owner, listed, report, summed, total
from components.shell.frame import View
from lsq_api.client.asks import Asking, Groups
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.wire import read_time
from lsq_api.question.listing import Listing
from lsq_api.question.spans import AgeClass


def waiting_longest(view: View) -> Asking[tuple[Listing, ListAnswer]]:
    """The first page of the list in its usual order: longest waiting first where the host can sort."""
    usual, _ = waits.listing(view, {})
    return listed(view, usual)


def longest_wait(view: View, page: ListAnswer) -> datetime | None:
    """Since when the first lead of a page has waited (UTC), the page being sorted by that; None without one."""
    since = page.rows[0].get(waits.field(view)) if page.rows else None
    return read_time(since) if since else None


def without_activity(view: View) -> Asking[int]:
    """How many leads not contacted have no activity of any type."""
    (found,) = yield (total(view, view.question.narrowed("ProspectActivityDate_Max", None)),)
    return int(found)


def mean_engagement(view: View) -> Asking[float | None]:
    """The mean engagement score of the leads not contacted that have one; None where none has."""
    having = view.question.with_condition(LeadFilter(field=SCORE, operator="def"))
    scored, groups = yield total(view, having), Groups(report(view, summed("OwnerId")))
    mean = measures.mean(groups, scored)
    return None if mean is None else float(mean)


def by_age(view: View) -> Asking[list[tuple[AgeClass, int]]]:
    """Each age class with its number of leads not contacted, youngest first. One call a class."""

    def counting(classes: ages.Classes) -> Asking[list[int]]:
        within = [view.question.narrowed_to_age(age, view.now, view.zone) for age in classes]
        found = iter((yield tuple(total(view, question) for question in within if question)))
        return [next(found) if question else 0 for question in within]

    classes, counts = yield from ages.counted(view, counting, int)
    return list(zip(classes, counts, strict=True))


class Board(NamedTuple):
    """A leaderboard beside that of the owners: its lead field, its heading, and what its rows are called."""

    field: str
    heading: str
    noun: str


USUAL = (Board("ProspectStage", "By stage", "stages"), Board("Source", "By source", "sources"))


def boards(view: View) -> list[Board]:
    """The boards of a stage and a source; one that no lead of the account has gives way to a field that groups well."""
    fill, found = view.source.fill(), list[Board]()
    spare = [name for name in fill.grouping(view.directory) if name not in {one.field for one in USUAL}]
    for board in USUAL:
        field = view.directory.field_named(spare[0]) if fill.empty(board.field) and spare else None
        if field is None:
            found.append(board)
        else:
            del spare[0]
            name = words.lower(field.display_name)
            found.append(Board(field.schema_name, f"By {name}", f"groups of {name}"))
    return found


def on_board(view: View, place: int) -> Asking[list[measures.Standing]]:
    """The groups of a board by its place among `boards`."""
    return by(view, boards(view)[place].field)


ASKS = (
    ("By owner", by_owner),
    ("Waiting longest", waiting_longest),
    ("Never any activity", without_activity),
    ("Mean engagement", mean_engagement),
    ("By age", by_age),
    ("By stage", partial(on_board, place=0)),
    ("By source", partial(on_board, place=1)),
)
"""What the page asks, by the title of the part that shows it, in the order of the screen."""
