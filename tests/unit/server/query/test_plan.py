from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lsq_api.contract.report import NotContacted
from lsq_api.server.query import compile
from lsq_api.server.query.cancel import Cancellation
from lsq_api.server.query.plan import AnyOrAll, Plan, Planner, Slot, ValueKind
from lsq_api.server.query.refusal import Refusal
from lsq_api.server.query.statement import Schema, Statement
from lsq_api.server.store.store import Store
from tests.stores import Rows, make_store

COLUMNS = {"mx_City": "VARCHAR", "mx_Budget": "DECIMAL(18, 2)", "mx_Visit": "TIMESTAMP", "mx_Ratio": "DOUBLE"}
DAY = {"FromDate": "2026-01-01 00:00:00", "ToDate": "2026-01-02 00:00:00"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = make_store(tmp_path_factory.mktemp("plan") / "s", Rows(leads=[], columns=COLUMNS))
    opened = Store.open(path)
    yield opened
    opened.close()


def planned(store: Store, *leads: dict[str, Any], **parts: Any) -> tuple[Plan, list[Any]]:
    filters = parts.pop("ReportFilter", {}) | {"LeadFilters": list(leads)}
    body = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}, "ReportFilter": filters} | parts
    planner = Planner(store, datetime(2026, 3, 1))
    return planner.plan(NotContacted.model_validate(body)), planner.values


def lead(name: str, operator: str, *values: str) -> dict[str, Any]:
    return {"LookUpName": name, "SqlOperator": operator, "LookUpValues": list(values)}


@pytest.mark.parametrize(
    ("name", "operator", "text", "slot", "values"),
    [
        ("Source", "=", "Web", Slot(0, ValueKind.TEXT), ["Web"]),
        ("Source", "=", " 007.50 ", Slot(0, ValueKind.NUMBER), [Decimal("7.50")]),
        ("Source", ">", "7", Slot(0, ValueKind.EITHER), [Decimal(7), "7"]),
        ("Source", "lik", "7", Slot(0, ValueKind.TEXT), ["7"]),
        ("Source", "=", "\u00a0", Slot(-1, ValueKind.BLANK), []),
        ("Source", "=", "1e5", Slot(0, ValueKind.TEXT), ["1e5"]),
        ("Source", "=", "9" * 29, Slot(0, ValueKind.TEXT), ["9" * 29]),
        ("Source", "=", "9" * 28, Slot(0, ValueKind.NUMBER), [Decimal("9" * 28)]),
        ("Source", "=", "1.0123456789", Slot(0, ValueKind.TEXT), ["1.0123456789"]),
        ("Source", "=", "٧", Slot(0, ValueKind.TEXT), ["٧"]),
        ("EngagementScore", ">", "7", Slot(0, ValueKind.NUMBER), [Decimal(7)]),
        ("EngagementScore", ">", "many", Slot(0, ValueKind.TEXT), ["many"]),
        ("mx_Budget", "=", "+5.5", Slot(0, ValueKind.NUMBER), [Decimal("5.5")]),
        ("mx_Ratio", "=", "0.5", Slot(0, ValueKind.NUMBER), [Decimal("0.5")]),
        ("LeadAge", "<", "-1", Slot(0, ValueKind.NUMBER), [Decimal(-1)]),
        ("ProspectID", "=", "7", Slot(0, ValueKind.TEXT), ["7"]),
        ("OwnerId", ">", "7", Slot(0, ValueKind.TEXT), ["7"]),
        ("CreatedOn", "=", "2026-01-01", Slot(0, ValueKind.TIME), [datetime(2026, 1, 1)]),
        ("mx_Visit", ">", " 2026-01-01 10:20:30 ", Slot(0, ValueKind.TIME), [datetime(2026, 1, 1, 10, 20, 30)]),
        ("mx_Visit", "lik", "2026-01", Slot(0, ValueKind.TEXT), ["2026-01"]),
        ("mx_Visit", "=", "", Slot(-1, ValueKind.BLANK), []),
    ],
)
def test_value__how_it_is_compared(
    store: Store, name: str, operator: str, text: str, slot: Slot, values: list[Any]
) -> None:
    plan, noted = planned(store, lead(name, operator, text))
    assert plan.leads[0].slots == (slot,)
    assert noted == values


@pytest.mark.parametrize("operator", ["def", "ndef"])
def test_value__is_ignored_where_none_is_needed(store: Store, operator: str) -> None:
    plan, noted = planned(store, lead("CreatedOn", operator, "not a date"))
    assert (plan.leads[0].slots, noted) == ((), [])


@pytest.mark.parametrize("text", ["soon", "2026-01-01T00:00:00", "2026-13-01", "2026-02-29 00:00:00", "7"])
@pytest.mark.parametrize("operator", ["=", ">", "<=", "in"])
def test_value__no_date_on_a_date_field(store: Store, operator: str, text: str) -> None:
    with pytest.raises(Refusal, match=r"ReportFilter\.LeadFilters\[0\]\.LookUpValues of CreatedOn: ") as caught:
        planned(store, lead("CreatedOn", operator, text))
    assert caught.value.status == 400


