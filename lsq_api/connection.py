"""The dashboard's connection: one client for the process, kept answers, and an embedded server where none is named.

`st.connection("leadsquared", type=LeadSquaredConnection)`. The only module here that knows Streamlit.
Answers are kept per account and request, for every viewer alike.
"""

import atexit
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, cast

import streamlit as st
from streamlit.connections import BaseConnection

from lsq_api.cache.cache import AT_ONCE, OF_OUR_OWN, Cache, Fetched, Life
from lsq_api.cache.key import key_of
from lsq_api.cache.screen import current_screen
from lsq_api.client import names
from lsq_api.client.dry_run import Verb
from lsq_api.contract.answer import AggregateAnswer, Group, ListAnswer
from lsq_api.contract.errors import Costly
from lsq_api.contract.lookups import SORTING, Account, Timeline
from lsq_api.contract.report import Report
from lsq_api.host import addresses
from lsq_api.host.embedded import embedded
from lsq_api.host.settings import Host, Settings
from lsq_api.question.directory import Directory
from lsq_api.recency.client import Recency
from lsq_api.recency.job import Gathering, Gatherings

REPORTS = Life(timedelta(minutes=5), timedelta(minutes=30))
"""How long the answer of a report is used again, and then until it was asked anew."""
NAMES = Life(timedelta(hours=1), timedelta(hours=12))
"""The same of names: users, lead fields, activity types, the account."""
LEADS = Life(timedelta(minutes=1), timedelta(minutes=5))
"""The same of one lead and its activities."""
_ANSWERS, _NAMES, _BYTES = 5_000, 1_000, 256 * 2**20

log = logging.getLogger(__name__)


def utc() -> datetime:
    """Now."""
    return datetime.now(UTC)


