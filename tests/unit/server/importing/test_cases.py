"""The small files that public bug reports led to, each with its right answer."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lsq_api.server.importing.append import append_files
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.importer import ImportFailed, ImportReport, import_files
from lsq_api.server.store.store import Store

CASES = Path(__file__).resolve().parents[5] / "shared" / "data" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside the repository")


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Import a case; returns its report and the rows of a query."""

    def run(case: str, query: str, choices: Choices | None = None) -> tuple[ImportReport, list[tuple[Any, ...]]]:
        report = import_files(CASES / case, tmp_path / "made", choices)
        return report, _rows(tmp_path / "made", query)

    return run


def _rows(store: Path, query: str) -> list[tuple[Any, ...]]:
    opened = Store.open(store)
    try:
        return opened.backend.cursor().execute(query).fetchall()
    finally:
        opened.close()


CALLS = 'SELECT "RelatedProspectId", "ActivityEvent" FROM activities WHERE "ActivityEvent" IN (21, 22)'


@pytest.mark.parametrize("case", ["01/01a_activitytype", "01/01c_twice"])
def test_cases__answers_of_the_interface_hold_one_call(read: Any, case: str) -> None:
    assert read(case, CALLS)[1] == [("p1", 22)]


def test_cases__the_first_moment_of_all_is_none(read: Any) -> None:
    assert read("01/01b_mindate", 'SELECT "ModifiedOn" FROM activities')[1] == [(None,)]


WEB = 'SELECT "EngagementScore", "Score", "ProspectStage", "mx_City", "CreatedOn" FROM leads ORDER BY "ProspectID"'
OF_THE_WEB = [
    (30, 12, "Prospect", None, datetime(2025, 4, 1, 4, 45)),
    (1250, 0, None, "Pune", datetime(2025, 4, 1, 18, 45)),
]


def test_cases__an_export_of_the_web_application(read: Any) -> None:
    report, rows = read("02/11_lsq_web", WEB, Choices(timezone="Asia/Kolkata"))
    assert rows == OF_THE_WEB
    assert report.files[0].core["phone"] == ("Phone Number",)
    assert not report.files[0].missing


def test_cases__activities_of_one_type_need_its_code(read: Any) -> None:
    with pytest.raises(ImportFailed, match="say --activity with their code or name"):
        read("02/11b_lsq_web", CALLS)
    for said in ("22", "Outbound Phone Call Activity"):
        choices = Choices(activity=said, timezone="Asia/Kolkata")
        assert read("02/11b_lsq_web", CALLS, choices)[1] == [("p1", 22)]
    assert read("02/11b_lsq_web", WEB, choices)[1] == OF_THE_WEB


@pytest.mark.parametrize("case", ["05/05_hubspot", "05/05_hubspot_api", "05/39_hubspot_mapped"])
def test_cases__hubspot(read: Any, case: str) -> None:
    report, rows = read(case, 'SELECT "ProspectID", "CreatedOn", "ProspectStage" FROM leads ORDER BY 1')
    assert rows[0] == ("101", datetime(2024, 3, 12, 9, 14), "NEW")
    assert report.files[0].system == ("LeadSquared" if "39" in case else "HubSpot")


def test_cases__nobody_owns_what_has_no_owner(read: Any) -> None:
    owners = 'SELECT "ProspectID", "FirstName" FROM users JOIN leads ON "OwnerId" = "UserId"'.replace(
        '"FirstName"', 'users."FirstName"'
    )
    assert read("05/39_hubspot_mapped", owners)[1] == [("101", "Flo R")]


@pytest.mark.parametrize(
    ("case", "stage", "created"),
    [
        ("06/05_salesforce", "Open - Not Contacted", datetime(2023, 10, 14, 7, 9)),
        ("06/05_sf_report", "Open", datetime(2023, 10, 14)),
    ],
)
def test_cases__salesforce(read: Any, case: str, stage: str, created: datetime) -> None:
    assert read(case, 'SELECT "ProspectStage", "CreatedOn" FROM leads')[1] == [(stage, created)]


def test_cases__a_footer_is_no_lead_and_is_said(read: Any) -> None:
    report, rows = read("06/38_sf_footer", 'SELECT "ProspectID" FROM leads')
    assert rows == [("00Q1",)]
    assert "2 lines at the end left out as a report's footer: “Open leads”" in str(report)


