"""Owners that look like systems: by name and address, by their book, and by when they are active."""

import pytest

from components.shell import systems
from components.shell.measures import Standing
from lsq_api.contract.makers import ActivityMakers, Maker
from lsq_api.question.directory import Directory, ListedType, ListedUser

BOSS, ANN, BOB = "boss", "ann", "bob"
PEOPLE = Directory.build(
    users=[
        ListedUser(BOSS, "Bo Ss", "boss@x.org"),
        ListedUser(ANN, "Ann Lee", "ann@x.org", manager_id=BOSS),
        ListedUser(BOB, "Bob Ray", "bob@x.org", manager_id=ANN),
    ]
)


def standing(owner: str | None, book: int = 10) -> Standing:
    return Standing(owner, owner or "No owner", 1, book)


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (ListedUser("x", "Lead Router", "r@x.org"), "is called “router”"),
        (ListedUser("x", "API user", "a@x.org"), "is called “api”"),
        (ListedUser("x", "Ann Lee", "no-reply@x.org"), "has the mailbox “noreply”"),
        (ListedUser("x", "Ann Lee", ""), "has no e-mail address"),
        (ListedUser("x", "Apikalia Systema", "ann@x.org"), ""),
    ],
)
def test_system_owners__by_name_or_address(user: ListedUser, reason: str):
    people = Directory.build(users=[*PEOPLE.users, user])
    found = systems.found([standing("x"), standing(ANN), standing(None, 999)], people)
    assert found == ({"x": reason} if reason else {})


def test_system_owners__where_nobody_has_an_address_it_says_nothing():
    people = Directory.build(users=[ListedUser(str(number), f"Number {number}", "") for number in range(5)])
    assert systems.found([standing(str(number)) for number in range(5)], people) == {}


def test_system_owners__a_book_out_of_all_proportion():
    rows = [standing("big", 900), *(standing(str(number), 20) for number in range(9))]
    assert systems.found(rows, Directory.build()) == {"big": "holds 83 % of all leads"}
    assert systems.found(rows[:4], Directory.build()) == {}, "among few owners none is out of proportion"


TYPES = [ListedType(201, "Site Visit"), ListedType(202, "SMS Sent"), ListedType(203, "Terugbellen (COMPLETE)")]


@pytest.mark.parametrize(
    ("name", "maker", "reason"),
    [
        ("Ann Bell", None, ""),
        ("Ann Bell", Maker(999, at_all_hours=False), ""),
        ("Ann Bell", Maker(999, True, (202,)), "is active day and night, and never calls or visits"),
        ("Ann Bell", Maker(999, True, (201, 202)), ""),
        ("Ann Bell", Maker(999, True, (203,)), ""),
        ("Lead Router", Maker(999, True, (202,)), "is called “router”"),
        ("Lead Router", Maker(9, None), "is called “router”"),
        # Who rests at night is a person, whatever his or her name.
        ("Admin", Maker(999, at_all_hours=False), ""),
    ],
)
def test_system_owners__by_when_they_are_active(name: str, maker: Maker | None, reason: str):
    people = Directory.build(users=[ListedUser("x", name, "x@x.org"), *PEOPLE.users], activity_types=TYPES)
    makers = ActivityMakers({"x": maker} if maker else {})
    assert systems.found([standing("X"), standing(ANN)], people, makers) == ({"X": reason} if reason else {})


def test_system_owners__a_large_book_of_somebody_who_rests_is_no_sign():
    rows = [standing("big", 900), *(standing(str(number), 20) for number in range(9))]
    makers = ActivityMakers({"big": Maker(999, at_all_hours=False)})
    assert systems.found(rows, Directory.build(), makers) == {}
    assert systems.found(rows, Directory.build(), ActivityMakers()) == {"big": "holds 83 % of all leads"}
