from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.breakdown import treemap
from components.breakdown.groups import Slice
from lsq_api.contract.report import Function

COUNT = Function.COUNT


def tile(waiting: int, label: str = "Web", book: int | None = None) -> Slice:
    return Slice(label, label, waiting, waiting * 2 if book is None else book)


def drawn(rows: list[Slice], function: Function = COUNT, *, dark: bool = False) -> dict[str, Any]:
    (bars,) = treemap.figure(rows, function, "Leads not contacted", dark=dark).to_dict()["data"]
    return dict(bars)


def boxes(bars: dict[str, Any]) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each tile."""
    found = zip(bars["x"], bars["width"], bars["base"], bars["y"], strict=True)
    return [(x - wide / 2, base, x + wide / 2, base + high) for x, wide, base, high in found]


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=60))
def test_figure__tiles_lie_side_by_side(counts: list[int]):
    """None outside of the chart, none over another: a click can only mean one."""
    placed = boxes(drawn([tile(count, str(n)) for n, count in enumerate(counts)]))
    assert len(placed) == len(counts)
    for n, (left, top, right, bottom) in enumerate(placed):
        assert -0.01 <= left < right <= 200.01
        assert -0.01 <= top < bottom <= 100.01
        for other in placed[n + 1 :]:
            apart = other[0] >= right - 1e-6 or other[2] <= left + 1e-6
            assert apart or other[1] >= bottom - 1e-6 or other[3] <= top + 1e-6


def test_figure__a_tile_is_as_large_as_its_figure():
    one, other = [(right - left) * (bottom - top) for left, top, right, bottom in boxes(drawn([tile(900), tile(300)]))]
    assert one / other == pytest.approx(3, rel=0.1)


def test_tiles__are_the_bars_of_the_figure_in_their_order():
    """A click tells the place of a bar."""
    rows = [tile(1, "small"), tile(0, "none"), tile(9, "large"), tile(4, "middle")]
    labels = [one.label for one in treemap.tiles(rows, COUNT)]
    assert labels == ["large", "middle", "small"]
    assert [text.split("</b>")[0].removeprefix("<b>") for text in drawn(rows)["text"]] == labels


def test_tiles__of_a_sum_below_nothing_have_no_area():
    rows = [Slice("a", "a", 1, 2, 1, Decimal(-5)), Slice("b", "b", 1, 2, 1, Decimal(5)), Slice("c", "c", 1, 2, 0, None)]
    assert [one.label for one in treemap.tiles(rows, Function.SUM)] == ["b"]
    assert len(drawn(rows, Function.SUM)["x"]) == 1


@pytest.mark.parametrize("dark", [False, True])
def test_figure__a_larger_share_is_stronger_and_text_stays_readable(dark: bool):
    bars = drawn([tile(40, "all", book=40), tile(30, "half", book=60), tile(20, "few", book=400)], dark=dark)
    light = [_light(color) for color in bars["marker"]["color"]]
    assert light == sorted(light, reverse=dark)
    for ground, ink in zip(bars["marker"]["color"], bars["textfont"]["color"], strict=True):
        high, low = sorted((_light(ground), _light(ink)), reverse=True)
        assert (high + 0.05) / (low + 0.05) > 3


def _light(color: str) -> float:
    """Relative luminance, as WCAG defines it."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_figure__of_nothing_is_a_figure():
    assert list(drawn([])["x"]) == []


def test_figure__names_are_never_html_and_wrap():
    (text,) = drawn([tile(3, "<b>Bold</b> Alexandria Marchand")])["text"]
    assert "&lt;b&gt;Bold" in text
    assert text.count("<br>") >= 2
