"""What an import says of bad files, and that the old store outlives each of them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lsq_api.contract.errors import LeadSquaredError
from lsq_api.server.importing.choices import Choices
from lsq_api.server.importing.importer import ImportFailed, import_files
from lsq_api.server.store.store import Store

LEADS = "ProspectID,FirstName,EngagementScore,CreatedOn\nl1,Ann,5,2024-01-01 10:00:00\n"
ACTIVITIES = "RelatedProspectId,ActivityEvent,CreatedOn\nl1,21,2024-02-01 10:00:00\n"
TYPES = "ActivityEvent,ActivityEventName\n21,In\n31,Two\n32,two\n"
BY_NAME = "Prospect Id,Activity,Activity Date\n"
USERS = "ID,FirstName\nu1,Ann\n"


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., ImportFailed]:
    """Import a folder that must fail, over an old store that must stay, with nothing beside it."""

    def run(folder: Path, timezone: str = "UTC") -> ImportFailed:
        stores = tmp_path / "stores"
        good = tmp_path / "good"
        good.mkdir()
        (good / "leads.csv").write_text("ProspectID\nold\n")
        import_files(good, stores / "leads.store")
        before = (stores / "leads.store").read_bytes()
        with pytest.raises(ImportFailed) as caught:
            import_files(folder, stores / "leads.store", Choices(timezone=timezone))
        assert [path.name for path in stores.iterdir()] == ["leads.store"]
        assert (stores / "leads.store").read_bytes() == before
        store = Store.open(stores / "leads.store")
        assert store.backend.cursor().execute('SELECT "ProspectID" FROM leads').fetchall() == [("old",)]
        return caught.value

    return run


def _folder(tmp_path: Path, **files: str | bytes) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for table, content in ({"leads": LEADS} | files).items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{table}.csv").write_bytes(data)
    return folder


# table, text, then what the message must name: line, column, value, and words of the rest
VALUES = [
    ("leads", LEADS + "l2,Bo,6,31/31/2024\n", "line 3", "CreatedOn", "31/31/2024", "is no date; allowed: yyyy-MM-dd"),
    ("leads", LEADS + "l2,Bo,6,2024-02-30\n", "line 3", "CreatedOn", "2024-02-30", "is no date"),
    ("leads", LEADS + "l2,Bo,6,20240101\n", "line 3", "CreatedOn", "20240101", "is no date"),
    ("leads", LEADS + "l2,Bo,6,2024-01-01 10:00 IST\n", "line 3", "CreatedOn", "2024-01-01 10:00 IST", "is no date"),
    ("leads", LEADS + 'l2,"a\n\nb",6,\n\nl3,"x\r\n""y""",high,\n', "line 7", "EngagementScore", "high", "is no number"),
    ("leads", LEADS + 'l2,Bo,"1,5",\nl3,Bo,1.5,\n', "line 4", "EngagementScore", "1.5", "of this column is the comma"),
    ("leads", LEADS + "l2,Bo,1e5,\n", "line 3", "EngagementScore", "1e5", "is no number"),
    ("leads", LEADS + " ,Bo,,\n", "line 3", "ProspectID", "", "is blank"),
    ("leads", LEADS + f"l2,Bo,{'9' * 99},\n", "line 3", "EngagementScore", "9" * 99, f"'{'9' * 80}'… is no number"),
    ("leads", LEADS + "l2,,,\n l1 ,,,\nl2,,,\n", "line 4", "ProspectID", "l1", "is there twice, first on line 2"),
    ("activities", ACTIVITIES + "l1,21,\n", "line 3", "CreatedOn", "", "is no date"),
    ("activities", ACTIVITIES + "l1,21,soon\nl1,x,soon\n", "line 3", "CreatedOn", "soon", "is no date"),
    ("activities", ACTIVITIES + "l1,x,2024-01-01\n", "line 3", "ActivityEvent", "x", "is no code; allowed: a"),
    ("activities", ACTIVITIES + "l1,-1,2024-01-01\n", "line 3", "ActivityEvent", "-1", "from 0 to 999999999"),
    ("activities", ACTIVITIES + "l1,21.5,2024-01-01\n", "line 3", "ActivityEvent", "21.5", "is no code"),
    ("activities", ACTIVITIES + "l1,1000000000,2024-01-01\n", "line 3", "ActivityEvent", "1000000000", "is no code"),
    ("activities", BY_NAME + "l1,in,2024-01-01\nl1,Off,2024-01-01\n", "line 3", "Activity", "Off", "names no activity"),
    ("activities", BY_NAME + "l1,Two,2024-01-01\n", "line 2", "Activity", "Two", "or several"),
    ("activity_types", TYPES + "22,Out\n021,x\n", "line 6", "ActivityEvent", "021", "twice, first on line 2"),
    ("activity_types", TYPES + "Out,22\n", "line 5", "ActivityEvent", "Out", "is no code"),
    ("users", USERS + "u2,Bo\nu1,Again\n", "line 4", "ID", "u1", "is there twice, first on line 2"),
    ("users", USERS + ",Bo\n", "line 3", "ID", "", "is blank"),
    ("users", "ID,Status\nu1,Active\nu2,gone\n", "line 3", "Status", "gone", "allowed: 0 or Active"),
    ("users", "ID,CreatedOn\nu1,2024-13-01\n", "line 2", "CreatedOn", "2024-13-01", "is no date"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "text", "line", "column", "value", "words"), VALUES)
