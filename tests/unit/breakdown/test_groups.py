"""A breakdown's groups: ranked, folded, and still coming to the whole."""

from decimal import Decimal

import pytest

from components.breakdown.groups import Breakdown, Slice, added_up, drawn, most_first
from components.shell.measures import joined
from lsq_api.contract.answer import Group
from lsq_api.contract.report import Function

COUNT, AVERAGE, SUM = Function.COUNT, Function.AVERAGE, Function.SUM


def slice_(label: str, waiting: int, book: int = 100, scored: int = 0, figure: str | None = None) -> Slice:
    return Slice(label, label, waiting, book, scored, None if figure is None else Decimal(figure))


def found(function: Function, *slices: Slice, groups: int | None = None, total: Slice | None = None) -> Breakdown:
    ranked = most_first(slices, function)
    return Breakdown(ranked, groups or len(ranked), total or added_up(ranked, "All", function), function)


def labels(slices: tuple[Slice, ...]) -> str:
    return " ".join(one.label for one in slices)


def test_most_first__by_what_is_measured():
    a, b, c = slice_("a", 5, 10, 1, "7"), slice_("b", 9, 10, 1, "2"), slice_("c", 7, 10, 0, None)
    assert labels(most_first([a, b, c], COUNT)) == "b c a"
    assert labels(most_first([c, b, a], AVERAGE)) == "a b c"


def test_most_first__a_figure_below_nothing_goes_before_none():
    assert labels(most_first([slice_("none", 9), slice_("less", 1, 10, 1, "-3")], SUM)) == "less none"


def test_drawn__the_others_of_a_count_are_the_rest():
    rest = drawn(found(COUNT, slice_("a", 9), slice_("b", 5, 50), slice_("c", 3, 30)), 1)
    assert (labels(rest.shown), rest.folded) == ("a", 2)
    assert rest.others == Slice(None, "2 others", 8, 80)


def test_drawn__one_too_many_is_shown_rather_than_folded_alone():
    rest = drawn(found(COUNT, slice_("a", 9), slice_("b", 5)), 1)
    assert (labels(rest.rows), rest.others) == ("a b", None)


def test_drawn__the_others_mean_is_weighted_by_the_leads_with_a_value():
    """The mean of the groups' means would be 30, and the mean over all leads of a group would count those without."""
    parts = [slice_("a", 4, 9, 4, "100"), slice_("b", 90, 99, 9, "50"), slice_("c", 1, 1, 1, "10"), slice_("d", 7)]
    others = drawn(found(AVERAGE, *parts), 1).others
    assert others is not None
    assert (others.scored, others.figure) == (10, Decimal(46))


def test_drawn__others_without_any_value_have_no_mean():
    others = drawn(found(AVERAGE, slice_("a", 4, 9, 4, "100"), slice_("b", 3), slice_("c", 2)), 1).others
    assert others is not None
    assert (others.waiting, others.figure) == (5, None)


def test_drawn__the_others_sum_is_the_rest_of_the_whole():
    others = drawn(found(SUM, slice_("a", 1, 1, 0, "0.5"), slice_("b", 1, 1, 0, "-2"), slice_("c", 3)), 1).others
    assert others is not None
    assert others.figure == -2


def test_drawn__groups_that_were_not_read_are_among_the_others():
    whole = Slice(None, "All", 1_000, 4_000, 800, Decimal(10))
    part = found(AVERAGE, slice_("a", 60, 100, 50, "90"), slice_("b", 3, 8, 2, "50"), groups=500, total=whole)
    rest = drawn(part, 2)
    assert not part.whole
    assert rest.folded == 498
    assert rest.others == Slice(None, "498 others", 937, 3_892, 748, Decimal(8_000 - 4_600) / 748)


def test_drawn__what_two_answers_disagree_on_is_never_below_none():
    """The whole was counted a moment before the groups, when there were fewer leads."""
    rest = drawn(found(COUNT, slice_("a", 60), groups=9, total=Slice(None, "All", 59, 90)), 1)
    assert rest.others == Slice(None, "8 others", 0, 0)


def test_drawn__ordered_values_stand_in_their_own_order():
    parts = (slice_("10", 5), slice_("9", 7), Slice(None, "No score", 6, 9), slice_("-1.5", 1))
    found_ = Breakdown(most_first(parts, COUNT), 4, added_up(parts, "All", COUNT), COUNT, ordered=True)
    assert labels(drawn(found_, 9).shown) == "-1.5 9 10 No score"
    assert labels(drawn(found_, 2).rows) == "9 No score 2 others"


def test_drawn__dates_stand_in_their_own_order():
    parts = (slice_("2026-03-01 00:00:00", 5), slice_("2025-12-31 10:00:00", 7))
    found_ = Breakdown(parts, 2, added_up(parts, "All", COUNT), COUNT, ordered=True)
    assert labels(drawn(found_, 9).shown).startswith("2025-12-31")


@pytest.mark.parametrize(("each", "single"), [(1, True), (3, False)])
def test_single__where_nearly_every_lead_is_a_group(each: int, single: bool):
    assert found(COUNT, *(slice_(str(number), each) for number in range(40))).single is single


@pytest.mark.parametrize(
    ("part", "whole"),
    [("Web", "Web"), (" web ", "WEB"), ("007", "7"), ("7.0", "7"), (None, None), ("", None)],
)
def test_joined__one_group_under_two_spellings(part: str | None, whole: str | None):
    """Each answer names a group by a spelling of its own leads."""
    assert joined([Group(part, 1)], [Group(whole, 3)]) == [(Group(part, 1), Group(whole, 3))]


def test_joined__groups_that_only_look_alike_stay_apart():
    """A host that tells case and zeros apart has groups of their own: none may be lost or taken for another."""
    pairs = joined(
        [Group("Web", 1), Group("web", 2)], [Group("Web", 3), Group("web", 4), Group("7", 5), Group("07", 6)]
    )
    assert {(part and part.count, whole and whole.count) for part, whole in pairs} == {
        (1, 3), (2, 4), (None, 5), (None, 6)
    }  # fmt: skip


def test_joined__nothing_is_lost():
    pairs = joined([Group("a", 1)], [Group("b", 2)])
    assert pairs == [(Group("a", 1), None), (None, Group("b", 2))]
