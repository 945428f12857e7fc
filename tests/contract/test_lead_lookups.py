"""The calls under /v2 that answer leads: section 7 of the wire notes, and the vendor's pages of each.

They must find just what the list report finds of the same store, and nothing in them may silently do nothing.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import pytest

from lsq_api.contract.report import LeadDistribution
from tests import engines
from tests.conftest import Caller, Serve
from tests.contract.company import ANN, CHANGED, EVERYBODY, LEADS
from tests.stores import Rows, activity, at

AT = "/v2/LeadManagement.svc"
LEAD = f"{AT}/Leads.GetById"
BY_EMAIL, BY_PHONE, BY_WORDS = (
    f"{AT}/{name}" for name in ("Leads.GetByEmailaddress", "RetrieveLeadByPhoneNumber", "Leads.GetByQuickSearch")
)
SEARCH, CHANGES, BY_IDS = (f"{AT}/{name}" for name in ("Leads.Get", "Leads.RecentlyModified", "Leads/Retrieve/ByIds"))
EVERY_FIELD = {"Columns": {"Include_CSV": "ProspectID,CreatedOn,mx_Budget,OwnerIdName,LeadAge,Groups,mx_Visit"}}


def read(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def refused(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    assert answer.json()["Status"] == "Error"
    return str(answer.json()["ExceptionMessage"])


def condition(name: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"Parameter": {"LookupName": name, "LookupValue": value, "SqlOperator": operator}} | more


def numbers(rows: Iterable[dict[str, Any]]) -> list[int]:
    return [int(row["ProspectID"].removeprefix("lead-")) for row in rows]


def reported(company: Caller, names: str = "ProspectID", **parts: Any) -> list[dict[str, Any]]:
    """The same of the list report."""
    return company.ask({"Output": {"Type": "List", "IncludeCSV": names}} | parts, LeadDistribution.path)[1]


def flat(lead: dict[str, Any]) -> dict[str, Any]:
    assert list(lead) == ["LeadPropertyList"]
    return {pair["Attribute"]: pair["Value"] for pair in lead["LeadPropertyList"]}


SAME: list[tuple[str, str, str]] = [
    ("ProspectStage", "=", "prospect"),
    ("ProspectStage", "=", ""),
    ("ProspectStage", "<>", "Customer"),
    ("ProspectStage", "<>", ""),
    ("Source", "=", "7.0"),
    ("Source", ">", "7"),
    ("EngagementScore", ">=", "20"),
    ("EngagementScore", "<", "10"),
    ("CreatedOn", ">", "2026-01-31 23:59:59"),
    ("CreatedOn", "<=", "2026-01-31 23:59:59"),
    ("OwnerId", "=", ANN.upper()),
    ("OwnerIdName", "=", "ann lee"),
    ("mx_City", "=", "nowhere"),
    ("mx_Budget", ">", "5"),
]


@pytest.mark.parametrize(("name", "operator", "value"), SAME)
def test_search__finds_what_the_report_finds(company: Caller, name: str, operator: str, value: str) -> None:
    one = {"LookUpName": name, "SqlOperator": operator, "LookUpValues": [value]}
    wanted = numbers(reported(company, ReportFilter={"LeadFilters": [one]}))
    assert numbers(read(company.post(SEARCH, condition(name, operator, value)))) == wanted
    assert wanted != numbers(LEADS)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("ProspectStage", "PROS", [1, 2, 3]),
        ("ProspectStage", "%spec%", [1, 2, 3]),
        ("ProspectStage", "oppo%", [4, 7]),
        ("ProspectStage", "%ITY", [4, 7]),
        ("ProspectStage", "%oppo", []),
        ("ProspectStage", "ity%", []),
        ("mx_City", "50_", [4]),
        ("mx_City", "5__", []),
        ("EngagementScore", "1%", [1, 9]),
        ("CreatedOn", "2026-02%", [3, 4, 6]),
        ("mx_City", "nothing of the kind", []),
    ],
)
def test_search__like(company: Caller, name: str, value: str, found: list[int]) -> None:
    assert numbers(read(company.post(SEARCH, condition(name, "like", value)))) == found


def test_search__sample_of_the_vendor(company: Caller) -> None:
    body = condition(
        "CreatedOn",
        ">",
        "2026-01-01 14:36:59",
        Columns={"Include_CSV": "ProspectID, FirstName, LastName, EmailAddress"},
        Sorting={"ColumnName": "CreatedOn", "Direction": "1"},
        Paging={"PageIndex": 1, "PageSize": 3},
    )
    rows = read(company.post(SEARCH, body))
    assert numbers(rows) == [10, 7, 4]
    assert list(rows[0]) == ["ProspectID", "FirstName", "LastName", "EmailAddress"]


def test_search__the_same_values_as_the_report(company: Caller) -> None:
    """Times have the fraction that lead reads of the service print, and no other value differs."""
    names = EVERY_FIELD["Columns"]["Include_CSV"]
    asked = read(company.post(SEARCH, condition("ProspectID", "<>", "", **EVERY_FIELD)))
    times = {"CreatedOn", "mx_Visit"}
    plain = [{n: v.removesuffix(".000") if n in times and v else v for n, v in row.items()} for row in asked]
    assert plain == reported(company, names)
    assert [row["CreatedOn"] for row in asked if row["CreatedOn"]] == [
        f"{lead['CreatedOn']}.000" for lead in LEADS if lead["CreatedOn"]
    ]


def test_search__all_stored_fields_by_default(company: Caller) -> None:
    (row,) = read(company.post(SEARCH, condition("ProspectID", "=", "lead-08")))
    assert [row] == read(company.get(LEAD, id="lead-08"))
    assert "OwnerIdName" not in row


def test_search__pages_are_every_lead_once(company: Caller) -> None:
    every = condition("ProspectID", "<>", "")
    pages = [
        [row["ProspectID"] for row in read(company.post(SEARCH, every | {"Paging": {"PageIndex": n, "PageSize": "4"}}))]
        for n in (1, 2, 3, 4)
    ]
    assert list(map(len, pages)) == [4, 4, 2, 0]
    assert [*chain(*pages)] == EVERYBODY


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Parameter: is mandatory"),
        ({"Query": {"LookupName": "ProspectStage"}}, "'Query' is not a member here; allowed: Parameter, Columns, Sor"),
        ({"Parameter": []}, "Parameter: must be an object"),
        ({"Parameter": {"LookupName": "Source"}}, "Parameter.LookupValue: is mandatory; Parameter.SqlOperator: is man"),
        (condition("Shoe", "=", "44"), "Parameter.LookupName: 'Shoe' is not a lead field; allowed: ProspectID, First"),
        (condition("Source", "in", "a"), "Parameter.SqlOperator: 'in' is not an operator here; allowed: =, LIKE, >, <"),
        (condition("Source", "=", ["a", "b"]), "Parameter.LookupValue: must be a string"),
        (condition("Source", "=", None), "Parameter.LookupValue: must be a string"),
        (condition("Source", ">", " "), "Parameter: LookupValue of Source: operator > takes a value that is not blank"),
        (condition("Source", "LIKE", "%%"), "Parameter: LookupValue of Source: operator LIKE takes a value that is no"),
        (condition("Source", "LIKE", "a%b"), "Parameter: LookupValue of Source: % may stand at the beginning, at the"),
        (condition("CreatedOn", ">", "soon"), "Parameter.LookupValue of CreatedOn: 'soon' is not a date"),
        (condition("Source", "=", "a", Columns={"Include_CSV": ""}), "Columns.Include_CSV: is mandatory"),
        (condition("Source", "=", "a", Columns={"Include_CSV": "Shoe"}), "Columns.Include_CSV: 'Shoe' is not a lead"),
        (condition("Source", "=", "a", Sorting={"ColumnName": "Shoe"}), "Sorting.ColumnName: 'Shoe' is not a lead f"),
        (condition("Source", "=", "a", Sorting=[]), "Sorting: must be an object"),
        (condition("Source", "=", "a", Paging={"PageSize": 1001}), "Paging.PageSize: Input should be less than or eq"),
        (condition("Source", "=", "a", Attribute="LeadType", Value="OT_1"), "'Attribute' is not a member here; allow"),
    ],
)
def test_search__mistakes(company: Caller, body: dict[str, Any], said: str) -> None:
    """Section 7: what is silently ignored answers everybody."""
    assert refused(company.post(SEARCH, body)).startswith(said)


def between(start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"Parameter": {"FromDate": start, "ToDate": end}} | more


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-02-20 00:00:00", "2026-02-20 00:00:00", [1]),
        ("2026-02-20 00:00:01", "2026-02-28 11:59:58", []),
        ("2026-01-15 10:00:00", "2026-02-01 00:00:00", [2, 3, 9]),
        ("2000-01-01 00:00:00", "2100-01-01 00:00:00", [1, 2, 3, 4, 6, 7, 8, 9, 10]),
    ],
)
def test_changes__by_the_last_change_with_both_ends(company: Caller, start: str, end: str, found: list[int]) -> None:
    answer = read(company.post(CHANGES, between(start, end)))
    assert list(answer) == ["RecordCount", "Leads"]
    assert (answer["RecordCount"], numbers(map(flat, answer["Leads"]))) == (len(found), found)
    dates = [{"DateField": "LeadModifiedOn", "FromDate": start, "ToDate": end}]
    assert numbers(reported(company, DateFilter=dates)) == found


def test_changes__sample_of_the_vendor(company: Caller) -> None:
    """Which sorts by a lead's number: without numbers, by when the leads came in."""
    body = between(
        "2026-01-01 00:00:00",
        "2026-12-31 00:00:00",
        Columns={"Include_CSV": "ProspectID,FirstName,ModifiedOn"},
        Paging={"PageIndex": 1, "PageSize": 2},
        Sorting={"ColumnName": "ProspectAutoId", "Direction": "1"},
    )
    answer = read(company.post(CHANGES, body))
    assert answer["RecordCount"] == 8
    assert [pair["Attribute"] for pair in answer["Leads"][0]["LeadPropertyList"]] == [
        "ProspectID",
        "FirstName",
        "ModifiedOn",
    ]
    assert numbers(map(flat, answer["Leads"])) == [10, 7]
    body["Paging"]["PageIndex"] = 4
    assert [flat(lead) for lead in read(company.post(CHANGES, body))["Leads"]] == [
        {"ProspectID": "lead-09", "FirstName": None, "ModifiedOn": "2026-01-15 10:00:00.000"},
        {"ProspectID": "lead-01", "FirstName": None, "ModifiedOn": f"{CHANGED}.000"},
    ]


