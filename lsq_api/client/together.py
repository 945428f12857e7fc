"""The first answers to several questions, fetched in one call, where the host takes several reports in one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import orjson

from lsq_api.client.asks import OfReport
from lsq_api.client.calls import Exchange
from lsq_api.client.client import Client
from lsq_api.client.request import Params, Request
from lsq_api.contract.errors import LeadSquaredError, NotAsked, Throttled, Unreachable
from lsq_api.contract.together import TOGETHER_CALL, answers_of
from lsq_api.limits.queue import SCREEN, Caller

T = TypeVar("T")

log = logging.getLogger(__name__)


def fetched(client: Client, asks: Sequence[OfReport[Any]]) -> Client:
    """A client that has the host's answer to the first request of each question; it makes all other calls itself.

    So it does where the call failed, and for what the host refused: then its own call says why. Where the host does not
    answer at all, or answers nobody now, the failure is that of every question: as many calls more would not help.
    """
    noted: dict[Request, None] = {}
    noting = client.through(lambda _: _NotesRequests(noted))
    for ask in asks:
        try:
            ask.of(noting)
        except _Withheld:
            continue
    return client.through(lambda exchange: _Prepared(exchange, _answers(exchange, list(noted))))


def _answers(exchange: Exchange, requests: Sequence[Request]) -> Mapping[Request, object]:
    several = [{"Path": one.call, "Request": orjson.Fragment(one.body or b"{}")} for one in requests]
    read = partial(answers_of, expected=len(requests))
    try:
        answers = exchange.ask(TOGETHER_CALL, read, body={"Reports": several})
    except (NotAsked, Throttled, Unreachable) as error:
        return dict.fromkeys(requests, error)
    except LeadSquaredError as error:
        log.warning("several reports in one call: %s: %s", type(error).__name__, error)
        return {}
    return {request: answer for request, answer in zip(requests, answers, strict=True) if answer is not None}


class _Withheld(Exception):
    """In place of an answer where a request was only noted."""


class _NotesRequests(Exchange):
    """Notes requests and makes none."""

    def __init__(self, noted: dict[Request, None]) -> None:
        self._noted = noted

    def ask(
        self,
        call: str,
        read: Callable[[object], T],  # noqa: ARG002 -- nothing is read
        *,
        params: Params | None = None,
        body: object = None,
        caller: Caller = SCREEN,  # noqa: ARG002
    ) -> T:
        self._noted[Request.of(call, params, body)] = None
        raise _Withheld


class _Prepared(Exchange):
    """Reads an answer that is there already, once; makes the calls of all other requests."""

    def __init__(self, beyond: Exchange, told: Mapping[Request, object]) -> None:
        self._beyond, self._told = beyond, dict(told)
        self.ledger, self.pacer = beyond.ledger, beyond.pacer

    def ask(
        self,
        call: str,
        read: Callable[[object], T],
        *,
        params: Params | None = None,
        body: object = None,
        caller: Caller = SCREEN,
    ) -> T:
        # Once: who asks the same again wants to know whether it has changed.
        answer = self._told.pop(Request.of(call, params, body), None)
        if isinstance(answer, LeadSquaredError):
            raise answer
        if answer is not None:
            return read(answer)
        return self._beyond.ask(call, read, params=params, body=body, caller=caller)
