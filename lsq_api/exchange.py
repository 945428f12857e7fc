"""One call to a host: sent with the keys, read within bounds, and either what it should be or a typed error.

The frames in here hold the address with the keys and the body as the host wrote it, so no error is raised from them:
they return it, and what raises it knows neither.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import chain
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from lsq_api.addresses import is_loopback
from lsq_api.errors import LeadSquaredError, UnexpectedAnswer
from lsq_api.failures import NOT_JSON, Reply, failure, unreachable
from lsq_api.keys import InHeaders, InQuery
from lsq_api.ledger import Ledger, Outcome
from lsq_api.settings import Host

USER_AGENT = "leads-not-contacted/0.1"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
"""Seconds until a connection stands, and between two pieces of an answer."""
TOTAL_SECONDS = 120.0
"""Seconds until a JSON answer is whole: a host that drips is never silent for long."""
MAX_BYTES = 256 * 2**20
"""Size of a JSON answer at most, decompressed: 10,000 leads with 400 fields stay well below."""

T = TypeVar("T")
Params = Mapping[str, str]


class Exchange:
    """The calls of one host over pooled connections; safe to share between threads."""

    def __init__(
        self,
        host: Host,
        *,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout | float = TIMEOUT,
        total: float = TOTAL_SECONDS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._host, self._total, self._max_bytes = host, total, max_bytes
        self.ledger = Ledger()
        self._hide = host.keys.hide
        self._in_headers, self._in_query = InHeaders(host.keys), InQuery(host.keys)
        bases = (host.api_url, host.analytics_url)
        self._http = httpx.Client(
            transport=transport,
            timeout=timeout,
            headers={"User-Agent": USER_AGENT},
            follow_redirects=False,
            # A company's proxy is for the real host; one in the environment must not catch loopback calls.
            trust_env=not all(is_loopback(urlsplit(base).hostname or "") for base in bases),
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, call: str, read: Callable[[object], T], *, params: Params | None = None, body: object = None) -> T:
        """What `read` makes of the decoded answer to `call`, a path; with a body the call is a POST."""
        with self.ledger.call(call) as noted:
            outcome = self._answer(call, read, params, body, noted)
            if isinstance(outcome, LeadSquaredError):
                noted.failed(outcome)
        if isinstance(outcome, LeadSquaredError):
            raise outcome
        return outcome

    def stream(self, call: str, *, params: Params, body: object) -> Iterator[bytes]:
        """The pieces of a CSV answer; raises before the first one where the answer is anything else."""
        failed: LeadSquaredError | None = None
        with self.ledger.call(call) as noted:
            try:
                with self._sent(call, params, body) as response:
                    noted.status = response.status_code
                    pieces = self._csv(call, response)
                    if isinstance(pieces, LeadSquaredError):
                        failed = pieces
                    else:
                        yield from pieces
            except httpx.HTTPError as error:
                failed = self._unreachable(call, error)
            if failed:
                noted.failed(failed)
        if failed:
            raise failed

    def _answer(
        self, call: str, read: Callable[[object], T], params: Params | None, body: object, noted: Outcome
    ) -> T | LeadSquaredError:
        try:
            with self._sent(call, params, body) as response:
                noted.status = response.status_code
                reply = Reply(call, response.status_code, self._whole(response.iter_bytes()))
            return failure(reply, self._hide) or read(reply.json)
        except httpx.HTTPError as error:
            return self._unreachable(call, error)
        except UnexpectedAnswer as error:
            return UnexpectedAnswer(self._hide(f"{call}: {error}"))

    def _csv(self, call: str, response: httpx.Response) -> Iterator[bytes] | LeadSquaredError:
        pieces = response.iter_bytes()
        first = next(pieces, b"")
        kind = response.headers.get("Content-Type", "").lower()
        # A header row begins with a field's name; errors stay JSON under csv, and a gateway speaks HTML.
        is_csv = response.status_code == 200 and first.lstrip(b"\xef\xbb\xbf \r\n")[:1] not in (b"", b"{", b"<")
        if is_csv and "json" not in kind and "html" not in kind:
            return chain([first], pieces)
        try:
            reply = Reply(call, response.status_code, self._whole(chain([first], pieces)))
        except UnexpectedAnswer as error:
            return UnexpectedAnswer(f"{call}: {error}")
        looks = reply.looks if reply.json is NOT_JSON else "JSON"
        return failure(reply, self._hide) or UnexpectedAnswer(f"{call} answered with {looks}; CSV was asked for")

    def _sent(self, call: str, params: Params | None, body: object) -> AbstractContextManager[httpx.Response]:
        on_v2 = call.startswith("/v2/")
        return self._http.stream(
            "GET" if body is None else "POST",
            (self._host.api_url if on_v2 else self._host.analytics_url) + call,
            params=params,
            content=None if body is None else orjson.dumps(body),
            headers={"Content-Type": "application/json"} if body is not None else None,
            auth=self._in_headers if on_v2 else self._in_query,
        )

    def _whole(self, pieces: Iterable[bytes]) -> bytes:
        deadline = time.monotonic() + self._total
        whole = bytearray()
        for piece in pieces:
            whole += piece
            if len(whole) > self._max_bytes:
                raise UnexpectedAnswer(f"the answer is larger than {self._max_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout(f"not whole after {self._total} s")
        return bytes(whole)

    def _unreachable(self, call: str, error: httpx.HTTPError) -> LeadSquaredError:
        base = self._host.api_url if call.startswith("/v2/") else self._host.analytics_url
        return unreachable(urlsplit(base).netloc, call, error)
