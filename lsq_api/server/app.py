"""The HTTP application of the local server: routes, keys, the limit of calls, and the error answers.

Source: "API URL" and "HTTP Response Codes" of the report's page; sections 1, 8 and 9 of the wire notes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any

import orjson
from pyrate_limiter import Limiter, Rate
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from lsq_api.contract import errors
from lsq_api.server import openapi
from lsq_api.server.calls import JSON, Service, gone
from lsq_api.server.guard.credentials import Credentials
from lsq_api.server.metrics import PATH as METRICS
from lsq_api.server.metrics import Metrics
from lsq_api.server.options import Options, RateLimit
from lsq_api.server.query.refusal import Refusal, bad_input
from lsq_api.server.request_id import HEADER, request_id
from lsq_api.server.routes import Call, ServedCall, routes
from lsq_api.server.store.current import CurrentStore
from lsq_api.server.store.store import Store

__all__ = ["MAX_BODY", "Options", "RateLimit", "make_app"]

MAX_BODY = 4 * 1024 * 1024
log = logging.getLogger("lsq_api.server")


def make_app(store: Store, options: Options, connections: Callable[[], int] = lambda: 0) -> Starlette:
    """The server as an ASGI application that serves one open store; `connections` counts those that are open."""
    current = CurrentStore(store)
    service, metrics = Service(current, options), Metrics(current, connections)
    tries = options.wrong_keys
    credentials = Credentials(
        options.access_key, options.secret_key, tries.calls if tries else None, tries.seconds if tries else 0
    )
    limiter = Limiter(Rate(options.rate_limit.calls, options.rate_limit.seconds * 1000)) if options.rate_limit else None

    def route(served: ServedCall) -> Route:
        async def answer(request: Request) -> Response:
            began = perf_counter()
            query = {name.lower(): value for name, value in request.query_params.items()}
            _check_keys(request, query, credentials)
            _take_permit(limiter, options.rate_limit)
            served.check(query)
            body = await _decoded(request, served, options.bounds.patience) if served.method == "POST" else None
            call = Call(query, body, str(request.base_url).rstrip("/"))
            return await service.answer(request, served.handler, call, perf_counter() - began)

        return Route(served.path, _logged(answer, metrics), methods=[served.method])

    served_calls = routes(options.strict)
    document = orjson.dumps(openapi.described(served_calls))

    async def description(_: Request) -> Response:
        return Response(document, media_type=JSON)

    app = Starlette(
        routes=[
            *(route(served) for served in served_calls),
            Route(openapi.PATH, _logged(description, metrics)),
            *([Route(METRICS, metrics.answer)] if options.metrics else []),
        ],
        exception_handlers={Refusal: _refused, HTTPException: _unknown_call, Exception: _failed},
    )
    app.router.redirect_slashes = False  # a redirect would repeat the keys in its address
    return app


def _check_keys(request: Request, query: Mapping[str, str], credentials: Credentials) -> None:
    access = query.get("accesskey") or request.headers.get("x-lsq-accesskey", "")
    secret = query.get("secretkey") or request.headers.get("x-lsq-secretkey", "")
    credentials.check(request.client.host if request.client else None, access, secret)


def _take_permit(limiter: Limiter | None, limit: RateLimit | None) -> None:
    if limiter is not None and limit is not None and not limiter.try_acquire("calls", blocking=False):
        message = f"API calls exceeded the limit of {limit.calls} in {limit.seconds} second(s)"
        raise Refusal(429, errors.RATE_LIMIT, message)


async def _received(request: Request, patience: float) -> bytearray:
    """The body as it was sent; Refusal where it is too large, or takes longer to come than so many seconds."""
    too_large = bad_input(f"The message body is larger than {MAX_BODY} bytes", {"Connection": "close"})
    if int(request.headers.get("content-length", "0")) > MAX_BODY:
        raise too_large
    raw = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.stream():
                raw += chunk
                if len(raw) > MAX_BODY:
                    raise too_large
    except TimeoutError:
        said = f"The message body did not come within {patience:g} seconds"
        raise Refusal(408, errors.TIMEOUT, said, {"Connection": "close"}) from None
    except ClientDisconnect:
        raise gone() from None
    return raw


async def _decoded(request: Request, served: ServedCall, patience: float) -> Any:
    """The body; an empty object where there is none and none is needed."""
    raw = await _received(request, patience)
    if not raw.strip() and served.bodiless:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise bad_input(f"Content-Type: {kind or 'none'} is not read here; allowed: {JSON}")
    try:
        body = orjson.loads(raw)
        orjson.dumps([[body]])  # deeper than can be written, which `Call.text` does: no call takes that
    except orjson.JSONDecodeError as error:
        raise bad_input(f"The message body is not JSON: {error}") from None
    except orjson.JSONEncodeError:
        raise bad_input("The message body is nested too deeply; allowed: what the call takes, a few levels") from None
    return body


def _logged(
    answer: Callable[[Request], Awaitable[Response]], metrics: Metrics
) -> Callable[[Request], Awaitable[Response]]:
    """Count each call and log method, path, status, milliseconds and id; never the query, which holds the keys."""

    async def timed(request: Request) -> Response:
        started, named = perf_counter(), request_id(request.headers.get(HEADER))
        with metrics.call(request.url.path) as ended:
            try:
                response = await answer(request)
            except Refusal as refusal:
                response = await _refused(request, refusal)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
                response = await _failed(request, error)
            ended(response.status_code)
        response.headers[HEADER] = named
        took = 1000 * (perf_counter() - started)
        path, status = request.url.path, response.status_code
        told = {"method": request.method, "path": path, "status": status, "ms": round(took), "request_id": named}
        log.info("%s %s %d %.0f ms %s", request.method, path, status, took, named, extra=told)
        return response

    return timed


def _no(status: int, envelope: errors.Envelope, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(envelope.wire()), status, media_type=JSON, headers=dict(headers or {}))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101  the handler is registered for it alone
    return _no(error.status, error.envelope, error.headers)


async def _unknown_call(request: Request, error: Exception) -> Response:
    """The answer to an unknown path (404) or method (405)."""
    assert isinstance(error, HTTPException)  # noqa: S101  as above
    said = "The API could not be found. Please check the API signature."
    if error.status_code == 405:
        said = f"The API {request.url.path} does not answer {request.method}."
    return _no(error.status_code, errors.Envelope(errors.UNKNOWN_API, said), error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    """The answer to a failure of the server's own: details go to the log, the caller gets its type (500)."""
    log.error("%s failed: %s", request.url.path, type(error).__name__, exc_info=error)
    return _no(500, errors.Envelope(errors.INTERNAL, f"The API call failed: {type(error).__name__}"))
