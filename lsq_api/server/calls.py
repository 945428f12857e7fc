"""One call from waiting for its turn to its answer: run in a thread, ended when its client leaves or its time is up."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Hashable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lsq_api.contract import errors
from lsq_api.server.guard.caller import caller
from lsq_api.server.guard.slots import Slots
from lsq_api.server.options import Options
from lsq_api.server.query.cancel import Cancellation
from lsq_api.server.query.engine import Engine
from lsq_api.server.query.refusal import Refusal
from lsq_api.server.routes import Call, Csv, Handler
from lsq_api.server.store.current import CurrentStore

JSON: Final = "application/json"
CLIENT_GONE: Final = 499
"""The status that is logged when the client has left, as nginx has it; nobody receives it."""
_LOOK_EVERY: Final = 0.1
_CANCEL_EVERY: Final = 0.05
_GRACE: Final = 1.0
"""Seconds that a cancelled question has to say so itself, before its caller is answered without it."""


@dataclass(eq=False)
class SharedAnswer:
    """An answer being made, and how many calls wait for it."""

    cancellation: Cancellation
    task: "asyncio.Task[Any]"
    waiting: int = 0


class Service:
    """Answers calls from the current store. Equal calls at the same time share one answer."""

    def __init__(self, current: CurrentStore, options: Options) -> None:
        self._current, self._options, self._slots = current, options, Slots()
        self._under_way: dict[Hashable, SharedAnswer] = {}

    async def answer(self, request: Request, handler: Handler, call: Call, spent: float = 0.0) -> Response:
        """The handler's result as a response; raises Refusal where it took too long.

        `spent` are the seconds of the time limit that the request took to arrive.
        """
        key = None if call.streamed else (handler, call.text, self._current.identity)
        asks, left = caller(request.client.host if request.client else None), max(0.0, self._options.time_limit - spent)
        shared = self._under_way.get(key) or self._start(handler, call, key, asks, left)
        shared.waiting += 1
        watching = asyncio.create_task(self._watch(request, shared))
        try:
            result, kept = await asyncio.wait_for(asyncio.shield(shared.task), left + _GRACE)
        except TimeoutError:
            shared.task.add_done_callback(_let_go)
            raise self._too_long() from None
        finally:
            watching.cancel()
        if isinstance(result, Csv):
            return await self._stream(result, kept, asks)
        return Response(result, media_type=JSON)

    def _start(self, handler: Handler, call: Call, key: Hashable, asks: str, left: float) -> SharedAnswer:
        cancellation, kept = Cancellation(), ExitStack()
        work = partial(self._handled, handler, call, cancellation, kept)
        shared = SharedAnswer(cancellation, asyncio.create_task(self._slots.run(work, asks)))
        limit = asyncio.create_task(self._limit(shared, left))
        if key is not None:
            self._under_way[key] = shared

        def land(task: "asyncio.Task[Any]") -> None:
            limit.cancel()
            self._forget(shared)
            if not task.cancelled():
                task.exception()  # retrieved here, as all who waited for it may have gone

        shared.task.add_done_callback(land)
        return shared

    def _forget(self, shared: SharedAnswer) -> None:
        self._under_way = {key: other for key, other in self._under_way.items() if other is not shared}

    def _handled(
        self, handler: Handler, call: Call, cancellation: Cancellation, kept: ExitStack
    ) -> tuple[bytes | Csv, ExitStack]:
        """The handler's result as JSON; of a CSV answer the first part is made, and `kept` holds the store open."""
        with ExitStack() as taken:
            engine = Engine(taken.enter_context(self._current.taken()), self._options.clock, cancellation)
            with cancellation.watching():
                result = handler(engine, call)
            if isinstance(result, Csv):
                parts = taken.enter_context(closing(result.parts))
                result = Csv(result.name, _with_first(next(parts), parts))
                kept.push(taken.pop_all())
            elif not isinstance(result, bytes):
                result = orjson.dumps(result)
            return result, kept

    async def _watch(self, request: Request, shared: SharedAnswer) -> None:
        """Wait until the client has left; if it was the last one waiting, cancel the answer."""
        await asyncio.sleep(_LOOK_EVERY)
        while not await request.is_disconnected():
            await asyncio.sleep(_LOOK_EVERY)
        shared.waiting -= 1
        if not shared.waiting:
            await self._end(shared, gone())

    async def _limit(self, shared: SharedAnswer, left: float) -> None:
        await asyncio.sleep(left)
        await self._end(shared, self._too_long())

    def _too_long(self) -> Refusal:
        limit = self._options.time_limit
        said = f"The question took longer than {limit:g} seconds and was ended; ask for fewer leads or a shorter time"
        return Refusal(500, errors.TIMEOUT, said)

    async def _stream(self, csv: Csv, kept: ExitStack, asks: str) -> Response:
        """A response that makes each part once the one before it has been sent, each in its caller's turn."""

        async def sent() -> AsyncGenerator[bytes]:
            with kept:
                yield b""  # once begun, the generator is always closed, which releases the store
                following = partial(next, csv.parts, None)
                while (part := await self._slots.run(following, asks, going_on=True)) is not None:
                    yield part

        parts = sent()
        await anext(parts)
        disposition = f'attachment; filename="{csv.name}"'
        return StreamingResponse(parts, media_type="text/csv", headers={"Content-Disposition": disposition})

    async def _end(self, shared: SharedAnswer, why: Refusal) -> None:
        self._forget(shared)
        while True:  # a statement that is just being started would miss a single cancel
            shared.cancellation.cancel(why)
            await asyncio.sleep(_CANCEL_EVERY)


def _with_first(first: bytes, parts: Generator[bytes]) -> Generator[bytes]:
    yield first
    yield from parts


def _let_go(task: "asyncio.Task[tuple[bytes | Csv, ExitStack]]") -> None:
    """Release what an answer holds that came too late."""
    if not task.cancelled() and task.exception() is None:
        task.result()[1].close()


def gone() -> Refusal:
    """What becomes of a call whose client has left."""
    return Refusal(CLIENT_GONE, errors.INTERNAL, "The client is gone")