def test_changes__by_number_where_leads_have_one(serve: Serve) -> None:
    leads = [{"ProspectID": f"lead-{n}", "ProspectAutoId": n * 7 % 5, "ModifiedOn": at("2026-01-01")} for n in range(5)]
    caller = serve(Rows(leads=leads, columns={"ProspectAutoId": "BIGINT"}))
    asked = between("2026-01-01 00:00:00", "2026-01-02 00:00:00", Sorting={"ColumnName": "prospectautoid"})
    assert numbers(map(flat, read(caller.post(CHANGES, asked))["Leads"])) == [0, 3, 1, 4, 2]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Parameter: is mandatory"),
        ({"Parameter": {"FromDate": "2026-01-01 00:00:00"}}, "Parameter.ToDate: is mandatory"),
        (between("2026-01-02 00:00:00", "2026-01-01 00:00:00"), "Parameter: FromDate can't be greater than ToDate."),
        (between("yesterday", "2026-01-01 00:00:00"), "Parameter.FromDate: 'yesterday' is not a date"),
        (
            between("2026-01-01 00:00:00", "2026-01-01 00:00:00", Paging={"PageSize": 5001}),
            "Paging.PageSize: Input should be less than or equal to 5000",
        ),
        (
            {
                "Parameter": {
                    "FromDate": "2026-01-01 00:00:00",
                    "ToDate": "2026-01-01 00:00:00",
                    "LookupName": "ProspectStage",
                }
            },
            "Parameter: 'LookupName' is not a member here; allowed: FromDate, ToDate",
        ),
        (
            between("2026-01-01 00:00:00", "2026-01-01 00:00:00", Attribute="LeadType", Value="OT_1"),
            "'Attribute' is not a member here; allowed: Parameter, Columns, Sorting, Paging",
        ),
    ],
)
def test_changes__mistakes(company: Caller, body: dict[str, Any], said: str) -> None:
    assert refused(company.post(CHANGES, body)).startswith(said)


