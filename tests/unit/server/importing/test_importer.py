"""What an import takes from good files."""

import gzip
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.files.grammar import FILLERS
from lsq_api.server.importing.importer import ImportReport, import_files
from lsq_api.server.store.schema import DataType
from lsq_api.server.store.store import Store

LEADS = "ProspectID,FirstName,OwnerId,CreatedOn\nl1,Ann,u1,2024-01-01 10:00:00\nl2,Bob,u2,2024-01-02 10:00:00\n"
ACTIVITIES = (
    "ProspectActivityId,RelatedProspectId,ActivityEvent,CreatedOn\n"
    "a1,l1,21,2024-02-01 10:00:00\na2,l1,22,2024-02-02 10:00:00\n"
)
GUID = "abcdef00-1111-2222-3333-444455556666"
BPIC = Path(__file__).resolve().parents[5] / "shared" / "data" / "bpic2012"


def _folder(path: Path, **files: str) -> Path:
    folder = path / "files"
    folder.mkdir(exist_ok=True)
    for table, text in files.items():
        (folder / f"{table}.csv").write_bytes(text.encode())
    return folder


def _imported(path: Path, *, timezone: str = "UTC", date_order: str = "", **files: str) -> tuple[ImportReport, Store]:
    choices = Choices(timezone=timezone, date_order=date_order)
    report = import_files(_folder(path, **files), path / "made", choices)
    return report, Store.open(path / "made")


def _rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    return store.backend.cursor().execute(query).fetchall()


def _column(tmp_path: Path, values: list[str], header: str = "mx_It") -> tuple[Store, list[Any]]:
    """A folder of leads with one column more: the store, and what became of the column."""
    quoted = ['"' + value.replace('"', '""') + '"' for value in values]
    text = "\n".join([f"ProspectID,{header}", *(f"l{row:05},{value}" for row, value in enumerate(quoted))])
    _, store = _imported(tmp_path, leads=text + "\n")
    found = store.backend.cursor().execute("SELECT * FROM leads ORDER BY 1").fetchall()
    return store, [row[1] for row in found]


def test_importer__a_folder(tmp_path: Path) -> None:
    types = "ActivityEvent,ActivityEventName\n21,In\n22,Out\n"
    users = "ID,FirstName,LastName,EmailAddress,Role,StatusCode\nu1,Ann,Lee,ann@x.com,Sales_User,\nu2,Bo,,,,1\n"
    report, store = _imported(tmp_path, leads=LEADS, activities=ACTIVITIES, users=users, activity_types=types)
    counts = (report.leads, report.activities, report.activity_types, report.users)
    assert counts == (store.leads, store.activities, 2, 2) == (2, 2, 2, 2)
    assert store.title == report.title == "files"
    assert not store.demo
    assert _rows(store, 'SELECT "FirstName", "OwnerId", "CreatedOn" FROM leads ORDER BY "ProspectID"') == [
        ("Ann", "u1", datetime(2024, 1, 1, 10)),
        ("Bob", "u2", datetime(2024, 1, 2, 10)),
    ]
    assert _rows(store, 'SELECT "UserId", "StatusCode" FROM users ORDER BY 1') == [("u1", "0"), ("u2", "1")]
    assert _rows(store, """SELECT "ProspectActivityName_Max" FROM leads WHERE "ProspectID" = 'l1'""") == [("Out",)]


def test_importer__owner_of_an_activity(tmp_path: Path) -> None:
    """Whose an activity is, which need not be who posted it; a GUID in lower case as everywhere."""
    text = "ProspectActivityId,RelatedProspectId,ActivityEvent,CreatedOn,CreatedBy,Owner\n"
    text += f"a1,l1,22,2024-02-01 10:00:00,u2,{GUID.upper()}\na2,l1,22,2024-02-01 10:00:00,u2,\n"
    _, store = _imported(tmp_path, leads=LEADS, activities=text)
    assert _rows(store, 'SELECT "CreatedBy", "Owner" FROM activities ORDER BY "ProspectActivityId"') == [
        ("u2", GUID),
        ("u2", None),
    ]


