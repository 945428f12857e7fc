"""The local server in a thread of this process: a free loopback port, and keys made for it."""

import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket
from types import TracebackType

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from lsq_api.contract.errors import NotConnected
from lsq_api.server.app import Options, make_app
from lsq_api.server.guard.connections import ConnectionBounds, Connections
from lsq_api.server.store.store import Store

_START_SECONDS = 20
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open: longer than clients keep theirs (httpx: 5 s). If both ended at the same
time, as with uvicorn's default of 5 s, a call would now and then be sent on a closing connection, and fail.
"""


def random_key() -> SecretStr:
    """A random key."""
    return SecretStr(secrets.token_hex(16))


class Listening(uvicorn.Server):
    """A uvicorn server that calls `announce` with its URL once it listens."""

    def __init__(
        self,
        app: Starlette,
        host: str,
        port: int,
        announce: Callable[[str], None],
        bounds: ConnectionBounds | None = None,
    ) -> None:
        self.connections = Connections(bounds or ConnectionBounds())
        proxies = list(self.connections.bounds.proxies)
        config = uvicorn.Config(
            app, host, port,
            http=self.connections.protocol,  # type: ignore[arg-type]  # it makes one, as a class does
            ws="none", lifespan="off", log_level="warning",
            access_log=False,  # it would write the query, and so the keys
            proxy_headers=bool(proxies), forwarded_allow_ips=proxies,  # else anybody could say who calls
        )  # fmt: skip
        config.timeout_keep_alive = KEEP_ALIVE
        super().__init__(config)
        self.announce = announce

    @classmethod
    def serving(
        cls, store: Store, options: Options, host: str, port: int, announce: Callable[[str], None]
    ) -> "Listening":
        """A server of a store, whose figures know its connections."""
        counted: list[Connections] = []
        app = make_app(store, options, lambda: counted[0].count if counted else 0)
        server = cls(app, host, port, announce, options.bounds)
        counted.append(server.connections)
        return server

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start, then announce the URL."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.announce(f"http://{host}:{port}")


@dataclass
class ServerThread:
    """A running server; `url` is the base URL of both hosts. Close it, or use it as a context manager."""

    store: Store
    options: Options

    def __post_init__(self) -> None:
        listening: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._server = Listening.serving(self.store, self.options, "127.0.0.1", 0, listening.put)
        self._thread = threading.Thread(target=self._server.run, name="leads-server", daemon=True)
        self._thread.start()
        try:
            self.url = listening.get(timeout=_START_SECONDS)
        except queue.Empty:
            raise NotConnected(f"the local server did not start within {_START_SECONDS} s; see the log") from None

    def close(self) -> None:
        """Stop the server, and wait until it has stopped."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> "ServerThread":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
