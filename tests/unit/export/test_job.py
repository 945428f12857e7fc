"""A file in the making: one at a time, given up when nobody wants it, and never left behind."""

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from components.export.job import Desk, Preparation
from lsq_api.contract.errors import Throttled
from lsq_api.export.files import Written
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.queue import Caller
from lsq_api.limits.rate import Rate
from lsq_api.work.job import Cancelled, Progress

ROOT = Path(__file__).parents[3]
LONG = 60
"""Seconds after which a thread that does not come to an end fails the test."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def quick(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
    path.write_bytes(b"whole")
    progress(3, 3)
    return Written(3)


class Slow:
    """Writes a page, then waits to be let on before each further one, of which there would be nine."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.pages, self.ended = threading.Event(), threading.Event(), 0, threading.Event()

    def __call__(self, path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        try:
            with path.open("wb") as file:
                for page in range(1, 10):
                    self.pages = page
                    file.write(b"page")
                    progress(page, 9)
                    self.begun.set()
                    assert self.go_on.wait(LONG)
        finally:
            self.ended.set()
        return Written(9)


def begun(slow: Slow) -> Preparation:
    preparation = Preparation("x.csv", "question", slow)
    preparation.start()
    assert slow.begun.wait(LONG)
    return preparation


def test_preparation__is_nothing_until_it_begins(folder: Path):
    preparation = Preparation("x.csv", "question", quick)
    assert (preparation.running, preparation.written, preparation.error) == (False, None, None)
    assert list(folder.iterdir()) == []


def test_preparation__becomes_a_whole_file():
    preparation = Preparation("x.csv", "question", quick)
    assert preparation.content() == b"whole"
    assert preparation.written == Written(3)
    assert not preparation.running
    assert preparation.content() == b"whole", "it can be saved again"


def test_preparation__begins_once():
    calls: list[int] = []

    def counted(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        calls.append(1)
        return quick(path, progress, cancelled)

    preparation = Preparation("x.csv", "question", counted)
    starters = [threading.Thread(target=preparation.content) for _ in range(8)]
    for thread in starters:
        thread.start()
    for thread in starters:
        thread.join(LONG)
    assert calls == [1]


def test_preparation__tells_how_far_it_is():
    slow = Slow()
    preparation = begun(slow)
    assert preparation.running
    assert preparation.progress == (1, 9)
    left, gone = preparation.seconds_left, preparation.seconds
    assert left is not None
    assert 0 < left <= 8 * gone
    slow.go_on.set()
    assert preparation.wait(LONG)
    assert preparation.progress == (9, 9)


def test_preparation__cancel_ends_it_at_the_next_page(folder: Path):
    slow = Slow()
    preparation = begun(slow)
    preparation.cancel()
    assert preparation.cancelled
    assert not preparation.running
    slow.go_on.set()
    assert preparation.wait(LONG)
    assert slow.pages == 2, "the page that was under way, and no further one"
    assert list(folder.iterdir()) == []
    assert (preparation.written, preparation.error) == (None, None)
    with pytest.raises(Cancelled):
        preparation.content()


def test_preparation__cancel_ends_the_waiting_for_a_call(folder: Path):
    """Under a limit the next page may be seconds away, and the calls for those after it with it."""
    waits = threading.Event()

    def waiting(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        path.write_bytes(b"half")
        with Pacer([Rate(1, 60)]) as pacer:
            pacer.take(Caller())
            waits.set()
            pacer.take(Caller(bulk=True, patience=LONG, cancelled=cancelled))
        return Written(9)

    preparation = Preparation("x.csv", "question", waiting)
    preparation.start()
    assert waits.wait(LONG)
    preparation.cancel()
    assert preparation.wait(LONG)
    assert list(folder.iterdir()) == []
    assert (preparation.written, preparation.error) == (None, None)


@pytest.mark.parametrize(
    "error", [Throttled("/Leads/NotContacted", 429), OSError("no space left"), RuntimeError("bug")]
)
def test_preparation__a_failure_leaves_nothing_behind(folder: Path, error: Exception):
    def failing(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        path.write_bytes(b"half")
        raise error

    preparation = Preparation("x.csv", "question", failing)
    with pytest.raises(type(error)):
        preparation.content()
    assert preparation.error is error
    assert preparation.written is None
    assert list(folder.iterdir()) == []


def test_preparation__another_one_takes_its_place(folder: Path):
    slow, desk = Slow(), Desk()
    first, second = Preparation("a.csv", "question", slow), Preparation("b.csv", "question", quick)
    desk.put(first)
    assert slow.begun.wait(LONG)
    desk.put(second)
    assert first.cancelled
    slow.go_on.set()
    assert first.wait(LONG)
    assert second.content() == b"whole"
    assert desk.held is second
    assert len(list(folder.iterdir())) == 1


def test_preparation__put_twice_is_not_its_own_successor():
    preparation, desk = Preparation("a.csv", "question", quick), Desk()
    desk.put(preparation)
    desk.put(preparation)
    assert preparation.content() == b"whole"


def test_preparation__the_end_of_a_session_ends_it(folder: Path):
    """Streamlit calls this when the tab is closed."""
    desk = Desk()
    preparation = Preparation("a.csv", "question", quick)
    desk.put(preparation)
    assert preparation.wait(LONG)
    assert len(list(folder.iterdir())) == 1
    desk.clear()
    assert desk.held is None
    assert list(folder.iterdir()) == []


def test_preparation__one_that_nobody_holds_is_given_up(folder: Path):
    slow = Slow()
    preparation = begun(slow)
    del preparation
    gc.collect()
    slow.go_on.set()
    assert slow.ended.wait(LONG)
    assert slow.pages == 2
    assert [thread.join(LONG) for thread in threading.enumerate() if thread.name == "export"] in ([], [None])
    assert list(folder.iterdir()) == []


EXIT = """
import sys, tempfile, threading
from components.export.job import Preparation
tempfile.tempdir = sys.argv[1]
written = threading.Event()

def make(path, progress, cancelled):
    path.write_bytes(b"half")
    written.set()
    threading.Event().wait()

held = Preparation("x.csv", "question", make)
held.start()
assert written.wait(60)
"""


def test_preparation__is_gone_when_the_process_ends(folder: Path):
    subprocess.run([sys.executable, "-c", EXIT, str(folder)], cwd=ROOT, check=True, timeout=LONG)
    assert list(folder.iterdir()) == []


def test_desk__removes_what_a_killed_dashboard_left(folder: Path):
    """A new session is enough: nobody may ask for a file again."""
    made = "from components.export.job import *; d = Preparation('a', 1, lambda path, *_: path.write_bytes(b'leads'))"
    code = f"{made}; d.content(); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"TMPDIR": str(folder)}, check=False)
    assert run.returncode == -signal.SIGKILL
    assert len([*folder.glob("*/file")]) == 1
    Desk()
    assert [*folder.iterdir()] == []
