"""The calls under /v2, against sections 1 and 4 to 7 of the wire notes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lsq_api.contract.lookups import Account
from lsq_api.contract.operators import USER_OPERATORS
from tests.conftest import KEYS, Caller, Serve
from tests.contract.company import ANN, BOB, BOSS, EVE, GONE, LEADS
from tests.stores import Rows, activity, at

USERS, LEADS_OF, ACTIVITIES = "/v2/UserManagement.svc", "/v2/LeadManagement.svc", "/v2/ProspectActivity.svc"
SEARCH = f"{USERS}/User/AdvancedSearch"
USER = f"{USERS}/User/Retrieve/ByUserId"
TEAM = f"{USERS}/ReportingHierarchy/RetrieveAllReportingUsers"
FIELDS = f"{LEADS_OF}/LeadsMetaData.Get"
LEAD = f"{LEADS_OF}/Leads.GetById"
TYPES = f"{ACTIVITIES}/ActivityTypes.Get"
TIMELINE = f"{ACTIVITIES}/Retrieve"
BY_CODE = f"{ACTIVITIES}/CustomActivity/RetrieveByActivityEvent"
ACCOUNT = "/v2/Authentication.svc/UserByAccessKey.Get"
USER_KEYS = {
    "UserId",
    "FirstName",
    "LastName",
    "EmailAddress",
    "Role",
    "StatusCode",
    "AssociatedPhoneNumbers",
    "PhoneMain",
    "PhoneMobile",
    "TeamId",
    "ManagerUserId",
    "Groups",
    "EmployeeId",
    "Department",
    "Designation",
    "CreatedOn",
}


def utc(text: str) -> datetime:
    return at(text).replace(tzinfo=UTC)


def read(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def refused(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    assert answer.json()["Status"] == "Error"
    return str(answer.json()["ExceptionMessage"])


def test_users_get__bare_array_with_a_number_as_status(company: Caller) -> None:
    users = {user["ID"]: user for user in read(company.get(f"{USERS}/Users.Get"))}
    assert set(users) == {BOSS, ANN, BOB, EVE, GONE}
    assert users[EVE] == {
        "ID": EVE,
        "FirstName": "Eve",
        "LastName": "O'Hara",
        "EmailAddress": None,
        "Role": "Sales_User",
        "StatusCode": 1,
        "MemberOfGroups": ["North", "South"],
        "Tag": None,
        "IsPhoneCallAgent": False,
    }
    assert users[GONE]["FirstName"] is None
    assert users[GONE]["StatusCode"] == 0


def test_user__by_id(company: Caller) -> None:
    (ann,) = read(company.get(USER, userId=ANN.upper()))
    assert {name: value for name, value in ann.items() if value not in (None, [])} == {
        "UserId": ANN,
        "FirstName": "Ann",
        "LastName": "Lee",
        "EmailAddress": "ann@x.org",
        "Role": "Sales_User",
        "StatusCode": 0,
        "ManagerUserId": BOSS,
        "ManagerName": "Bo Ss",
        "CreatedOn": "2020-05-06 07:08:09",
    }
    assert read(company.get(USER, userId=GONE))[0]["Groups"] == []


def test_user__groups_as_a_list(serve: Serve) -> None:
    caller = serve(Rows(leads=[], users=[{"UserId": "u1", "StatusCode": "0", "Groups": "North, South"}]))
    assert read(caller.get(USER, userid="u1"))[0]["Groups"] == [{"Name": "North"}, {"Name": "South"}]


@pytest.mark.parametrize("user", [EVE, "nobody", f"{ANN},{BOSS}"])
def test_user__inactive_or_unknown(company: Caller, user: str) -> None:
    """Section 4.3: an inactive user is not answered."""
    assert read(company.get(USER, userId=user)) == []


def test_user__is_mandatory(company: Caller) -> None:
    assert refused(company.get(USER)) == "userId is mandatory in the query"
    assert refused(company.get(USER, id=ANN)).startswith("'id' is not a parameter of the query here; allowed: userId, ")


def search(company: Caller, **body: Any) -> list[dict[str, Any]]:
    answer = read(company.post(SEARCH, body))
    assert answer["RecordCount"] >= len(answer["Users"])
    return list(answer["Users"])


def condition(name: str, operator: str, value: str | None, joins: str | None = None) -> dict[str, Any]:
    return {"LookupName": name, "Operator": operator, "LookupValue": value, "ConditionOperator": joins}


def test_user_search__all_attributes_with_status_and_date_as_text(company: Caller) -> None:
    (bob,) = search(company, GroupConditions=[{"Condition": [condition("FirstName", "lik", "BO", "AND")] * 2}])[1:]
    assert set(bob) == USER_KEYS | {"ManagerName"}
    assert {name: value for name, value in bob.items() if value is not None} == {
        "UserId": BOB,
        "FirstName": "Bob",
        "EmailAddress": "Bob@X.org",
        "Role": "Sales_User",
        "StatusCode": "0",
        "TeamId": "t-2",
        "ManagerUserId": ANN,
        "ManagerName": "Ann Lee",
        "CreatedOn": "2020-05-06 07:08:09",
    }


def test_user_search__sample_of_the_vendor(company: Caller) -> None:
    body = {
        "Columns": {"Include_CSV": "UserID,FirstName,LastName"},
        "GroupConditions": [
            {
                "Condition": [
                    condition("FirstName", "lik", "Bo", "OR"),
                    condition("AssociatedPhoneNumbers", "lik", "23", None),
                ],
                "GroupOperator": None,
            }
        ],
        "GroupOperator": None,
        "Sorting": [{"ColumnName": "FirstName", "Direction": 0}],
        "Paging": {"PageIndex": 1, "PageSize": 5},
    }
    answer = read(company.post(SEARCH, body))
    assert answer["RecordCount"] == 2
    assert [(user["UserId"], user["FirstName"], user["LastName"]) for user in answer["Users"]] == [
        (BOSS, "Bo", "Ss"),
        (BOB, "Bob", None),
    ]
    assert set(answer["Users"][0]) == USER_KEYS
    assert {answer["Users"][0][name] for name in USER_KEYS - {"UserId", "FirstName", "LastName"}} == {None}


@pytest.mark.parametrize("names", ["FirstName", " manageruserid ,firstname"])
def test_user_search__attributes_not_asked_for_are_null(company: Caller, names: str) -> None:
    (bob,) = search(
        company,
        Columns={"Include_CSV": names},
        GroupConditions=[{"Condition": [condition("UserID", "eq", BOB)]}],
    )
    assert (bob["FirstName"], bob["EmailAddress"], bob["CreatedOn"]) == ("Bob", None, None)
    assert bob.get("ManagerName") == ("Ann Lee" if "manager" in names else None)


@pytest.mark.parametrize(
    ("sorting", "names"),
    [
        ([{"ColumnName": "FirstName", "Direction": "1"}], ["Eve", "Bob", "Bo", "Ann", None]),
        (
            [{"ColumnName": "StatusCode", "Direction": 1}, {"ColumnName": "firstname"}],
            ["Eve", "Ann", "Bo", "Bob", None],
        ),
        ([], ["Bo", "Ann", "Bob", "Eve", None]),
        ([{"ColumnName": "UserId", "Direction": 1}], [None, "Eve", "Bob", "Ann", "Bo"]),
        ([{"ColumnName": "FirstName"}, {"ColumnName": "FirstName"}], ["Ann", "Bo", "Bob", "Eve", None]),
        ([{"ColumnName": "CreatedOn"}, {"ColumnName": "CreatedOn"}], ["Bo", "Ann", "Bob", "Eve", None]),
    ],
)
def test_user_search__sorting(company: Caller, sorting: list[dict[str, Any]], names: list[str | None]) -> None:
    assert [user["FirstName"] for user in search(company, Sorting=sorting)] == names


BY_OPERATOR: dict[str, list[tuple[str, str | None, list[str]]]] = {
    "eq": [("FirstName", "bo, EVE", [BOSS, EVE]), ("StatusCode", "1.0", [EVE])],
    "neq": [("FirstName", "bo,eve", [ANN, BOB, GONE]), ("UserID", ANN, [BOSS, BOB, EVE, GONE])],
    "in": [("UserId", f"{ANN.upper()},{BOB}", [ANN, BOB]), ("FirstName", "a,b", [])],
    "lik": [("FirstName", " B ", [BOSS, BOB]), ("LastName", "o'", [EVE])],
    "nlik": [("FirstName", "b", [ANN, EVE, GONE]), ("EmailAddress", "@x", [EVE, GONE])],
    "def": [("TeamId", None, [BOB]), ("EmailAddress", "ignored", [BOSS, ANN, BOB])],
    "ndef": [("LastName", None, [BOB, GONE]), ("FirstName", "", [GONE])],
    "gt": [("FirstName", "Bo", [BOB, EVE]), ("CreatedOn", "2020-05-06", [BOSS, ANN, BOB, EVE])],
    "lt": [("FirstName", "bo", [ANN]), ("StatusCode", "1", [BOSS, ANN, BOB, GONE])],
    "gteq": [("FirstName", "BO", [BOSS, BOB, EVE]), ("StatusCode", "1", [EVE])],
    "lteq": [("FirstName", "bo", [BOSS, ANN]), ("CreatedOn", "2020-05-06 07:08:08", [])],
}


def test_user_search__every_operator_is_tried() -> None:
    assert set(BY_OPERATOR) == set(USER_OPERATORS)


@pytest.mark.parametrize(
    ("operator", "name", "value", "found"),
    [(operator, *case) for operator, cases in BY_OPERATOR.items() for case in cases],
)
def test_user_search__finds(company: Caller, operator: str, name: str, value: str | None, found: list[str]) -> None:
    users = search(company, GroupConditions=[{"Condition": [condition(name, operator, value)]}])
    assert [user["UserId"] for user in users] == found


def test_user_search__pages(company: Caller) -> None:
    pages = [
        [user["UserId"] for user in search(company, Paging={"PageIndex": index, "PageSize": 2})]
        for index in range(1, 5)
    ]
    assert pages == [[BOSS, ANN], [BOB, EVE], [GONE], []]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"Paging": {"PageSize": 1001}}, "Paging.PageSize: Input should be less than or equal to 1000"),
        ({"Columns": {"Include_CSV": "ManagerName"}}, "Columns.Include_CSV: 'ManagerName' is not a user attribute; al"),
        ({"Sorting": [{"ColumnName": "Shoe"}]}, "Sorting.ColumnName: 'Shoe' is not a user attribute; allowed: UserId"),
        (
            {"GroupConditions": [{"Condition": [condition("Shoe", "eq", "44")]}]},
            "GroupConditions[0].Condition[0].LookupName: 'Shoe' is not a user attribute; allowed: UserId, FirstName",
        ),
        (
            {"GroupConditions": [{"Condition": [condition("FirstName", "like", "x")]}]},
            "GroupConditions[0].Condition[0].Operator: 'like' is not an operator here; allowed: gt, lt, gteq, l",
        ),
        (
            {"GroupConditions": [{"Condition": [condition("CreatedOn", "gt", "soon")]}]},
            "GroupConditions[0].Condition[0].LookupValue of CreatedOn: 'soon' is not a date",
        ),
        ({"Query": {}}, "'Query' is not a member here; allowed: Columns, GroupConditions, GroupOperator, Sorting, Pag"),
    ],
)
def test_user_search__mistakes(company: Caller, body: dict[str, Any], said: str) -> None:
    """Section 7: a wrapper that is silently ignored answers everybody."""
    assert refused(company.post(SEARCH, body)).startswith(said)


@pytest.mark.parametrize(
    ("manager", "team"),
    [
        (BOSS, [ANN, BOB]),
        (BOSS.upper(), [ANN, BOB]),
        (ANN, [BOB]),
        (BOB, []),
        ("unknown", []),
        (None, [BOSS, ANN, BOB, EVE, GONE]),
    ],
)
def test_team__everybody_below_at_any_depth(company: Caller, manager: str | None, team: list[str]) -> None:
    assert read(company.get(TEAM, **({"UserId": manager} if manager else {}))) == team


def test_team__circle_of_managers_ends(serve: Serve) -> None:
    users = [{"UserId": name, "ManagerUserId": manager} for name, manager in ("ab", "bc", "ca", "dd")]
    caller = serve(Rows(leads=[], users=users))
    assert read(caller.get(TEAM, UserId="a")) == ["b", "c"]
    assert read(caller.get(TEAM, userid="d")) == []


def test_fields__what_can_be_filtered_with_types_and_options(company: Caller) -> None:
    fields = {field["SchemaName"]: field for field in read(company.get(FIELDS))}
    assert set(LEADS[0]) <= set(fields)
    assert fields["ProspectStage"] == {
        "SchemaName": "ProspectStage",
        "DisplayName": "Lead Stage",
        "DataType": "Select",
        "IsMandatory": False,
        "EntityAttributeType": 1,
        "Name": "ProspectStage",
        "IsVisible": True,
        "IsSortable": True,
        "Options": [{"Value": value} for value in fields_options()],
    }
    kinds = {
        name: fields[name]["DataType"] for name in ("mx_City", "mx_Budget", "mx_Visit", "mx_Due", "OwnerId", "LeadAge")
    }
    rendered = {name: field.get("RenderTypeTextValue") for name, field in fields.items()}
    assert (rendered["mx_Visit"], rendered["mx_Due"], rendered["mx_City"]) == ("DateTime", "Date", None)
    assert kinds == {
        "mx_City": "Text",
        "mx_Budget": "Number",
        "mx_Visit": "DateTime",
        "mx_Due": "Date",
        "OwnerId": "ActiveUsers",
        "LeadAge": "Number",
    }
    assert fields["mx_City"]["EntityAttributeType"] == 2
    assert "Options" not in fields["mx_City"]


def fields_options() -> list[str]:
    return sorted({lead["ProspectStage"] for lead in LEADS if lead["ProspectStage"]}, key=lambda v: (v.lower(), v))


@pytest.mark.parametrize("flag", ["1", "true"])
def test_fields__without_options(company: Caller, flag: str) -> None:
    assert not any("Options" in field for field in read(company.get(FIELDS, excludeOptionSets=flag)))
    assert any("Options" in field for field in read(company.get(FIELDS, excludeOptionSets="0")))


def test_fields__one(company: Caller) -> None:
    (field,) = read(company.get(FIELDS, schemaName=" mx_city "))
    assert field["DisplayName"] == "City"
    assert refused(company.get(FIELDS, schemaName="Nope")).startswith("schemaName: 'Nope' is not a lead field; all")


def test_lead__array_of_one_or_none(company: Caller) -> None:
    (lead,) = read(company.get(LEAD, id="lead-08"))
    assert lead["ProspectID"] == "lead-08"
    assert lead["CreatedOn"] == "2025-12-31 23:59:59.000"
    assert lead["mx_Visit"] == "2026-02-10 08:00:00.000"
    assert lead["EngagementScore"] == "9"
    assert lead["mx_City"] is None
    assert set(LEADS[0]) <= set(lead)
    assert read(company.get(LEAD, id="nobody")) == []
    assert refused(company.get(LEAD)) == "id is mandatory in the query"
    assert refused(company.get(LEAD, id=" ")) == "id is mandatory in the query"


def test_activity_types__code_is_a_number(company: Caller) -> None:
    types = read(company.get(TYPES))
    assert [(one["ActivityEvent"], one["EventType"]) for one in types] == [(2, 0), (21, 1), (22, 1), (201, 2)]
    assert types[2] == {
        "ActivityEvent": 22,
        "ActivityEventName": "Outbound Phone Call Activity",
        "DisplayName": "Outbound Call",
        "EventType": 1,
    }
    assert "DisplayName" not in types[0]


def test_timeline__newest_first(company: Caller) -> None:
    answer = read(company.post(TIMELINE, {}, leadId="lead-08"))
    assert answer["RecordCount"] == 3
    assert [row["Id"] for row in answer["ProspectActivities"]] == ["act-006", "act-005", "act-004"]
    (row,) = read(company.post(TIMELINE, {}, leadId="lead-02"))["ProspectActivities"]
    assert row == {
        "Id": "act-001",
        "EventCode": 22,
        "EventName": "Outbound Call",
        "CreatedOn": "2026-02-01 10:00:00.000",
        "ModifiedOn": "2026-02-01 10:00:00.000",
        "ActivityType": 1,
        "Type": "Outbound",
        "RelatedProspectId": "lead-02",
        "CreatedBy": ANN,
        "CreatedByName": "Ann Lee",
        "Note": "Not reached",
        "Status": "Busy",
        "Data": [
            {"Key": "NotableEventDescription", "Value": "Not reached"},
            {"Key": "CreatedByName", "Value": "Ann Lee"},
            {"Key": "Status", "Value": "Busy"},
            {"Key": "Owner", "Value": BOB},
            {"Key": "mx_Custom_1", "Value": "+91-98"},
        ],
        "ActivityFields": {
            "ActivityEvent_Note": "Not reached",
            "Status": "Busy",
            "Owner": BOB,
            "mx_Custom_1": "+91-98",
        },
    }


def test_timeline__what_only_phone_calls_tell(company: Caller) -> None:
    rows = read(company.post(TIMELINE, {}, leadId="lead-09"))["ProspectActivities"]
    assert [(row["EventCode"], row["Type"], row["ActivityType"]) for row in rows] == [
        (21, "Inbound", 1),
        (201, None, 2),
    ]
    assert [row["ActivityFields"] for row in rows] == [{}, {}]
    assert rows[0]["Data"] == [{"Key": "CreatedByName", "Value": "Bob"}]


def test_timeline__without_empty_values(company: Caller) -> None:
    asked = {"Parameter": {"ActivityEvent": 201, "RemoveEmptyValue": True}}
    (row,) = read(company.post(TIMELINE, asked, leadId="lead-09"))["ProspectActivities"]
    assert {"Type", "Note", "Status"}.isdisjoint(row)
    assert row["CreatedBy"] == BOB
    assert row["ActivityFields"] == {}


@pytest.mark.parametrize(
    ("sorting", "ids"),
    [
        ({"ColumnName": "CreatedOn", "Direction": "0"}, ["act-004", "act-005", "act-006"]),
        ({"ColumnName": "ActivityEvent", "Direction": 1}, ["act-005", "act-004", "act-006"]),
        ({"ColumnName": "modifiedon", "Direction": "1"}, ["act-005", "act-006", "act-004"]),
    ],
)
def test_timeline__sorting(company: Caller, sorting: dict[str, Any], ids: list[str]) -> None:
    rows = read(company.post(TIMELINE, {"Sorting": sorting}, leadId="lead-08"))["ProspectActivities"]
    assert [row["Id"] for row in rows] == ids


def test_timeline__as_many_as_the_vendor_answers_without_paging(serve: Serve) -> None:
    many = [activity(number, "a", 21, f"2026-01-01 00:00:{number:02}") for number in range(27)]
    caller = serve(Rows(leads=[{"ProspectID": "a"}], activities=many))
    for answer in (caller.post(TIMELINE, {}, leadId="a"), caller.http.post(TIMELINE, params=KEYS | {"leadId": "a"})):
        assert (read(answer)["RecordCount"], len(read(answer)["ProspectActivities"])) == (27, 25)
    pages = [
        [
            row["Id"]
            for row in read(caller.post(TIMELINE, {"Paging": {"PageIndex": n, "PageSize": "10"}}, leadId="a"))[
                "ProspectActivities"
            ]
        ]
        for n in (1, 2, 3, 4)
    ]
    assert list(map(len, pages)) == [10, 10, 7, 0]
    assert [one for page in pages for one in page] == [f"act-{number:03}" for number in reversed(range(27))]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"Paging": {"Offset": 0, "PageSize": 10}},
            "Paging: takes Offset and RowCount, or PageIndex and PageSize; not",
        ),
        ({"Paging": {"PageIndex": 0}}, "Paging.PageIndex: Input should be greater than or equal to 1"),
        ({"Paging": {"PageSize": 1001}}, "Paging.PageSize: Input should be less than or equal to 1000"),
        (
            {"Sorting": {"ColumnName": "Shoe"}},
            "Sorting.ColumnName: 'Shoe' is not a column of this answer; allowed: Pros",
        ),
        ({"Parameter": {"RemoveEmptyValue": "perhaps"}}, "Parameter.RemoveEmptyValue: Input should be a valid boolean"),
        (
            {"Parameter": {"FromDate": "2026-01-01 00:00:00"}},
            "Parameter: 'FromDate' is not a member here; allowed: Act",
        ),
    ],
)
def test_timeline__mistakes(company: Caller, body: dict[str, Any], said: str) -> None:
    assert refused(company.post(TIMELINE, body, leadId="lead-08")).startswith(said)


@pytest.mark.parametrize(
    ("body", "total", "ids"),
    [
        ({"Parameter": {"ActivityEvent": 22}}, 2, ["act-005", "act-004"]),
        ({"Parameter": {"ActivityEvent": "22"}, "Paging": {"Offset": "1", "RowCount": "10"}}, 2, ["act-004"]),
        ({"Paging": {"Offset": 0, "RowCount": 1}}, 3, ["act-006"]),
        ({"Paging": {"Offset": 3, "RowCount": 5}}, 3, []),
        ({"Paging": {"Offset": 2**63, "RowCount": 5}}, 3, []),
        ({"Parameter": {"ActivityEvent": 999}}, 0, []),
        ({"Parameter": {"ActivityEvent": 2**40}}, 0, []),
    ],
)
def test_timeline__code_offset_and_count(company: Caller, body: dict[str, Any], total: int, ids: list[str]) -> None:
    answer = read(company.post(TIMELINE, body, leadId="lead-08"))
    assert (answer["RecordCount"], [row["Id"] for row in answer["ProspectActivities"]]) == (total, ids)


def test_timeline__lead_without_activity_and_no_lead(company: Caller) -> None:
    for lead in ("lead-01", "nobody"):
        assert read(company.post(TIMELINE, {}, leadId=lead)) == {"RecordCount": 0, "ProspectActivities": []}
    assert refused(company.post(TIMELINE, {})) == "leadId is mandatory in the query"
    said = refused(company.post(TIMELINE, {"Paging": {"RowCount": 1001}}, leadId="lead-01"))
    assert said == "Paging.RowCount: Input should be less than or equal to 1000"


def window(code: int, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {"Parameter": {"FromDate": start, "ToDate": end, "ActivityEvent": code}} | more


def test_activities__by_the_time_of_their_last_change(company: Caller) -> None:
    """Section 6: the window is on ModifiedOn, both ends included; activity 5 was made on the 15th."""
    answer = read(company.post(BY_CODE, window(22, "2026-02-20 00:00:00", "2026-02-20 00:00:00")))
    assert answer["RecordCount"] == 1
    (row,) = answer["List"]
    assert row == {
        "ProspectActivityId": "act-005",
        "RelatedProspectId": "lead-08",
        "ActivityEvent": "22",
        "ActivityEvent_Note": None,
        "Status": None,
        "CreatedOn": "2026-02-15 23:59:59",
        "ModifiedOn": "2026-02-20 00:00:00",
        "CreatedBy": ANN,
        "CreatedByName": "Ann Lee",
        "CreatedByEmailAddress": "ann@x.org",
        "Owner": None,
        "mx_Custom_1": None,
        "ActivityType": "1",
    }
    assert read(company.post(BY_CODE, window(22, "2026-02-15 00:00:00", "2026-02-16 00:00:00"))) == {"RecordCount": 0}


def test_activities__with_an_owner_and_without_empty_values(company: Caller) -> None:
    asked = {"Parameter": window(22, "2026-02-01 00:00:00", "2026-02-20 00:00:00")["Parameter"]}
    full = read(company.post(BY_CODE, asked))["List"]
    assert [(row["Owner"], row["mx_Custom_1"]) for row in full] == [(None, None), (BOB, "+91-98")]
    asked["Parameter"]["RemoveEmptyValue"] = True
    bare = read(company.post(BY_CODE, asked))["List"]
    assert bare == [{name: value for name, value in row.items() if value is not None} for row in full]
    assert bare[0].keys() < full[0].keys()
    asked["Parameter"]["RemoveEmptyValue"] = False
    assert read(company.post(BY_CODE, asked))["List"] == full


def test_activities__pages_by_number(serve: Serve) -> None:
    many = [activity(number, "a", 21, f"2026-01-01 00:00:{number:02}") for number in range(7)]
    caller = serve(Rows(leads=[{"ProspectID": "a"}], activities=many))
    whole = window(21, "2026-01-01 00:00:00", "2026-01-02 00:00:00")
    seen = []
    for index in (1, 2, 3):
        answer = read(caller.post(BY_CODE, whole | {"Paging": {"PageIndex": index, "PageSize": 3}}))
        assert answer["RecordCount"] == 7
        seen += [row["ProspectActivityId"] for row in answer["List"]]
    assert seen == [f"act-{number:03}" for number in reversed(range(7))]
    past = read(caller.post(BY_CODE, whole | {"Paging": {"PageIndex": 4, "PageSize": 3}}))
    assert past == {"RecordCount": 7}


@pytest.mark.parametrize(
    ("column", "direction", "ids"),
    [
        ("CreatedOn", "0", ["act-001", "act-002", "act-003"]),
        ("createdon", 1, ["act-003", "act-002", "act-001"]),
        ("ModifiedOn", "0", ["act-003", "act-002", "act-001"]),
        ("Status", "0", ["act-002", "act-001", "act-003"]),
    ],
)
def test_activities__sorting(serve: Serve, column: str, direction: Any, ids: list[str]) -> None:
    """A member that silently does nothing is a known way to lose rows: the caller pages in the order it asked for."""
    rows = [
        activity(number, "a", 21, f"2026-01-0{number} 00:00:00", ModifiedOn=at(f"2026-02-0{9 - number}"), Status=status)
        for number, status in ((1, "b"), (2, "A"), (3, None))
    ]
    caller = serve(Rows(leads=[{"ProspectID": "a"}], activities=rows))
    sorting = {"ColumnName": column, "Direction": direction}
    answer = read(caller.post(BY_CODE, window(21, "2026-01-01 00:00:00", "2026-03-01 00:00:00", Sorting=sorting)))
    assert [row["ProspectActivityId"] for row in answer["List"]] == ids


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Parameter: is mandatory"),
        ({"Parameter": {"ActivityEvent": 22}}, "Parameter.FromDate: is mandatory; Parameter.ToDate: is mandatory"),
        (
            {"Parameter": {"FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-01 00:00:00"}},
            "Parameter.ActivityEvent: is mandatory",
        ),
        (window(22, "2026-01-02 00:00:00", "2026-01-01 00:00:00"), "Parameter: FromDate can't be greater than ToDate."),
        (window(22, "2026-01-01", "2026-01-02"), "Parameter.FromDate: '2026-01-01' is not a date"),
        (
            window(22, "2026-01-01 00:00:00", "2026-01-02 00:00:00", Paging={"PageSize": 1001}),
            "Paging.PageSize: Input should be less than or equal to 1000",
        ),
        (
            window(22, "2026-01-01 00:00:00", "2026-01-02 00:00:00", Sorting={"ColumnName": "Shoe"}),
            "Sorting.ColumnName: 'Shoe' is not a column of this answer; allowed: ProspectActivityId, ",
        ),
    ],
)
def test_activities__mistakes(company: Caller, body: dict[str, Any], said: str) -> None:
    assert refused(company.post(BY_CODE, body)).startswith(said)


def test_account__who_and_where(company: Caller) -> None:
    account = read(company.get(ACCOUNT))
    assert account["OrgDisplayName"] == "Test rows"
    assert account["TimeZone"] == "UTC"
    assert account["LSQCommonServiceURLs"] == {"Api": str(company.http.base_url).rstrip("/")}
    assert {"Id", "FirstName", "LastName", "EmailAddress", "Role"} <= set(account)


def test_account__says_which_extensions_there_are(serve: Serve, company: Caller) -> None:
    known = ["ActivityCreatedOn", "Sorting", "LeadFilters <>", "LeadFilters out", "ActivityCoverage", "ActivityMakers"]
    known += ["LastContactOn", "Minimum", "AllLeads", "ActivityOutcome", "ContactTries", "Reports"]
    assert read(company.get(ACCOUNT))["Extensions"] == known
    assert read(serve(strict=True).get(ACCOUNT))["Extensions"] == []


def ended(count: int, *, busy: int = 0) -> dict[str, int]:
    """What is said of the outcomes of the company's activities of a code."""
    return {"Count": count, "Answered": 0, "NotAnswered": busy, "Timed": 0}


