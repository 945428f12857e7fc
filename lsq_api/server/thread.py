"""The local server in a thread of this process, on a loopback port of the system's choice, with keys made for it."""

import logging
import secrets
import threading
from dataclasses import dataclass
from types import TracebackType

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from lsq_api.errors import NotConnected
from lsq_api.server.app import Options, make_app
from lsq_api.server.store import Store

_START_SECONDS = 20


def random_key() -> SecretStr:
    """A key nobody else knows."""
    return SecretStr(secrets.token_hex(16))


class Listening(uvicorn.Server):
    """A uvicorn server that tells when it listens, and where."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        # No access log of uvicorn's: it writes the query, and the query holds the keys.
        super().__init__(
            uvicorn.Config(app, host=host, port=port, access_log=False, log_level="warning", lifespan="off")
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list | None = None) -> None:  # type: ignore[type-arg]
        """As uvicorn does, and then say so."""
        await super().startup(sockets)
        if self.started:
            self.ready.set()

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return f"http://{host}:{port}"


@dataclass
class ServerThread:
    """A running server; `url` is its base for both hosts of the contract. Close it, or use it as a context."""

    store: Store
    options: Options

    def __post_init__(self) -> None:
        self._server = Listening(make_app(self.store, self.options), "127.0.0.1", 0)
        self._thread = threading.Thread(target=self._server.run, name="leads-server", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise NotConnected("the local server did not start; see the log")
        self.url = self._server.url
        logging.getLogger(__name__).debug("listening on %s", self.url)

    def close(self) -> None:
        """Stop answering and let go of the store."""
        self._server.should_exit = True
        self._thread.join()
        self.store.close()

    def __enter__(self) -> "ServerThread":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