def test_importer__progress_in_words(tmp_path: Path) -> None:
    said: list[str] = []
    import_files(_folder(tmp_path, leads=LEADS, activities=ACTIVITIES), tmp_path / "made", progress=said.append)
    assert "leads: 2 rows read" in said
    assert "activities: 2 rows read" in said


def test_importer__only_leads(tmp_path: Path) -> None:
    report, store = _imported(tmp_path, leads="ProspectID\nl1\n")
    assert (store.leads, store.activities) == (1, 0)
    assert report.missing_files == ("activities", "users", "activity_types")


@pytest.mark.parametrize("text", ["ProspectID,FirstName\n", "ProspectID,FirstName"])
def test_importer__no_rows(tmp_path: Path, text: str) -> None:
    assert _imported(tmp_path, leads=text)[1].leads == 0


@pytest.mark.parametrize(
    "text",
    [
        LEADS.replace("\n", "\r\n"),
        "\ufeff" + LEADS,
        LEADS.rstrip("\n"),
        LEADS.replace("\nl2", "\n\nl2") + "\n\n",
        LEADS.replace("10:00:00\n", "10:00:00,\n"),  # one comma too many in rows, as spreadsheets write them
    ],
    ids=["crlf", "bom", "no-last-line-end", "blank-lines", "trailing-commas"],
)
def test_importer__shapes_of_csv(tmp_path: Path, text: str) -> None:
    _, store = _imported(tmp_path, leads=text)
    assert _rows(store, 'SELECT "ProspectID", "FirstName" FROM leads ORDER BY 1') == [("l1", "Ann"), ("l2", "Bob")]


def test_importer__a_path_with_the_engines_wildcards(tmp_path: Path) -> None:
    """The engine reads `[…]` and `*` in paths as patterns."""
    odd = tmp_path / "q[1] *'s"
    odd.mkdir()
    _, store = _imported(odd, leads=LEADS)
    assert store.leads == 2


def test_importer__gzip_and_parquet_are_as_csv(tmp_path: Path) -> None:
    """The same tables in three forms give the same stores; Parquet has its own types here."""
    leads = "ProspectID,CreatedOn,EngagementScore,mx_Sum,mx_Born,mx_Kind\n" + "".join(
        f"l{row},2024-01-{row:02} 10:00:00,{row},{row}.50,1990-02-{row:02},{'ab'[row % 2]}\n" for row in range(1, 20)
    )
    stores = {"csv": _imported(tmp_path, leads=leads, activities=ACTIVITIES)[1]}
    zipped, typed = tmp_path / "zipped", tmp_path / "typed"
    for folder in (zipped, typed):
        folder.mkdir()
    for table, text in {"leads": leads, "activities": ACTIVITIES}.items():
        (zipped / f"{table}.csv.gz").write_bytes(gzip.compress(text.encode()))
        with duckdb.connect() as engine:
            sums = "types = {'mx_Sum': 'DECIMAL(38, 2)'}" if table == "leads" else "header = true"
            relation = f"read_csv('{tmp_path}/files/{table}.csv', {sums})"
            engine.execute(f"COPY (FROM {relation}) TO '{typed}/{table}.parquet'")
    for folder in (zipped, typed):
        import_files(folder, tmp_path / f"{folder.name}.store")
        stores[folder.name] = Store.open(tmp_path / f"{folder.name}.store")
    for table in ("leads", "activities", "lead_fields", "users", "activity_types"):
        for form in ("zipped", "typed"):
            assert _rows(stores[form], f"FROM {table} ORDER BY ALL") == _rows(
                stores["csv"], f"FROM {table} ORDER BY ALL"
            )
    assert stores["typed"].column_types == stores["csv"].column_types
    assert stores["csv"].column_types["mx_Sum"] == "DECIMAL(38,2)"


