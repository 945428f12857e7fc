"""The five-part question: which owners, which leads, what counts as contact, and since when.

A `Question` holds IDs, codes and windows, and is hashable; a link (`link.py`) holds what a person can read.
`Directory` translates between the two.

    Question → report    → the request (relative spans resolved, once)
             → sentence  → words (`sentence.py`)
             → to_params → the link (`link.py`)

Source: "The question" of the product's page; the request is section 2.2 of the wire notes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Self, TypeVar

from lsq_api.contract.conditions import ActivityFilter, DateField, DateFilter, LeadFilter, UserFilter
from lsq_api.contract.operators import LEAD_OPERATORS, FieldKind
from lsq_api.contract.report import NotContacted, NotContactedFilter, Output
from lsq_api.question import moments
from lsq_api.question.directory import Directory
from lsq_api.question.reached import Reach
from lsq_api.question.spans import (
    ANY,
    EVER,
    LATEST,
    LEAD_TOKENS,
    QUIET_TOKENS,
    AgeClass,
    Last,
    Older,
    Range,
    Window,
    overlap,
)

NOBODY = "00000000-0000-0000-0000-000000000000"
"""A user ID that owns no lead; asked for when a team has no members."""

NO_TIME = Range(LATEST, LATEST)
"""A second in which no lead came in; asked for where a span and an age exclude each other."""

T = TypeVar("T")


@dataclass(frozen=True)
class Question:
    """Which leads has nobody contacted? Equal whatever the order in which the values were chosen.

    `owners` and `teams` are user IDs (a team is named by its manager; both together mean either), `stages` and
    `sources` are values, `where` are further conditions that must all hold, `activities` the activity event codes that
    count as contact. Without codes any activity counts; `read_params` fills in the account's default, so that this
    happens only in an account without activity types. `assumed` says that nobody chose them, in an account that has to
    (`Directory.must_choose`). Leads of `owners_not` are left out, those without an owner are not. `older` is the age of
    the leads, beside `created`. `outcome` is the one that calls must have to count; without it they count however they
    ended. `left_out` are conditions that the installation adds to every question; no link has them.
    """

    owners: tuple[str, ...] = ()
    owners_not: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    where: tuple[LeadFilter, ...] = ()
    created: Window = ANY
    older: Older | None = None
    modified: Window = ANY
    activities: tuple[int, ...] = ()
    quiet: Window = EVER
    assumed: bool = False
    outcome: Reach | None = None
    left_out: tuple[LeadFilter, ...] = ()

    def __post_init__(self) -> None:
        for name in ("owners", "owners_not", "teams", "stages", "sources", "activities"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "where", tuple(dict.fromkeys(self.where)))
        for name, tokens in (("created", LEAD_TOKENS), ("modified", LEAD_TOKENS), ("quiet", QUIET_TOKENS)):
            window = getattr(self, name)
            if isinstance(window, Last) and window.token not in tokens:
                raise ValueError(f"{window.token!r} is not a span of {name}; there are {tokens}")

    def report(
        self,
        output: Output,
        *,
        now: datetime,
        zone: tzinfo,
        teams: Mapping[str, frozenset[str]],
        directory: Directory,
    ) -> NotContacted:
        """The request, all times in UTC; its `all_leads` has the same leads whether contacted or not.

        Days are those of `zone`; the directory tells which fields hold moments, and which days of no zone at all.
        `teams` has the members of each team by the manager's ID. Raises KeyError where one is missing: a team that was
        not looked up must not mean everybody.
        """
        leads = [
            LeadFilter(field=field, operator="in", values=values)
            for field, values in (("ProspectStage", self.stages), ("Source", self.sources))
            if values
        ]
        ranges = [
            (DateField.CREATED, self.came_in(now, zone)),
            (DateField.MODIFIED, self.modified.resolve(now, zone)),
            (DateField.ACTIVITY, self.quiet.resolve(now, zone)),
        ]
        return NotContacted(
            filter=NotContactedFilter(
                users=self._users(teams),
                leads=(*leads, *self._owners_left_out(directory), *self._where(directory, zone), *self.left_out),
                activities=self._activities(),
            ),
            dates=tuple(DateFilter(field=field, start=span.start, end=span.end) for field, span in ranges if span),
            output=output,
        )

    def came_in(self, now: datetime, zone: tzinfo) -> Range | None:
        """When the leads came in, by the span and by their age; None without either.

        One range for the request, since the vendor's page does not say what two of one field mean.
        """
        span, ages = self.created.resolve(now, zone), self.older.resolve(now) if self.older else None
        return (overlap(span, ages) or NO_TIME) if span and ages else span or ages

    def _where(self, directory: Directory, zone: tzinfo) -> list[LeadFilter]:
        found: list[LeadFilter] = []
        for condition in self.where:
            moment = directory.kind_of(condition.field) is FieldKind.MOMENT
            operator = LEAD_OPERATORS[condition.operator]
            found += moments.resolved(condition, operator, zone) if moment else (condition,)
        return found

    def _activities(self) -> tuple[ActivityFilter, ...]:
        asked = set(self.outcome.of if self.outcome else ())
        parts = (
            (tuple(str(code) for code in self.activities if code in asked), self.outcome and self.outcome.least),
            (tuple(str(code) for code in self.activities if code not in asked), None),
        )
        return tuple(ActivityFilter(operator="in", values=codes, outcome=least) for codes, least in parts if codes)

    def _owners_left_out(self, directory: Directory) -> list[LeadFilter]:
        """Conditions of the vendor's page that leave out owners and keep the leads without one (`nlik` finds blanks).

        The ID of an owner is no part of another's, unless IDs are made up; then the others are listed, and no owner.
        """
        field, out, listed = "OwnerId", self.owners_not, tuple(directory.user_labels)
        if any(one in other for one in out for other in listed if other not in out):
            others = (*(user for user in listed if user not in out), "")
            return [LeadFilter(field=field, operator="in", values=others)]
        return [LeadFilter(field=field, operator="nlik", values=(one,)) for one in out]

    def _users(self, teams: Mapping[str, frozenset[str]]) -> UserFilter | None:
        if not self.owners and not self.teams:
            return None
        members = set(self.owners).union(*(teams[manager] for manager in self.teams))
        return UserFilter.by_id(tuple(sorted(members)) or (NOBODY,))

    def narrowed(self, field: str, value: str | None, directory: Directory | None = None) -> Self:
        """The question for one group of an answer: this one with `field` equal to `value` (None: no value).

        The group must be from an answer to this question: an owner's replaces owners and teams. With a directory, a
        value that it does not list becomes a `where` condition, which a link keeps.
        """
        if value is None or not value.strip():
            return self.with_condition(LeadFilter(field=field, operator="ndef"))
        part = _PARTS_OF_FIELDS.get(field.lower())
        if part is not None and directory is not None:
            meant = part.named(directory, value)
            value, part = (meant[0], part) if len(meant) == 1 else (value, None)
        if part is None or not part.has(self, value):
            return self.with_condition(LeadFilter(field=field, operator="=", values=(value,)))
        return replace(self, **part.only(value))

    def narrowed_to_age(self, age: AgeClass, now: datetime, zone: tzinfo) -> Self | None:
        """The question for one age class, relative to now; None where this question excludes the class."""
        ages = self.older.overlap(age.ages) if self.older else age.ages
        if ages is None:
            return None
        narrowed = replace(self, older=ages)
        return None if narrowed.came_in(now, zone) == NO_TIME else narrowed

    def with_condition(self, condition: LeadFilter) -> Self:
        """The question with one more condition."""
        return replace(self, where=(*self.where, condition))

    def counting(self, codes: Iterable[int], directory: Directory) -> Self:
        """The question for which these codes count as contact.

        Without any: what was chosen where that is any activity, else what counts by default.
        """
        given = tuple(codes)
        if given:
            return replace(self, activities=given, assumed=False)
        if directory.must_choose and self.activities == directory.codes:
            return self
        return replace(self, activities=directory.default_activities, assumed=directory.must_choose)

    def without(self, part: str, value: str | int | LeadFilter | None = None) -> Self:
        """The question without one value of a part, or (None) without the whole part; parts are named as in a link."""
        name = PARTS[part]
        left: Any = None if name in ("older", "outcome") else ANY
        if isinstance(current := getattr(self, name), tuple):
            left = () if value is None else tuple(one for one in current if one != value)
        return replace(self, **{name: left})


PARTS: Mapping[str, str] = {
    "owner": "owners",
    "owner_not": "owners_not",
    "team": "teams",
    "stage": "stages",
    "source": "sources",
    "where": "where",
    "created": "created",
    "older_than": "older",
    "modified": "modified",
    "activity": "activities",
    "outcome": "outcome",
    "quiet": "quiet",
}
"""Attribute of a question by the key of its part in a link."""


@dataclass(frozen=True)
class _PartOfField:
    """The part of a question that holds conditions on one lead field."""

    name: str
    named: Callable[[Directory, str], tuple[str, ...]]

    def has(self, question: Question, value: str) -> bool:
        """Whether this part alone can narrow the question to `value`."""
        chosen = getattr(question, self.name)
        return not chosen or value in chosen or (self.name == "owners" and bool(question.teams))

    def only(self, value: str) -> dict[str, Any]:
        """The changes that leave only `value` in the part."""
        return {"owners": (value,), "teams": ()} if self.name == "owners" else {self.name: (value,)}


_PARTS_OF_FIELDS = {
    "ownerid": _PartOfField("owners", Directory.user_with_id),
    "prospectstage": _PartOfField("stages", Directory.stage_named),
    "source": _PartOfField("sources", Directory.source_named),
}
