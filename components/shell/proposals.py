"""What a page asks beside its own answers, to propose something: what counts as contact, or which filter to loosen.

Both ask for totals alone, few of them, and nothing where the host would have to be read for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from components.shell.answers import by_owner, report, total
from components.shell.frame import View
from lsq_api.client.asks import Asking
from lsq_api.contract.report import ListOutput
from lsq_api.question.definitions import Definition, proposed
from lsq_api.question.question import Question
from lsq_api.question.sentence import Chip, chips_of
from lsq_api.question.spans import QUIET_TOKENS, Always, Last

MOST = 5
"""The most definitions, and the most filters, whose totals are asked."""
LATELY = "30d"
"""The span proposed where everybody was contacted at some time."""


@dataclass(frozen=True)
class Counted:
    """A definition, and how many leads it leaves waiting; None where that was not asked."""

    definition: Definition
    waiting: int | None


@dataclass(frozen=True)
class Looser:
    """A question with one condition less, in words, and how many leads wait by it."""

    words: str
    question: Question
    waiting: int


def unsettled(view: View) -> bool:
    """Whether the viewer is asked what counts as contact.

    That is where an account has none of the usual calls and the link names no type, or where own files have none.
    """
    question, coverage = view.question, view.source.account().coverage
    if coverage is not None and coverage.of() is None:
        return False  # without any activity there is nothing to choose
    by_default = question.activities == view.directory.default_activities and not view.directory.must_choose
    lacking = coverage is not None and coverage.of(question.activities) is None
    return question.assumed or (by_default and lacking and len(view.directory.codes) > 1)


def definitions(view: View) -> Asking[list[Counted]]:
    """The definitions of contact to choose from; [] where none is asked for."""
    if not unsettled(view):
        return []
    coverage = view.source.account().coverage
    known = [one for one in proposed(view.directory, view.source.makers()) if not coverage or coverage.of(one.codes)]
    others = [one for one in known if not (view.question.assumed and one.codes == view.question.activities)]
    asked = [] if _costly(view, view.question) else others[:MOST]
    counts = yield tuple(total(view, view.question.counting(one.codes, view.directory)) for one in asked)
    waiting = dict(zip(asked, counts, strict=True))
    return [Counted(one, waiting.get(one)) for one in known]


def looser(view: View) -> Asking[list[Looser]]:
    """Where no lead waits: the question with one condition less, if leads wait by it; most leads first."""
    owners = yield from by_owner(view)
    if any(one.waiting for one in owners):
        return []
    less = _with_one_less(view, matching=sum(one.book for one in owners))
    offered = [one for one in less if not _costly(view, one[1])][:MOST]
    counts = yield tuple(total(view, question) for _, question in offered)
    found = [Looser(words, question, count) for (words, question), count in zip(offered, counts, strict=True) if count]
    return sorted(found, key=lambda one: -one.waiting)


def _with_one_less(view: View, *, matching: int) -> Iterator[tuple[str, Question]]:
    """The questions that may find more leads, each with what is done: narrow conditions before wide ones."""
    question, directory = view.question, view.directory
    if matching and not question.assumed:
        yield from _stricter_contact(view)
    chips = [
        chip for chip in chips_of(question, directory, view.zone) if chip.part not in ("activity", "quiet", "outcome")
    ]
    yield from ((f"Without “{chip.label}”", question.without("where", chip.value)) for chip in chips if _alone(chip))
    for part in dict.fromkeys(chip.part for chip in chips if not _alone(chip)):
        yield f"Without “{_together([chip for chip in chips if chip.part == part])}”", question.without(part)


def _alone(chip: Chip) -> bool:
    """Whether a chip is a condition of its own; values of the others are alternatives."""
    return chip.part == "where"


def _together(chips: list[Chip]) -> str:
    """The chips of one part as one: the first, and how many more there are."""
    more = len(chips) - 1
    return f"{chips[0].label}{f' and {more} more' if more else ''}"


def _stricter_contact(view: View) -> Iterator[tuple[str, Question]]:
    """The question with a later last contact that still leaves leads waiting, or with fewer types that count."""
    question, directory = view.question, view.directory
    usual = question.counting((), directory)
    if directory.must_choose:
        narrow = proposed(directory, view.source.makers())[0]
        if narrow.codes != question.activities and set(narrow.codes) < set(question.activities):
            yield f"Counting {narrow.name.lower()} alone", question.counting(narrow.codes, directory)
    elif usual.activities != question.activities:
        yield "Counting phone calls alone", usual
    if isinstance(question.quiet, Always):
        yield "Not contacted in the last 30 days", replace(question, quiet=Last(LATELY))
    elif isinstance(question.quiet, Last):
        shorter = QUIET_TOKENS[: QUIET_TOKENS.index(question.quiet.token)]
        for token in shorter[-1:]:
            unit = "hours" if token.endswith("h") else "days"
            yield f"Not contacted in the last {token[:-1]} {unit}", replace(question, quiet=Last(token))


def _costly(view: View, question: Question) -> bool:
    """Whether a total would have to be worked out from many calls."""
    return view.source.works_out(report(view, ListOutput(fields=("ProspectID",)), question))
