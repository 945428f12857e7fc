"""The calls of `/v2` that answer users, lead fields, activity types, and the account.

Source: sections 1 and 4 to 6 of the wire notes. There each call has a shape of its own, and so it has here.
"""

from datetime import UTC, datetime
from typing import Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from lsq_api.contract.conditions import MAX_CONDITIONS, DateField, Joins, UserConditionGroup, UserFilter
from lsq_api.contract.coverage import COVERAGE, ActivityCoverage, Covered, Outcomes
from lsq_api.contract.lookups import ALL_LEADS, EXTREMES, LAST_CONTACT
from lsq_api.contract.makers import MAKERS
from lsq_api.contract.operators import LEAD_OPERATORS
from lsq_api.contract.outcomes import ACTIVITY_OUTCOME, CONTACT_TRIES
from lsq_api.contract.report import Sorting
from lsq_api.contract.together import TOGETHER
from lsq_api.contract.wire import Wire, explain
from lsq_api.server.query import lookup_queries
from lsq_api.server.query.engine import Engine, Row
from lsq_api.server.query.plan import Order, Planner, user_attribute
from lsq_api.server.query.refusal import unknown
from lsq_api.server.query.searching import SearchColumns, SearchPaging
from lsq_api.server.store.schema import USERS, DataType, StoredField

EXTENSIONS = [
    DateField.ACTIVITY,
    "Sorting",
    *(row.extension for row in LEAD_OPERATORS.values() if row.extension),
    COVERAGE,
    MAKERS,
    LAST_CONTACT,
    EXTREMES,
    ALL_LEADS,
    ACTIVITY_OUTCOME,
    CONTACT_TRIES,
    TOGETHER,
]
"""What `--strict` switches off (decisions 2 and 3, operators of lead filters that the vendor's page has not, what the
account says of the activities that are known, and of who makes them, last contact, least and greatest, groups with all
their leads, what is asked of the outcome of calls, and several reports in one call)."""
KEY_OWNER = "00000000-0000-0000-0000-000000000000"
"""The user ID of the keys' owner: no user of the store, but an administrator above them all."""


class UserSearch(Wire):
    """The body of User/AdvancedSearch."""

    columns: SearchColumns | None = Field(None, alias="Columns")
    groups: tuple[UserConditionGroup, ...] = Field((), alias="GroupConditions", max_length=MAX_CONDITIONS)
    joins: Joins = Field(None, alias="GroupOperator")
    sorting: tuple[Sorting, ...] = Field((), alias="Sorting", max_length=len(USERS))
    paging: SearchPaging = Field(default_factory=SearchPaging, alias="Paging")
    _filter: UserFilter = PrivateAttr()

    @model_validator(mode="after")
    def _as_filter(self) -> Self:
        try:
            self._filter = UserFilter(groups=self.groups, joins=self.joins)
        except ValidationError as error:
            raise ValueError(explain(error)[1]) from None
        return self

    @property
    def filter(self) -> UserFilter:
        """The groups as a filter."""
        return self._filter


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
            "MemberOfGroups": _groups(user),
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
    test = planner.users(search.filter)
    found = engine.rows(lookup_queries.users(test, order, engine.schema), planner.values)
    start = search.paging.offset
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


def user(engine: Engine, user_id: str) -> list[Row]:
    """User/Retrieve/ByUserId: an array with the user; empty where there is none, or an inactive one (section 4.3)."""
    names = {one["UserId"]: one["FullName"] for one in _everybody(engine)}
    return [
        one
        | {
            "StatusCode": 0,
            "ManagerName": names.get(one["ManagerUserId"]),
            "Groups": [{"Name": name} for name in _groups(one)],
        }
        for one in engine.rows(lookup_queries.users(None, (), engine.schema))
        if one["UserId"].lower() == user_id.lower() and not int(one["StatusCode"] or 0)
    ]


def _groups(user: Row) -> list[str]:
    return [name.strip() for name in (user["Groups"] or "").split(",") if name.strip()]


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
    if field.data_type in {DataType.DATE, DataType.DATETIME}:
        row["RenderTypeTextValue"] = field.data_type
    return row | {"Options": [{"Value": value} for value in field.options]} if options and field.options else row


def activity_types(engine: Engine) -> list[Row]:
    """ActivityTypes.Get: all activity event codes, here as numbers (section 6)."""
    rows = engine.rows(lookup_queries.everything("activity_types", "ActivityEvent", engine.schema))
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def account(engine: Engine, base_url: str, *, strict: bool) -> Row:
    """UserByAccessKey.Get: the user of the keys, the hosts, and this server's extensions (section 1)."""
    said: Row = {
        "Id": KEY_OWNER,
        "FirstName": "Local",
        "LastName": "Server",
        "EmailAddress": None,
        "Role": "Administrator",
        "TimeZone": engine.store.timezone,
        "OrgDisplayName": engine.store.title,
        "LSQCommonServiceURLs": {"Api": base_url},
        "Extensions": [] if strict else EXTENSIONS,
    }
    return said if strict else said | {COVERAGE: _coverage(engine).wire()}


def _coverage(engine: Engine) -> ActivityCoverage:
    store = engine.store
    ((oldest,),) = (row.values() for row in engine.rows(lookup_queries.oldest_lead(engine.schema)))
    return ActivityCoverage(
        count=store.activities,
        codes={code: Covered(_utc(known.earliest), _utc(known.latest)) for code, known in store.codes.items()},
        leads_since=oldest and _utc(oldest),
        outcomes={
            code: Outcomes(known.count, known.answered, known.unanswered, known.timed)
            for code, known in store.codes.items()
        },
    )


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
