"""Groups worked out here: which values are one, in which order, with which figure."""

from decimal import Decimal

import pytest

from lsq_api.contract.answer import Group
from lsq_api.contract.report import Function
from lsq_api.recency.groups import grouped


@pytest.mark.parametrize(
    ("values", "is_id", "found"),
    [
        ([], False, []),
        (["web", " Web\t", "WEB"], False, [("WEB", 3)]),
        (["7", "007", "7.0", "+7"], False, [("+7", 4)]),
        (["7", "007"], True, [("007", 1), ("7", 1)]),
        (["-0", "0"], False, [("-0", 2)]),
        ([None, "", " \u00a0", "x"], False, [(None, 3), ("x", 1)]),
        ([None, "b", "a"], False, [("a", 1), ("b", 1), (None, 1)]),
        (["b", "b", "a"], False, [("b", 2), ("a", 1)]),
        (["e\u0301", "É", "é"], False, [("É", 2), ("e\u0301", 1)]),
        (["9" * 29, "9" * 28], False, [("9" * 28, 1), ("9" * 29, 1)]),
    ],
)
def test_grouped__by_what_is_equal(values: list[str | None], is_id: bool, found: list[tuple[str | None, int]]):
    groups = grouped(((value, None) for value in values), Function.COUNT, is_id=is_id)
    assert [(group.value, group.count) for group in groups] == found


@pytest.mark.parametrize(
    ("values", "function", "figure"),
    [
        (["1", "2.5", None, ""], Function.SUM, Decimal("3.5")),
        (["1", "2", None, "no number", "nan"], Function.AVERAGE, Decimal("1.5")),
        (["1", "1", "2"], Function.AVERAGE, Decimal("1.333333")),
        ([None, " "], Function.AVERAGE, None),
        ([None], Function.SUM, None),
        (["5"], Function.COUNT, None),
        (["0"], Function.SUM, Decimal(0)),
    ],
)
def test_grouped__figures_of_the_values_there_are(values: list[str | None], function: Function, figure: Decimal | None):
    assert grouped((("a", value) for value in values), function, is_id=False) == [Group("a", len(values), figure)]
