"""The 28 questions about a bank's real leads whose answers were worked out elsewhere, asked over real HTTP."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lsq_api.contract.report import LeadDistribution
from lsq_api.server.importing.importer import import_files
from tests.conftest import NOT_CONTACTED, Caller, Serve

DATA = Path(__file__).parents[3] / "shared" / "data" / "bpic2012"
ANSWERS = [DATA / "answers.json", DATA / "answers_windows.json"]
PAGE = 1_000

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/bpic2012 is not beside this checkout")


def questions() -> list[Any]:
    some = [one for path in ANSWERS if path.exists() for one in json.loads(path.read_text("utf-8"))["answers"]]
    return [pytest.param(one["question"], one["answer"], id=one["question"]["id"]) for one in some]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Caller:
    store = tmp_path_factory.mktemp("bank") / "bank.store"
    import_files(DATA, store)
    return serve(store)


def asked(question: Mapping[str, Any], output: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """The question as a report."""
    filters: dict[str, Any] = {
        "LeadFilters": [],
        "ActivityFilters": [
            {
                "LookUpName": "ActivityEvent",
                "SqlOperator": "in",
                "LookUpValues": list(map(str, question["activity_codes"])),
            }
        ],
    }
    if question.get("stages") is not None:
        one = {"LookUpName": "ProspectStage", "SqlOperator": "in", "LookUpValues": question["stages"]}
        filters["LeadFilters"] = [one]
    if question.get("owners") is not None:
        condition = {"LookupName": "UserID", "Operator": "eq", "LookupValue": ",".join(question["owners"])}
        filters["UserFilter"] = {"GroupConditions": [{"Condition": [condition]}]}
    windows = [("LeadCreatedOn", question["created_from"], question["created_to"])]
    if "activity_from" in question:
        windows.append(("ActivityCreatedOn", question["activity_from"], question["activity_to"]))
    dates = [{"DateField": field, "FromDate": start, "ToDate": end} for field, start, end in windows]
    return {"ReportFilter": filters, "DateFilter": dates, "Output": dict(output)} | more


LIST = {"Type": "List", "IncludeCSV": "ProspectID,OwnerId,ProspectStage"}


def agree(rows: Iterable[Mapping[str, str | None]], answer: Mapping[str, Any]) -> None:
    """Leads against the answer: how many, whose, in which stage, and just which ones."""
    found = list(rows)
    ids = sorted(str(row["ProspectID"]) for row in found)
    assert len(ids) == len(set(ids)) == answer["total"]
    assert Counter(row["OwnerId"] or "" for row in found) == answer["by_owner"]
    assert Counter(row["ProspectStage"] or "" for row in found) == answer["by_stage"]
    assert sha256("\n".join(ids).encode()).hexdigest() == answer["prospect_ids_sha256"]
    assert ids[:3] == answer.get("first_prospect_ids", ids)[:3]


def test_questions__are_all_there() -> None:
    assert len(questions()) == 28


@pytest.mark.parametrize(("question", "answer"), questions())
def test_list__paged_by_a_thousand(bank: Caller, question: dict[str, Any], answer: dict[str, Any]) -> None:
    rows: list[dict[str, Any]] = []
    for index in range(1, answer["total"] // PAGE + 2):
        paging = {"PageIndex": index, "PageSize": PAGE}
        total, some = bank.ask(asked(question, LIST, Paging=paging))
        assert total == answer["total"]
        assert len(some) == min(PAGE, answer["total"] - len(rows))
        rows += some
    agree(rows, answer)


@pytest.mark.parametrize(("question", "answer"), questions())
def test_csv__whole(bank: Caller, question: dict[str, Any], answer: dict[str, Any]) -> None:
    got = bank.post(NOT_CONTACTED, asked(question, LIST), responseformat="csv")
    assert got.status_code == 200
    agree(csv.DictReader(io.StringIO(got.content.decode("utf-8"), newline="")), answer)


@pytest.mark.parametrize("by", ["OwnerId", "ProspectStage"])
@pytest.mark.parametrize(("question", "answer"), questions())
def test_aggregate__by_owner_and_stage(bank: Caller, question: dict[str, Any], answer: dict[str, Any], by: str) -> None:
    output = {"Type": "Aggregate", "GroupBy": by, "AggregateFunction": "Count", "AggregateField": "EngagementScore"}
    total, rows = bank.ask(asked(question, output))
    wanted = answer["by_owner" if by == "OwnerId" else "by_stage"]
    assert total == len(rows) == len(wanted)
    assert {row[by] or "": int(row["Count"]) for row in rows} == wanted


@pytest.mark.parametrize(("question", "answer"), questions())
def test_distribution__leads_before_the_activities_are_looked_at(
    bank: Caller, question: dict[str, Any], answer: dict[str, Any]
) -> None:
    body = asked(question, LIST, Paging={"PageIndex": 1, "PageSize": 1})
    del body["ReportFilter"]["ActivityFilters"]
    total, _ = bank.ask(body | {"DateFilter": body["DateFilter"][:1]}, LeadDistribution.path)
    assert total == answer["leads_before_activity_test"]
