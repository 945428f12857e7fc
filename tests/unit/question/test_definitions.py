"""Definitions of contact that are proposed, by names of types and by who creates activities."""

from hypothesis import given
from hypothesis import strategies as st

from lsq_api.contract.makers import ActivityMakers, Made
from lsq_api.question.definitions import MOSTLY, Definition, proposed
from lsq_api.question.directory import Directory, ListedType

NAMES = {
    1: "Email Opened",
    201: "W_Nabellen offertes (COMPLETE)",
    202: "W_Nabellen offertes (SCHEDULE)",
    203: "Site Visit",
    204: "WhatsApp Message",
    205: "SMS",
    206: "A_ACCEPTED",
    207: "A_SUBMITTED",
}


def directory(*codes: int, **contacts: tuple[int, ...]) -> Directory:
    return Directory.build(activity_types=[ListedType(code, NAMES[code]) for code in codes], contacts=contacts)


def made(**by: tuple[int, int, int]) -> ActivityMakers:
    return ActivityMakers(codes={int(code[1:]): Made(*counts) for code, counts in by.items()})


def test_proposed__widens_from_calls_to_any_activity():
    known = made(
        c201=(90, 0, 10),
        c202=(90, 0, 0),
        c203=(9, 0, 0),
        c204=(9, 1, 0),
        c205=(8, 1, 0),
        c206=(5, 0, 9),
        c207=(0, 9, 0),
    )
    assert proposed(directory(*NAMES), known) == (
        Definition("Calls", (201,)),
        Definition("Calls, meetings and visits", (201, 203)),
        Definition("Calls, meetings, visits and messages by a person", (201, 203, 204)),
        Definition("Types of activity that people do", (201, 203, 204, 206)),
        Definition("Any activity", tuple(NAMES)),
    )


def test_proposed__without_makers_names_alone_decide():
    assert proposed(directory(*NAMES), None) == (
        Definition("Calls", (201,)),
        Definition("Calls, meetings and visits", (201, 203)),
        Definition("Calls, meetings, visits and messages", (201, 203, 204, 205)),
        Definition("Any activity", tuple(NAMES)),
    )


def test_proposed__what_is_the_same_is_proposed_once_and_what_is_nothing_not_at_all():
    assert proposed(directory(204, 206), None) == (
        Definition("Messages", (204,)),
        Definition("Any activity", (204, 206)),
    )
    assert proposed(directory(206, 207), None) == (Definition("Any activity", (206, 207)),)
    assert proposed(directory(201), None) == (Definition("Any activity", (201,)),)


def test_proposed__the_accounts_own_definitions_come_first():
    first, *_ = proposed(directory(201, 203, 206, **{"Bank contact": (203, 206)}), None)
    assert first == Definition("Bank contact", (203, 206))


@given(
    st.sets(st.sampled_from(list(NAMES)), min_size=1),
    st.none()
    | st.dictionaries(st.sampled_from(list(NAMES)), st.tuples(*[st.integers(0, 9)] * 3).map(lambda n: Made(*n))).map(
        lambda codes: ActivityMakers(codes=codes)
    ),
)
def test_proposed__each_has_types_of_the_account_no_two_the_same_and_the_last_all(
    codes: set[int], makers: ActivityMakers | None
):
    account = directory(*sorted(codes))
    found = proposed(account, makers)
    assert found[-1] == Definition("Any activity", account.codes)
    assert len({one.codes for one in found}) == len({one.name for one in found}) == len(found)
    assert all(one.codes and set(one.codes) <= codes for one in found)
    by_person = next((one.codes for one in found if one.name == "Types of activity that people do"), ())
    for code in by_person:
        counts = makers.codes[code] if makers else Made()
        assert counts.by_people and counts.by_people >= MOSTLY * (counts.by_people + counts.by_systems)
