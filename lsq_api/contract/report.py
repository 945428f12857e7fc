"""The two lead reports as requests: which leads, which output, which page.

What we send is spelled exactly like the vendor's sample request. Source: "Structure of the API" and "Request
Parameters" of the report's page; section 3 of the wire notes for the sibling, Lead Distribution.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator

from lsq_api.contract.conditions import (
    MAX_CONDITIONS,
    ActivityFilter,
    DateField,
    DateFilter,
    LeadFilter,
    UserFilter,
    check_bounds,
)
from lsq_api.contract.lookups import LAST_CONTACT, WAITING_SINCE
from lsq_api.contract.outcomes import CONTACT_TRIES
from lsq_api.contract.wire import LARGEST, CommaNames, Name, Wire, is_strict

MAX_PAGE_SIZE = 10_000
"""Rows a page at most. The vendor publishes no figure; its sibling report is used with 10,000 (section 2.3)."""
DEFAULT_PAGE_SIZE = 1_000
"""Rows of a JSON answer when the request has no `Paging`; a CSV answer then holds every row."""


class ListOutput(Wire):
    """Leads as a list with the named fields. The aggregate members may be present and are not considered."""

    type: Literal["List"] = Field("List", alias="Type")
    fields: CommaNames = Field(alias="IncludeCSV")

    @model_validator(mode="before")
    @classmethod
    def _drop_aggregate_members(cls, data: Any) -> Any:
        ignored = {"groupby", "aggregatefunction", "aggregatefield"}
        return {k: v for k, v in data.items() if str(k).lower() not in ignored} if isinstance(data, Mapping) else data

    @field_validator("type", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return str(value).strip().title()


class Function(StrEnum):
    """What an aggregate answer works out for each group."""

    COUNT = "Count"
    AVERAGE = "Average"
    SUM = "Sum"
    MINIMUM = "Minimum"
    MAXIMUM = "Maximum"

    @property
    def of_numbers(self) -> bool:
        """Whether it takes a field of numbers: a mean and a sum do."""
        return self in {Function.AVERAGE, Function.SUM}

    @property
    def extreme(self) -> bool:
        """Whether it is the least or greatest value, of numbers and of times: an extension."""
        return self in {Function.MINIMUM, Function.MAXIMUM}


class AggregateOutput(Wire):
    """Leads counted by a field, with the mean or sum of another. All three members are mandatory, also for Count.

    `least` is an extension of the local server: each group says how many leads it has, contacted or not,
    and there are those with at least so many, also where none of them is not contacted.
    """

    type: Literal["Aggregate"] = Field("Aggregate", alias="Type")
    group_by: Name = Field(alias="GroupBy")
    function: Function = Field(alias="AggregateFunction")
    field: Name = Field(alias="AggregateField")
    least: int | None = Field(None, alias="AllLeads", ge=1, le=LARGEST)

    @model_validator(mode="before")
    @classmethod
    def _drop_list_member(cls, data: Any) -> Any:
        return {k: v for k, v in data.items() if str(k).lower() != "includecsv"} if isinstance(data, Mapping) else data

    @field_validator("type", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return str(value).strip().title()

    @field_validator("function", mode="before")
    @classmethod
    def _function_in_any_case(cls, value: object, info: ValidationInfo) -> object:
        allowed = [one for one in Function if not (one.extreme and is_strict(info))]
        named = str(value).strip().title()
        if named not in allowed:
            raise ValueError(f"{value!r} is not a function here; allowed: {', '.join(allowed)}")
        return Function(named)

    @field_validator("least")
    @classmethod
    def _no_extension_when_strict(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and is_strict(info):
            raise ValueError(f"is not a member here; allowed: {cls.members().replace(', AllLeads', '')}")
        return value

    @model_validator(mode="after")
    def _all_leads_beside_a_count(self) -> Self:
        if self.least is not None and self.function is not Function.COUNT:
            raise ValueError("AllLeads goes with AggregateFunction Count")
        return self


def _output_type(value: Any) -> str:
    if isinstance(value, BaseModel):
        return str(getattr(value, "type", ""))
    given = {str(k).lower(): v for k, v in value.items()}.get("type") if isinstance(value, Mapping) else None
    return str(given or "").strip().title()


Output = Annotated[
    Annotated[ListOutput, Tag("List")] | Annotated[AggregateOutput, Tag("Aggregate")],
    Discriminator(
        _output_type,
        custom_error_type="output_type",
        custom_error_message="Type must be List or Aggregate",
    ),
]


class Paging(Wire):
    """A block of rows; `index` counts from 1."""

    index: int = Field(1, alias="PageIndex", ge=1)
    size: int = Field(DEFAULT_PAGE_SIZE, alias="PageSize", ge=1, le=MAX_PAGE_SIZE)


class Sorting(Wire):
    """Order of the rows; an extension of the local server (decision 3). `ProspectID` always comes last."""

    field: Name = Field(alias="ColumnName")
    descending: bool = Field(False, alias="Direction")

    @field_validator("descending", mode="before")
    @classmethod
    def _direction(cls, value: object) -> object:
        if isinstance(value, bool):
            return value
        if str(value).strip() not in {"0", "1"}:
            raise ValueError(f"{value!r} is not a direction; allowed: 0 (ascending), 1 (descending)")
        return str(value).strip() == "1"


class DistributionFilter(Wire):
    """Which leads: by their owner and their fields."""

    users: UserFilter | None = Field(None, alias="UserFilter")
    leads: tuple[LeadFilter, ...] = Field((), alias="LeadFilters", max_length=MAX_CONDITIONS)


class NotContactedFilter(DistributionFilter):
    """Which leads, and which activities must be missing on them."""

    activities: tuple[ActivityFilter, ...] = Field((), alias="ActivityFilters", max_length=MAX_CONDITIONS)


class Report(Wire):
    """What both lead reports share. `path` is the call's address below the analytics host."""

    path: ClassVar[str]

    dates: tuple[DateFilter, ...] = Field((), alias="DateFilter", max_length=MAX_CONDITIONS)
    output: Output = Field(alias="Output")
    paging: Paging | None = Field(None, alias="Paging")
    sorting: Sorting | None = Field(None, alias="Sorting")
    filter: DistributionFilter = Field(default_factory=DistributionFilter, alias="ReportFilter")

    @field_validator("sorting")
    @classmethod
    def _no_extension_when_strict(cls, value: Sorting | None, info: ValidationInfo) -> Sorting | None:
        if value is not None and is_strict(info):
            raise ValueError(f"is not a member here; allowed: {cls.members().replace(', Sorting', '')}")
        return value

    def wire(self) -> dict[str, Any]:
        """The request body, spelled like the vendor's sample; members without content are left out."""
        body = _without_blanks(self.model_dump(by_alias=True, mode="json"))
        if self.sorting:
            body["Sorting"]["Direction"] = "1" if self.sorting.descending else "0"
        return dict(sorted(body.items(), key=lambda item: _ORDER.index(item[0])))

    def page(self, index: int, size: int) -> Self:
        """The same report, asking for one block of its rows."""
        return self.model_copy(update={"paging": Paging(index=index, size=size)})


