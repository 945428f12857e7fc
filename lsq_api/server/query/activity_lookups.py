"""The calls of `/v2` that answer activities: those of a lead, and those of a code.

Source: section 6 of the wire notes, and the vendor's pages "Get Activities of a Lead" and "Get Activities by Activity
Event".
"""

from typing import Any, Final, Self

from pydantic import Field, model_validator

from lsq_api.contract.lookups import INBOUND_CALL, OUTBOUND_CALL, V2_PAGE_SIZE
from lsq_api.contract.report import Sorting
from lsq_api.contract.wire import LARGEST, Moment, Wire
from lsq_api.server.query import lookup_queries
from lsq_api.server.query.engine import Engine, Row
from lsq_api.server.query.plan import ColumnKind, Order
from lsq_api.server.query.refusal import bad_input, unknown
from lsq_api.server.query.searching import SearchPaging

DEFAULT_BLOCK: Final = 25
"""Activities of a lead that are answered where no paging is asked for."""
CUSTOM: Final = 2
"""The category of an activity type that is not listed (`EventType`)."""
_DIRECTIONS: Final = {INBOUND_CALL: "Inbound", OUTBOUND_CALL: "Outbound"}
_OWN: Final = ("ActivityEvent_Note", "Status", "Owner")
"""What an activity has of its own, beside its `mx_` fields."""


class OneCode(Wire):
    """An activity event code, or None for all activities; and whether members without a value are left out."""

    code: int | None = Field(None, alias="ActivityEvent", ge=0, le=LARGEST)
    bare: bool = Field(False, alias="RemoveEmptyValue")


class TimelinePaging(Wire):
    """A block of a timeline: by the rows before it and its number of rows, or by a page's number and size."""

    offset: int | None = Field(None, alias="Offset", ge=0)
    rows: int | None = Field(None, alias="RowCount", ge=1, le=V2_PAGE_SIZE)
    index: int | None = Field(None, alias="PageIndex", ge=1)
    size: int | None = Field(None, alias="PageSize", ge=1, le=V2_PAGE_SIZE)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_row, by_page = (self.offset, self.rows) != (None, None), (self.index, self.size) != (None, None)
        if by_row and by_page:
            raise ValueError("takes Offset and RowCount, or PageIndex and PageSize; not some of both")
        return self

    @property
    def ends(self) -> tuple[int, int]:
        """How many rows, and how many are before them."""
        count = self.rows or self.size or DEFAULT_BLOCK
        return count, ((self.index or 1) - 1) * count if self.offset is None else self.offset


class TimelineSearch(Wire):
    """The body of ProspectActivity.svc/Retrieve."""

    parameter: OneCode = Field(default_factory=OneCode, alias="Parameter")
    paging: TimelinePaging = Field(default_factory=TimelinePaging, alias="Paging")
    sorting: Sorting | None = Field(None, alias="Sorting")


class CodeInWindow(Wire):
    """An activity event code and a range of `ModifiedOn`, both ends included; `bare` leaves out what has no value."""

    start: Moment = Field(alias="FromDate")
    end: Moment = Field(alias="ToDate")
    code: int = Field(alias="ActivityEvent", ge=0, le=LARGEST)
    bare: bool = Field(False, alias="RemoveEmptyValue")


class ActivitySearch(Wire):
    """The body of RetrieveByActivityEvent."""

    parameter: CodeInWindow = Field(alias="Parameter")
    paging: SearchPaging = Field(default_factory=SearchPaging, alias="Paging")
    sorting: Sorting | None = Field(None, alias="Sorting")


def timeline(engine: Engine, lead_id: str, search: TimelineSearch) -> Row:
    """ProspectActivity.svc/Retrieve: a lead's activities, newest first by default."""
    code, (size, offset) = search.parameter.code, search.paging.ends
    values = [lead_id] if code is None else [lead_id, code]
    order = _order(engine, search.sorting)
    page, in_all = lookup_queries.timeline(order, engine.schema, of_one_code=code is not None)
    total, rows = engine.page(page, in_all, values, size=size, offset=offset)
    shown = map(_timeline_row, rows)
    return {"RecordCount": total, "ProspectActivities": [_with_values(row, search.parameter.bare) for row in shown]}


def _timeline_row(row: Row) -> Row:
    """An activity as the service shows it in a timeline: what is not common to all types is in `Data` as pairs, and
    in `ActivityFields` by schema name, each where it has a value."""
    own = {name: row[name] for name in (*_OWN, *_custom(row)) if row[name] not in (None, "")}
    told = {"NotableEventDescription": row["ActivityEvent_Note"], "CreatedByName": row["CreatedByName"]}
    told |= {name: value for name, value in own.items() if name != "ActivityEvent_Note"}
    code = int(row["ActivityEvent"])
    return {
        "Id": row["ProspectActivityId"],
        "EventCode": code,
        "EventName": row["EventName"],
        "CreatedOn": _in_full(row["CreatedOn"]),
        "ModifiedOn": _in_full(row["ModifiedOn"]),
        "ActivityType": int(row["EventType"] or CUSTOM),
        "Type": _DIRECTIONS.get(code),
        "RelatedProspectId": row["RelatedProspectId"],
        "CreatedBy": row["CreatedBy"],
        "CreatedByName": row["CreatedByName"],
        "Note": row["ActivityEvent_Note"],
        "Status": row["Status"],
        "Data": [{"Key": name, "Value": value} for name, value in told.items() if value not in (None, "")],
        "ActivityFields": own,
    }


def _custom(row: Row) -> list[str]:
    return [name for name in row if name.lower().startswith("mx_")]


def _in_full(time: str | None) -> str | None:
    """With the fraction that lead and activity reads of the service print (section 10)."""
    return f"{time}.000" if time else None


def activities(engine: Engine, search: ActivitySearch) -> Row:
    """RetrieveByActivityEvent: a code's activities by `ModifiedOn`; without any there is no list."""
    asked = search.parameter
    if asked.start > asked.end:
        raise bad_input("Parameter: FromDate can't be greater than ToDate.")
    values = [asked.code, asked.start.replace(tzinfo=None), asked.end.replace(tzinfo=None)]
    page, in_all = lookup_queries.activities(_order(engine, search.sorting), engine.schema)
    total, rows = engine.page(page, in_all, values, size=search.paging.size, offset=search.paging.offset)
    shown = [_with_values(_listed_row(row), asked.bare) for row in rows]
    return {"RecordCount": total, "List": shown} if shown else {"RecordCount": total}


def _listed_row(row: Row) -> Row:
    hidden = {"EventName", "EventType"}
    category = {"ActivityType": str(row["EventType"] or CUSTOM)}
    return {name: value for name, value in row.items() if name not in hidden} | category


def _with_values(row: dict[str, Any], bare: bool) -> Row:
    """The row; where it is to be bare, only what has a value."""
    return {name: value for name, value in row.items() if value not in (None, "")} if bare else row


def _order(engine: Engine, sorting: Sorting | None) -> Order | None:
    if sorting is None:
        return None
    known = {column.lower(): column for column in engine.schema.activities}
    if sorting.field.strip().lower() not in known:
        raise unknown("Sorting.ColumnName", sorting.field, known.values(), "a column of this answer")
    return Order(known[sorting.field.strip().lower()], ColumnKind.TEXT, sorting.descending)
