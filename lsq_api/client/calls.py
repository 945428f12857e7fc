"""Calls of one account: each when the limit allows it, tried again where that helps, and equal ones asked once.

What comes of a call is what it should be, or a typed error. `sending` has the single request.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeVar

import httpx

from lsq_api.client.ledger import Ledger, Outcome
from lsq_api.client.request import Params, Request, Sender, Trace
from lsq_api.client.single_flight import Flights
from lsq_api.contract.errors import GivenUp, LeadSquaredError, Throttled
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.queue import SCREEN, Caller
from lsq_api.limits.rate import Rate
from lsq_api.limits.retries import NONE, Retries

T = TypeVar("T")


class Exchange:
    """The calls of one account; safe to share between threads. Without a pacer nothing waits."""

    def __init__(self, sender: Sender, pacer: Pacer | None = None, retries: Retries = NONE) -> None:
        self._sender, self.pacer, self._retries = sender, pacer, retries
        self.ledger, self._flights, self._closed = Ledger(), Flights(), threading.Event()

    def close(self) -> None:
        """Close the connections; calls that still wait for leave, and later ones, are GivenUp."""
        self._closed.set()
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
        """What `read` makes of the decoded answer to `call`, a path; with a body the call is a POST.

        The same object goes to everybody who asks the same at the same time: it is to be read only.
        """
        question = Request.of(call, params, body)

        def tried() -> T | LeadSquaredError:
            retries = self._retries.patient if caller.bulk else self._retries
            return retries.tried(call, lambda: self._once(question, read, caller))

        outcome = self._flights.share((question, caller.bulk), tried)
        while isinstance(outcome, GivenUp) and not caller.cancelled() and not self._closed.is_set():
            # Somebody else's call, and somebody else's Cancel.
            outcome = self._flights.share((question, caller.bulk), tried)
        if isinstance(outcome, LeadSquaredError):
            raise outcome.with_traceback(None)
        return outcome

    def stream(self, call: str, *, params: Params, body: object, caller: Caller = SCREEN) -> Iterator[bytes]:
        """The pieces of a CSV answer; raises before the first one where the answer is anything else.

        Once the first piece is given away there is no second try.
        """
        question = Request.of(call, params, body)
        failed: LeadSquaredError | None = None
        with ExitStack() as held:
            pieces = self._retries.tried(call, lambda: self._begun(question, caller, held))
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

    def _once(self, question: Request, read: Callable[[object], T], caller: Caller) -> T | LeadSquaredError:
        trace = self._permitted(caller)
        with self.ledger.call(question.call) as noted:
            outcome = self._sender.answer(question, read, noted, trace)
            if isinstance(outcome, LeadSquaredError):
                noted.failed(outcome)
        self._heed(outcome)
        if isinstance(outcome, LeadSquaredError) and caller.cancelled():
            return GivenUp("the answer was not wanted any more")
        return outcome

    def _begun(
        self, question: Request, caller: Caller, held: ExitStack
    ) -> tuple[Outcome, Iterator[bytes]] | LeadSquaredError:
        """A CSV answer whose first piece is there; `held` is what keeps it open."""
        trace = self._permitted(caller)
        with ExitStack() as opening:
            noted = opening.enter_context(self.ledger.call(question.call))
            try:
                response = opening.enter_context(self._sender.sent(question, trace))
                noted.status = response.status_code
                pieces = self._sender.csv(question.call, response)
            except httpx.HTTPError as error:
                pieces = self._sender.unreachable(question.call, error)
            if not isinstance(pieces, LeadSquaredError):
                held.push(opening.pop_all())
                return noted, pieces
            noted.failed(pieces)
        self._heed(pieces)
        return pieces

    def _permitted(self, caller: Caller) -> Trace | None:
        """Wait until the limit allows a call; what comes is to be told when the call goes out."""
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
        """A throttle is everybody's."""
        if isinstance(outcome, Throttled) and self.pacer:
            self.pacer.throttled(Rate(*outcome.limit) if outcome.limit else None, outcome.retry_after)
