"""The question as a link carries it, in names that a person can read.

    link → read_params → Question → to_params → the same link

`read_params` never fails: what a link names and the account does not have is left out, with a sentence about it.
Conditions on any lead field are read here from a link and from what a viewer types, and checked before anything is
sent. Source: "The question" of the product's page.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from pydantic import ValidationError

from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.coverage import ActivityCoverage
from lsq_api.contract.operators import LEAD_OPERATORS, OUT, Compares, FieldKind, Takes, lead_operators
from lsq_api.contract.wire import explain, read_day
from lsq_api.question import moments
from lsq_api.question.directory import Directory, ListedField
from lsq_api.question.phrases import listing, quoted, shortened
from lsq_api.question.question import Question
from lsq_api.question.reached import Reach, least_of, reach
from lsq_api.question.spans import (
    ANY,
    FIRST_YEAR,
    LAST_YEAR,
    LEAD_TOKENS,
    QUIET_TOKENS,
    BadLink,
    Older,
    Window,
    read_older,
    read_window,
)

T = TypeVar("T")

MOST_CONDITIONS = 30
"""The most conditions on lead fields in a link: a request has at most 50, and other parts need some."""
MOST_VALUES = 1_000
"""The most values of a condition that a link or a viewer gives."""
EVERY_ACTIVITY = "any"
"""What a link writes under `activity` when every type counts as contact."""


def write_where(condition: LeadFilter) -> str:
    """`Field~operator~value`, or several values one after the other; in a value `~` is written %7E and `%` %25."""
    return "~".join(map(_escaped, (condition.field, condition.operator, *condition.values)))


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("~", "%7E")


def _unescaped(text: str) -> str:
    return re.sub("%(25|7E)", lambda found: "~" if found[1].upper() == "7E" else "%", text, flags=re.IGNORECASE)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*[+-]?[0-9]{1,28}(\.[0-9]{1,9})?\s*", text, re.ASCII))


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    """Whether a function reads a text rather than raising ValueError."""

    def fits(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return fits


# What a value must look like where its field is compared rather than searched.
_SHAPES: Mapping[FieldKind, tuple[str, Callable[[str], bool]]] = {
    FieldKind.NUMBER: ("a number", _is_number),
    FieldKind.DAY: ("a day such as 2026-01-31", _reads(read_day)),
    FieldKind.MOMENT: (
        f"a day of the years {FIRST_YEAR} to {LAST_YEAR} such as 2026-01-31, or a time in UTC such as "
        "2026-01-31 18:30:00",
        _reads(moments.bound),
    ),
}


def read_where(text: str, directory: Directory, extensions: Collection[str]) -> LeadFilter:
    """A condition as `write_where` writes it; BadLink where it cannot be asked. The field may be a display name.

    `extensions` are those that the account names: an operator of another is none here, nor one that people do not use.
    A day is kept as a day: of the calendar where the field holds days, else the viewer's (`moments.py`). A time is UTC.
    """
    name, *rest = text.split("~", MOST_VALUES + 3)
    field = directory.field_named(_unescaped(name))
    if field is None:
        raise BadLink(f"There is no lead field {quoted(_unescaped(name))}.")
    known = {symbol: row for symbol, row in lead_operators(extensions).items() if row.offered_for}
    if not rest or rest[0].strip().lower() not in known:
        what = f"{quoted(rest[0])} is not an operator" if rest else "An operator is missing"
        raise BadLink(f"{what}; there are {', '.join(known)}.")
    operator = known[rest[0].strip().lower()]
    values = {
        Takes.NONE: [],
        Takes.ONE: ["~".join(rest[1:])],
        Takes.MANY: rest[1:],
    }[operator.takes]
    condition = checked(field, operator.symbol, [_unescaped(value) for value in values])
    if (
        field.kind is FieldKind.MOMENT
        and operator.by_type
        and OUT not in lead_operators(extensions)
        and moments.asks_to_leave_out(operator, condition.values)
    ):
        what = f"“{operator.words}” a day" if operator.negates else "days that do not follow each other"
        raise BadLink(f"This account cannot be asked for {what}: {field.display_name} holds moments.")
    return condition


def checked(field: ListedField, operator: str, values: Sequence[str]) -> LeadFilter:
    """A condition whose values fit the type of its field; BadLink with the sentence for who typed them."""
    row, (needed, fits) = LEAD_OPERATORS[operator], _SHAPES.get(field.kind, ("", None))
    if len(values) > MOST_VALUES:
        raise BadLink(f"“{field.display_name} {row.words}” takes at most {MOST_VALUES:,} values.")
    if field.kind is FieldKind.MOMENT and row.compares is Compares.TEXT:
        # As text a moment is that of UTC, of another day than on screen.
        raise BadLink(f"{field.display_name} holds moments, not text: “{row.words}” cannot be asked of it.")
    given = [value.strip() if fits else value for value in values if value.strip()]
    if not given and row.takes is not Takes.NONE:
        raise BadLink(f"“{field.display_name} {row.words}” needs a value.")
    misfits = [value for value in given if not fits(value)] if fits and row.by_type else []
    if misfits:
        raise BadLink(f"{field.display_name} needs {needed}, not {listing(map(quoted, misfits))}.")
    if field.kind is FieldKind.DAY and row.by_type:
        given = [str(read_day(value)) for value in given]  # an answer may write midnight beside a day
    try:
        return LeadFilter(field=field.schema_name, operator=operator, values=tuple(given))
    except ValidationError as error:
        raise BadLink(f"{field.display_name}: {explain(error)[1]}.") from None


def to_params(question: Question, directory: Directory | None = None) -> dict[str, list[str]]:
    """The question as a link carries it, defaults left out; without a directory, ids stand where names would."""
    directory = directory or Directory.build()
    params = {
        "owner": [directory.user_label(user_id) for user_id in question.owners],
        "owner_not": [directory.user_label(user_id) for user_id in question.owners_not],
        "team": [directory.user_label(user_id) for user_id in question.teams],
        "stage": list(question.stages),
        "source": list(question.sources),
        "where": [write_where(condition) for condition in question.where],
        **question.created.params("created"),
        "older_than": [question.older.token] if question.older else [],
        **question.modified.params("modified"),
        "activity": _written_activities(question, directory),
        "outcome": [question.outcome.token] if question.outcome else [],
        **question.quiet.params("quiet"),
    }
    return {key: values for key, values in params.items() if values}


def _written_activities(question: Question, directory: Directory) -> list[str]:
    codes = question.activities
    if question.assumed or not codes:
        return []
    if codes == directory.default_activities and not directory.must_choose:
        return []
    if codes == directory.codes:
        return [EVERY_ACTIVITY]
    return [directory.activity_label(code) for code in codes]


def read_params(
    params: Mapping[str, Sequence[str]],
    directory: Directory,
    extensions: Collection[str] = (),
    coverage: ActivityCoverage | None = None,
    left_out: tuple[LeadFilter, ...] = (),
) -> tuple[Question, tuple[str, ...]]:
    """The question of a link, and a sentence about each thing in it that was left out. Other keys are not looked at.

    `extensions` are those that the account names: what only a host with another can be asked is left out. `coverage`
    is what it says of the activities that it has. `left_out` are the installation's own conditions.
    """
    reader = _Reader(params, directory, extensions)
    chosen = reader.activities()
    activities = chosen or directory.default_activities
    question = Question(
        owners=reader.named("owner", ("an owner", "owners"), directory.users_named),
        owners_not=reader.named("owner_not", ("an owner", "owners"), directory.users_named),
        teams=reader.named("team", ("the head of a team", "heads of teams"), directory.users_named),
        stages=reader.named("stage", ("a stage", "stages"), directory.stage_named),
        sources=reader.named("source", ("a source", "sources"), directory.source_named),
        where=reader.where(),
        created=reader.window("created", LEAD_TOKENS),
        older=reader.older(),
        modified=reader.window("modified", LEAD_TOKENS),
        activities=activities,
        assumed=directory.must_choose and not chosen,
        quiet=reader.window("quiet", QUIET_TOKENS),
        outcome=reader.outcome(activities, coverage),
        left_out=left_out,
    )
    return question, tuple(reader.notes)


class _Reader:
    """Reads the parts of one link and keeps notes of what it left out."""

    def __init__(self, params: Mapping[str, Sequence[str]], directory: Directory, extensions: Collection[str]) -> None:
        given = {key: [values] if isinstance(values, str) else values for key, values in params.items()}
        self.params = {key: [value for value in values if value.strip()] for key, values in given.items()}
        self.directory, self.extensions = directory, extensions
        self.notes: list[str] = []

    def named(self, key: str, nouns: tuple[str, str], look_up: Callable[[str], tuple[T, ...]]) -> tuple[T, ...]:
        """What the values of a key mean."""
        unknown, found = [], list[T]()
        for text in self.params.get(key, ()):
            meant = look_up(text)
            found += meant
            if not meant:
                unknown.append(text)
            elif len(meant) > 1 and key in {"owner", "owner_not", "team"}:
                done = "left out" if key == "owner_not" else "included"
                self.notes.append(f"{quoted(text)} is the name of {len(meant)} users; all of them are {done}.")
        if unknown:
            is_, as_, was = ("is", nouns[0], "was") if len(unknown) == 1 else ("are", nouns[1], "were")
            self.notes.append(f"{listing(map(quoted, unknown))} {is_} not known here as {as_} and {was} left out.")
        return tuple(dict.fromkeys(found))

    def activities(self) -> tuple[int, ...]:
        """The codes that count as contact where the link names some; those that the account lacks are noted."""
        given = self.params.get("activity", ())
        if any(text.strip().lower() == EVERY_ACTIVITY for text in given):
            return self.directory.codes
        return self.named("activity", ("an activity type", "activity types"), self.directory.activities_named)

    def outcome(self, codes: tuple[int, ...], coverage: ActivityCoverage | None) -> Reach | None:
        """The outcome that calls must have to count, where the account can tell."""
        given = [shortened(value) for value in self.params.get("outcome", ())]
        if len(given) > 1:
            self.notes.append("The link asks for more than one outcome of calls; the first was taken.")
        try:
            return reach(least_of(given[0]), codes, coverage, self.extensions, self.directory) if given else None
        except BadLink as error:
            self.notes.append(f"{error} Every try counts as contact, answered or not.")
            return None

    def where(self) -> tuple[LeadFilter, ...]:
        """The conditions that can be asked."""
        conditions = list[LeadFilter]()
        asked = self.params.get("where", ())
        if len(asked) > MOST_CONDITIONS:
            self.notes.append(
                f"The link has {len(asked):,} conditions, more than the {MOST_CONDITIONS} that can be asked at once; "
                "all of them were left out."
            )
            return ()
        for text in asked:
            try:
                condition = read_where(text, self.directory, self.extensions)
                if sum(map(len, (one.values for one in [*conditions, condition]))) > MOST_VALUES:
                    raise BadLink(f"The conditions of a link take at most {MOST_VALUES:,} values in all.")
                conditions.append(condition)
            except BadLink as error:
                self.notes.append(f"The condition {quoted(text)} was left out. {error}")
        return tuple(conditions)

    def window(self, part: str, tokens: Sequence[str]) -> Window:
        """The span of created, modified or quiet."""
        keys = (part, f"{part}_from", f"{part}_to")
        trimmed = {key: [shortened(value) for value in self.params.get(key, ())] for key in keys}
        given = [key for key in keys if trimmed[key]]
        if any(len(trimmed[key]) > 1 for key in given) or (part in given and len(given) > 1):
            self.notes.append(f"The link says more than once when “{part}” is; the first was taken.")
        try:
            return read_window(part, trimmed, tokens)
        except BadLink as error:
            self.notes.append(f"The range of “{part}” was left out. {error}")
            return ANY

    def older(self) -> Older | None:
        """The age of the leads."""
        given = [shortened(value) for value in self.params.get("older_than", ())]
        if len(given) > 1:
            self.notes.append("The link says more than once how old the leads are; the first was taken.")
        try:
            return read_older(given[0]) if given else None
        except BadLink as error:
            self.notes.append(f"The age “older_than” was left out. {error}")
            return None
