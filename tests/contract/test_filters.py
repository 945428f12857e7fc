"""What each filter finds, one by one, in a store known by heart; `test_oracle.py` does the same at random."""

from datetime import timedelta
from typing import Any

import pytest

from lsq_api.contract.operators import LEAD_OPERATORS, USER_OPERATORS, Operator, Takes
from lsq_api.contract.report import LeadDistribution
from lsq_api.server.query import statement
from tests import engines
from tests.conftest import NOT_CONTACTED, Caller, Serve
from tests.contract.company import ANN, BOB, BOSS, COMPANY, EVE, EVERYBODY, LEADS, NBSP, NOW
from tests.stores import Rows, activity

DISTRIBUTION = LeadDistribution.path
HOSTILE = [
    "'; DROP TABLE leads; --",
    '"; DROP TABLE leads; --',
    "' OR '1'='1",
    "lsq_bound_text(0)",
    "lsq_bound_whole(-1)",
    "$p0",
    ":now",
    "?",
    "\\",
    "\\'",
    "%",
    "_",
    "100%",
    "a\x00b",
    "{x}",
    "/* */",
    str(statement.SIZE),
    str(statement.OFFSET),
    f"-{statement.SIZE}",
    "9" * 28,
    "9" * 28 + "." + "9" * 9,
    "9" * 40,
    "1e5",
    "NaN",
    "Infinity",
    "😀 مرحبا é",
]


def lead(name: str, operator: str, *values: str) -> dict[str, Any]:
    return {"LookUpName": name, "SqlOperator": operator, "LookUpValues": list(values)}


def activities(*filters: tuple[str, ...]) -> dict[str, Any]:
    return {
        "ActivityFilters": [
            {"LookUpName": "ActivityEvent", "SqlOperator": operator, "LookUpValues": list(codes)}
            for operator, *codes in filters
        ]
    }


def dates(field: str, start: str, end: str) -> dict[str, str]:
    return {"DateField": field, "FromDate": start, "ToDate": end}


def numbers(ids: list[str]) -> list[int]:
    return [int(lead_id.removeprefix("lead-")) for lead_id in ids]


def leads(company: Caller, *filters: dict[str, Any]) -> list[int]:
    return numbers(company.ids(DISTRIBUTION, ReportFilter={"LeadFilters": list(filters)}))


def others(found: list[int]) -> list[int]:
    return [number for number in range(1, len(LEADS) + 1) if number not in found]


EVERY = others([])


