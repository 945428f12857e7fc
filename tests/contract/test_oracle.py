"""Random reports over random little stores, answered by the server and by `tests/oracle.py`: they must agree."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lsq_api.contract.operators import ACTIVITY_OPERATORS, LEAD_OPERATORS, USER_OPERATORS
from lsq_api.contract.report import LeadDistribution
from lsq_api.server.app import Options, make_app
from lsq_api.server.store.store import Store
from tests import engines
from tests.conftest import ACCESS, KEYS, NOT_CONTACTED, SECRET, Caller, Serve
from tests.contract.company import NOW
from tests.oracle import Field, Oracle, Refused, fits, folded, page, text, utc
from tests.stores import Rows, activity, make_store

NOW_UTC = utc(NOW)
DAY0, SECOND = datetime(2026, 1, 1), timedelta(seconds=1)
# Few times, so that leads, activities and the ends of ranges meet to the second.
TIMES = [
    DAY0,
    DAY0 + SECOND,
    DAY0 - SECOND,
    datetime(2026, 1, 31, 23, 59, 59),
    datetime(2026, 2, 1),
    NOW_UTC - SECOND,
    NOW_UTC,
    NOW_UTC + SECOND,
    NOW_UTC + timedelta(days=40),
]
# Odd blanks, cases, numbers in several spellings and what only looks like one, letters of several scripts.
TEXTS = [
    "",
    " ",
    "\u00a0",
    "\t\r\n",
    "\u2003\u3000",
    "\u200b",
    "web",
    "Web",
    " WEB\t",
    "\u00a0web\u00a0",
    "we b",
    "we\u00a0b",
    "007",
    "7",
    "7.0",
    " 7 ",
    "+7",
    "-7",
    "+5",
    " 12 ",
    "12",
    "0",
    "-0",
    "1e1",
    "10",
    "7.",
    ".5",
    "0.5",
    "1,000",
    "9" * 28,
    "9" * 29,
    "0.123456789",
    "0.1234567891",
    "٧",
    "²",
    "É",
    "é",
    "e\u0301",
    "Ünter",
    "ünter",
    "ß",
    "😀",
    "😀 web",
    "مرحبا",
    "%",
    "_",
    "a'b",
    'a"b',
    "a,b",
    "a\r\nb",
    "web; DROP TABLE leads",
    "lsq_bound_text(0)",
    "$p0",
    "2026-01-01",
    "2026-01-01 00:00:00",
    "\x1fweb",
    "\x00",
]
IDS = ["1", "01", "1.0", "a-1", "A-2", "b-10", "b-9", "é", "😀", "z z"]
OWNERS = ["7", "07", "u-ann", "u-bob", "u-gone", "8.0"]
CODES = [0, 2, 21, 22, 201]
STATUSES = ["Answered", "COMPLETED", "no answer", "Missed", "left a note", None]
TALK_TIMES = ["0", "59", "1:00", "61", "soon", None]
OUTCOMES = ["Answered", "answered", "1", "60", "61"]
COLUMNS = {"mx_Text": "VARCHAR", "mx_Amount": "DECIMAL(18, 2)", "mx_Ratio": "DOUBLE", "mx_Seen": "TIMESTAMP"}
COLUMNS |= {"mx_Due": "DATE"}
FIELDS = ["ProspectID", "OwnerId", "Source", "ProspectStage", "mx_Text", "EngagementScore", "mx_Amount", "mx_Ratio"]
FIELDS += ["mx_Due", "mx_Seen", "CreatedOn", "ModifiedOn", "LeadAge", "OwnerIdName", "OwnerIdEmailAddress"]
FIELDS += ["ProspectActivityDate_Max", "ProspectActivityDate_Min", "ProspectActivityName_Max", "ContactTries"]
NUMBERS = ["EngagementScore", "mx_Amount", "mx_Ratio", "LeadAge", "ContactTries"]

texts = st.sampled_from(TEXTS)
times = st.sampled_from(TIMES)
maybe_text = st.none() | st.deferred(lambda: st.sampled_from(engines.storable(TEXTS)))
maybe_time = st.none() | times
days = times.map(datetime.date)
wholes = st.sampled_from([-7, 0, 5, 7, 12, 10**15])
amounts = st.sampled_from(["-7.00", "0.00", "0.50", "7.00", "7.01", "12.00", "9999999999999999.99"]).map(Decimal)
ratios = st.sampled_from([-7.0, 0.5, 7.0, 12.0, 0.25])


def rows_of(ids: Sequence[str], columns: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some rows with distinct IDs, each of the columns filled or not."""
    key = next(iter(columns))
    row = st.fixed_dictionaries({key: st.sampled_from(ids)} | {n: c for n, c in columns.items() if n != key})
    return st.lists(row, max_size=len(ids), unique_by=lambda one: one[key])


