"""One request and its answer: sent with the keys, read within bounds, and returned as its value or its error.

Errors are returned, not raised: the frames in here hold the address with the keys and the host's raw body, which a
traceback might show. The caller, who has neither, raises them.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from lsq_api.client.failures import NOT_JSON, Reply, failure, unreachable
from lsq_api.client.ledger import Outcome
from lsq_api.contract.errors import LeadSquaredError, UnexpectedAnswer
from lsq_api.host.addresses import is_loopback
from lsq_api.host.keys import InHeaders, InQuery
from lsq_api.host.settings import Host
from lsq_api.work import click

USER_AGENT = "leads-not-contacted/0.1"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
"""Seconds to connect, and between two pieces of an answer."""
TOTAL_SECONDS = 120.0
"""Seconds for a whole JSON answer; a host that sends a little at a time would never run into `TIMEOUT`."""
MAX_BYTES = 256 * 2**20
"""The most bytes of a JSON answer, decompressed: 10,000 leads with 400 fields stay well below."""
# As many connections are kept open as calls can be under way at once.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=50)

T = TypeVar("T")
Params = Mapping[str, str]
Trace = Callable[[str, Any], None]
"""Called with httpcore's events of a request, such as `http11.send_request_body.complete`, and their details."""


class Bounds(NamedTuple):
    """How long an answer may take and how large it may be; defaults are the constants above."""

    timeout: httpx.Timeout | float = TIMEOUT
    total: float = TOTAL_SECONDS
    max_bytes: int = MAX_BYTES


class Request(NamedTuple):
    """A call: its path, parameters and JSON body. Equal requests have equal answers."""

    call: str
    params: tuple[tuple[str, str], ...]
    body: bytes | None

    @classmethod
    def of(cls, call: str, params: Params | None, body: object) -> Self:
        """The request; a POST where it has a body."""
        return cls(call, tuple((params or {}).items()), None if body is None else orjson.dumps(body))


def _headers(body: bytes | None) -> dict[str, str]:
    """What a call says beside its keys: for which click it is, and what its body is."""
    kind = {} if body is None else {"Content-Type": "application/json"}
    return kind | ({click.HEADER: click.current()} if click.current() else {})


class Sender:
    """Requests to one host over pooled connections; safe to share between threads."""

    def __init__(self, host: Host, transport: httpx.BaseTransport | None, bounds: Bounds) -> None:
        self._host, self._bounds, self._hide = host, bounds, host.keys.hide
        self._in_headers, self._in_query = InHeaders(host.keys), InQuery(host.keys)
        self._lock, self._under_way, self._closed = threading.Lock(), 0, False
        bases = (host.api_url, host.analytics_url)
        self._http = httpx.Client(
            transport=transport,
            timeout=bounds.timeout,
            limits=_LIMITS,
            headers={"User-Agent": USER_AGENT},
            follow_redirects=False,
            # A proxy in the environment is for LeadSquared's hosts and must not get calls to this machine.
            trust_env=not all(is_loopback(urlsplit(base).hostname or "") for base in bases),
        )

    def close(self) -> None:
        """Close the connections: at once, or when the last call under way has its answer."""
        with self._lock:
            self._closed = True
            idle = not self._under_way
        if idle:
            self._http.close()

    def answer(
        self, request: Request, read: Callable[[object], T], noted: Outcome, trace: Trace | None
    ) -> T | LeadSquaredError:
        """What `read` makes of the decoded JSON body, or the error."""
        try:
            with self.sent(request, trace) as response:
                noted.status = response.status_code
                reply = self._reply(request.call, response, self._whole(response.iter_bytes()))
            return failure(reply, self._hide) or read(reply.json)
        except httpx.HTTPError as error:
            return self.unreachable(request.call, error)
        except UnexpectedAnswer as error:
            return UnexpectedAnswer(self._hide(f"{request.call}: {error}"))

    def _reply(self, call: str, response: httpx.Response, raw: bytes) -> Reply:
        return Reply(call, response.status_code, raw, self._netloc(call), response.headers.get("Retry-After", ""))

    def csv(self, call: str, response: httpx.Response) -> Iterator[bytes] | LeadSquaredError:
        """The pieces of a CSV answer, the first of them read, or the failure. Raises what httpx raises."""
        pieces = response.iter_bytes()
        first = next(pieces, b"")
        kind = response.headers.get("Content-Type", "").lower()
        # CSV begins with a field's name. Errors are JSON even when CSV was asked for, and a gateway answers HTML.
        is_csv = response.status_code == 200 and first.lstrip(b"\xef\xbb\xbf \r\n")[:1] not in (b"", b"{", b"<")
        if is_csv and "json" not in kind and "html" not in kind:
            return chain([first], pieces)
        try:
            reply = self._reply(call, response, self._whole(chain([first], pieces)))
        except UnexpectedAnswer as error:
            return UnexpectedAnswer(f"{call}: {error}")
        looks = reply.looks if reply.json is NOT_JSON else "JSON"
        return failure(reply, self._hide) or UnexpectedAnswer(f"{call} answered with {looks}; CSV was asked for")

    @contextmanager
    def sent(self, request: Request, trace: Trace | None) -> Iterator[httpx.Response]:
        """Send the request; its response, with the body still to be read. Raises what httpx raises."""
        on_v2, body = request.call.startswith("/v2/"), request.body
        with (
            self._counted(),
            self._http.stream(
                "GET" if body is None else "POST",
                (self._host.api_url if on_v2 else self._host.analytics_url) + request.call,
                params=request.params or None,
                content=body,
                headers=_headers(body),
                auth=self._in_headers if on_v2 else self._in_query,
                extensions={"trace": trace} if trace else None,
            ) as response,
        ):
            yield response

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the client is closed")
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                last = self._closed and not self._under_way
            if last:
                self._http.close()

    def _whole(self, pieces: Iterable[bytes]) -> bytes:
        deadline = time.monotonic() + self._bounds.total
        whole = bytearray()
        for piece in pieces:
            whole += piece
            if len(whole) > self._bounds.max_bytes:
                raise UnexpectedAnswer(f"the answer is larger than {self._bounds.max_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout(f"not whole after {self._bounds.total} s")
        return bytes(whole)

    def unreachable(self, call: str, error: httpx.HTTPError) -> LeadSquaredError:
        """The error that an httpx exception means."""
        return unreachable(self._netloc(call), call, error)

    def _netloc(self, call: str) -> str:
        return urlsplit(self._host.api_url if call.startswith("/v2/") else self._host.analytics_url).netloc
