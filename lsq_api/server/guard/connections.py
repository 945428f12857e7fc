"""Connections of the server: how many there may be, and how long one may take to say what it wants.

uvicorn has no time limit for headers, and lets anybody open as many connections as the machine has. Here a request
whose headers do not come within a few seconds is ended, as is a client that does not read its answer; an address has a
number of connections, and all have one.
"""

import asyncio
import logging
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

from lsq_api.contract import errors
from lsq_api.server.guard.caller import caller

log = logging.getLogger("lsq_api.server")

UNREAD: Final = 60.0
"""Seconds for which an answer may lie unread before its connection is ended."""
_REASONS: Final = {408: b"Request Timeout", 429: b"Too Many Requests"}


@dataclass(frozen=True)
class ConnectionBounds:
    """At most so many connections of one address and in all, and so many seconds for the headers of a request.

    Connections of `proxies` are those of many callers: only their sum counts.
    """

    of_one: int = 500
    in_all: int = 2_000
    patience: float = 10.0
    unread: float = UNREAD
    proxies: tuple[str, ...] = ()


@dataclass
class Connections:
    """The connections that are open, by address."""

    bounds: ConnectionBounds = field(default_factory=ConnectionBounds)
    _of: "dict[str, list[Guarded]]" = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(map(len, self._of.values()))

    def protocol(self, **given: Any) -> "Guarded":
        """What uvicorn makes for each connection."""
        return Guarded(self, **given)

    def admit(self, one: "Guarded") -> bool:
        """Count a new connection; False where its address, or the server, has as many as it may have.

        Where there are too many in all, the address with the most of them gives up an idle one.
        """
        own = self._of.get(one.address, [])
        if len(own) >= self.bounds.of_one and one.address not in self.bounds.proxies:
            return False
        if self.count >= self.bounds.in_all:
            most = max(self._of.values(), key=len)
            idle = next((other for other in most if other.idle), None) if len(most) > len(own) + 1 else None
            if idle is None:
                return False
            self.gone(idle)
            idle.cut()
        self._of.setdefault(one.address, []).append(one)
        return True

    def gone(self, one: "Guarded") -> None:
        """Count it no more."""
        own = self._of.get(one.address, [])
        if one in own:
            own.remove(one)
            if not own:
                del self._of[one.address]


class Guarded(H11Protocol):
    """One connection of HTTP/1.1, within bounds."""

    def __init__(self, connections: Connections, **given: Any) -> None:
        super().__init__(**given)
        self._all, self._bounds = connections, connections.bounds
        self._late: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self.address = ""

    @property
    def idle(self) -> bool:
        """Whether no request of it is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it."""
        super().connection_made(transport)
        self.address = caller(self.client[0] if self.client else None)
        if self._all.admit(self):
            self._late = self.loop.call_later(self._bounds.patience, self._end, self._no_headers)
        else:
            said = "Too many connections of this address are open; close some, or try again in a second"
            self._refuse(429, errors.RATE_LIMIT, said)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._all.gone(self)
        self._in_time()
        self._read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is sent to."""
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(self._bounds.unread, self.cut)

    def resume_writing(self) -> None:
        """It has read on."""
        self._read()
        super().resume_writing()

    def cut(self) -> None:
        """End the connection now; the system would keep what was not read, and try to send it on."""
        held = self.transport.get_extra_info("socket")
        if held is not None:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _look(self) -> None:
        """Time what the client owes: the rest of its headers, or of a body that nobody waits for any more."""
        owes = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        answered = self.cycle is not None and self.cycle.response_complete
        if self.transport.is_closing() or not (owes or (answered and self.conn.their_state is h11.SEND_BODY)):
            self._in_time()
        elif self._late is None:
            what: Callable[[], None] = self._no_headers if owes else self.transport.close
            self._late = self.loop.call_later(self._bounds.patience, self._end, what)

    def _end(self, what: Callable[[], None]) -> None:
        self._late = None
        if not self.transport.is_closing():
            what()

    def _no_headers(self) -> None:
        said = f"The headers of the request did not come within {self._bounds.patience:g} seconds"
        self._refuse(408, errors.TIMEOUT, said)

    def _refuse(self, status: int, type_: str, said: str) -> None:
        body = orjson.dumps(errors.Envelope(type_, said).wire())
        log.info("%s: a connection was ended: %d", self.address, status)
        self.transport.write(
            b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nRetry-After: 1\r\n"
            b"Connection: close\r\n\r\n%s" % (status, _REASONS[status], len(body), body)
        )
        self.transport.close()

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