def test_importer__a_bad_value(
    refused: Callable[..., ImportFailed],
    tmp_path: Path,
    table: str,
    text: str,
    line: str,
    column: str,
    value: str,
    words: str,
) -> None:
    error = refused(_folder(tmp_path, **({"activity_types": TYPES} | {table: text})))
    assert (error.file, error.place, error.column, error.value) == (f"{table}.csv", line, column, value)
    assert str(error).startswith(f"{table}.csv, {line}, column {column}: ")
    assert words in str(error)
    assert isinstance(error, LeadSquaredError)


def test_importer__the_first_bad_value_of_many_rows(refused: Callable[..., ImportFailed], tmp_path: Path) -> None:
    """The engine reads with several threads: whichever stumbles first, the message names the first in the file."""
    good = "l1,21,2024-02-01 10:00:00\n" * 200_000
    error = refused(_folder(tmp_path, activities=ACTIVITIES + good + "l1,21,bad1\n" + good + "l1,21,bad2\n"))
    assert (error.place, error.value) == ("line 200003", "bad1")


# table, bytes, place, words
STRUCTURE = [
    ("leads", LEADS + "l2,Bo\n", "line 3", "has 2 values where the header names 4 columns"),
    ("leads", LEADS + 'l2,"a\nb",,\nl3,Bo,5,,x\n', "line 5", "has 5 values where the header names 4 columns"),
    ("leads", LEADS + "l2,Bo,,,,x\n", "line 3", "has 6 values"),
    ("leads", LEADS + 'l2,"Bo"x,,\n', "line 3", "quoted value"),
    ("leads", LEADS + 'l2,"Bo,,\nl3,Cy,,\n', "line 3", "quoted value"),
    (
        "leads",
        LEADS.encode() + "l2,Łukasz Żółć,,\n".encode("cp1250"),
        None,
        "is not in an encoding that can be read",
    ),
    ("leads", "ProspectID,Имя\n".encode("cp1251"), None, "allowed: UTF-8, UTF-16"),
    ("leads", LEADS.encode() + "l2,José,,\n".encode() + "l3,Zoë,,\n".encode("latin-1"), None, "allowed: UTF-8, UTF-16"),
    ("leads", LEADS.replace(",", "~"), "line 1", "is separated by '~'; allowed: comma, semicolon, tab, bar"),
    ("leads", "sep=^\n" + LEADS.replace(",", "^"), "line 1", "is separated by '^'"),
    ("leads", LEADS.encode("utf-16-le"), "line 1", "the column ProspectID is missing"),
    ("leads", b"", None, "is empty"),
    ("leads", b"\n\n", None, "is empty"),
    ("leads", "\ufeff", None, "is empty"),
    ("users", b"", None, "is empty"),
    ("leads", gzip.compress(LEADS.encode(), mtime=0), None, "is a gzip file; name it .csv.gz"),
    ("leads", "Name,Stage\nAnn,x\n", "line 1", "the column ProspectID is missing; columns seen: Name, Stage"),
    (
        "activities",
        "RelatedProspectId,CreatedOn\n",
        "line 1",
        "the column ActivityEvent or ActivityEventName is missing",
    ),
    ("activities", "RelatedProspectId,ActivityEvent\n", "line 1", "the column CreatedOn is missing"),
    ("activities", "ActivityEvent,CreatedOn\n", "line 1", "the column RelatedProspectId is missing"),
    ("users", "FirstName\n", "line 1", "the column UserId is missing; columns seen: FirstName"),
    ("activity_types", "ActivityEvent\n", "line 1", "the column ActivityEventName is missing"),
    ("leads", "ProspectID,Lead Id\n", "line 1", "'Lead Id' and the column ProspectID before it both mean ProspectID"),
    ("leads", "ProspectID,Pet,pet\n", "line 1", "'pet' and the column Pet before it both mean Pet"),
    ("leads", "ProspectID,Pet Name,Pet-Name\n", "line 1", "both mean mx_Pet_Name"),
]


@pytest.mark.parametrize(("table", "content", "place", "words"), STRUCTURE)
def test_importer__a_bad_file(
    refused: Callable[..., ImportFailed],
    tmp_path: Path,
    table: str,
    content: str | bytes,
    place: str | None,
    words: str,
) -> None:
    error = refused(_folder(tmp_path, **{table: content}))
    assert (error.file, error.place) == (f"{table}.csv", place)
    assert words in str(error)