def wanted(*ids: str, names: str = "ProspectID,ModifiedOn", **more: Any) -> dict[str, Any]:
    return {"SearchParameters": {"LeadIds": list(ids)}, "Columns": {"Include_CSV": names}} | more


def test_ids__flat_rows_of_the_leads_that_there_are(company: Caller) -> None:
    answer = read(company.post(BY_IDS, wanted("lead-02", "LEAD-01", "nobody", "lead-02")))
    assert answer == {
        "RecordCount": 2,
        "Leads": [
            {"ProspectID": "lead-01", "ModifiedOn": f"{CHANGED}.000"},
            {"ProspectID": "lead-02", "ModifiedOn": "2026-01-31 23:59:59.000"},
        ],
    }
    assert read(company.post(BY_IDS, wanted("nobody", ""))) == {"RecordCount": 0, "Leads": []}


def test_ids__as_many_as_the_vendor_allows(company: Caller) -> None:
    ids = [f"lead-{number:02}" for number in range(engines.fewer(10_000))]
    assert numbers(read(company.post(BY_IDS, wanted(*ids)))["Leads"]) == numbers(LEADS)
    page = read(company.post(BY_IDS, wanted(*ids, Paging={"PageIndex": 2, "PageSize": 4})))
    assert (page["RecordCount"], numbers(page["Leads"])) == (10, [5, 6, 7, 8])
    assert refused(company.post(BY_IDS, wanted(*["one more"] * 10_001))).startswith("SearchParameters.LeadIds: ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "SearchParameters: is mandatory; Columns: is mandatory"),
        ({"SearchParameters": {"LeadIds": ["a"]}}, "Columns: is mandatory"),
        (wanted(), "SearchParameters.LeadIds: must not be empty"),
        (wanted("a", names="Shoe"), "Columns.Include_CSV: 'Shoe' is not a lead field"),
        (wanted("a", Sorting={"ColumnName": "CreatedOn"}), "'Sorting' is not a member here; allowed: SearchParameters"),
        ({"SearchParameters": {"LeadIds": "a"}, "Columns": {"Include_CSV": "Source"}}, "SearchParameters.LeadIds: mu"),
    ],
)
def test_ids__mistakes(company: Caller, body: dict[str, Any], said: str) -> None:
    assert refused(company.post(BY_IDS, body)).startswith(said)


