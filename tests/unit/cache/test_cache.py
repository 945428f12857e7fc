"""Kept answers: fresh, stale and renewed, too old, and what stands in when the host does not answer."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lsq_api.cache.cache import LAST_GOOD, PAUSE, Cache, Life
from lsq_api.contract import errors

START = datetime(2026, 11, 23, 8, 35, tzinfo=UTC)
LIFE = Life(timedelta(minutes=5), timedelta(minutes=30))
MINUTE = timedelta(minutes=1)
DOWN = errors.Unreachable("no answer")


class Host:
    """Counts up with each question; fails where it is told to, and waits where it is told to."""

    def __init__(self) -> None:
        self.now, self.asked = START, 0
        self.failure: Exception | None = None
        self.open = threading.Event()
        self.open.set()
        self.begun = threading.Semaphore(0)
        self.threads: set[int] = set()

    def __call__(self) -> list[int]:
        self.threads.add(threading.get_ident())
        self.asked += 1
        said = self.asked
        self.begun.release()
        assert self.open.wait(10)
        if self.failure:
            raise self.failure
        return [said]

    def cache(self, most: int = 10, most_bytes: int = 10**6, **more: int) -> Cache:
        return Cache(most, most_bytes, lambda: self.now, **more)


def settled(cache: Cache) -> None:
    """Wait until nothing is being asked any more."""
    for thread in threading.enumerate():
        if thread.name == "renewal":
            thread.join(10)
    assert not cache.renewing


def test_fresh__is_served_without_asking_and_as_a_copy():
    host = Host()
    cache = host.cache()
    first = cache.get("a", LIFE, host)
    assert isinstance(first.answer, list)
    first.answer.append("spoilt")
    host.now += 5 * MINUTE - timedelta(seconds=1)
    again = cache.get("a", LIFE, host)
    assert (again.answer, again.fetched.at, again.renewing, again.problem) == ([1], START, False, None)
    assert (host.asked, cache.uses) == (1, (1, 1))


def test_stale__is_served_at_once_and_asked_anew_in_the_background():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 6 * MINUTE
    host.open.clear()
    old = cache.get("a", LIFE, host)
    assert (old.answer, old.renewing, cache.renewing) == ([1], True, True)
    host.open.set()
    settled(cache)
    new = cache.get("a", LIFE, host)
    assert (new.answer, new.fetched.at, new.renewing) == ([2], START + 6 * MINUTE, False)


def test_stale__many_viewers_are_one_call():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 6 * MINUTE
    host.open.clear()
    assert [cache.get("a", LIFE, host).answer for _ in range(5)] == [[1]] * 5
    host.open.set()
    settled(cache)
    assert host.asked == 2


def test_stale__a_whole_screen_is_renewed_however_many_answers_it_has():
    host = Host()
    cache = host.cache(most=100)
    for key in range(20):
        cache.get(str(key), LIFE, host)
    host.now += 6 * MINUTE
    host.open.clear()
    assert all(cache.get(str(key), LIFE, host).renewing for key in range(20))
    host.open.set()
    settled(cache)
    assert host.asked == 40
    assert not any(cache.get(str(key), LIFE, host).renewing for key in range(20))


def test_too_old__is_waited_for():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 30 * MINUTE
    assert cache.get("a", LIFE, host).answer == [2]


def test_asked_at_once__equal_questions_are_one_call():
    host = Host()
    cache = host.cache()
    host.open.clear()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(cache.get, "a", LIFE, host) for _ in range(8)]
        assert host.begun.acquire(timeout=10)
        host.open.set()
        answers = [one.result(10).answer for one in waiting]
    assert answers == [[1]] * 8
    assert cache.uses == (7, 1)


def test_asked_at_once__equal_questions_fail_together():
    host = Host()
    host.failure = errors.Rejected("/a", 400)
    cache = host.cache()
    host.open.clear()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(cache.get, "a", LIFE, host) for _ in range(4)]
        assert host.begun.acquire(timeout=10)
        host.open.set()
        assert {type(one.exception(10)) for one in waiting} == {errors.Rejected}
    host.failure = None
    assert cache.get("a", LIFE, host).answer[-1] == host.asked, "and the failure is not kept"


@pytest.mark.parametrize(
    "failure",
    [
        DOWN,
        errors.Throttled("/a", 429),
        errors.HostFailed("/a", 503),
        errors.UnexpectedAnswer("HTML"),
        errors.Incomplete("changed"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_down__the_last_good_answer_stands_in_with_the_reason(failure: errors.LeadSquaredError):
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 12 * 60 * MINUTE
    host.failure = failure
    found = cache.get("a", LIFE, host)
    assert (found.answer, found.fetched.at, found.problem) == ([1], START, failure)


@pytest.mark.parametrize(
    "failure", [errors.Unauthorized("/a", 401), errors.Rejected("/a", 400), errors.NotFound("/a", 404), KeyError("bug")]
)
def test_down__what_will_not_pass_is_an_error(failure: Exception):
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 60 * MINUTE
    host.failure = failure
    with pytest.raises(type(failure)):
        cache.get("a", LIFE, host)


def test_down__nothing_stands_in_for_long():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += LAST_GOOD
    host.failure = DOWN
    with pytest.raises(errors.Unreachable):
        cache.get("a", LIFE, host)


def test_down__a_screen_does_not_wait_for_each_of_its_answers():
    host = Host()
    cache = host.cache()
    for key in "abc":
        cache.get(key, LIFE, host)
    host.now += 60 * MINUTE
    host.failure = DOWN
    assert [cache.get(key, LIFE, host).problem for key in "abc"] == [DOWN] * 3
    assert host.asked == 4, "one question has shown that the host is down"
    host.now += PAUSE
    host.failure = None
    assert [cache.get(key, LIFE, host).problem for key in "abc"] == [None] * 3


def test_down__a_stale_answer_says_so_once_that_is_known():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 6 * MINUTE
    host.failure = DOWN
    assert cache.get("a", LIFE, host).problem is None
    settled(cache)
    known = cache.get("a", LIFE, host)
    assert (known.answer, known.problem) == ([1], DOWN)


def test_renew__everything_is_asked_while_the_viewer_waits():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    cache.renew()
    assert cache.fetched("a", LIFE) is None
    assert cache.get("a", LIFE, host).answer == [2]
    assert cache.get("a", LIFE, host).answer == [2]


def test_renew__the_last_good_answer_stands_in_where_that_fails():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    cache.renew()
    host.failure = DOWN
    found = cache.get("a", LIFE, host)
    assert (found.answer, found.problem) == ([1], DOWN)


def test_renew__an_answer_that_was_under_way_does_not_count_as_new():
    host = Host()
    cache = host.cache()
    host.open.clear()
    with ThreadPoolExecutor(1) as pool:
        early = pool.submit(cache.get, "a", LIFE, host)
        assert host.begun.acquire(timeout=10)
        cache.renew()
        host.open.set()
        assert early.result(10).answer == [1]
    assert cache.get("a", LIFE, host).answer == [2]


def test_fetched__is_of_what_would_be_served():
    host = Host()
    cache = host.cache()
    assert cache.fetched("a", LIFE) is None
    cache.get("a", LIFE, host)
    host.now += 29 * MINUTE
    assert (found := cache.fetched("a", LIFE)) is not None
    assert found.at == START
    host.now += MINUTE
    assert cache.fetched("a", LIFE) is None


def test_most__the_oldest_go_first():
    host = Host()
    cache = host.cache(most=2)
    for key in "abc":
        cache.get(key, LIFE, host)
    assert [cache.fetched(key, LIFE) is not None for key in "abc"] == [False, True, True]


def test_most__bytes_are_bounded_too():
    host = Host()
    cache = host.cache(most_bytes=3_000)
    for key in "abc":
        cache.get(key, LIFE, lambda: "x" * 2_000)
    assert [cache.fetched(key, LIFE) is not None for key in "abc"] == [False, False, True]


def test_background__a_bug_is_in_the_log(caplog: pytest.LogCaptureFixture):
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    host.now += 6 * MINUTE
    host.failure = KeyError("a bug")
    cache.get("a", LIFE, host)
    settled(cache)
    assert "a bug" in caplog.text


def test_ahead__many_are_asked_at_once_and_each_is_waited_for():
    host = Host()
    host.open.clear()
    cache = host.cache(most=20)
    for number in range(16):
        cache.ahead(str(number), LIFE, host)
    for _ in range(16):
        assert host.begun.acquire(timeout=10), "side by side: none has answered yet"
    host.open.set()
    assert sorted(cache.get(str(number), LIFE, host).answer for number in range(16)) == [[n + 1] for n in range(16)]
    assert host.asked == 16


def test_ahead__as_few_at_once_as_the_host_is_to_answer():
    host = Host()
    host.open.clear()
    cache = host.cache(most=20, at_once=2)
    for number in range(16):
        cache.ahead(str(number), LIFE, host)
    for _ in range(2):
        assert host.begun.acquire(timeout=10)
    host.open.set()
    found = [cache.get(str(number), LIFE, host).answer for number in range(16)]
    assert sorted(found[2:]) == found[2:], "in the order in which they were begun"
    assert len(host.threads) == 2


def test_ahead__what_can_be_served_is_not_asked():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    cache.ahead("a", LIFE, host)
    host.now += 10 * MINUTE
    cache.ahead("a", LIFE, host)
    settled(cache)
    assert host.asked == 1


def test_ahead__a_failure_is_met_once_and_asked_once():
    """A page of sixteen answers must not ask a host that is down thirty-two times."""
    host = Host()
    host.failure = DOWN
    cache = host.cache()
    cache.ahead("a", LIFE, host)
    settled(cache)
    with pytest.raises(errors.Unreachable):
        cache.get("a", LIFE, host)
    assert host.asked == 1
    host.failure = None
    assert cache.get("a", LIFE, host).answer == [2]


def test_ahead__the_next_screen_asks_anew():
    host = Host()
    host.failure = DOWN
    cache = host.cache()
    cache.ahead("a", LIFE, host)
    settled(cache)
    host.failure = None
    cache.ahead("a", LIFE, host)
    assert cache.get("a", LIFE, host).answer == [2]


def test_ahead__a_failure_of_long_ago_is_not_met():
    host = Host()
    host.failure = DOWN
    cache = host.cache()
    cache.ahead("a", LIFE, host)
    settled(cache)
    host.failure = None
    host.now += PAUSE
    assert cache.get("a", LIFE, host).answer == [2]


def test_trip__fetches_what_is_missing_and_begins_before_its_answers():
    host = Host()
    cache = host.cache()
    cache.get("a", LIFE, host)
    trips: list[list[str]] = []

    def trip(keys: Sequence[str]) -> dict[str, Callable[[], object]]:
        trips.append(list(keys))
        host.now += MINUTE  # it took a while: the answers are as old as the question
        return {key: lambda key=key: key.upper() for key in keys}

    cache.ahead_of(["a", "b", "c", "b"], LIFE, trip)
    settled(cache)
    cache.ahead_of(["b", "c"], LIFE, trip)
    settled(cache)
    assert trips == [["b", "c"]]
    served = [cache.get(key, LIFE, pytest.fail) for key in ("a", "b", "c")]
    assert [one.answer for one in served] == [[1], "B", "C"]
    assert {one.fetched.at for one in served} == {START}


def test_trip__an_answer_that_fails_is_alone_with_it():
    cache = Host().cache()

    def fails() -> object:
        raise DOWN

    cache.ahead_of(["a", "b"], LIFE, lambda _: {"a": fails, "b": lambda: "B"})
    settled(cache)
    assert cache.get("b", LIFE, pytest.fail).answer == "B"
    with pytest.raises(errors.Unreachable):
        cache.get("a", LIFE, pytest.fail)
