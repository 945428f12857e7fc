"""The calls of the contract as methods: the two lead reports, and the look-ups under `/v2`.

Source: the report's page; sections 2 to 7 of the wire notes. Any method may raise what `contract/errors.py` lists.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime
from functools import partial
from typing import Any, Self, TypeVar

import httpx

from lsq_api.client.calls import Exchange
from lsq_api.client.ledger import Ledger
from lsq_api.client.paging import Block, Paged, PageSchedule, every_block
from lsq_api.client.request import MAX_BYTES, TIMEOUT, TOTAL_SECONDS, Bounds, Sender
from lsq_api.contract.answer import AggregateAnswer, Group, ListAnswer
from lsq_api.contract.conditions import UserFilter
from lsq_api.contract.errors import NotConnected, UnexpectedAnswer
from lsq_api.contract.lookups import (
    V2_PAGE_SIZE,
    Account,
    Activity,
    ActivityType,
    LeadField,
    Timeline,
    User,
    lead_row,
    rows_of,
)
from lsq_api.contract.makers import MAKERS_CALL, ActivityMakers
from lsq_api.contract.members import Members
from lsq_api.contract.report import DEFAULT_PAGE_SIZE, AggregateOutput, ListOutput, Report
from lsq_api.contract.wire import write_time
from lsq_api.host.settings import Host, Settings
from lsq_api.limits.bucket import DAY
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.queue import FILE_PATIENCE, SCREEN, Caller, never
from lsq_api.limits.rate import Rate
from lsq_api.limits.retries import NONE, Retries

LEAD_ID, OWNER_ID = "ProspectID", "OwnerId"
SOME_GROUPS = 3_000
"""The most groups that `some_groups` reads in full: a field such as the e-mail address has one for every lead."""

AnyReport = TypeVar("AnyReport", bound=Report)

_USERS = "/v2/UserManagement.svc"
_LEADS = "/v2/LeadManagement.svc"
_ACTIVITIES = "/v2/ProspectActivity.svc"


class Client:
    """One account on one host. Safe to share between threads; close it, or use it as a context manager.

    Without a `pacer` no call waits for a permit, and without `retries` none is repeated, as suits a server of our own.
    """

    def __init__(
        self,
        host: Host,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout | float = TIMEOUT,
        total_timeout: float = TOTAL_SECONDS,
        max_bytes: int = MAX_BYTES,
        pacer: Pacer | None = None,
        retries: Retries = NONE,
    ) -> None:
        self.host = host
        sender = Sender(host, transport, Bounds(timeout, total_timeout, max_bytes))
        self._exchange = Exchange(sender, pacer, retries)

    @classmethod
    def of(cls, settings: Settings, **more: Any) -> Self:
        """The client of the settings' account: paced within limits shared with other processes, and with retries."""
        if not settings.host:
            raise NotConnected("no host is set; set LSQ_API_URL, LSQ_ACCESS_KEY and LSQ_SECRET_KEY")
        return cls(settings.host, pacer=paced(settings), retries=Retries(), **more)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def through(self, made: Callable[[Exchange], Exchange]) -> Self:
        """The same account, with its calls made by what `made` makes of this one's exchange. It is not closed."""
        twin = copy(self)
        twin._exchange = made(self._exchange)
        return twin

    def close(self) -> None:
        """Close the connections."""
        self._exchange.close()

    @property
    def ledger(self) -> Ledger:
        """The calls made so far."""
        return self._exchange.ledger

    @property
    def pacer(self) -> Pacer | None:
        """The limits of calls and what is used of them; None where calls are not limited."""
        return self._exchange.pacer

    def page(self, report: Report, caller: Caller = SCREEN) -> ListAnswer:
        """One page of leads. `ProspectID` and `OwnerId` are always among the fields (section 2.4)."""
        body = with_ids(report).wire()
        return self._exchange.ask(report.path, _leads, params={"responseformat": "json"}, body=body, caller=caller)

    def every_page(
        self,
        report: Report,
        size: int = DEFAULT_PAGE_SIZE,
        *,
        expected: int | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[ListAnswer]:
        """All leads, page by page, each lead once; Incomplete at the end unless they are as many as `TotalCount`.

        Under a limit several pages are under way at once; `expected` leads let that begin with the first page. Closing
        the iterator ends the calls; once `cancelled` returns true it raises GivenUp.
        """
        closed = threading.Event()
        caller = Caller(bulk=True, patience=FILE_PATIENCE, cancelled=lambda: closed.is_set() or cancelled())

        def ask(index: int) -> Block[dict[str, Any]]:
            answer = self.page(report.page(index, size), caller)
            return Block(answer.total, answer.rows)

        # Hashes take a third of the memory of the IDs; if two collided, the count would be wrong and so noticed.
        paged = Paged(report.path, size, ask, lambda row: hash(str(row[LEAD_ID])))
        try:
            for block in every_block(paged, self._ahead(caller, expected)):
                yield ListAnswer(block.total or 0, block.rows)
        finally:
            closed.set()

    def _ahead(self, caller: Caller, expected: int | None) -> PageSchedule:
        window = self.pacer.window if self.pacer else None
        if window is None:
            return PageSchedule(caller=caller)
        return PageSchedule(window.of, float(window.seconds), expected, caller)

    def total(self, report: Report) -> int:
        """How many leads a report has, whatever its output: `TotalCount` of a page of one row (section 2.4)."""
        listed = report.model_copy(update={"output": ListOutput(fields=(LEAD_ID,)), "sorting": None})
        return self.page(listed.page(1, 1)).total

    def groups(self, report: Report) -> AggregateAnswer:
        """The page of groups that the report asks for (section 2.7)."""
        if not isinstance(report.output, AggregateOutput):
            raise TypeError("groups() takes a report with an aggregate output")
        read = partial(AggregateAnswer.read, group_by=report.output.group_by)
        return self._exchange.ask(report.path, read, params={"responseformat": "json"}, body=report.wire())

    def every_group(self, report: Report, size: int = DEFAULT_PAGE_SIZE) -> list[Group]:
        """Every group, each value once; raises Incomplete unless they are as many as `TotalCount`."""
        return [group for block in self._group_blocks(report, size) for group in block.rows]

    def some_groups(self, report: Report, size: int = DEFAULT_PAGE_SIZE) -> AggregateAnswer:
        """Every group where there are at most `SOME_GROUPS`; else the first page, and how many there are."""
        found: list[Group] = []
        for block in self._group_blocks(report, size):
            found += block.rows
            if (block.total or 0) > SOME_GROUPS:
                break
        return AggregateAnswer(block.total or 0, found)

    def _group_blocks(self, report: Report, size: int) -> Iterator[Block[Group]]:
        def ask(index: int) -> Block[Group]:
            answer = self.groups(report.page(index, size))
            return Block(answer.total, answer.groups)

        return every_block(Paged(report.path, size, ask, lambda group: group.value))

    def csv(self, report: Report) -> Iterator[bytes]:
        """The CSV answer to one request in pieces, as the host writes it (section 2.8); close it to end it early."""
        return self._exchange.stream(report.path, params={"responseformat": "csv"}, body=report.wire())

    def whoami(self) -> Account:
        """The account and user of the keys; the cheapest test of a connection (section 1)."""
        return self._exchange.ask("/v2/Authentication.svc/UserByAccessKey.Get", Account.read)

    def users(self) -> list[User]:
        """Every user, active or not, without managers (section 4.1)."""
        return self._exchange.ask(f"{_USERS}/Users.Get", partial(rows_of, read=User.read))

    def search_users(self, which: UserFilter | None = None) -> list[User]:
        """The users that match `which` (None: all), with their managers (section 4.2)."""
        conditions = which.model_dump(by_alias=True, mode="json", exclude_none=True) if which else {}
        sorting = [{"ColumnName": "EmailAddress", "Direction": 0}]  # unique, so that pages do not overlap

        def ask(index: int) -> Block[User]:
            body = {**conditions, "Sorting": sorting, "Paging": {"PageIndex": index, "PageSize": V2_PAGE_SIZE}}
            read = partial(rows_of, read=User.read, within="Users")
            return Block(None, self._exchange.ask(f"{_USERS}/User/AdvancedSearch", read, body=body))

        blocks = every_block(Paged("User/AdvancedSearch", V2_PAGE_SIZE, ask, lambda user: user.id))
        return [user for block in blocks for user in block.rows]

    def team(self, manager_id: str) -> frozenset[str]:
        """IDs of everyone who reports to a manager, at any distance, and the manager's own (section 4.3)."""
        call = f"{_USERS}/ReportingHierarchy/RetrieveAllReportingUsers"
        reporting = self._exchange.ask(call, partial(rows_of, read=_text), params={"UserId": manager_id})
        return frozenset(reporting) | {manager_id}

    def lead_fields(self, schema_name: str | None = None, options: bool = True) -> list[LeadField]:
        """Every lead field, or the named one; without options the answer is much smaller (section 5)."""
        wanted = {"schemaName": schema_name, "excludeOptionSets": None if options else "1"}
        params = {name: value for name, value in wanted.items() if value is not None}
        return self._exchange.ask(f"{_LEADS}/LeadsMetaData.Get", partial(rows_of, read=LeadField.read), params=params)

    def lead(self, lead_id: str) -> dict[str, Any] | None:
        """All fields of a lead by schema name; None where there is no such lead (section 7)."""
        read = partial(rows_of, read=lead_row)
        return next(iter(self._exchange.ask(f"{_LEADS}/Leads.GetById", read, params={"id": lead_id})), None)

    def activity_types(self) -> list[ActivityType]:
        """Every activity event code with its name (section 6)."""
        return self._exchange.ask(f"{_ACTIVITIES}/ActivityTypes.Get", partial(rows_of, read=ActivityType.read))

    def makers(self) -> ActivityMakers:
        """Who creates the account's activities; only where the account names the extension `MAKERS`."""
        return self._exchange.ask(MAKERS_CALL, ActivityMakers.read)

    def timeline(self, lead_id: str, code: int | None = None, offset: int = 0, count: int = 100) -> Timeline:
        """A lead's activities, newest first, of one code or of all (section 6): `count` rows after `offset` rows."""
        body = {
            "Parameter": {} if code is None else {"ActivityEvent": code},
            "Paging": {"Offset": str(offset), "RowCount": str(count)},
        }
        read = partial(Timeline.read, offset=offset)
        return self._exchange.ask(f"{_ACTIVITIES}/Retrieve", read, params={"leadId": lead_id}, body=body)

    def activities(self, code: int, start: datetime, end: datetime) -> Iterator[Activity]:
        """Every activity of a code that was modified between two aware times, both included (section 6)."""
        window = {"FromDate": write_time(start), "ToDate": write_time(end), "ActivityEvent": code}

        def ask(index: int) -> Block[Activity]:
            body = {
                "Parameter": window,
                "Paging": {"PageIndex": index, "PageSize": V2_PAGE_SIZE},
                "Sorting": {"ColumnName": "CreatedOn", "Direction": "0"},
            }
            return self._exchange.ask(f"{_ACTIVITIES}/CustomActivity/RetrieveByActivityEvent", _activities, body=body)

        paged = Paged(f"activities of code {code}", V2_PAGE_SIZE, ask, lambda activity: activity.id)
        for block in every_block(paged):
            yield from block.rows

    def activity_count(self, code: int, start: datetime, end: datetime) -> int | None:
        """How many rows `activities` would return; None where they are many and `RecordCount` counts the page only."""
        window = {"FromDate": write_time(start), "ToDate": write_time(end), "ActivityEvent": code}
        for size in (2, 3):
            body = {"Parameter": window, "Paging": {"PageIndex": 1, "PageSize": size}}
            call = f"{_ACTIVITIES}/CustomActivity/RetrieveByActivityEvent"
            found = self._exchange.ask(call, _activities, body=body)
            if found.total or len(found.rows) < size:
                return found.total or len(found.rows)
        return None


def with_ids(report: AnyReport) -> AnyReport:
    """The list report with `ProspectID` and `OwnerId` among its fields, at the end where they were not asked for."""
    if not isinstance(report.output, ListOutput):
        raise TypeError("a page of leads takes a report with a list output")
    return report.model_copy(update={"output": ListOutput(fields=(*report.output.fields, LEAD_ID, OWNER_ID))})


def _leads(body: object) -> ListAnswer:
    """A page of leads in which each row has its ID under the name `ProspectID`, in just this spelling."""
    answer = ListAnswer.read(body)
    for row in answer.rows:
        if not row.get(LEAD_ID):
            row[LEAD_ID] = Members(row).needed(LEAD_ID)
    return answer


def _text(row: object) -> str:
    if not isinstance(row, str):
        raise UnexpectedAnswer(f"there is a {type(row).__name__} where an ID should be")
    return row


def _activities(body: object) -> Block[Activity]:
    """A page of activities. `RecordCount` may count the page or all rows: it is a total if it exceeds the page."""
    rows = rows_of(body, Activity.read, "List")
    total = Members(body).number("RecordCount") or 0
    return Block(total if total > len(rows) else None, rows)


def paced(settings: Settings) -> Pacer:
    """The pacer of the settings' account, shared between processes through a file whose name holds no secret."""
    name = hashlib.sha256(settings.host.identity.encode() if settings.host else b"").hexdigest()[:20]
    daily = [Rate(settings.daily_limit, DAY // 1000)] if settings.daily_limit else []
    return Pacer([settings.rate_limit, *daily], settings.state / f"{name}.calls")