def test_account__says_which_activities_are_known(company: Caller, serve: Serve) -> None:
    said = read(company.get(ACCOUNT))
    assert said["ActivityCoverage"] == {
        "Count": 8,
        "Since": "2026-01-05 09:00:00",
        "Until": "2026-03-01 12:00:01",
        "LeadsSince": "2025-12-31 23:59:59",
        "Codes": [
            {"ActivityEvent": 2, "Since": "2026-02-16 00:00:00", "Until": "2026-03-01 12:00:00", **ended(2)},
            {"ActivityEvent": 21, "Since": "2026-02-01 10:00:00", "Until": "2026-03-01 12:00:01", **ended(2)},
            {"ActivityEvent": 22, "Since": "2026-01-05 09:00:00", "Until": "2026-02-15 23:59:59", **ended(3, busy=1)},
            {"ActivityEvent": 201, "Since": "2026-01-20 09:00:00", "Until": "2026-01-20 09:00:00", **ended(1)},
        ],
    }
    coverage = Account.read(said).coverage
    assert coverage is not None
    assert coverage.of([21, 201]) == (utc("2026-01-20 09:00:00"), utc("2026-03-01 12:00:01"))
    assert coverage.wire() == said["ActivityCoverage"]
    strict = read(serve(strict=True).get(ACCOUNT))
    assert "ActivityCoverage" not in strict
    assert Account.read(strict).coverage is None


def test_account__knows_no_activity_where_none_was_imported(serve: Serve) -> None:
    said = read(serve(Rows(leads=[{"ProspectID": "p1"}])).get(ACCOUNT))
    nothing = {"Count": 0, "Since": None, "Until": None, "LeadsSince": None, "Codes": []}
    assert said["ActivityCoverage"] == nothing
    coverage = Account.read(said).coverage
    assert coverage is not None
    assert coverage.of() is None


def test_account__times_of_the_first_year_are_read_again(serve: Serve) -> None:
    """Some systems write 0001-01-01 for no time."""
    rows = Rows(
        leads=[{"ProspectID": "p1", "CreatedOn": at("0001-01-01 00:00:00")}],
        activities=[activity(1, "p1", 22, "0001-01-01 00:00:00")],
    )
    coverage = Account.read(read(serve(rows).get(ACCOUNT))).coverage
    assert coverage is not None
    assert (coverage.of(), coverage.leads_since) == ((utc("0001-01-01 00:00:00"),) * 2, utc("0001-01-01 00:00:00"))
