"""The request of a call without sending it: for Status, and for administrators who want to repeat it.

The client itself makes the request, over a transport that sends nothing, so that it is exactly what would be sent.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from lsq_api.client.asks import Ask
from lsq_api.client.client import Client
from lsq_api.host.settings import Host

ACCESS_KEY, SECRET_KEY = "$LSQ_ACCESS_KEY", "$LSQ_SECRET_KEY"
"""What stands for the keys: the shell fills them in."""

_EMPTY = {"TotalCount": "0", "Results": []}
_KEY_HEADERS = ("x-LSQ-AccessKey", "x-LSQ-SecretKey")


@dataclass(frozen=True)
class ShownCall:
    """A request: `url` without its query, `params` in their order and `headers`, with placeholders for the keys.

    `body` is the text that would be sent; None where there is none.
    """

    method: str
    url: str
    params: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: dict[str, Any] | None

    @property
    def json(self) -> str:
        """The body as indented JSON."""
        return "" if self.body is None else orjson.dumps(self.body, option=orjson.OPT_INDENT_2).decode()

    @property
    def curl(self) -> str:
        """A command that sends the request; keys come from the environment and are escaped by curl (7.87 or newer)."""
        lines = [
            f"curl --silent --show-error {shlex.quote(self.url)}",
            *(f"--url-query {_argument(name, '=', value)}" for name, value in self.params),
            *(f"--header {_argument(name, ': ', value)}" for name, value in self.headers),
        ]
        if self.body is not None:
            lines += [
                "--header 'Content-Type: application/json'",
                f"--data-raw {shlex.quote(orjson.dumps(self.body).decode())}",
            ]
        return " \\\n  ".join(lines)


def _argument(name: str, between: str, value: str) -> str:
    """A curl argument in which the shell expands the keys only, since an ID from a link may hold anything."""
    said = f"{name}{between}{value}"
    return f'"{said}"' if value in (ACCESS_KEY, SECRET_KEY) else shlex.quote(said)


class _Nowhere(httpx.BaseTransport):
    """A transport that keeps the request and answers with an empty object."""

    def __init__(self) -> None:
        self.sent: list[ShownCall] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Keep the request."""
        params = tuple(request.url.params.multi_items())
        headers = tuple((name, request.headers[name]) for name in _KEY_HEADERS if name in request.headers)
        raw = request.read()
        url = str(request.url.copy_with(query=None))
        self.sent.append(ShownCall(request.method, url, params, headers, orjson.loads(raw) if raw else None))
        return httpx.Response(200, json=_EMPTY if raw else [])


def call(host: Host, ask: Ask[Any]) -> ShownCall:
    """The first request that the client would send to answer a question."""
    transport = _Nowhere()
    unnamed = replace(host, access_key=SecretStr(ACCESS_KEY), secret_key=SecretStr(SECRET_KEY))
    with Client(unnamed, transport=transport) as client:
        answer = ask.of(client)
        if isinstance(answer, Iterator):
            next(answer, None)
    return transport.sent[0]
