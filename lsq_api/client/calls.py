"""The calls of one account: each waits for its permit, and is retried where that helps.

`request` makes a single attempt. A call returns what it should, or raises a LeadSquaredError.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeVar

import httpx

from lsq_api.client.ledger import Ledger, Outcome
from lsq_api.client.request import Params, Request, Sender, Trace
from lsq_api.contract.errors import GivenUp, LeadSquaredError, Throttled
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.queue import SCREEN, Caller
from lsq_api.limits.rate import Rate
from lsq_api.limits.retries import NONE, Retries

T = TypeVar("T")


class Exchange:
    """The calls of one account; safe to share between threads. Without a pacer no call waits."""

    def __init__(self, sender: Sender, pacer: Pacer | None = None, retries: Retries = NONE) -> None:
        self._sender, self.pacer, self._retries = sender, pacer, retries
        self.ledger = Ledger()

    def close(self) -> None:
        """Close the connections; calls that wait for a permit, and later ones, raise GivenUp."""
        self._sender.close()
        if self.pacer:
            self.pacer.close()

    def ask(
        self,
        call: str,
        read: Callable[[object], T],
        *,
        params: Params | None = None,
        body: object = None,
        caller: Caller = SCREEN,
    ) -> T:
        """What `read` makes of the decoded JSON answer to `call`, a path; with a body the call is a POST."""
        request = Request.of(call, params, body)
        retries = self._retries.patient if caller.bulk else self._retries
        outcome = retries.tried(call, lambda: self._once(request, read, caller))
        if isinstance(outcome, LeadSquaredError):
            raise outcome.with_traceback(None)
        return outcome

    def stream(self, call: str, *, params: Params, body: object, caller: Caller = SCREEN) -> Iterator[bytes]:
        """The pieces of a CSV answer. Raises before the first piece where the answer is anything else.

        There is no retry once the first piece has been handed out.
        """
        request = Request.of(call, params, body)
        failed: LeadSquaredError | None = None
        with ExitStack() as held:
            pieces = self._retries.tried(call, lambda: self._begun(request, caller, held))
            if isinstance(pieces, LeadSquaredError):
                failed = pieces
            else:
                noted, rest = pieces
                try:
                    yield from rest
                except httpx.HTTPError as error:
                    failed = self._sender.unreachable(call, error)
                    noted.failed(failed)
        if failed:
            raise failed.with_traceback(None)

    def _once(self, request: Request, read: Callable[[object], T], caller: Caller) -> T | LeadSquaredError:
        trace = self._permitted(caller)
        with self.ledger.call(request.call) as noted:
            outcome = self._sender.answer(request, read, noted, trace)
            if isinstance(outcome, LeadSquaredError):
                noted.failed(outcome)
        self._heed(outcome)
        if isinstance(outcome, LeadSquaredError) and caller.cancelled():
            return GivenUp("the answer was not wanted any more")
        return outcome

    def _begun(
        self, request: Request, caller: Caller, held: ExitStack
    ) -> tuple[Outcome, Iterator[bytes]] | LeadSquaredError:
        """A CSV answer whose first piece has been read; `held` keeps its connection open."""
        trace = self._permitted(caller)
        with ExitStack() as opening:
            noted = opening.enter_context(self.ledger.call(request.call))
            try:
                response = opening.enter_context(self._sender.sent(request, trace))
                noted.status = response.status_code
                pieces = self._sender.csv(request.call, response)
            except httpx.HTTPError as error:
                pieces = self._sender.unreachable(request.call, error)
            if not isinstance(pieces, LeadSquaredError):
                held.push(opening.pop_all())
                return noted, pieces
            noted.failed(pieces)
        self._heed(pieces)
        return pieces

    def _permitted(self, caller: Caller) -> Trace | None:
        """Wait for a permit; returns the trace that tells the pacer when the call goes out. GivenUp once cancelled."""
        if caller.cancelled():
            raise GivenUp("the call was given up before it was made")
        if not self.pacer:
            return None
        pacer, permit = self.pacer, self.pacer.take(caller)

        def trace(event: str, _: Any) -> None:
            if event == "http11.send_request_headers.started" and not pacer.in_time(permit):
                raise httpx.ConnectTimeout("the connection took longer than the permit lasts")
            if event == "http11.send_request_body.complete":
                pacer.sent(permit)

        return trace

    def _heed(self, outcome: object) -> None:
        """Let a refusal for too many calls slow down all calls of the account."""
        if isinstance(outcome, Throttled) and self.pacer:
            self.pacer.throttled(Rate(*outcome.limit) if outcome.limit else None, outcome.retry_after)
