"""A host on loopback that plays scripted answers over real sockets and records what it was asked."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from lsq_api.host.settings import Host

ACCESS_KEY = "u$r1f3b7c+a/9d&0e%25=c"
SECRET_KEY = "5ecr3t9b1d$HOME+/=&%7f"


@dataclass(frozen=True)
class Asked:
    """A request as it arrived, `at` which moment of a clock that only goes on: query values and body are decoded."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    target: str
    at: float = 0.0


@dataclass(frozen=True)
class Says:
    """An answer. `body` is JSON unless it is bytes; each fault below replaces a proper end of it."""

    body: object = b""
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # promises more bytes than it sends
    reset: bool = False  # resets the connection instead of answering
    drip: float = 0.0  # seconds between single bytes
    silent: bool = False  # takes the request and says nothing

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def error(kind: str, message: str, status: int = 500, *, retry_after: str | None = None) -> Says:
    """The vendor's error envelope."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Says({"Status": "Error", "ExceptionType": kind, "ExceptionMessage": message}, status, headers=headers)


def leads(total: int, ids: Iterable[object]) -> Says:
    """A list answer as the vendor writes it: the total is text, null values are there."""
    rows = [{"OwnerId": None, "ProspectStage": "Prospect", "ProspectID": f"lead-{n}"} for n in ids]
    return Says({"TotalCount": str(total), "Results": rows})


Script = Callable[[Asked], Says]


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # of five, as is usual, a burst of calls would lose some for a second


class ScriptedHost:
    """A context manager; `script` maps a request to its answer, or answers follow each other and the last stays."""

    def __init__(self, *script: Script | Says) -> None:
        self.asked: list[Asked] = []
        self.over = threading.Event()
        if len(script) == 1 and not isinstance(script[0], Says):
            self.answer: Script = script[0]
        else:
            answers = chain(script, repeat(script[-1]))
            self.answer = lambda _: next(answers)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def host(self) -> Host:
        """Settings that lead here, for both kinds of calls."""
        return host_at(self.url)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        played = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                asked = _asked(self)
                played.asked.append(asked)
                try:
                    _say(self, played.answer(asked), played.over)
                except ConnectionError:
                    self.close_connection = True  # the client hung up, as some tests have it do

            do_POST = do_GET  # noqa: N815  # the name http.server looks for

            def log_message(self, *_: object) -> None:
                return

        return Handler


def host_at(url: str, analytics_url: str | None = None) -> Host:
    """A host with the test keys."""
    return Host(url, analytics_url or url, None, SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY))


def _asked(handler: BaseHTTPRequestHandler) -> Asked:
    at, parts = time.monotonic(), urlsplit(handler.path)
    raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    headers = {name.lower(): value for name, value in handler.headers.items()}
    return Asked(handler.command, parts.path, query, headers, json.loads(raw) if raw else None, handler.path, at)


def _say(handler: BaseHTTPRequestHandler, says: Says, over: threading.Event) -> None:
    if says.silent:
        over.wait()
    if says.reset or says.silent:
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.close_connection = True
        return
    handler.send_response(says.status)
    handler.send_header("Content-Type", says.kind)
    handler.send_header("Content-Length", str(len(says.raw) + 100 * says.cut))
    for name, value in says.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    for piece in [says.raw[n : n + 1] for n in range(len(says.raw))] if says.drip else [says.raw]:
        handler.wfile.write(piece)
        if says.drip and over.wait(says.drip):
            break
    handler.close_connection = says.cut
