"""Days in conditions on moments: the bounds on the wire hold just the moments that the screen shows on those days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.operators import LEAD_OPERATORS
from lsq_api.question import moments
from tests.zones import CHANGES, ZONES

SYMBOLS = ("=", "<>", "<", "<=", ">", ">=", "in")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
KOLKATA, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")

zones = st.sampled_from(ZONES)
# Of the years in which no zone here repeats a part of a day after midnight.
days = st.sampled_from(CHANGES) | st.dates(date(2012, 1, 1), date(2030, 12, 31))


def wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def is_found(at: str, conditions: tuple[LeadFilter, ...]) -> bool:
    """What the wire's operators say of a stored time, both in the one spelling in which text sorts as time does."""
    return all(
        {
            "=": lambda *two: at == two[0],
            ">=": lambda *two: at >= two[0],
            ">": lambda *two: at > two[0],
            "<": lambda *two: at < two[0],
            "<=": lambda *two: at <= two[0],
            "in": lambda *two: at in two,
            "out": lambda *two: not two[0] <= at < two[1],
        }[one.operator](*one.values)
        for one in conditions
    )


def is_meant(at: datetime, symbol: str, values: list[date], zone: ZoneInfo) -> bool:
    """The same by the day that the viewer's clock shows; a value that is a time is that second."""
    local = at.astimezone(zone).date()
    if symbol in {"=", "in", "<>"}:
        hit = any(at == one if isinstance(one, datetime) else local == one for one in values)
        return hit != (symbol == "<>")
    (day,) = values
    return {"<": local < day, "<=": local <= day, ">": local > day, ">=": local >= day}[symbol]


def resolved(symbol: str, values: list[date], zone: ZoneInfo) -> tuple[LeadFilter, ...]:
    texts = tuple(wire(one) if isinstance(one, datetime) else one.isoformat() for one in values)
    condition = LeadFilter(field="CreatedOn", operator=symbol, values=texts)
    return moments.resolved(condition, LEAD_OPERATORS[symbol], zone)


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, list[date], ZoneInfo, list[datetime]]:
    """A condition on days, and moments about where its days begin and end."""
    symbol, zone, first = draw(st.sampled_from(SYMBOLS)), draw(zones), draw(days)
    values: list[date] = [first]
    if symbol == "in":
        near = st.integers(-4, 4).map(lambda n: first + n * DAY)
        values += draw(st.lists(near, max_size=3))
        if draw(st.booleans()):
            values.append(datetime(first.year, first.month, first.day, 23, 59, 59, tzinfo=UTC) + 3 * DAY)
    around = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hours = draw(st.lists(st.integers(-100, 100), min_size=1, max_size=20))
    about = [around + timedelta(hours=hour / 2) + off * SECOND for hour in hours for off in (-1, 0, 1)]
    return symbol, values, zone, about + [one for one in values if isinstance(one, datetime)]


@given(asked())
def test_resolved__finds_just_what_the_screen_shows_on_those_days(
    one: tuple[str, list[date], ZoneInfo, list[datetime]],
) -> None:
    symbol, values, zone, about = one
    conditions = resolved(symbol, values, zone)
    for at in about:
        assert is_found(wire(at), conditions) == is_meant(at, symbol, values, zone), (at, conditions)


@pytest.mark.parametrize(
    ("symbol", "days_", "zone", "bounds"),
    [
        ("=", ["2026-01-06"], KOLKATA, [(">=", "2026-01-05 18:30:00"), ("<", "2026-01-06 18:30:00")]),
        ("<", ["2026-01-06"], KOLKATA, [("<", "2026-01-05 18:30:00")]),
        ("<=", ["2026-01-06"], KOLKATA, [("<", "2026-01-06 18:30:00")]),
        (">", ["2026-01-06"], KOLKATA, [(">=", "2026-01-06 18:30:00")]),
        (">=", ["2026-01-06"], KOLKATA, [(">=", "2026-01-05 18:30:00")]),
        ("<>", ["2026-01-06"], KOLKATA, [("out", "2026-01-05 18:30:00", "2026-01-06 18:30:00")]),
        ("=", ["2026-03-08"], NEW_YORK, [(">=", "2026-03-08 05:00:00"), ("<", "2026-03-09 04:00:00")]),
        ("=", ["2026-11-01"], NEW_YORK, [(">=", "2026-11-01 04:00:00"), ("<", "2026-11-02 05:00:00")]),
        ("in", ["2026-01-07", "2026-01-06"], UTC, [(">=", "2026-01-06 00:00:00"), ("<", "2026-01-08 00:00:00")]),
        (
            "in",
            ["2026-01-06", "2026-01-08"],
            UTC,
            [
                (">=", "2026-01-06 00:00:00"),
                ("<", "2026-01-09 00:00:00"),
                ("out", "2026-01-07 00:00:00", "2026-01-08 00:00:00"),
            ],
        ),
        ("=", ["2026-01-06 10:00:00"], KOLKATA, [("=", "2026-01-06 10:00:00")]),
        ("in", ["2026-01-06 10:00:00"], KOLKATA, [("in", "2026-01-06 10:00:00")]),
        ("def", [], KOLKATA, [("def",)]),
    ],
)
def test_resolved__on_the_wire(symbol: str, days_: list[str], zone: ZoneInfo, bounds: list[tuple[str, ...]]) -> None:
    condition = LeadFilter(field="CreatedOn", operator=symbol, values=tuple(days_))
    found = moments.resolved(condition, LEAD_OPERATORS[symbol], zone)
    assert [(one.operator, *one.values) for one in found] == bounds


@given(st.sampled_from(SYMBOLS), st.lists(days, min_size=1, max_size=4), zones)
def test_asks_to_leave_out__just_where_bounds_are_not_enough(symbol: str, several: list[date], zone: ZoneInfo) -> None:
    """Else a host without the operator would be asked for it, or not be asked what it can answer."""
    values = several if symbol == "in" else several[:1]
    operator = LEAD_OPERATORS[symbol]
    needed = any(one.operator == "out" for one in resolved(symbol, values, zone))
    foretold = moments.asks_to_leave_out(operator, [one.isoformat() for one in values])
    assert foretold or not needed
    if date(2011, 12, 30) in values or zone.key == "Pacific/Apia":
        return  # days on both sides of one that a zone left out follow each other there
    assert foretold == needed


@pytest.mark.parametrize("value", ["1899-12-31", "2101-01-01", "9999-12-31", "soon", "2026-02-30", "2026-1-1"])
def test_bound__what_is_no_day_of_a_link(value: str) -> None:
    with pytest.raises(ValueError, match=r"year|not a date|not a day|no day"):
        moments.bound(value)
