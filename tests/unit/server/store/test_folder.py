"""Folders of killed processes, and what is served from a copy of a folder's leads."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lsq_api.host.embedded import embedded
from lsq_api.server.store import build
from lsq_api.server.store.build import making
from lsq_api.server.store.file import StoreFile
from lsq_api.server.store.folder import held
from tests.stores import Rows, make_store


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_held__is_its_owners_alone_and_gone_at_the_end(tmp_path: Path) -> None:
    with held(tmp_path, "x.") as one, held(tmp_path, "x.") as other:
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
        assert one != other
        assert names(tmp_path) == {one.name, other.name}  # the second did not take the first for a dead one's
    assert names(tmp_path) == set()


def test_held__clears_what_nobody_holds_and_nothing_else(tmp_path: Path) -> None:
    inside = tmp_path / "x.abcdefgh"
    for folder in (inside, tmp_path / "y.abcdefgh", tmp_path / "x.longer_than_that", tmp_path / "theirs"):
        folder.mkdir()
        (folder / "leads.store").write_text("leads")
    (tmp_path / "x.linked01").symlink_to(tmp_path / "theirs")
    with held(tmp_path, "x.") as folder:
        assert names(tmp_path) == {"y.abcdefgh", "x.longer_than_that", "theirs", "x.linked01", folder.name}
    assert (tmp_path / "theirs" / "leads.store").read_text() == "leads"


SERVE = [sys.executable, "-m", "lsq_api.server", "serve", "--port", "0", "--data"]


def serving(data: Path, temporary: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"TMPDIR": str(temporary), "LSQ_ACCESS_KEY": "k", "LSQ_SECRET_KEY": "s"}
    server = subprocess.Popen([*SERVE, str(data)], stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout is not None
    assert server.stdout.readline().startswith("Serving")
    return server


def ended(server: subprocess.Popen[str], by: signal.Signals) -> None:
    server.send_signal(by)
    server.communicate()


def test_serve__what_a_killed_one_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "temporary"
    data.mkdir()
    temporary.mkdir()
    (data / "leads.csv").write_text("ProspectID,FirstName\na,Asha\n")
    lives, dies = serving(data, temporary), serving(data, temporary)
    before = names(temporary)
    ended(dies, signal.SIGKILL)
    assert names(temporary) == before
    assert len([name for name in before if name.startswith("leads-store.")]) == 2
    after = serving(data, temporary)
    copies = [temporary / name / "leads.store" for name in names(temporary) if name.startswith("leads-store.")]
    assert len(copies) == 2
    assert all(copy.exists() for copy in copies)
    assert not before >= names(temporary), "the killed one's are gone, there are new ones"
    for server in (lives, after):
        ended(server, signal.SIGTERM)
    assert names(temporary) == set()


def test_spill__is_a_folder_that_nobody_can_foresee(tmp_path: Path) -> None:
    places = [StoreFile.open(make_store(tmp_path / name, Rows([{"ProspectID": "a"}]))) for name in ("s", "t")]
    found = []
    for place in places:
        ((spill,),) = place.connection.execute("SELECT current_setting('temp_directory')").fetchall()
        found.append(Path(spill))
    assert [stat.S_IMODE(spill.stat().st_mode) for spill in found] == [0o700] * 2
    assert found[0] != found[1]
    assert not any(str(os.getpid()) in spill.name for spill in found)
    for place in places:
        place.close()
    assert not any(spill.exists() for spill in found)


def test_swap__is_on_disk_before_and_after_one_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss of power leaves the old or the new content: seen from the calls to the system."""
    did: list[tuple[str, str]] = []
    real_sync, real_rename = os.fsync, os.rename

    def sync(handle: int) -> None:
        did.append(("fsync", str(Path(f"/proc/self/fd/{handle}").readlink())))
        real_sync(handle)

    def rename(old: Path, new: Path) -> None:
        did.append(("rename", str(new)))
        real_rename(old, new)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "replace", rename)
    store = tmp_path / "leads.store"
    make_store(store, Rows([{"ProspectID": "a"}]))
    assert [what for what, _ in did] == ["fsync", "rename", "fsync"]
    assert Path(did[0][1]).name == build._STORE
    assert Path(did[0][1]).parent.parent == tmp_path
    assert did[1][1] == str(store)
    assert did[2][1] == str(tmp_path)


def test_making__that_fails_leaves_the_old_store(tmp_path: Path) -> None:
    store = make_store(tmp_path / "s", Rows([{"ProspectID": "a"}]))
    before = store.read_bytes()
    with pytest.raises(LookupError), making(store):
        raise LookupError
    assert store.read_bytes() == before
    assert names(tmp_path) == {"s"}


def test_embedded__has_new_keys_each_time(tmp_path: Path) -> None:
    store = make_store(tmp_path / "s", Rows([{"ProspectID": "a"}]))
    keys = []
    for _ in range(2):
        with embedded(str(store)) as host:
            assert host.access_key is not None
            assert host.secret_key is not None
            keys += [host.access_key.get_secret_value(), host.secret_key.get_secret_value()]
    assert len(set(keys)) == 4
    assert all(len(key) == 32 for key in keys)
