"""A question in words: the sentence on top of every page, and the pieces of it that can be removed.

    1,284 of 3,377 leads (38 %) created in the last 90 days have had no phone call in the last 30 days.
    312 are with Ann Lee, 41 % of theirs. As of 14:05 IST.

It claims no more than is known of the activities (`evidence.py`):

    1,284 of 3,377 leads (38 %) have had no known phone call; activities are known since 3 Mar 2026. As of 14:05 IST.

Plain text, never Markdown or HTML: names and values come from leads and may hold anything. Long lists are folded, long
values cut, and a value written from right to left is kept from turning the numbers beside it around.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.operators import LEAD_OPERATORS, FieldKind
from lsq_api.contract.wire import read_day
from lsq_api.question import formats, moments
from lsq_api.question.contacts import contact_in_brief, event
from lsq_api.question.directory import Directory
from lsq_api.question.evidence import WHOLE, Evidence, Extent
from lsq_api.question.phrases import FOLD_ABOVE, ages, between, clock, day, folded, joined, share, shown, span
from lsq_api.question.question import Question
from lsq_api.question.reached import Reach, Untold, reached_words
from lsq_api.question.spans import Always, Between, Last, Window

_CHIP = 60
"""Letters of a chip that names activity types."""


class Chip(NamedTuple):
    """One removable piece of a question: `question.without(part, value)` takes it away."""

    label: str
    part: str
    value: str | int | LeadFilter | None = None


def sentence(
    question: Question,
    directory: Directory,
    *,
    waiting: int,
    matching: int,
    top_owner: tuple[str, int, int] | None,
    as_of: datetime,
    zone: tzinfo,
    evidence: Evidence = WHOLE,
    tried: int | None = None,
    untold: Untold = Untold(),  # noqa: B008 -- immutable
    barred: int | None = None,
) -> str:
    """The question and its answer in a few sentences.

    `waiting` of `matching` leads are not contacted. `top_owner` is who has most of them: user id (or name), how many,
    and how many of the matching leads are his or hers at all. `as_of` is aware and shown in `zone`. `evidence` is what
    is known of the activities; without it, all of them. Where the question asks for the outcome of calls, `tried` of
    the waiting leads were tried, and of `untold` calls it is not known. `barred` of them must not be called.
    """
    matching = max(matching, waiting)
    known = evidence.of_answer(waiting, matching)
    if known.extent is Extent.NOTHING:
        parts, top_owner = [_unknown(question, directory, matching, zone, known)], None
    else:
        parts = [_answer(question, directory, waiting, matching, zone, known)]
    if known.extent is not Extent.NOTHING and waiting:
        parts += _tried(question, waiting, tried)
    if barred and waiting:
        parts.append(_barred(waiting, min(barred, waiting)))
    if top_owner and 0 < top_owner[1] <= waiting and not (question.owners == top_owner[:1] and not question.teams):
        parts.append(_lead_of_the_list(directory, waiting, *top_owner))
    if known.extent is not Extent.NOTHING and waiting and question.outcome and untold.unknown:
        parts.append(_untold(question.outcome, untold))
    if question.assumed:
        parts.append("What counts as contact is not chosen yet.")
    return " ".join([*parts, f"As of {clock(as_of, zone)}."])


def _answer(
    question: Question, directory: Directory, waiting: int, matching: int, zone: tzinfo, evidence: Evidence
) -> str:
    which = _which(question, directory, zone)
    contact, when = _contact(question, directory), _when(question, zone)
    lacking = contact.none if when else contact.never
    if evidence.extent is Extent.PART:
        lacking = contact.unseen
        when += f"; {evidence.note}" if evidence.note else ""
    if not matching:
        return f"There are no leads{which.removesuffix(',')}."
    done = f"{lacking if waiting else contact.some}{when}."
    all_ = formats.number(matching)
    if waiting in (0, matching):
        return f"The only lead{which} has {done}" if matching == 1 else f"All {all_} leads{which} have {done}"
    part = f"{formats.number(waiting)} of {all_} leads ({share(waiting, matching)})"
    return f"{part}{which} {_have(waiting)} {done}"


def _tried(question: Question, waiting: int, tried: int | None) -> Iterator[str]:
    """`212 of them were tried and not reached.`"""
    if question.outcome is None or tried is None:
        return
    if waiting == 1:
        yield f"It was tried and {question.outcome.missed}." if tried else "It was never tried."
    elif tried in (0, waiting):
        yield f"All of them were tried and {question.outcome.missed}." if tried else "None of them was tried."
    else:
        yield f"{formats.number(tried)} of them {_were(tried)} tried and {question.outcome.missed}."


def _untold(asked: Reach, untold: Untold) -> str:
    """`1,203 of 54,000 such activities do not say whether they were answered; they count as tries.`"""
    one = untold.unknown == 1
    they, say, tries = (
        ("it", "does not say", "it counts as a try") if one else ("they", "do not say", "they count as tries")
    )
    told = f"how long {they} took" if asked.least else f"whether {they} {_were(untold.unknown)} answered"
    return f"{formats.number(untold.unknown)} of {formats.number(untold.of)} such activities {say} {told}; {tries}."


def _barred(waiting: int, barred: int) -> str:
    if barred == waiting:
        return "It must not be called." if waiting == 1 else "None of them may be called."
    return f"{formats.number(barred)} of the {formats.number(waiting)} must not be called."


def _unknown(question: Question, directory: Directory, matching: int, zone: tzinfo, evidence: Evidence) -> str:
    """`Which of the 12 leads have had a phone call is not known: no activities were imported.`"""
    which, some = _which(question, directory, zone), _contact(question, directory).some
    asked = f"{some}{_when(question, zone)} is not known: {evidence.note}."
    if matching == 1:
        return f"Whether the only lead{which} has {asked}"
    return f"Which of the {formats.number(matching)} leads{which} have {asked}"


def _when(question: Question, zone: tzinfo) -> str:
    """The span without contact, with its blank; "" for ever."""
    return "" if isinstance(question.quiet, Always) else f" {span(question.quiet, zone)}"


def _lead_of_the_list(directory: Directory, waiting: int, owner: str, count: int, book: int) -> str:
    if count == waiting:
        head = "It is" if count == 1 else f"All {formats.number(count)} are"
    else:
        head = f"{formats.number(count)} {'is' if count == 1 else 'are'}"
    tail = f", {share(count, book)} of theirs" if count <= book else ""
    return f"{head} with {shown(directory.user_label(owner))}{tail}."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _which(question: Question, directory: Directory, zone: tzinfo) -> str:
    """What the leads have in common, to be put after "leads"; with its blank, and a comma where there are several."""
    phrases = [
        _among("in", "stage", _ordered(question.stages, directory.stages)),
        _among("from", "source", _ordered(question.sources, directory.sources)),
        _whose_leads(question, directory),
        _whose_not(question, directory),
        "" if isinstance(question.created, Always) else f"created {span(question.created, zone)}",
        f"{ages(question.older)} old" if question.older else "",
        "" if isinstance(question.modified, Always) else f"modified {span(question.modified, zone)}",
        _conditions(question.where, directory, zone),
        "that may be called" if question.left_out else "",
    ]
    given = [phrase for phrase in phrases if phrase]
    return f" {', '.join(given)}{',' if len(given) > 1 else ''}" if given else ""


def _among(preposition: str, noun: str, values: Sequence[str]) -> str:
    if not values:
        return ""
    named = "" if len(values) > FOLD_ABOVE else f"{noun} "
    return f"{preposition} {named}{folded([shown(value) for value in values], f'{noun}s')}"


def _whose_leads(question: Question, directory: Directory) -> str:
    teams = [f"the team of {name}" for name in _names(question.teams, directory)]
    named = [*_names(question.owners, directory), *teams]
    nouns = "owners and teams" if question.owners and teams else "teams" if teams else "owners"
    return f"with {folded(named, nouns)}" if named else ""


def _whose_not(question: Question, directory: Directory) -> str:
    named = _names(question.owners_not, directory)
    return f"without those of {folded(named, 'owners')}" if named else ""


def _names(ids: Iterable[str], directory: Directory) -> list[str]:
    return [shown(label) for label in sorted((directory.user_label(user_id) for user_id in ids), key=str.casefold)]


def _ordered(values: Iterable[str], listed: Sequence[str]) -> list[str]:
    """Values in the order in which the account lists them, unlisted ones last."""
    at = {value: position for position, value in enumerate(listed)}
    return sorted(values, key=lambda value: (at.get(value, len(at)), value))


def _conditions(where: Sequence[LeadFilter], directory: Directory, zone: tzinfo) -> str:
    if not where:
        return ""
    first = where[: FOLD_ABOVE if len(where) <= FOLD_ABOVE else 2]
    named = [_condition(condition, directory, zone) for condition in first]
    more = [f"{len(where) - len(named)} more conditions hold"] if len(where) > len(named) else []
    return "whose " + joined([*named, *more], "and")


def _condition(condition: LeadFilter, directory: Directory, zone: tzinfo) -> str:
    """`City is one of Pune, Delhi and 3 more`."""
    field = directory.field_named(condition.field)
    operator = LEAD_OPERATORS[condition.operator]
    kind = directory.kind_of(condition.field)
    words = operator.words_of(kind)
    if operator.few_words and len(condition.values) <= FOLD_ABOVE:
        words = operator.few_words
    values = [_value(value, condition.field, kind, directory, zone) for value in condition.values]
    said = [shown(field.display_name if field else condition.field), words, folded([shown(v) for v in values], "")]
    return " ".join(part for part in said if part)


def _value(value: str, field: str, kind: FieldKind, directory: Directory, zone: tzinfo) -> str:
    """A condition's value as the screen writes such values: users by label, days as days, times in the zone."""
    if kind is FieldKind.USER:
        return directory.user_label(value)
    if field.lower() == "owneridname":
        return directory.name_label(value)
    try:
        if kind is FieldKind.DAY:
            return formats.day(read_day(value))
        return _second(moments.bound(value), zone) if kind is FieldKind.MOMENT else value
    except ValueError:
        return value


