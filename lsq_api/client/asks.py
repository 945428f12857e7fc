"""Questions to the account as values, each with the type of its answer.

    Total(report)         int                  how many leads
    Page(report)          ListAnswer           one page of leads
    Groups(report)        list[Group]          every group
    SomeGroups(report)    AggregateAnswer      every group, or the first of very many and how many there are
    Lead(id)              dict | None          all fields of a lead
    TimelineBlock(id, …)  Timeline             a block of a lead's activities
    Activities(…)         Iterator[Activity]   those of a code within a window

An `Asking` combines several: a generator that yields tuples of questions, is sent their answers in the same order, and
returns a result. It makes no call itself, so the same lines serve a page, which waits for the answers; the prefetch,
which only begins to ask; and Status, which shows the requests.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from lsq_api.client.client import Client
from lsq_api.contract.answer import AggregateAnswer, Group, ListAnswer
from lsq_api.contract.errors import LeadSquaredError
from lsq_api.contract.lookups import Activity, Timeline
from lsq_api.contract.report import Report

T = TypeVar("T")
Answer = TypeVar("Answer")
Asking = Generator[tuple["Ask[Any]", ...], tuple[Any, ...], T]


class Reporting(Protocol):
    """What answers reports: the client, or `Recency`, which works answers out from other calls."""

    def total(self, report: Report) -> int:
        """How many leads a report has."""

    def page(self, report: Report) -> ListAnswer:
        """One page of leads."""

    def every_group(self, report: Report) -> list[Group]:
        """Every group, each value once."""

    def some_groups(self, report: Report) -> AggregateAnswer:
        """Every group where there are not too many; else the first page, and how many there are."""


class Ask(ABC, Generic[Answer]):
    """One question; equal questions have equal answers at the same moment."""

    @abstractmethod
    def of(self, client: Client) -> Answer:
        """Ask it of the client; raises what the client raises."""


@dataclass(frozen=True)
class OfReport(Ask[Answer]):
    """A question about a report."""

    report: Report

    @abstractmethod
    def of(self, client: Reporting) -> Answer:
        """Ask it; raises what `client` raises."""


@dataclass(frozen=True)
class Total(OfReport[int]):
    """How many leads a report has, whatever its output."""

    def of(self, client: Reporting) -> int:
        """The number of leads."""
        return client.total(self.report)


@dataclass(frozen=True)
class Page(OfReport[ListAnswer]):
    """One page of leads."""

    def of(self, client: Reporting) -> ListAnswer:
        """The page, with the number of all leads."""
        return client.page(self.report)


@dataclass(frozen=True)
class Groups(OfReport[list[Group]]):
    """Every group of a report."""

    def of(self, client: Reporting) -> list[Group]:
        """The groups, each value once."""
        return client.every_group(self.report)


@dataclass(frozen=True)
class SomeGroups(OfReport[AggregateAnswer]):
    """Every group of a report, or the first page of very many."""

    def of(self, client: Reporting) -> AggregateAnswer:
        """The groups, with the number of all groups."""
        return client.some_groups(self.report)


@dataclass(frozen=True)
class Lead(Ask[dict[str, Any] | None]):
    """All fields of a lead."""

    id: str

    def of(self, client: Client) -> dict[str, Any] | None:
        """The fields by schema name; None where there is no such lead."""
        return client.lead(self.id)


@dataclass(frozen=True)
class TimelineBlock(Ask[Timeline]):
    """A block of a lead's activities of any type, newest first."""

    lead_id: str
    offset: int
    count: int

    def of(self, client: Client) -> Timeline:
        """The block, with the number of the lead's activities."""
        return client.timeline(self.lead_id, None, self.offset, self.count)


@dataclass(frozen=True)
class Activities(Ask[Iterator[Activity]]):
    """Every activity of a code modified between two aware times, both included (section 6)."""

    code: int
    start: datetime
    end: datetime

    def of(self, client: Client) -> Iterator[Activity]:
        """The activities; pages are read as the iterator is consumed."""
        return client.activities(self.code, self.start, self.end)


class AtHand(Protocol):
    """An answer that is at hand; None may be one."""

    @property
    def answer(self) -> Any:
        """The answer itself."""


def answered(asking: Asking[T], answer: Callable[[Ask[Any]], Any]) -> T:
    """What the answers amount to. Where `answer` raises a LeadSquaredError, the asking may deal with it."""
    try:
        asks = next(asking)
        while True:
            try:
                answers = tuple([answer(ask) for ask in asks])
            except LeadSquaredError as error:
                asks = asking.throw(error)
            else:
                asks = asking.send(answers)
    except StopIteration as end:
        found: T = end.value
        return found


def asked(asking: Asking[Any], kept: Callable[[Ask[Any]], AtHand | None]) -> list[Ask[Any]]:
    """What it asks, in its order, as far as answers that are `kept` tell what comes next."""
    found: list[Ask[Any]] = []
    try:
        asks = next(asking)
        while True:
            found += asks
            answers = [kept(ask) for ask in asks]
            if None in answers:
                return found
            asks = asking.send(tuple(one.answer for one in answers if one))
    except StopIteration:
        return found
