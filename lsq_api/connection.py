"""The dashboard's connection: a client with its cache, and an embedded server where no host is configured.

`connect()` is the process's own, so that every viewer shares its cache. The only module of lsq_api that imports
Streamlit.
"""

import atexit
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil
from typing import Any, NamedTuple, TypeVar

import streamlit as st
from streamlit import config
from streamlit.connections import BaseConnection

from lsq_api.access.people import Exceptions, Person, person
from lsq_api.access.scope import EVERYTHING, Scope
from lsq_api.cache.cache import AT_ONCE, AT_ONCE_EMBEDDED, Cache, Fetched, Life, Served
from lsq_api.cache.key import key_of
from lsq_api.cache.screen import current_screen
from lsq_api.client import names
from lsq_api.client.asks import Ask, OfReport
from lsq_api.client.client import Client
from lsq_api.client.together import fetched
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.errors import Costly, LeadSquaredError
from lsq_api.contract.lookups import ALL_LEADS, EXTREMES, LAST_CONTACT, SORTING, Account
from lsq_api.contract.makers import MAKERS, ActivityMakers
from lsq_api.contract.report import Report
from lsq_api.contract.together import MOST, TOGETHER
from lsq_api.host import addresses
from lsq_api.host.embedded import embedded
from lsq_api.host.secret_files import exposed
from lsq_api.host.settings import Host, Settings
from lsq_api.metrics import DashboardFigures, serve
from lsq_api.question.barred import may_be_called
from lsq_api.question.directory import Directory
from lsq_api.question.fill import NOTHING, Fill
from lsq_api.recency.job import Gathering, Gatherings
from lsq_api.recency.recency import Recency

REPORTS = Life(timedelta(minutes=5), timedelta(minutes=30))
"""How long the answer of a report is fresh, and until when a stale one is served while it is asked anew."""
NAMES = Life(timedelta(hours=1), timedelta(hours=12))
"""The same for the directory, teams and the account."""
LEADS = Life(timedelta(minutes=1), timedelta(minutes=5))
"""The same for one lead and its activities."""
_PEOPLE = Life(NAMES.fresh, NAMES.fresh)
"""The same for who sees what: an answer that is no longer fresh is not served meanwhile."""
WHOLE = EVERYTHING.key
_SEVERAL = 2
"""From so many on, reports are asked in one call where the host takes several."""
_ANSWERS, _NAMES, _BYTES = 5_000, 1_000, 256 * 2**20

T = TypeVar("T")

log = logging.getLogger(__name__)


_MET = "connected"
NAME = "leadsquared"
"""The connection's name, as `st.connection` takes it."""


def configured() -> Settings:
    """The settings of the environment and of Streamlit's secrets; raises NotConnected, which names what is wrong.

    For what has to work without a connection.
    """
    stored = st.secrets.get("connections", {}) if st.secrets.load_if_toml_exists() else {}
    return Settings.load(stored.get(NAME, {}))


def connect() -> "LeadSquaredConnection":
    """The connection of this process; raises a LeadSquaredError where there is none."""
    if not st.session_state.get(_MET):
        # Streamlit would say that it runs a function while the leads are loaded; so they are loaded before that.
        settings = configured()
        if not settings.host:
            _embedded(settings.data)
        st.session_state[_MET] = True
    return st.connection(NAME, type=LeadSquaredConnection)


def reconnect() -> None:
    """Let everybody's next screen be answered by what the settings name now: data were added, or taken away.

    Raises a LeadSquaredError where that cannot be connected to; screens that are being drawn may miss an answer.
    """
    source = connect()
    before = source.client()
    source.reset()
    _embedded.clear()
    before.close()


def exposed_secrets() -> list[str]:
    """A sentence for each of Streamlit's files of secrets that others than its owner may read."""
    return exposed(config.get_option("secrets.files"))


