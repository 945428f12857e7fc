"""A cache of answers with their ages: fresh ones are served, stale ones too while they are asked anew.

    fresh     served as they are
    stale     served at once, and asked anew in the background
    older     asked anew while the viewer waits; where that fails, the last good answer is served with the reason

Equal questions asked at once share one call. Safe to share between threads; callers get copies.
"""

import logging
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any, Generic, NamedTuple, TypeVar

from lsq_api.contract.errors import (
    Costly,
    HostFailed,
    Incomplete,
    LeadSquaredError,
    Throttled,
    UnexpectedAnswer,
    Unreachable,
)
from lsq_api.work.background import Background

log = logging.getLogger(__name__)

T = TypeVar("T")

PASSING = (Unreachable, Throttled, HostFailed, UnexpectedAnswer, Incomplete)
"""Failures that may be over at the next call; until then a last good answer is served."""
LAST_GOOD = timedelta(hours=24)
"""How old an answer may be that is served in place of one that failed."""
PAUSE = timedelta(seconds=15)
"""How long after such a failure cached answers are served without another call."""
WORKERS = 4
"""Stale answers that are asked anew at once, in the background."""
AT_ONCE = 16
"""Questions asked ahead at once: as many as the largest screen has."""
AT_ONCE_EMBEDDED = 2
"""The same for an embedded server: more would share its cores, and all answers would come as late as the last."""


class Life(NamedTuple):
    """How old an answer may be to count as fresh, and to be served while it is asked anew."""

    fresh: timedelta
    stale: timedelta


class Fetched(NamedTuple):
    """When an answer was asked of the host (aware, UTC), and how many seconds the host took."""

    at: datetime
    seconds: float


class Served(NamedTuple, Generic[T]):
    """An answer, when it was asked, whether it is being asked anew, and the failure that an old answer covers."""

    answer: T
    fetched: Fetched
    renewing: bool = False
    problem: LeadSquaredError | None = None


@dataclass(frozen=True)
class _Entry:
    pickled: bytes
    fetched: Fetched
    round: int


class _Begun(NamedTuple):
    """When an answer was asked: the round of renewals, the moment (aware, UTC), and the seconds of a running clock."""

    round: int
    at: datetime
    clock: float


Trip = Callable[[Sequence[str]], Mapping[str, Callable[[], object]]]
"""Fetches what several answers need, by their keys, and returns what yields each."""


