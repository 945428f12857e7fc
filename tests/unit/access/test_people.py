"""Who a person is among the users, and whose leads that lets them see: held against a walk in plain Python."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsq_api.access.people import NO_EXCEPTIONS, Exceptions, Rank, person
from lsq_api.contract.errors import NotConnected
from lsq_api.question.directory import Directory, ListedUser

ROLES = ("Sales_User", "Sales_Manager", "Marketing_User", "Administrator", "")
USERS = 8


@st.composite
def companies(draw: st.DrawFn) -> list[ListedUser]:
    """Users who report to any of them, also in circles, to themselves, or to somebody who is not listed."""
    above = [None, "nobody-listed", *(f"u{number}" for number in range(USERS))]
    return [
        ListedUser(
            f"u{number}",
            f"User {number}",
            draw(st.sampled_from([f"u{number}@x.example", f"U{number}@X.example", "shared@x.example", "", None])),
            draw(st.booleans()),
            draw(st.sampled_from(above)),
            draw(st.sampled_from(ROLES)),
        )
        for number in range(USERS)
    ]


def below(manager: str, users: list[ListedUser]) -> frozenset[str]:
    found = {manager}
    while more := {user.id for user in users if user.manager_id in found} - found:
        found |= more
    return frozenset(found)


@given(
    companies(), st.sampled_from([*(f"u{number}@x.example" for number in range(USERS)), "shared@x.example", "", "a@b"])
)
def test_person__sees_what_their_place_lets_them(users: list[ListedUser], email: str):
    directory = Directory.build(users=users)
    found = person(email.upper(), directory, NO_EXCEPTIONS, lambda manager: below(manager, users))
    theirs = [user for user in users if email and (user.email or "").lower() == email]
    active = [user for user in theirs if user.active]
    if any(user.role == "Administrator" for user in active):
        assert (found.rank, found.scope.owners) == (Rank.ADMINISTRATOR, None)
        return
    expected = frozenset[str]().union(*(below(user.id, users) for user in active))
    assert found.scope.owners == expected
    if not active:
        assert found.rank is (Rank.LEFT if theirs else Rank.UNKNOWN)


def exceptions(given: Mapping[str, object]) -> Exceptions:
    return Exceptions.read(given)


USUAL = Directory.build(
    users=[
        ListedUser("boss", "Boss", "boss@x.example"),
        ListedUser("rep", "Rep", "rep@x.example", manager_id="boss"),
        ListedUser("gone", "Gone", "gone@x.example", active=False, role="Administrator"),
    ]
)


@pytest.mark.parametrize(
    ("email", "said", "rank", "owners"),
    [
        ("head@x.example", {"all": ["Head@x.example"]}, Rank.ADMINISTRATOR, None),
        ("pa@x.example", {"as": {"pa@x.example": "boss@x.example"}}, Rank.MANAGER, {"boss", "rep"}),
        ("pa@x.example", {"as": {"pa@x.example": "gone@x.example"}}, Rank.LEFT, set()),
        ("pa@x.example", {"as": {"pa@x.example": "nobody@x.example"}}, Rank.UNKNOWN, set()),
        ("pa@x.example", {"as": {"pa@x.example": "h@x.example"}, "all": ["h@x.example"]}, Rank.ADMINISTRATOR, None),
        ("gone@x.example", {}, Rank.LEFT, set()),
        ("rep@x.example", {}, Rank.USER, {"rep"}),
    ],
)
def test_exceptions__are_those_of_the_installation(
    email: str, said: Mapping[str, object], rank: Rank, owners: set[str] | None
):
    found = person(email, USUAL, exceptions(said), lambda manager: below(manager, list(USUAL.users)))
    assert (found.rank, found.scope.owners) == (rank, owners)


@pytest.mark.parametrize("said", [{"all": ["no address"]}, {"as": ["x@y"]}, {"everyone": True}, {"as": {"x": "y@z"}}])
def test_exceptions__that_cannot_be_used_are_refused_by_name(said: Mapping[str, object]):
    with pytest.raises(NotConnected, match=rf"^{next(iter(said))} in \[access\] cannot be used"):
        exceptions(said)