_OF_CONTACT = {LAST_CONTACT.lower(), WAITING_SINCE.lower(), CONTACT_TRIES.lower()}
_ORDER = ["ReportFilter", "DateFilter", "Output", "Paging", "Sorting"]


class LeadDistribution(Report):
    """The sibling report: all leads that match, contacted or not (section 3 of the wire notes)."""

    path: ClassVar[str] = "/Leads/LeadDistribution/FilterByLeadField"

    @model_validator(mode="after")
    def _no_activities_here(self) -> Self:
        if isinstance(self.output, AggregateOutput) and self.output.least is not None:
            raise ValueError("Output: AllLeads belongs to Leads Not Contacted")
        check_bounds("ReportFilter and DateFilter", self.filter.leads, self.filter.users, dates=self.dates)
        if any(dates.field is DateField.ACTIVITY for dates in self.dates):
            raise ValueError("DateFilter: ActivityCreatedOn belongs to Leads Not Contacted")
        return self


class NotContacted(Report):
    """The report itself: leads that match and on which the given activities have not been posted."""

    path: ClassVar[str] = "/Leads/NotContacted"

    filter: NotContactedFilter = Field(default_factory=NotContactedFilter, alias="ReportFilter")

    @model_validator(mode="after")
    def _within_bounds(self) -> Self:
        asked = self.filter
        check_bounds("ReportFilter and DateFilter", asked.leads, asked.users, asked.activities, self.dates)
        return self

    @model_validator(mode="after")
    def _only_lead_fields_when_strict(self, info: ValidationInfo) -> Self:
        if is_strict(info):
            output = self.output
            shown = output.fields if isinstance(output, ListOutput) else (output.group_by, output.field)
            asked = [one.field for one in self.filter.leads] + ([self.sorting.field] if self.sorting else [])
            for name in (*shown, *asked):
                if name.strip().lower() in _OF_CONTACT:
                    raise ValueError(f"{name!r} is not a lead field")
        return self

    @property
    def all_leads(self) -> LeadDistribution:
        """The denominator: the same leads whether contacted or not."""
        return LeadDistribution(
            filter=DistributionFilter(users=self.filter.users, leads=self.filter.leads),
            dates=tuple(dates for dates in self.dates if dates.field is not DateField.ACTIVITY),
            output=self.output,
            paging=self.paging,
            sorting=self.sorting,
        )


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_blanks(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None and inner != {} and inner != []}
    return [_without_blanks(inner) for inner in value] if isinstance(value, list | tuple) else value
