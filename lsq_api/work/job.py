"""One piece of work in a thread of its own: its progress, Cancel, and its result."""

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, Self, TypeVar

from lsq_api.contract.errors import GivenUp
from lsq_api.work.click import kept

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Called with how much is done, of how much (0 of 0: not known yet). An exception it raises ends the work."""
Work = Callable[[Progress, Callable[[], bool]], T]
"""The work: is given the progress callback and a function that tells whether it was cancelled; returns the result."""


class Cancelled(Exception):
    """The job was cancelled."""


@dataclass
class State(Generic[T]):
    """What the thread shares with the `Job`."""

    done: int = 0
    of: int = 0
    begun: float = 0.0
    result: T | None = None
    error: BaseException | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def told(self, done: int, of: int) -> None:
        """Store the progress; raises Cancelled, which ends the work, once the job was cancelled."""
        if self.cancelled.is_set():
            raise Cancelled
        self.done, self.of = done, of


class Job(Generic[T]):
    """Work in a thread, begun by `start`. Safe to share between threads.

    The thread has no reference to the `Job`: when the last one is gone (it was replaced, the viewer left), the work is
    cancelled. It does not keep the process alive either.
    """

    def __init__(self, work: Work[T], *, name: str, expected: int = 0) -> None:
        self._work, self._name, self._lock = work, name, threading.Lock()
        self._state = State[T](of=expected)
        weakref.finalize(self, self._state.cancelled.set)

    def start(self) -> Self:
        """Begin; does nothing when called again."""
        with self._lock:
            if not self._state.begun:
                self._state.begun = time.monotonic()
                threading.Thread(
                    target=kept(partial(_run, self._state, self._work)), name=self._name, daemon=True
                ).start()
        return self

    def cancel(self) -> None:
        """End the work after the step that is under way."""
        self._state.cancelled.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, at most so many seconds; returns whether it has."""
        return self._state.over.wait(seconds)

    def result(self) -> T:
        """Wait for the result. Raises what the work raised, or Cancelled."""
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
        """Whether it was cancelled."""
        return self._state.cancelled.is_set()

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.begun and not self.cancelled and not self._state.over.is_set()

    @property
    def error(self) -> BaseException | None:
        """What the work raised; None while it runs, after it succeeded, and where it was cancelled."""
        failed = None if isinstance(self._state.error, Cancelled | GivenUp) else self._state.error
        return None if self.cancelled else failed

    @property
    def progress(self) -> tuple[int, int]:
        """How much is done, of how much; until the work reports it, of what was expected."""
        return self._state.done, self._state.of

    @property
    def seconds(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._state.begun if self.begun else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds until it ends, at the pace so far; None before there is any progress."""
        done, of = self.progress
        return self.seconds * (of - done) / done if done else None


def _run(state: State[T], work: Work[T]) -> None:
    try:
        state.result = work(state.told, state.cancelled.is_set)
    except BaseException as error:  # noqa: BLE001  raised again by whoever wants the result
        state.error = error
    finally:
        state.over.set()
