"""Owners' books as rows: marked, rolled up, ranked, and opened."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from components.owners import figures, table
from components.owners.books import Book, added_up, mark, teams, whole_team, worst_first
from lsq_api.question.directory import Directory, ListedUser
from lsq_api.question.spans import AGE_CLASSES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOSS, ANN, BOB, CY, LONE = "boss", "ann", "bob", "cy", "lone"
PEOPLE = Directory.build(
    users=[
        ListedUser(BOSS, "Bo Ss", "boss@x.org"),
        ListedUser(ANN, "Ann Lee", "ann@x.org", manager_id=BOSS),
        ListedUser(BOB, "Bob Ray", "bob@x.org", manager_id=ANN),
        ListedUser(CY, "Cy Twombly", "cy@x.org", manager_id=ANN),
        ListedUser(LONE, "Lone Wolf", "lone@x.org"),
    ]
)


def in_class(place: int, count: int) -> tuple[int, ...]:
    """All of some leads in one age class."""
    ages = [0] * len(AGE_CLASSES)
    ages[place] = count
    return tuple(ages)


def row(owner: str | None, waiting: int = 0, book: int = 100, **more: object) -> Book:
    ages = more.pop("ages", in_class(-1, waiting))
    return Book((owner,), PEOPLE.user_label(owner) if owner else "No owner", waiting, book, ages, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("waiting", "book", "said"),
    [
        (26, 100, "Above"),
        (25, 100, ""),
        (254, 1_000, ""),  # shown as 25 %: not above what is shown as 25 %
        (255, 1_000, "Above"),
        (19, 19, "Few leads"),
        (4, 19, ""),
        (0, 0, ""),
    ],
)
def test_mark__in_words(waiting: int, book: int, said: str):
    assert mark(row(ANN, waiting, book), 25) == said


def test_together__a_mean_is_weighted_by_the_leads_that_have_a_score():
    both = added_up(
        [row(ANN, 9, scored=1, mean=Decimal(90)), row(BOB, 9, scored=9, mean=Decimal(10)), row(CY, 5)], "All"
    )
    assert (both.scored, both.mean) == (10, Decimal(18))


def test_together__adds_up_and_keeps_the_oldest():
    old, young = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    both = added_up([row(ANN, 3, 5, oldest=young), row(BOB, 4, 6, oldest=old), row(CY, 1, 1)], "All")
    assert (both.waiting, both.book, both.ages[-1], both.oldest, both.owners) == (8, 12, 8, old, (ANN, BOB, CY))


def test_together__of_nobody_is_nothing():
    assert added_up([], "All") == Book((), "All", 0, 0, ())


@pytest.mark.parametrize(
    ("by", "order"),
    [("waiting", [ANN, CY, BOB, LONE]), ("share", [CY, ANN, LONE, BOB]), ("oldest", [BOB, ANN, LONE, CY])],
)
def test_worst_first__by(by: str, order: list[str]):
    """By share, a book of few leads comes after all that say something; by wait, an exact date before a class."""
    rows = [
        row(ANN, 60, 100),
        row(BOB, 9, 10, oldest=datetime(2020, 1, 1, tzinfo=UTC)),
        row(CY, 40, 50, ages=in_class(0, 40)),
        row(LONE, 8, 50),
    ]
    assert [one.owners[0] for one in worst_first(rows, by)] == order


def test_teams__managers_with_their_own_and_nobody_lost():
    rows = [row(BOSS, 1), row(ANN, 2), row(BOB, 4), row(CY, 8), row(LONE, 16), row(None, 32), row("stranger", 64)]
    rolled = {one.label: (one.waiting, set(one.owners)) for one in teams(rows, PEOPLE)}
    assert rolled == {
        "Team of Bo Ss": (1, {BOSS}),
        "Team of Ann Lee": (14, {ANN, BOB, CY}),
        "No team": (112, {LONE, None, "stranger"}),
    }


def test_whole_team__only_where_the_row_is_all_of_it():
    rows = [row(BOSS, 1), row(ANN, 2), row(BOB, 4), row(CY, 8), row(None, 3)]
    named = {one.label: whole_team(one, rows, PEOPLE) for one in teams(rows, PEOPLE)}
    assert named == {"Team of Ann Lee": ANN, "Team of Bo Ss": None, "No team": None}
    without_cy = [one for one in rows if one.owners != (CY,)]
    assert [whole_team(one, rows, PEOPLE) for one in teams(without_cy, PEOPLE)] == [None, None, None]


def test_oldest__exact_where_it_is_known_else_its_class():
    assert table.oldest(row(ANN, 3, oldest=datetime(2026, 2, 1, tzinfo=UTC)), AGE_CLASSES, NOW) == "28 days"
    assert table.oldest(row(ANN, 3), AGE_CLASSES, NOW) == ">90 d"
    assert table.oldest(row(ANN, 0), AGE_CLASSES, NOW) == "–"


@pytest.mark.parametrize(("count", "step"), [(0, 0), (1, 1), (25, 3), (100, 6)])
def test_step__one_ordered_scale(count: int, step: int):
    assert figures.step(count, 100) == step


def test_frame__numbers_sort_and_read_as_they_should():
    rows = [added_up([row(ANN, 1_284, 3_377)], "All"), row(ANN, 1_284, 3_377, left=True), row(BOB, 0, 0)]
    shown = table.frame(rows, AGE_CLASSES, 25, NOW, teams=False)
    assert list(shown["Owner"]) == ["All", "Ann Lee · left", "Bob Ray"]
    drawn = table.styled(rows, AGE_CLASSES, shown, NOW, "light").to_html()
    assert ">1,284<" in drawn
    assert ">38 %<" in drawn
    assert shown["Oldest"].isna().tolist() == [False, False, True]


def test_shares__who_is_above_is_marked_in_words():
    figure = figures.shares([row(ANN, 60), row(BOB, 10), row(CY, 3, 4)], 25, dark=False)
    assert list(figure.data[1].text) == ["60 % · above", "10 %", "75 % · few leads"]
    assert figure.data[0].hovertext[0] == "Ann Lee<br>60 % · 60 of 100 · above"
    assert figure.layout.shapes[0].x0 == 25


def test_heat__names_are_never_html():
    figure = figures.heat([Book((ANN,), "<b>Ann</b>", 1, 1, in_class(0, 1))], AGE_CLASSES, dark=True)
    assert "&lt;b&gt;Ann" in figure.layout.yaxis.ticktext[0]
    assert all("&lt;b&gt;Ann" in cells.hovertext[0] for cells in figure.data)


def test_heat__a_cell_is_a_bar_in_its_row_and_age():
    """A click tells trace and place: the age class, and the row."""
    figure = figures.heat([row(ANN, 7), row(BOB, 0)], AGE_CLASSES, dark=False)
    cells = {(age, place): cells.text[place] for age, cells in enumerate(figure.data) for place in cells.y}
    assert cells == {
        (age, place): f"{count:,}" if count else ""
        for place, one in enumerate([row(ANN, 7), row(BOB, 0)])
        for age, count in enumerate(one.ages)
    }
    for age, column in enumerate(figure.data):
        assert all(base < age < base + wide for base, wide in zip(column.base, column.x, strict=True))
