"""Files appended to a store: the store is then as if all had been imported at once."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsq_api.contract.errors import NotConnected
from lsq_api.server.importing.append import append_files
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.importer import import_files
from lsq_api.server.importing.report import AppendReport
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import MOST_USED
from lsq_api.server.store.store import Store

CASES = Path(__file__).resolve().parents[5] / "shared" / "data" / "cases" / "25"
Table = Sequence[Mapping[str, str]]
KEYS = {"leads": "ProspectID", "activities": "ProspectActivityId", "users": "ID", "activity_types": "ActivityEvent"}
TIMES = ["2024-01-01 00:00:00", "2024-02-01 00:00:00", "2024-02-01 00:00:01", "2030-01-01 00:00:00"]


def write(folder: Path, tables: Mapping[str, Table]) -> Path:
    """A folder of CSV files; a table without rows has no file."""
    folder.mkdir(exist_ok=True)
    for table, rows in tables.items():
        if rows:
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    return folder


def joined(old: Mapping[str, Table], new: Mapping[str, Table]) -> dict[str, list[Mapping[str, str]]]:
    """Both, with the new rows in place of the old ones of the same key."""
    return {
        table: list({row[key]: row for row in [*old.get(table, []), *new.get(table, [])]}.values())
        for table, key in KEYS.items()
    }


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that a store says, but for numbers and dates of its own making, in an order that any store has."""
    store = Store.open(path)
    try:
        cursor = store.backend.cursor()

        def rows(query: str) -> list[tuple[Any, ...]]:
            return cursor.execute(query).fetchall()

        names = sorted(name for name, *_ in rows("DESCRIBE leads") if name != "_number")
        shown = ", ".join(f'"{name}"' for name in names)
        return {
            "columns": [tuple(names)],
            "leads": rows(f'SELECT {shown} FROM leads ORDER BY "ProspectID"'),
            "numbers": rows('SELECT count(DISTINCT "_number"), count(*) FROM leads'),
            "activities": rows(
                """SELECT a.* EXCLUDE ("_Lead"), "ProspectID" FROM activities AS a JOIN leads ON "_number" = "_Lead"
                ORDER BY ALL"""
            ),
            "contacts": rows(
                """SELECT "ProspectID", contacts.* EXCLUDE ("Lead") FROM contacts JOIN leads
                ON "_number" = "Lead" ORDER BY ALL"""
            ),
            "codes": rows("FROM contact_codes ORDER BY ALL"),
            "users": rows('FROM users ORDER BY "UserId"'),
            "types": rows('FROM activity_types ORDER BY "ActivityEvent"'),
            "fields": rows('SELECT * EXCLUDE ("Position") FROM lead_fields ORDER BY ALL'),
            "store": rows('SELECT "Format", "Leads", "Activities" FROM store'),
        }
    finally:
        store.close()


def appended(folder: Path, old: Mapping[str, Table], *new: Mapping[str, Table]) -> tuple[Path, list[AppendReport]]:
    into = folder / "store"
    import_files(write(folder / "old", old), into)
    reports = [append_files(write(folder / f"new{n}", one), into) for n, one in enumerate(new)]
    return into, reports


def whole(folder: Path, old: Mapping[str, Table], *new: Mapping[str, Table]) -> Path:
    """What one import of everything makes."""
    for one in new:
        old = joined(old, one)
    import_files(write(folder / "all", old), folder / "whole")
    return folder / "whole"


def lead(name: str, **more: str) -> dict[str, str]:
    known = {"ProspectStage": "New", "OwnerId": "u1", "CreatedOn": "2024-01-01 10:00:00", "Score": "1"}
    return {"ProspectID": name, **known, **more}


def act(number: int, lead: str, code: int, on: str, **more: str) -> dict[str, str]:
    ids = {"ProspectActivityId": f"a{number}", "RelatedProspectId": lead}
    return {**ids, "ActivityEvent": str(code), "CreatedOn": on, **more}