def utc() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class LeadSquaredConnection(BaseConnection[Client]):
    """One account, demo data or own data; answers come from the cache while they are fresh.

    Raises NotConnected or another LeadSquaredError where there is no answer; errors are not cached.
    """

    def _connect(self, *, now: Callable[[], datetime] = utc, **_: Any) -> Client:
        self.settings = Settings.load(self._secrets.to_dict())
        for warning in exposed_secrets():
            log.warning(warning)
        self.now, self.since = now, now()
        at_once = AT_ONCE if self.settings.host else AT_ONCE_EMBEDDED
        self.cache, self._names = Cache(_ANSWERS, _BYTES, now, at_once=at_once), Cache(_NAMES, _BYTES, now)
        self.gatherings = Gatherings()
        self._moment: datetime | None = None
        client = Client.of(self.settings) if self.settings.host else Client(_embedded(self.settings.data).host)
        if self.settings.metrics_port:
            _figures(self.settings.metrics_port).show(client, self.cache)
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
        """Base URL of LeadSquared's web app (section 12): as configured, by the account, or by the API host."""
        host = self.settings.host
        if host is None or self.settings.names_app:
            return host.app_url if host else None
        return addresses.app_among(self.account().services) or host.app_url

    @property
    def identity(self) -> str:
        """A stable text for the account, without secrets."""
        return self._instance.host.identity

    def account(self) -> Account:
        """The account and user of the keys (section 1)."""
        found = self._named("account", lambda client: client.whoami())
        # What it says of activities goes with the answers of reports, and own data may be appended to at any time.
        return found if found.coverage is None else self._named("account", lambda client: client.whoami(), REPORTS)

    @property
    def can_sort(self) -> bool:
        """Whether the host sorts a report (decision 3)."""
        return SORTING in self.account().extensions

    def makers(self) -> ActivityMakers | None:
        """Who creates the account's activities; None where the host cannot tell, or does not answer that now."""
        if MAKERS not in self.account().extensions:
            return None
        try:
            return self._named("makers", lambda client: client.makers())
        except LeadSquaredError as error:
            log.warning("who creates activities is not known now: %s", error)
            return None

    @property
    def tells_last_contact(self) -> bool:
        """Whether the host's report tells when a lead was last contacted."""
        return LAST_CONTACT in self.account().extensions

    @property
    def tells_extremes(self) -> bool:
        """Whether the host's report tells the least and greatest value of each group."""
        return EXTREMES in self.account().extensions

    @property
    def ranks_shares(self) -> bool:
        """Whether the host's report ranks groups by their share of all leads."""
        return ALL_LEADS in self.account().extensions

    def fill(self, scope: Scope = EVERYTHING) -> Fill:
        """Which lead fields hold values, by a sample of the leads; nothing is known where the host does not answer."""
        sample = scope.report(names.sample(scope.directory(self.directory())))
        try:
            return self._named(f"fill {scope.key}", lambda client: Fill.of(client.page(sample).rows))
        except LeadSquaredError as error:
            log.warning("no sample of leads: %s", error)
            return NOTHING

    @property
    def left_out(self) -> tuple[LeadFilter, ...]:
        """The conditions that are added to every question: leads that must not be called, where they are left out."""
        if self.settings.do_not_call != "out":
            return ()
        return may_be_called(self.directory(), self.account().extensions)

    def directory(self) -> Directory:
        """Users, lead fields and activity types. Also begins to ask for the account, which every page needs next."""
        self._names.ahead("account", NAMES, self._instance.whoami)
        return self._named("directory", self._listed)

    def _listed(self, client: Client) -> Directory:
        return names.directory(client, dict(self.settings.contacts))

    def person(self, email: str, exceptions: Exceptions) -> Person:
        """Who has this address, as the account knows them now: names of more than an hour ago do not say who sees what.

        Raises a LeadSquaredError where the account cannot be asked and was not within a day.
        """
        listed = self._named("directory", self._listed, _PEOPLE)
        below = lambda manager: self._named(f"team {manager}", lambda client: client.team(manager), _PEOPLE)  # noqa: E731
        return person(email, listed, exceptions, below)

    def team(self, manager_id: str) -> frozenset[str]:
        """IDs of all users below a manager, at any distance, and the manager's own (section 4.3)."""
        return self._named(f"team {manager_id}", lambda client: client.team(manager_id))

    def moment(self) -> datetime:
        """What counts as now (aware, UTC, whole minutes), the same for all answers until they are no longer fresh."""
        now = self.now()
        if self._moment is None or now - self._moment >= REPORTS.fresh:
            self._moment = now.replace(second=0, microsecond=0)
        return self._moment

    def answer(self, ask: Ask[T], scope: str = WHOLE) -> T:
        """The answer to one question, from the cache or the host; kept apart for each `scope`."""
        client = self._instance  # first: changed settings make a new client, and new caches with it
        served = self.cache.get(self._key(ask, scope), _life(ask), partial(self._call, client, ask))
        screen = current_screen()
        if screen:
            screen.note(served)
        return served.answer

    def peek(self, ask: Ask[T], scope: str = WHOLE) -> Served[T] | None:
        """The answer that can be served without waiting; None where there is none. Makes no call."""
        return self.cache.peek(self._key(ask, scope), _life(ask))

    def ahead(self, asks: Iterable[Ask[Any]], scope: str = WHOLE) -> None:
        """Begin to ask these questions in the background, for a screen that is about to be drawn, and return at once.

        Leaves out what `recency` works out: those answers share one reading and may take many calls. Every such screen
        also says who looks like a system, for which it needs the makers of activities.
        """
        client = self._instance
        if MAKERS in self.account().extensions:
            self._names.ahead("makers", NAMES, client.makers)
        now = {self._key(ask, scope): ask for ask in asks if not self._worked_out(ask)}
        reports = {key: ask for key, ask in now.items() if isinstance(ask, OfReport)}
        if TOGETHER not in self.account().extensions or len(reports) < _SEVERAL:
            reports = {}
        for key, ask in now.items():
            if key not in reports:
                self.cache.ahead(key, _life(ask), partial(self._call, client, ask))
        for part in _trips(list(reports)):
            self.cache.ahead_of(part, REPORTS, partial(_together, client, reports))

    def _worked_out(self, ask: Ask[Any]) -> bool:
        return isinstance(ask, OfReport) and self.recency.works_out(ask.report)

    def fetched(self, ask: Ask[Any], scope: str = WHOLE) -> Fetched | None:
        """When the cached answer was asked of the host, and how long that took; None where none can be served."""
        return self.cache.fetched(self._key(ask, scope), _life(ask))

    def _call(self, client: Client, ask: Ask[T]) -> T:
        return ask.of(self.recency.answering(ask.report)) if isinstance(ask, OfReport) else ask.of(client)

    def _named(self, key: str, call: Callable[[Client], T], life: Life = NAMES) -> T:
        client = self._instance
        return self._names.get(key, life, lambda: call(client)).answer

    def _key(self, ask: Ask[Any], scope: str) -> str:
        if not isinstance(ask, OfReport):
            return f"{scope} {ask!r}"
        screen = current_screen()
        return f"{scope} {key_of(type(ask).__name__, ask.report, screen.moment if screen else self.moment())}"

    def gathering(self, cost: Costly) -> Gathering | None:
        """The running, failed or cancelled reading of what a Costly answer needs; None where there is none."""
        return self.gatherings.of(self.recency.subject(_report(cost)))

    def gather(self, cost: Costly) -> Gathering:
        """Begin the calls that a Costly answer needs, in the background, and return them as a job."""
        report = _report(cost)
        return self.gatherings.begin(
            self.recency.subject(report),
            lambda progress: self.recency.gather(report, progress, cost.calls),
            cost.calls,
        )

    def client(self) -> Client:
        """The client, for calls that bypass the cache."""
        return self._instance

    def close(self) -> None:
        """Close the client's connections; Streamlit calls it when it drops the connection."""
        if self._raw_instance is not None:
            self._raw_instance.close()

    def refresh(self) -> None:
        """Make the next screen ask everything anew; cached answers stand in where the host does not answer."""
        self._moment = None
        self.recency.renew()
        self.cache.renew()


