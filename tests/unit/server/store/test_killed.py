"""Imports and appends killed at any moment: the store opens, with the old content or the new."""

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from lsq_api.server.importing.append import append_files
from lsq_api.server.importing.importer import import_files
from tests.unit.server.importing.test_append import act, contents, lead, write

KILLS = 10
DO = {
    "import": "from lsq_api.server.importing.importer import import_files as do",
    "append": "from lsq_api.server.importing.append import append_files as do",
}
OLD = {
    "leads": [lead(f"l{n}") for n in range(500)],
    "activities": [act(n, f"l{n % 400}", 20 + n % 4, "2024-01-01 00:00:00") for n in range(2_000)],
}
NEW = {
    "leads": [lead(f"l{n}", ProspectStage="Won") for n in range(300, 900)],
    "activities": [act(n, f"l{300 + n % 600}", 20 + n % 9, "2024-03-01 00:00:00") for n in range(1_000, 4_000)],
}


def start(what: str, folder: Path, into: Path) -> subprocess.Popen[str]:
    """The command, up to the point where it begins; whatever it says is read by nobody."""
    code = f"{DO[what]}; import sys, pathlib; print(flush=True); do(*map(pathlib.Path, sys.argv[1:]))"
    command = [sys.executable, "-c", code, str(folder), str(into)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline() == "\n"
    return running


@pytest.mark.parametrize(("what", "again"), [("import", import_files), ("append", append_files)])
def test_killed__at_any_moment(tmp_path: Path, what: str, again: Callable[[Path, Path], object]) -> None:
    into, old, new = tmp_path / "store", write(tmp_path / "old", OLD), write(tmp_path / "new", NEW)
    import_files(old, into)
    before = contents(into)
    running, began = start(what, new, into), perf_counter()
    running.communicate()
    whole = perf_counter() - began
    after = contents(into)
    assert after != before
    import_files(old, into)
    moments, killed = random.Random(7), 0
    for kill in range(KILLS):
        running = start(what, new, into)
        try:
            running.wait(whole * (kill + moments.random()) / KILLS)
        except subprocess.TimeoutExpired:
            running.kill()
        running.communicate()
        found = contents(into)
        killed += running.returncode == -9
        assert found in (before, after), f"after kill {kill}"
        if found == after:
            assert running.returncode in (0, -9)
            import_files(old, into)
    # How long a run takes varies beside others; that most of it is covered by moments is no matter of a single one.
    assert killed >= KILLS // 4
    again(new, into)
    assert contents(into) == after
    assert {path.name for path in tmp_path.iterdir()} == {"old", "new", "store"}
