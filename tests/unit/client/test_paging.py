"""Every row once, whatever happens to the rows while they are read; pages ahead, in order, no further than needed."""

import threading
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.client.paging import MOST, ONE_BY_ONE, REPAIRS, Block, Paged, PageSchedule, every_block, in_order
from lsq_api.contract.errors import GivenUp, HostFailed, Incomplete
from lsq_api.limits.queue import Caller

MANY = PageSchedule(calls=25, seconds=0.0)
LONG = 60


class Books:
    """Rows that change at given calls: `changes` maps a call's number, from 1, to the rows from then on."""

    def __init__(self, rows: Sequence[int], changes: dict[int, Sequence[int]] | None = None) -> None:
        self.rows, self.changes, self.asked = rows, changes or {}, 0
        self.lock = threading.Lock()

    def ask(self, index: int, size: int = 2) -> Block[int]:
        with self.lock:
            self.asked += 1
            self.rows = self.changes.get(self.asked, self.rows)
            return Block(len(self.rows), list(self.rows[(index - 1) * size : index * size]))

    def paged(self, size: int = 2) -> Paged[int]:
        return Paged("rows", size, lambda index: self.ask(index, size), lambda row: row)


def read(books: Books, ahead: PageSchedule = ONE_BY_ONE) -> list[int]:
    blocks = list(every_block(books.paged(), ahead))
    rows = [row for block in blocks for row in block.rows]
    assert len(rows) == len(set(rows)), "each row once"
    assert blocks[-1].total == len(rows), "the last total is the one that holds"
    return rows


def test_paging__as_they_are():
    books = Books([1, 2, 3, 4, 5])
    assert read(books) == [1, 2, 3, 4, 5]
    assert books.asked == 3


@pytest.mark.parametrize(
    "changes",
    [
        {3: [9, 1, 2, 3, 4, 5]},
        {2: [1, 9, 2, 3, 4, 5]},
        {3: [1, 2, 3, 4, 5, 9]},
        {2: [8, 1, 2, 3, 4, 5], 3: [9, 8, 1, 2, 3, 4, 5]},
    ],
    ids=["before what was read", "at its edge", "after it", "twice"],
)
def test_paging__rows_that_come_are_read_too(changes: dict[int, list[int]]):
    books = Books([1, 2, 3, 4, 5], changes)
    assert sorted(read(books)) == sorted(books.rows)


def test_paging__a_row_that_leaves_unread_is_not_missed():
    books = Books([1, 2, 3, 4, 5], {2: [1, 2, 3, 4]})
    assert read(books) == [1, 2, 3, 4]


def test_paging__a_row_that_left_and_pushed_another_out_of_sight():
    """Row 1 goes, row 3 moves to the page that was read: as many rows as the total, and the wrong ones."""
    books = Books([1, 2, 3, 4], {2: [2, 3, 4]})
    with pytest.raises(Incomplete, match="1 rows left while the others were read"):
        read(books)


def test_paging__rows_that_never_hold_still():
    books = Books([1, 2, 3, 4, 5], {call: list(range(call, call + 6 - call % 3)) for call in range(2, 60)})
    with pytest.raises(Incomplete, match=r"under way|left while"):
        read(books)
    assert books.asked <= (1 + REPAIRS) * 4


def test_paging__a_host_that_loses_rows_is_asked_again():
    """The second time round it brings what the first did not."""

    def ask(index: int) -> Block[int]:
        asked.append(index)
        rows = [1, 2, 2, 4] if len(asked) <= 2 else [1, 2, 3, 4]
        return Block(4, rows[(index - 1) * 2 : index * 2])

    asked: list[int] = []
    blocks = every_block(Paged("rows", 2, ask, lambda row: row))
    assert sorted(row for block in blocks for row in block.rows) == [1, 2, 3, 4]


def test_paging__no_rows_are_one_empty_page():
    assert [(block.total, block.rows) for block in every_block(Books([]).paged())] == [(0, [])]


