"""A call as the client would send it, without sending it: for Status, and for administrators who want to repeat it.

The client itself writes the request, to a transport that goes nowhere; so nothing about it is spelled a second time.
"""

import shlex
from dataclasses import dataclass, replace
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from lsq_api.client import Client
from lsq_api.report import Report
from lsq_api.settings import Host

ACCESS_KEY, SECRET_KEY = "$LSQ_ACCESS_KEY", "$LSQ_SECRET_KEY"
"""What stands for the keys: the shell fills them in."""

_EMPTY = {"TotalCount": "0", "Results": []}


@dataclass(frozen=True)
class Call:
    """A request: `url` without its query, `params` in their order with placeholders for the keys, `body` as sent."""

    url: str
    params: tuple[tuple[str, str], ...]
    body: dict[str, Any]

    @property
    def json(self) -> str:
        """The body, indented for people."""
        return orjson.dumps(self.body, option=orjson.OPT_INDENT_2).decode()

    @property
    def curl(self) -> str:
        """A command that sends it; the keys come from the environment and are escaped by curl (7.87 or newer)."""
        lines = [
            f"curl --silent --show-error {shlex.quote(self.url)}",
            *(f'--url-query "{name}={value}"' for name, value in self.params),
            "--header 'Content-Type: application/json'",
            f"--data-raw {shlex.quote(orjson.dumps(self.body).decode())}",
        ]
        return " \\\n  ".join(lines)


class _Nowhere(httpx.BaseTransport):
    """Keeps what it is given, and answers that there is nothing."""

    def __init__(self) -> None:
        self.sent: list[Call] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request."""
        params = tuple(request.url.params.multi_items())
        self.sent.append(Call(str(request.url.copy_with(query=None)), params, orjson.loads(request.read())))
        return httpx.Response(200, json=_EMPTY)


def call(host: Host, verb: str, report: Report) -> Call:
    """The first call that a verb of the client (`total`, `page`, `groups`, `every_group`) makes for a report."""
    transport = _Nowhere()
    unnamed = replace(host, access_key=SecretStr(ACCESS_KEY), secret_key=SecretStr(SECRET_KEY))
    with Client(unnamed, transport=transport) as client:
        getattr(client, verb)(report)
    return transport.sent[0]