@st.composite
def stores(draw: st.DrawFn) -> Rows:
    leads = draw(
        rows_of(
            IDS,
            {
                "ProspectID": st.nothing(),
                "OwnerId": st.none() | st.sampled_from(OWNERS),
                "Source": maybe_text,
                "ProspectStage": maybe_text,
                "mx_Text": maybe_text,
                "EngagementScore": st.none() | wholes,
                "mx_Amount": st.none() | amounts,
                "mx_Ratio": st.none() | ratios,
                "mx_Seen": maybe_time,
                "mx_Due": st.none() | days,
                "CreatedOn": maybe_time,
                "ModifiedOn": maybe_time,
            },
        )
    )
    users = draw(
        rows_of(
            OWNERS,
            {
                "UserId": st.nothing(),
                "FirstName": maybe_text,
                "LastName": maybe_text,
                "EmailAddress": st.none() | st.sampled_from(["ann@x.org", "BOB@X.org", " bob@x.org", ""]),
                "StatusCode": st.sampled_from(["0", "1"]),
                "ManagerUserId": st.none() | st.sampled_from(OWNERS),
            },
        )
    )
    users = [user for user in users if user["UserId"] != "u-gone"]
    mine = [lead["ProspectID"] for lead in leads]
    activity = st.tuples(
        st.sampled_from(mine or [""]),
        st.sampled_from(CODES),
        times,
        st.sampled_from(STATUSES),
        st.sampled_from(TALK_TIMES),
    )
    activities = [
        {
            "ProspectActivityId": f"act-{index}",
            "RelatedProspectId": lead,
            "ActivityEvent": code,
            "CreatedOn": on,
            "ModifiedOn": on,
            "Status": status,
            "mx_Duration": talked,
        }
        for index, (lead, code, on, status, talked) in enumerate(draw(st.lists(activity, max_size=12)) if mine else [])
    ]
    types = [{"ActivityEvent": code, "ActivityEventName": f"Type {code}"} for code in CODES[:3]]
    return Rows(leads=leads, users=users, activities=activities, types=types, columns=COLUMNS)


@st.composite
def lead_values(draw: st.DrawFn, field: str) -> str:
    """A value that may well be in the column, or one of another kind altogether."""
    own = {
        "ProspectID": st.sampled_from(IDS),
        "OwnerId": st.sampled_from(OWNERS),
        "EngagementScore": wholes,
        "mx_Amount": amounts,
        "mx_Ratio": ratios,
        "LeadAge": st.sampled_from([-41, -1, 0, 27, 28, 59]),
        "ContactTries": st.sampled_from([0, 1, 2]),
        "ProspectActivityName_Max": st.sampled_from(["Type 2", "type 21 ", "22", "201", "type"]),
        "OwnerIdEmailAddress": st.sampled_from(["ann@x.org", "bob@X.org", "@"]),
    }
    dated = {"mx_Due", "mx_Seen", "CreatedOn", "ModifiedOn", "ProspectActivityDate_Max", "ProspectActivityDate_Min"}
    if field in dated:
        odd = st.sampled_from([" 2026-01-01 ", "2026-02-01T00:00:00.000Z", "2026-02-01 00:00:00", "2026-02-30"])
        likely: st.SearchStrategy[Any] = (
            days | odd if field == "mx_Due" and draw(st.integers(0, 3)) else times | days | odd
        )
    else:
        likely = own.get(field, texts)
    chosen = text(draw(likely if draw(st.integers(0, 7)) else texts))
    return draw(st.sampled_from([chosen, chosen.upper(), f"\u00a0{chosen}\t", chosen]))


