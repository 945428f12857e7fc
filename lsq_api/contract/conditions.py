"""The conditions of a report: on leads, on their owners, on activities and on dates.

Source: "Lead Filters", "User Filter", "Activity Filters" and "Date Filter" of the report's page; sections 2.5 and 4.2
of the wire notes for what it leaves open.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from lsq_api.contract.operators import (
    ACTIVITY_OPERATORS,
    LEAD_OPERATORS,
    USER_OPERATORS,
    Operator,
    Takes,
    lead_operators,
)
from lsq_api.contract.outcomes import LeastSeconds
from lsq_api.contract.wire import MAX_VALUES, Moment, Name, Text, Values, Wire, is_strict

MAX_CONDITIONS = 50
"""The most conditions of a request, all kinds of them together."""
MAX_OUTCOMES = 8
"""The most different outcomes that the activities of a request may be asked for."""


class Symbol:
    """Validator of an operator symbol against one view of the operators, in any case; `strict`: without extensions."""

    def __init__(self, view: Mapping[str, Operator], strict: Mapping[str, Operator] | None = None) -> None:
        self.view, self.strict = view, view if strict is None else strict

    def __call__(self, value: str, info: ValidationInfo) -> str:
        """The symbol as the table spells it."""
        symbol, allowed = value.strip().lower(), self.strict if is_strict(info) else self.view
        if symbol not in allowed:
            raise ValueError(f"{value!r} is not an operator here; allowed: {', '.join(allowed)}")
        return symbol


def _check_count(field: str, operator: Operator, values: tuple[str, ...]) -> None:
    takes = operator.takes
    exactly = {Takes.ONE: 1, Takes.TWO: 2}.get(takes)
    if exactly not in {None, len(values)} or (takes is Takes.MANY and not values):
        raise ValueError(f"LookUpValues of {field}: operator {operator.symbol} takes {takes}, got {len(values)}")


class LeadFilter(Wire):
    """One condition on a lead field: `field` is its schema name, `values` are strings as the wire carries them."""

    field: Name = Field(alias="LookUpName")
    values: Values = Field((), alias="LookUpValues")
    operator: Annotated[str, AfterValidator(Symbol(LEAD_OPERATORS, lead_operators(())))] = Field(alias="SqlOperator")

    @model_validator(mode="after")
    def _right_count(self) -> Self:
        row = LEAD_OPERATORS[self.operator]
        _check_count(self.field, row, self.values)
        may_be_blank = row.takes_blank or row.takes is Takes.NONE
        if not may_be_blank and not all(value.strip() for value in self.values):
            raise ValueError(f"LookUpValues of {self.field}: operator {self.operator} takes a value that is not blank")
        return self


class ActivityFilter(Wire):
    """A condition on the activity event code; codes are whole numbers, carried as strings.

    `outcome` is an extension of the local server: only activities with this outcome count.
    """

    field: Literal["ActivityEvent"] = Field("ActivityEvent", alias="LookUpName")
    values: Values = Field(alias="LookUpValues")
    operator: Annotated[str, AfterValidator(Symbol(ACTIVITY_OPERATORS))] = Field(alias="SqlOperator")
    outcome: LeastSeconds | None = Field(None, alias="Outcome")

    @field_validator("outcome")
    @classmethod
    def _no_extension_when_strict(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and is_strict(info):
            raise ValueError(f"is not a member here; allowed: {cls.members().replace(', Outcome', '')}")
        return value

    @field_validator("field", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return "ActivityEvent" if isinstance(value, str) and value.strip().lower() == "activityevent" else value

    @model_validator(mode="after")
    def _codes(self) -> Self:
        _check_count(self.field, ACTIVITY_OPERATORS[self.operator], self.values)
        for value in self.values:
            if not re.fullmatch(r"\s*\d{1,9}\s*", value, re.ASCII):
                raise ValueError(f"LookUpValues: {value!r} is not an activity event code, a whole number")
        return self

    @property
    def codes(self) -> tuple[int, ...]:
        """The codes as numbers."""
        return tuple(int(value) for value in self.values)

    @property
    def all_but(self) -> bool:
        """Whether every code is meant but those that are named."""
        return bool(ACTIVITY_OPERATORS[self.operator].negates)


def _joiner(value: object) -> object:
    return (value.strip().upper() or None) if isinstance(value, str) else value


Joins = Annotated[Literal["AND", "OR"] | None, BeforeValidator(_joiner)]
"""How a part is joined with the next one, in any case; left out or blank means AND."""


class UserCondition(Wire):
    """One condition on a user; `value` may be a comma list where the operator takes many values."""

    attribute: Name = Field(alias="LookupName")
    operator: Annotated[str, AfterValidator(Symbol(USER_OPERATORS))] = Field(alias="Operator")
    value: Text | None = Field(None, alias="LookupValue")
    joins: Joins = Field(None, alias="ConditionOperator")

    @model_validator(mode="after")
    def _has_value(self) -> Self:
        needs_one = USER_OPERATORS[self.operator].takes is not Takes.NONE
        if needs_one and not (self.value or "").replace(",", " ").strip():
            raise ValueError(f"LookupValue of {self.attribute} is mandatory for operator {self.operator}")
        return self

    @property
    def values(self) -> tuple[str, ...]:
        """The value split at its commas where the operator takes a list, else as it is."""
        given = self.value or ""
        return {
            Takes.NONE: (),
            Takes.ONE: (given,),
            Takes.MANY: tuple(part.strip() for part in given.split(",") if part.strip()),
        }[USER_OPERATORS[self.operator].takes]


class UserConditionGroup(Wire):
    """Conditions joined by one operator; a join that is left out means AND."""

    conditions: tuple[UserCondition, ...] = Field(alias="Condition", min_length=1, max_length=MAX_CONDITIONS)
    joins: Joins = Field(None, alias="GroupOperator")

    @model_validator(mode="after")
    def _one_joiner(self) -> Self:
        _single_joiner("ConditionOperator", self.conditions)
        return self

    @property
    def joined_by(self) -> str:
        """How the conditions of this group are joined: AND or OR."""
        return _single_joiner("ConditionOperator", self.conditions)


def _single_joiner(member: str, parts: tuple[UserCondition, ...] | tuple["UserConditionGroup", ...]) -> str:
    """The operator between neighbours. Each part names its join with the *next* one; the last one's is not used."""
    joins = {part.joins or "AND" for part in parts[:-1]}
    if len(joins) > 1:
        raise ValueError(f"{member}: AND and OR are mixed; use one, and another group for the other")
    return joins.pop() if joins else "AND"


