"""Which error of `contract/errors.py` an answer, or a missing one, means: by its body first, then by its status.

Source: "HTTP Response Codes" of the report's page; section 8 of the wire notes.
"""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import httpx
import orjson

from lsq_api.contract import errors
from lsq_api.contract.errors import (
    Envelope,
    Garbled,
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

_LIMIT = re.compile(r"exceeded the limit of (\d{1,6}) in (\d{1,5}) second", re.IGNORECASE)
_HOST = re.compile(r"\bapi(?:-[a-z0-9]+)?\.leadsquared\.com\b", re.IGNORECASE)
_OVER_THE_LIMIT = re.compile(r"calls exceeded the limit|exceeded the limit of \d+ in \d+", re.IGNORECASE)
_ACCESS = {errors.INVALID_ACCESS.lower(), errors.UNAUTHORIZED_ACCESS.lower()}
_HEAD = 4096


@dataclass(frozen=True)
class Reply:
    """A whole answer to `call` (a path) from `host` (host and port); `retry_after` is that header's text.

    The body is not in the repr: it holds leads, or keys echoed by the host.
    """

    call: str
    status: int
    raw: bytes = field(repr=False)
    host: str = ""
    retry_after: str = ""

    @cached_property
    def json(self) -> Any:
        """The decoded body; NOT_JSON where it is no JSON."""
        try:
            return orjson.loads(self.raw.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            return NOT_JSON

    @property
    def looks(self) -> str:
        """What kind of text a body is that is not the expected JSON."""
        head = self.raw[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head:
            return "an empty body"
        return "HTML" if head[:1] == b"<" else "malformed JSON" if head[:1] in b"{[" else "text that is not JSON"


def failure(reply: Reply, hide: Callable[[str], str]) -> LeadSquaredError | None:
    """The error that a reply means, or None; `hide` removes the keys from what the host says."""
    said = Envelope.read(reply.json)
    fault = _fault(reply, said)
    if fault:
        error = fault(reply.call, reply.status, said and Envelope(hide(said.type), hide(said.message)))
        return _with_hints(error, reply, said, hide)
    if not 200 <= reply.status < 300:
        return UnexpectedAnswer(f"{reply.call} answered {reply.status}; redirects are not followed: is the host right?")
    if reply.json is NOT_JSON:
        return Garbled(f"{reply.call} answered {reply.status} with {reply.looks}")
    return None


def _with_hints(error: HostError, reply: Reply, said: Envelope | None, hide: Callable[[str], str]) -> HostError:
    """The error with what the host says about recovery: when to try again, the limit, the right host."""
    error.retry_after = _seconds(reply.retry_after)
    text = said.message if said else reply.raw[:_HEAD].decode("utf-8", "replace")
    if isinstance(error, Throttled):
        named = _LIMIT.search(text)
        numbers = (int(named[1]), int(named[2])) if named else (0, 0)
        error.limit = numbers if all(numbers) else None
    if isinstance(error, Unauthorized):
        others = [name.lower() for name in _HOST.findall(hide(text)) if name.lower() != reply.host.lower()]
        error.right_host = others[0] if others else None
    return error


def _seconds(retry_after: str) -> float | None:
    """Seconds of the header `Retry-After`, given as seconds or as a date; None where it is neither."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max((moment - datetime.now(moment.tzinfo)).total_seconds(), 0.0)


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
    # Without an envelope a 200 is data, and a lead's note may contain the very words of a refusal.
    is_data = reply.status < 400 and reply.json is not NOT_JSON
    return not is_data and bool(_OVER_THE_LIMIT.search(reply.raw[:_HEAD].decode("utf-8", "replace")))


_LASTING = "no secure connection (TLS)"
_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (httpx.ConnectTimeout, "timed out while connecting"),
    (httpx.PoolTimeout, "timed out waiting for a free connection"),
    (httpx.TimeoutException, "timed out waiting for the answer"),
    (socket.gaierror, "no such host name (DNS)"),
    (ConnectionRefusedError, "connection refused"),
    (ssl.SSLError, _LASTING),
    (ConnectionResetError, "connection reset"),
    (BrokenPipeError, "connection reset"),
    (httpx.ProxyError, "the proxy refused"),
    (httpx.RemoteProtocolError, "the answer broke off"),
)


def unreachable(host: str, call: str, error: httpx.HTTPError) -> LeadSquaredError:
    """The error that an httpx exception means; its own text is not repeated, since it may hold the keys."""
    if isinstance(error, httpx.DecodingError):
        return Garbled(f"{call} answered with a body that cannot be decompressed")
    chain = list(_chain(error))
    causes = (words for kind, words in _CAUSES if any(isinstance(link, kind) for link in chain))
    cause = next(causes, "no connection")
    return Unreachable(f"{host} gave no answer to {call}: {cause}", passing=cause != _LASTING)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
