import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from lsq_api.server.app import MAX_BODY
from tests.conftest import ACCESS, KEYS, NOT_CONTACTED, SECRET, Caller, Serve
from tests.stores import Rows

LIST = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}}
JSON = {"Content-Type": "application/json"}
WRONG_KEYS = "The API call was made with invalid access credentials. Check your AccessKey and SecretKey."
NO_SUCH_API = "The API could not be found. Please check the API signature."

CALLS = [
    ("POST", NOT_CONTACTED),
    ("POST", "/Leads/LeadDistribution/FilterByLeadField"),
    ("GET", "/v2/UserManagement.svc/Users.Get"),
    ("POST", "/v2/UserManagement.svc/User/AdvancedSearch"),
    ("GET", "/v2/UserManagement.svc/User/Retrieve/ByUserId"),
    ("GET", "/v2/UserManagement.svc/ReportingHierarchy/RetrieveAllReportingUsers"),
    ("GET", "/v2/LeadManagement.svc/LeadsMetaData.Get"),
    ("GET", "/v2/LeadManagement.svc/Leads.GetById"),
    ("GET", "/v2/LeadManagement.svc/Leads.GetByEmailaddress"),
    ("GET", "/v2/LeadManagement.svc/RetrieveLeadByPhoneNumber"),
    ("GET", "/v2/LeadManagement.svc/Leads.GetByQuickSearch"),
    ("POST", "/v2/LeadManagement.svc/Leads.Get"),
    ("POST", "/v2/LeadManagement.svc/Leads.RecentlyModified"),
    ("POST", "/v2/LeadManagement.svc/Leads/Retrieve/ByIds"),
    ("GET", "/v2/ProspectActivity.svc/ActivityTypes.Get"),
    ("POST", "/v2/ProspectActivity.svc/Retrieve"),
    ("POST", "/v2/ProspectActivity.svc/CustomActivity/RetrieveByActivityEvent"),
    ("GET", "/v2/Authentication.svc/UserByAccessKey.Get"),
]
POSTED = [path for method, path in CALLS if method == "POST"]
BODILESS = ["/v2/UserManagement.svc/User/AdvancedSearch", "/v2/ProspectActivity.svc/Retrieve"]


def queried(path: str) -> dict[str, str]:
    """The keys, and a lead where the call wants one."""
    return KEYS | ({"leadId": "lead-01"} if path == "/v2/ProspectActivity.svc/Retrieve" else {})


