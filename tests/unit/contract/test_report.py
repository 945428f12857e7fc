import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lsq_api.contract.report import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    AggregateOutput,
    Function,
    LeadDistribution,
    ListOutput,
    NotContacted,
    Paging,
    Report,
)
from lsq_api.contract.wire import explain

HERE = Path(__file__).parents[2]
KEPT = json.loads((HERE / "vendor_sample.json").read_text(encoding="utf-8"))
PAGE = HERE.parents[1] / "shared" / "contract" / "leads-not-contacted.txt"
LIST = {"Type": "List", "IncludeCSV": "ProspectID"}
COUNT = {"Type": "Aggregate", "GroupBy": "OwnerId", "AggregateFunction": "Count", "AggregateField": "EngagementScore"}


def body(**parts: Any) -> dict[str, Any]:
    return {"Output": LIST} | parts


def refused(given: object, *, model: type[Report] = NotContacted, strict: bool = False) -> str:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given, context={"strict": strict})
    return explain(caught.value)[1]


def sample(type_: str, function: str = "Count") -> dict[str, Any]:
    taken = deepcopy(KEPT)
    taken["Output"] |= {"Type": type_, "AggregateFunction": function}
    return taken


def test_sample__kept_copy_is_what_the_page_prints() -> None:
    if not PAGE.exists():
        pytest.skip("the vendor's page is not beside this checkout")
    text = PAGE.read_text(encoding="utf-8")
    printed, _ = json.JSONDecoder().raw_decode(text[re.search(r'\{\s*"ReportFilter"', text).start() :])  # type: ignore[union-attr]
    assert json.dumps(printed) == json.dumps(KEPT)


def test_sample__list_is_read_and_sent_just_as_printed() -> None:
    """What we send would stop being spelled like the page: member names, their order, values as text or number."""
    sent = NotContacted.model_validate(sample("List")).wire()
    expected = sample("List")
    expected["Output"] = {"Type": "List", "IncludeCSV": KEPT["Output"]["IncludeCSV"]}
    assert json.dumps(sent, indent=2) == json.dumps(expected, indent=2)


@pytest.mark.parametrize("function", ["Count", "Average", "Sum"])
def test_sample__aggregate_is_read_and_sent_just_as_printed(function: str) -> None:
    sent = NotContacted.model_validate(sample("Aggregate", function)).wire()
    expected = sample("Aggregate", function)
    del expected["Output"]["IncludeCSV"]
    assert json.dumps(sent, indent=2) == json.dumps(expected, indent=2)


def test_sample__what_it_means() -> None:
    report = NotContacted.model_validate(sample("List"))
    (condition,) = report.filter.users.groups[0].conditions  # type: ignore[union-attr]
    assert [value[:8] for value in condition.values] == ["8e7da340", "ca00fef0", "dd908e91"]
    assert report.filter.leads[0].values == ("Prospect", "Opportunity")
    assert report.filter.activities[0].codes == (21, 22)
    assert f"{report.dates[0].start:%d.%m. %H:%M %z}" == "10.05. 12:10 +0000"
    assert report.output == ListOutput(fields=("ProspectID", "ProspectStage", "ProspectActivityDate_Max", "OwnerId"))
    assert report.paging == Paging(index=1, size=10)


def test_sample__both_alternatives_left_in_is_refused() -> None:
    assert refused(KEPT) == "Output: Type must be List or Aggregate"
    assert (
        "AggregateFunction: 'Count|Average|Sum' is not a function here; allowed: Count, Average, Sum, Minimum, Maximum"
        in refused(sample("Aggregate", "Count|Average|Sum"))
    )


