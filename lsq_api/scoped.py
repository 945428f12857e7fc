"""The account as one person may see it: every question that a page asks passes the person's scope, and every answer.

Pages hold this and never the connection behind it, which knows no scope.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from lsq_api.access.scope import EVERYTHING, OutOfScope, Scope
from lsq_api.cache.cache import Fetched, Served
from lsq_api.client.asks import Activities, Ask, Asking, Lead, OfReport, TimelineBlock, answered, asked
from lsq_api.client.client import Client
from lsq_api.client.ledger import Ledger
from lsq_api.connection import LeadSquaredConnection
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.errors import Costly, Rejected
from lsq_api.contract.lookups import Account, Timeline
from lsq_api.contract.makers import ActivityMakers
from lsq_api.contract.report import Report
from lsq_api.host.settings import Host, Settings
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.queue import never
from lsq_api.question.directory import Directory
from lsq_api.question.fill import Fill
from lsq_api.recency.job import Gathering

T = TypeVar("T")
AnyAsk = TypeVar("AnyAsk", bound=Ask[Any])


class ScopedConnection:
    """One account within one scope. What it raises is what the connection raises; equal questions share one answer
    between people of the same scope, and with nobody else.
    """

    def __init__(self, source: LeadSquaredConnection, scope: Scope = EVERYTHING) -> None:
        self._source, self.scope = source, scope

    def answer(self, ask: Ask[T]) -> T:
        """The answer to one question within the scope, from the cache or the host.

        Of a lead outside the scope nothing is asked but the lead, which tells that it is.
        """
        if isinstance(ask, TimelineBlock) and not self._sees(ask.lead_id):
            return cast("T", Timeline(0, []))
        return cast("T", self._shown(ask, self._source.answer(self._bounded(ask), self.scope.key)))

    def get(self, asking: Asking[T]) -> T:
        """Run an asking to its end: each question is answered from the cache or the host."""
        return answered(asking, self.answer)

    def asks(self, asking: Asking[Any]) -> list[Ask[Any]]:
        """The questions of an asking as they are sent, up to the first whose answer is not in the cache. No call."""
        return [self._bounded(ask) for ask in asked(asking, self._kept)]

    def ahead(self, asks: Iterable[Ask[Any]]) -> None:
        """Begin to ask these questions in the background, for a screen that is about to be drawn, and return at once.

        Of a lead outside the scope nothing is asked: whether it is, its own answer tells first.
        """
        self._source.ahead([self._bounded(ask) for ask in asks if self._may_be_asked(ask)], self.scope.key)

    def fetched(self, ask: Ask[Any]) -> Fetched | None:
        """When the cached answer was asked of the host, and how long that took; None where none can be served."""
        return self._source.fetched(self._bounded(ask), self.scope.key)

    def every_page(
        self,
        report: Report,
        size: int,
        *,
        expected: int | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[ListAnswer]:
        """All leads of a report within the scope, page by page, for a file; past the cache."""
        bounded = self.scope.report(report)
        return self._source.recency.answering(bounded).every_page(bounded, size, expected=expected, cancelled=cancelled)

    def works_out(self, report: Report) -> bool:
        """Whether the answer to a report is worked out from other calls, which may be many."""
        return self._source.recency.works_out(report)

    def instead(self, report: Report) -> list[Ask[Any]]:
        """The questions that are asked of the host in place of such a report."""
        return self._source.recency.asks(self.scope.report(report))

    def gathering(self, cost: Costly) -> Gathering | None:
        """The running, failed or cancelled reading of what a Costly answer needs; None where there is none."""
        return self._source.gathering(cost)

    def gather(self, cost: Costly) -> Gathering:
        """Begin the calls that a Costly answer needs, in the background, and return them as a job."""
        return self._source.gather(cost)

    def directory(self) -> Directory:
        """Users within the scope, lead fields and activity types."""
        return self.scope.directory(self._source.directory())

    def account(self) -> Account:
        """The account; within a scope, without the person of the keys."""
        return self.scope.account(self._source.account())

    def team(self, manager_id: str) -> frozenset[str]:
        """IDs of all users below a manager and the manager's own, as far as they are within the scope."""
        return self.scope.members(self._source.team(manager_id))

    def makers(self) -> ActivityMakers | None:
        """Which users within the scope create activities; None where the host cannot tell now."""
        return self.scope.makers(self._source.makers())

    def fill(self) -> Fill:
        """Which lead fields hold values, by a sample of leads within the scope."""
        return self._source.fill(self.scope)

    @property
    def left_out(self) -> tuple[LeadFilter, ...]:
        """The conditions that are added to every question."""
        return self._source.left_out

    @property
    def mode(self) -> str:
        """`demo`, `data` or `leadsquared`."""
        return self._source.mode

    @property
    def settings(self) -> Settings:
        """What the dashboard is configured with."""
        return self._source.settings

    @property
    def app_url(self) -> str | None:
        """Base URL of LeadSquared's web app."""
        return self._source.app_url

    @property
    def identity(self) -> str:
        """A stable text for the account and the scope, without secrets."""
        return f"{self._source.identity} {self.scope.key}"

    @property
    def can_sort(self) -> bool:
        """Whether the host sorts a report (decision 3)."""
        return self._source.can_sort

    @property
    def tells_last_contact(self) -> bool:
        """Whether the host's report tells when a lead was last contacted."""
        return self._source.tells_last_contact

    @property
    def tells_extremes(self) -> bool:
        """Whether the host's report tells the least and greatest value of each group."""
        return self._source.tells_extremes

    @property
    def ranks_shares(self) -> bool:
        """Whether the host's report ranks groups by their share of all leads."""
        return self._source.ranks_shares

    @property
    def since(self) -> datetime:
        """When the dashboard connected (aware, UTC)."""
        return self._source.since

    @property
    def renewing(self) -> bool:
        """Whether any question is under way."""
        return self._source.cache.renewing

    @property
    def uses(self) -> tuple[int, int]:
        """Answers served from the cache, and answers asked of the host, since the start."""
        return self._source.cache.uses

    @property
    def read_for_recency(self) -> tuple[int, int]:
        """How many leads and activities are kept that were read to work answers out."""
        return self._source.recency.kept

    def client(self) -> Client:
        """The client, for calls that bypass the cache; only for whom nothing is out of scope."""
        if not self.scope.whole:
            raise OutOfScope("within a scope no call is made past it")
        return self._source.client()

    @property
    def host(self) -> Host:
        """The host that answers, with its keys."""
        return self._source.client().host

    @property
    def ledger(self) -> Ledger:
        """The calls made so far, for everybody."""
        return self._source.client().ledger

    @property
    def pacer(self) -> Pacer | None:
        """The limits of calls and what is used of them; None where calls are not limited."""
        return self._source.client().pacer

    def now(self) -> datetime:
        """The present moment (aware, UTC)."""
        return self._source.now()

    def moment(self) -> datetime:
        """What counts as now, the same for all answers until they are no longer fresh."""
        return self._source.moment()

    def refresh(self) -> None:
        """Make the next screen ask everything anew; cached answers stand in where the host does not answer."""
        self._source.refresh()

    def _bounded(self, ask: AnyAsk) -> AnyAsk:
        """The question as it may be asked; of a report, that of the leads within the scope."""
        return replace(ask, report=self.scope.report(ask.report)) if isinstance(ask, OfReport) else ask

    def _shown(self, ask: Ask[Any], answer: Any) -> Any:
        """What may be shown of an answer."""
        if self.scope.whole or isinstance(ask, OfReport):
            return answer
        if isinstance(ask, Lead):
            return self.scope.lead(answer)
        if isinstance(ask, TimelineBlock):
            return self.scope.timeline(answer)
        raise TypeError(f"{type(ask).__name__} is not asked within a scope")

    def _kept(self, ask: Ask[Any]) -> Served[Any] | None:
        """The answer that is at hand, as it may be shown."""
        if isinstance(ask, TimelineBlock) and not self.scope.whole:
            lead = self._kept(Lead(ask.lead_id))
            if lead is None or lead.answer is None:
                return None
        found = self._source.peek(self._bounded(ask), self.scope.key)
        return found and found._replace(answer=self._shown(ask, found.answer))

    def _sees(self, lead_id: str) -> bool:
        if self.scope.whole:
            return True
        try:
            return self.answer(Lead(lead_id)) is not None
        except Rejected:  # as some hosts say that there is no such lead
            return False

    def _may_be_asked(self, ask: Ask[Any]) -> bool:
        return self.scope.whole or not isinstance(ask, TimelineBlock | Activities)
