"""One call from its turn to its answer: it runs in a thread, and ends when its client is gone or its time is over."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Generator, Hashable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lsq_api.contract import errors
from lsq_api.server.options import Options
from lsq_api.server.query.cancel import Cancellation
from lsq_api.server.query.engine import Engine
from lsq_api.server.query.refusal import Refusal
from lsq_api.server.routes import Call, Csv, Handler
from lsq_api.server.store.current import CurrentStore

A_WHILE: Final = 0.5
"""Seconds after which a question no longer keeps others waiting; it runs on beside them."""
Result = TypeVar("Result")

JSON: Final = "application/json"
GONE: Final = 499
"""A status for the log alone, as nginx has it: nobody is there to read it."""
_LOOK_EVERY: Final = 0.1
_CANCEL_EVERY: Final = 0.05


@dataclass(eq=False)
class Flight:
    """An answer in the making, and how many wait for it."""

    cancellation: Cancellation
    task: "asyncio.Task[Any]"
    waiting: int = 0


class Service:
    """Answers calls from the store as it is now. Who asks what is being answered already waits for that answer."""

    def __init__(self, current: CurrentStore, options: Options) -> None:
        self._current, self._options, self._slots = current, options, Slots()
        self._under_way: dict[Hashable, Flight] = {}

    async def answer(self, request: Request, handler: Handler, call: Call) -> Response:
        """The handler's answer as a response. Refusal where the call took too long."""
        key = None if call.streamed else (handler, call.text, self._current.identity)
        flight = self._under_way.get(key) or self._start(handler, call, key)
        flight.waiting += 1
        watching = asyncio.create_task(self._watch(request, flight))
        try:
            result, kept = await asyncio.shield(flight.task)
        finally:
            watching.cancel()
        if isinstance(result, Csv):
            return await _stream(result, kept)
        return Response(result, media_type=JSON)

    def _start(self, handler: Handler, call: Call, key: Hashable) -> Flight:
        cancellation, kept = Cancellation(), ExitStack()
        work = partial(self._handled, handler, call, cancellation, kept)
        flight = Flight(cancellation, asyncio.create_task(self._slots.run(work)))
        limit = asyncio.create_task(self._limit(flight))
        if key is not None:
            self._under_way[key] = flight

        def land(task: "asyncio.Task[Any]") -> None:
            limit.cancel()
            self._forget(flight)
            if not task.cancelled():
                task.exception()  # seen here where everybody who waited has gone

        flight.task.add_done_callback(land)
        return flight

    def _forget(self, flight: Flight) -> None:
        self._under_way = {key: other for key, other in self._under_way.items() if other is not flight}

    def _handled(
        self, handler: Handler, call: Call, cancellation: Cancellation, kept: ExitStack
    ) -> tuple[bytes | Csv, ExitStack]:
        """The handler's result. For a CSV answer `kept` holds on to the store, and its first part is made here."""
        with ExitStack() as taken:
            engine = Engine(taken.enter_context(self._current.taken()), self._options.clock, cancellation)
            result = handler(engine, call)
            if isinstance(result, Csv):
                parts = taken.enter_context(closing(result.parts))
                result = Csv(result.name, _with_first(next(parts), parts))
                kept.push(taken.pop_all())
            elif not isinstance(result, bytes):
                result = orjson.dumps(result)
            return result, kept

    async def _watch(self, request: Request, flight: Flight) -> None:
        """Wait until the client is gone; the last one that goes ends the flight."""
        await asyncio.sleep(_LOOK_EVERY)
        while not await request.is_disconnected():
            await asyncio.sleep(_LOOK_EVERY)
        flight.waiting -= 1
        if not flight.waiting:
            await self._end(flight, Refusal(GONE, errors.INTERNAL, "The client is gone"))

    async def _limit(self, flight: Flight) -> None:
        limit = self._options.time_limit
        await asyncio.sleep(limit)
        said = f"The question took longer than {limit:g} seconds and was ended; ask for fewer leads or a shorter time"
        await self._end(flight, Refusal(500, errors.TIMEOUT, said))

    async def _end(self, flight: Flight, why: Refusal) -> None:
        self._forget(flight)
        while True:  # a statement that starts just now would miss a single pull
            flight.cancellation.cancel(why)
            await asyncio.sleep(_CANCEL_EVERY)


def _with_first(first: bytes, parts: Generator[bytes]) -> Generator[bytes]:
    yield first
    yield from parts


async def _stream(csv: Csv, kept: ExitStack) -> Response:
    """A response that makes each part when the one before it is sent."""

    async def sent() -> AsyncGenerator[bytes]:
        with kept:
            yield b""  # started here, it is sure to end, and to let go of the store
            while (part := await run_in_threadpool(next, csv.parts, None)) is not None:
                yield part

    parts = sent()
    await anext(parts)
    disposition = f'attachment; filename="{csv.name}"'
    return StreamingResponse(parts, media_type="text/csv", headers={"Content-Disposition": disposition})


class Slots:
    """Runs blocking work in threads: `width` at a time, and beside them what has run for a while already."""

    def __init__(self, width: int | None = None, a_while: float = A_WHILE) -> None:
        self._free = asyncio.Semaphore(width or 2 * (os.cpu_count() or 1))
        self._a_while = a_while

    async def run(self, work: Callable[[], Result]) -> Result:
        """The work's result, when its turn has come and it is done."""
        await self._free.acquire()
        making_room = asyncio.get_running_loop().call_later(self._a_while, self._free.release)
        try:
            return await run_in_threadpool(work)
        finally:
            if not making_room.cancelled() and making_room.when() > asyncio.get_running_loop().time():
                making_room.cancel()
                self._free.release()
