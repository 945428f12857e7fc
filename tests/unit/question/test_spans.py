from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.question.spans import (
    AGE_CLASSES,
    ANY,
    EARLIEST,
    LATEST,
    LEAD_TOKENS,
    OLD_CLASSES,
    OLDEST_CLASSES,
    QUIET_TOKENS,
    AgeClass,
    BadLink,
    Between,
    Last,
    Range,
    cut,
    midnight,
    overlap,
    read_window,
    stepped,
)

BERLIN, NEW_YORK, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
BEIRUT, HAVANA = ZoneInfo("Asia/Beirut"), ZoneInfo("America/Havana")  # put their clocks forward and back at midnight
ZONES = st.sampled_from([BERLIN, NEW_YORK, KOLKATA, BEIRUT, HAVANA, UTC])
NOW = datetime(2026, 3, 29, 12, 34, 56, 789, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
DAYS = st.dates(date(1971, 1, 1), date(2100, 12, 31))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "zone", "start", "end"),
    [
        (Last("24h"), BERLIN, utc(2026, 3, 28, 12, 34), utc(2026, 3, 29, 12, 34)),
        (Last("7d"), BERLIN, utc(2026, 3, 22, 12, 34), utc(2026, 3, 29, 12, 34)),
        (Last("365d"), KOLKATA, utc(2025, 3, 29, 12, 34), utc(2026, 3, 29, 12, 34)),
        (Last("today"), KOLKATA, utc(2026, 3, 28, 18, 30), utc(2026, 3, 29, 12, 34)),
        (Last("today"), BERLIN, utc(2026, 3, 28, 23), utc(2026, 3, 29, 12, 34)),
        (Last("today"), NEW_YORK, utc(2026, 3, 29, 4), utc(2026, 3, 29, 12, 34)),
        (Between(date(2026, 1, 5), date(2026, 1, 31)), KOLKATA, utc(2026, 1, 4, 18, 30), utc(2026, 1, 31, 18, 29, 59)),
        (Between(date(2026, 3, 29), date(2026, 3, 29)), BERLIN, utc(2026, 3, 28, 23), utc(2026, 3, 29, 21, 59, 59)),
        (Between(date(2025, 10, 26), date(2025, 10, 26)), BERLIN, utc(2025, 10, 25, 22), utc(2025, 10, 26, 22, 59, 59)),
        (Between(date(2026, 3, 8), date(2026, 3, 8)), NEW_YORK, utc(2026, 3, 8, 5), utc(2026, 3, 9, 3, 59, 59)),
        (Between(date(2026, 3, 29), date(2026, 3, 29)), BEIRUT, utc(2026, 3, 28, 22), utc(2026, 3, 29, 20, 59, 59)),
        (Between(date(2025, 11, 2), date(2025, 11, 2)), HAVANA, utc(2025, 11, 2, 4), utc(2025, 11, 3, 4, 59, 59)),
        (Between(date(2026, 1, 5), None), UTC, utc(2026, 1, 5), utc(2026, 3, 29, 12, 34)),
        (Between(None, date(2026, 1, 5)), UTC, EARLIEST, utc(2026, 1, 5, 23, 59, 59)),
        (Between(date(2030, 1, 1), None), UTC, utc(2030, 1, 1), utc(2030, 1, 1)),
        (Between(None, date(1950, 1, 1)), UTC, utc(1950, 1, 1, 23, 59, 59), utc(1950, 1, 1, 23, 59, 59)),
        (Between(utc(2026, 1, 5, 1), utc(2026, 1, 5, 1, 0, 9)), KOLKATA, utc(2026, 1, 5, 1), utc(2026, 1, 5, 1, 0, 9)),
    ],
)
def test_window__resolves(window: Last | Between, zone: ZoneInfo, start: datetime, end: datetime) -> None:
    assert window.resolve(NOW, zone) == Range(start, end)


def test_window__any_sends_nothing() -> None:
    assert ANY.resolve(NOW, BERLIN) is None
    assert ANY.params("created") == {}


