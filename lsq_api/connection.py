"""The dashboard's connection: one client for the process, cached answers, and an embedded server where none is named.

`st.connection("leadsquared", type=LeadSquaredConnection)`. The only module here that knows Streamlit.
Answers are kept per host identity and request, for every viewer alike.
"""

import atexit
import logging
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, cast

import streamlit as st
from streamlit.connections import BaseConnection

from lsq_api.answer import AggregateAnswer, Group, ListAnswer
from lsq_api.client import Client
from lsq_api.directory import Directory
from lsq_api.embedded import embedded
from lsq_api.ledger import AnswerBook, Fetched
from lsq_api.lookups import ACTIVITY_DATES, SORTING, Account, Timeline
from lsq_api.report import Report
from lsq_api.settings import Host, Settings

REPORT_SECONDS = 5 * 60
"""How long the answer of a report is used again."""
DIRECTORY_SECONDS = 60 * 60
"""How long names are used again: users, lead fields, activity types."""
LEAD_SECONDS = 60
"""How long one lead and its activities are used again."""
_REPORTS, _REPORT_BYTES = 2_000, "256 MB"

Definitions = tuple[tuple[str, tuple[int, ...]], ...]

log = logging.getLogger(__name__)


class LeadSquaredConnection(BaseConnection[Client]):
    """One account, demo data or own data; every method answers from the cache while that is fresh.

    NotConnected or another LeadSquaredError where there is no answer; errors are not kept.
    """

    def _connect(self, **_: Any) -> Client:
        self.settings = Settings.load(self._secrets.to_dict())
        self.since = datetime.now(UTC)
        self.book = AnswerBook(_REPORTS)
        return Client.of(self.settings) if self.settings.host else Client(_embedded(self.settings.data))

    @property
    def mode(self) -> str:
        """`demo`, `data` or `leadsquared`."""
        return self.settings.mode

    @property
    def app_url(self) -> str | None:
        """Where people open a lead in LeadSquared; None where there is no such place."""
        return self.settings.host.app_url if self.settings.host else None

    @property
    def identity(self) -> str:
        """The account as a text without secrets; part of every cache key."""
        return self._instance.host.identity

    def account(self) -> Account:
        """Whom the keys belong to."""
        return _account(self.identity, self._instance)

    @property
    def has_windows(self) -> bool:
        """Whether the host's report can look at a range of the activities' dates (decision 2)."""
        return ACTIVITY_DATES in self.account().extensions

    @property
    def can_sort(self) -> bool:
        """Whether the host sorts a report (decision 3)."""
        return SORTING in self.account().extensions

    def directory(self) -> Directory:
        """Names of users, lead fields and activity types."""
        return _directory(self.identity, self.settings.contacts, self._instance)

    def team(self, manager_id: str) -> frozenset[str]:
        """IDs of everyone who reports to a manager, and the manager's own."""
        return _team(self.identity, manager_id, self._instance)

    def moment(self) -> datetime:
        """The minute that counts as now for relative ranges: one for all answers of a screen, renewed with them."""
        return _moment(self.identity)

    def total(self, report: Report) -> int:
        """How many leads the report holds."""
        return cast("int", self._ask("total", report))

    def page(self, report: Report) -> ListAnswer:
        """One page of leads."""
        return cast("ListAnswer", self._ask("page", report))

    def groups(self, report: Report) -> list[Group]:
        """Every group."""
        return cast("list[Group]", self._ask("every_group", report))

    def some_groups(self, report: Report) -> AggregateAnswer:
        """Every group, or the first of very many and how many there are."""
        return cast("AggregateAnswer", self._ask("some_groups", report))

    def lead(self, lead_id: str) -> dict[str, Any] | None:
        """All fields of a lead by schema name; None where there is no such lead."""
        return _lead(self.identity, lead_id, self._instance)

    def timeline(self, lead_id: str, *, offset: int, count: int) -> Timeline:
        """A block of a lead's activities of any type, newest first."""
        return _timeline(self.identity, lead_id, offset, count, self._instance)

    def _ask(self, verb: str, report: Report) -> object:
        self.book.wanted()
        return _answered(self.identity, _key(verb, report), self._instance, verb, report, self.book)

    def fetched(self, verb: str, report: Report) -> Fetched | None:
        """When the host gave the answer that is kept for a report and how long it took; None where none is kept."""
        found = self.book.fetched(_key(verb, report))
        return found if found and (datetime.now(UTC) - found.at).total_seconds() < REPORT_SECONDS else None

    def client(self) -> Client:
        """The client itself, for what is not to be kept: exports."""
        return self._instance

    def close(self) -> None:
        """Let go of the sockets; Streamlit calls it when it forgets the connection."""
        if self._raw_instance is not None:
            self._raw_instance.close()

    def refresh(self) -> None:
        """Forget every answer, so that the next screen asks anew."""
        for kept in (_moment, _answered, _lead, _timeline):
            kept.clear()
        self.book.forget()


class Rehearsal(LeadSquaredConnection):
    """The same connection, but a report is noted instead of asked, and every answer is empty: what would be asked?"""

    def __init__(self, of: LeadSquaredConnection) -> None:  # not connected a second time
        self.__dict__.update(of.__dict__)
        self.noted: list[tuple[str, Report]] = []

    def _ask(self, verb: str, report: Report) -> object:
        self.noted.append((verb, report))
        nothing = {"total": 0, "page": ListAnswer(0, []), "every_group": [], "some_groups": AggregateAnswer(0, [])}
        return nothing[verb]


@st.cache_resource(show_spinner="Loading the leads …")
def _embedded(data: str | None) -> Host:
    """A server of our own in this process; started once for each source of data."""
    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(embedded(data))


@st.cache_data(ttl=REPORT_SECONDS, max_entries=64, show_spinner=False)
def _moment(identity: str) -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


@st.cache_data(ttl=REPORT_SECONDS, max_entries=_REPORTS, max_size=_REPORT_BYTES, show_spinner=False)
def _answered(identity: str, asked: str, _client: Client, _verb: str, _report: Report, _book: AnswerBook) -> object:
    _book.missing()
    fetched, begun = datetime.now(UTC), time.perf_counter()
    answer: object = getattr(_client, _verb)(_report)
    _book.came(asked, fetched, time.perf_counter() - begun)
    return answer


def _key(verb: str, report: Report) -> str:
    return f"{verb} {report.path} {report.model_dump_json()}"


@st.cache_data(ttl=LEAD_SECONDS, max_entries=1_000, show_spinner=False)
def _lead(identity: str, lead_id: str, _client: Client) -> dict[str, Any] | None:
    return _client.lead(lead_id)


@st.cache_data(ttl=LEAD_SECONDS, max_entries=1_000, show_spinner=False)
def _timeline(identity: str, lead_id: str, offset: int, count: int, _client: Client) -> Timeline:
    return _client.timeline(lead_id, offset=offset, count=count)


@st.cache_data(ttl=DIRECTORY_SECONDS, max_entries=64, show_spinner=False)
def _account(identity: str, _client: Client) -> Account:
    return _client.whoami()


@st.cache_data(ttl=DIRECTORY_SECONDS, max_entries=1_000, show_spinner=False)
def _team(identity: str, manager_id: str, _client: Client) -> frozenset[str]:
    return _client.team(manager_id)


@st.cache_data(ttl=DIRECTORY_SECONDS, max_entries=64, show_spinner=False)
def _directory(identity: str, contacts: Definitions, _client: Client) -> Directory:
    return Directory.of(_client, dict(contacts))
