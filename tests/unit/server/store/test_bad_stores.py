"""Files that are no store, or not a whole one: each a clear error, and nothing lost."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lsq_api.contract.errors import NotConnected
from lsq_api.server.importing.importer import import_files
from lsq_api.server.source import opened
from lsq_api.server.store.build import making, remaking
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import FORMAT
from lsq_api.server.store.store import Store
from tests.stores import Rows, activity, make_store
from tests.unit.server.importing.test_append import act, contents, lead, write

ROWS = Rows([{"ProspectID": "l1"}], [activity(1, "l1", 22, "2026-01-01 00:00:00")])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "leads.store", ROWS)


def refused(path: Path) -> str:
    with pytest.raises(NotConnected) as caught:
        Store.open(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def changed(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


@pytest.mark.parametrize("version", [1, FORMAT + 1])
def test_store__of_another_version_says_how_to_rebuild_it(store: Path, version: int) -> None:
    said = refused(changed(store, f'UPDATE store SET "Format" = {version}'))
    assert f"store of version {version}, this program reads version {FORMAT}" in said
    assert f"`python -m lsq_api.server import FOLDER --into {store}`" in said


def test_store__of_version_1_as_it_was(tmp_path: Path) -> None:
    """The version is read before anything that only this version has."""
    statements = (
        'CREATE TABLE store AS SELECT 1 AS "Format", \'Old\' AS "Title", false AS "Demo", 0 AS "Leads", '
        '0 AS "Activities"',
        'CREATE TABLE leads ("ProspectID" VARCHAR)',
    )
    assert "store of version 1" in refused(changed(tmp_path / "old", *statements))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999_999])
def test_store__cut_short(store: Path, share: float) -> None:
    data = store.read_bytes()
    store.write_bytes(data[: int(len(data) * share)])
    said = refused(store)
    assert "is not a readable store" in said or "is cut short" in said


@pytest.mark.parametrize(
    "data", [b"", b"hello\n" * 9000, b"SQLite format 3\0" + bytes(9000), bytes(range(256)) * 4000, b"PAR1" * 9000]
)
def test_store__garbage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "odd").write_bytes(data)
    assert "is not a readable store" in refused(tmp_path / "odd")
    assert [path.name for path in tmp_path.iterdir()] == ["odd"]


def test_store__overwritten_in_the_middle(store: Path) -> None:
    data = bytearray(store.read_bytes())
    data[12_288 + 64 :] = bytes(len(data) - 12_288 - 64)
    store.write_bytes(data)
    said = refused(store)
    assert "is not a readable store" in said or "is damaged" in said


def test_store__of_something_else(tmp_path: Path) -> None:
    path = changed(tmp_path / "other.duckdb", "CREATE TABLE cakes (name VARCHAR)")
    assert "is a DuckDB file but not a store" in refused(path)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE activities", "activities.ProspectActivityId is missing"),
        ('ALTER TABLE activities ALTER COLUMN "ActivityEvent" TYPE VARCHAR', "activities.ActivityEvent is VARCHAR"),
        ('ALTER TABLE leads ALTER COLUMN "CreatedOn" TYPE VARCHAR', "leads.CreatedOn is VARCHAR; it must be TIMESTAMP"),
        ('ALTER TABLE leads ALTER COLUMN "Score" TYPE VARCHAR', "leads.Score is VARCHAR; it must be a number"),
        ('ALTER TABLE leads DROP COLUMN "OwnerId"', "leads.OwnerId is missing"),
        ('ALTER TABLE leads DROP COLUMN "_first_22"', "leads._first_22 is missing"),
        ('ALTER TABLE contacts ALTER COLUMN "Lead" TYPE BIGINT', "contacts.Lead is BIGINT; it must be INTEGER"),
        (
            'ALTER TABLE leads ADD COLUMN "mx_Day" TIME',
            "leads.mx_Day is TIME; it must be text, a number, a day or a time",
        ),
        ("DROP TABLE contact_codes", "contact_codes.ActivityEvent is missing"),
        ('ALTER TABLE users DROP COLUMN "UserId"', "users.UserId is missing"),
    ],
)
def test_store__with_other_columns(store: Path, statement: str, said: str) -> None:
    assert said in refused(changed(store, statement))


def test_store__with_wider_numbers_is_one(store: Path) -> None:
    assert Store.open(changed(store, 'ALTER TABLE leads ALTER COLUMN "Score" TYPE DECIMAL(38, 2)')).leads == 1


def test_store__locked_by_a_writer(store: Path) -> None:
    hold = f"import duckdb; c = duckdb.connect({str(store)!r}); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert "another program is writing to it; try again when that is done" in refused(store)
        writer.communicate("\n")
    assert Store.open(store).leads == 1


def test_store__made_anew_by_two_at_once(store: Path) -> None:
    for second in (making, remaking):
        with remaking(store), pytest.raises(NotConnected, match="is being made anew by another program"), second(store):
            pytest.fail("one of the two would be lost")
    assert Store.open(store).leads == 1


def test_source__a_folder_that_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    said = r"there is no file that can be read; allowed: any name with .csv.*; seen: notes.txt"
    with pytest.raises(ImportFailed, match=said), opened(str(tmp_path)):
        pytest.fail("opened")


def test_source__neither_folder_nor_file(tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="there is no such folder or store file"), opened(str(tmp_path / "none")):
        pytest.fail("opened")


FULL = """
import pathlib, resource, sys
from lsq_api.contract.errors import LeadSquaredError
from lsq_api.server.importing.append import append_files
from lsq_api.server.importing.importer import import_files
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
try:
    do = {"import": import_files, "append": append_files}[sys.argv[1]]
    do(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
except LeadSquaredError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("what", ["import", "append"])
@pytest.mark.parametrize("room", [0, 50_000, 900_000])
def test_import__no_room_for_the_new_store(tmp_path: Path, what: str, room: int) -> None:
    """No file may grow beyond `room`, as on a full disk: the old store stays, and nothing else."""
    store, folder = tmp_path / "store", write(tmp_path / "new", {"leads": [lead("l1"), lead("l2")]})
    import_files(
        write(tmp_path / "old", {"leads": [lead("l1")], "activities": [act(1, "l1", 22, "2024-01-01")]}), store
    )
    before = contents(store)
    command = [sys.executable, "-c", FULL, what, str(folder), str(store), str(room)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.stdout.startswith(f"ImportFailed {store}: cannot be made: "), run.stderr
    assert contents(store) == before
    assert {path.name for path in tmp_path.iterdir()} == {"old", "new", "store"}
