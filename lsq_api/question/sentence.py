"""A question in words: the sentence on top of every page, and the pieces of it that can be removed.

    1,284 of 3,377 leads (38 %) created in the last 90 days have had no phone call in the last 30 days.
    312 are with Ann Lee, 41 % of theirs. As of 14:05 IST.

Plain text, never Markdown or HTML: names and values come from leads and may hold anything. Long lists are folded, long
values cut, and a value written from right to left is kept from turning the numbers beside it around.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import takewhile
from typing import NamedTuple

from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.operators import LEAD_OPERATORS, FieldKind
from lsq_api.question import formats
from lsq_api.question.directory import Directory
from lsq_api.question.phrases import FOLD_ABOVE, SET_APART, between, clock, folded, joined, share, shown, span
from lsq_api.question.question import Question
from lsq_api.question.spans import Always, Between, Last, Window

_EVENTS = {"call", "conversation", "chat", "email", "meeting", "message", "visit"}


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
) -> str:
    """The question and its answer in two or three sentences.

    `waiting` of `matching` leads are not contacted. `top_owner` is who has most of them: user id (or name), how many,
    and how many of the matching leads are his or hers at all. `as_of` is aware and shown in `zone`.
    """
    parts = [_answer(question, directory, waiting, max(matching, waiting), zone)]
    if top_owner and 0 < top_owner[1] <= waiting and not (question.owners == top_owner[:1] and not question.teams):
        parts.append(_lead_of_the_list(directory, waiting, *top_owner))
    return " ".join([*parts, f"As of {clock(as_of, zone)}."])


def _answer(question: Question, directory: Directory, waiting: int, matching: int, zone: tzinfo) -> str:
    which = _which(question, directory, zone)
    contact = _contact(question.activities, directory)
    ever = isinstance(question.quiet, Always)
    when = "" if ever else f" {span(question.quiet, zone)}"
    lacking = contact.never if ever else contact.none
    if not matching:
        return f"There are no leads{which.removesuffix(',')}."
    done = f"{lacking if waiting else contact.some}{when}."
    all_ = formats.number(matching)
    if waiting in (0, matching):
        return f"The only lead{which} has {done}" if matching == 1 else f"All {all_} leads{which} have {done}"
    part = f"{formats.number(waiting)} of {all_} leads ({share(waiting, matching)})"
    return f"{part}{which} {_have(waiting)} {done}"


def _lead_of_the_list(directory: Directory, waiting: int, owner: str, count: int, book: int) -> str:
    if count == waiting:
        head = "It is" if count == 1 else f"All {formats.number(count)} are"
    else:
        head = f"{formats.number(count)} {'is' if count == 1 else 'are'}"
    tail = f", {share(count, book)} of theirs" if count <= book else ""
    return f"{head} with {shown(directory.user_label(owner))}{tail}."


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _which(question: Question, directory: Directory, zone: tzinfo) -> str:
    """What the leads have in common, to be put after "leads"; with its blank, and a comma where there are several."""
    phrases = [
        _among("in", "stage", _ordered(question.stages, directory.stages)),
        _among("from", "source", _ordered(question.sources, directory.sources)),
        _whose_leads(question, directory),
        "" if isinstance(question.created, Always) else f"created {span(question.created, zone)}",
        "" if isinstance(question.modified, Always) else f"modified {span(question.modified, zone)}",
        _conditions(question.where, directory),
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


def _names(ids: Iterable[str], directory: Directory) -> list[str]:
    return [shown(label) for label in sorted((directory.user_label(user_id) for user_id in ids), key=str.casefold)]


def _ordered(values: Iterable[str], listed: Sequence[str]) -> list[str]:
    """Values in the order in which the account lists them, unlisted ones last."""
    at = {value: position for position, value in enumerate(listed)}
    return sorted(values, key=lambda value: (at.get(value, len(at)), value))


def _conditions(where: Sequence[LeadFilter], directory: Directory) -> str:
    if not where:
        return ""
    named = [_condition(condition, directory) for condition in where[: FOLD_ABOVE if len(where) <= FOLD_ABOVE else 2]]
    more = [f"{len(where) - len(named)} more conditions hold"] if len(where) > len(named) else []
    return "whose " + joined([*named, *more], "and")


def _condition(condition: LeadFilter, directory: Directory) -> str:
    """`City is one of Pune, Delhi and 3 more`."""
    field = directory.field_named(condition.field)
    operator = LEAD_OPERATORS[condition.operator]
    words = operator.words_of(FieldKind.of(field.data_type if field else ""))
    if operator.few_words and len(condition.values) <= FOLD_ABOVE:
        words = operator.few_words
    labels = {"ownerid": directory.user_label, "owneridname": directory.name_label}
    label = labels.get(condition.field.lower(), str)
    values = [label(value) for value in condition.values]
    said = [shown(field.display_name if field else condition.field), words, folded([shown(v) for v in values], "")]
    return " ".join(part for part in said if part)


class _ContactWords(NamedTuple):
    """How a kind of contact is said after "has" or "have": never, not in a span, and that there was one."""

    never: str
    none: str
    some: str


def _contact(codes: tuple[int, ...], directory: Directory) -> _ContactWords:
    kind = contact_words(codes, directory)
    if kind is None:
        return _ContactWords("never had any activity", "had no activity", "had an activity")
    if not directory.contact_named(codes) and len(codes) > FOLD_ABOVE:
        return _ContactWords(f"never had any of {kind}", f"not had any of {kind}", f"had one of {kind}")
    return _ContactWords(f"never had {_article(kind)} {kind}", f"had no {kind}", f"had {_article(kind)} {kind}")


def contact_words(codes: tuple[int, ...], directory: Directory) -> str | None:
    """What counts as contact: a definition's name, up to three types by name, `12 activity types`; None for any."""
    definition = directory.contact_named(codes)
    if definition:
        return _within_a_sentence(definition)
    if not codes or codes == directory.codes:
        return None
    if len(codes) > FOLD_ABOVE:
        return f"{len(codes)} activity types"
    return _sharing_an_end(list(dict.fromkeys(_event(code, directory) for code in codes)))


