"""Every kind of statement compiles for the engines that others run, and a parser of theirs can read it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlglot
import sqlglot.expressions as sge
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lsq_api.contract.operators import LEAD_OPERATORS, USER_OPERATORS
from lsq_api.contract.report import NotContacted, Sorting
from lsq_api.server.engines.postgres.dialect import postgres
from lsq_api.server.engines.spark.dialect import SPARK
from lsq_api.server.query import compile, lookup_queries
from lsq_api.server.query.operators import BEGINS, BOUND, ENDS
from lsq_api.server.query.plan import ColumnKind, GroupShape, Named, Order, Plan, Planner, Wanted
from lsq_api.server.query.refusal import Refusal
from lsq_api.server.query.statement import OFFSET, SIZE, Schema, Statement
from lsq_api.server.store.dialect import Dialect
from lsq_api.server.store.store import Store
from tests.contract.test_oracle import COLUMNS, FIELDS, aggregates, lists
from tests.stores import Rows, activity, make_store

DIALECTS = [postgres("C.utf8"), SPARK]
NOW = datetime(2026, 3, 1)
OF_EACH_KIND = ["ProspectID", "Source", "EngagementScore", "mx_Amount", "mx_Ratio", "mx_Seen", "LeadAge", "OwnerIdName"]
OF_EACH_KIND += ["mx_Due"]
LIST = {"Type": "List", "IncludeCSV": "ProspectID,mx_Ratio"}
EVERYTHING = {"Output": {"Type": "List", "IncludeCSV": ",".join(FIELDS)}}
RARE = 201
"""A code that leads have no columns for, since 32 others have more leads."""
AT_RANDOM = {"duckdb": 5}
"""Reports of the oracle's kind, and as many of them grouped, always the same ones; more beside the tests of engines."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    leads = [{"ProspectID": name} for name in ("a", "b")]
    used = [(lead["ProspectID"], code) for lead in leads for code in range(32)] + [("a", RARE)]
    activities = [activity(n, lead, code, "2026-02-01 00:00:00") for n, (lead, code) in enumerate(used)]
    rows = Rows(leads, activities, columns=COLUMNS)
    opened = Store.open(make_store(tmp_path_factory.mktemp("compiled") / "s", rows))
    yield opened
    opened.close()


def lead_filter(field: str, operator: str) -> dict[str, Any]:
    likely = "2026-01-01" if field in {"mx_Seen", "mx_Due"} and operator not in {"lik", "nlik"} else "7"
    values = {"def": [], "ndef": [], "in": ["", likely], "nin": ["", likely], "out": [likely] * 2}.get(
        operator, [likely]
    )
    return {"LookUpName": field, "SqlOperator": operator, "LookUpValues": values}


def user_filter() -> dict[str, Any]:
    """Every operator on text, an ID and a number of users, of which any must hold."""
    conditions = [
        {"LookupName": name, "Operator": operator, "LookupValue": None if operator in {"def", "ndef"} else "7"}
        for name in ("FirstName", "UserID", "StatusCode")
        for operator in sorted(USER_OPERATORS)
    ]
    joined = [one | {"ConditionOperator": "OR"} for one in conditions]
    return {"UserFilter": {"GroupConditions": [{"Condition": joined}]}}


def contacts() -> Iterator[dict[str, Any]]:
    """By columns, by rows and by both; up to now, since a moment, in a past span; any code, some, all but one."""
    for operator, codes in [
        ("in", ["21", "22"]),
        ("in", ["22", str(RARE)]),
        ("=", [str(RARE)]),
        ("<>", ["22"]),
        ("", []),
    ]:
        asked = [{"LookUpName": "ActivityEvent", "SqlOperator": operator, "LookUpValues": codes}] if operator else []
        for end in (None, "2026-02-02 00:00:00", "2026-01-15 00:00:00"):
            span = {"DateField": "ActivityCreatedOn", "FromDate": "2026-01-01 00:00:00", "ToDate": end}
            yield {"ReportFilter": {"ActivityFilters": asked}, "DateFilter": [span] if end else []}


