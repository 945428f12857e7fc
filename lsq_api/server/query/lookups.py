"""The calls of `/v2` beside the reports: users, lead fields, activities, one lead, the account.

Source: sections 1 and 4 to 7 of the wire notes. There each call has a shape of its own, and so it has here.
"""

from typing import Literal

from pydantic import Field

from lsq_api.contract.conditions import DateField, UserConditionGroup, UserFilter
from lsq_api.contract.lookups import V2_PAGE_SIZE
from lsq_api.contract.operators import LEAD_OPERATORS
from lsq_api.contract.report import Sorting
from lsq_api.contract.wire import CommaNames, Moment, Wire
from lsq_api.server.query import lookup_queries
from lsq_api.server.query.engine import Engine, Row
from lsq_api.server.query.plan import ColumnKind, Order, Planner, user_attribute
from lsq_api.server.query.refusal import bad_input, unknown
from lsq_api.server.store.schema import USERS, StoredField

EXTENSIONS = [DateField.ACTIVITY, "Sorting", *(row.extension for row in LEAD_OPERATORS.values() if row.extension)]
"""What `--strict` switches off (decisions 2 and 3, and operators of lead filters that the vendor's page has not)."""
KEY_OWNER = "00000000-0000-0000-0000-000000000000"
"""The user ID of the keys' owner: no user of the store, but an administrator above them all."""


class SearchPaging(Wire):
    """A page of users or activities; `index` counts from 1."""

    index: int = Field(1, alias="PageIndex", ge=1)
    size: int = Field(V2_PAGE_SIZE, alias="PageSize", ge=1, le=V2_PAGE_SIZE)


class SearchColumns(Wire):
    """The attributes to return."""

    names: CommaNames = Field(alias="Include_CSV")


class UserSearch(Wire):
    """The body of User/AdvancedSearch."""

    columns: SearchColumns | None = Field(None, alias="Columns")
    groups: tuple[UserConditionGroup, ...] = Field((), alias="GroupConditions")
    joins: Literal["AND", "OR"] | None = Field(None, alias="GroupOperator")
    sorting: tuple[Sorting, ...] = Field((), alias="Sorting")
    paging: SearchPaging = Field(default_factory=SearchPaging, alias="Paging")


class OneCode(Wire):
    """An activity event code, or None for all activities."""

    code: int | None = Field(None, alias="ActivityEvent", ge=0)


class RowPaging(Wire):
    """A block of a timeline: the rows before it, and its number of rows."""

    offset: int = Field(0, alias="Offset", ge=0)
    rows: int = Field(25, alias="RowCount", ge=1, le=V2_PAGE_SIZE)


class TimelineSearch(Wire):
    """The body of ProspectActivity.svc/Retrieve."""

    parameter: OneCode = Field(default_factory=OneCode, alias="Parameter")
    paging: RowPaging = Field(default_factory=RowPaging, alias="Paging")


class CodeInWindow(Wire):
    """An activity event code and a range of `ModifiedOn`, both ends included."""

    start: Moment = Field(alias="FromDate")
    end: Moment = Field(alias="ToDate")
    code: int = Field(alias="ActivityEvent", ge=0)


class ActivitySearch(Wire):
    """The body of RetrieveByActivityEvent."""

    parameter: CodeInWindow = Field(alias="Parameter")
    paging: SearchPaging = Field(default_factory=SearchPaging, alias="Paging")
    sorting: Sorting | None = Field(None, alias="Sorting")


def users(engine: Engine) -> list[Row]:
    """Users.Get: all users; here `StatusCode` is a number (section 4.1)."""
    return [
        {
            "ID": user["UserId"],
            "FirstName": user["FirstName"],
            "LastName": user["LastName"],
            "EmailAddress": user["EmailAddress"],
            "Role": user["Role"],
            "StatusCode": int(user["StatusCode"] or 0),
            "MemberOfGroups": [name.strip() for name in (user["Groups"] or "").split(",") if name.strip()],
            "Tag": None,
            "IsPhoneCallAgent": False,
        }
        for user in _everybody(engine)
    ]


def search_users(engine: Engine, search: UserSearch) -> Row:
    """User/AdvancedSearch: a page of matching users with the requested attributes; others are null (section 4.2)."""
    columns = [user_attribute("Sorting.ColumnName", by.field) for by in search.sorting]
    order = tuple(Order(c.name, c.kind, by.descending) for c, by in zip(columns, search.sorting, strict=True))
    planner = Planner(engine.store, engine.now())
    test = planner.users(UserFilter(groups=search.groups, joins=search.joins))
    found = engine.rows(lookup_queries.users(test, order, engine.schema), planner.values)
    start = (search.paging.index - 1) * search.paging.size
    wanted = _wanted(search)
    managers = {user["UserId"]: user["FullName"] for user in _everybody(engine)} if "ManagerUserId" in wanted else {}
    return {
        "RecordCount": len(found),
        "Users": [
            {name: user[name] if name in wanted else None for name in USERS}
            | ({"ManagerName": managers.get(user["ManagerUserId"])} if "ManagerUserId" in wanted else {})
            for user in found[start : start + search.paging.size]
        ],
    }


def _wanted(search: UserSearch) -> set[str]:
    """The attributes to return: those requested; all without any, or for `*`."""
    names = search.columns.names if search.columns else ("*",)
    return set(USERS) if "*" in names else {"UserId"} | {user_attribute("Columns.Include_CSV", n).name for n in names}


