"""What may be claimed of leads without contact: that depends on which activities are known at all, and since when.

    ActivityCoverage + Question → Evidence → the words of sentence, figures, files and empty answers

Nobody can say "has never had a call" by files that hold no activities, no calls, or none before a day. A host that does
not say which activities it has, as a real account, has them all.
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import Enum
from typing import Final

from lsq_api.contract.coverage import ActivityCoverage, Covered
from lsq_api.question.contacts import contact_words
from lsq_api.question.directory import Directory
from lsq_api.question.phrases import day
from lsq_api.question.question import Question
from lsq_api.question.spans import DAY, EARLIEST, EVER, Range

SLACK: Final = DAY
"""So much later than the time that matters the known activities may begin, or earlier end, without a word about it."""
LATE: Final = 4
"""A type whose first activity comes in the first quarter of the time that matters may just be rare."""


class Extent(Enum):
    """How much of the activities that a question asks about is known."""

    WHOLE = "whole"
    PART = "part"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Evidence:
    """How much is known, why not more (`note`, a clause) and what to do about it (`advice`, a sentence).

    `brief` is the note in a few letters, for below a figure.
    """

    extent: Extent = Extent.WHOLE
    note: str = ""
    brief: str = ""
    advice: str = ""

    @property
    def said(self) -> str:
        """The note as a sentence; "" without one."""
        return f"{self.note[:1].upper()}{self.note[1:]}." if self.note else ""

    def of_answer(self, waiting: int, matching: int) -> "Evidence":
        """The evidence beside an answer: `waiting` of `matching` leads without a known contact.

        A contact is known once it is there, so without leads that wait nothing is missing. Where some were contacted
        the answer is newer than an evidence of nothing.
        """
        if not waiting:
            return WHOLE
        return Evidence(Extent.PART) if self.extent is Extent.NOTHING and waiting < matching else self


WHOLE: Final = Evidence()


def of_question(
    coverage: ActivityCoverage | None, question: Question, directory: Directory, *, now: datetime, zone: tzinfo
) -> Evidence:
    """What is known of the question's kind of contact, for the leads and the span that it asks about."""
    if coverage is None:
        return WHOLE
    created, quiet = question.came_in(now, zone), question.quiet.resolve(now, zone)
    starts = [coverage.leads_since, _start(created), _start(quiet)]
    return _judged(coverage, question.activities, directory, _latest(starts), quiet, zone)


def any_activity(question: Question) -> Question:
    """The question for which an activity of any type at any time is contact."""
    return replace(question, activities=(), quiet=EVER, outcome=None)


def of_lead(
    coverage: ActivityCoverage | None,
    question: Question,
    directory: Directory,
    came_in: datetime | None,
    *,
    now: datetime,
    zone: tzinfo,
) -> Evidence:
    """What is known of the question's kind of contact for one lead, which came in then.

    Without that date the oldest lead's is taken.
    """
    if coverage is None:
        return WHOLE
    quiet = question.quiet.resolve(now, zone)
    return _judged(
        coverage, question.activities, directory, _latest([came_in or coverage.leads_since, _start(quiet)]), quiet, zone
    )


def _judged(
    coverage: ActivityCoverage,
    codes: tuple[int, ...],
    directory: Directory,
    matters: datetime | None,
    within: Range | None,
    zone: tzinfo,
) -> Evidence:
    """`matters` is the first moment at which a contact would count; None where that is open."""
    known, of_kind = coverage.of(), coverage.of(codes)
    if known is None:
        advice = "Import activities together with the leads."
        return Evidence(Extent.NOTHING, "no activities were imported", "none were imported", advice)
    if of_kind is None:
        note = f"none of the imported activities is {_of_them(codes, directory)}"
        advice = "Choose other activity types, or import these as well."
        return Evidence(Extent.NOTHING, note, "none of this kind", advice)
    if within and within.end < known.since:
        advice = "Choose a later span, or import earlier activities."
        return replace(_since(known, zone), extent=Extent.NOTHING, advice=advice)
    return _missing(known, of_kind, matters, zone)


def _missing(known: Covered, of_kind: Covered, matters: datetime | None, zone: tzinfo) -> Evidence:
    """The evidence where some of it is there."""
    if matters is None or known.since - matters > SLACK:
        return _since(known, zone)
    if matters - known.until > SLACK:
        newest = _on(known.until, zone)
        return Evidence(Extent.PART, f"the newest known activity is of {newest}", f"until {newest}")
    if of_kind.since - matters > max(SLACK, (known.until - matters) / LATE):
        first = _on(of_kind.since, zone)
        return Evidence(Extent.PART, f"the first known one is of {first}", f"since {first}")
    return WHOLE


def _since(known: Covered, zone: tzinfo) -> Evidence:
    first = _on(known.since, zone)
    return Evidence(Extent.PART, f"activities are known since {first}", f"since {first}")


def _of_them(codes: tuple[int, ...], directory: Directory) -> str:
    """`a phone call (21, 22)`, or `one of Meeting, Sales Activity and 2 more types`."""
    kind = contact_words(codes, directory)
    if kind is None:
        return f"an activity ({', '.join(map(str, codes))})"
    return kind.one if kind.several else f"{kind.one} ({', '.join(map(str, codes))})"


def _start(span: Range | None) -> datetime | None:
    return span.start if span and span.start > EARLIEST else None


def _latest(moments: list[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _on(moment: datetime, zone: tzinfo) -> str:
    return day(moment.astimezone(zone).date(), zone)