def envelope(answer: httpx.Response, status: int, type_: str) -> str:
    """The message of an error, after a look at everything around it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    read = answer.json()
    assert list(read) == ["Status", "ExceptionType", "ExceptionMessage"]
    assert (read["Status"], read["ExceptionType"]) == ("Error", type_)
    assert ACCESS not in answer.text
    assert SECRET not in answer.text
    return str(read["ExceptionMessage"])


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({}, {}),
        ({"accessKey": ACCESS}, {}),
        ({"secretKey": SECRET}, {}),
        ({"accessKey": "", "secretKey": ""}, {}),
        ({"accessKey": SECRET, "secretKey": ACCESS}, {}),
        ({"accessKey": ACCESS, "secretKey": SECRET.upper()}, {}),
        ({"accessKey": ACCESS, "secretKey": "é€😀"}, {}),
        ({}, {"x-LSQ-AccessKey": ACCESS, "x-LSQ-SecretKey": "x"}),
        ({"accessKey": "x"}, {"x-LSQ-AccessKey": ACCESS, "x-LSQ-SecretKey": "x"}),
    ],
)
def test_401__missing_half_or_wrong_keys(
    company: Caller, method: str, path: str, query: dict[str, str], headers: dict[str, str]
) -> None:
    answer = company.http.request(method, path, params=query, headers=headers)
    assert envelope(answer, 401, "MXInvalidAccessDetailsException") == WRONG_KEYS


@pytest.mark.parametrize("names", [("accessKey", "secretKey"), ("ACCESSKEY", "SECRETKEY"), ("accesskey", "SecretKey")])
def test_keys__by_query_in_any_case(company: Caller, names: tuple[str, str]) -> None:
    query = dict(zip(names, KEYS.values(), strict=True))
    assert company.http.post(NOT_CONTACTED, params=query, json=LIST).status_code == 200


@pytest.mark.parametrize("names", [("x-LSQ-AccessKey", "x-LSQ-SecretKey"), ("X-LSQ-ACCESSKEY", "x-lsq-secretkey")])
def test_keys__by_header_in_any_case(company: Caller, names: tuple[str, str]) -> None:
    headers = dict(zip(names, KEYS.values(), strict=True))
    assert company.http.post(NOT_CONTACTED, headers=headers, json=LIST).status_code == 200


def test_keys__one_by_query_and_one_by_header(company: Caller) -> None:
    answer = company.http.post(
        NOT_CONTACTED, params={"accessKey": ACCESS}, headers={"x-LSQ-SecretKey": SECRET}, json=LIST
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nope",
        "/Leads",
        "/v2" + NOT_CONTACTED,
        NOT_CONTACTED + "/",
        "/Leads/NotContacted;x",
        "/v2/UserManagement.svc/Users.Get/x",
        "/..%2f..%2fetc/passwd",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_404__unknown_call(company: Caller, method: str, path: str) -> None:
    answer = company.http.request(method, path, params=KEYS)
    assert envelope(answer, 404, "MXUnknownAPIException") == NO_SUCH_API
    assert "location" not in answer.headers


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_405__other_verb(company: Caller, method: str, path: str) -> None:
    other = "PUT" if method == "GET" else "GET"
    answer = company.http.request(other, path, params=KEYS)
    assert envelope(answer, 405, "MXUnknownAPIException") == f"The API {path} does not answer {other}."
    assert method in answer.headers["allow"]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "text/json", "json", ""])
def test_400__content_type(company: Caller, kind: str | None) -> None:
    """The page: "Make sure that content type is set to application/json"."""
    headers = {"Content-Type": kind} if kind is not None else {}
    answer = company.http.post(NOT_CONTACTED, params=KEYS, content=json.dumps(LIST).encode(), headers=headers)
    said = envelope(answer, 400, "MXInvalidInputException")
    assert said == f"Content-Type: {kind or 'none'} is not read here; allowed: application/json"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=1"])
def test_content_type__with_parameters(company: Caller, kind: str) -> None:
    content = json.dumps(LIST).encode()
    answer = company.http.post(NOT_CONTACTED, params=KEYS, content=content, headers={"Content-Type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"Output": }',
        b"{'Output': {}}",
        b"Output=List",
        b'{"Output": {"Type": "List", "IncludeCSV": "\xff"}}',
        b'{"Output": "\\ud800"}',
        b"NaN",
        b"[" * 3000,
    ],
)
@pytest.mark.parametrize("path", POSTED)
def test_400__broken_json(company: Caller, path: str, raw: bytes) -> None:
    answer = company.http.post(path, params=queried(path), content=raw, headers=JSON)
    assert envelope(answer, 400, "MXInvalidInputException").startswith("The message body is not JSON: ")


@pytest.mark.parametrize("path", POSTED)
def test_no_body__is_an_empty_one_where_no_member_is_mandatory(company: Caller, path: str) -> None:
    for headers in ({}, JSON):
        answer = company.http.post(path, params=queried(path), content=b"", headers=headers)
        if path in BODILESS:
            assert answer.json() == company.http.post(path, params=queried(path), json={}).json()
            assert answer.status_code == 200
        else:
            envelope(answer, 400, "MXInvalidInputException")


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_400__parameter_of_the_query_that_would_do_nothing(company: Caller, method: str, path: str) -> None:
    """It may have been meant to restrict the answer."""
    answer = company.http.request(method, path, params=KEYS | {"stage": "Prospect"})
    assert envelope(answer, 400, "MXInvalidInputException").startswith(
        "'stage' is not a parameter of the query here; allowed: "
    )


@pytest.mark.parametrize("given", [[], [LIST], "List", 7, None, True])
@pytest.mark.parametrize("path", POSTED)
def test_400__body_that_is_no_object(company: Caller, path: str, given: Any) -> None:
    content = json.dumps(given).encode()
    answer = company.http.post(path, params=queried(path), content=content, headers=JSON)
    assert envelope(answer, 400, "MXInvalidInputException") == "must be an object"


@pytest.mark.parametrize("more", [1, MAX_BODY])
def test_400__too_large(company: Caller, more: int) -> None:
    content = b'{"Output": "' + b"x" * (MAX_BODY + more) + b'"}'
    answer = company.http.post(NOT_CONTACTED, params=KEYS, content=content, headers=JSON)
    assert envelope(answer, 400, "MXInvalidInputException") == f"The message body is larger than {MAX_BODY} bytes"


def lead_filter(name: str, operator: str, *values: str) -> dict[str, Any]:
    condition = {"LookUpName": name, "SqlOperator": operator, "LookUpValues": list(values)}
    return LIST | {"ReportFilter": {"LeadFilters": [{"LookUpName": "OwnerId", "SqlOperator": "def"}, condition]}}


INPUT, MANDATORY, UNKNOWN = (
    "MXInvalidInputException",
    "MXMandatoryAttributeMissingException",
    "MXUnknownAttributeException",
)
DAY = {"FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-02 00:00:00"}
COUNT = {"Type": "Aggregate", "GroupBy": "OwnerId", "AggregateFunction": "Count", "AggregateField": "OwnerId"}


@pytest.mark.parametrize(
    ("body", "type_", "said"),
    [
        ({}, MANDATORY, "Output: is mandatory"),
        ({"Output": {"Type": "List"}}, MANDATORY, "Output.IncludeCSV: is mandatory"),
        ({"Output": {"Type": "Aggregate"}}, MANDATORY, "Output.GroupBy: is mandatory; Output.AggregateFunction: is"),
        (LIST | {"Nope": 1}, INPUT, "'Nope' is not a member here; allowed: DateFilter, Output, Paging, Sorting, Rep"),
        (LIST | {"Paging": {"PageSize": 10_001}}, INPUT, "Paging.PageSize: Input should be less than or equal to 10"),
        (LIST | {"Paging": {"PageIndex": 0}}, INPUT, "Paging.PageIndex: Input should be greater than or equal to 1"),
        (
            lead_filter("Source", "!=", "x"),
            INPUT,
            "ReportFilter.LeadFilters[1].SqlOperator: '!=' is not an operator here; allowed: =, <>, >, <, >=, <=, def,",
        ),
        (
            lead_filter("Nope", "=", "x"),
            UNKNOWN,
            "ReportFilter.LeadFilters[1].LookUpName: 'Nope' is not a lead field; allowed: ProspectID, ",
        ),
        (
            lead_filter("CreatedOn", ">", "yesterday"),
            INPUT,
            "ReportFilter.LeadFilters[1].LookUpValues of CreatedOn: 'yesterday' is not a date; the form is yyyy-MM-dd",
        ),
        (
            lead_filter("mx_Visit", "in", "2026-02-10", "2026-02-30"),
            INPUT,
            "ReportFilter.LeadFilters[1].LookUpValues of mx_Visit: '2026-02-30 00:00:00' is no date of the calendar",
        ),
        (
            lead_filter("Source", "=", "a", "b"),
            INPUT,
            "ReportFilter.LeadFilters[1]: LookUpValues of Source: operator = takes exactly one value, got 2",
        ),
        (
            LIST | {"ReportFilter": {"ActivityFilters": [{"SqlOperator": "=", "LookUpValues": ["call"]}]}},
            INPUT,
            "ReportFilter.ActivityFilters[0]: LookUpValues: 'call' is not an activity event code, a whole number",
        ),
        (
            LIST | {"DateFilter": [{"DateField": "CreatedOn"} | DAY]},
            INPUT,
            "DateFilter[0].DateField: 'CreatedOn' is not a date field here; allowed: LeadCreatedOn, LeadModifiedOn",
        ),
        (
            LIST | {"DateFilter": [{"DateField": "LeadCreatedOn"} | DAY | {"FromDate": "2027-01-01 00:00:00"}]},
            INPUT,
            "DateFilter[0]: FromDate can't be greater than ToDate.",
        ),
        (
            LIST | {"DateFilter": [{"DateField": "LeadCreatedOn"} | DAY | {"ToDate": "2026-01-02"}]},
            INPUT,
            "DateFilter[0].ToDate: '2026-01-02' is not a date; the form is yyyy-MM-dd HH:mm:ss, in UTC",
        ),
        (
            {"Output": {"Type": "List", "IncludeCSV": "ProspectID,Nope"}},
            UNKNOWN,
            "Output.IncludeCSV: 'Nope' is not a lead field; allowed: ",
        ),
        ({"Output": COUNT | {"GroupBy": "Nope"}}, UNKNOWN, "Output.GroupBy: 'Nope' is not a lead field; allowed: "),
        (
            {"Output": COUNT | {"AggregateFunction": "Sum", "AggregateField": "Source"}},
            INPUT,
            "Output.AggregateField: Source is not a number, Sum needs one; allowed: ",
        ),
        ({"Output": COUNT | {"AggregateField": "Nope"}}, UNKNOWN, "Output.AggregateField: 'Nope' is not a lead field"),
        (LIST | {"Sorting": {"ColumnName": "Nope"}}, UNKNOWN, "Sorting.ColumnName: 'Nope' is not a lead field"),
        (
            {"Output": COUNT, "Sorting": {"ColumnName": "Average"}},
            UNKNOWN,
            "Sorting.ColumnName: 'Average' is not a column of this answer; allowed: Count, OwnerId",
        ),
        (
            LIST
            | {
                "ReportFilter": {
                    "UserFilter": {
                        "GroupConditions": [
                            {"Condition": [{"LookupName": "Shoe", "Operator": "eq", "LookupValue": "44"}]}
                        ]
                    }
                }
            },
            UNKNOWN,
            "ReportFilter.UserFilter.GroupConditions[0].Condition[0].LookupName: 'Shoe' is not a user attribute; all",
        ),
    ],
)
@pytest.mark.parametrize("form", ["json", "csv"])
def test_400__every_mistake_names_the_member(
    company: Caller, form: str, body: dict[str, Any], type_: str, said: str
) -> None:
    answer = company.post(NOT_CONTACTED, body, responseformat=form)
    assert envelope(answer, 400, type_).startswith(said)


def test_400__form_of_the_response(company: Caller) -> None:
    answer = company.post(NOT_CONTACTED, LIST, responseformat="xml")
    said = "responseformat: 'xml' is not a format; allowed: json, csv"
    assert envelope(answer, 400, "MXInvalidInputException") == said


def test_400__many_fields_are_not_all_listed(serve: Serve) -> None:
    """A real account has 400 fields: the message names the nearest ones."""
    many = serve(Rows(leads=[{"ProspectID": "a"}], columns={f"mx_Field_{n}": "VARCHAR" for n in range(50)}))
    said = envelope(many.post(NOT_CONTACTED, lead_filter("ProspectStag", "=", "x")), 400, UNKNOWN)
    assert "closest: ProspectStage" in said
    assert "mx_Field_17" not in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"DateFilter": [{"DateField": "ActivityCreatedOn"} | DAY]},
            "DateFilter[0].DateField: 'ActivityCreatedOn' is not a date field here; allowed: LeadCreatedOn, LeadModif",
        ),
        ({"Sorting": {"ColumnName": "CreatedOn"}}, "Sorting: is not a member here; allowed: DateFilter, Output, Pag"),
        (
            lead_filter("Source", "<>", "x"),
            "ReportFilter.LeadFilters[1].SqlOperator: '<>' is not an operator here; allowed: =, >, <, >=, <=, def, nd",
        ),
    ],
)
def test_strict__refuses_the_extensions(serve: Serve, company: Caller, more: dict[str, Any], said: str) -> None:
    assert company.post(NOT_CONTACTED, LIST | more).status_code == 200
    answer = serve(strict=True).post(NOT_CONTACTED, LIST | more)
    assert envelope(answer, 400, "MXInvalidInputException").startswith(said)


def test_strict__activities_keep_their_operator(serve: Serve) -> None:
    """The page lists `<>` for activities: there it is no extension."""
    body = LIST | {"ReportFilter": {"ActivityFilters": [{"LookUpValues": ["22"], "SqlOperator": "<>"}]}}
    assert serve(strict=True).post(NOT_CONTACTED, body).status_code == 200


@pytest.fixture
def broken(serve: Serve) -> Caller:
    """A server whose store went away behind its back."""
    caller = serve()
    caller.store.backend.close()
    return caller


@pytest.mark.parametrize("form", ["json", "csv"])
def test_500__failure_of_our_own(broken: Caller, form: str) -> None:
    said = envelope(broken.post(NOT_CONTACTED, LIST, responseformat=form), 500, "InternalServerError")
    assert re.fullmatch(r"The API call failed: \w+", said)


def test_500__the_connection_goes_on(broken: Caller) -> None:
    """The server would hang up after its answer, and the next call on the same connection fail without one."""
    for _ in range(3):
        assert broken.post(NOT_CONTACTED, LIST).status_code == 500
        assert broken.post(NOT_CONTACTED, {}).status_code == 400


@contextmanager
def every_record(caplog: pytest.LogCaptureFixture) -> Iterator[list[logging.LogRecord]]:
    """All that the server logs. uvicorn's loggers pass nothing on to the root; httpx is the test's own caller."""
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    caplog.set_level(logging.DEBUG)
    for logger in loggers:
        logger.addHandler(caplog.handler)
    try:
        records: list[logging.LogRecord] = []
        yield records
        records += [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    finally:
        for logger in loggers:
            logger.removeHandler(caplog.handler)


def test_log__has_one_line_a_call_and_no_key(company: Caller, broken: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with every_record(caplog) as records:
        company.post(NOT_CONTACTED, LIST)
        company.post(NOT_CONTACTED, LIST, responseformat="csv")
        company.post(NOT_CONTACTED, {})
        company.post("/nope", {})
        company.http.post(NOT_CONTACTED, params=KEYS | {"secretKey": "guess-4711"}, json=LIST)
        broken.post(NOT_CONTACTED, LIST)
    formatted = [logging.Formatter().format(record) for record in records]
    calls = [line for line in formatted if line.startswith(f"POST {NOT_CONTACTED} ")]
    assert [line.split()[2] for line in calls] == ["200", "200", "400", "401", "500"]
    assert any(re.search(r"NotContacted failed: \w+\nTraceback", line) for line in formatted)
    everything = "\n".join(formatted) + "\n".join(repr(record.args) for record in records)
    for key in (ACCESS, SECRET, "guess-4711", str(httpx.QueryParams(KEYS))):
        assert key not in everything


def test_body__our_own_names_are_not_members(serve: Serve) -> None:
    """The models are built in Python by shorter names; a caller who sends those has misread the page."""
    answer = serve(Rows([])).post(NOT_CONTACTED, {"output": {"type": "List", "fields": "ProspectID"}})
    assert answer.status_code == 400
    assert "'fields' is not a member here; allowed: Type, IncludeCSV" in answer.json()["ExceptionMessage"]
