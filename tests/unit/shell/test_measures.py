from decimal import Decimal

import pytest

from components.shell.measures import Folded, Standing, folded, mean, standings
from lsq_api.contract.answer import Group


def named(value: str | None) -> str:
    return "None of them" if value is None else value.upper()


def test_standings__waiting_of_the_book_most_waiting_first():
    waiting = [Group("a", 2), Group("b", 5)]
    book = [Group("a", 10), Group("b", 5), Group("c", 40)]
    assert standings(waiting, book, named) == [
        Standing("b", "B", 5, 5),
        Standing("a", "A", 2, 10),
        Standing("c", "C", 0, 40),
    ]


def test_standings__equal_counts_go_by_book_then_by_label():
    book = [Group("zoe", 3), Group("Ann", 3), Group("big", 9)]
    found = standings([Group(group.value, 1) for group in book], book, str)
    assert [one.value for one in found] == ["big", "Ann", "zoe"]


@pytest.mark.parametrize(
    ("spelled", "other"), [("Web", "web"), ("web ", "WEB"), ("ÄRZTE", "ärzte"), ("Straße", "STRASSE")]
)
def test_standings__two_spellings_of_a_value_are_one_row(spelled: str, other: str):
    """The host groups text without regard to case and blanks; which spelling it answers may differ between calls."""
    assert standings([Group(spelled, 1)], [Group(other, 4)], str) == [Standing(other, other, 1, 4)]


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_standings__no_value_is_one_row_whatever_it_is_written_as(nothing: str | None):
    found = standings([Group(None, 1)], [Group(nothing, 3)], str)
    assert [(one.waiting, one.book) for one in found] == [(1, 3)]


def test_standings__no_value_has_a_name():
    assert standings([Group(None, 1)], [Group(None, 3)], named) == [Standing(None, "None of them", 1, 3)]


def test_standings__a_book_is_never_smaller_than_its_waiting_part():
    """Leads come in between two calls: without this a share would be over 100 %."""
    assert standings([Group("a", 7), Group("new", 1)], [Group("a", 6)], str) == [
        Standing("a", "a", 7, 7),
        Standing("new", "new", 1, 1),
    ]


def test_standings__nothing_from_nothing():
    assert standings([], [], str) == []


def rows(count: int) -> list[Standing]:
    return [Standing(f"s{n}", f"s{n}", count - n, 100 + n) for n in range(count)]


@pytest.mark.parametrize(
    ("count", "most", "kept"), [(0, 3, 0), (2, 3, 2), (3, 3, 3), (4, 3, 4), (5, 3, 3), (20, 10, 10)]
)
def test_folded__keeps_the_first_and_never_folds_one_alone(count: int, most: int, kept: int):
    found = rows(count)
    assert folded(found, most).shown == found[:kept]
    assert folded(found, most).others == count - kept


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 12, 61])
def test_folded__drops_nobody(count: int):
    """What is shown and what is folded come to the whole, or the chart and the metric disagree."""
    found = rows(count)
    fold = folded(found, 3)
    assert sum(one.waiting for one in fold.shown) + fold.waiting == sum(one.waiting for one in found)
    assert sum(one.book for one in fold.shown) + fold.book == sum(one.book for one in found)


def test_folded__of_nothing():
    assert folded([], 10) == Folded([], 0, 0, 0)


@pytest.mark.parametrize(
    ("groups", "counted", "expected"),
    [
        ([Group("a", 3, Decimal(30)), Group("b", 1, Decimal(12))], 4, Decimal("10.5")),
        ([Group("a", 3, Decimal(30)), Group("b", 5, None)], 2, Decimal(15)),
        ([Group("a", 3, Decimal(0))], 3, Decimal(0)),
        ([Group("a", 3, Decimal(-6))], 3, Decimal(-2)),
        ([Group("a", 3, Decimal(30))], 0, None),
        ([Group("a", 3)], 3, None),
        ([], 3, None),
    ],
)
def test_mean__sum_of_the_sums_by_the_leads_that_have_a_score(
    groups: list[Group], counted: int, expected: Decimal | None
):
    """By the leads that have one, not by all of them: a lead without a score is not a lead of score 0."""
    assert mean(groups, counted) == expected