@pytest.mark.parametrize(
    ("name", "operator", "values", "found"),
    [
        ("ProspectStage", "=", ["prospect"], [1, 2, 3]),
        ("prospectSTAGE", "=", [f"\t{NBSP} PROSPECT "], [1, 2, 3]),
        ("ProspectStage", "in", ["Customer", " opportunity"], [4, 7, 8, 9, 10]),
        ("ProspectStage", "in", ["Customer", ""], [5, 8, 9, 10]),
        ("ProspectStage", "in", ["customer", "customer", "CUSTOMER"], [8, 9, 10]),
        ("ProspectStage", "lik", ["p"], [1, 2, 3, 4, 6, 7]),
        ("ProspectStage", "lik", [" PORT "], [4, 7]),
        ("ProspectStage", "def", [], others([5])),
        ("ProspectStage", "ndef", [], [5]),
        ("ProspectStage", "ndef", ["ignored"], [5]),
        ("ProspectStage", ">", ["opportunity"], [1, 2, 3, 6]),
        ("ProspectStage", "<=", ["Opportunity"], [4, 7, 8, 9, 10]),
        ("Source", "=", [""], [7, 8, 9]),
        ("Source", "=", ["7.00"], [3, 4, 5]),
        ("Source", "=", ["+7"], [3, 4, 5]),
        ("Source", ">", ["6"], [1, 2, 3, 4, 5, 6]),
        ("Source", ">=", ["7"], [1, 2, 3, 4, 5, 6]),
        ("Source", "<", ["8"], [3, 4, 5, 10]),
        ("Source", "<", ["a"], [3, 4, 5, 10]),
        ("Source", "lik", ["7"], [3, 4, 5]),
        ("Source", "lik", ["é"], [6]),
        ("Source", "lik", ["😀"], [6]),
        ("mx_City", "=", ["pune"], [1, 2]),
        ("mx_City", "ndef", [], [5, 7, 8, 9, 10]),
        ("mx_City", "lik", ["%"], [3]),
        ("mx_City", "lik", ["0_5"], [4]),
        ("mx_City", "lik", ["_"], [4]),
        ("mx_City", "=", ["مرحبا"], [6]),
        ("EngagementScore", "=", ["20.0"], [2]),
        ("EngagementScore", ">", ["9"], [1, 2, 3, 9]),
        ("EngagementScore", "<", ["10"], [5, 7, 8]),
        ("EngagementScore", ">=", [" 10 "], [1, 2, 3, 9]),
        ("EngagementScore", "<=", ["-5"], [5]),
        ("EngagementScore", "in", ["0", "9"], [7, 8]),
        ("EngagementScore", "=", [""], [4, 6, 10]),
        ("EngagementScore", "lik", ["1"], [1, 3, 9]),
        ("mx_Budget", "=", ["5.5"], [4]),
        ("mx_Budget", ">", ["0.25"], [4, 7]),
        ("mx_Ratio", "=", [".5"], []),
        ("mx_Ratio", "=", ["0.50"], [9]),
        ("mx_Ratio", ">=", ["0.5"], [9, 10]),
        ("CreatedOn", "=", ["2026-01-01"], [1]),
        ("CreatedOn", ">", ["2026-02-28 11:59:59"], [4, 7, 10]),
        ("CreatedOn", "<=", ["2026-01-01 00:00:00"], [1, 8]),
        ("CreatedOn", "in", ["2026-01-01", "2026-03-01 12:00:00", ""], [1, 5, 7]),
        ("ProspectStage", "<>", [f"\t{NBSP} PROSPECT "], others([1, 2, 3])),
        ("ProspectStage", "<>", [""], others([5])),
        ("Source", "<>", ["7.00"], others([3, 4, 5])),
        ("Source", "<>", ["a"], EVERY),
        ("mx_City", "<>", ["pune"], others([1, 2])),
        ("mx_City", "<>", [NBSP], [1, 2, 3, 4, 6]),
        ("EngagementScore", "<>", [" 20.0 "], others([2])),
        ("EngagementScore", "<>", ["abc"], EVERY),
        ("mx_Budget", "<>", ["5.5"], others([4])),
        ("mx_Ratio", "<>", ["0.50"], others([9])),
        ("CreatedOn", "<>", ["2026-01-01"], others([1])),
        ("mx_Visit", "<>", ["2026-02-10 08:00:00"], others([8])),
        ("mx_Visit", "<>", [""], [8]),
        ("OwnerId", "<>", [ANN.upper()], [3, 4, 5, 6, 7, 9]),
        ("CreatedOn", "ndef", [], [5]),
        ("CreatedOn", "lik", ["2026-03"], [7, 10]),
        ("mx_Visit", "=", ["2026-02-10 08:00:00"], [8]),
        ("mx_Visit", "<", ["2026-02-10 08:00:00"], []),
        ("ProspectID", "=", ["LEAD-07"], [7]),
        ("OwnerId", "in", [BOB.upper(), EVE], [3, 4, 7, 9]),
    ],
)
def test_lead_filter__finds(company: Caller, name: str, operator: str, values: list[str], found: list[int]) -> None:
    assert leads(company, lead(name, operator, *values)) == found
    if operator == "lik":
        assert leads(company, lead(name, "nlik", *values)) == others(found)


# Columns of each kind, each with a value that some leads have and some have not; lead 5 has none of some of them.
OF_EACH_KIND = {
    "ProspectStage": "prospect",
    "Source": "7.00",
    "mx_City": "pune",
    "EngagementScore": "20.0",
    "mx_Budget": "5.5",
    "mx_Ratio": "0.5",
    "CreatedOn": "2026-01-01",
    "mx_Visit": "2026-02-10 08:00:00",
    "mx_Due": "2026-02-11",
    "OwnerId": ANN,
}