KNOWN = (
    {"FirstName": "Asha", "LastName": "Rao", "EmailAddress": "Asha@X.org", "Phone": "+91-9876543210"},
    {"FirstName": "Ravi", "EmailAddress": "ravi@x.org", "Phone": "9876543210", "mx_City": "Ashapur"},
    {"LastName": "Graotte", "Phone": "+1-5550001111", "Mobile": "(040) 123-4567"},
    {"EmailAddress": "ravi@x.org", "Phone": "4567", "Company": "50% Rao_Ltd"},
    {"Phone": None, "Company": " "},
)
PEOPLE = Rows(
    leads=[{"ProspectID": f"p{number}", **known} for number, known in enumerate(KNOWN, 1)],
    activities=[activity(1, "p1", 22, "2026-01-01 00:00:00"), activity(2, "p2", 2, "2026-02-01 00:00:00")],
    types=[{"ActivityEvent": 2, "ActivityEventName": "Visit"}, {"ActivityEvent": 22, "ActivityEventName": "Call"}],
    columns={"Mobile": "VARCHAR", "mx_City": "VARCHAR", "Company": "VARCHAR"},
)


@pytest.fixture(scope="module")
def people(serve: Serve) -> Caller:
    return serve(PEOPLE)


def ids(answer: Any) -> list[str]:
    return [row["ProspectID"] for row in read(answer)]