@given(DAYS, ZONES)
def test_window__days_share_no_second_and_leave_none_out(day: date, zone: ZoneInfo) -> None:
    """A lead created in the hour of a clock change would be in two days, or in none."""
    following = min(day + timedelta(days=1), date(2100, 12, 31))
    first, second = (Between(each, each).resolve(NOW, zone) for each in (day, following))
    assert first.start <= first.end
    assert first.start.astimezone(zone).date() == first.end.astimezone(zone).date() == day
    assert following == day or second.start - first.end == timedelta(seconds=1)


@given(MOMENTS, ZONES, st.sampled_from(sorted({*LEAD_TOKENS, *QUIET_TOKENS})))
def test_window__all_requests_of_one_minute_are_equal(now: datetime, zone: ZoneInfo, token: str) -> None:
    span = Last(token).resolve(now, zone)
    assert span == Last(token).resolve(now.replace(second=0, microsecond=0), zone)
    assert span.start <= span.end == cut(now.astimezone(zone)) <= now
    assert span.start.tzinfo is UTC
    assert (span.start.microsecond, span.end.second) == (0, 0)


@given(MOMENTS, ZONES)
def test_window__today_begins_at_the_midnight_before_now(now: datetime, zone: ZoneInfo) -> None:
    start = Last("today").resolve(now, zone).start
    assert start == midnight(now.astimezone(zone).date(), zone)
    assert start <= now < start + timedelta(hours=25)


def test_window__needs_an_aware_now() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Last("7d").resolve(datetime(2026, 1, 1), UTC)


@pytest.mark.parametrize(
    ("params", "window"),
    [
        ({}, ANY),
        ({"created": ["30D"]}, Last("30d")),
        ({"created": ["any"]}, ANY),
        ({"created": ["30d", "7d"]}, Last("30d")),
        ({"created": ["30d"], "created_from": ["2026-01-05"]}, Last("30d")),
        ({"modified": ["30d"]}, ANY),
        ({"created_from": ["2026-01-05"], "created_to": ["2026-01-31"]}, Between(date(2026, 1, 5), date(2026, 1, 31))),
        ({"created_from": ["2026-01-05"]}, Between(date(2026, 1, 5), None)),
        ({"created_to": ["2026-01-05"]}, Between(None, date(2026, 1, 5))),
        ({"created_to": ["2026-01-05t10:20:30z"]}, Between(None, utc(2026, 1, 5, 10, 20, 30))),
    ],
)
def test_read_window__reads(params: dict[str, list[str]], window: object) -> None:
    assert read_window("created", params, LEAD_TOKENS) == window


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"created": ["24h"]}, "“24h” is not a span"),
        ({"created": ["-7d"]}, "is not a span"),
        ({"created_from": ["2026-02-30"]}, "“2026-02-30” is no date of the calendar"),
        ({"created_from": ["05.01.2026"]}, "is not a date; the form is 2026-01-31"),
        ({"created_from": ["20260105"]}, "is not a date"),
        ({"created_from": ["٢٠٢٦-٠١-٠٥"]}, "is not a date"),
        ({"created_from": ["2026-01-05T25:00:00Z"]}, "no date of the calendar"),
        (
            {"created_from": ["2026-02-01"], "created_to": ["2026-01-31"]},
            "begins on 2026-02-01, after its end on 2026-",
        ),
        ({"created_from": ["1899-12-31"]}, "not between 1900 and 2100"),
        ({"created_to": ["2101-01-01"]}, "not between 1900 and 2100"),
        ({"created_from": ["2026-01-05"], "created_to": ["2026-01-05T10:00:00Z"]}, "a day and the other an instant"),
    ],
)
def test_read_window__refuses(params: dict[str, list[str]], said: str) -> None:
    with pytest.raises(BadLink, match=said):
        read_window("created", params, LEAD_TOKENS)


def test_between__needs_a_bound_and_one_kind() -> None:
    with pytest.raises(ValueError, match="bounds"):
        Between()
    with pytest.raises(ValueError, match="one kind"):
        Between(date(2026, 1, 1), utc(2026, 1, 2))
    with pytest.raises(ValueError, match="whole seconds"):
        Between(datetime(2026, 1, 1), None)
    with pytest.raises(ValueError, match="relative span"):
        Last("8d")