@pytest.mark.parametrize("name", OF_EACH_KIND)
@pytest.mark.parametrize("row", [row for row in LEAD_OPERATORS.values() if row.negates], ids=lambda row: row.symbol)
def test_lead_filter__an_opposite_finds_just_the_others(company: Caller, row: Operator, name: str) -> None:
    for value in [OF_EACH_KIND[name], *([""] if row.takes_blank else [])]:
        assert leads(company, lead(name, row.symbol, value)) == others(leads(company, lead(name, row.negates, value)))


@pytest.mark.parametrize(
    "name", ["ProspectStage", "mx_City", "mx_Budget", "mx_Ratio", "CreatedOn", "mx_Visit", "mx_Due", "OwnerId"]
)
@pytest.mark.parametrize("row", LEAD_OPERATORS.values(), ids=lambda row: row.symbol)
def test_lead_filter__finds_what_has_no_value_as_the_table_says(company: Caller, row: Operator, name: str) -> None:
    """Lead 5 has no value in any of these fields: none, or nothing but blanks."""
    values = [OF_EACH_KIND[name]] * (2 if row.takes is Takes.TWO else 1)
    assert (5 in leads(company, lead(name, row.symbol, *values))) == row.finds_blanks


def test_lead_filter__numbers_written_as_json_numbers(company: Caller) -> None:
    condition = {"LookupName": "EngagementScore", "SQLOperator": "=", "LookupValue": 20}
    assert leads(company, condition) == [2]


def test_lead_filters__all_must_hold(company: Caller) -> None:
    assert leads(company, lead("ProspectStage", "=", "customer"), lead("OwnerId", "=", ANN)) == [8, 10]
    assert leads(company, lead("CreatedOn", ">", "2026-01-01"), lead("CreatedOn", "<", "2026-02-01")) == [2, 9]


def test_ids__are_never_numbers(serve: Serve) -> None:
    """Leads "1" and "01" would be one lead, and owner "1e2" a hundred."""
    rows = [{"ProspectID": name, "OwnerId": name} for name in ("1", "01", "1.0", "+1")]
    caller = serve(Rows(leads=rows))
    for field in ("ProspectID", "OwnerId"):
        assert caller.ids(ReportFilter={"LeadFilters": [lead(field, "=", "1")]}) == ["1"]
        assert caller.ids(ReportFilter={"LeadFilters": [lead(field, "in", "01", "+1")]}) == ["+1", "01"]
    count = {"Type": "Aggregate", "GroupBy": "OwnerId", "AggregateFunction": "Count", "AggregateField": "OwnerId"}
    assert caller.ask({"Output": count})[0] == 4


@pytest.mark.parametrize(
    ("filters", "contacted"),
    [
        ([], [2, 4, 8, 9]),
        ([("in", "21", "22")], [2, 8, 9]),
        ([("=", "22")], [2, 8]),
        ([("=", "21")], [9]),
        ([("=", "2")], [4, 8]),
        ([("=", "999")], []),
        ([("<>", "22")], [4, 8, 9]),
        ([("<>", "2")], [2, 8, 9]),
        ([("<>", "999")], [2, 4, 8, 9]),
        ([("=", "21"), ("=", "22")], [2, 8, 9]),
        ([("in", "21", "201"), ("=", "2")], [4, 8, 9]),
        ([("<>", "22"), ("=", "21")], [4, 8, 9]),
        ([("<>", "22"), ("=", "22")], [2, 4, 8, 9]),
        ([("<>", "22"), ("<>", "21")], [2, 4, 8, 9]),
        ([("<>", "22"), ("<>", "22")], [4, 8, 9]),
    ],
)
def test_activity_filters__union_of_their_codes_counts(
    company: Caller, filters: list[tuple[str, ...]], contacted: list[int]
) -> None:
    """Decisions 4 and 5; lead 3's only call is one second ahead of now (decision 8)."""
    assert numbers(company.ids(ReportFilter=activities(*filters))) == others(contacted)