@st.composite
def lead_filters(draw: st.DrawFn, operators: Sequence[str] = tuple(LEAD_OPERATORS)) -> dict[str, Any]:
    field, operator = draw(st.sampled_from(FIELDS)), draw(st.sampled_from(operators))
    value = lead_values(field)
    if operator in {">", "<", ">=", "<=", "lik", "nlik", "out"}:
        value = value.filter(lambda chosen: chosen.strip() != "")
    sizes = {"def": (0, 1), "ndef": (0, 1), "in": (1, 4), "out": (2, 2)}
    low, high = sizes.get(operator, (1, 1))
    values = draw(st.lists(value, min_size=low, max_size=high))
    return {"LookUpName": field, "SqlOperator": operator, "LookUpValues": values}


@st.composite
def activity_filters(draw: st.DrawFn) -> dict[str, Any]:
    operator = draw(st.sampled_from(list(ACTIVITY_OPERATORS)))
    codes = st.sampled_from([*CODES, 999]).map(str)
    values = draw(st.lists(codes, min_size=1, max_size=3 if operator == "in" else 1))
    found = {"LookUpName": "ActivityEvent", "SqlOperator": operator, "LookUpValues": values}
    return found | {"Outcome": draw(st.sampled_from(OUTCOMES))} if draw(st.booleans()) else found


@st.composite
def windows(draw: st.DrawFn) -> dict[str, str]:
    ends = sorted([draw(times), draw(times)])
    field = draw(st.sampled_from(["LeadCreatedOn", "LeadModifiedOn", "ActivityCreatedOn"]))
    return {"DateField": field, "FromDate": text(ends[0]), "ToDate": text(ends[1])}


@st.composite
def user_conditions(draw: st.DrawFn) -> dict[str, Any]:
    own = {
        "UserID": st.sampled_from(OWNERS),
        "ManagerUserId": st.sampled_from(OWNERS),
        "EmailAddress": st.sampled_from(["ann@x.org", "bob@X.ORG", "@"]),
        "StatusCode": st.sampled_from(["0", "1", "01", "0.0"]),
        "FirstName": texts,
        "LastName": texts,
    }
    name, operator = draw(st.sampled_from(list(own))), draw(st.sampled_from(sorted(USER_OPERATORS)))
    if operator in {"def", "ndef"}:
        value = None
    elif operator in {"eq", "neq", "in"}:
        part = own[name].filter(lambda chosen: "," not in chosen and chosen.strip())
        value = draw(st.lists(part, min_size=1, max_size=3).map(", ".join))
    else:
        value = draw(own[name].filter(lambda chosen: chosen.replace(",", "").strip()))
    return {"LookupName": name, "Operator": operator, "LookupValue": value}


@st.composite
def joined(draw: st.DrawFn, parts: st.SearchStrategy[dict[str, Any]], member: str) -> list[dict[str, Any]]:
    join = draw(st.sampled_from([None, "AND", "OR", "or"]))
    return [part | {member: join} for part in draw(st.lists(parts, min_size=1, max_size=3))]


groups = joined(user_conditions(), "ConditionOperator").map(lambda conditions: {"Condition": conditions})
user_filters = joined(groups, "GroupOperator").map(lambda some: {"GroupConditions": some})
paging = st.fixed_dictionaries({"PageIndex": st.integers(1, 4), "PageSize": st.sampled_from([1, 2, 3, 5, 10_000])})


