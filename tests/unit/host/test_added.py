"""Files that are looked at before they are kept, as the page that adds data does it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lsq_api.client.client import Client
from lsq_api.contract.errors import UnreadableData
from lsq_api.host.added import Choices, Look, Unclear, keep, look, meanings
from lsq_api.server.store.store import Store

ROOT = Path(__file__).parents[3]
LEADS = b"Prospect ID,First Name,Created On\np1,Ann,2026-01-05 10:00:00\n"
KILLED = """
import sys, time
from pathlib import Path
from lsq_api.host.added import Choices, look
found = look([("leads.csv", b"Prospect ID,First Name\\np1,Ann\\n")], Choices(), Path(sys.argv[1]))
print("looked", flush=True)
time.sleep(600)
"""


def looked(into: Path, content: bytes = LEADS, name: str = "leads.csv") -> Look:
    return look([(name, content)], Choices(), into)


def test_look__answers_and_leaves_what_is_kept_alone(tmp_path: Path):
    into = tmp_path / "kept" / "leads.store"
    found = looked(into)
    assert found.report.leads == 1
    assert found.report.title == "Added data", "a file named for its table names no account"
    with Client(found.host) as client:
        lead = client.lead("p1")
    assert lead
    assert lead["FirstName"] == "Ann"
    assert not into.exists()
    found.close()
    assert list(into.parent.iterdir()) == []


def test_keep__puts_the_store_in_its_place(tmp_path: Path):
    into = tmp_path / "leads.store"
    for name in (b"Ann", b"Raj"):
        keep(looked(into, LEADS.replace(b"Ann", name)), into)
        store = Store.open(into)
        assert store.backend.cursor().execute('SELECT "FirstName" FROM leads').fetchall() == [(name.decode(),)]
        store.close()
    assert list(tmp_path.iterdir()) == [into]


@pytest.mark.parametrize("content", [b"", b"Prospect ID\np1\np1\n", b"\x00\xff", b"something,else\n1,2\n"])
def test_look__at_bad_files_leaves_nothing(tmp_path: Path, content: bytes):
    with pytest.raises(Unclear) as caught:
        looked(tmp_path / "leads.store", content)
    assert "leads.csv" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_look__tells_the_headers_of_what_is_not_clear(tmp_path: Path):
    files = [("a.csv", b"Key,Call\n1,2\n"), ("b.csv", b"x;y\n1;2\n")]
    with pytest.raises(Unclear) as caught:
        look(files, Choices(), tmp_path / "leads.store")
    assert caught.value.headers == {"a.csv": ("Key", "Call"), "b.csv": ("x", "y")}


def test_look__at_two_files_of_one_name_is_refused(tmp_path: Path):
    with pytest.raises(Unclear, match=r"leads\.csv: is there twice"):
        look([("leads.csv", LEADS), ("leads.csv", LEADS)], Choices(), tmp_path / "leads.store")
    assert list(tmp_path.iterdir()) == []


def test_look__has_no_file_outside_its_folder(tmp_path: Path):
    """A browser may send any text as a file's name."""
    into = tmp_path / "kept" / "leads.store"
    found = looked(into, name="../../leads.csv")
    assert found.report.leads == 1
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    found.close()


def test_look__is_gone_with_its_last_reference(tmp_path: Path):
    found = looked(tmp_path / "leads.store")
    assert len(list(tmp_path.iterdir())) == 1
    del found
    assert list(tmp_path.iterdir()) == []


def test_look__of_a_killed_process_is_removed_by_the_next(tmp_path: Path):
    into = tmp_path / "leads.store"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(into)], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"looked\n"
        (left,) = tmp_path.iterdir()
        other = looked(into)
        assert left.exists(), "it is in use"
        other.close()
        os.kill(process.pid, signal.SIGKILL)
    looked(into).close()
    assert list(tmp_path.iterdir()) == []


def test_keep__where_it_cannot_be_written_leaves_the_look(tmp_path: Path):
    found = looked(tmp_path / "leads.store")
    (tmp_path / "leads.store").mkdir()
    (tmp_path / "leads.store" / "full").touch()
    with pytest.raises(UnreadableData, match="cannot be made"):
        keep(found, tmp_path / "leads.store")
    with Client(found.host) as client:
        assert client.lead("p1")
    found.close()


@pytest.mark.parametrize("table", ["leads", "activities", "users", "activity_types"])
def test_meanings__name_every_column_once(table: str):
    said = meanings(table)
    assert len(said) > 3
    assert all(label.strip() for label in said.values())
