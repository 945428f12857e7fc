"""Whose call is next."""

import threading

from lsq_api.limits.queue import SHARE, Caller, Line

SCREEN, FILE, OTHER_FILE = Caller(), Caller(bulk=True), Caller(bulk=True)
NAMES = {SCREEN: "screen", FILE: "file", OTHER_FILE: "other"}


def held() -> Line:
    """A line whose lock this thread holds."""
    lock = threading.RLock()
    lock.acquire()
    return Line(lock)


def order(*callers: Caller) -> list[str]:
    """In which order calls are served that wait at the same time."""
    line, served = held(), []
    for caller in callers:
        line.join(caller)
    while place := line.first():
        line.served(place)
        served.append(NAMES[place.caller])
    return served


def test_line__screens_first_as_they_came():
    assert order(FILE, SCREEN, SCREEN, FILE) == ["screen", "screen", "file", "file"]


def test_line__a_file_has_its_share():
    found = order(*[SCREEN] * 12, FILE, FILE, FILE)
    assert found[: SHARE + 1] == ["screen"] * SHARE + ["file"]
    assert found[SHARE + 1 : 2 * SHARE + 2] == ["screen"] * SHARE + ["file"]


def test_line__files_take_turns():
    assert order(FILE, FILE, FILE, OTHER_FILE, OTHER_FILE) == ["file", "other", "file", "other", "file"]


def test_line__one_that_comes_later_is_served_before_a_file_that_waits():
    line = held()
    line.join(FILE)
    screen = line.join(SCREEN)
    assert line.first() is screen


def test_line__who_leaves_is_not_served():
    line = held()
    first, second = line.join(SCREEN), line.join(SCREEN)
    line.leave(first)
    line.leave(first)
    assert line.first() is second
    gone = line.join(FILE)
    line.leave(second)
    line.leave(gone)
    assert line.first() is None
