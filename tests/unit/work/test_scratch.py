"""Private folders: gone with their process, or with the next one of their kind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lsq_api.work.scratch import Scratch, scratch, swept

ROOT = Path(__file__).parents[3]
KIND = "leads-of-test[1]."
HELD = """
import sys
from pathlib import Path
from lsq_api.work.scratch import Scratch
made = Scratch(sys.argv[1], Path(sys.argv[2]))
(made.path / "leads").write_text("Ann")
print(made.path, flush=True)
sys.stdin.read()
"""


@contextmanager
def holding(where: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """Another process with a folder of its own."""
    command = [sys.executable, "-c", HELD, KIND, str(where)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_scratch__is_private_and_gone_with_its_block(tmp_path: Path):
    with pytest.raises(RuntimeError), scratch(KIND, tmp_path) as folder:
        assert folder.parent == tmp_path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "leads").write_text("Ann")
        raise RuntimeError
    assert [*tmp_path.iterdir()] == []


def test_scratch__can_be_removed_twice(tmp_path: Path):
    made = Scratch(KIND, tmp_path)
    made.remove()
    made.remove()
    assert [*tmp_path.iterdir()] == []


def test_scratch__of_a_killed_process_goes_with_the_next_and_that_of_a_living_one_stays(tmp_path: Path):
    with holding(tmp_path) as (_, alive), holding(tmp_path) as (killed, left):
        killed.kill()
        killed.wait()
        assert (left / "leads").read_text() == "Ann"
        with scratch(KIND, tmp_path) as own:
            assert sorted(tmp_path.iterdir()) == sorted([alive, own])
        assert (alive / "leads").read_text() == "Ann"


def test_swept__takes_nothing_but_what_it_knows(tmp_path: Path):
    """Somebody else's folders, links to them, and files whose names look alike."""
    with holding(tmp_path) as (killed, left):
        killed.kill()
        killed.wait()
    other = left.rename(tmp_path / f"{KIND}of-others")
    looks_alike = [tmp_path / f"{KIND}{ending}" for ending in ("abcdefgh", "12345678")]
    looks_alike[0].write_text("a file")
    looks_alike[1].symlink_to(other)
    beside = tmp_path / f"{KIND.replace('[1]', '1')}abcdefgh"
    beside.mkdir()
    (beside / "lock").touch()
    before = sorted(tmp_path.iterdir())
    swept(KIND, tmp_path)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to somebody else")
def test_swept__what_is_another_users_stays(tmp_path: Path):
    with holding(tmp_path) as (killed, left):
        killed.kill()
        killed.wait()
    os.chown(left, 65534, 65534)
    swept(KIND, tmp_path)
    assert left.exists()
