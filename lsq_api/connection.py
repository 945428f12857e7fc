"""The dashboard's connection: one client for the process, kept answers, and an embedded server where none is named.

`st.connection("leadsquared", type=LeadSquaredConnection)`. The only module here that knows Streamlit.
Answers are kept per account and question, for every viewer alike.
"""

import atexit
import logging
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

import streamlit as st
from streamlit.connections import BaseConnection

from lsq_api.cache.cache import AT_ONCE, OF_OUR_OWN, Cache, Fetched, Life
from lsq_api.cache.key import key_of
from lsq_api.cache.screen import current_screen
from lsq_api.client import names
from lsq_api.client.asks import Ask, Asking, OfReport, answered, asked
from lsq_api.client.client import Client
from lsq_api.contract.errors import Costly
from lsq_api.contract.lookups import SORTING, Account
from lsq_api.contract.report import Report
from lsq_api.host import addresses
from lsq_api.host.embedded import embedded
from lsq_api.host.settings import Host, Settings
from lsq_api.question.directory import Directory
from lsq_api.recency.job import Gathering, Gatherings
from lsq_api.recency.recency import Recency

REPORTS = Life(timedelta(minutes=5), timedelta(minutes=30))
"""How long the answer of a report is used again, and then until it was asked anew."""
NAMES = Life(timedelta(hours=1), timedelta(hours=12))
"""The same of names: users, lead fields, activity types, the account."""
LEADS = Life(timedelta(minutes=1), timedelta(minutes=5))
"""The same of one lead and its activities."""
_ANSWERS, _NAMES, _BYTES = 5_000, 1_000, 256 * 2**20

T = TypeVar("T")

log = logging.getLogger(__name__)


def utc() -> datetime:
    """Now."""
    return datetime.now(UTC)


class LeadSquaredConnection(BaseConnection[Client]):
    """One account, demo data or own data; every method answers from what is kept while that is fresh.

    NotConnected or another LeadSquaredError where there is no answer; errors are not kept.
    """

    def _connect(self, *, now: Callable[[], datetime] = utc, **_: Any) -> Client:
        self.settings = Settings.load(self._secrets.to_dict())
        self.now, self.since = now, now()
        at_once = AT_ONCE if self.settings.host else OF_OUR_OWN
        self.cache, self._names = Cache(_ANSWERS, _BYTES, now, at_once=at_once), Cache(_NAMES, _BYTES, now)
        self.gatherings = Gatherings()
        self._moment: datetime | None = None
        client = Client.of(self.settings) if self.settings.host else Client(_embedded(self.settings.data).host)
        self.recency = Recency(
            client,
            account=self.account,
            fields=lambda: self.directory().fields,
            codes=lambda: self.directory().codes,
            now=now,
            fresh=REPORTS.fresh,
        )
        return client

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
        return self._named("account", lambda client: client.whoami())

    @property
    def can_sort(self) -> bool:
        """Whether the host sorts a report (decision 3)."""
        return SORTING in self.account().extensions

    def directory(self) -> Directory:
        """Names of users, lead fields and activity types; the account is asked for beside them."""
        self._names.ahead("account", NAMES, self._instance.whoami)
        return self._named("directory", lambda client: names.directory(client, dict(self.settings.contacts)))

    def team(self, manager_id: str) -> frozenset[str]:
        """IDs of everyone who reports to a manager, and the manager's own."""
        return self._named(f"team {manager_id}", lambda client: client.team(manager_id))

    def moment(self) -> datetime:
        """The minute that counts as now for relative ranges: one for all answers of a screen, renewed with them."""
        now = self.now()
        if self._moment is None or now - self._moment >= REPORTS.fresh:
            self._moment = now.replace(second=0, microsecond=0)
        return self._moment

    def answer(self, ask: Ask[T]) -> T:
        """The answer to one question: kept, or asked now."""
        client = self._instance  # first: where the settings have changed, it comes with caches of its own
        served = self.cache.get(self._key(ask), _life(ask), partial(self._call, client, ask))
        screen = current_screen()
        if screen:
            screen.note(served)
        return served.answer

    def get(self, asking: Asking[T]) -> T:
        """What the answers to several questions amount to; each is kept, or asked now."""
        return answered(asking, self.answer)

    def asks(self, asking: Asking[Any]) -> list[Ask[Any]]:
        """What is asked, as far as kept answers tell what comes next. Nothing is asked here."""
        return asked(asking, lambda ask: self.cache.peek(self._key(ask), _life(ask)))

    def ahead(self, asks: Iterable[Ask[Any]]) -> None:
        """Begin to ask for what a screen is about to show, side by side; each answer is waited for in its place.

        Not what is worked out from other calls: those answers share their reading, which takes its own time.
        """
        client = self._instance
        for ask in asks:
            if not (isinstance(ask, OfReport) and self.recency.works_out(ask.report)):
                self.cache.ahead(self._key(ask), _life(ask), partial(ask.of, client))

    def fetched(self, ask: Ask[Any]) -> Fetched | None:
        """When the host gave the answer that is kept and how long it took; None where none is kept."""
        return self.cache.fetched(self._key(ask), _life(ask))

    def _call(self, client: Client, ask: Ask[T]) -> T:
        return ask.of(self.recency.answering(ask.report)) if isinstance(ask, OfReport) else ask.of(client)

    def _named(self, key: str, call: Callable[[Client], T]) -> T:
        client = self._instance
        return self._names.get(key, NAMES, lambda: call(client)).answer

    def _key(self, ask: Ask[Any]) -> str:
        if not isinstance(ask, OfReport):
            return repr(ask)
        screen = current_screen()
        return key_of(type(ask).__name__, ask.report, screen.moment if screen else self.moment())

    def gathering(self, cost: Costly) -> Gathering | None:
        """The reading of what an answer needs, where one runs, failed or was cancelled."""
        return self.gatherings.of(self.recency.subject(_report(cost)))

    def gather(self, cost: Costly) -> Gathering:
        """Begin to read what an answer needs."""
        report = _report(cost)
        return self.gatherings.begin(
            self.recency.subject(report),
            lambda progress: self.recency.gather(report, progress, cost.calls),
            cost.calls,
        )

    def client(self) -> Client:
        """The client itself, for what is not to be kept."""
        return self._instance

    def close(self) -> None:
        """Let go of the sockets; Streamlit calls it when it forgets the connection."""
        if self._raw_instance is not None:
            self._raw_instance.close()

    def refresh(self) -> None:
        """The next screen asks everything anew; what was kept stands in where the host does not answer."""
        self._moment = None
        self.recency.renew()
        self.cache.renew()


def _life(ask: Ask[Any]) -> Life:
    return REPORTS if isinstance(ask, OfReport) else LEADS


def _report(cost: Costly) -> Report:
    if not isinstance(cost.request, Report):
        raise TypeError("only a report takes many calls")
    return cost.request


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