def _event(code: int, directory: Directory) -> str:
    """`Outbound Phone Call` for "Outbound Phone Call Activity (22)"; "Sales Activity" stays as it is."""
    name = shown(directory.activity_label(code).removesuffix(f" ({code})"))
    shorter = name.removesuffix(" Activity")
    return shorter if shorter.split()[-1:] and shorter.split()[-1].lower() in _EVENTS else name


def _sharing_an_end(names: list[str]) -> str:
    """`Inbound or Outbound Phone Call` for the two in full."""
    words = [name.split() for name in names]
    same = 0
    if len(names) > 1 and not any(SET_APART in name for name in names):
        backwards = zip(*(rest[:0:-1] for rest in words), strict=False)  # each name keeps its first word
        same = sum(1 for _ in takewhile(lambda ends: len(set(ends)) == 1, backwards))
    heads = [" ".join(rest[: len(rest) - same]) for rest in words]
    return " ".join([joined(heads, "or"), *words[0][len(words[0]) - same :]])


def _within_a_sentence(name: str) -> str:
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _article(noun: str) -> str:
    """`a` or `an`, by the sound of the first letter; capitals alone are spelled out ("an SMS")."""
    first = noun.split()[0]
    return "an" if first[0].upper() in ("AEFHILMNORSX" if len(first) > 1 and first.isupper() else "AEIOU") else "a"


def chips_of(question: Question, directory: Directory, zone: tzinfo = UTC) -> tuple[Chip, ...]:
    """Everything the question says beyond its defaults, a chip for each value that can be taken away."""
    chips = [
        *(Chip(f"owner: {shown(directory.user_label(one))}", "owner", one) for one in question.owners),
        *(Chip(f"team: {shown(directory.user_label(one))}", "team", one) for one in question.teams),
        *(Chip(f"stage: {shown(one)}", "stage", one) for one in _ordered(question.stages, directory.stages)),
        *(Chip(f"source: {shown(one)}", "source", one) for one in _ordered(question.sources, directory.sources)),
        *(Chip(_condition(one, directory), "where", one) for one in question.where),
        *_of_window("created", question.created, zone),
        *_of_window("modified", question.modified, zone),
        *_of_contact(question.activities, directory),
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


def _of_contact(codes: tuple[int, ...], directory: Directory) -> list[Chip]:
    """None for the default; one for a definition, for all types and for many; else one for each type."""
    if codes in ((), directory.default_activities):
        return []
    words = contact_words(codes, directory)
    if words is None or directory.contact_named(codes) or len(codes) > FOLD_ABOVE:
        return [Chip(f"contact: {words or 'any activity'}", "activity")]
    return [Chip(f"contact: {_event(code, directory)}", "activity", code) for code in codes]