class UserFilter(Wire):
    """Groups of conditions on users; bounds the owners of the leads (decision 11)."""

    groups: tuple[UserConditionGroup, ...] = Field((), alias="GroupConditions", max_length=MAX_CONDITIONS)
    joins: Joins = Field(None, alias="GroupOperator")

    @model_validator(mode="after")
    def _one_joiner(self) -> Self:
        _single_joiner("GroupOperator", self.groups)
        check_bounds("GroupConditions", users=self)
        return self

    @property
    def conditions(self) -> tuple[UserCondition, ...]:
        """The conditions of all groups."""
        return tuple(condition for group in self.groups for condition in group.conditions)

    @property
    def joined_by(self) -> str:
        """How the groups are joined: AND or OR."""
        return _single_joiner("GroupOperator", self.groups)

    @classmethod
    def by_id(cls, user_ids: tuple[str, ...]) -> "UserFilter":
        """The vendor's form for a list of users: `UserID eq a,b,c`."""
        condition = UserCondition(attribute="UserID", operator="eq", value=",".join(user_ids))
        return cls(groups=(UserConditionGroup(conditions=(condition,)),))


class DateField(StrEnum):
    """The dates a report can be bounded by. `ActivityCreatedOn` is an extension of the local server (decision 2)."""

    CREATED = "LeadCreatedOn"
    MODIFIED = "LeadModifiedOn"
    ACTIVITY = "ActivityCreatedOn"


class DateFilter(Wire):
    """A range of one date, both ends included, in UTC."""

    field: DateField = Field(alias="DateField")
    start: Moment = Field(alias="FromDate")
    end: Moment = Field(alias="ToDate")

    @field_validator("field", mode="before")
    @classmethod
    def _any_case(cls, value: object, info: ValidationInfo) -> object:
        allowed = [field for field in DateField if field is not DateField.ACTIVITY or not is_strict(info)]
        for field in allowed:
            if str(value).strip().lower() == field.value.lower():
                return field
        raise ValueError(f"{value!r} is not a date field here; allowed: {', '.join(allowed)}")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.end:
            raise ValueError("FromDate can't be greater than ToDate.")
        return self


def check_bounds(
    member: str,
    leads: tuple[LeadFilter, ...] = (),
    users: UserFilter | None = None,
    activities: tuple[ActivityFilter, ...] = (),
    dates: tuple[DateFilter, ...] = (),
) -> None:
    """ValueError where these are more conditions, or have more values, than a request may have in all."""
    of_users = users.conditions if users else ()
    count = len(leads) + len(of_users) + len(activities) + len(dates)
    if count > MAX_CONDITIONS:
        raise ValueError(f"{member}: {count:,} conditions; allowed: at most {MAX_CONDITIONS} in all")
    outcomes = len({one.outcome for one in activities})
    if outcomes > MAX_OUTCOMES:
        raise ValueError(f"{member}: {outcomes:,} different outcomes; allowed: at most {MAX_OUTCOMES}")
    given = [one.values for one in leads] + [one.values for one in of_users] + [one.values for one in activities]
    values = sum(map(len, given))
    if values > MAX_VALUES:
        raise ValueError(f"{member}: {values:,} values of conditions; allowed: at most {MAX_VALUES:,} in all")