@pytest.mark.parametrize(
    ("made", "expected", "kind", "engine_type"),
    [
        ("1.5::DOUBLE", 1.5, DataType.NUMBER, "DOUBLE"),
        ("'nan'::DOUBLE", None, DataType.NUMBER, "DOUBLE"),
        ("7::SMALLINT", 7, DataType.NUMBER, "BIGINT"),
        ("18446744073709551615::UBIGINT", Decimal(18446744073709551615), DataType.NUMBER, "DECIMAL(38,0)"),
        ("true", 1, DataType.NUMBER, "BIGINT"),  # as 1 and 0 in a CSV
        ("TIMESTAMP '2024-01-01 05:30:00.9'", datetime(2024, 1, 1), DataType.DATETIME, "TIMESTAMP"),
        ("TIMESTAMPTZ '2024-01-01 05:30:00+00'", datetime(2024, 1, 1, 5, 30), DataType.DATETIME, "TIMESTAMP"),
        ("TIMESTAMP_NS '2024-01-01 05:30:00'", datetime(2024, 1, 1), DataType.DATETIME, "TIMESTAMP"),
        ("DATE '2024-01-01'", date(2024, 1, 1), DataType.DATE, "DATE"),
        ("'2024-01-01'", date(2024, 1, 1), DataType.DATE, "DATE"),
        ("'12'", 12, DataType.NUMBER, "BIGINT"),
        ("[1, 2]", "[1, 2]", DataType.SELECT, "VARCHAR"),
        (f"'{GUID}'::UUID", GUID, DataType.SELECT, "VARCHAR"),
    ],
)  # fmt: skip
def test_importer__types_of_parquet(tmp_path: Path, made: str, expected: Any, kind: DataType, engine_type: str) -> None:
    folder = _folder(tmp_path)
    with duckdb.connect() as engine:
        engine.execute(f"""COPY (SELECT 1 AS "ProspectID", {made} AS "mx_It") TO '{folder}/leads.parquet'""")
    import_files(folder, tmp_path / "made", Choices(timezone="Asia/Kolkata"))
    store = Store.open(tmp_path / "made")
    assert _rows(store, 'SELECT "ProspectID", "mx_It" FROM leads') == [("1", expected)]
    assert (store.fields["mx_it"].data_type, store.column_types["mx_It"]) == (kind, engine_type)


@pytest.mark.parametrize(
    ("values", "expected", "kind", "engine_type"),
    [
        (["1", " -2 ", "", "0"], [1, -2, None, 0], DataType.NUMBER, "BIGINT"),
        (["1.50", "-2"], [Decimal("1.5"), Decimal(-2)], DataType.NUMBER, "DECIMAL(38,2)"),
        (["9223372036854775807"], [2**63 - 1], DataType.NUMBER, "BIGINT"),
        (["9223372036854775808"], [Decimal(2**63)], DataType.NUMBER, "DECIMAL(38,0)"),
        (["9" * 28 + ".123456789"], [Decimal("9" * 28 + ".123456789")], DataType.NUMBER, "DECIMAL(38,9)"),
        (["0.5"], [Decimal("0.5")], DataType.NUMBER, "DECIMAL(38,1)"),
        (["007", "8"], ["007", "8"], DataType.SELECT, "VARCHAR"),
        (["+49", "8"], ["+49", "8"], DataType.SELECT, "VARCHAR"),
        (["1e5"], ["1e5"], DataType.SELECT, "VARCHAR"),
        (["١"], ["١"], DataType.SELECT, "VARCHAR"),
        (["9" * 29], ["9" * 29], DataType.SELECT, "VARCHAR"),
        (["1.0123456789"], ["1.0123456789"], DataType.SELECT, "VARCHAR"),
        (["2024-01-31", "", "31/12/2023 23:59"], [datetime(2024, 1, 31), None, datetime(2023, 12, 31, 23, 59)],
         DataType.DATETIME, "TIMESTAMP"),
        (["2024-01-31", "12/31/2023"], [date(2024, 1, 31), date(2023, 12, 31)], DataType.DATE, "DATE"),
        (["31/12/2023", "12/31/2023"], ["31/12/2023", "12/31/2023"], DataType.SELECT, "VARCHAR"),
        (["1,250", "900"], [1250, 900], DataType.NUMBER, "BIGINT"),
        (["1.250", "2,5"], [Decimal(1250), Decimal("2.5")], DataType.NUMBER, "DECIMAL(38,1)"),
        (["₹ 1,00,000", "(500)"], [100_000, -500], DataType.NUMBER, "BIGINT"),
        (["45%", "5 %"], [45, 5], DataType.NUMBER, "BIGINT"),
        (["45%", "5"], ["45%", "5"], DataType.SELECT, "VARCHAR"),
        (["$5", "€5"], ["$5", "€5"], DataType.SELECT, "VARCHAR"),
        (["1.5", "1,5"], ["1.5", "1,5"], DataType.SELECT, "VARCHAR"),
        (["Select", "N/A", "x"], [None, None, "x"], DataType.SELECT, "VARCHAR"),
        (["2024-01-31", "7"], ["2024-01-31", "7"], DataType.SELECT, "VARCHAR"),
        (["20240131"], [20240131], DataType.NUMBER, "BIGINT"),
        (["", " "], [None, None], DataType.TEXT, "VARCHAR"),
        ([" a ", "\u00a0\t\n", "A"], [" a ", None, "A"], DataType.SELECT, "VARCHAR"),
        (["x" * 101], ["x" * 101], DataType.TEXT, "VARCHAR"),
        ([f"v{n}" for n in range(11)], [f"v{n}" for n in range(11)], DataType.TEXT, "VARCHAR"),
        ([f"v{n // 2}" for n in range(120)], [f"v{n // 2}" for n in range(120)], DataType.SELECT, "VARCHAR"),
        ([f"v{n // 2}" for n in range(122)], [f"v{n // 2}" for n in range(122)], DataType.TEXT, "VARCHAR"),
    ],
)  # fmt: skip
def test_importer__inferred_types(
    tmp_path: Path, values: list[str], expected: list[Any], kind: DataType, engine_type: str
) -> None:
    store, found = _column(tmp_path, values)
    assert found == expected
    assert (store.fields["mx_it"].data_type, store.column_types["mx_It"]) == (kind, engine_type)


