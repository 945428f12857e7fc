"""The HTTP face of the local server: routes, keys, the limit of calls, and one way to say no.

Source: "API URL" and "HTTP Response Codes" of the report's page; sections 1, 8 and 9 of the wire notes.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from time import perf_counter
from typing import Any, TypeVar

import orjson
from pydantic import SecretStr, ValidationError
from pyrate_limiter import Limiter, Rate
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lsq_api import errors
from lsq_api.report import LeadDistribution, ListOutput, NotContacted, Report
from lsq_api.server import lookups, write
from lsq_api.server.refusal import Refusal, bad_input, bad_shape
from lsq_api.server.run import Engine
from lsq_api.server.statement import IN_ALL
from lsq_api.server.store import Store
from lsq_api.wire import Wire

MAX_BODY = 4 * 1024 * 1024
CSV_NAME = {NotContacted: "LeadsNotContacted.csv", LeadDistribution: "LeadDistribution.csv"}
log = logging.getLogger("lsq_api.server")
Body = TypeVar("Body", bound=Wire)


@dataclass(frozen=True)
class RateLimit:
    """Calls allowed in any window of so many seconds."""

    calls: int = 25
    seconds: int = 5

    @classmethod
    def read(cls, text: str) -> "RateLimit | None":
        """`25/5`, or `off` for None; ValueError where it is neither."""
        if text.strip().lower() == "off":
            return None
        calls, _, seconds = text.partition("/")
        if not (calls.strip().isdecimal() and seconds.strip().isdecimal() and int(calls) and int(seconds)):
            raise ValueError(f"{text!r} is not a limit; the form is CALLS/SECONDS, such as 25/5, or off")
        return cls(int(calls), int(seconds))


@dataclass(frozen=True)
class Options:
    """How the server behaves. `strict` switches off the extensions: activity dates and sorting (decisions 2 and 3)."""

    access_key: SecretStr
    secret_key: SecretStr
    rate_limit: RateLimit | None = field(default_factory=RateLimit)
    strict: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True)
class Call:
    """One call as its handler sees it: query by lower-case name, decoded body (None where there is none)."""

    query: Mapping[str, str]
    body: Any
    base_url: str

    def read(self, model: type[Body], *, strict: bool = False) -> Body:
        """The body as a model; Refusal where it is not one."""
        try:
            return model.model_validate(self.body, context={"strict": strict})
        except ValidationError as error:
            raise bad_shape(error) from None

    def needed(self, name: str) -> str:
        """A query parameter that must be there."""
        if not self.query.get(name.lower(), "").strip():
            raise Refusal(400, errors.MANDATORY_MISSING, f"{name} is mandatory in the query")
        return self.query[name.lower()].strip()


Handler = Callable[[Engine, Call], Any]


def make_app(store: Store, options: Options) -> Starlette:
    """The server as an ASGI application over one open store."""
    engine = Engine(store, options.clock)
    limiter = Limiter(Rate(options.rate_limit.calls, options.rate_limit.seconds * 1000)) if options.rate_limit else None

    def route(path: str, method: str, handler: Handler) -> Route:
        async def answer(request: Request) -> Response:
            query = {name.lower(): value for name, value in request.query_params.items()}
            _check_keys(request, query, options)
            _take_permit(limiter, options.rate_limit)
            body = await _decoded(request) if method == "POST" else None
            call = Call(query, body, str(request.base_url).rstrip("/"))
            result = await run_in_threadpool(handler, engine, call)
            return result if isinstance(result, Response) else Response(orjson.dumps(result), media_type=_JSON)

        return Route(path, _logged(answer), methods=[method])

    app = Starlette(
        routes=[route(*row) for row in _routes(options.strict)],
        exception_handlers={Refusal: _refused, HTTPException: _unknown_call, Exception: _failed},
    )
    app.router.redirect_slashes = False  # a redirect would repeat the keys in its address
    return app


_JSON = "application/json"


def _routes(strict: bool) -> list[tuple[str, str, Handler]]:
    users, leads, activities = "/v2/UserManagement.svc", "/v2/LeadManagement.svc", "/v2/ProspectActivity.svc"
    return [
        (NotContacted.path, "POST", _report(NotContacted, strict)),
        (LeadDistribution.path, "POST", _report(LeadDistribution, strict)),
        (f"{users}/Users.Get", "GET", lambda engine, _: lookups.users(engine)),
        (
            f"{users}/User/AdvancedSearch",
            "POST",
            lambda engine, call: lookups.search_users(engine, call.read(lookups.UserSearch)),
        ),
        (
            f"{users}/ReportingHierarchy/RetrieveAllReportingUsers",
            "GET",
            lambda engine, call: lookups.team(engine, call.query.get("userid")),
        ),
        (f"{leads}/LeadsMetaData.Get", "GET", _lead_fields),
        (f"{leads}/Leads.GetById", "GET", lambda engine, call: lookups.lead(engine, call.needed("id"))),
        (f"{activities}/ActivityTypes.Get", "GET", lambda engine, _: lookups.activity_types(engine)),
        (
            f"{activities}/Retrieve",
            "POST",
            lambda engine, call: lookups.timeline(engine, call.needed("leadId"), call.read(lookups.TimelineSearch)),
        ),
        (
            f"{activities}/CustomActivity/RetrieveByActivityEvent",
            "POST",
            lambda engine, call: lookups.activities(engine, call.read(lookups.ActivitySearch)),
        ),
        (
            "/v2/Authentication.svc/UserByAccessKey.Get",
            "GET",
            lambda engine, call: lookups.account(engine, call.base_url, strict=strict),
        ),
    ]


def _lead_fields(engine: Engine, call: Call) -> Any:
    options = call.query.get("excludeoptionsets", "0").strip() not in {"1", "true"}
    return lookups.lead_fields(engine, call.query.get("schemaname"), options=options)


def _report(model: type[Report], strict: bool) -> Handler:
    def answer(engine: Engine, call: Call) -> Response:
        report = call.read(model, strict=strict)
        match call.query.get("responseformat", "json").strip().lower():
            case "json" | "":
                found = engine.leads(report) if isinstance(report.output, ListOutput) else engine.groups(report)
                return Response(write.answer(*found), media_type=_JSON)
            case "csv":
                return _csv(engine, report)
            case other:
                raise bad_input(f"responseformat: {other!r} is not a format; allowed: json, csv")

    return answer


def _csv(engine: Engine, report: Report) -> Response:
    def lines() -> Iterator[bytes]:
        with engine.batches(report) as reader:
            yield from write.csv(reader, left_out=IN_ALL)

    chunks = lines()
    header = next(chunks)  # the query runs here, so that a refusal is not a broken 200
    disposition = f'attachment; filename="{CSV_NAME[type(report)]}"'
    return StreamingResponse(
        chain([header], chunks), media_type="text/csv", headers={"Content-Disposition": disposition}
    )


def _check_keys(request: Request, query: Mapping[str, str], options: Options) -> None:
    access = query.get("accesskey") or request.headers.get("x-lsq-accesskey", "")
    secret = query.get("secretkey") or request.headers.get("x-lsq-secretkey", "")
    pairs = [(access, options.access_key), (secret, options.secret_key)]
    matches = [secrets.compare_digest(given.encode(), known.get_secret_value().encode()) for given, known in pairs]
    if not all(matches):
        message = "The API call was made with invalid access credentials. Check your AccessKey and SecretKey."
        raise Refusal(401, errors.INVALID_ACCESS, message)


def _take_permit(limiter: Limiter | None, limit: RateLimit | None) -> None:
    if limiter is not None and limit is not None and not limiter.try_acquire("calls", blocking=False):
        message = f"API calls exceeded the limit of {limit.calls} in {limit.seconds} second(s)"
        raise Refusal(429, errors.RATE_LIMIT, message)


async def _decoded(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise bad_input(f"Content-Type: {kind or 'none'} is not read here; allowed: {_JSON}")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise bad_input(f"The message body is larger than {MAX_BODY} bytes")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise bad_input(f"The message body is not JSON: {error}") from None


def _logged(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """One line a call; the path only, since the query holds the keys."""

    async def timed(request: Request) -> Response:
        started = perf_counter()
        status = 500
        try:
            response = await answer(request)
            status = response.status_code
            return response
        except Refusal as refusal:
            status = refusal.status
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer and keeps the connection
            return await _failed(request, error)
        finally:
            log.info("%s %s %d %.0f ms", request.method, request.url.path, status, 1000 * (perf_counter() - started))

    return timed


def _no(status: int, envelope: errors.Envelope, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(envelope.wire()), status, media_type=_JSON, headers=dict(headers or {}))


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101  the handler is registered for it alone
    return _no(error.status, error.envelope)


async def _unknown_call(request: Request, error: Exception) -> Response:
    """404 and 405 come from the router."""
    assert isinstance(error, HTTPException)  # noqa: S101  as above
    said = "The API could not be found. Please check the API signature."
    if error.status_code == 405:
        said = f"The API {request.url.path} does not answer {request.method}."
    return _no(error.status_code, errors.Envelope(errors.UNKNOWN_API, said), error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    """A failure of our own: what happened goes to the log, the caller learns that it did."""
    log.error("%s failed: %s", request.url.path, type(error).__name__, exc_info=error)
    return _no(500, errors.Envelope(errors.INTERNAL, f"The API call failed: {type(error).__name__}"))