def test_cases__ids_that_differ_in_case_are_two_leads(read: Any) -> None:
    called = 'SELECT "ProspectID", "ProspectActivityDate_Max" IS NOT NULL FROM leads ORDER BY 1'
    assert read("06/15_sfid", called)[1] == [("00Q5g00000AbCdE", True), ("00Q5g00000aBcDe", False)]


FORMS = {
    "08_cp1252": "in cp1252", "08_cr": "", "08_semicolon": "separated by semicolon", "08_sep_line": "",
    "08_tab": "separated by tab", "08_utf16": "in utf-16, separated by tab", "08_utf8bom": "",
}  # fmt: skip


@pytest.mark.parametrize(("case", "found"), FORMS.items())
def test_cases__encodings_and_delimiters(read: Any, case: str, found: str) -> None:
    report, rows = read(
        f"08/{case}",
        """SELECT leads."FirstName", "ProspectStage", users."FirstName", leads."CreatedOn" FROM leads
        JOIN users ON "UserId" = "OwnerId" ORDER BY "ProspectID" """,
    )
    assert rows == [
        ("José", "Prospect", "Zoë", datetime(2024, 2, 3, 10, 11, 12)),
        ("Ann", "Prospect", "Zoë", datetime(2024, 2, 4, 10, 11, 12)),
    ]
    assert found in ", ".join(report.files[0].found)


@pytest.mark.parametrize(("case", "note"), [("08_backslash", 'say "hi"'), ("08_quoted_nl", "a\r\nb")])
def test_cases__quoted_values(read: Any, case: str, note: str) -> None:
    assert read(f"08/{case}", 'SELECT "Notes" FROM leads ORDER BY "ProspectID"')[1] == [(note,), ("c",)]


def test_cases__a_blank_line_above_the_header(read: Any, tmp_path: Path) -> None:
    assert read("11/12_blank_first", "SELECT count(*) FROM leads")[1] == [(2,)]
    assert read("11/12_blank_first_act", "SELECT count(*) FROM activities")[1] == [(2,)]
    assert read("11/12_blank_first_users", 'SELECT "UserId", "FirstName" FROM users')[1] == [("u1", "Bob")]
    read("11/34_base", "SELECT 1")
    added = append_files(CASES / "11/34_more", tmp_path / "made")
    assert (added.leads, added.changed_leads) == (1, 0)
    assert _rows(tmp_path / "made", 'SELECT "ProspectID" FROM leads ORDER BY 1') == [("p1",), ("p2",)]


def test_cases__a_day_is_a_day_in_every_zone(read: Any) -> None:
    query = 'SELECT "ProspectID", "mx_Follow_up" FROM leads ORDER BY 1'
    _, rows = read("18/30_dateonly", query, Choices(timezone="Asia/Kolkata"))
    assert rows == [("p1", date(2026, 1, 5)), ("p2", date(2026, 1, 6)), ("p3", date(2026, 1, 7))]


def test_cases__control_characters_stay(read: Any) -> None:
    _, rows = read("20/13_nul", 'SELECT "FirstName", "ProspectStage" FROM leads ORDER BY "ProspectID"')
    assert rows == [("A\0nn", "New\0"), ("Raj", "New")]


FIGURES: Mapping[str, list[Any]] = {
    "mx_Deal_Value": [1250, 900, 12_000],
    "Fee": [Decimal(1250), Decimal("2.5"), Decimal(3)],
    "Rate": [45, 5, 100],
    "Amount": [100_000, 9_000, -500],
    "Score2": [10, 9, None],
    "Phone": ["0091 1", "+91-1", "007"],
    "mx_Zip": ["01234", "12345", "00007"],
    "Flag": ["TRUE", "false", "1"],
    "Score": [5, 10, None],
    "Size": ["9", "10", "11-50"],
}


def test_cases__amounts_are_numbers_and_codes_are_text(read: Any) -> None:
    names = ", ".join(f'"{name}"' for name in FIGURES)
    report, rows = read("24/26_numbers", f'SELECT {names} FROM leads ORDER BY "ProspectID"')
    assert dict(zip(FIGURES, map(list, zip(*rows, strict=True)), strict=True)) == FIGURES
    why = {column.header: column.why for column in report.files[0].columns}
    assert (why["Fee"], why["Amount"]) == ("comma as the decimal sign", "in ₹, digits in groups")
    _, large = read("24/26_numbers", 'SELECT "ProspectID" FROM leads WHERE "mx_Deal_Value" > 1000 ORDER BY 1')
    assert large == [("p1",), ("p3",)]