@given(
    st.lists(st.integers(0, 99), unique=True, max_size=40),
    st.dictionaries(st.integers(2, 15), st.lists(st.integers(0, 99), unique=True, max_size=40), max_size=3),
    st.booleans(),
)
def test_paging__whole_or_an_error(rows: list[int], changes: dict[int, list[int]], in_advance: bool):
    """Whatever changes: those that were there throughout are read, and the number is the total's, or it is an error."""
    books = Books(rows, changes)
    states = [rows, *changes.values()]
    try:
        found = read(books, MANY if in_advance else ONE_BY_ONE)
    except Incomplete:
        assert changes
        return
    happened = [rows, *(state for call, state in sorted(changes.items()) if call <= books.asked)]
    grew_only = all(set(before) <= set(after) for before, after in pairwise(happened))
    if len(happened) == 1 or grew_only:
        assert set.intersection(*map(set, happened)) <= set(found) <= set.union(set(), *map(set, states))


@pytest.mark.parametrize("expected", [None, 50, 20, 500, 0])
def test_ahead__order_and_number_of_calls(expected: int | None):
    books = Books(list(range(50)))
    assert read(books, PageSchedule(calls=25, expected=expected)) == list(range(50))
    too_many = 8 if expected == 500 else 0
    assert 25 <= books.asked <= 25 + too_many + 33 * bool(too_many)


def test_ahead__many_pages_are_under_way_at_once():
    together = threading.Barrier(8, timeout=LONG)

    def ask(index: int) -> Block[int]:
        together.wait()
        return Block(16, [2 * index, 2 * index + 1])

    paged = Paged("rows", 2, ask, lambda row: row)
    rows = [row for block in every_block(paged, PageSchedule(calls=25, expected=16)) for row in block.rows]
    assert rows == list(range(2, 18))


def test_ahead__is_bounded_however_slowly_pages_are_taken():
    books = Books(list(range(400)))
    blocks = every_block(books.paged(), PageSchedule(calls=100, expected=400))
    next(blocks)
    next(blocks)
    assert books.asked <= MOST + 2


def test_ahead__without_a_limit_one_page_after_the_other():
    books = Books(list(range(50)))
    blocks = every_block(books.paged(), PageSchedule(expected=50))
    for number in range(1, 6):
        next(blocks)
        assert books.asked == number


def test_ahead__a_failure_is_raised_in_its_pages_place():
    def ask(index: int) -> Block[int]:
        if index == 3:
            raise HostFailed("/x", 503)
        return Block(8, [2 * index, 2 * index + 1])

    blocks = every_block(Paged("rows", 2, ask, lambda row: row), PageSchedule(calls=25, expected=8))
    assert [next(blocks).rows, next(blocks).rows] == [[2, 3], [4, 5]]
    with pytest.raises(HostFailed):
        next(blocks)


def test_ahead__cancel_does_not_wait_for_an_answer():
    cancelled, answered = threading.Event(), threading.Event()

    def ask(index: int) -> int:
        assert answered.wait(LONG)
        return index

    pages = in_order(ask, PageSchedule(calls=5, expected=10, caller=Caller(cancelled=cancelled.is_set)), lambda: 10)
    cancelled.set()
    try:
        with pytest.raises(GivenUp):
            next(pages)
    finally:
        answered.set()


def starts(calls: int, pages: int, seconds: float = 5.0) -> list[float]:
    return [PageSchedule(calls, seconds).start(index, pages) for index in range(1, pages + 1)]


def test_start__what_the_last_window_holds_goes_at_once_and_the_rest_evenly():
    found = starts(25, 212)
    assert found[:12] == [0.0] * 12
    steps = [later - earlier for earlier, later in pairwise(found[11:25])]
    assert steps == pytest.approx([5 / 14] * 13)
    assert found[25:] == [0.0] * (212 - 25)


@pytest.mark.parametrize("pages", [1, 24, 25, 50])
def test_start__where_spreading_would_cost_time_all_go_at_once(pages: int):
    assert set(starts(25, pages)) == {0.0}


@given(st.integers(1, 40), st.integers(1, 300))
def test_start__spreading_costs_no_time(calls: int, pages: int):
    """Sent as early as a sliding window allows, the last page goes out when it would without any spreading."""

    def last(wanted: Sequence[float]) -> float:
        sent: list[float] = []
        for start in wanted:
            sent.append(max(start, sent[-calls] + 5.0 if len(sent) >= calls else 0.0))
        return sent[-1]

    assert last(starts(calls, pages)) == pytest.approx(last([0.0] * pages))
