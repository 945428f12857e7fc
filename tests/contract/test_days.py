"""Days and moments over HTTP: a day is the same in every zone, a condition's day is the one on the viewer's screen."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsq_api.contract.lookups import LeadField
from lsq_api.contract.report import AggregateOutput, Function, LeadDistribution, ListOutput
from lsq_api.question.directory import Directory
from lsq_api.question.link import read_params
from tests import engines
from tests.conftest import NOT_CONTACTED, Caller, Serve
from tests.contract.company import NOW
from tests.stores import Rows
from tests.zones import CHANGES, ZONES

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
SYMBOLS = ("=", "<>", "<", "<=", ">", ">=")
DISTRIBUTION = LeadDistribution.path


def _moments() -> list[datetime]:
    """Each full hour about each change of a clock, the second before and half an hour later; UTC without a zone."""
    starts = [datetime(day.year, day.month, day.day) - DAY for day in sorted(CHANGES)]
    hours = [start + n * HOUR for start in starts for n in range(96)]
    return sorted({hour + off for hour in hours for off in (-SECOND, timedelta(0), 30 * 60 * SECOND)})


LEADS: list[dict[str, Any]] = [
    {"ProspectID": f"lead-{number:04}", "CreatedOn": at, "mx_Due": at.date(), "mx_Seen": at if number % 3 else None}
    for number, at in enumerate(_moments())
]


@pytest.fixture(scope="module")
def clocks(serve: Serve) -> Caller:
    return serve(Rows(leads=LEADS, columns={"mx_Due": "DATE", "mx_Seen": "TIMESTAMP"}))


@pytest.fixture(scope="module")
def directory(clocks: Caller) -> Directory:
    rows = clocks.get("/v2/LeadManagement.svc/LeadsMetaData.Get").json()
    return Directory.build(fields=map(LeadField.read, rows))


EXTENSIONS = {"LeadFilters <>", "LeadFilters out"}


def found(clocks: Caller, directory: Directory, where: list[str], zone: ZoneInfo) -> list[str]:
    """The leads of a link as a viewer in a zone sees them."""
    question, notes = read_params({"where": where}, directory, EXTENSIONS)
    assert notes == ()
    report = question.report(ListOutput(fields="ProspectID"), now=NOW, zone=zone, teams={}, directory=directory)
    total, rows = clocks.ask(report.all_leads.page(1, 10_000).wire(), DISTRIBUTION)
    assert total == len(rows)
    return [row["ProspectID"] for row in rows]


def is_meant(shown: date | None, symbol: str, day: date) -> bool:
    """A lead without a value is neither before nor after a day, and is not of it."""
    if shown is None:
        return symbol == "<>"
    return {
        "=": shown == day,
        "<>": shown != day,
        "<": shown < day,
        "<=": shown <= day,
        ">": shown > day,
        ">=": shown >= day,
    }[symbol]


days = st.tuples(st.sampled_from(CHANGES), st.integers(-2, 2)).map(lambda one: one[0] + one[1] * DAY)


@settings(
    max_examples=engines.fewer(120), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(["CreatedOn", "mx_Seen"]), st.sampled_from(SYMBOLS), days, st.sampled_from(ZONES))
def test_moment__a_day_finds_what_the_screen_shows_on_it(
    clocks: Caller, directory: Directory, field: str, symbol: str, day: date, zone: ZoneInfo
) -> None:
    def shown(lead: dict[str, Any]) -> date | None:
        at = lead[field]
        return None if at is None else at.replace(tzinfo=UTC).astimezone(zone).date()

    wanted = [lead["ProspectID"] for lead in LEADS if is_meant(shown(lead), symbol, day)]
    assert found(clocks, directory, [f"{field}~{symbol}~{day}"], zone) == wanted


@settings(
    max_examples=engines.fewer(40), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(SYMBOLS), days, st.sampled_from(ZONES), st.sampled_from(["", " 00:00:00", " 00:00:00.000"]))
def test_day__is_the_same_in_every_zone(
    clocks: Caller, directory: Directory, symbol: str, day: date, zone: ZoneInfo, clock: str
) -> None:
    wanted = [lead["ProspectID"] for lead in LEADS if is_meant(lead["mx_Due"], symbol, day)]
    assert found(clocks, directory, [f"mx_Due~{symbol}~{day}{clock}"], zone) == wanted


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_moment__several_days_at_once(clocks: Caller, directory: Directory, zone: ZoneInfo) -> None:
    several = [date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 2)]
    wanted = [
        lead["ProspectID"] for lead in LEADS if lead["CreatedOn"].replace(tzinfo=UTC).astimezone(zone).date() in several
    ]
    assert len(wanted) > 100
    assert found(clocks, directory, ["CreatedOn~in~" + "~".join(map(str, several))], zone) == wanted


def test_wire__a_day_has_no_clock(company: Caller) -> None:
    body = {"Output": {"Type": "List", "IncludeCSV": "ProspectID,mx_Due,mx_Visit"}}
    _, rows = company.ask(body, DISTRIBUTION)
    dated = {row["ProspectID"]: (row["mx_Due"], row["mx_Visit"]) for row in rows}
    assert dated["lead-08"] == ("2026-02-11", "2026-02-10 08:00:00")
    assert dated["lead-01"] == (None, None)
    answer = company.post(DISTRIBUTION, body, responseformat="csv")
    assert ["lead-08", "2026-02-11", "2026-02-10 08:00:00"] in list(csv.reader(io.StringIO(answer.text)))
    (lead,) = company.get("/v2/LeadManagement.svc/Leads.GetById", id="lead-08").json()
    assert (lead["mx_Due"], lead["mx_Visit"]) == ("2026-02-11", "2026-02-10 08:00:00.000")


def test_groups__of_a_field_of_days_are_days(clocks: Caller) -> None:
    output = AggregateOutput(group_by="mx_Due", function=Function.COUNT, field="Score")
    sorting = {"ColumnName": "mx_Due", "Direction": "0"}
    total, groups = clocks.ask({"Output": output.model_dump(by_alias=True, mode="json"), "Sorting": sorting})
    counts: dict[str, int] = {}
    for lead in LEADS:
        counts[str(lead["mx_Due"])] = counts.get(str(lead["mx_Due"]), 0) + 1
    assert {group["mx_Due"]: int(group["Count"]) for group in groups} == counts
    assert [group["mx_Due"] for group in groups] == sorted(counts)
    assert total == len(counts)


@pytest.mark.parametrize("value", ["2026-02-11 08:00:00", "2026-02-30", "11.02.2026", "2026-02-11T00:00:00+05:30"])
def test_day__takes_no_moment(company: Caller, value: str) -> None:
    condition = {"LookUpName": "mx_Due", "SqlOperator": "<", "LookUpValues": [value]}
    body = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}, "ReportFilter": {"LeadFilters": [condition]}}
    answer = company.post(NOT_CONTACTED, body)
    assert answer.status_code == 400
    said = answer.json()["ExceptionMessage"]
    assert said.startswith("ReportFilter.LeadFilters[0].LookUpValues of mx_Due: ")
    assert said.endswith("the form is yyyy-MM-dd")


def test_moment__on_the_wire_a_day_alone_is_its_first_second_in_utc(company: Caller) -> None:
    """Decision 7: only the client knows whose day is meant, and never sends one."""
    condition = {"LookUpName": "CreatedOn", "SqlOperator": "=", "LookUpValues": ["2026-01-01"]}
    assert company.ids(DISTRIBUTION, ReportFilter={"LeadFilters": [condition]}) == ["lead-01"]


def test_out__is_refused_by_a_strict_server(serve: Serve) -> None:
    condition = {"LookUpName": "CreatedOn", "SqlOperator": "out", "LookUpValues": ["2026-01-01", "2026-01-02"]}
    body = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}, "ReportFilter": {"LeadFilters": [condition]}}
    answer = serve(strict=True).post(NOT_CONTACTED, body)
    assert answer.status_code == 400
    assert "'out' is not an operator here" in answer.json()["ExceptionMessage"]