@pytest.mark.parametrize("last", ["x", "0.5", "99999999999999999999", "007"])
def test_importer__types_are_of_the_whole_column(tmp_path: Path, last: str) -> None:
    """The first look at some rows only rules out; the last row still counts."""
    store, found = _column(tmp_path, [*["1"] * 6000, last])
    expected = {"x": "VARCHAR", "0.5": "DECIMAL(38,1)", "99999999999999999999": "DECIMAL(38,0)", "007": "VARCHAR"}
    assert store.column_types["mx_It"] == expected[last]
    assert str(found[-1]) == last


def test_importer__options_of_the_whole_column(tmp_path: Path) -> None:
    store, _ = _column(tmp_path, [*["a"] * 6000, *[f"v{n}" for n in range(60)]])
    assert store.fields["mx_it"].data_type is DataType.TEXT


@pytest.mark.parametrize(
    ("header", "values", "expected"),
    [
        ("EngagementScore", ["+7", "007", ""], [7, 7, None]),
        ("Score", ["1.5", "2"], [Decimal("1.5"), Decimal(2)]),
        ("Phone", ["0049 30", "123"], ["0049 30", "123"]),
        ("FirstName", ["12", "13"], ["12", "13"]),
        ("Zip", ["560001", "10115"], ["560001", "10115"]),
    ],
)
def test_importer__fixed_types(tmp_path: Path, header: str, values: list[str], expected: list[Any]) -> None:
    assert _column(tmp_path, values, header)[1] == expected


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-01-01 05:30:00", datetime(2024, 1, 1)),
        ("2024-01-01", datetime(2023, 12, 31, 18, 30)),
        ("2024-01-01T05:30", datetime(2024, 1, 1)),
        ("2024-01-01 05:30:00.999", datetime(2024, 1, 1)),
        (" 2024-01-01 05:30:00 ", datetime(2024, 1, 1)),
        ("2024-01-01 05:30:00Z", datetime(2024, 1, 1, 5, 30)),
        ("2024-01-01T05:30:00.5+01:00", datetime(2024, 1, 1, 4, 30)),
        ("2024-01-01 05:30:00 -0130", datetime(2024, 1, 1, 7)),
        ("01/02/2024", datetime(2024, 1, 31, 18, 30)),
        ("31-12-2024 05:30:07", datetime(2024, 12, 31, 0, 0, 7)),
        ("1/2/2024 5:30 PM", datetime(2024, 2, 1, 12)),
        ("9999-12-31", datetime(9999, 12, 30, 18, 30)),
    ],
)
def test_importer__dates_of_a_folder_in_kolkata(tmp_path: Path, written: str, utc: datetime) -> None:
    leads = f"ProspectID,CreatedOn,mx_When\nl1,{written},{written}\n"
    activities = f"RelatedProspectId,ActivityEvent,CreatedOn\nl1,21,{written}\n"
    order = "dmy" if "/" in written else ""
    _, store = _imported(tmp_path, timezone="Asia/Kolkata", date_order=order, leads=leads, activities=activities)
    (found,) = _rows(store, 'SELECT "CreatedOn", "mx_When", "ProspectActivityDate_Max" FROM leads')
    when = utc if ":" in written else (utc + timedelta(hours=5.5)).date()  # without a clock it is a day
    assert found == (utc, when, utc)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-03-31 02:30:00", datetime(2024, 3, 31, 1, 30)),  # skipped: read as 03:30 of summer time
        ("2024-10-27 02:30:00", datetime(2024, 10, 27, 1, 30)),  # twice: the second, in winter time
        ("2024-07-01 02:30:00", datetime(2024, 7, 1, 0, 30)),
    ],
)
def test_importer__changes_of_the_clock(tmp_path: Path, written: str, utc: datetime) -> None:
    _, store = _imported(tmp_path, timezone="Europe/Amsterdam", leads=f"ProspectID,CreatedOn\nl1,{written}\n")
    assert _rows(store, 'SELECT "CreatedOn" FROM leads') == [(utc,)]


