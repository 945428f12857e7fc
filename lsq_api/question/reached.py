"""Reached, or only tried: a question may ask that calls were answered, or took so many seconds.

    outcome=answered   outcome=60s   in a link; without it every call counts as contact, answered or not

Only types of activities that say so are asked for their outcome; a meeting counts as before. An activity of such a type
that does not say whether it was answered counts as a try, as one that was not: nobody is called reached who may not be.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from lsq_api.contract.coverage import ActivityCoverage
from lsq_api.contract.outcomes import ACTIVITY_OUTCOME, CONTACT_TRIES, MOST_SECONDS
from lsq_api.question.contacts import ContactNoun, contact_words
from lsq_api.question.directory import Directory
from lsq_api.question.formats import number
from lsq_api.question.phrases import quoted
from lsq_api.question.spans import BadLink

ANSWERED: Final = "answered"
"""What a link writes for any answered call; a number of seconds with an `s` is for calls of at least so many."""
OFFERED: Final = (ANSWERED, "60s")
_SECONDS: Final = re.compile(r"([1-9]\d{0,5})s?", re.ASCII)


@dataclass(frozen=True)
class Reach:
    """The outcome that activities of the codes `of` must have: answered, and at least so many seconds (0: any)."""

    least: int = 0
    of: tuple[int, ...] = ()

    @property
    def token(self) -> str:
        """As a link writes it."""
        return f"{self.least}s" if self.least else ANSWERED

    @property
    def missed(self) -> str:
        """What a try was that does not count: `not reached`, `not reached for 1 minute`."""
        return f"not reached for {length(self.least)}" if self.least else "not reached"

    @property
    def words(self) -> str:
        """`answered`, `of at least 1 minute`."""
        return f"of at least {length(self.least)}" if self.least else ANSWERED


class Untold(NamedTuple):
    """Of `of` activities that were asked for their outcome, how many do not tell it."""

    unknown: int = 0
    of: int = 0


def least_of(text: str) -> int:
    """The seconds that a link's value asks for; 0 for any answered call. BadLink for anything else."""
    said = text.strip().lower()
    if said == ANSWERED:
        return 0
    found = _SECONDS.fullmatch(said)
    if not found or int(found[1]) > MOST_SECONDS:
        raise BadLink(f"{quoted(text)} is no outcome of a call; there are {ANSWERED}, and seconds such as 60s.")
    return int(found[1])


def reach(
    least: int,
    codes: Sequence[int],
    coverage: ActivityCoverage | None,
    extensions: Collection[str],
    directory: Directory,
) -> Reach:
    """The outcome asked of those codes that tell theirs; BadLink where the account cannot tell."""
    if ACTIVITY_OUTCOME not in extensions or coverage is None:
        raise BadLink("This account cannot tell which calls were answered.")
    of = telling(least, codes, coverage)
    if not of:
        noun = contact_words(codes, directory)
        what = "how long it took" if least else "whether it was answered"
        known = (coverage.outcomes.get(code) for code in codes)
        some = any(one.timed if least else one.answered + one.unanswered for one in known if one)
        raise BadLink(f"{'Hardly any' if some else 'No'} {noun.noun if noun else 'activity'} here says {what}.")
    return Reach(least, of)


def telling(least: int, codes: Sequence[int], coverage: ActivityCoverage | None) -> tuple[int, ...]:
    """Those of the codes whose activities say whether they were answered and, with `least`, how long they took."""
    known = coverage.outcomes if coverage else {}
    return tuple(code for code in codes if code in known and known[code].tell(least))


def tries(wanted: Reach | None, extensions: Collection[str]) -> tuple[str, ...]:
    """The column with the number of tries, where the question asks for an outcome and the account can count them."""
    return (CONTACT_TRIES,) if wanted and CONTACT_TRIES in extensions else ()


def untold(wanted: Reach | None, codes: Sequence[int], coverage: ActivityCoverage | None) -> Untold:
    """How many of the activities that are asked for their outcome do not tell it; they count as tries."""
    if wanted is None or coverage is None:
        return Untold()
    found = [coverage.outcomes[code] for code in codes if code in wanted.of and code in coverage.outcomes]
    silent = (one.count - one.unanswered - one.timed if wanted.least else one.unknown for one in found)
    return Untold(sum(silent), sum(one.count for one in found))


def reached_words(codes: Sequence[int], wanted: Reach | None, directory: Directory) -> ContactNoun | None:
    """What counts as contact, as `contact_words` says it, with its outcome: `answered phone call or Meeting`."""
    if wanted is None:
        return contact_words(codes, directory)
    asked = contact_words([code for code in codes if code in wanted.of], directory) or ContactNoun("activity")
    others = [code for code in codes if code not in wanted.of]
    rest = contact_words(others, directory) if others else None
    if asked.several:
        said = f"{asked.noun} {wanted.words if wanted.least else 'that were answered'}"
    else:
        said = f"{asked.noun} {wanted.words}" if wanted.least else f"{ANSWERED} {asked.noun}"
    if rest is None:
        return ContactNoun(said, asked.several)
    return ContactNoun(f"{said} or {rest.noun}", asked.several or rest.several)


def length(seconds: int) -> str:
    """`1 minute`, `5 minutes`, `45 seconds`."""
    count, unit = (seconds // 60, "minute") if seconds % 60 == 0 else (seconds, "second")
    return f"{number(count)} {unit}{'' if count == 1 else 's'}"
