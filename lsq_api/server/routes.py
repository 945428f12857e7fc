"""The calls that the server answers: path, method and handler."""

import csv
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO, StringIO
from typing import Any, TypeVar

import orjson
import pyarrow as pa
import pyarrow.csv as pacsv
from pydantic import ValidationError

from lsq_api.contract import errors
from lsq_api.contract.answer import RESULTS, TOTAL
from lsq_api.contract.makers import MAKERS_CALL
from lsq_api.contract.report import LeadDistribution, ListOutput, NotContacted, Report
from lsq_api.contract.together import TOGETHER_CALL, Several
from lsq_api.contract.wire import Wire
from lsq_api.server.query import activity_lookups, lead_lookups, lookups
from lsq_api.server.query.engine import Engine
from lsq_api.server.query.makers import makers
from lsq_api.server.query.refusal import Refusal, bad_input, bad_shape
from lsq_api.server.query.statement import IN_ALL
from lsq_api.server.together import together

_ROWS_ONLY = pacsv.WriteOptions(include_header=False, eol="\r\n")

KEYS = ("accessKey", "secretKey")
"""The query parameters that every call takes."""
CSV_NAME = {NotContacted: "LeadsNotContacted.csv", LeadDistribution: "LeadDistribution.csv"}
Body = TypeVar("Body", bound=Wire)


@dataclass(frozen=True)
class Call:
    """A call as its handler sees it: query parameters by lower-case name, decoded body (empty object without one)."""

    query: Mapping[str, str]
    body: Any
    base_url: str

    @property
    def streamed(self) -> bool:
        """Whether the answer is sent while it is made, and so cannot be shared by several calls."""
        return self.form == "csv"

    @property
    def form(self) -> str:
        """The requested `responseformat` in lower case."""
        return self.query.get("responseformat", "json").strip().lower()

    @property
    def text(self) -> bytes:
        """Everything that the answer depends on: calls with equal texts have equal answers."""
        query = {name: value for name, value in self.query.items() if name not in {"accesskey", "secretkey"}}
        return orjson.dumps([query, self.body, self.base_url], option=orjson.OPT_SORT_KEYS)

    def read(self, model: type[Body], *, strict: bool = False) -> Body:
        """The body as a model; raises Refusal where it is not valid."""
        try:
            return model.model_validate(self.body, context={"strict": strict})
        except ValidationError as error:
            raise bad_shape(error) from None

    def needed(self, name: str) -> str:
        """A mandatory query parameter; raises Refusal where it is missing."""
        if not self.query.get(name.lower(), "").strip():
            raise Refusal(400, errors.MANDATORY_MISSING, f"{name} is mandatory in the query")
        return self.query[name.lower()].strip()


@dataclass(frozen=True)
class Csv:
    """A CSV answer being made: its file name and its parts. Close `parts` if they are not read to the end."""

    name: str
    parts: Generator[bytes]


Handler = Callable[[Engine, Call], Any]
"""Answers a call: `bytes` are finished JSON, `Csv` is streamed, anything else is encoded as JSON."""


@dataclass(frozen=True)
class ServedCall:
    """A call that is served: how it is reached, the query parameters it takes beside the keys, and its body's shape."""

    path: str
    method: str
    handler: Handler
    query: tuple[str, ...] = ()
    body: type[Wire] | None = None

    @property
    def bodiless(self) -> bool:
        """Whether it may be called without a body: where no member of it is mandatory."""
        return self.body is None or not any(field.is_required() for field in self.body.model_fields.values())

    def check(self, query: Mapping[str, str]) -> None:
        """Refusal where the query has a parameter that this call would ignore: it may have been meant to restrict."""
        known = {name.lower() for name in (*KEYS, *self.query)}
        for name in query:
            if name not in known:
                allowed = ", ".join((*self.query, *KEYS))
                raise bad_input(f"{name!r} is not a parameter of the query here; allowed: {allowed}")


def routes(strict: bool) -> list[ServedCall]:
    """All calls; `strict` switches off the extensions of the vendor's page (decisions 2 and 3)."""
    return [*_reports(strict), *_users(), *_leads(), *_activities(strict), _account(strict)]


def _reports(strict: bool) -> list[ServedCall]:
    models = (NotContacted, LeadDistribution)
    reports = [ServedCall(model.path, "POST", _report(model, strict), ("responseformat",), model) for model in models]
    return reports if strict else [*reports, _posted(TOGETHER_CALL, Several, _several)]


def _users() -> list[ServedCall]:
    at = "/v2/UserManagement.svc"
    return [
        ServedCall(f"{at}/Users.Get", "GET", lambda engine, _: lookups.users(engine)),
        _posted(f"{at}/User/AdvancedSearch", lookups.UserSearch, lookups.search_users),
        _named(f"{at}/User/Retrieve/ByUserId", "userId", lookups.user),
        ServedCall(
            f"{at}/ReportingHierarchy/RetrieveAllReportingUsers",
            "GET",
            lambda engine, call: lookups.team(engine, call.query.get("userid")),
            ("UserId",),
        ),
    ]


