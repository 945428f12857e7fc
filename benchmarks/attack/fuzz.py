"""Requests that nobody means: valid ones of every call, spoilt in one to four places. The same for the same seed."""

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

import orjson

from lsq_api.contract.report import LeadDistribution, NotContacted

_SEARCH = "/v2/UserManagement.svc/User/AdvancedSearch"
_V2 = "/v2/LeadManagement.svc"
_LIST = {"Type": "List", "IncludeCSV": "ProspectID,ProspectStage,CreatedOn,LeadAge,OwnerIdName"}
_GROUPS = {"Type": "Aggregate", "GroupBy": "OwnerId", "AggregateFunction": "Average", "AggregateField": "LeadAge"}
_SPAN = {"FromDate": "2026-01-01 00:00:00", "ToDate": "2026-12-31 00:00:00"}
_FILTERS = {
    "UserFilter": {
        "GroupConditions": [
            {
                "Condition": [
                    {"LookupName": "UserID", "Operator": "eq", "LookupValue": "a,b", "ConditionOperator": "OR"},
                    {"LookupName": "StatusCode", "Operator": "gt", "LookupValue": "0"},
                ],
                "GroupOperator": "AND",
            },
            {"Condition": [{"LookupName": "FirstName", "Operator": "lik", "LookupValue": "a"}]},
        ]
    },
    "LeadFilters": [
        {"LookUpName": "ProspectStage", "LookUpValues": ["Prospect", "7", ""], "SqlOperator": "in"},
        {"LookUpName": "EngagementScore", "LookUpValues": ["7"], "SqlOperator": ">="},
        {"LookUpName": "CreatedOn", "LookUpValues": ["2026-01-31"], "SqlOperator": "<"},
        {"LookUpName": "LeadAge", "LookUpValues": ["30"], "SqlOperator": "<>"},
    ],
}
_ACTIVITIES = {
    "ActivityFilters": [
        {"LookUpName": "ActivityEvent", "LookUpValues": ["21", "22"], "SqlOperator": "in", "Outcome": "60"}
    ]
}
_PAGE = {"PageIndex": 1, "PageSize": 5}
_BY = {"ColumnName": "ProspectStage", "Direction": "1"}
VALID: tuple[tuple[str, str, dict[str, str], Any], ...] = (
    (
        "POST", NotContacted.path, {"responseformat": "json"},
        {"ReportFilter": _FILTERS | _ACTIVITIES, "DateFilter": [{"DateField": "ActivityCreatedOn"} | _SPAN],
         "Output": _LIST, "Paging": _PAGE, "Sorting": _BY},
    ),
    ("POST", NotContacted.path, {"responseformat": "csv"}, {"ReportFilter": _ACTIVITIES, "Output": _LIST}),
    (
        "POST", NotContacted.path, {},
        {"ReportFilter": _ACTIVITIES, "Paging": _PAGE,
         "Output": _GROUPS | {"AggregateFunction": "Count", "AllLeads": 1}},
    ),
    (
        "POST", LeadDistribution.path, {},
        {"ReportFilter": _FILTERS, "DateFilter": [{"DateField": "LeadCreatedOn"} | _SPAN], "Output": _GROUPS},
    ),
    ("GET", "/v2/UserManagement.svc/Users.Get", {}, None),
    (
        "POST", _SEARCH, {},
        {"Columns": {"Include_CSV": "UserID,Role"}, "Sorting": [{"ColumnName": "Role", "Direction": "0"}],
         "Paging": _PAGE} | _FILTERS["UserFilter"],
    ),
    ("GET", "/v2/UserManagement.svc/User/Retrieve/ByUserId", {"userId": "a"}, None),
    ("GET", "/v2/UserManagement.svc/ReportingHierarchy/RetrieveAllReportingUsers", {"UserId": "a"}, None),
    ("GET", f"{_V2}/LeadsMetaData.Get", {"schemaName": "Source", "excludeOptionSets": "1"}, None),
    ("GET", f"{_V2}/Leads.GetById", {"id": "a"}, None),
    ("GET", f"{_V2}/Leads.GetByEmailaddress", {"emailaddress": "a@b.org"}, None),
    ("GET", f"{_V2}/RetrieveLeadByPhoneNumber", {"phone": "+91-9876543210"}, None),
    ("GET", f"{_V2}/Leads.GetByQuickSearch", {"key": "zzzz"}, None),
    (
        "POST", f"{_V2}/Leads.Get", {},
        {"Parameter": {"LookupName": "LeadAge", "LookupValue": "7", "SqlOperator": ">"},
         "Columns": {"Include_CSV": "ProspectID"}, "Sorting": _BY, "Paging": _PAGE},
    ),
    (
        "POST", f"{_V2}/Leads.RecentlyModified", {},
        {"Parameter": _SPAN, "Columns": {"Include_CSV": "ProspectID"}, "Sorting": _BY, "Paging": _PAGE},
    ),
    (
        "POST", f"{_V2}/Leads/Retrieve/ByIds", {},
        {"SearchParameters": {"LeadIds": ["a", "b"]}, "Columns": {"Include_CSV": "ProspectID"}, "Paging": _PAGE},
    ),
    ("GET", "/v2/ProspectActivity.svc/ActivityTypes.Get", {}, None),
    (
        "POST", "/v2/ProspectActivity.svc/Retrieve", {"leadId": "a"},
        {"Parameter": {"ActivityEvent": 22, "RemoveEmptyValue": True}, "Paging": {"Offset": 0, "RowCount": 5},
         "Sorting": {"ColumnName": "CreatedOn", "Direction": "1"}},
    ),
    (
        "POST", "/v2/ProspectActivity.svc/CustomActivity/RetrieveByActivityEvent", {},
        {"Parameter": {"ActivityEvent": 22} | _SPAN, "Paging": _PAGE, "Sorting": {"ColumnName": "Status"}},
    ),
    ("GET", "/v2/ProspectActivity.svc/Makers", {}, None),
    ("GET", "/v2/Authentication.svc/UserByAccessKey.Get", {}, None),
)  # fmt: skip
"""A valid request of each call: its method, path, parameters and body."""