def test_email__every_stored_field_of_those_who_have_it(people: Caller) -> None:
    (asha,) = read(people.get(BY_EMAIL, emailaddress=" asha@x.ORG "))
    assert [asha] == read(people.get(LEAD, id="p1"))
    assert asha["ProspectActivityDate_Max"] == "2026-01-01 00:00:00.000"
    assert ids(people.get(BY_EMAIL, EmailAddress="ravi@x.org")) == ["p2", "p4"]
    for nobody in ("avi@x.org", "%", "x"):
        assert ids(people.get(BY_EMAIL, emailaddress=nobody)) == []
    assert refused(people.get(BY_EMAIL, emailaddress=" ")) == "emailaddress is mandatory in the query"


@pytest.mark.parametrize(
    ("phone", "found"),
    [
        ("9876543210", ["p2"]),  # of two the one whose last activity is the latest
        ("919876543210", ["p2"]),
        ("+91-9876543210", ["p2"]),
        ("15550001111", ["p3"]),
        ("5550001111", ["p3"]),
        ("0401234567", ["p3"]),
        ("4567", ["p4"]),
        ("567", []),
        ("50001111", []),
        ("10987654321", []),
        ("98765432", []),
        ("99919876543210", []),
        ("99876543210", ["p2"]),
    ],
)
def test_phone__with_or_without_the_code_of_the_country(people: Caller, phone: str, found: list[str]) -> None:
    assert ids(people.get(BY_PHONE, phone=phone)) == found


def test_phone__mistakes(people: Caller) -> None:
    assert refused(people.get(BY_PHONE)) == "phone is mandatory in the query"
    assert refused(people.get(BY_PHONE, phone="home")).startswith("phone: 'home' is not a phone number; allowed: its d")
    said = refused(people.get(BY_PHONE, phone="4567", searchByOtherField="true"))
    assert said.startswith("'searchbyotherfield' is not a parameter of the query here; allowed: phone, ")


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("asha", ["p1", "p2"]),
        ("ASHA RAO", ["p1"]),
        ("rao", ["p1", "p3", "p4"]),
        ("@x.org", ["p1", "p2", "p4"]),
        ("123-45", ["p3"]),
        ("%", ["p4"]),
        ("o_l", ["p4"]),
        ("nobody", []),
        ("p1", []),
    ],
)
def test_quick_search__anywhere_in_name_address_phone_company_or_city(
    people: Caller, key: str, found: list[str]
) -> None:
    assert ids(people.get(BY_WORDS, key=key)) == found


def test_quick_search__mistakes(people: Caller) -> None:
    assert refused(people.get(BY_WORDS)) == "key is mandatory in the query"
    assert refused(people.get(BY_WORDS, key="a", value="b")).startswith("'value' is not a parameter of the query here;")


def test_answers_without_pages__are_not_cut(serve: Serve) -> None:
    leads = [{"ProspectID": f"p{n:04}", "FirstName": "Asha", "EmailAddress": "all@x.org"} for n in range(1001)]
    caller = serve(Rows(leads=leads[1:]))
    assert ids(caller.get(BY_WORDS, key="ash")) == ids(caller.get(BY_EMAIL, emailaddress="all@x.org"))
    assert len(ids(caller.get(BY_WORDS, key="ash"))) == 1000
    caller = serve(Rows(leads=leads))
    assert refused(caller.get(BY_WORDS, key="ash")).startswith("key: more than 1,000 leads contain 'ash'; this answer")
    assert refused(caller.get(BY_EMAIL, emailaddress="all@x.org")).startswith("emailaddress: 1,001 leads have 'all@")
