"""The count of calls, with a clock that goes on when told to."""

import sqlite3
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lsq_api.limits.bucket import BULK_EARLY, DAY, SCREEN_EARLY, Bucket, NoPermit, Permit, deciding_limits
from lsq_api.limits.rate import Rate

FIVE_A_SECOND = Rate(5, 1)
MARGIN = 0.15


class Clock:
    """Seconds since 1970, for all who share a file."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    Bucket.in_file(tmp_path / "state" / "x.calls", [FIVE_A_SECOND], MARGIN).close()
    yield tmp_path / "state" / "x.calls"


def opened(file: Path, clock: Clock, *rates: Rate) -> Bucket:
    conn = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    return Bucket(conn, rates or [FIVE_A_SECOND], MARGIN, clock)


def granted(bucket: Bucket, times: int, *, early: float = SCREEN_EARLY) -> list[Permit]:
    found = [bucket.take(early=early) for _ in range(times)]
    assert all(isinstance(one, Permit) for one in found), found
    return [one for one in found if isinstance(one, Permit)]


def refused(bucket: Bucket, *, early: float = SCREEN_EARLY) -> NoPermit:
    found = bucket.take(early=early)
    assert isinstance(found, NoPermit)
    return found


def test_bucket__no_more_than_the_limit_and_how_long_to_wait(file: Path, clock: Clock):
    bucket = opened(file, clock)
    for _ in range(5):
        granted(bucket, 1)
        clock.now += 0.1
    assert refused(bucket).seconds == pytest.approx(1.15 - 0.5, abs=0.002)


def test_bucket__the_window_slides(file: Path, clock: Clock):
    bucket = opened(file, clock)
    granted(bucket, 2)
    clock.now += 0.6
    granted(bucket, 3)
    clock.now += 0.56
    granted(bucket, 2)
    refused(bucket)


def test_bucket__is_wider_than_the_hosts_window(file: Path, clock: Clock):
    """Calls that leave a window apart may arrive closer to each other."""
    bucket = opened(file, clock)
    granted(bucket, 5)
    clock.now += 1
    refused(bucket)
    clock.now += MARGIN + 0.01
    assert {permit.at for permit in granted(bucket, 5)} == {bucket.now()}


def test_bucket__counts_a_call_from_when_it_was_sent(file: Path, clock: Clock):
    """A connection takes a while to stand, and the host sees the call after that."""
    bucket = opened(file, clock)
    (late,) = granted(bucket, 1)
    granted(bucket, 4)
    clock.now += 0.5
    bucket.sent(late)
    clock.now += 0.66
    granted(bucket, 4)
    assert refused(bucket).seconds == pytest.approx(0.49, abs=0.002)


def test_bucket__gives_a_permit_for_the_moment_that_is_near(file: Path, clock: Clock):
    """And not one more for it."""
    bucket = opened(file, clock)
    granted(bucket, 5)
    clock.now += 1.12
    assert [permit.at / 1000 for permit in granted(bucket, 5)] == pytest.approx([clock.now + 0.031] * 5, abs=0.002)
    refused(bucket)


def test_bucket__a_permit_ends_before_it_is_forgotten(file: Path, clock: Clock):
    (permit,) = granted(opened(file, clock), 1)
    assert clock.now * 1000 < permit.good_until < (clock.now + 1 + MARGIN) * 1000


def test_bucket__is_one_for_all_who_open_the_file_and_outlives_them(file: Path, clock: Clock):
    one, other = opened(file, clock), opened(file, clock)
    granted(one, 3)
    granted(other, 2)
    refused(one)
    refused(other)
    one.close()
    other.close()
    refused(opened(file, clock))


def test_bucket__a_day_has_its_own_budget(file: Path, clock: Clock):
    bucket = opened(file, clock, FIVE_A_SECOND, Rate(12, DAY // 1000))
    for _ in range(3):
        granted(bucket, 4)
        clock.now += 60
    found = refused(bucket)
    assert found.day_is_spent
    assert found.seconds == pytest.approx(DAY / 1000 - 180, abs=1)
    clock.now += found.seconds + 0.01
    granted(bucket, 4)
    assert refused(bucket).day_is_spent


def test_bucket__a_narrower_limit_holds_at_once_and_for_all(file: Path, clock: Clock):
    one, other = opened(file, clock), opened(file, clock)
    granted(one, 3)
    other.learn(Rate(3, 1))
    refused(one)
    one.close()
    assert [(window.limit, window.interval) for window in opened(file, clock).limits()] == [(3, 1150)]


def test_bucket__what_was_learnt_holds_for_a_day(file: Path, clock: Clock):
    """A plan can be raised: the configured limit is tried again."""
    bucket = opened(file, clock)
    bucket.learn(Rate(2, 1))
    clock.now += DAY / 1000 - 1
    assert bucket.limits()[0].limit == 2
    clock.now += 2
    assert bucket.limits()[0].limit == 5


@pytest.mark.parametrize("named", [Rate(5, 1), Rate(9, 1), None])
def test_bucket__refused_within_the_limit_makes_room_for_others(file: Path, clock: Clock, named: Rate | None):
    """Other programs share the account: one call fewer for an hour, once for all that were refused together."""
    bucket = opened(file, clock)
    for _ in range(12):
        bucket.learn(named)
    assert bucket.limits()[0].limit == 4
    clock.now += 3_000
    bucket.learn(named)
    assert bucket.limits()[0].limit == 3
    clock.now += 601
    assert bucket.limits()[0].limit == 3, "an hour from the last time"
    clock.now += 3_000
    assert bucket.limits()[0].limit == 5


def test_bucket__never_makes_room_for_more_than_half(file: Path, clock: Clock):
    bucket = opened(file, clock, Rate(10, 1))
    for _ in range(20):
        bucket.learn(None)
        clock.now += 5
    assert bucket.limits()[0].limit == 5


def test_bucket__pauses_for_everybody_and_never_shorter_than_asked(file: Path, clock: Clock):
    one, other = opened(file, clock), opened(file, clock)
    one.pause(5)
    other.pause(2)
    assert refused(other).seconds == pytest.approx(5, abs=0.01)
    clock.now += 5.01
    granted(other, 1)


def test_bucket__a_screen_has_its_permit_before_a_file_of_another_process(file: Path, clock: Clock):
    """A file that uses the whole limit would have every call that becomes free, and a screen would wait for seconds."""
    one, other = opened(file, clock), opened(file, clock)
    granted(one, 5, early=BULK_EARLY)
    clock.now += 1 + MARGIN - SCREEN_EARLY + 0.01
    refused(one, early=BULK_EARLY)
    (permit,) = granted(other, 1)
    assert permit.at / 1000 == pytest.approx(clock.now + SCREEN_EARLY - 0.01, abs=0.002)


def test_bucket__a_file_has_the_calls_that_no_screen_waits_for(file: Path, clock: Clock):
    """And a little early too, so that none of the limit is lost."""
    bucket = opened(file, clock)
    granted(bucket, 5, early=BULK_EARLY)
    clock.now += 1 + MARGIN - BULK_EARLY + 0.01
    granted(bucket, 5, early=BULK_EARLY)
    refused(bucket, early=BULK_EARLY)


def test_bucket__a_file_of_an_earlier_version_is_counted_on(file: Path, clock: Clock):
    """It has a table of the screens that wait, which stays: an older dashboard on the same file would fail without."""
    with sqlite3.connect(file) as conn:
        conn.execute("CREATE TABLE pages (process TEXT PRIMARY KEY, until INTEGER)")
        conn.execute("INSERT INTO pages VALUES ('older', ?)", (round(1000 * clock.now) + 400,))
        conn.execute("INSERT INTO calls VALUES ('older', ?)", (round(1000 * clock.now),))
    conn.close()
    granted(opened(file, clock), 4, early=BULK_EARLY)
    refused(opened(file, clock))
    with sqlite3.connect(file) as conn:
        assert conn.execute("SELECT process FROM pages").fetchall() == [("older",)]
    conn.close()


def test_bucket__a_clock_set_back_does_not_lock_everybody_out(file: Path, clock: Clock):
    bucket = opened(file, clock)
    granted(bucket, 5)
    bucket.pause(50)
    refused(opened(file, clock))
    clock.now -= 3_600
    assert refused(bucket).seconds == pytest.approx(1 + MARGIN, abs=0.002)
    clock.now += 1 + MARGIN + 0.01
    granted(bucket, 5)


def test_bucket__old_calls_are_forgotten(file: Path, clock: Clock):
    bucket = opened(file, clock)
    for _ in range(300):
        granted(bucket, 2)
        clock.now += 1.2
    assert bucket.count() < 500


def test_bucket__nobody_else_may_read_the_file(file: Path):
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([Rate(25, 5)], [(25, 5)]),
        ([Rate(25, 5), Rate(20, 5)], [(20, 5)]),
        ([Rate(10_000, 86_400), Rate(25, 5)], [(25, 5), (10_000, 86_400)]),
        ([Rate(25, 5), Rate(10, 60)], [(10, 60)]),
        ([Rate(25, 5), Rate(25, 60)], [(25, 60)]),
        ([Rate(25, 5), Rate(1_000, 60)], [(25, 5), (300, 60)]),
    ],
    ids=["one", "narrower", "day", "longer and fewer", "longer and as many", "longer and faster"],
)
def test_limits__the_deciding_ones(rates: list[Rate], expected: list[tuple[int, int]]):
    assert [(window.limit, window.interval // 1000) for window in deciding_limits(rates, 0)] == expected


def test_bucket__many_open_a_new_file_at_once(tmp_path: Path):
    """One that was refused would count its own calls alone, and the account's limit would be passed."""
    together = threading.Barrier(4)

    def opens(file: Path) -> Bucket:
        together.wait(60)
        return Bucket.in_file(file, [FIVE_A_SECOND], MARGIN)

    with ThreadPoolExecutor(4) as processes:
        for n in range(50):
            buckets = list(processes.map(opens, [tmp_path / f"{n}.calls"] * 4))
            for bucket in buckets:
                granted(bucket, 1)
            assert buckets[0].used(60) == 4
            for bucket in buckets:
                bucket.close()