OLD: dict[str, Table] = {
    "leads": [lead("l1"), lead("l2", ProspectStage="Won", Score="7"), lead("l3", OwnerId="u9")],
    "activities": [act(1, "l1", 22, TIMES[0]), act(2, "l2", 21, TIMES[1]), act(3, "l2", 22, TIMES[2])],
    "users": [{"ID": "u1", "FirstName": "Ann"}],
    "activity_types": [{"ActivityEvent": "22", "ActivityEventName": "Out"}],
}
NEW: dict[str, dict[str, Table]] = {
    "a lead": {"leads": [lead("l4", CreatedOn="2025-05-05 05:05:05")]},
    "a lead that is the first by its ID": {"leads": [lead("a1")]},
    "a lead and its activity": {"leads": [lead("l4")], "activities": [act(9, "l4", 22, TIMES[1])]},
    "a changed lead": {"leads": [lead("l2", ProspectStage="Lost", Score="")]},
    "activities of a known lead": {"activities": [act(4, "l1", 22, TIMES[3]), act(5, "l3", 21, TIMES[0])]},
    "an activity of a new code": {"activities": [act(4, "l1", 77, TIMES[3])]},
    "an activity that moves to another lead": {"activities": [act(1, "l3", 22, TIMES[0])]},
    "an activity at another time": {"activities": [act(2, "l2", 21, TIMES[3]), act(3, "l2", 21, TIMES[0])]},
    "users": {"users": [{"ID": "u1", "FirstName": "Anna"}, {"ID": "u9", "FirstName": "Bo"}]},
    "another name of a type": {"activity_types": [{"ActivityEvent": "22", "ActivityEventName": "Outbound"}]},
    "the same again": OLD,
    "answered calls": {
        "activities": [
            act(1, "l1", 22, TIMES[0], Status="Answered", mx_Duration="75"),
            act(8, "l1", 22, TIMES[1], Status="Missed", mx_Duration="0"),
            act(9, "l3", 22, TIMES[2], Status="Connected", mx_Duration="05:00"),
            act(10, "l3", 77, TIMES[2], Status="Answered", mx_Duration=""),
        ]
    },
}


@pytest.mark.parametrize("new", NEW.values(), ids=NEW.keys())
def test_append__is_as_one_import_of_everything(tmp_path: Path, new: dict[str, Table]) -> None:
    into, _ = appended(tmp_path, OLD, new)
    assert contents(into) == contents(whole(tmp_path, OLD, new))
    assert {path.name for path in tmp_path.iterdir()} == {"old", "new0", "all", "store", "whole"}


def test_append__several_times(tmp_path: Path) -> None:
    news = [one for name, one in NEW.items() if name != "the same again"]
    into, _ = appended(tmp_path, OLD, *news)
    assert contents(into) == contents(whole(tmp_path, OLD, *news))


ids = st.sampled_from(["l1", "l2", "l3", "l4", "l5"])
some_leads = st.lists(
    st.builds(lead, ids, ProspectStage=st.sampled_from(["", "New", "Won"]), Score=st.sampled_from(["", "3", "10"])),
    unique_by=lambda row: row["ProspectID"],
    max_size=4,
)
some_activities = st.lists(
    st.builds(act, st.integers(1, 6), ids, st.sampled_from([2, 21, 22, 99]), st.sampled_from(TIMES)),
    unique_by=lambda row: row["ProspectActivityId"],
    max_size=6,
)
everybody = [lead(f"l{n}") for n in range(1, 6)]


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(
    first=some_activities,
    then=st.fixed_dictionaries({"leads": some_leads, "activities": some_activities}).filter(
        lambda tables: any(tables.values())
    ),
)
def test_append__whatever_the_rows_are(first: Table, then: dict[str, Table]) -> None:
    old = {**OLD, "leads": everybody, "activities": first}
    with TemporaryDirectory() as folder:
        into, _ = appended(Path(folder), old, then)
        found, wanted = contents(into), contents(whole(Path(folder), old, then))
        # A code that nobody has any more keeps its columns and its name; an import would not know of it.
        used = {code for code, *_ in wanted["codes"]}
        found["types"] = [row for row in found["types"] if row[0] in used or row[0] == 22]
        wanted["types"] = [row for row in wanted["types"] if row[0] in used or row[0] == 22]
        gone = {name for name in found["columns"][0] if name not in wanted["columns"][0]}
        keep = [at for at, name in enumerate(found["columns"][0]) if name not in gone]
        assert all(name.startswith(("_first_", "_last_")) for name in gone)
        found["leads"] = [tuple(row[at] for at in keep) for row in found["leads"]]
        found["columns"] = wanted["columns"]
        assert found == wanted


def test_append__counts_what_it_did(tmp_path: Path) -> None:
    new: dict[str, Table] = {
        "leads": [lead("l2"), lead("l4")],
        "activities": [act(1, "l1", 22, TIMES[1]), act(8, "l4", 50, TIMES[1]), act(9, "nobody", 22, TIMES[1])],
    }
    _, (report,) = appended(tmp_path, OLD, new)
    assert (report.leads, report.changed_leads, report.activities, report.changed_activities) == (1, 1, 1, 1)
    assert (report.activities_of_unknown_leads, report.unknown_leads, report.unlisted_codes) == (1, ("nobody",), (50,))
    assert "first nobody" in str(report)