def by_table() -> Iterator[dict[str, Any]]:
    yield EVERYTHING
    for operator in LEAD_OPERATORS:
        yield {"ReportFilter": {"LeadFilters": [lead_filter(field, operator) for field in OF_EACH_KIND]}}
    yield {"ReportFilter": user_filter()}
    yield from contacts()
    for field in OF_EACH_KIND:
        yield {"Sorting": {"ColumnName": field, "Direction": "1"}}
    for number, by in enumerate(OF_EACH_KIND):
        for function in ("Count", "Average", "Sum"):
            field = ["EngagementScore", "mx_Amount", "mx_Ratio", "LeadAge"][number % 4]
            output = {"Type": "Aggregate", "GroupBy": by, "AggregateFunction": function, "AggregateField": field}
            yield {"Output": output, "Sorting": {"ColumnName": by, "Direction": "0"}}


def at_random(many: int) -> list[dict[str, Any]]:
    """Reports as the oracle's tests ask them."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=many, derandomize=True, database=None, phases=[Phase.generate])
    @given(some=st.tuples(lists, aggregates))
    def draw(some: tuple[dict[str, Any], ...]) -> None:
        found.extend(some)

    draw()
    return found


def planned(store: Store, body: dict[str, Any]) -> Plan | None:
    """None where the report is refused: a time that is none."""
    try:
        return Planner(store, NOW).plan(NotContacted.model_validate({"Output": LIST} | body))
    except Refusal:
        return None


@pytest.fixture(scope="module")
def plans(store: Store, request: pytest.FixtureRequest) -> list[Plan]:
    asked = [planned(store, body) for body in by_table()]
    assert None not in asked
    asked.append(
        Planner(store, NOW).search(
            [Named("", field) for field in OF_EACH_KIND],
            [Wanted("", field, operator, ("7",)) for field in OF_EACH_KIND for operator in (BEGINS, ENDS)],
            changed=(NOW.replace(tzinfo=UTC), NOW.replace(tzinfo=UTC)),
            sorting=Sorting(field="Groups", descending=True),
        )
    )
    many = AT_RANDOM.get(request.config.getoption("--engine"), 100)
    drawn = [planned(store, body) for body in at_random(many)]
    found = list(dict.fromkeys(plan for plan in [*asked, *drawn] if plan is not None))
    ways = {(p.contact and bool(p.contact.columns), p.contact and bool(p.contact.rows)) for p in found}
    assert ways >= {(True, False), (False, True), (True, True)}
    assert len(found) > many
    return found


def statement(plan: Plan, schema: Schema, *, counted: bool) -> Statement:
    """Not by what is kept of them: other tests are not to wait for its room."""
    if isinstance(plan.output, GroupShape):
        return compile.groups.__wrapped__(plan, schema, paged=True)
    if counted and not plan.order:
        return compile.count.__wrapped__(plan, schema)
    return compile.leads.__wrapped__(plan, schema, paged=True)


def lookups(schema: Schema, plans: list[Plan]) -> Iterator[Statement]:
    owners = next(plan.owners for plan in plans if plan.owners)
    yield lookup_queries.lead(schema)
    for one in (False, True):
        yield from lookup_queries.timeline(None, schema, of_one_code=one)
    yield lookup_queries.by_phone(schema)
    yield lookup_queries.containing(schema)
    for order in (None, Order("ActivityEvent_Note", ColumnKind.TEXT, descending=True)):
        yield from lookup_queries.timeline(order, schema, of_one_code=True)
        yield from lookup_queries.activities(order, schema)
    yield lookup_queries.everything("users", "UserId", schema)
    yield lookup_queries.everything("activity_types", "ActivityEvent", schema)
    yield lookup_queries.users(owners, (Order("FirstName", ColumnKind.TEXT, descending=False),), schema)


def check(statement: Statement, dialect: Dialect) -> None:
    """One query that a parser of the engine reads, in which nothing of ours is left and every value is a parameter."""
    (read,) = sqlglot.parse(statement.text, read=dialect.compiler.dialect)
    assert isinstance(read, sge.Query), statement.text
    assert BOUND not in statement.text.lower()
    assert str(SIZE) not in statement.text
    assert str(OFFSET) not in statement.text
    places = [*read.find_all(sge.Placeholder, sge.Parameter)]
    assert bool(places) == bool(statement.parameters), statement.text


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_statements__compile_for(dialect: Dialect, store: Store, plans: list[Plan]) -> None:
    schema = replace(Schema.of(store), dialect=dialect)
    for one in lookups(schema, plans):
        check(one, dialect)
    for number, plan in enumerate(plans):  # a list and its count have the same conditions: one of the two
        check(statement(plan, schema, counted=number % 2 == 0), dialect)