def test_activity_filters__empty_and_missing_are_the_same(company: Caller) -> None:
    wanted = others([2, 4, 8, 9])
    parts: list[dict[str, Any]] = [{}, {"ReportFilter": {}}, {"ReportFilter": {"ActivityFilters": []}}]
    for part in parts:
        assert numbers(company.ids(**part)) == wanted


def test_activity__counts_from_the_very_second_it_is_dated(serve: Serve) -> None:
    later = serve(COMPANY, clock=lambda: NOW + timedelta(seconds=1))
    assert numbers(later.ids(ReportFilter=activities(("=", "21")))) == others([3, 9])


@pytest.mark.parametrize(
    ("windows", "contacted"),
    [
        ([("2026-02-01 10:00:00", "2026-02-01 10:00:00")], [2, 9]),
        ([("2026-02-01 10:00:01", "2026-12-31 00:00:00")], [8]),
        ([("2026-01-01 00:00:00", "2026-02-01 09:59:59")], [8]),
        ([("2026-02-15 23:59:59", "2026-02-15 23:59:59")], [8]),
        ([("2026-02-16 00:00:00", "2026-02-28 00:00:00")], []),
        ([("2026-01-01 00:00:00", "2026-02-01 10:00:00"), ("2026-02-01 10:00:00", "2026-03-01 00:00:00")], [2, 9]),
        ([("2026-01-01 00:00:00", "2026-01-02 00:00:00"), ("2026-02-01 00:00:00", "2026-03-01 00:00:00")], []),
        ([("2026-03-01 12:00:01", "2027-01-01 00:00:00")], []),
    ],
)
def test_activity_dates__only_inside_the_range_counts(
    company: Caller, windows: list[tuple[str, str]], contacted: list[int]
) -> None:
    """Decision 2: the extension. Both ends count; several ranges must all hold; the future never counts."""
    filters = [dates("ActivityCreatedOn", *window) for window in windows]
    found = company.ids(ReportFilter=activities(("in", "21", "22")), DateFilter=filters)
    assert numbers(found) == others(contacted)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([("LeadCreatedOn", "2026-01-01 00:00:00", "2026-01-31 23:59:59")], [1, 2, 9]),
        ([("LeadCreatedOn", "2026-01-01 00:00:01", "2026-01-31 23:59:58")], [9]),
        ([("LeadCreatedOn", "2026-02-01 00:00:00", "2026-02-01 00:00:00")], [3]),
        ([("LeadModifiedOn", "2026-02-20 00:00:00", "2026-02-20 00:00:00")], [1]),
        (
            [
                ("LeadCreatedOn", "2026-01-01 00:00:00", "2026-01-31 23:59:59"),
                ("LeadModifiedOn", "2026-01-15 10:00:00", "2026-02-19 23:59:59"),
            ],
            [2, 9],
        ),
        (
            [
                ("LeadCreatedOn", "2026-01-01 00:00:00", "2026-01-15 10:00:00"),
                ("LeadCreatedOn", "2026-01-15 10:00:00", "2026-03-01 00:00:00"),
            ],
            [9],
        ),
        ([("LeadCreatedOn", "1900-01-01 00:00:00", "2100-01-01 00:00:00")], others([5])),
    ],
)
def test_dates__ends_are_included_and_several_must_all_hold(
    company: Caller, filters: list[tuple[str, str, str]], found: list[int]
) -> None:
    assert numbers(company.ids(DISTRIBUTION, DateFilter=[dates(*one) for one in filters])) == found


def user(name: str, operator: str, value: str | None, joins: str | None = None) -> dict[str, Any]:
    return {"LookupName": name, "Operator": operator, "LookupValue": value, "ConditionOperator": joins}