def _leads() -> list[ServedCall]:
    at = "/v2/LeadManagement.svc"
    return [
        ServedCall(f"{at}/LeadsMetaData.Get", "GET", _lead_fields, ("schemaName", "excludeOptionSets")),
        _named(f"{at}/Leads.GetById", "id", lead_lookups.lead),
        _named(f"{at}/Leads.GetByEmailaddress", "emailaddress", lead_lookups.by_email),
        _named(f"{at}/RetrieveLeadByPhoneNumber", "phone", lead_lookups.by_phone),
        _named(f"{at}/Leads.GetByQuickSearch", "key", lead_lookups.quick_search),
        _posted(f"{at}/Leads.Get", lead_lookups.LeadSearch, lead_lookups.search),
        _posted(f"{at}/Leads.RecentlyModified", lead_lookups.LeadRange, lead_lookups.changed),
        _posted(f"{at}/Leads/Retrieve/ByIds", lead_lookups.LeadsById, lead_lookups.by_ids),
    ]


def _activities(strict: bool) -> list[ServedCall]:
    at = "/v2/ProspectActivity.svc"
    search = activity_lookups.TimelineSearch
    beyond = [] if strict else [ServedCall(MAKERS_CALL, "GET", lambda engine, _: makers(engine))]
    return [
        *beyond,
        ServedCall(f"{at}/ActivityTypes.Get", "GET", lambda engine, _: lookups.activity_types(engine)),
        ServedCall(
            f"{at}/Retrieve",
            "POST",
            lambda engine, call: activity_lookups.timeline(engine, call.needed("leadId"), call.read(search)),
            ("leadId",),
            search,
        ),
        _posted(
            f"{at}/CustomActivity/RetrieveByActivityEvent",
            activity_lookups.ActivitySearch,
            activity_lookups.activities,
        ),
    ]


def _account(strict: bool) -> ServedCall:
    return ServedCall(
        "/v2/Authentication.svc/UserByAccessKey.Get",
        "GET",
        lambda engine, call: lookups.account(engine, call.base_url, strict=strict),
    )


def _posted(path: str, body: type[Body], answer: Callable[[Engine, Body], Any]) -> ServedCall:
    """A POST of which all that matters is its body."""
    return ServedCall(path, "POST", lambda engine, call: answer(engine, call.read(body)), body=body)


def _named(path: str, parameter: str, answer: Callable[[Engine, str], Any]) -> ServedCall:
    """A GET with one mandatory query parameter."""
    return ServedCall(path, "GET", lambda engine, call: answer(engine, call.needed(parameter)), (parameter,))


def _lead_fields(engine: Engine, call: Call) -> Any:
    options = call.query.get("excludeoptionsets", "0").strip() not in {"1", "true"}
    return lookups.lead_fields(engine, call.query.get("schemaname"), options=options)


def _report(model: type[Report], strict: bool) -> Handler:
    def answer(engine: Engine, call: Call) -> bytes | Csv:
        report = call.read(model, strict=strict)
        match call.form:
            case "json" | "":
                return json_body(*_found(engine, report))
            case "csv":
                return Csv(CSV_NAME[type(report)], _csv(engine, report))
            case other:
                raise bad_input(f"responseformat: {other!r} is not a format; allowed: json, csv")

    return answer


def _several(engine: Engine, several: Several) -> bytes:
    models = {model.path: model for model in (NotContacted, LeadDistribution)}
    answer = {path: partial(_listed_or_grouped, engine, model) for path, model in models.items()}
    return together(several, answer)


def _listed_or_grouped(engine: Engine, model: type[Report], body: Any) -> bytes:
    report = Call({}, body, "").read(model)
    return json_body(*_found(engine, report))


def _found(engine: Engine, report: Report) -> tuple[int, list[dict[str, Any]]]:
    return engine.leads(report) if isinstance(report.output, ListOutput) else engine.groups(report)


def _csv(engine: Engine, report: Report) -> Generator[bytes]:
    with engine.batches(report) as reader:
        yield from csv_pieces(reader, left_out=IN_ALL)


def json_body(total: int, rows: list[dict[str, Any]]) -> bytes:
    """The JSON body of a report: `TotalCount` as a string (section 2.4)."""
    return orjson.dumps({TOTAL: str(total), RESULTS: rows})


def csv_pieces(reader: pa.RecordBatchReader, left_out: str) -> Iterator[bytes]:
    """A CSV answer (section 2.8): RFC 4180 in UTF-8, a header of schema names, then rows by batch; null is ""."""
    names = [name for name in reader.schema.names if name != left_out]
    header = StringIO()
    csv.writer(header).writerow(names)
    yield header.getvalue().encode()
    for batch in reader:
        rows = BytesIO()
        pacsv.write_csv(batch.select(names), rows, _ROWS_ONLY)
        yield rows.getvalue()