def test_append__columns_that_a_file_lacks_stay(tmp_path: Path) -> None:
    old = {**OLD, "leads": [lead("l1", mx_City="Pune", FirstName="Ann")], "activities": []}
    new: dict[str, Table] = {
        "leads": [{"ProspectID": "l1", "ProspectStage": "Won"}, {"ProspectID": "l2", "ProspectStage": ""}],
        "users": [{"ID": "u1", "LastName": "Lee"}],
    }
    into, _ = appended(tmp_path, old, new)
    store = Store.open(into)
    found = store.backend.cursor().execute(
        'SELECT "ProspectID", "ProspectStage", "mx_City", "FirstName" FROM leads ORDER BY "ProspectID"'
    )
    assert found.fetchall() == [("l1", "Won", "Pune", "Ann"), ("l2", None, None, None)]
    found = store.backend.cursor().execute("""SELECT "FirstName", "LastName" FROM users WHERE "UserId" = 'u1'""")
    assert found.fetchall() == [("Ann", "Lee")]


def test_append__new_columns_and_wider_numbers(tmp_path: Path) -> None:
    old = {**OLD, "leads": [lead("l1", mx_Sum="5", mx_Note="x")], "activities": []}
    new: dict[str, Table] = {"leads": [lead("l2", mx_Sum="7.25", mx_Note="007", mx_New="2024-02-03")]}
    into, _ = appended(tmp_path, old, new)
    store = Store.open(into)
    assert store.column_types["mx_Sum"] == "DECIMAL(38,2)"
    found = store.backend.cursor().execute(
        'SELECT "mx_Sum"::VARCHAR, "mx_Note", "mx_New" FROM leads ORDER BY "ProspectID"'
    )
    assert found.fetchall() == [("5.00", "x", None), ("7.25", "007", date(2024, 2, 3))]
    assert store.fields["mx_new"].data_type == "Date"


def test_append__names_in_another_case_are_the_same_columns(tmp_path: Path) -> None:
    old = {
        **OLD,
        "leads": [lead("l1", mx_City="Pune")],
        "activities": [act(1, "l1", 22, TIMES[0], mx_Custom_1="x", mx_Custom_2="y")],
    }
    new: dict[str, Table] = {
        "leads": [{"prospectid": "l1", "MX_CITY": "Agra"}, {"prospectid": "l2", "MX_CITY": "Goa"}],
        "activities": [act(1, "l1", 22, TIMES[1], mx_custom_1="z"), act(2, "l2", 22, TIMES[1], mx_custom_1="")],
    }
    into, _ = appended(tmp_path, old, new)
    store = Store.open(into)
    assert [name for name in store.column_types if name.lower() == "mx_city"] == ["mx_City"]
    found = store.backend.cursor().execute('SELECT "mx_City" FROM leads ORDER BY "ProspectID"').fetchall()
    assert found == [("Agra",), ("Goa",)]
    found = store.backend.cursor().execute(
        'SELECT "mx_Custom_1", "mx_Custom_2" FROM activities ORDER BY "ProspectActivityId"'
    )
    assert found.fetchall() == [("z", "y"), (None, None)]


def test_append__a_column_keeps_its_type(tmp_path: Path) -> None:
    """Text that looks like a number in the new file is the text it is; a number column takes no text."""
    old = {**OLD, "leads": [lead("l1", mx_Text="x", mx_Sum="5")], "activities": []}
    into, _ = appended(tmp_path, old, {"leads": [lead("l2", mx_Text="1.50", mx_Sum="6")]})
    found = Store.open(into).backend.cursor().execute('SELECT "mx_Text" FROM leads ORDER BY "ProspectID"')
    assert found.fetchall() == [("x",), ("1.50",)]
    before = into.read_bytes()
    bad = write(tmp_path / "bad", {"leads": [lead("l3", mx_Text="y", mx_Sum="many")]})
    with pytest.raises(ImportFailed, match=r"leads.csv, line 2, column mx_Sum: 'many' is no number; allowed"):
        append_files(bad, into)
    assert into.read_bytes() == before


def test_append__more_codes_than_leads_have_columns_for(tmp_path: Path) -> None:
    many = [act(n, "l1", 100 + n, TIMES[0]) for n in range(MOST_USED + 3)]
    into, _ = appended(tmp_path, {**OLD, "activities": many[:5]}, {"activities": many[5:]})
    store = Store.open(into)
    assert len(store.codes) == MOST_USED + 3
    assert sum(code.columns for code in store.codes.values()) == MOST_USED