def _second(bound: date, zone: tzinfo) -> str:
    """A day, or a time with its seconds where it has any: two times that differ must not look alike."""
    seconds = f":{bound.second:02}" if isinstance(bound, datetime) and bound.second else ""
    return f"{day(bound, zone)}{seconds}"


class _ContactWords(NamedTuple):
    """How a kind of contact is said after "has" or "have": never, not in a span, none that is known, and one."""

    never: str
    none: str
    unseen: str
    some: str


def _contact(question: Question, directory: Directory) -> _ContactWords:
    kind = reached_words(question.activities, question.outcome, directory)
    if kind is None:
        # Most accounts note down themselves what nobody did: where nobody chose this, it must not pass for a contact.
        of = " of any type (system events included)" if question.assumed else ""
        never = f"an activity{of}" if of else "any activity"
        return _ContactWords(
            f"never had {never}", f"had no activity{of}", f"had no known activity{of}", f"had an activity{of}"
        )
    if kind.several:
        unseen = f"had no known activity of {kind.noun}"
        return _ContactWords(f"never had any of {kind.noun}", f"not had any of {kind.noun}", unseen, f"had {kind.one}")
    return _ContactWords(f"never had {kind.one}", f"had no {kind.noun}", f"had no known {kind.noun}", f"had {kind.one}")