def test_importer__the_last_day_of_all_in_the_west(tmp_path: Path) -> None:
    """9999-12-31 is written for "never"; no value may leave the years that Python has."""
    text = "ProspectID,CreatedOn\nl1,9999-12-31 23:00:00\n"
    _, store = _imported(tmp_path, timezone="America/New_York", leads=text)
    assert _rows(store, 'SELECT "CreatedOn" FROM leads') == [(datetime(9999, 12, 31, 23, 59, 59),)]


def test_importer__ids(tmp_path: Path) -> None:
    """A GUID in capitals and the same in small letters are one lead; other ids keep their case."""
    guid = "ABCDEF00-1111-2222-3333-444455556666"
    leads = f"ProspectID,OwnerId\n {guid} ,{guid}\nAbc,\u00a0Me\nabc,\n"
    activities = f"RelatedProspectId,ActivityEvent,CreatedOn\n{guid.lower()},21,2024-01-01\nAbc ,21.0,2024-01-01\n"
    report, store = _imported(tmp_path, leads=leads, activities=activities, users=f"ID\n{guid}\n")
    assert report.activities_of_unknown_leads == 0
    assert _rows(store, 'SELECT "ProspectID", "OwnerId", "ProspectActivityDate_Max" IS NULL FROM leads ORDER BY 1') == [
        ("Abc", "Me", False),
        ("abc", None, True),
        (guid.lower(), guid.lower(), False),
    ]
    assert report.unlisted_owners == 1


def test_importer__display_names_as_headers(tmp_path: Path) -> None:
    leads = (
        "Lead Id,First Name,lead stage,LEAD SOURCE,Owner,Lead Owner Email,Created On,Engagement Score,Lead Number,City,"
        "Monthly Income (€),Größe,रंग,Converted,mx_Pet_Name,Lead Age\n"
        "l1,Ann,Prospect,Web,Bo Li,BO@x.com,31/01/2024 10:00,5,17,Pune,100,a,b,1,Rex,3\n"
    )
    activities = (
        "Prospect Id,Lead Name,Activity,Activity Date,Activity Added By,Notes,mx_Custom_1,Duration\n"
        "l1,Ann,outbound phone call ,01/02/2024 10:00,Bo Li,Hello,x,12\n"
    )
    types = "Activity Event,Activity Event Name\n22,Outbound Phone Call\n"
    users = "UserId,First Name,Last Name,Email,Team\nu1,Bo,Li,bo@x.com,North\n"
    report, store = _imported(tmp_path, leads=leads, activities=activities, activity_types=types, users=users)
    assert list(store.column_types)[:14] == [
        "ProspectID", "FirstName", "ProspectStage", "Source", "CreatedOn", "EngagementScore", "ProspectAutoId",
        "mx_City", "mx_Monthly_Income", "mx_Groe", "mx_Column_13", "Converted", "mx_Pet_Name", "OwnerId",
    ]  # fmt: skip
    displayed = [
        store.fields[name].display_name for name in ("mx_monthly_income", "mx_pet_name", "mx_column_13", "mx_city")
    ]
    assert displayed == ["Monthly Income (€)", "Pet Name", "रंग", "City"]
    assert _rows(store, 'SELECT "OwnerId", "CreatedOn" FROM leads') == [("u1", datetime(2024, 1, 31, 10))]
    assert _rows(store, 'SELECT "ActivityEvent", "CreatedBy", "ActivityEvent_Note", "mx_Custom_1" FROM activities') == [
        (22, "u1", "Hello", "x")
    ]
    assert report.columns_left_out == {"leads.csv": ("Lead Age",), "activities.csv": ("Lead Name",)}
    assert "mx_Custom_1" in store.activity_columns


