"""From an answer, or the lack of one, to the error of `errors.py` it means: by its body first, then by its status.

Source: "HTTP Response Codes" of the report's page; section 8 of the wire notes.
"""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import orjson

from lsq_api import errors
from lsq_api.errors import (
    Envelope,
    HostError,
    HostFailed,
    LeadSquaredError,
    NotFound,
    Rejected,
    Throttled,
    Unauthorized,
    UnexpectedAnswer,
    Unreachable,
)

NOT_JSON = object()

_OVER_THE_LIMIT = re.compile(r"calls exceeded the limit|exceeded the limit of \d+ in \d+", re.IGNORECASE)
_ACCESS = {errors.INVALID_ACCESS.lower(), errors.UNAUTHORIZED_ACCESS.lower()}
_HEAD = 4096


@dataclass(frozen=True)
class Reply:
    """A whole answer to `call`, a path. The body stays out of the repr: it holds leads, or keys echoed by the host."""

    call: str
    status: int
    raw: bytes = field(repr=False)

    @cached_property
    def json(self) -> Any:
        """The decoded body; NOT_JSON where it is none."""
        try:
            return orjson.loads(self.raw.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            return NOT_JSON

    @property
    def looks(self) -> str:
        """What a body that is not the expected JSON seems to be."""
        head = self.raw[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head:
            return "an empty body"
        return "HTML" if head[:1] == b"<" else "malformed JSON" if head[:1] in b"{[" else "text that is not JSON"


def failure(reply: Reply, hide: Callable[[str], str]) -> LeadSquaredError | None:
    """The error a reply means, or None; what the host says in it goes through `hide`."""
    said = Envelope.read(reply.json)
    fault = _fault(reply, said)
    if fault:
        return fault(reply.call, reply.status, said and Envelope(hide(said.type), hide(said.message)))
    if not 200 <= reply.status < 300:
        return UnexpectedAnswer(f"{reply.call} answered {reply.status}; redirects are not followed: is the host right?")
    if reply.json is NOT_JSON:
        return UnexpectedAnswer(f"{reply.call} answered {reply.status} with {reply.looks}")
    return None


def _fault(reply: Reply, said: Envelope | None) -> type[HostError] | None:
    status, mx = reply.status, said.type.lower() if said else ""
    rules: tuple[tuple[bool, type[HostError]], ...] = (
        (status == 429 or _is_throttle(reply, said), Throttled),
        (status == 401 or mx in _ACCESS, Unauthorized),
        (status in {404, 405} or mx == errors.UNKNOWN_API.lower(), NotFound),
        (status == 408 or "timeout" in mx, HostFailed),
        (mx.startswith("mx"), Rejected),
        (status == 403, Unauthorized),
        (400 <= status < 500, Rejected),
        (status >= 500 or said is not None, HostFailed),
    )
    return next((fault for applies, fault in rules if applies), None)


def _is_throttle(reply: Reply, said: Envelope | None) -> bool:
    if said:
        mx = said.type.lower()
        return "ratelimit" in mx or "throttl" in mx or bool(_OVER_THE_LIMIT.search(said.message))
    # Without an envelope a success is data, which may well hold such a sentence in a lead's note.
    is_data = reply.status < 400 and reply.json is not NOT_JSON
    return not is_data and bool(_OVER_THE_LIMIT.search(reply.raw[:_HEAD].decode("utf-8", "replace")))


_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (httpx.ConnectTimeout, "timed out while connecting"),
    (httpx.PoolTimeout, "timed out waiting for a free connection"),
    (httpx.TimeoutException, "timed out waiting for the answer"),
    (socket.gaierror, "no such host name (DNS)"),
    (ConnectionRefusedError, "connection refused"),
    (ssl.SSLError, "no secure connection (TLS)"),
    (ConnectionResetError, "connection reset"),
    (BrokenPipeError, "connection reset"),
    (httpx.ProxyError, "the proxy refused"),
    (httpx.RemoteProtocolError, "the answer broke off"),
)


def unreachable(host: str, call: str, error: httpx.HTTPError) -> LeadSquaredError:
    """What a failed exchange with `host` means; the text of httpx is not repeated: it may hold the keys."""
    if isinstance(error, httpx.DecodingError):
        return UnexpectedAnswer(f"{call} answered with a body that cannot be decompressed")
    chain = list(_chain(error))
    causes = (words for kind, words in _CAUSES if any(isinstance(link, kind) for link in chain))
    return Unreachable(f"{host} gave no answer to {call}: {next(causes, 'no connection')}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
