"""Rows that bear the Id of another: one rule for an import and for an append, and counts that add up."""

import csv
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lsq_api.server.importing.append import append_files
from lsq_api.server.importing.importer import import_files
from lsq_api.server.importing.report import AppendReport
from lsq_api.server.store.store import Store

CASES = Path(__file__).resolve().parents[5] / "shared" / "data" / "cases"
HEADER = ["ProspectActivityId", "RelatedProspectId", "ActivityEvent", "CreatedOn", "ActivityEvent_Note"]
LEADS = ("l1", "l2")


class Act(NamedTuple):
    """A row of a file of activities; `note` tells rows apart that are alike otherwise."""

    id: str
    lead: str
    code: int
    on: str
    note: str = ""


class Held(NamedTuple):
    """What a store holds that follows from activities."""

    activities: list[tuple[str | None, str, int, datetime, str | None]]
    contacts: list[tuple[str, int, datetime]]
    ends: list[tuple[str, datetime | None, datetime | None]]
    count: int


def held(path: Path) -> Held:
    """An activity without an Id, as its file had none, is shown without."""
    store = Store.open(path)
    try:
        cursor = store.backend.cursor()
        activities = cursor.execute(
            """SELECT CASE WHEN length("ProspectActivityId") <> 36 THEN "ProspectActivityId" END,
            leads."ProspectID", "ActivityEvent", activities."CreatedOn", "ActivityEvent_Note"
            FROM activities JOIN leads ON "_number" = "_Lead" ORDER BY ALL"""
        ).fetchall()
        contacts = cursor.execute(
            """SELECT "ProspectID", "ActivityEvent", contacts."CreatedOn" FROM contacts JOIN leads
            ON "_number" = "Lead" ORDER BY ALL"""
        ).fetchall()
        ends = cursor.execute('SELECT "ProspectID", "_first", "_last" FROM leads ORDER BY 1').fetchall()
        return Held(activities, contacts, ends, store.activities)
    finally:
        store.close()


def expected(rows: Sequence[Act]) -> Held:
    """The rule once more, one row after the other."""
    kept: dict[object, Act] = {}
    for number, row in enumerate(rows):
        if row.lead not in LEADS:
            continue
        if not row.id:
            kept[number] = row
        elif 3001 <= row.code <= 3011:
            own = f"{row.id}:{row.code}:{row.on.replace(' ', 'T')}"
            kept[own] = row._replace(id=own)
        else:
            kept[row.id] = row
    found = sorted(
        (
            (row.id or None, row.lead, row.code, datetime.fromisoformat(row.on), row.note or None)
            for row in kept.values()
        ),
        key=blanks_last,
    )
    times = {lead: [on for _, of, _, on, _ in found if of == lead] for lead in LEADS}
    return Held(
        found,
        sorted((lead, code, on) for _, lead, code, on, _ in found),
        [(lead, min(at, default=None), max(at, default=None)) for lead, at in times.items()],
        len(found),
    )


def blanks_last(row: Sequence[object]) -> list[tuple[bool, object]]:
    return [(value is None, value or "") for value in row]