_NUMBERS = (
    0, -1, 1, 2, 10**4, 2**31 - 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 0.5, 1e308, 1e15, 1e29, -0.0, 1e-9,
)  # fmt: skip
_TEXTS = (
    "", " ", "0", "-1", "7.5", "9" * 28, "9" * 29, "9" * 400, "-" + "9" * 28 + "." + "9" * 9, "1e309", "NaN", "inf",
    "٧", "\0", "a\0b", "%", "~", "'; DROP TABLE leads; --", '"', "\\", "\u202e", "😀" * 9, "a" * 70_000,
    ",", "," * 5000,
    "0000-00-00", "0001-01-01", "9999-12-31", "2026-02-30", "9999-12-31 23:59:59", "2026-01-01 24:00:00", "true",
    "List", "Aggregate", "Count", "Sum", "Minimum", "Maximum", "AND", "OR", "in", "nin", "out", "lik", "def", "<>",
    "LIKE", "%a%", "a%b", "ProspectID", "OwnerId", "Groups", "ContactTries", "LastContactOn", "WaitingSince", "LeadAge",
    "EngagementScore", "CreatedOn", "Share", "AllLeads", "ActivityEvent", "Answered", "60", "csv",
)  # fmt: skip
_OTHERS = (None, True, False, [], {}, [[]], [None], {"": None}, {"$ref": "#"}, [{}], [0], [""])
_KINDS = ("application/json", "application/json; charset=utf-16", "text/plain", "", "multipart/form-data")