@st.composite
def filters(draw: st.DrawFn, operators: Sequence[str] = tuple(LEAD_OPERATORS)) -> dict[str, Any]:
    body: dict[str, Any] = {
        "ReportFilter": {
            "LeadFilters": draw(st.lists(lead_filters(operators), max_size=2)),
            "ActivityFilters": draw(st.lists(activity_filters(), max_size=3)),
        },
        "DateFilter": draw(st.lists(windows(), max_size=2)),
    }
    if draw(st.integers(0, 3)) == 0:
        body["ReportFilter"]["UserFilter"] = draw(user_filters)
    if draw(st.booleans()):
        body["Paging"] = draw(paging)
    return body


@st.composite
def list_reports(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(FIELDS), max_size=4, unique=True))
    output = {"Type": "List", "IncludeCSV": ",".join(dict.fromkeys(["ProspectID", *names]))}
    body = draw(filters()) | {"Output": output}
    if draw(st.booleans()):
        body["Sorting"] = {"ColumnName": draw(st.sampled_from(FIELDS)), "Direction": draw(st.sampled_from("01"))}
    return body


@st.composite
def aggregate_reports(draw: st.DrawFn) -> dict[str, Any]:
    function = draw(st.sampled_from(["Count", "Average", "Sum"]))
    output = {
        "Type": "Aggregate",
        "GroupBy": draw(st.sampled_from(FIELDS)),
        "AggregateFunction": function,
        "AggregateField": draw(st.sampled_from(NUMBERS if function != "Count" else FIELDS)),
    }
    body = draw(filters()) | {"Output": output}
    if draw(st.booleans()):
        column = draw(st.sampled_from(["Count", output["GroupBy"]]))
        body["Sorting"] = {"ColumnName": column, "Direction": draw(st.sampled_from("01"))}
    return body


def of_all_leads(body: dict[str, Any]) -> dict[str, Any]:
    """The same question to Lead Distribution, which knows no activities."""
    kept = {name: value for name, value in body["ReportFilter"].items() if name != "ActivityFilters"}
    dates = [window for window in body["DateFilter"] if window["DateField"] != "ActivityCreatedOn"]
    return body | {"ReportFilter": kept, "DateFilter": dates}


lists, aggregates = list_reports(), aggregate_reports()
asked = st.one_of(
    st.tuples(st.just(NOT_CONTACTED), lists),
    st.tuples(st.just(NOT_CONTACTED), aggregates),
    st.tuples(st.just(LeadDistribution.path), (lists | aggregates).map(of_all_leads)),
)
Asked = tuple[str, dict[str, Any]]


def check(oracle: Oracle, path: str, body: Mapping[str, Any], answer: httpx.Response) -> None:
    try:
        if path != NOT_CONTACTED and "ContactTries" in str(body):
            raise Refused("ContactTries")  # where nobody asks for contact there is none to be tried
        leads = oracle.matching(body, contacted_too=path != NOT_CONTACTED)
    except Refused:
        assert answer.status_code == 400, answer.text
        return
    assert answer.status_code == 200, answer.text
    read = answer.json()
    if body["Output"]["Type"] == "List":
        assert (read["TotalCount"], read["Results"]) == (str(len(leads)), oracle.shown(leads, body))
    else:
        by = oracle.field(body["Output"]["GroupBy"])
        groups = oracle.groups(leads, by)
        assert read["TotalCount"] == str(len(groups))
        check_order(by, body, groups, read["Results"])
        check_groups(by, body["Output"], groups, read["Results"])


Group = list[dict[str, Any]]


def check_order(by: Field, body: Mapping[str, Any], groups: list[Group], rows: list[dict[str, Any]]) -> None:
    """The page's rows are the right ones; the order among equals is the server's to choose."""
    sorting = body.get("Sorting", {"ColumnName": "Count", "Direction": "1"})
    down = sorting["Direction"] == "1"
    if sorting["ColumnName"] == "Count":
        counts = sorted(map(len, groups), reverse=down)
        assert [int(row["Count"]) for row in rows] == page(counts, body)
        return
    assert len(rows) == len(page(groups, body))
    values = [group[0][by.name] for group in groups if folded(group[0][by.name])]
    blanks = [None] * (len(groups) - len(values))
    if by.kind == "text":  # texts that are numbers stand somewhere among the others; what has no value is last
        assert [row[by.name] is None for row in rows] == page([False] * len(values) + [True] * len(blanks), body)
    else:
        values.sort(key=folded if by.kind == "id" else None, reverse=down)
        wanted = page([*values, *blanks], body)
        assert [folded(row[by.name]) for row in rows] == [folded(value) for value in wanted]


