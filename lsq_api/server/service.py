"""One call from its turn to its answer: it runs in a thread, and ends when its client is gone or its time is over."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack, closing
from functools import partial
from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from lsq_api import errors
from lsq_api.server.lanes import Lanes
from lsq_api.server.leash import Leash
from lsq_api.server.options import Options
from lsq_api.server.refusal import Refusal
from lsq_api.server.routes import Call, Csv, Handler
from lsq_api.server.run import Engine
from lsq_api.server.shelf import Shelf

JSON: Final = "application/json"
GONE: Final = 499
"""A status for the log alone, as nginx has it: nobody is there to read it."""
_LOOK_EVERY: Final = 0.1
_PULL_EVERY: Final = 0.05


class Service:
    """Answers calls from the store on the shelf."""

    def __init__(self, shelf: Shelf, options: Options) -> None:
        self._shelf, self._options, self._lanes = shelf, options, Lanes()

    async def answer(self, request: Request, handler: Handler, call: Call) -> Response:
        """The handler's answer as a response. Refusal where the call took too long."""
        leash, kept = Leash(), ExitStack()
        watching = asyncio.create_task(self._watch(request, leash))
        try:
            result = await self._lanes.run(partial(self._handled, handler, call, leash, kept))
        finally:
            watching.cancel()
        if isinstance(result, Csv):
            return await _stream(result, kept)
        return Response(result if isinstance(result, bytes) else orjson.dumps(result), media_type=JSON)

    def _handled(self, handler: Handler, call: Call, leash: Leash, kept: ExitStack) -> Any:
        """The handler's result. For a CSV answer `kept` holds on to the store, and its first part is made here."""
        with ExitStack() as taken:
            engine = Engine(taken.enter_context(self._shelf.taken()), self._options.clock, leash)
            result = handler(engine, call)
            if isinstance(result, Csv):
                parts = taken.enter_context(closing(result.parts))
                result = Csv(result.name, _with_first(next(parts), parts))
                kept.push(taken.pop_all())
            return result

    async def _watch(self, request: Request, leash: Leash) -> None:
        why = await self._reason(request)
        while True:  # a statement that starts just now would miss a single pull
            leash.pull(why)
            await asyncio.sleep(_PULL_EVERY)

    async def _reason(self, request: Request) -> Refusal:
        """Wait until the call should end: its client is gone, or its time is over."""
        clock, limit = asyncio.get_running_loop(), self._options.time_limit
        end = clock.time() + limit
        while (left := end - clock.time()) > 0:
            await asyncio.sleep(min(_LOOK_EVERY, left))
            if await request.is_disconnected():
                return Refusal(GONE, errors.INTERNAL, "The client is gone")
        said = f"The question took longer than {limit:g} seconds and was ended; ask for fewer leads or a shorter time"
        return Refusal(500, errors.TIMEOUT, said)


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