class LeadSquaredConnection(BaseConnection[Recency]):
    """One account, demo data or own data; every method answers from what is kept while that is fresh.

    NotConnected or another LeadSquaredError where there is no answer; errors are not kept.
    """

    def _connect(self, *, now: Callable[[], datetime] = utc, **_: Any) -> Recency:
        self.settings = Settings.load(self._secrets.to_dict())
        self.now, self.since = now, now()
        at_once = AT_ONCE if self.settings.host else OF_OUR_OWN
        self.cache, self._names = Cache(_ANSWERS, _BYTES, now, at_once=at_once), Cache(_NAMES, _BYTES, now)
        self.gatherings = Gatherings()
        self._moment: datetime | None = None
        if self.settings.host:
            return Recency.of(self.settings, now=now, fresh=REPORTS.fresh)
        return Recency(_embedded(self.settings.data).host, now=now, fresh=REPORTS.fresh)

    @property
    def mode(self) -> str:
        """`demo`, `data` or `leadsquared`."""
        return self.settings.mode

    @property
    def app_url(self) -> str | None:
        """Where people open a lead in LeadSquared: as set, as the account says, or as the API host suggests."""
        host = self.settings.host
        if host is None or self.settings.names_app:
            return host.app_url if host else None
        return addresses.app_among(self.account().services) or host.app_url

    @property
    def identity(self) -> str:
        """The account as a text without secrets."""
        return self._instance.host.identity

    def account(self) -> Account:
        """Whom the keys belong to."""
        return cast("Account", self._named("account", Recency.whoami))

    @property
    def can_sort(self) -> bool:
        """Whether the host sorts a report (decision 3)."""
        return SORTING in self.account().extensions

    def directory(self) -> Directory:
        """Names of users, lead fields and activity types; the account is asked for beside them."""
        client = self._instance
        self._names.ahead("account", NAMES, client.whoami)
        named = self._named("directory", lambda client: names.directory(client, dict(self.settings.contacts)))
        return cast("Directory", named)

    def team(self, manager_id: str) -> frozenset[str]:
        """IDs of everyone who reports to a manager, and the manager's own."""
        return cast("frozenset[str]", self._named(f"team {manager_id}", lambda client: client.team(manager_id)))

    def moment(self) -> datetime:
        """The minute that counts as now for relative ranges: one for all answers of a screen, renewed with them."""
        now = self.now()
        if self._moment is None or now - self._moment >= REPORTS.fresh:
            self._moment = now.replace(second=0, microsecond=0)
        return self._moment

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
        return cast("dict[str, Any] | None", self._ask("lead", lead_id))

    def timeline(self, lead_id: str, *, offset: int, count: int) -> Timeline:
        """A block of a lead's activities of any type, newest first."""
        return cast("Timeline", self._ask("timeline", lead_id, None, offset, count))

    def ahead(self, asks: Iterable[Verb]) -> None:
        """Begin to ask for what a screen is about to show, side by side; each answer is waited for in its place.

        Not what is worked out from other calls: those answers share their reading, which takes its own time.
        """
        client = self._instance
        for verb, about in asks:
            if not (isinstance(about[0], Report) and client.works_out(about[0])):
                self.cache.ahead(self._key(verb, *about), _LIVES[verb], partial(getattr(client, verb), *about))

    def _ask(self, verb: str, *about: Any) -> object:
        client = self._instance  # first: where the settings have changed, it comes with caches of its own
        served = self.cache.get(self._key(verb, *about), _LIVES[verb], lambda: getattr(client, verb)(*about))
        screen = current_screen()
        if screen:
            screen.note(served)
        return served.answer

    def _named(self, key: str, ask: Callable[[Recency], object]) -> object:
        client = self._instance
        return self._names.get(key, NAMES, lambda: ask(client)).answer

    def _key(self, verb: str, *about: Any) -> str:
        if not isinstance(about[0], Report):
            return f"{verb} {about}"
        screen = current_screen()
        return key_of(verb, about[0], screen.moment if screen else self.moment())

    def fetched(self, verb: str, *about: Any) -> Fetched | None:
        """When the host gave the answer that is kept and how long it took; None where none is kept."""
        return self.cache.fetched(self._key(verb, *about), _LIVES[verb])

    def gathering(self, cost: Costly) -> Gathering | None:
        """The reading of what an answer needs, where one runs, failed or was cancelled."""
        return self.gatherings.of(self._instance.subject(cast("Report", cost.request)))

    def gather(self, cost: Costly) -> Gathering:
        """Begin to read what an answer needs."""
        report = cast("Report", cost.request)
        return self.gatherings.begin(
            self._instance.subject(report),
            lambda progress: self._instance.gather(report, progress, cost.calls),
            cost.calls,
        )

    def client(self) -> Recency:
        """The client itself, for what is not to be kept: exports."""
        return self._instance

    def close(self) -> None:
        """Let go of the sockets; Streamlit calls it when it forgets the connection."""
        if self._raw_instance is not None:
            self._raw_instance.close()

    def refresh(self) -> None:
        """The next screen asks everything anew; what was kept stands in where the host does not answer."""
        self._moment = None
        self._instance.renew()
        self.cache.renew()


_LIVES = {
    **dict.fromkeys(("total", "page", "every_group", "some_groups"), REPORTS),
    **dict.fromkeys(("lead", "timeline"), LEADS),
}
_NOTHING = {
    "total": 0,
    "page": ListAnswer(0, []),
    "every_group": [],
    "some_groups": AggregateAnswer(0, []),
    "lead": None,
    "timeline": Timeline(0, []),
}


class Rehearsal(LeadSquaredConnection):
    """The same connection, but what it is asked is noted and not sent on: the answer is the kept one, or nothing."""

    def __init__(self, of: LeadSquaredConnection) -> None:  # not connected a second time
        self.__dict__.update(of.__dict__)
        self.noted: list[Verb] = []

    def _ask(self, verb: str, *about: Any) -> object:
        self.noted.append(Verb(verb, about))
        kept = self.cache.peek(self._key(verb, *about), _LIVES[verb])
        return _NOTHING[verb] if kept is None else kept


class _Embedded(NamedTuple):
    """A server of our own, and what ends it."""

    host: Host
    held: ExitStack


@st.cache_resource(show_spinner="Loading the leads …", on_release=lambda served: served.held.close())
def _embedded(data: str | None) -> _Embedded:
    """A server of our own in this process; started once for each source of data, ended when it is forgotten."""
    held = ExitStack()
    atexit.register(held.close)
    return _Embedded(held.enter_context(embedded(data)), held)
