"""Whose call is next, when there are more of them than the limit allows.

A call that somebody waits for in front of a screen goes before those of a file, but of every `SHARE` + 1 calls one is
a file's, so that a file comes to its end. Files take turns among each other, screens are served as they come.
Callers of other processes are not in this line: `bucket` says what holds between processes.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

SHARE = 4
"""Calls of screens in a row, before one of a file that waits."""
PAGE_PATIENCE = 30.0
"""Seconds for which one call of a screen waits for its permit."""
FILE_PATIENCE = 600.0
"""Seconds for which one call of a file does."""


def never() -> bool:
    """For a caller that is never cancelled."""
    return False


@dataclass(frozen=True, eq=False)
class Caller:
    """For whom calls are made: somebody in front of a screen, or a file (`bulk`), with one object for all its calls.

    Each call waits up to `patience` seconds for its permit, and is Busy then. Once `cancelled` is true no further call
    is made: GivenUp.
    """

    bulk: bool = False
    patience: float = PAGE_PATIENCE
    cancelled: Callable[[], bool] = never


SCREEN = Caller()
"""Somebody in front of a screen who cannot cancel."""


@dataclass(frozen=True, eq=False)
class Ticket:
    """One call's place in the line; `called` is notified when it becomes the first."""

    caller: Caller
    called: threading.Condition


class Line:
    """The calls of one process that wait for a permit. Whoever uses it holds the lock."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._screens: deque[Ticket] = deque()
        self._files: OrderedDict[Caller, deque[Ticket]] = OrderedDict()
        self._in_a_row = 0

    def join(self, caller: Caller) -> Ticket:
        """A ticket for one call: behind the caller's others, and behind other screens for a screen."""
        ticket = Ticket(caller, threading.Condition(self._lock))
        (self._files.setdefault(caller, deque()) if caller.bulk else self._screens).append(ticket)
        return ticket

    def first(self) -> Ticket | None:
        """The ticket that is served next; None where no call waits."""
        file = next(iter(self._files.values()), None)
        if self._screens and (file is None or self._in_a_row < SHARE):
            return self._screens[0]
        return file[0] if file else None

    def served(self, ticket: Ticket) -> None:
        """The ticket's call has its permit: it leaves the line, and its file goes behind the other files."""
        self._in_a_row = 0 if ticket.caller.bulk else self._in_a_row + 1
        self.leave(ticket)
        if ticket.caller in self._files:
            self._files.move_to_end(ticket.caller)

    def leave(self, ticket: Ticket) -> None:
        """Take the ticket out of the line; nothing happens where it is not in it any more."""
        waiting = self._files.get(ticket.caller, deque()) if ticket.caller.bulk else self._screens
        if ticket in waiting:
            waiting.remove(ticket)
        if ticket.caller.bulk and not waiting:
            self._files.pop(ticket.caller, None)
        self.wake_first()

    def wake_first(self) -> None:
        """Notify the first, and nobody else: with many calls in the line waking all of them would take its time."""
        first = self.first()
        if first:
            first.called.notify()
