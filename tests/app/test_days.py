"""Days and moments on screen and in files: what a condition's day finds is what is shown on that day, in every zone."""

import csv
import io
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pytest

from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.importer import import_files
from tests.app.conftest import ROOT, served
from tests.app.screen import Open, Screen, keys
from tests.app.test_extra_condition import add, choose, control
from tests.stores import Rows, at, make_store

CASES = ROOT.parent / "shared" / "data" / "cases" / "18"
ZONES = ("Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati")
here = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not beside this checkout")


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leads about two changes of clocks, each with a day of its own; the account is in India."""
    moments = [datetime(2026, month, day, hour) for month, day in ((3, 8), (11, 1)) for hour in range(0, 24, 3)]
    rows = Rows(
        leads=[
            {"ProspectID": f"l{number:02}", "CreatedOn": on, "mx_Due": on.date(), "FirstName": f"L{number}"}
            for number, on in enumerate(moments)
        ],
        columns={"mx_Due": "DATE"},
    )
    return make_store(tmp_path_factory.mktemp("clocks") / "s", rows, timezone="Asia/Kolkata")


def listed(screen: Screen) -> dict[str, tuple[str, str]]:
    """Day of creation and due day of each lead on the page, as they are shown there."""
    table = screen.listed
    leads = [link.partition("lead=")[2].partition("&")[0] for link in table["ProspectID"]]
    days = [[cell.partition(" · ")[2] for cell in table[name]] for name in ("CreatedOn", "mx_Due")]
    return dict(zip(leads, zip(*days, strict=True), strict=True))


def shown(day: date) -> str:
    return f"{day.day} {day:%b}" + ("" if day.year == datetime.now(UTC).year else f" {day.year}")


COLUMNS = {"columns": ["ProspectID", "CreatedOn", "mx_Due"], "size": "100"}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_list__a_days_leads_are_those_that_are_shown_on_it(view: Open, clocks: Path, zone: str, day: date):
    everybody = listed(view(COLUMNS, data=clocks, page="leads", zone=zone))
    for field, place in (("CreatedOn", 0), ("mx_Due", 1)):
        link = COLUMNS | {"where": f"{field}~=~{day}"}
        found = listed(view(link, data=clocks, page="leads", zone=zone))
        assert found == {lead: days for lead, days in everybody.items() if days[place] == shown(day)}
        assert 0 < len(found) < len(everybody)


@pytest.mark.parametrize("zone", ZONES)
def test_list__a_day_is_the_same_in_every_zone(view: Open, clocks: Path, zone: str):
    days = {due for _, due in listed(view(COLUMNS, data=clocks, page="leads", zone=zone)).values()}
    assert days == {shown(date(2026, 3, 8)), shown(date(2026, 11, 1))}


@pytest.mark.parametrize("zone", ZONES)
def test_breakdown__by_a_field_of_days_is_by_day(view: Open, clocks: Path, zone: str):
    screen = view({"by": "mx_Due", "view": "table"}, data=clocks, page="breakdown", zone=zone)
    (table,) = screen.tables
    assert dict(zip(table["group"], table["waiting"], strict=True)) == {"8 Mar 2026": 8, "1 Nov 2026": 8}
    said = " ".join(str(one.value) for one in screen.test.caption)
    assert "In the order of their values" in said
    assert "moment" not in said


def test_breakdown__by_moments_says_that_each_is_a_group(view: Open, clocks: Path):
    screen = view({"by": "CreatedOn"}, data=clocks, page="breakdown")
    assert "Each moment is a group by itself" in " ".join(str(one.value) for one in screen.test.caption)


@pytest.mark.parametrize("zone", ZONES)
def test_lead__shows_days_as_days(view: Open, clocks: Path, zone: str):
    screen = view({"lead": "l00"}, data=clocks, page="lead", zone=zone)
    said = " ".join(str(one.value) for one in [*screen.test.text, *screen.test.markdown])
    local = datetime(2026, 3, 8, tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert "8 Mar 2026" in said
    assert f"{local.day} {local:%b %Y %H:%M}" in said


def test_viewer__without_a_zone_has_the_accounts(view: Open, clocks: Path):
    """The zone that the files were imported with."""
    assert view(data=clocks, zone=None).sentence.endswith(" IST.")


@pytest.mark.parametrize(("zone", "spoken"), [("Asia/Kolkata", "8 Mar 2026"), ("America/New_York", "8 Mar 2026")])
def test_sentence__a_time_in_a_condition_is_the_viewers(view: Open, clocks: Path, zone: str, spoken: str):
    screen = view({"where": ["CreatedOn~=~2026-03-08", "CreatedOn~<>~2026-03-08 21:00:00"]}, data=clocks, zone=zone)
    local = datetime(2026, 3, 8, 21, tzinfo=UTC).astimezone(ZoneInfo(zone))
    assert screen.chips == [f"Created On is {spoken}", f"Created On is not {local.day} {local:%b %Y %H:%M}"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("field", "name"), [("Created On", "CreatedOn"), ("Due", "mx_Due")])
def test_form__a_day_is_the_viewers(view: Open, clocks: Path, zone: str, field: str, name: str):
    screen = choose(view(data=clocks, zone=zone), field, "is before")
    control(screen, "extra_value").set_value(date(2026, 3, 8))
    assert add(screen.again()) == {"where": f"{name}~<~2026-03-08"}
    days = [datetime(2026, 3, 8, hour, tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for hour in range(0, 24, 3)]
    wanted = 0 if name == "mx_Due" else sum(day < date(2026, 3, 8) for day in days)
    assert screen.metric("Not contacted") == str(wanted)


def offered(screen: Screen, field: str) -> list[str]:
    screen.test.session_state["extra_open"] = True
    control(screen.again(), "extra_field").select(field)
    return list(control(screen.again(), "extra_is").options)


def test_form__offers_what_a_host_can_be_asked(view: Open, clocks: Path):
    ours = ["is not before", "is not after", "is after", "is before", "is", "is not", "has a value", "is empty"]
    assert offered(view(data=clocks), "Created On") == ours
    assert offered(view(data=clocks), "Due") == ours


@pytest.fixture
def strict_clocks(clocks: Path) -> Any:
    with served(clocks, strict=True) as host:
        yield host


def test_host__without_the_extension_is_asked_in_bounds_or_not_at_all(view: Open, strict_clocks: httpx.Client):
    account = keys(str(strict_clocks.base_url))
    link = {"where": ["CreatedOn~=~2026-03-08", "CreatedOn~in~2026-03-08~2026-03-09"]}
    screen = view(link, environment=account, zone="America/New_York")
    assert screen.notes == []
    assert screen.metric("Not contacted") == "6"
    assert "is not" not in offered(screen, "Created On")
    screen = view({"where": "CreatedOn~in~2026-03-08~2026-03-10"}, environment=account)
    (note,) = screen.notes
    assert "cannot be asked for days that do not follow each other: Created On holds moments." in note


def report(store: Path, *where: str, ending: str = "csv", output: Path | None = None, zone: str = "") -> bytes:
    """A link as a file, by the command."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LSQ_")}
    link = "&".join(["?columns=ProspectID&columns=CreatedOn", *(f"where={one}" for one in where)])
    command = [sys.executable, "-m", "lsq_api", "report", "--link", link, "--format", ending]
    command += ["--output", str(output)] if output else []
    command += ["--timezone", zone] if zone else []
    ran = subprocess.run(command, cwd=ROOT, env=clean | {"LSQ_DATA": str(store)}, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout


def leads(made: bytes) -> list[str]:
    return [row["Lead Id"] for row in csv.DictReader(io.StringIO(made.decode("utf-8-sig")))]


@here
@pytest.mark.parametrize(
    ("operator", "found", "zone"),
    [("=", ["p2"], ""), (">=", ["p2", "p3"], "America/New_York"), ("<", ["p1"], "Pacific/Kiritimati")],
)
def test_case__days_without_a_clock(tmp_path: Path, operator: str, found: list[str], zone: str):
    import_files(CASES / "30_dateonly", tmp_path / "s", Choices(timezone="Asia/Kolkata"))
    assert leads(report(tmp_path / "s", f"Follow_up~{operator}~2026-01-06", zone=zone)) == found


@here
@pytest.mark.parametrize(("operator", "found"), [("<", ["p1"]), ("=", ["p2", "p3"])])
def test_case__moments_by_the_accounts_day(tmp_path: Path, operator: str, found: list[str]):
    import_files(CASES / "35_where_zone", tmp_path / "s", Choices(timezone="Asia/Kolkata"))
    made = report(tmp_path / "s", f"CreatedOn~{operator}~2026-01-06")
    assert leads(made) == found
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    on_the_6th = [row["Created On (Asia/Kolkata)"].startswith("2026-01-06") for row in rows]
    assert on_the_6th == [operator == "="] * len(found)


@pytest.mark.parametrize("zone", ["America/New_York"])
def test_files__a_day_is_a_day_again(tmp_path: Path, zone: str):
    """Into a workbook and a CSV, and from the CSV into a store."""
    day = date(2026, 1, 5)
    store = make_store(
        tmp_path / "s",
        Rows(
            leads=[{"ProspectID": "l1", "CreatedOn": at("2026-01-05 20:00:00"), "mx_Due": day}],
            columns={"mx_Due": "DATE"},
        ),
    )
    link = "Due~def&columns=Due"
    report(store, link, ending="xlsx", output=tmp_path / "x.xlsx", zone=zone)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["Leads"]
    assert [cell.value for cell in sheet[1]] == ["Lead Id", f"Created On ({zone})", "Due"]
    assert (sheet["C2"].value, sheet["C2"].number_format) == (datetime(2026, 1, 5), "yyyy-mm-dd")
    made = report(store, link, zone=zone).decode("utf-8-sig")
    assert made.splitlines()[1].endswith(",2026-01-05")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "leads.csv").write_text(made.replace(f" ({zone})", ""), encoding="utf-8")
    import_files(tmp_path / "again", tmp_path / "copy", Choices(timezone=zone))
    assert report(tmp_path / "copy", link, ending="csv").decode("utf-8-sig").splitlines()[1:] == made.splitlines()[1:]
    assert b'"Due":"2026-01-05"' in report(tmp_path / "copy", link, ending="json")