def owned(company: Caller, *groups: list[dict[str, Any]], joins: str | None = None) -> list[int]:
    parts = [{"Condition": conditions, "GroupOperator": joins} for conditions in groups]
    users = {"UserFilter": {"GroupConditions": parts}}
    return numbers(company.ids(DISTRIBUTION, ReportFilter=users))


ANNS, BOBS, EVES = [1, 2, 8, 10], [3, 4, 9], [7]
GONES = [6]


BY_OWNER: list[tuple[str, str, str | None, list[int]]] = [
    ("UserID", "eq", ANN, ANNS),
    ("userid", "eq", f"{ANN.upper()}, {EVE},,", [*ANNS, *EVES]),
    ("UserId", "in", f"{BOB},{BOSS}", BOBS),
    ("UserID", "neq", f"{ANN},{BOB}", [*GONES, *EVES]),
    ("UserID", "eq", "unknown", []),
    ("EmailAddress", "eq", "ANN@x.org , bob@x.org", [*ANNS, *BOBS]),
    ("EmailAddress", "ndef", None, [*GONES, *EVES]),
    ("EmailAddress", "def", "", [*ANNS, *BOBS]),
    ("EmailAddress", "nlik", "bob", [*ANNS, *GONES, *EVES]),
    ("EmailAddress", "neq", "ANN@x.org", [*BOBS, *GONES, *EVES]),
    ("FirstName", "lik", "B", BOBS),
    ("LastName", "eq", "o'hara", EVES),
    ("StatusCode", "eq", "1", EVES),
    ("StatusCode", "eq", "0.0", [*ANNS, *BOBS, *GONES]),
    ("StatusCode", "gteq", "1", EVES),
    ("Role", "eq", "sales_user", [*ANNS, *BOBS, *EVES]),
    ("ManagerUserId", "eq", BOSS, ANNS),
    ("TeamId", "def", None, BOBS),
    ("Groups", "lik", "south", EVES),
    ("Groups", "eq", "North, South", []),
    ("CreatedOn", "gt", "2020-05-06", [*ANNS, *BOBS, *EVES]),
    ("CreatedOn", "lteq", "2020-05-06 07:08:09", [*ANNS, *BOBS, *EVES]),
    ("CreatedOn", "lt", "2020-05-06 07:08:09", []),
    ("FirstName", "lt", "bob", ANNS),
]


def test_user_filter__every_operator_is_tried() -> None:
    assert {operator for _, operator, *_ in BY_OWNER} == set(USER_OPERATORS)


@pytest.mark.parametrize(("name", "operator", "value", "found"), BY_OWNER)
def test_user_filter__bounds_the_owner(
    company: Caller, name: str, operator: str, value: str | None, found: list[int]
) -> None:
    """Decision 11. An owner in no list of users has an ID and nothing else; a lead without owner is nobody's."""
    assert owned(company, [user(name, operator, value)]) == sorted(found)


def test_user_filter__and_or_within_and_between_groups(company: Caller) -> None:
    ann, bob, eve = (user("UserID", "eq", one, "OR") for one in (ANN, BOB, EVE))
    sales = user("Role", "eq", "Sales_User", "AND")
    assert owned(company, [ann, bob]) == sorted([*ANNS, *BOBS])
    assert owned(company, [user("UserID", "eq", ANN, "AND"), bob]) == []
    assert owned(company, [user("UserID", "eq", ANN), bob]) == []
    assert owned(company, [ann, bob], [bob, eve], joins="AND") == BOBS
    assert owned(company, [ann], [eve], joins="OR") == sorted([*ANNS, *EVES])
    assert owned(company, [ann], [eve]) == []
    assert owned(company, [sales, user("StatusCode", "eq", "1")], [bob], joins="or") == sorted([*BOBS, *EVES])


def test_user_filter__absent_is_everybody_and_nobody(company: Caller) -> None:
    parts: list[Any] = [None, {}, {"GroupConditions": []}]
    for part in parts:
        assert company.ids(DISTRIBUTION, ReportFilter={"UserFilter": part}) == EVERYBODY