class Spoilt(NamedTuple):
    """A request to send: keys are added by whoever sends it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    content: bytes | None


def requests(seed: int, many: int) -> Iterator[Spoilt]:
    """So many requests of a seed; every call has its turn."""
    random = Random(seed)
    for number in range(many):
        method, path, query, body = VALID[number % len(VALID)]
        yield _spoilt(random, method, path, dict(query), None if body is None else orjson.loads(orjson.dumps(body)))


def _spoilt(random: Random, method: str, path: str, query: dict[str, str], body: Any) -> Spoilt:
    headers = {"Content-Type": random.choice(_KINDS) if random.random() < 0.03 else "application/json"}
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        if body is not None and random.random() < 0.85:
            body = _changed(random, body)
        else:
            name = random.choice([*query, "x", "", "accessKey "]) if query else random.choice(["x", "leadId", "id"])
            query[name] = random.choice(_TEXTS)[:2000]
    if random.random() < 0.02:
        method = random.choice(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    if random.random() < 0.02:
        path = random.choice(
            [path.lower(), f"{path}/", f"/{path}", f"{path}%00", f"{path}/../x", "/", "/%2e%2e/etc/passwd"]
        )
    return Spoilt(method, path, query, headers, None if body is None else _written(random, body))


def _written(random: Random, body: Any) -> bytes:
    written = orjson.dumps(body)
    chance = random.random()
    if chance < 0.02:
        return written[: random.randint(0, len(written))]
    if chance < 0.04:
        at = random.randint(0, len(written))
        return written[:at] + bytes(random.randrange(256) for _ in range(random.randint(1, 9))) + written[at:]
    if chance < 0.06:
        deep = random.choice([100, 200, 254, 255, 1000, 1023, 1024, 1025, 5000, 100_000])
        opened, closed = random.choice([(b"[", b"]"), (b'{"a":', b"}")])
        return written.replace(
            random.choice([b'"ProspectID"', b"1", b"5", written]), opened * deep + b"1" + closed * deep, 1
        )
    if chance < 0.08:
        return written.replace(b"5", b"1" + b"0" * random.choice([19, 29, 308, 309, 5000]), 1)
    return written


def _places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(part, dict):
        for name in part:
            yield from _places(part[name], (*path, name))
    elif isinstance(part, list):
        for number in range(min(len(part), 20)):
            yield from _places(part[number], (*path, number))


def _value(random: Random, old: Any) -> Any:
    chance = random.random()
    if chance < 0.35:  # of its own kind: such a request is often answered
        return random.choice(_NUMBERS if isinstance(old, int | float) else _TEXTS)
    if chance < 0.45:
        return random.choice(_NUMBERS)
    if chance < 0.7:
        return random.choice(_TEXTS)
    if chance < 0.8:
        return deepcopy(random.choice(_OTHERS))
    if chance < 0.9:
        return [deepcopy(old) for _ in range(random.choice([1, 2, 9, 49, 50, 51, 500]))]
    many = random.choice([2, 100, 5000, 20_000, 20_001])
    return [random.choice([f"{number}", f"v{number}"]) for number in range(many)]


def _changed(random: Random, body: Any) -> Any:
    """The body with one member given another value, removed, renamed or added, or one item repeated."""
    places = list(_places(body))
    *path, last = random.choice(places[1:]) if len(places) > 1 else (None,)
    if last is None:
        return deepcopy(random.choice([*_OTHERS, *_NUMBERS, *_TEXTS]))
    holder = body
    for step in path:
        holder = holder[step]
    chance = random.random()
    if chance < 0.7:
        holder[last] = _value(random, holder[last])
    elif chance < 0.8:
        del holder[last]
    elif isinstance(holder, list):
        holder += [deepcopy(holder[last]) for _ in range(random.choice([1, 5, 60]))]
    elif chance < 0.9:
        holder[random.choice([str(last).upper(), f" {last}", "Extra", "", "__proto__"])] = deepcopy(holder[last])
    else:
        holder[random.choice(["Sorting", "Paging", "Outcome", "AllLeads", "Offset", "GroupOperator"])] = _value(
            random, 1
        )
    return body
