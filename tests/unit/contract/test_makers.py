"""Who is active at all hours: a rule over the hours of a day."""

from hypothesis import given
from hypothesis import strategies as st

from lsq_api.contract.makers import ENOUGH, HARDLY, NIGHT, ActivityMakers, Made, Maker, at_all_hours

HOURS = st.lists(st.integers(0, 5_000), min_size=24, max_size=24)


def test_hours__of_a_machine_and_of_a_person():
    assert at_all_hours([10] * 24) is True
    assert at_all_hours([0] * 8 + [50] * 10 + [0] * 6) is False
    # The night may lie across midnight, as it does in UTC for most of the world.
    assert at_all_hours([0] * 3 + [50] * 18 + [0] * 3) is False
    # A stray hour at night, of a person who travels, is no machine.
    assert at_all_hours([1] + [0] * 7 + [500] * 16) is False
    assert at_all_hours([ENOUGH - 1] + [0] * 23) is None


@given(HOURS, st.integers(0, 23))
def test_hours__the_zone_does_not_matter(hours: list[int], zone: int):
    assert at_all_hours(hours) == at_all_hours(hours[zone:] + hours[:zone])


@given(HOURS)
def test_hours__by_the_definition(hours: list[int]):
    """In plain Python over the days: is there a stretch of the night with hardly anything in it?"""
    twice, whole = hours * 2, sum(hours)
    nights = [twice[start : start + NIGHT] for start in range(24)]
    if whole >= ENOUGH:
        assert at_all_hours(hours) is all(sum(night) >= HARDLY * whole for night in nights)


@given(
    st.dictionaries(
        st.uuids().map(str),
        st.builds(
            Maker, st.integers(1, 99), st.sampled_from([None, True, False]), st.lists(st.integers(0, 999)).map(tuple)
        ),
    ),
    st.dictionaries(st.integers(0, 999), st.builds(Made, *[st.integers(0, 99)] * 3)),
)
def test_makers__are_read_as_they_are_written(users: dict[str, Maker], codes: dict[int, Made]):
    makers = ActivityMakers(users, codes)
    assert ActivityMakers.read(makers.wire()) == makers