def _trips(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """The keys in as many parts as are under way at once on a server of our own, and no part too large for a call."""
    size = min(ceil(len(keys) / AT_ONCE_EMBEDDED), MOST)
    yield from (keys[place : place + size] for place in range(0, len(keys), size or 1))


def _together(
    client: Client, reports: Mapping[str, OfReport[Any]], keys: Sequence[str]
) -> Mapping[str, Callable[[], Any]]:
    """Fetches several reports in one call; returns what reads the answer of each."""
    ready = fetched(client, [reports[key] for key in keys])
    return {key: partial(reports[key].of, ready) for key in keys}


def _life(ask: Ask[Any]) -> Life:
    return REPORTS if isinstance(ask, OfReport) else LEADS


def _report(cost: Costly) -> Report:
    if not isinstance(cost.request, Report):
        raise TypeError("only a report takes many calls")
    return cost.request


class _Embedded(NamedTuple):
    """The host of an embedded server, and what stops that."""

    host: Host
    held: ExitStack


@st.cache_resource(show_spinner=False)
def _figures(port: int) -> DashboardFigures:
    return serve(port)


@st.cache_resource(show_spinner="Loading the leads …", on_release=lambda served: served.held.close())
def _embedded(data: str | None) -> _Embedded:
    """A server in this process, one for each source of data; it stops when the process ends or this cache drops it."""
    held = ExitStack()
    atexit.register(held.close)
    return _Embedded(held.enter_context(embedded(data)), held)