def any_case(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {change(key): any_case(inner, change) for key, inner in value.items()}
    return [any_case(inner, change) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
@pytest.mark.parametrize("type_", ["List", "Aggregate"])
def test_members__in_any_case(type_: str, change: Any) -> None:
    given = any_case(sample(type_), change)
    assert NotContacted.model_validate(given) == NotContacted.model_validate(sample(type_))


@pytest.mark.parametrize(
    "renamed",
    [
        {"LookUpName": "LookupName", "SqlOperator": "SQLOperator", "LookUpValues": "LookupValues"},
        {"LookUpValues": "LookupValue"},
        {"LeadFilters": "LeadFilter", "ActivityFilters": "ActivityFilter", "DateFilter": "DateFilters"},
        {"Condition": "Conditions", "LookupValue": "LookUpValue"},
    ],
)
def test_members__in_every_spelling_of_the_page(renamed: dict[str, str]) -> None:
    given = any_case(sample("List"), lambda name: renamed.get(name, name))
    assert NotContacted.model_validate(given) == NotContacted.model_validate(sample("List"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (body(Reportfilter={}, ReportFilter={}), "ReportFilter is given twice"),
        (body(output=LIST), "Output is given twice"),
        (body(Pagin={}), "'Pagin' is not a member here; allowed: DateFilter, Output, Paging, Sorting, ReportFilter"),
        (
            body(ReportFilter={"TaskFilters": []}),
            "ReportFilter: 'TaskFilters' is not a member here; allowed: UserFilter, LeadFilters, ActivityFilters",
        ),
        (body(Output=LIST | {"Include_CSV": "A"}), "Output: 'Include_CSV' is not a member here; allowed: Type, Inc"),
        (body(Paging={"Page": 1}), "Paging: 'Page' is not a member here; allowed: PageIndex, PageSize"),
    ],
)
def test_members__twice_or_unknown(given: dict[str, Any], said: str) -> None:
    assert said in refused(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "must be an object"),
        ([], "must be an object"),
        ("List", "must be an object"),
        ({}, "Output: is mandatory"),
        (body(Output=None), "Output: Type must be List or Aggregate"),
        (body(Output="List"), "Output: Type must be List or Aggregate"),
        (body(Output={"IncludeCSV": "A"}), "Output: Type must be List or Aggregate"),
        (body(ReportFilter=[]), "ReportFilter: must be an object"),
        (body(ReportFilter={"LeadFilters": {}}), "ReportFilter.LeadFilters: must be an array"),
        (body(ReportFilter={"LeadFilters": ["x"]}), "ReportFilter.LeadFilters[0]: must be an object"),
        (body(ReportFilter={"UserFilter": []}), "ReportFilter.UserFilter: must be an object"),
        (body(DateFilter={}), "DateFilter: must be an array"),
        (body(Paging=[]), "Paging: must be an object"),
    ],
)
def test_shape__wrong_kind_of_value_is_named_in_words_of_json(given: object, said: str) -> None:
    """The message would speak of tuples and instances, which no caller of an HTTP API knows."""
    assert refused(given) == said


def test_list__aggregate_members_are_not_considered() -> None:
    given = {"Type": " list ", "IncludeCSV": "A", "GroupBy": "", "AggregateFunction": "no", "AGGREGATEFIELD": None}
    assert NotContacted.model_validate({"Output": given}).output == ListOutput(fields=("A",))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("A", ("A",)),
        (" A ,\tB,,C , ", ("A", "B", "C")),
        ("A,B,a", ("A", "B")),
        ("mx_City,MX_CITY,ProspectID", ("mx_City", "ProspectID")),
    ],
)
def test_include_csv__blanks_and_repetitions(written: str, names: tuple[str, ...]) -> None:
    """A repeated name would move a CSV column: each stands where it was named first."""
    output = NotContacted.model_validate({"Output": {"Type": "List", "IncludeCSV": written}}).output
    assert isinstance(output, ListOutput)
    assert output.fields == names


@pytest.mark.parametrize("written", [{}, {"IncludeCSV": ""}, {"IncludeCSV": " , "}])
def test_include_csv__is_mandatory(written: dict[str, str]) -> None:
    assert refused({"Output": {"Type": "List"} | written}).startswith("Output.IncludeCSV: is mandatory")


@pytest.mark.parametrize("member", ["GroupBy", "AggregateFunction", "AggregateField"])
def test_aggregate__all_three_members_are_mandatory(member: str) -> None:
    assert refused({"Output": {k: v for k, v in COUNT.items() if k != member}}) == f"Output.{member}: is mandatory"


@pytest.mark.parametrize("member", ["GroupBy", "AggregateField"])
def test_aggregate__names_are_not_blank(member: str) -> None:
    assert refused({"Output": COUNT | {member: ""}}) == f"Output.{member}: must not be empty"


def test_aggregate__function_in_any_case() -> None:
    output = NotContacted.model_validate({"Output": COUNT | {"AggregateFunction": " aVERAGE", "Type": "AGGREGATE"}})
    assert output.output == AggregateOutput(group_by="OwnerId", function=Function.AVERAGE, field="EngagementScore")
    assert refused({"Output": COUNT | {"AggregateFunction": "Median"}}) == (
        "Output.AggregateFunction: 'Median' is not a function here; allowed: Count, Average, Sum, Minimum, Maximum"
    )


def test_two_outputs_are_two_types() -> None:
    assert type(NotContacted.model_validate(sample("List")).output) is ListOutput
    assert type(NotContacted.model_validate(sample("Aggregate")).output) is AggregateOutput


@pytest.mark.parametrize("size", [1, MAX_PAGE_SIZE, str(MAX_PAGE_SIZE)])
def test_paging__sizes_that_are_allowed(size: object) -> None:
    paging = NotContacted.model_validate(body(Paging={"PageIndex": "3", "PageSize": size})).paging
    assert paging == Paging(index=3, size=int(str(size)))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PageSize": MAX_PAGE_SIZE + 1}, "Paging.PageSize: Input should be less than or equal to 10000"),
        ({"PageSize": 0}, "Paging.PageSize: Input should be greater than or equal to 1"),
        ({"PageIndex": 0}, "Paging.PageIndex: Input should be greater than or equal to 1"),
        ({"PageIndex": -1}, "Paging.PageIndex: Input should be greater than or equal to 1"),
        ({"PageIndex": "one"}, "Paging.PageIndex: Input should be a valid integer"),
        ({"PageIndex": 1.5}, "Paging.PageIndex: Input should be a valid integer"),
        ({"PageSize": None}, "Paging.PageSize: Input should be a valid integer"),
    ],
)
def test_paging__limits(given: dict[str, Any], said: str) -> None:
    assert refused(body(Paging=given)).startswith(said)


