"""Who was contacted, from windows of changes: past days are asked for once, and nothing is lost when rows move."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from lsq_api.contract.errors import Incomplete
from lsq_api.contract.lookups import Activity
from lsq_api.question.spans import Range
from lsq_api.recency.activities import PROBED, SKEW, Contacts
from lsq_api.recency.days import FEW

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
TODAY = datetime(2026, 3, 31, tzinfo=UTC)
HOUR, DAY, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=5)
CALL, MAIL = 22, 30


@dataclass
class Account:
    """Activities as a host holds them, with a clock; writes down which windows it was asked for."""

    activities: list[Activity] = field(default_factory=list)
    now: datetime = NOW
    asked: list[tuple[int, datetime, datetime]] = field(default_factory=list)
    counted: int = 0
    incomplete: int = 0

    def has(self, lead: str, created: datetime, modified: datetime | None = None, code: int = CALL) -> Activity:
        one = Activity(f"act-{len(self.activities)}", code, lead, created_on=created, modified_on=modified or created)
        self.activities.append(one)
        return one

    def change(self, one: Activity, on: datetime) -> None:
        self.activities[self.activities.index(one)] = replace(one, modified_on=on)

    def fetch(self, code: int, start: datetime, end: datetime) -> Iterator[Activity]:
        self.asked.append((code, start, end))
        yield from self._within(code, start, end)
        if self.incomplete:
            self.incomplete -= 1
            raise Incomplete("the total changed")

    def count(self, code: int, start: datetime, end: datetime) -> int:
        self.counted += 1
        return len(self._within(code, start, end))

    def _within(self, code: int, start: datetime, end: datetime) -> list[Activity]:
        return [
            one for one in self.activities if one.code == code and one.modified_on and start <= one.modified_on <= end
        ]

    @property
    def contacts(self) -> Contacts:
        return Contacts(self.fetch, self.count, lambda: self.now, MINUTES)


def last(days: int, now: datetime = NOW) -> Range:
    return Range(now - days * DAY, now)


@pytest.mark.parametrize(
    ("created", "contacted"),
    [
        (NOW - 30 * DAY, True),
        (NOW - 30 * DAY - timedelta(seconds=1), False),
        (NOW, True),
        (NOW + timedelta(seconds=1), False),
        (NOW - 3 * DAY, True),
    ],
)
def test_contacted__is_who_has_an_activity_created_in_the_range(created: datetime, contacted: bool):
    account = Account()
    account.has("a", created)
    assert account.contacts.contacted([CALL], last(30)) == ({"a"} if contacted else set())


def test_contacted__a_change_later_than_the_range_hides_nothing():
    account = Account()
    account.has("a", NOW - 20 * DAY, modified=NOW - HOUR)
    assert account.contacts.contacted([CALL], Range(NOW - 30 * DAY, NOW - 10 * DAY)) == {"a"}


def test_contacted__what_was_made_before_and_changed_in_the_range_is_no_contact():
    account = Account()
    account.has("a", NOW - 50 * DAY, modified=NOW - 3 * DAY)
    assert account.contacts.contacted([CALL], last(30)) == set()


def test_contacted__is_the_union_of_the_codes_and_no_other():
    account = Account()
    account.has("a", NOW - DAY)
    account.has("b", NOW - DAY, code=MAIL)
    account.has("c", NOW - DAY, code=99)
    assert account.contacts.contacted([CALL, MAIL], last(3)) == {"a", "b"}


def test_contacted__what_lies_ahead_is_no_contact_however_far_the_range_goes():
    account = Account()
    account.has("ahead", NOW + HOUR)
    account.has("now", NOW)
    assert account.contacts.contacted([CALL], Range(NOW - 3 * DAY, NOW + 5 * DAY)) == {"now"}


def test_contacted__a_range_that_is_ahead_asks_nothing():
    account = Account()
    assert account.contacts.contacted([CALL], Range(NOW + DAY, NOW + 2 * DAY)) == set()
    assert account.asked == []


def test_past_days__are_asked_for_once():
    account = Account()
    account.has("old", NOW - 20 * DAY)
    contacts = account.contacts
    assert contacts.contacted([CALL], last(30)) == {"old"}
    account.asked.clear()
    account.now += HOUR
    account.has("new", account.now - MINUTES)
    assert contacts.contacted([CALL], last(30, account.now)) == {"old", "new"}
    assert account.asked == [(CALL, TODAY, account.now + SKEW)]


def test_past_days__a_day_that_is_over_becomes_one():
    account = Account()
    account.has("today", NOW - HOUR)
    contacts = account.contacts
    contacts.contacted([CALL], last(3))
    account.now = NOW + DAY
    contacts.contacted([CALL], last(3, account.now))
    account.asked.clear()
    account.now += HOUR
    assert contacts.contacted([CALL], last(3, account.now)) == {"today"}
    assert account.asked == [(CALL, TODAY + DAY, account.now + SKEW)]


def test_past_days__an_hour_ago_is_asked_for_once_in_five_minutes():
    account = Account()
    contacts = account.contacts
    contacts.contacted([CALL], last(30))
    first = len(account.asked)
    contacts.contacted([CALL], last(7))
    account.now += MINUTES - timedelta(seconds=1)
    contacts.contacted([CALL], last(7))
    assert len(account.asked) == first
    contacts.renew()
    contacts.contacted([CALL], last(7))
    assert len(account.asked) == first + 1


def test_past_days__what_is_gone_from_today_is_gone():
    account = Account()
    account.has("a", NOW - HOUR)
    contacts = account.contacts
    assert contacts.contacted([CALL], last(3)) == {"a"}
    account.activities.clear()
    account.now += MINUTES
    assert contacts.contacted([CALL], last(3, account.now)) == set()


def test_past_days__a_longer_range_asks_for_the_days_before_alone():
    account = Account()
    account.has("older", NOW - 60 * DAY)
    contacts = account.contacts
    contacts.contacted([CALL], last(30))
    account.asked.clear()
    assert contacts.contacted([CALL], last(90)) == {"older"}
    assert account.asked == [(CALL, TODAY - 90 * DAY, TODAY - 30 * DAY)]


def test_moved__an_activity_changed_meanwhile_is_taken_as_it_is_now():
    """Its creation was corrected: the kept day says otherwise, and is not believed."""
    account = Account()
    one = account.has("a", NOW - 20 * DAY)
    contacts = account.contacts
    assert contacts.contacted([CALL], last(30)) == {"a"}
    account.activities[0] = replace(one, created_on=NOW - 50 * DAY, modified_on=NOW + HOUR)
    account.now = NOW + 2 * HOUR
    assert contacts.contacted([CALL], last(30, account.now)) == set()
    account.now += 3 * DAY
    assert contacts.contacted([CALL], last(30, account.now)) == set()
    assert contacts.kept == 1


def test_moved__an_activity_that_leaves_a_day_before_it_is_read_is_found_today():
    account = Account()
    moving = account.has("moving", NOW - 20 * DAY)
    for number in range(FEW + 1):
        account.has(f"other-{number}", NOW - 10 * DAY)
    contacts = account.contacts
    read = account.fetch

    def moves(code: int, start: datetime, end: datetime) -> Iterator[Activity]:
        if len(account.asked) == 1 and moving in account.activities:  # between the first window and the next
            account.change(moving, NOW)
        return read(code, start, end)

    contacts = Contacts(moves, account.count, lambda: account.now, MINUTES)
    assert "moving" in contacts.contacted([CALL], last(30))
    assert len(account.asked) > 2


def test_windows__many_activities_are_read_in_several_that_share_their_ends():
    account = Account()
    for number in range(3 * FEW):
        account.has(f"lead-{number}", NOW - timedelta(minutes=number))
    contacts = account.contacts
    assert len(contacts.contacted([CALL], last(30))) == 3 * FEW
    windows = sorted((start, end) for _, start, end in account.asked)
    assert len(windows) >= 3
    assert [end for _, end in windows[:-1]] == [start for start, _ in windows[1:]]
    assert (windows[0][0], windows[-1][1]) == (TODAY - 30 * DAY, NOW + SKEW)


class Stopped(Exception):
    pass


def test_windows__what_was_read_before_a_stop_is_not_read_again():
    account = Account()
    for number in range(3 * FEW):
        account.has(f"lead-{number}", NOW - timedelta(minutes=number))
    contacts = account.contacts
    steps = 0

    def stops() -> None:
        nonlocal steps
        steps += 1
        if steps == 12:
            raise Stopped

    with pytest.raises(Stopped):
        contacts.contacted([CALL], last(30), stops)
    before = list(account.asked)
    assert len(contacts.contacted([CALL], last(30))) == 3 * FEW
    again = [window for window in account.asked[len(before) :] if window in before]
    assert again == [before[-1]], "the window that was broken off, and no other"


def test_windows__one_that_changes_while_it_is_read_is_read_again():
    account = Account(incomplete=2)
    account.has("a", NOW - DAY)
    assert account.contacts.contacted([CALL], last(3)) == {"a"}
    assert len(account.asked) == 3


def test_windows__one_that_keeps_changing_is_an_error():
    with pytest.raises(Incomplete):
        Account(incomplete=9).contacts.contacted([CALL], last(3))


def test_gaps__say_what_is_missing_and_count_it():
    account = Account()
    for number in range(2_500):
        account.has(f"lead-{number}", NOW - timedelta(minutes=number))
    contacts = account.contacts
    (gap,) = contacts.gaps([CALL], last(30))
    assert (gap.start, gap.activities, gap.calls) == (TODAY - 30 * DAY, 2_500, 3)
    contacts.contacted([CALL], last(30))
    assert account.counted == 1
    assert contacts.gaps([CALL], last(30)) == []
    account.now += MINUTES
    (gap,) = contacts.gaps([CALL], last(30, account.now))
    assert (gap.start, gap.calls) == (TODAY, 1)


def test_gaps__a_host_that_counts_pages_alone_is_read_by_growing_spans():
    account = Account()
    account.has("a", NOW - 20 * DAY)
    contacts = Contacts(account.fetch, lambda *_: None, lambda: account.now, MINUTES)
    (gap,) = contacts.gaps([CALL], last(30))
    assert (gap.activities, gap.calls) == (None, 2)
    assert contacts.contacted([CALL], last(30)) == {"a"}
    spans = [end - start for _, start, end in account.asked]
    assert spans == [7 * DAY, 14 * DAY, 9 * DAY, SKEW + 12 * HOUR]


def test_gaps__of_very_many_codes_are_not_counted():
    account = Account()
    gaps = account.contacts.gaps(range(PROBED + 1), last(30))
    assert {gap.activities for gap in gaps} == {None}
    assert account.counted == 0


def test_kept__is_bounded():
    account = Account()
    for code in (CALL, MAIL):
        for number in range(4):
            account.has(f"lead-{number}", NOW - DAY, code=code)
    contacts = Contacts(account.fetch, account.count, lambda: account.now, MINUTES, most=5)
    assert len(contacts.contacted([CALL], last(3))) == 4
    assert len(contacts.contacted([MAIL], last(3))) == 4
    assert contacts.kept == 4
    assert contacts.gaps([MAIL], last(3)) == []
    assert len(contacts.gaps([CALL], last(3))) == 1