USERS = "ID,FirstName,LastName,EmailAddress\nu1,Ann,Lee,ann@x.com\nu2,Bo,Li,bo@x.com\nu3,Bo,Li,bo2@x.com\n"


@pytest.mark.parametrize(
    ("header", "said", "owner"),
    [
        ("Owner", "ann  LEE", "u1"),
        ("Owner", "ann@X.com", "u1"),
        ("Owner", "u2", "u2"),
        ("Lead Owner Email", " BO2@x.com ", "u3"),
        ("Owner", "ABCDEF00-1111-2222-3333-444455556666", "abcdef00-1111-2222-3333-444455556666"),
        ("Owner", "Bo Li", None),  # two users: neither
        ("Owner", "Cy", None),
        ("Lead Owner Email", "cy@x.com", None),
        ("Owner", "", ""),
    ],
)
def test_importer__owners_by_what_they_are_called(tmp_path: Path, header: str, said: str, owner: str | None) -> None:
    """None stands for a user made for it, always with the same id."""
    report, store = _imported(tmp_path, leads=f"ProspectID,{header}\nl1,{said}\n", users=USERS)
    ((found,),) = _rows(store, 'SELECT "OwnerId" FROM leads')
    if owner is None:
        _, again = _imported(tmp_path, leads=f"ProspectID,{header}\nl7,{said.upper()}\n", users=USERS)
        assert _rows(again, 'SELECT "OwnerId" FROM leads') == [(found,)]
        named = "EmailAddress" if "Email" in header else "FirstName"
        assert _rows(store, f"""SELECT "{named}" FROM users WHERE "UserId" = '{found}'""") == [(said,)]
        assert report.unlisted_owners == 1
    else:
        assert found == (owner or None)


def test_importer__owners_with_and_without_ids(tmp_path: Path) -> None:
    """Two addresses are two people whatever their names; a name alone is the first of that name; an ID wins."""
    leads = (
        "ProspectID,OwnerId,OwnerIdName,OwnerIdEmailAddress\n"
        "l1,,Di Ray,di@x.com\nl2,,Di Ray,di2@x.com\nl3,,Di Ray,\nl4,u9,Ed Fox,ed@x.com\nl5,,Ed Fox,\nl6,u1,Somebody,\n"
    )
    report, store = _imported(tmp_path, leads=leads, users=USERS)
    first, second, third, fourth, fifth, sixth = (
        row[0] for row in _rows(store, 'SELECT "OwnerId" FROM leads ORDER BY "ProspectID"')
    )
    assert len({first, second}) == 2
    assert {third} <= {first, second}
    assert (fourth, fifth, sixth) == ("u9", "u9", "u1")
    assert report.unlisted_owners == 3
    assert _rows(store, """SELECT "FirstName", "EmailAddress" FROM users WHERE "UserId" = 'u9'""") == [
        ("Ed Fox", "ed@x.com")
    ]