def check_groups(by: Field, output: Mapping[str, str], groups: list[Group], rows: list[dict[str, Any]]) -> None:
    """Every row is a group of its own, with its figures."""
    left = list(groups)
    for row in rows:
        (mine,) = [group for group in left if is_label(by, row[by.name], group)]
        left.remove(mine)
        assert row["Count"] == str(len(mine))
        function = output["AggregateFunction"]
        if function != "Count":
            check_figure(row[function], function, [lead[output["AggregateField"]] for lead in mine])


def is_label(by: Field, label: str | None, group: list[dict[str, Any]]) -> bool:
    """A group is shown by one of its own spellings, trimmed; by nothing where it has no value."""
    spellings = {text(lead[by.name]).strip() for lead in group}
    return label is None if not folded(group[0][by.name]) else label in spellings


def check_figure(shown: str | None, function: str, values: list[Any]) -> None:
    there = [Decimal(str(value)) for value in values if value is not None]
    if not there:
        assert shown is None
        return
    assert shown is not None
    total = sum(there, Decimal(0))
    wanted = total if function == "Sum" else total / len(there)
    if function == "Sum" and not any(isinstance(value, float) for value in values):
        assert Decimal(shown) == wanted
    else:  # a mean is a float of six digits after the point
        assert abs(Decimal(shown) - wanted) <= max(Decimal("0.000001"), abs(wanted) * Decimal("1e-14"))


async def answers(store: Store, some: Sequence[Asked]) -> list[httpx.Response]:
    """The server's answers, without a socket."""
    app = make_app(store, Options(SecretStr(ACCESS), SecretStr(SECRET), rate_limit=None, clock=lambda: NOW))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://local", params=KEYS) as http:
        return [await http.post(path, json=body) for path, body in some]