def _everybody(engine: Engine) -> list[Row]:
    return engine.rows(lookup_queries.everything("users", "UserId", engine.schema))


def team(engine: Engine, manager: str | None) -> list[str]:
    """RetrieveAllReportingUsers: IDs of all users below a manager, at any distance, without her own (section 4.3)."""
    people = _everybody(engine)
    if manager is None or manager.lower() == KEY_OWNER:
        return [user["UserId"] for user in people]
    below: dict[str, list[str]] = {}
    for user in people:
        below.setdefault((user["ManagerUserId"] or "").lower(), []).append(user["UserId"])
    found: list[str] = []
    waiting, seen = [manager.lower()], {manager.lower()}
    while waiting:
        for user_id in below.get(waiting.pop(), []):
            if user_id.lower() not in seen:  # a circle of managers must end too
                seen.add(user_id.lower())
                found.append(user_id)
                waiting.append(user_id.lower())
    return sorted(found)


def lead_fields(engine: Engine, schema_name: str | None, *, options: bool) -> list[Row]:
    """LeadsMetaData.Get: all lead fields, or the one named (section 5)."""
    known = engine.store.fields
    if schema_name is not None and schema_name.strip().lower() not in known:
        raise unknown("schemaName", schema_name, (field.schema_name for field in known.values()))
    asked = known.values() if schema_name is None else [known[schema_name.strip().lower()]]
    return [_field(field, options=options) for field in asked]


def _field(field: StoredField, *, options: bool) -> Row:
    row: Row = {
        "SchemaName": field.schema_name,
        "DisplayName": field.display_name,
        "DataType": field.data_type,
        "IsMandatory": False,
        "EntityAttributeType": 2 if field.custom else 1,
        "Name": field.schema_name,
        "IsVisible": True,
        "IsSortable": True,
    }
    return row | {"Options": [{"Value": value} for value in field.options]} if options and field.options else row


def activity_types(engine: Engine) -> list[Row]:
    """ActivityTypes.Get: all activity event codes, here as numbers (section 6)."""
    rows = engine.rows(lookup_queries.everything("activity_types", "ActivityEvent", engine.schema))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def lead(engine: Engine, lead_id: str) -> list[Row]:
    """Leads.GetById: an array with the lead and all its stored fields, empty where there is none (section 7)."""
    rows = engine.rows(lookup_queries.lead(engine.schema), [lead_id])
    times = {name for name, kind in engine.store.column_types.items() if kind == "TIMESTAMP"}
    return [{name: f"{value}.000" if name in times and value else value for name, value in row.items()} for row in rows]


def timeline(engine: Engine, lead_id: str, search: TimelineSearch) -> Row:
    """ProspectActivity.svc/Retrieve: a lead's activities, newest first, by offset and row count (section 6)."""
    code = search.parameter.code
    values = [lead_id] if code is None else [lead_id, code]
    page, in_all = lookup_queries.timeline(engine.schema, of_one_code=code is not None)
    total, rows = engine.page(page, in_all, values, size=search.paging.rows, offset=search.paging.offset)
    return {"RecordCount": total, "ProspectActivities": [_timeline_row(row) for row in rows]}


def _timeline_row(row: Row) -> Row:
    return {
        "Id": row["ProspectActivityId"],
        "EventCode": int(row["ActivityEvent"]),
        "EventName": row["EventName"],
        "CreatedOn": f"{row['CreatedOn']}.000",
        "ActivityType": int(row["EventType"] or 2),
        "Type": row["EventName"],
        "CreatedBy": row["CreatedBy"],
        "CreatedByName": row["CreatedByName"],
        "Note": row["ActivityEvent_Note"],
        "Status": row["Status"],
    }


def activities(engine: Engine, search: ActivitySearch) -> Row:
    """RetrieveByActivityEvent: a code's activities by `ModifiedOn`; without any there is no list (section 6)."""
    asked = search.parameter
    if asked.start > asked.end:
        raise bad_input("Parameter: FromDate can't be greater than ToDate.")
    values = [asked.code, asked.start.replace(tzinfo=None), asked.end.replace(tzinfo=None)]
    size, offset = search.paging.size, (search.paging.index - 1) * search.paging.size
    page, in_all = lookup_queries.activities(_activity_order(engine, search.sorting), engine.schema)
    total, rows = engine.page(page, in_all, values, size=size, offset=offset)
    hidden = {"EventName", "EventType"}
    shown = [{name: value for name, value in row.items() if name not in hidden} for row in rows]
    return {"RecordCount": total, "List": shown} if shown else {"RecordCount": total}


def _activity_order(engine: Engine, sorting: Sorting | None) -> Order | None:
    if sorting is None:
        return None
    known = {column.lower(): column for column in engine.schema.activities}
    if sorting.field.strip().lower() not in known:
        raise unknown("Sorting.ColumnName", sorting.field, known.values(), "a column of this answer")
    return Order(known[sorting.field.strip().lower()], ColumnKind.TEXT, sorting.descending)


def account(engine: Engine, base_url: str, *, strict: bool) -> Row:
    """UserByAccessKey.Get: the user of the keys, the hosts, and this server's extensions (section 1)."""
    return {
        "Id": KEY_OWNER,
        "FirstName": "Local",
        "LastName": "Server",
        "EmailAddress": None,
        "Role": "Administrator",
        "TimeZone": "Asia/Kolkata" if engine.store.demo else "UTC",
        "OrgDisplayName": engine.store.title,
        "LSQCommonServiceURLs": {"Api": base_url},
        "Extensions": [] if strict else EXTENSIONS,
    }
