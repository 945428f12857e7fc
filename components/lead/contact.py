"""Whether and how long a lead has waited, by the question's activity event codes and time range. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from components.shell import words
from lsq_api.contract import outcomes
from lsq_api.contract.lookups import Activity
from lsq_api.contract.outcomes import CallOutcome
from lsq_api.question.directory import Directory
from lsq_api.question.evidence import WHOLE, Evidence, Extent
from lsq_api.question.formats import number
from lsq_api.question.phrases import span
from lsq_api.question.question import Question
from lsq_api.question.reached import Reach, reached_words
from lsq_api.question.spans import Always, Between


@dataclass(frozen=True)
class Wait:
    """Whether a lead waits, when it was created, and when its last contact was (None: never).

    A lead that waits was tried `tries` times in the question's span, the last time at `tried`, and was not reached.
    """

    waiting: bool
    came_in: datetime | None
    last: datetime | None
    tries: int = 0
    tried: datetime | None = None


def is_try(activity: Activity, question: Question, now: datetime) -> bool:
    """Whether an activity would be contact if it has the outcome that is asked for: its code is one of the question's
    (any, without codes), and it is not in the future.
    """
    dated = activity.created_on is not None and activity.created_on <= now
    return dated and (not question.activities or activity.code in question.activities)


def is_contact(activity: Activity, question: Question, now: datetime) -> bool:
    """Whether an activity is contact: a try that has the outcome that the question asks of its type, if any."""
    asked = question.outcome if question.outcome and activity.code in question.outcome.of else None
    return is_try(activity, question, now) and (asked is None or outcome(activity).meets(asked.least))


def outcome(activity: Activity) -> CallOutcome:
    """How an activity ended, as far as it says so."""
    return outcomes.outcome(activity.code, activity.status, activity.note, activity.more)


def judged(
    activities: Iterable[Activity], question: Question, *, came_in: datetime | None, now: datetime, zone: tzinfo
) -> Wait:
    """Whether a lead waits, by its activities, newest first; reads no more of them than needed."""
    within = question.quiet.resolve(now, zone)
    # A range that ends now was cut to the minute; activities since then still belong to it.
    until = within.end if within and isinstance(question.quiet, Between) and question.quiet.end else now
    last: datetime | None = None
    tries = list[datetime]()
    for activity in activities:
        at = activity.created_on
        if last and within and at and at < within.start:
            break  # the newest contact is known, and everything from here on is before the window
        if not is_try(activity, question, now) or at is None:
            continue
        inside = within is None or within.start <= at <= until
        if not is_contact(activity, question, now):
            tries += [at] if inside else []
            continue
        last = last or at
        if inside:
            return Wait(False, came_in, last)
    return Wait(True, came_in, last, len(tries), tries[0] if tries else None)


def tried(wait: Wait, asked: Reach, now: datetime) -> str:
    """`Never tried`, or `Tried 3 times, not reached, last 2 days ago`."""
    if not wait.tries or wait.tried is None:
        return "Never tried"
    times = "once" if wait.tries == 1 else f"{number(wait.tries)} times"
    last = "" if wait.tries == 1 else "last "
    return f"Tried {times}, {asked.missed}, {last}{words.age(wait.tried, now)} ago"


def headline(wait: Wait, now: datetime, evidence: Evidence = WHOLE, *, assumed: bool = False) -> str:
    """`Waiting 41 days`, `Contacted`, or by too little `evidence` `No known contact`.

    `assumed`: any activity counts because nobody chose what does, and is not called a contact.
    """
    since = wait.last or wait.came_in
    if not wait.waiting:
        return "Some activity" if assumed else "Contacted"
    if wait.last is None and evidence.extent is not Extent.WHOLE:
        return "No known contact"
    return f"Waiting {words.age(since, now)}" if since else "Waiting"


def rule(
    wait: Wait, question: Question, directory: Directory, *, now: datetime, zone: tzinfo, evidence: Evidence = WHOLE
) -> str:
    """Why it waits or not: `came in 204 days ago; no phone call ever`, `last phone call 41 days ago; none in …`.

    By too little `evidence` it says why nobody can tell: `came in 204 days ago; no activities were imported`.
    """
    counted = reached_words(question.activities, question.outcome, directory)
    kind, many = (counted.noun, counted.several) if counted else ("activity of any type", False)
    if wait.last is None:
        never = f"none of {kind} ever" if many else f"no {kind} ever"
        if evidence.extent is Extent.NOTHING:
            never = evidence.note
        elif evidence.extent is Extent.PART:
            never = f"no known {f'activity of {kind}' if many else kind}; {evidence.note}"
        return f"came in {words.age(wait.came_in, now)} ago; {never}" if wait.came_in else never
    last = f"{'last of' if many else 'last'} {kind} {words.age(wait.last, now)} ago"
    if isinstance(question.quiet, Always):
        return last
    when = span(question.quiet, zone)
    if wait.waiting and evidence.note:
        return f"{last}; none known {when}; {evidence.note}"
    return f"{last}; none {when}" if wait.waiting else f"{last}; contacted {when}"
