"""The local server in a thread of this process, on a loopback port of the system's choice, with keys made for it."""

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
from lsq_api.server.store.store import Store

_START_SECONDS = 20
KEEP_ALIVE = 75
"""Seconds that an idle connection stays open. Longer than clients keep theirs (httpx: 5): where both end at the same
time, as with uvicorn's own 5, a call is now and then sent on a connection that is just being closed, and fails."""


def random_key() -> SecretStr:
    """A key nobody else knows."""
    return SecretStr(secrets.token_hex(16))


class Listening(uvicorn.Server):
    """A uvicorn server that calls `announce` with its address once it listens."""

    def __init__(self, app: Starlette, host: str, port: int, announce: Callable[[str], None]) -> None:
        # No access log of uvicorn's: it writes the query, and the query holds the keys.
        config = uvicorn.Config(app, host, port, access_log=False, log_level="warning", lifespan="off")
        config.timeout_keep_alive = KEEP_ALIVE
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """As uvicorn does, and then say so."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.announce(f"http://{host}:{port}")


@dataclass
class ServerThread:
    """A running server; `url` is its base for both hosts of the contract. Close it, or use it as a context."""

    store: Store
    options: Options

    def __post_init__(self) -> None:
        listening: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._server = Listening(make_app(self.store, self.options), "127.0.0.1", 0, listening.put)
        self._thread = threading.Thread(target=self._server.run, name="leads-server", daemon=True)
        self._thread.start()
        try:
            self.url = listening.get(timeout=_START_SECONDS)
        except queue.Empty:
            raise NotConnected(f"the local server did not start within {_START_SECONDS} s; see the log") from None

    def close(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> "ServerThread":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