@settings(max_examples=engines.fewer(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rows=stores(), some=st.lists(asked, min_size=engines.more(6), max_size=engines.more(6)))
def test_reports__agree_with_the_oracle(rows: Rows, some: list[Asked]) -> None:
    with TemporaryDirectory() as folder:
        store = engines.opened(make_store(Path(folder) / "s", rows))
        try:
            found = asyncio.run(answers(store, some))
        finally:
            store.close()
    for (path, body), answer in zip(some, found, strict=True):
        check(Oracle(rows, NOW_UTC), path, body, answer)


def test_oracle__knows_every_operator() -> None:
    """The random reports would hold one that it does not know only now and then."""
    oracle = Oracle(odd_company(), NOW_UTC)
    for symbol in LEAD_OPERATORS:
        for name in ("Source", "mx_Seen", "mx_Due"):
            lead = {"LookUpName": name, "SqlOperator": symbol, "LookUpValues": ["2026-01-01", "2026-02-01"]}
            assert oracle.matching({"ReportFilter": {"LeadFilters": [lead]}}, contacted_too=True) is not None
    for symbol in ACTIVITY_OPERATORS:
        called = {"LookUpName": "ActivityEvent", "SqlOperator": symbol, "LookUpValues": ["21"]}
        assert oracle.matching({"ReportFilter": {"ActivityFilters": [called]}}) is not None
    for symbol in USER_OPERATORS:
        user = {"Condition": [{"LookupName": "FirstName", "Operator": symbol, "LookupValue": "web"}]}
        assert fits({"UserId": "u", "FirstName": "Web"}, [user]) is not None


def odd_company() -> Rows:
    """Every odd text once, beside all kinds of values; times and owners go round."""
    kept = engines.storable(TEXTS)
    leads = [
        {
            "ProspectID": f"lead-{index:03}",
            "OwnerId": [*OWNERS, None][index % (len(OWNERS) + 1)],
            "Source": odd,
            "ProspectStage": kept[index // 3],
            "mx_Text": kept[-index],
            "EngagementScore": [None, -7, 0, 5, 7, 12][index % 6],
            "mx_Amount": [None, Decimal("7.00"), Decimal("0.50")][index % 3],
            "mx_Ratio": [None, 0.5, 7.0, -7.0][index % 4],
            "mx_Seen": [None, *TIMES][index % 10],
            "mx_Due": [None, *map(datetime.date, TIMES)][index % 10],
            "CreatedOn": [*TIMES, None][index % 10],
            "ModifiedOn": TIMES[index % 9],
        }
        for index, odd in enumerate(kept)
    ]
    activities = [
        activity(
            index,
            f"lead-{index * 7 % len(kept):03}",
            CODES[index % 5],
            text(TIMES[index % 9]),
            Status=STATUSES[index % 6],
            mx_Duration=TALK_TIMES[index // 6 % 6],
        )
        for index in range(45)
    ]
    users = [{"UserId": owner, "FirstName": TEXTS[6 + index], "StatusCode": "0"} for index, owner in enumerate(OWNERS)]
    return Rows(leads=leads, activities=activities, users=users[:-1], types=[], columns=COLUMNS)


@pytest.fixture(scope="module")
def odd(serve: Serve) -> tuple[Caller, Oracle]:
    rows = odd_company()
    return serve(rows), Oracle(rows, NOW_UTC)


@settings(
    max_examples=engines.fewer(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(one=asked)
def test_reports__agree_over_http(odd: tuple[Caller, Oracle], one: Asked) -> None:
    caller, oracle = odd
    path, body = one
    check(oracle, path, body, caller.post(path, body))


@settings(
    max_examples=engines.fewer(30), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(body=lists)
def test_csv__holds_what_the_oracle_lists(odd: tuple[Caller, Oracle], body: dict[str, Any]) -> None:
    caller, oracle = odd
    answer = caller.post(NOT_CONTACTED, body, responseformat="csv")
    try:
        leads = oracle.matching(body)
    except Refused:
        assert answer.status_code == 400
        return
    assert answer.status_code == 200
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8"), newline=""))
    assert ",".join(header) == body["Output"]["IncludeCSV"]
    assert rows == [[value or "" for value in row.values()] for row in oracle.shown(leads, body)]


@pytest.mark.parametrize("operator", ["=", "<>", ">", "<", ">=", "<="])
@pytest.mark.parametrize("field", ["Source", "ProspectID", "EngagementScore", "mx_Amount", "mx_Ratio", "LeadAge"])
def test_compare__every_odd_text_with_every_other(odd: tuple[Caller, Oracle], field: str, operator: str) -> None:
    """The whole table, pair by pair, of what is equal, more and less: blanks, cases, numbers, scripts."""
    caller, oracle = odd
    values = [one for one in TEXTS if one.strip() or LEAD_OPERATORS[operator].takes_blank]
    for value in engines.some(values, FIELDS.index(field) + len(operator)):
        body = {
            "Output": {"Type": "List", "IncludeCSV": f"ProspectID,{field}"},
            "ReportFilter": {"LeadFilters": [{"LookUpName": field, "SqlOperator": operator, "LookUpValues": [value]}]},
        }
        check(oracle, LeadDistribution.path, body, caller.post(LeadDistribution.path, body))


def test_groups__drill_down_shows_as_many_leads_as_the_group_counts(odd: tuple[Caller, Oracle]) -> None:
    """Every number is a door: the leads behind a group's value are just the group."""
    caller, _ = odd
    for by in FIELDS:
        output = {"Type": "Aggregate", "GroupBy": by, "AggregateFunction": "Count", "AggregateField": by}
        _, groups = caller.ask({"Output": output})
        for group in groups:
            value = group[by] or ""
            body = {"LeadFilters": [{"LookUpName": by, "SqlOperator": "=", "LookUpValues": [value]}]}
            assert len(caller.ids(ReportFilter=body)) == int(group["Count"]), (by, value)