def test_append__a_lead_that_loses_its_only_activity_has_none(tmp_path: Path) -> None:
    into, _ = appended(tmp_path, OLD, {"activities": [act(1, "l3", 22, TIMES[0])]})
    query = """SELECT "ProspectActivityDate_Max", "ProspectActivityName_Max", "_first" FROM leads
        WHERE "ProspectID" = 'l1'"""
    found = Store.open(into).backend.cursor().execute(query)
    assert found.fetchall() == [(None, None, None)]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({}, "there is no file that can be read; allowed: any name with .csv, .*parquet; seen: nothing"),
        ({"leads": [lead("l8"), lead("l8")]}, "line 3, column ProspectID: 'l8' is there twice"),
        ({"leads": [lead("l8", CreatedOn="soon")]}, "column CreatedOn: 'soon' is no date"),
    ],
)
def test_append__a_fault_leaves_the_store_as_it_was(tmp_path: Path, tables: dict[str, Table], said: str) -> None:
    into, _ = appended(tmp_path, OLD)
    before = into.read_bytes()
    with pytest.raises(ImportFailed, match=said):
        append_files(write(tmp_path / "bad", tables), into)
    assert into.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"old", "bad", "store"}


def test_append__to_what_is_no_store(tmp_path: Path) -> None:
    folder = write(tmp_path / "new", NEW["a lead"])
    with pytest.raises(NotConnected, match="there is no such store file"):
        append_files(folder, tmp_path / "nothing")
    (tmp_path / "text").write_text("not a store")
    with pytest.raises(NotConnected, match="is not a readable store"):
        append_files(folder, tmp_path / "text")
    assert (tmp_path / "text").read_text() == "not a store"


OWN = "ProspectActivityDate_Max"


def test_reports__say_where_own_dates_of_leads_contradict_the_activities(tmp_path: Path) -> None:
    later = "in their own field than in the activities file."
    old: dict[str, Table] = {
        "leads": [
            lead("later", **{OWN: TIMES[2]}),
            lead("later too", **{OWN: TIMES[3]}),
            lead("same", **{OWN: TIMES[1]}),
            lead("earlier", **{OWN: TIMES[0]}),
            lead("alone", **{OWN: TIMES[0]}),
            lead("neither", **{OWN: ""}),
        ],
        "activities": [act(n, one, 22, TIMES[1]) for n, one in enumerate(("later", "later too", "same", "earlier"))],
    }
    said = str(import_files(write(tmp_path / "old", old), tmp_path / "store"))
    assert f"2 leads have a later last activity {later}" in said
    assert "1 lead has a last activity in its own field, but no activity that was imported." in said
    # An activity earlier than the field of a lead that had none, and a lead with a date of its own.
    new: dict[str, Table] = {
        "leads": [lead("same", **{OWN: TIMES[3]}), lead("fresh", **{OWN: TIMES[3]})],
        "activities": [act(9, "alone", 22, "2023-01-01 00:00:00"), act(10, "earlier", 22, TIMES[0])],
    }
    said = str(append_files(write(tmp_path / "new", new), tmp_path / "store"))
    assert f"2 leads have a later last activity {later}" in said
    assert "1 lead has a last activity in its own field, but no activity that was imported." in said


def test_reports__agree_in_silence(tmp_path: Path) -> None:
    into = tmp_path / "store"
    reports = [import_files(write(tmp_path / "old", OLD), into), append_files(write(tmp_path / "new", OLD), into)]
    assert not any("own field" in str(report) or "nobody can tell" in str(report) for report in reports)
    without = import_files(write(tmp_path / "leads", {"leads": OLD["leads"]}), into)
    assert "No activities were imported, so nobody can tell who was contacted." in str(without).splitlines()


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/data/cases is not beside this checkout")
@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("29_leads_only", "1 lead has a last activity in its own field, but no activity that was imported."),
        ("29_max_vs_act", "1 lead has a later last activity in its own field than in the activities file."),
    ],
)
def test_reports__of_the_cases(tmp_path: Path, case: str, said: str) -> None:
    assert said in str(import_files(CASES / case, tmp_path / "store")).splitlines()


def test_append__times_are_of_the_zone_of_the_store(tmp_path: Path) -> None:
    """Unless the append names another one; the store's own stays."""
    made = tmp_path / "store"
    leads: dict[str, Table] = {"leads": [lead("l1", CreatedOn="2024-01-01 05:30:00")]}
    import_files(write(tmp_path / "old", leads), made, Choices(timezone="asia/kolkata"))
    for name, zone in (("l2", None), ("l3", "UTC")):
        more: dict[str, Table] = {"leads": [lead(name, CreatedOn="2024-01-01 05:30:00")]}
        append_files(write(tmp_path / name, more), made, Choices(timezone=zone))
    store = Store.open(made)
    found = store.backend.cursor().execute('SELECT "CreatedOn" FROM leads ORDER BY "ProspectID"').fetchall()
    assert found == [(datetime(2024, 1, 1),), (datetime(2024, 1, 1),), (datetime(2024, 1, 1, 5, 30),)]
    assert store.timezone == "Asia/Kolkata"