@given(MOMENTS, st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31, 23, 59, 59), timezones=st.just(UTC)))
def test_age_classes__every_second_is_in_exactly_one(now: datetime, created: datetime) -> None:
    """The bars of "by age" must add up to the total, and each bar's door must lead to its own leads only."""
    second = created.replace(microsecond=0)
    spans = [age.resolve(now) for age in AGE_CLASSES]
    assert sum(span.start <= second <= span.end for span in spans) == 1
    assert [one.start - other.end for one, other in pairwise(spans)] == [timedelta(seconds=1)] * (len(AGE_CLASSES) - 1)


@pytest.mark.parametrize(
    ("label", "youngest", "oldest"),
    [
        ("<1 h", timedelta(minutes=-5), timedelta(minutes=59, seconds=59)),
        ("1–24 h", timedelta(hours=1), timedelta(hours=23, minutes=59, seconds=59)),
        ("1–3 d", timedelta(days=1), timedelta(days=3, hours=23, minutes=59, seconds=59)),
        ("4–7 d", timedelta(days=4), timedelta(days=7, hours=23)),
        ("8–30 d", timedelta(days=8), timedelta(days=30, hours=23)),
        ("31–90 d", timedelta(days=31), timedelta(days=90, hours=23)),
        (">90 d", timedelta(days=91), timedelta(days=9000)),
    ],
)
def test_age_classes__bounds(label: str, youngest: timedelta, oldest: timedelta) -> None:
    span = next(age for age in AGE_CLASSES if age.label == label).resolve(NOW)
    assert span.start <= cut(NOW) - oldest <= cut(NOW) - youngest <= span.end


def test_overlap__keeps_what_both_have() -> None:
    one, other = Range(utc(2026, 1, 1), utc(2026, 1, 3)), Range(utc(2026, 1, 3), utc(2026, 1, 9))
    assert overlap(one, other) == Range(utc(2026, 1, 3), utc(2026, 1, 3))
    assert overlap(one, Range(utc(2026, 1, 4), LATEST)) is None


@given(
    MOMENTS,
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 12, 31, 23, 59, 59), timezones=st.just(UTC)),
    st.sampled_from([OLD_CLASSES, OLDEST_CLASSES])
    | st.tuples(st.integers(0, 20_000), st.integers(0, 20_000)).map(
        lambda days: stepped(timedelta(days=min(days)), timedelta(days=max(days)))
    ),
)
def test_further_classes__every_second_is_in_exactly_one(
    now: datetime, created: datetime, classes: tuple[AgeClass, ...]
) -> None:
    second = created.replace(microsecond=0)
    assert sum(span.start <= second <= span.end for span in (age.resolve(now) for age in classes)) == 1
    assert len({age.label for age in classes}) == len(classes) >= 2


@given(st.integers(91, 20_000), st.integers(1, 5_000), st.floats(0, 0.99))
def test_stepped__tells_ages_apart(first: int, longer: int, hours: float) -> None:
    """Of leads spread over their ages no class has them all, and neither end is a class of nobody."""
    youngest, oldest = timedelta(days=first, hours=24 * hours), timedelta(days=first + longer, hours=24 * hours)
    classes = stepped(youngest, oldest)
    spread = [youngest + (oldest - youngest) * part / 200 for part in range(201)]
    counts = [
        sum(one.youngest <= age and (one.oldest is None or age < one.oldest) for age in spread) for one in classes
    ]
    assert sum(counts) == 201
    assert max(counts) < 201 or longer < 7
    assert len(classes) <= 8
    if longer >= 14:
        assert counts[0] > 0 < counts[-1]


def test_stepped__stays_the_same_from_one_day_to_the_next() -> None:
    day, bank = timedelta(days=1), (timedelta(days=5_384), timedelta(days=5_535))
    labels = [[age.label for age in stepped(bank[0] + n * day, bank[1] + n * day)] for n in (0, 1)]
    assert labels[0] == labels[1]
    assert labels[0] == ["<5,400 d", "5,400–5,429 d", "5,430–5,459 d", "5,460–5,489 d", "5,490–5,519 d", ">5,519 d"]