class Cache:
    """The answers of one account: at most `most`, and at most `most_bytes` pickled; the oldest are dropped first.

    `workers` stale answers are asked anew at once, and `at_once` answers asked ahead.
    """

    def __init__(
        self,
        most: int,
        most_bytes: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        workers: int = WORKERS,
        at_once: int = AT_ONCE,
    ) -> None:
        self._most, self._most_bytes, self._now = most, most_bytes, now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = self._round = self._served = self._asked = 0
        self._flights: dict[str, Future[_Entry]] = {}
        self._failed: tuple[datetime, LeadSquaredError] | None = None
        self._background, self._before = Background(workers), Background(at_once)
        self._missed: dict[str, tuple[datetime, BaseException]] = {}

    def ahead(self, key: str, life: Life, ask: Callable[[], object]) -> None:
        """Begin to ask for an answer and return at once; does nothing where one can be served or is under way."""
        self.ahead_of([key], life, lambda _: {key: ask})

    def ahead_of(self, keys: Iterable[str], life: Life, trip: Trip) -> None:
        """The same for several answers that come from one trip: `trip` is called with the keys that need one.

        It must not raise, and returns for each key what yields its answer or raises.
        """
        with self._lock:
            wanted = [key for key in dict.fromkeys(keys) if self._needed(key, life)]
            flights: dict[str, Future[_Entry]] = {key: Future() for key in wanted}
            self._flights |= flights
            self._asked += len(wanted)
            for key in wanted:
                self._missed.pop(key, None)
        if wanted:
            self._before.run(lambda: self._travel(flights, trip))

    def _travel(self, flights: "Mapping[str, Future[_Entry]]", trip: Trip) -> None:
        begun = self._begun()
        asks = trip(list(flights))
        for key, flight in flights.items():
            self._fly(key, asks[key], flight, ahead=True, begun=begun)

    def _needed(self, key: str, life: Life) -> bool:
        """Whether an answer can neither be served nor is under way."""
        kept = self._kept.get(key)
        age = self._age(kept)
        return key not in self._flights and not (
            kept and (age < life.stale or (age < LAST_GOOD and self._problem() is not None))
        )

    def _begun(self) -> "_Begun":
        with self._lock:
            return _Begun(self._round, self._now(), perf_counter())

    def get(self, key: str, life: Life, ask: Callable[[], T]) -> Served[T]:
        """The answer of a key, cached or from `ask`. Raises what `ask` raises where no last good answer stands in."""
        with self._lock:
            kept, flight = self._kept.get(key), self._flights.get(key)
            age = self._age(kept)
            if kept and age < life.fresh:
                return self._serve(kept)
            missed = self._missed.pop(key, None)
            if missed and not kept and self._now() - missed[0] < PAUSE:
                raise missed[1]  # the question asked ahead for this screen has failed already: once is enough
            problem = self._problem() if kept and age < LAST_GOOD else None
            if kept and problem and not flight:
                return self._serve(kept, problem=problem)
            mine = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
                self._asked += 1
            if kept and age < life.stale:
                if mine:
                    self._background.run(lambda: self._fly(key, ask, flight))
                return self._serve(kept, renewing=True)
        if mine:
            self._fly(key, ask, flight)
        return self._landed(flight, kept if kept and age < LAST_GOOD else None, mine=mine)

    def fetched(self, key: str, life: Life) -> Fetched | None:
        """When the answer that `get` would serve without waiting was asked; None where it would wait."""
        with self._lock:
            kept = self._kept.get(key)
            return kept.fetched if kept and self._age(kept) < life.stale else None

    def peek(self, key: str, life: Life) -> Served[Any] | None:
        """The answer that `get` would serve without waiting; None where it would wait. Asks nothing, counts nothing."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or self._age(kept) >= life.stale:
                return None
            return Served(pickle.loads(kept.pickled), kept.fetched)  # noqa: S301 - our own bytes

    def renew(self) -> None:
        """Make every answer be asked anew at its next use; cached ones stand in where that fails."""
        with self._lock:
            self._round += 1
            self._failed = None
            self._missed.clear()

    @property
    def newest(self) -> datetime | None:
        """When the newest answer was asked; None where none is kept."""
        with self._lock:
            return max((kept.fetched.at for kept in self._kept.values()), default=None)

    @property
    def renewing(self) -> bool:
        """Whether any question is under way."""
        with self._lock:
            return bool(self._flights)

    @property
    def uses(self) -> tuple[int, int]:
        """Answers served from the cache, and answers asked of the host, since the start."""
        with self._lock:
            return self._served, self._asked

    def _age(self, kept: _Entry | None) -> timedelta:
        """The age of an answer. After `renew` older ones count as too old to serve, but still as a last good answer."""
        if kept is None:
            return LAST_GOOD
        age = self._now() - kept.fetched.at
        return age if kept.round == self._round else max(age, LAST_GOOD - timedelta(seconds=1))

    def _problem(self) -> LeadSquaredError | None:
        return self._failed[1] if self._failed and self._now() - self._failed[0] < PAUSE else None

    def _serve(self, kept: _Entry, *, renewing: bool = False, problem: LeadSquaredError | None = None) -> Served[Any]:
        self._served += 1
        return Served(pickle.loads(kept.pickled), kept.fetched, renewing, problem)  # noqa: S301 - our own bytes

    def _landed(self, flight: "Future[_Entry]", before: _Entry | None, *, mine: bool) -> Served[Any]:
        """The outcome of a call that was under way; the last good answer (`before`) where it failed."""
        problem: LeadSquaredError | None = None
        try:
            kept = flight.result()
        except PASSING as error:
            if before is None:
                raise
            kept, problem = before, error
        with self._lock:
            served = self._serve(kept, problem=problem)
            self._served -= mine and problem is None
        return served

    def _fly(
        self,
        key: str,
        ask: Callable[[], object],
        flight: "Future[_Entry]",
        *,
        ahead: bool = False,
        begun: "_Begun | None" = None,
    ) -> None:
        """Ask, and cache the answer; all who wait get the outcome from the flight.

        A question asked `ahead` may fail before anybody waits for it: its failure is kept for the next `get`. `begun`
        is when the host was asked, where that was before.
        """
        round_, at, clock = begun or self._begun()
        try:
            answer = ask()
        except BaseException as error:
            with self._lock:
                if isinstance(error, PASSING):
                    self._failed = self._now(), error
                self._flights.pop(key, None)
                if ahead:
                    self._missed[key] = self._now(), error
            if isinstance(error, Costly):
                log.info("an answer was not asked for: it %s", error)
            elif isinstance(error, LeadSquaredError):
                log.warning("an answer did not come: %s: %s", type(error).__name__, error)
            else:
                log.exception("an answer could not be worked out")
            flight.set_exception(error)
            return
        kept = _Entry(pickle.dumps(answer, pickle.HIGHEST_PROTOCOL), Fetched(at, perf_counter() - clock), round_)
        with self._lock:
            self._failed = None
            self._put(key, kept)
            self._flights.pop(key, None)
        flight.set_result(kept)

    def _put(self, key: str, kept: _Entry) -> None:
        self._drop(key)
        self._kept[key] = kept
        self._bytes += len(kept.pickled)
        while len(self._kept) > self._most or (self._bytes > self._most_bytes and len(self._kept) > 1):
            self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        self._bytes -= len(gone.pickled) if gone else 0