def test_importer__kept_out_and_added(tmp_path: Path) -> None:
    activities = "Id,RelatedProspectId,ActivityEvent,CreatedOn\n" + "".join(
        f"{row},{lead},{code},2024-01-01\n"
        for row, lead, code in [
            ("a", "l1", 21),
            ("", "l9", 77),
            ("c", "l8", 21),
            ("", "l1", 99),
            ("e", "l9", 21),
            ("f", "l7", 1),
            ("g", "l6", 1),
        ]
    )
    types = "ActivityEvent,ActivityEventName\n21,In\n50,\n"
    report, store = _imported(tmp_path, leads=LEADS, activities=activities, activity_types=types)
    assert (report.activities, report.activities_of_unknown_leads, report.unknown_leads) == (2, 5, ("l9", "l8", "l7"))
    assert (report.activities_of_unlisted_types, report.unlisted_codes) == (1, (99,))
    assert (report.activities_without_id, report.unlisted_owners) == (1, 2)
    assert _rows(store, 'SELECT count(DISTINCT "ProspectActivityId") FROM activities') == [(2,)]
    assert _rows(store, 'SELECT "ActivityEvent", "ActivityEventName" FROM activity_types ORDER BY 1') == [
        (21, "In"), (50, "Activity 50"), (99, "Activity 99"),
    ]  # fmt: skip
    said = str(report)
    for part in ("5 activities kept out", "l9, l8, l7", "99", "1 activities had no id", "2 owners", "users"):
        assert part in said


def test_importer__no_list_of_types(tmp_path: Path) -> None:
    report, store = _imported(tmp_path, leads=LEADS, activities=ACTIVITIES.replace("ProspectActivityId", "Ticket"))
    assert (report.unlisted_codes, report.activities_of_unlisted_types, report.activities_without_id) == (
        (21, 22),
        2,
        2,
    )
    assert _rows(store, 'SELECT "ActivityEventName" FROM activity_types ORDER BY 1') == [
        ("Inbound Phone Call Activity",),
        ("Outbound Phone Call Activity",),
    ]
    assert report.columns_left_out == {"activities.csv": ("Ticket",)}


def test_importer__replaces_the_old_store_and_leaves_nothing_else(tmp_path: Path) -> None:
    _imported(tmp_path, leads=LEADS)
    _, store = _imported(tmp_path, leads="ProspectID\nl9\n")
    assert store.leads == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["files", "made"]
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["leads.csv"]


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        TEXT | st.sampled_from([" ", " a", '"', "\n", "\r\n", "a,b", "'", "\u2003", "\ufeff"]), min_size=1, max_size=6
    )
)
def test_importer__text_is_kept_to_the_letter(tmp_path: Path, values: list[str]) -> None:
    """Whatever a field may hold: only what is blank throughout, or a filler, becomes NULL."""
    store, found = _column(tmp_path, values, "FirstName")
    store.close()
    assert found == [value if value.strip() and value.strip() not in FILLERS else None for value in values]


@pytest.mark.skipif(not BPIC.is_dir(), reason="the bank's data is not beside the repository")
def test_importer__the_banks_leads(tmp_path: Path) -> None:
    report = import_files(BPIC, tmp_path / "made")
    assert (report.leads, report.activities, report.activity_types, report.users) == (13_087, 262_200, 36, 68)
    store = Store.open(tmp_path / "made")
    kinds = [store.fields[name].data_type for name in ("prospectstage", "mx_amount_req", "mx_case_id")]
    assert kinds == [DataType.SELECT, DataType.NUMBER, DataType.NUMBER]
    assert len(store.fields["prospectstage"].options) == 8
    assert _rows(store, 'SELECT min("CreatedOn"), max("CreatedOn") FROM activities') == [
        (datetime(2011, 9, 30, 22, 38, 44), datetime(2012, 3, 14, 15, 4, 54))
    ]
    assert _rows(store, 'SELECT count("CreatedBy") FROM activities') == [(262_200 - 18_010,)]
    first = "a404b9fa-ea0b-5c0a-ab77-14098deac5f5"
    assert _rows(
        store, f"""SELECT "CreatedOn", "ModifiedOn", "mx_AMOUNT_REQ" FROM leads WHERE "ProspectID" = '{first}'"""
    ) == [(datetime(2011, 9, 30, 22, 38, 44), datetime(2011, 10, 13, 8, 37, 37), 20_000)]