def chips_of(question: Question, directory: Directory, zone: tzinfo = UTC) -> tuple[Chip, ...]:
    """Everything the question says beyond its defaults, a chip for each value that can be taken away."""
    chips = [
        *(Chip(f"owner: {shown(directory.user_label(one))}", "owner", one) for one in question.owners),
        *(Chip(f"without owner: {shown(directory.user_label(one))}", "owner_not", one) for one in question.owners_not),
        *(Chip(f"team: {shown(directory.user_label(one))}", "team", one) for one in question.teams),
        *(Chip(f"stage: {shown(one)}", "stage", one) for one in _ordered(question.stages, directory.stages)),
        *(Chip(f"source: {shown(one)}", "source", one) for one in _ordered(question.sources, directory.sources)),
        *(Chip(_condition(one, directory, zone), "where", one) for one in question.where),
        *_of_window("created", question.created, zone),
        *([Chip(f"age: {ages(question.older)}", "older_than")] if question.older else []),
        *_of_window("modified", question.modified, zone),
        *_of_contact(question, directory),
        *([Chip(f"outcome: {question.outcome.words.removeprefix('of ')}", "outcome")] if question.outcome else []),
        *_of_window("quiet", question.quiet, zone),
    ]
    return tuple(chips)


def _of_window(part: str, window: Window, zone: tzinfo) -> list[Chip]:
    match window:
        case Always():
            return []
        case Last():
            label = span(window, zone).removeprefix("in the last ")
        case Between():
            label = between(window, zone, "{} – {}", "{}")
    return [Chip(f"{part}: {label}", part)]


def _of_contact(question: Question, directory: Directory) -> list[Chip]:
    """None for what nobody chose; one for a definition, for all types and for many; else one for each type."""
    codes = question.activities
    by_default = codes == directory.default_activities and not directory.must_choose
    if question.assumed or by_default or not codes:
        return []
    brief = contact_in_brief(codes, directory, _CHIP) or "any activity"
    if codes == directory.codes or directory.contact_named(codes) or len(codes) > FOLD_ABOVE:
        return [Chip(f"contact: {brief}", "activity")]
    return [Chip(f"contact: {event(code, directory)}", "activity", code) for code in codes]