def folder_of(path: Path, activities: Sequence[Act], leads: Sequence[str] = ()) -> Path:
    path.mkdir()
    if leads:
        (path / "leads.csv").write_text("ProspectID\n" + "".join(f"{lead}\n" for lead in leads))
    with (path / "activities.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *activities])
    return path


def rows_of(report: AppendReport) -> int:
    """The rows of the file, as the report adds them up."""
    assert min(report.activities, report.changed_activities, report.repeated_activities) >= 0
    return (
        report.activities + report.changed_activities + report.activities_of_unknown_leads + report.repeated_activities
    )


TIMES = ["2024-01-01 00:00:00", "2024-02-01 12:30:01"]
some_rows = st.lists(
    st.builds(
        Act,
        st.sampled_from(["", "a1", "a1", "a2", "a3"]),
        st.sampled_from([*LEADS, "nobody"]),
        st.sampled_from([21, 22, 3001, 3011, 3012]),
        st.sampled_from(TIMES),
        st.sampled_from(["", "x", "y"]),
    ),
    max_size=9,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_rows, some_rows)
@example([Act("a1", "l1", 3011, TIMES[0])], [Act("a1", "l1", 22, TIMES[0]), Act("a1", "l1", 3011, TIMES[1])])
@example([Act("a1", "l1", 22, TIMES[0])], [Act("a1", "nobody", 22, TIMES[1])])
@example([Act("a1", "l1", 22, TIMES[0])], [Act("a1", "l2", 21, TIMES[1], "x"), Act("a1", "l2", 21, TIMES[1], "y")])
def test_repeated__files_may_be_cut_anywhere(first: list[Act], rest: list[Act]) -> None:
    """An import of all rows, and of some with the rest appended, hold the same; every row is counted once."""
    with TemporaryDirectory() as name:
        path = Path(name)
        whole = import_files(folder_of(path / "all", [*first, *rest], LEADS), path / "whole")
        assert held(path / "whole") == expected([*first, *rest])
        assert whole.activities == held(path / "whole").count
        rows = whole.activities + whole.activities_of_unknown_leads + whole.repeated_activities
        assert rows == len(first) + len(rest)

        before = import_files(folder_of(path / "some", first, LEADS), path / "parts").activities
        report = append_files(folder_of(path / "rest", rest), path / "parts")
        assert held(path / "parts") == expected([*first, *rest])
        assert rows_of(report) == len(rest)
        assert before + report.activities == held(path / "parts").count

        again = append_files(path / "rest", path / "parts")
        new = sum(not row.id and row.lead in LEADS for row in rest)
        assert (again.activities, rows_of(again)) == (new, len(rest))


def test_repeated__the_later_row_of_a_long_file_counts(tmp_path: Path) -> None:
    """Rows are in their file's order, whatever part of it another thread has read."""
    number = 300_000
    rows = [Act(f"a{n % (number // 2)}", "l1", 22 if n % 3 else 3002, TIMES[0], str(n)) for n in range(number)]
    report = import_files(folder_of(tmp_path / "files", rows, LEADS), tmp_path / "made")
    wanted = expected(rows)
    assert held(tmp_path / "made") == wanted
    assert (report.repeated_activities, report.change_log_rows) == (number - wanted.count, number // 3)


def test_repeated__is_said(tmp_path: Path) -> None:
    rows = [Act("a1", "l1", 22, TIMES[0]), *[Act("a1", "l1", 21, TIMES[0])] * 3, Act("a1", "l1", 3011, TIMES[0])]
    report = import_files(folder_of(tmp_path / "files", rows, LEADS), tmp_path / "made")
    said = (
        "3 rows repeat an activity's Id; the later one counts.",
        "1 row of the change log bears the Id of what was changed (codes 3001 to 3011); known by Id, code and time.",
    )
    assert set(said) <= set(report.lines())
    again = append_files(tmp_path / "files", tmp_path / "made")
    assert set(said) <= set(str(again).splitlines())
    assert "0 activities added, 2 changed" in str(again)


def test_repeated__what_a_store_holds_keeps_its_ids(tmp_path: Path) -> None:
    """Rows that were taken from a store are the same rows when they come back."""
    own = f"a1:3011:{TIMES[0].replace(' ', 'T')}"
    import_files(folder_of(tmp_path / "files", [Act("a1", "l1", 3011, TIMES[0])], LEADS), tmp_path / "made")
    report = append_files(folder_of(tmp_path / "back", [Act(own, "l1", 3011, TIMES[0], "x")]), tmp_path / "made")
    assert (report.activities, report.changed_activities) == (0, 1)
    assert [row[0] for row in held(tmp_path / "made").activities] == [own]


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not beside this checkout")
@pytest.mark.parametrize(
    ("case", "then", "counts", "calls"),
    [
        ("01/01c_twice", "01/01c_twice", (0, 2), [("p1", datetime(2025, 4, 4, 12, 10, 26))]),
        ("12/14_dup", "12/14_more_one", (0, 1), [("p1", datetime(2025, 5, 5, 12, 10, 26))]),
    ],
)  # fmt: skip
def test_repeated__files_as_people_have_them(
    tmp_path: Path, case: str, then: str, counts: tuple[int, int], calls: list[tuple[str, datetime]]
) -> None:
    import_files(CASES / case, tmp_path / "made")
    assert [row[2] for row in held(tmp_path / "made").activities].count(22) == 1
    report = append_files(CASES / then, tmp_path / "made")
    assert (report.activities, report.changed_activities) == counts
    assert [(lead, on) for _, lead, code, on, _ in held(tmp_path / "made").activities if code == 22] == calls