def test_paging__left_out() -> None:
    assert NotContacted.model_validate(body()).paging is None
    assert NotContacted.model_validate(body(Paging=None)).paging is None
    assert NotContacted.model_validate(body(Paging={})).paging == Paging(index=1, size=DEFAULT_PAGE_SIZE)


@pytest.mark.parametrize(
    ("direction", "descending"),
    [({}, False), ({"Direction": "0"}, False), ({"Direction": 0}, False), ({"Direction": "1"}, True)],
)
def test_sorting__directions(direction: dict[str, Any], descending: bool) -> None:
    report = NotContacted.model_validate(body(Sorting={"ColumnName": "CreatedOn"} | direction))
    assert report.sorting is not None
    assert report.sorting.descending is descending
    sent = report.wire()
    assert sent["Sorting"] == {"ColumnName": "CreatedOn", "Direction": "1" if descending else "0"}
    assert list(sent) == ["Output", "Sorting"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ColumnName": "A", "Direction": "2"}, "Sorting.Direction: '2' is not a direction; allowed: 0 (ascending), 1"),
        ({"ColumnName": "A", "Direction": "asc"}, "Sorting.Direction: 'asc' is not a direction"),
        ({"Direction": "1"}, "Sorting.ColumnName: is mandatory"),
        ({"ColumnName": ""}, "Sorting.ColumnName: must not be empty"),
        ([], "Sorting: must be an object"),
    ],
)
def test_sorting__mistakes(given: object, said: str) -> None:
    assert refused(body(Sorting=given)).startswith(said)


def test_strict__sorting_is_no_member() -> None:
    said = refused(body(Sorting={"ColumnName": "CreatedOn"}), strict=True)
    assert said == "Sorting: is not a member here; allowed: DateFilter, Output, Paging, ReportFilter"


@pytest.mark.parametrize("model", [NotContacted, LeadDistribution])
def test_strict__what_is_documented_passes(model: type[Report]) -> None:
    given = sample("List")
    if model is LeadDistribution:
        del given["ReportFilter"]["ActivityFilters"]
    assert model.model_validate(given, context={"strict": True}) == model.model_validate(given)


def test_distribution__has_no_activity_filters() -> None:
    assert refused(sample("List"), model=LeadDistribution) == (
        "ReportFilter: 'ActivityFilters' is not a member here; allowed: UserFilter, LeadFilters"
    )


def test_distribution__has_no_activity_dates() -> None:
    dates = [{"DateField": "ActivityCreatedOn", "FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-02 00:00:00"}]
    assert refused(body(DateFilter=dates), model=LeadDistribution) == (
        "DateFilter: ActivityCreatedOn belongs to Leads Not Contacted"
    )


def test_distribution__without_report_filter_as_seen_in_production() -> None:
    output = {"Type": "list", "IncludeCSV": " CreatedOn,FirstName,OwnerIdName,LeadAge"}
    report = LeadDistribution.model_validate({"Output": output, "Paging": {"PageIndex": 2, "PageSize": 10_000}})
    assert report.wire()["Output"] == {"Type": "List", "IncludeCSV": "CreatedOn,FirstName,OwnerIdName,LeadAge"}


def test_all_leads__same_leads_without_the_activities() -> None:
    dates = [
        {"DateField": "LeadCreatedOn", "FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-02 00:00:00"},
        {"DateField": "ActivityCreatedOn", "FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-02 00:00:00"},
    ]
    asked = sample("List") | {"DateFilter": dates, "Sorting": {"ColumnName": "CreatedOn", "Direction": "1"}}
    sent = NotContacted.model_validate(asked).all_leads.wire()
    del asked["ReportFilter"]["ActivityFilters"]
    expected = asked | {"DateFilter": dates[:1]}
    expected["Output"] = {"Type": "List", "IncludeCSV": KEPT["Output"]["IncludeCSV"]}
    assert sent == expected


def test_page__asks_for_one_block_of_the_same_report() -> None:
    report = NotContacted.model_validate(sample("List"))
    assert report.page(7, 500).wire() == report.wire() | {"Paging": {"PageIndex": 7, "PageSize": 500}}
    assert report.paging == Paging(index=1, size=10)


def test_wire__members_without_content_are_left_out() -> None:
    assert NotContacted.model_validate(body(ReportFilter={"LeadFilters": [], "UserFilter": None})).wire() == body()
    has_data = {"LookUpName": "Phone", "SqlOperator": "def"}
    assert NotContacted.model_validate(body(ReportFilter={"LeadFilters": [has_data]})).wire() == body(
        ReportFilter={"LeadFilters": [has_data]}
    )


def test_report__is_frozen_and_hashable() -> None:
    """The cache of answers is keyed by the report."""
    one, other = NotContacted.model_validate(sample("List")), NotContacted.model_validate(sample("List"))
    assert hash(one) == hash(other)
    with pytest.raises(ValidationError):
        one.paging = None  # type: ignore[misc]
