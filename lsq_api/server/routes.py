"""The calls that the server answers: path, method and handler."""

import csv
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any, TypeVar

import orjson
import pyarrow as pa
import pyarrow.csv as pacsv
from pydantic import ValidationError

from lsq_api.contract import errors
from lsq_api.contract.answer import RESULTS, TOTAL
from lsq_api.contract.report import LeadDistribution, ListOutput, NotContacted, Report
from lsq_api.contract.wire import Wire
from lsq_api.server.query import lookups
from lsq_api.server.query.engine import Engine
from lsq_api.server.query.refusal import Refusal, bad_input, bad_shape
from lsq_api.server.query.statement import IN_ALL

_ROWS_ONLY = pacsv.WriteOptions(include_header=False, eol="\r\n")

CSV_NAME = {NotContacted: "LeadsNotContacted.csv", LeadDistribution: "LeadDistribution.csv"}
Body = TypeVar("Body", bound=Wire)


@dataclass(frozen=True)
class Call:
    """A call as its handler sees it: query parameters by lower-case name, decoded body (None without one)."""

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


def routes(strict: bool) -> list[tuple[str, str, Handler]]:
    """All routes; `strict` switches off the extensions of the vendor's page (decisions 2 and 3)."""
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
    def answer(engine: Engine, call: Call) -> bytes | Csv:
        report = call.read(model, strict=strict)
        match call.form:
            case "json" | "":
                found = engine.leads(report) if isinstance(report.output, ListOutput) else engine.groups(report)
                return json_body(*found)
            case "csv":
                return Csv(CSV_NAME[type(report)], _csv(engine, report))
            case other:
                raise bad_input(f"responseformat: {other!r} is not a format; allowed: json, csv")

    return answer


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