def test_users__no_group_is_no_test(store: Store) -> None:
    assert planned(store, ReportFilter={"UserFilter": {"GroupConditions": []}})[0].owners is None
    condition = {"LookupName": "USERID", "Operator": "eq", "LookupValue": "a,b"}
    plan, values = planned(store, ReportFilter={"UserFilter": {"GroupConditions": [{"Condition": [condition]}]}})
    assert isinstance(plan.owners, AnyOrAll)
    assert values == [["a", "b"]]


def everything(store: Store, word: str, number: str) -> tuple[Plan, list[Any]]:
    """A question that uses every place a value can stand in."""
    users = {
        "GroupConditions": [
            {"Condition": [{"LookupName": "FirstName", "Operator": operator, "LookupValue": word}]}
            for operator in ("eq", "neq", "lik", "nlik", "gt", "lteq")
        ]
    }
    calls = [{"LookUpValues": [number], "SqlOperator": "in"}]
    leads = [lead("Source", operator, word) for operator in ("=", ">", "in", "lik", "nlik")]
    leads += [lead("Source", ">=", number), lead("EngagementScore", "<", number), lead("mx_Visit", "lik", word)]
    return planned(
        store,
        *leads,
        ReportFilter={"UserFilter": users, "ActivityFilters": calls},
        DateFilter=[{"DateField": "LeadCreatedOn"} | DAY, {"DateField": "ActivityCreatedOn"} | DAY],
        Paging={"PageIndex": int(number), "PageSize": int(number)},
    )


def statements(store: Store, plan: Plan) -> list[Statement]:
    schema = Schema.of(store)
    return [compile.count(plan, schema), compile.leads(plan, schema, paged=True)]


def test_plan__questions_that_differ_in_values_alone_have_one_plan_and_statement(store: Store) -> None:
    """The promise behind it: nothing a caller writes as a value ever is in a statement's text."""
    hostile = "'; DROP TABLE leads; --"
    plan, values = everything(store, "harmless", "7")
    other, others = everything(store, hostile, "941")
    assert plan == other
    assert hash(plan) == hash(other)
    assert values != others
    for one, same in zip(statements(store, plan), statements(store, other), strict=True):
        assert one == same
        for value in ("harmless", hostile, "DROP", "941"):
            assert value not in one.text
        assert set(one.bind(values, now=0, size=1, offset=0, upto=9)) == set(one.parameters)


def test_page__leads_are_read_twice_rather_than_copied(tmp_path: Path) -> None:
    """Ibis names what is read twice, and DuckDB would copy it whole: every lead, for a page of them."""
    store = Store.open(make_store(tmp_path / "s", Rows(leads=[{"ProspectID": "p1", "Source": "Web"}])))
    plan, values = planned(
        store, lead("Source", "=", "Web"), Output={"Type": "List", "IncludeCSV": "ProspectID,Source"}
    )
    page = compile.leads(plan, Schema.of(store), paged=True)
    bound = page.bind(values, now=datetime(2026, 3, 1), size=50, offset=0, upto=9)
    with closing(store), store.backend.session() as session:
        _, rows = session.fetched(f"EXPLAIN {page.text}", bound)
    explained = str(rows)
    assert explained.count("leads") >= 2, "the page is chosen, then read"
    assert "CTE" not in explained


@pytest.mark.parametrize("count", [2, 9, 20_000])
def test_in__any_number_of_values_is_one_plan_and_one_parameter(store: Store, count: int) -> None:
    """Statements are compiled by plan: without this a long list would be written into the statement value by value."""
    plan, values = planned(store, lead("ProspectStage", "in", "Stage 0"))
    assert values == [["Stage 0"]]
    listed = [f"Stage {n}" for n in range(count)]
    assert planned(store, lead("ProspectStage", "in", *listed)) == (plan, [listed])
    for statement in statements(store, plan):
        assert statement.parameters.count("p0") == 1


def test_in__a_list_for_each_way_of_comparing(store: Store) -> None:
    plan, values = planned(store, lead("Source", "in", "Web", "7", "", "Fair", "8.5", "  "))
    assert [(slot.kind, slot.many) for slot in plan.leads[0].slots] == [
        (ValueKind.BLANK, False),
        (ValueKind.NUMBER, True),
        (ValueKind.TEXT, True),
    ]
    assert values == [[Decimal(7), Decimal("8.5")], ["Web", "Fair"]]


def test_activities__codes_that_no_activity_has_are_no_part_of_the_plan(store: Store) -> None:
    calls = [{"LookUpValues": [str(code) for code in range(1000)], "SqlOperator": "in"}]
    span = [{"DateField": "ActivityCreatedOn"} | DAY]
    assert planned(store, ReportFilter={"ActivityFilters": calls}, DateFilter=span)[1] == []


def test_compile__ends_when_the_call_is_cancelled(store: Store) -> None:
    class Ended(Exception):
        pass

    plan, _ = planned(store, *(lead("Source", "lik", f"{n}") for n in range(3)))
    cancellation = Cancellation()
    cancellation.cancel(Ended())
    with cancellation.watching():
        with pytest.raises(Ended):
            compile.count.__wrapped__(plan, Schema.of(store))
        with pytest.raises(Ended):
            planned(store, lead("Source", "in", "a", "b"))
    assert compile.count.__wrapped__(plan, Schema.of(store)).parameters
