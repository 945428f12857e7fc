"""Several reports in one call: each is answered as its own call answers it, and none is in another's way."""

from typing import Any

import pytest

from lsq_api.contract.together import MOST, TOGETHER, TOGETHER_CALL
from tests.conftest import KEYS, NOT_CONTACTED, Caller, Serve

ALL_LEADS = "/Leads/LeadDistribution/FilterByLeadField"
LIST = {"Output": {"Type": "List", "IncludeCSV": "ProspectID,ProspectStage"}, "Paging": {"PageIndex": 1, "PageSize": 3}}
BY_STAGE = {"Output": {"Type": "Aggregate", "GroupBy": "ProspectStage", "AggregateFunction": "Count",
                       "AggregateField": "EngagementScore"}}  # fmt: skip
UNKNOWN = {"Output": {"Type": "List", "IncludeCSV": "NoSuchField"}}
CALLS = {"ReportFilter": {"ActivityFilters": [{"LookUpName": "ActivityEvent", "LookUpValues": ["22"],
                                               "SqlOperator": "in"}]}}  # fmt: skip
ASKED = [
    (NOT_CONTACTED, LIST | CALLS),
    (ALL_LEADS, BY_STAGE),
    (NOT_CONTACTED, UNKNOWN),
    (NOT_CONTACTED, BY_STAGE | CALLS),
    (ALL_LEADS, {}),
]


def together(caller: Caller, asked: list[Any]) -> Any:
    body = {"Reports": [{"Path": path, "Request": request} for path, request in asked]}
    return caller.http.post(TOGETHER_CALL, json=body, params=KEYS)


def test_together__answers_as_the_calls_of_each(company: Caller) -> None:
    answer = together(company, ASKED)
    assert answer.status_code == 200, answer.text
    alone = [company.http.post(path, json=request, params=KEYS) for path, request in ASKED]
    assert {one.status_code for one in alone} == {200, 400}
    assert answer.json() == [{"Status": one.status_code, "Answer": one.json()} for one in alone]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Reports"),
        ({"Reports": []}, "Reports"),
        ({"Reports": [{"Path": NOT_CONTACTED}]}, "Request"),
        ({"Reports": [{"Path": NOT_CONTACTED, "Request": 5}]}, "Request"),
        ({"Reports": [{"Path": NOT_CONTACTED, "Request": {}}] * (MOST + 1)}, "Reports"),
    ],
)
def test_together__refuses_what_has_not_its_shape(company: Caller, body: Any, said: str) -> None:
    answer = company.http.post(TOGETHER_CALL, json=body, params=KEYS)
    assert answer.status_code == 400
    assert said in answer.json()["ExceptionMessage"]


def test_together__another_call_than_a_report_is_refused_in_its_place(company: Caller) -> None:
    first, second = together(company, [("/v2/LeadManagement.svc/Leads.Get", {}), ASKED[0]]).json()
    assert (first["Status"], second["Status"]) == (400, 200)
    assert "the path of a report" in first["Answer"]["ExceptionMessage"]


def test_together__is_no_call_under_strict(serve: Serve) -> None:
    strict = serve(strict=True)
    assert together(strict, ASKED).status_code == 404
    account = strict.get("/v2/Authentication.svc/UserByAccessKey.Get").json()
    assert TOGETHER not in str(account)