def test_in__five_hundred_values(company: Caller) -> None:
    several = [f"x-{number}" for number in range(498)]
    assert leads(company, lead("ProspectStage", "in", *several, "CUSTOMER", "")) == [5, 8, 9, 10]
    assert leads(company, lead("EngagementScore", "in", *map(str, range(500)))) == [1, 2, 3, 7, 8, 9]
    assert leads(company, lead("Source", "in", *map(str, range(250)), *several[:250])) == [3, 4, 5]
    assert owned(company, [user("UserID", "eq", ",".join([*several, ANN, EVE]))]) == sorted([*ANNS, *EVES])
    found = company.ids(ReportFilter=activities(("in", *map(str, range(500)))))
    assert numbers(found) == others([2, 4, 8, 9])


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile__values_are_just_data(company: Caller, value: str) -> None:
    """A value that gets into the statement would be found as something else, break it, or run."""
    for field in ("Source", "ProspectStage", "mx_City", "EngagementScore", "mx_Budget", "OwnerId", "LeadAge"):
        for operator, row in LEAD_OPERATORS.items():
            values = [value] * (2 if row.takes is Takes.TWO else 1)
            body = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}}
            answer = company.post(
                DISTRIBUTION, body | {"ReportFilter": {"LeadFilters": [lead(field, operator, *values)]}}
            )
            assert answer.status_code == 200, answer.text
    for attribute in ("UserID", "EmailAddress", "FirstName"):
        for operator in ("eq", "neq", "lik", "gt"):
            assert len(owned(company, [user(attribute, operator, value)])) < len(LEADS)
    assert company.ids(DISTRIBUTION) == EVERYBODY


def test_hostile__values_are_found_as_they_are(serve: Serve) -> None:
    kept = engines.storable(HOSTILE)
    rows = [{"ProspectID": f"lead-{number}", "Source": text} for number, text in enumerate(kept)]
    caller = serve(Rows(leads=rows))
    for number, text in enumerate(kept):
        for operator in ("=", "in"):
            found = caller.ids(ReportFilter={"LeadFilters": [lead("Source", operator, text)]})
            assert found == [f"lead-{number}"]
    total, groups = caller.ask(
        {"Output": {"Type": "Aggregate", "GroupBy": "Source", "AggregateFunction": "Count", "AggregateField": "Score"}}
    )
    assert total == len(kept)
    assert sorted(group["Source"] for group in groups) == sorted(kept)


@pytest.mark.parametrize("name", [text for text in HOSTILE if text.strip()])
def test_hostile__names_are_refused(company: Caller, name: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "LookUpName": {"ReportFilter": {"LeadFilters": [lead(name, "=", "x")]}},
        "Sorting": {"Sorting": {"ColumnName": name}},
        "LookupName": {"ReportFilter": {"UserFilter": {"GroupConditions": [{"Condition": [user(name, "eq", "x")]}]}}},
        "IncludeCSV": {"Output": {"Type": "List", "IncludeCSV": name}},
        "GroupBy": {
            "Output": {
                "Type": "Aggregate",
                "GroupBy": name,
                "AggregateFunction": "Count",
                "AggregateField": "ProspectID",
            }
        },
    }
    for member, body in bodies.items():
        answer = company.post(NOT_CONTACTED, {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}} | body)
        assert answer.status_code == 400, (member, answer.text)
        assert member in answer.json()["ExceptionMessage"]
    assert company.ids(DISTRIBUTION) == EVERYBODY


def test_windows_and_leads_are_joined_by_the_lead_alone(serve: Serve) -> None:
    """An activity of a lead that is not in the store, or of two leads, touches nobody else."""
    caller = serve(
        Rows(
            leads=[{"ProspectID": "a"}, {"ProspectID": "b"}],
            activities=[activity(1, "a", 21, "2026-01-01"), activity(2, "a", 22, "2026-01-02")],
        )
    )
    assert caller.ids(ReportFilter=activities(("in", "21", "22"))) == ["b"]
    assert caller.ids() == ["b"]