@pytest.mark.parametrize("cut", [5, 9, 40])
def test_importer__a_truncated_gzip_file(refused: Callable[..., ImportFailed], tmp_path: Path, cut: int) -> None:
    text = LEADS + "".join(f"x{row},{row * 7919},{row},2024-01-01\n" for row in range(5000))
    error = refused(_gzipped(tmp_path, gzip.compress(text.encode())[:-cut]))
    assert error.file == "leads.csv.gz"
    assert "cut short" in str(error)


def test_importer__text_named_gzip(refused: Callable[..., ImportFailed], tmp_path: Path) -> None:
    assert "is no gzip file; name it .csv" in str(refused(_gzipped(tmp_path, LEADS.encode())))


def _gzipped(tmp_path: Path, data: bytes) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "leads.csv.gz").write_bytes(data)
    return folder


def _parquet(tmp_path: Path, query: str) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    with duckdb.connect() as engine:
        engine.execute(f"COPY ({query}) TO '{folder}/leads.parquet' (COMPRESSION uncompressed)")
    return folder


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-20],
        lambda data: data[: len(data) // 2],
        lambda data: b"PAR1" + b"\xff" * (len(data) // 2 - 4) + data[len(data) // 2 :],
        lambda data: LEADS.encode(),
    ],
    ids=["empty", "no-end", "half", "overwritten", "csv"],
)
def test_importer__a_corrupt_parquet_file(
    refused: Callable[..., ImportFailed], tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    folder = _parquet(
        tmp_path, """SELECT 'l' || n AS "ProspectID", md5(n::VARCHAR) AS "FirstName" FROM range(5000) AS t(n)"""
    )
    (folder / "leads.parquet").write_bytes(spoil((folder / "leads.parquet").read_bytes()))
    assert str(refused(folder)).startswith("leads.parquet: ")


@pytest.mark.parametrize(
    ("query", "row", "column", "words"),
    [
        (
            """SELECT * FROM (VALUES ('l1', '2024-01-01'), ('l2', 'x')) AS t("ProspectID", "CreatedOn")""",
            "row 2", "CreatedOn", "'x' is no date",
        ),
        (
            """SELECT * FROM (VALUES ('l1'), ('l2'), ('L1'), ('l2')) AS t("ProspectID")""",
            "row 4", "ProspectID", "first on row 2",
        ),
        ("""SELECT * FROM (VALUES (1), (NULL)) AS t("ProspectID")""", "row 2", "ProspectID", "is blank"),
        ("""SELECT 1 AS "ProspectID", true AS "CreatedOn" """, "row 1", "CreatedOn", "is no date"),
        ("""SELECT 1 AS "ProspectID", 'high' AS "Score" """, "row 1", "Score", "is no number"),
        ("""SELECT 1 AS "ProspectID", TIMESTAMP '20000-01-01' AS "CreatedOn" """, "row 1", "CreatedOn", "is no date"),
    ],
)  # fmt: skip
def test_importer__a_bad_value_of_parquet(
    refused: Callable[..., ImportFailed], tmp_path: Path, query: str, row: str, column: str, words: str
) -> None:
    error = refused(_parquet(tmp_path, query))
    assert (error.file, error.place, error.column) == ("leads.parquet", row, column)
    assert words in str(error)


def test_importer__no_folder(refused: Callable[..., ImportFailed], tmp_path: Path) -> None:
    assert str(refused(tmp_path / "nowhere")).startswith(f"{tmp_path}/nowhere: is not there")


def test_importer__no_leads(refused: Callable[..., ImportFailed], tmp_path: Path) -> None:
    folder = _folder(tmp_path, users=USERS)
    (folder / "leads.csv").unlink()
    said = str(refused(folder))
    for part in (str(folder), "name it leads.csv", "seen: users.csv (users)"):
        assert part in said


def test_importer__two_forms_of_a_table(refused: Callable[..., ImportFailed], tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "leads.csv.gz").write_bytes(gzip.compress(LEADS.encode()))
    said = str(refused(folder))
    assert "leads.csv" in said
    assert "leads.csv.gz" in said


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "GMT+5", "'; DROP TABLE leads; --"])
def test_importer__no_time_zone(refused: Callable[..., ImportFailed], tmp_path: Path, timezone: str) -> None:
    said = str(refused(_folder(tmp_path), timezone))
    assert repr(timezone) in said
    assert "Asia/Kolkata" in said


def test_importer__a_folder_for_the_store(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    with pytest.raises(ImportFailed, match="is a folder"):
        import_files(folder, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["files"]


def test_importer__a_place_that_cannot_be_written(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    with pytest.raises(ImportFailed, match="cannot be made"):
        import_files(folder, folder / "leads.csv" / "made")
