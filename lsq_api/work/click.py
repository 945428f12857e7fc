"""The id of the click that something is done for: from the screen through background threads to the host's own log.

begin()     a new id for a run of the dashboard or a command
current()   that of the work under way; blank where nothing was clicked
kept(work)  the same work, for another thread, under the id of now
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

HEADER: Final = "X-Request-Id"
"""The header in which every call carries it."""

_click: ContextVar[str] = ContextVar("click", default="")


def begin() -> str:
    """Give what follows an id of its own."""
    made = secrets.token_hex(8)
    _click.set(made)
    return made


def current() -> str:
    """The id of the click under way; blank without one."""
    return _click.get()


@contextmanager
def of(click: str) -> Iterator[None]:
    """Do what is inside for the click of this id."""
    token = _click.set(click)
    try:
        yield
    finally:
        _click.reset(token)


def kept(work: Callable[[], None]) -> Callable[[], None]:
    """The work under the id of now, whichever thread does it."""
    mine = current()

    def done() -> None:
        with of(mine):
            work()

    return done
