"""One piece of work in a thread of its own: how far it is, Cancel, and what came of it."""

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar

from lsq_api.contract.errors import GivenUp

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Is told how much is done, of how much; what it raises ends the work. 0 of 0 as long as nobody knows."""
Work = Callable[[Progress, Callable[[], bool]], T]
"""Does it, telling its progress, until it is cancelled."""


class Cancelled(Exception):
    """Nobody wants it any more."""


@dataclass
class _State(Generic[T]):
    """What the thread and those who watch it share."""

    done: int = 0
    of: int = 0
    begun: float = 0.0
    result: T | None = None
    error: BaseException | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def told(self, done: int, of: int) -> None:
        """Note the progress; Cancelled, before anything more is done, where nobody wants it."""
        if self.cancelled.is_set():
            raise Cancelled
        self.done, self.of = done, of


class Job(Generic[T]):
    """Work that begins when it is told to. Safe to share between threads.

    The thread knows the work and not the `Job`: when nobody holds that any more (something else took its place, the
    viewer left), the work is cancelled. It does not hold up the end of the process either.
    """

    def __init__(self, work: Work[T], *, name: str, expected: int = 0) -> None:
        self._work, self._name, self._lock = work, name, threading.Lock()
        self._state = _State[T](of=expected)
        weakref.finalize(self, self._state.cancelled.set)

    def start(self) -> Self:
        """Begin; once begun, nothing more happens."""
        with self._lock:
            if not self._state.begun:
                self._state.begun = time.monotonic()
                threading.Thread(target=_run, args=(self._state, self._work), name=self._name, daemon=True).start()
        return self

    def cancel(self) -> None:
        """Do nothing more than what is under way, whatever is waited for."""
        self._state.cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is over; whether it is."""
        return self._state.over.wait(seconds)

    def result(self) -> T:
        """What came of it, waited for; what it raised is raised, and Cancelled where it was cancelled before."""
        self._state.over.wait()
        if self._state.error:
            raise self._state.error
        if self.cancelled:
            raise Cancelled
        return self._state.result  # type: ignore[return-value]  # over, and nothing went wrong

    @property
    def begun(self) -> bool:
        """Whether it was started."""
        return bool(self._state.begun)

    @property
    def cancelled(self) -> bool:
        """Whether it was given up."""
        return self._state.cancelled.is_set()

    @property
    def running(self) -> bool:
        """Whether there is still something to wait for."""
        return self.begun and not self.cancelled and not self._state.over.is_set()

    @property
    def error(self) -> BaseException | None:
        """What went wrong; None while it may still go well, and where it was cancelled."""
        failed = None if isinstance(self._state.error, Cancelled | GivenUp) else self._state.error
        return None if self.cancelled else failed

    @property
    def progress(self) -> tuple[int, int]:
        """How much is done, of how much; the latter is what was expected until the work tells it."""
        return self._state.done, self._state.of

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._state.begun if self.begun else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at the pace so far; None until there is one."""
        done, of = self.progress
        return self.seconds * (of - done) / done if done else None


def _run(state: _State[T], work: Work[T]) -> None:
    try:
        state.result = work(state.told, state.cancelled.is_set)
    except BaseException as error:  # noqa: BLE001  raised again by whoever wants the result
        state.error = error
    finally:
        state.over.set()
