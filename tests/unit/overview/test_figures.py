import tomllib
from pathlib import Path
from typing import Any

import pytest

from components.charts import style
from components.overview import figures
from components.shell.measures import Folded, Standing

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
ROWS = [Standing("1", "Ann Lee", 312, 760), Standing("2", "Ravi", 20, 60), Standing("3", "Zoe", 0, 0)]
TOP = Folded(ROWS, 0, 0, 0)
STRANGE = Standing("4", '<b>Eve</b> & "Mallory" O\'Hara', 1, 2)


def drawn(found: Folded) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The bars of the book, the bars of the waiting part, and the layout."""
    figure = figures.leaderboard(found, dark=False).to_dict()
    book, waiting = figure["data"]
    return book, waiting, figure["layout"]


def test_leaderboard__the_waiting_part_lies_over_the_whole_book():
    book, waiting, layout = drawn(TOP)
    assert list(book["x"]) == [760, 60, 0]
    assert list(waiting["x"]) == [312, 20, 0]
    assert list(book["y"]) == list(waiting["y"]) == list(layout["yaxis"]["tickvals"])
    assert layout["barmode"] == "overlay"
    assert book["marker"]["color"] != waiting["marker"]["color"]


def test_leaderboard__count_and_share_are_written_beside_the_bar():
    book, _, _ = drawn(TOP)
    assert list(book["text"]) == ["312 · 41 %", "20 · 33 %", "0 · –"]


def test_leaderboard__the_first_row_is_on_top():
    _, _, layout = drawn(TOP)
    assert list(layout["yaxis"]["ticktext"]) == ["Ann Lee", "Ravi", "Zoe"]
    assert list(layout["yaxis"]["range"]) == [2.5, -0.5]


def test_leaderboard__there_is_room_for_the_text_behind_the_longest_bar():
    _, _, layout = drawn(TOP)
    start, end = layout["xaxis"]["range"]
    on_a_phone = 358 - layout["margin"]["l"]
    assert start == 0
    assert (end - 760) / end * on_a_phone > style.widest(["312 · 41 %"])


def test_leaderboard__bars_keep_half_of_the_room_whatever_stands_beside_them():
    found = Folded([Standing("1", "W" * 60, 123_456_789, 987_654_321)], 0, 0, 0)
    assert drawn(found)[2]["xaxis"]["range"][1] == 2 * 987_654_321


def test_leaderboard__hover_says_the_same_in_words():
    book, waiting, _ = drawn(TOP)
    assert list(book["hovertext"]) == list(waiting["hovertext"])
    assert book["hovertext"][0] == "Ann Lee<br>312 of 760 leads not contacted (41 %)"
    assert "(" not in book["hovertext"][2], "a share of nothing is not said"


def test_leaderboard__two_rows_of_one_name_stay_two_bars():
    """Bars are placed by number: by name Plotly would stack them."""
    book, _, layout = drawn(Folded([Standing("1", "Same", 1, 2), Standing("2", "Same", 3, 4)], 0, 0, 0))
    assert len(set(book["y"])) == 2
    assert list(layout["yaxis"]["ticktext"]) == ["Same", "Same"]


def test_leaderboard__markup_in_a_name_is_text():
    book, waiting, layout = drawn(Folded([STRANGE], 0, 0, 0))
    for text in (*layout["yaxis"]["ticktext"], *book["hovertext"], *waiting["hovertext"]):
        assert "<b>" not in text
        assert "&lt;b&gt;Eve" in text


def test_leaderboard__a_long_name_is_cut_on_the_axis_and_whole_in_the_hover():
    name = "Anantharamakrishnan Venkatasubramanian"
    book, _, layout = drawn(Folded([Standing("1", name, 1, 2)], 0, 0, 0))
    assert layout["yaxis"]["ticktext"][0].endswith("…")
    assert name in book["hovertext"][0]


def test_leaderboard__grows_with_its_rows():
    assert drawn(TOP)[2]["height"] > drawn(Folded(ROWS[:1], 0, 0, 0))[2]["height"]


def test_leaderboard__of_nothing_is_a_figure():
    assert list(drawn(Folded([], 0, 0, 0))[0]["x"]) == []


@pytest.mark.parametrize("dark", [False, True])
def test_drawn__text_can_be_read_on_its_page_and_on_the_other(dark: bool):
    """By the rule of WCAG; on the other for the moment after the theme is changed."""
    layout = style.drawn([], dark=dark, margin={}).to_dict()["layout"]
    grounds = {False: "#FFFFFF", True: "#16181C"}
    assert contrast(layout["font"]["color"], grounds[dark]) > 4.5
    assert contrast(layout["font"]["color"], grounds[not dark]) > 3
    hover = layout["hoverlabel"]
    assert contrast(hover["font"]["color"], hover["bgcolor"]) > 7


def contrast(one: str, other: str) -> float:
    dim, bright = sorted(map(luminance, (one, other)))
    return (bright + 0.05) / (dim + 0.05)


def luminance(color: str) -> float:
    linear = [((part / 255 + 0.055) / 1.055) ** 2.4 for part in bytes.fromhex(color[1:])]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("dark", "theme"), [(False, "light"), (True, "dark")])
def test_drawn__the_hover_has_the_colours_of_the_theme(dark: bool, theme: str):
    colors = tomllib.loads(CONFIG.read_text())["theme"][theme]
    hover = style.drawn([], dark=dark, margin={}).to_dict()["layout"]["hoverlabel"]
    wanted = colors["backgroundColor"], colors["borderColor"], colors["textColor"]
    assert (hover["bgcolor"], hover["bordercolor"], hover["font"]["color"]) == wanted


def test_drawn__nothing_is_left_for_a_second_drawing():
    """No template, which is never equal to itself, and data of one revision."""
    layout = style.drawn([], dark=False, margin={}).to_dict()["layout"]
    assert "template" not in layout
    assert layout["datarevision"] == 1


def test_ages__one_bar_each_in_the_order_given():
    figure = figures.ages([("<1 h", 1), ("1–24 h", 0), (">90 d", 1204)], tall=300, dark=False).to_dict()
    bars = figure["data"][0]
    assert list(bars["x"]) == ["<1 h", "1–24 h", ">90 d"]
    assert list(bars["y"]) == [1, 0, 1204]
    assert list(bars["text"]) == ["1", "0", "1,204"]
    assert figure["layout"]["xaxis"]["type"] == "category", "or Plotly would sort or read the labels as numbers"


@pytest.mark.parametrize("dark", [False, True])
def test_ages__the_oldest_stands_out_most(dark: bool):
    """On a light page the darkest, on a dark page the lightest."""
    colors = figures.ages([(str(n), n) for n in range(7)], tall=300, dark=dark).to_dict()["data"][0]["marker"]["color"]
    brightness = [sum(bytes.fromhex(color[1:])) for color in colors]
    assert brightness == sorted(brightness, reverse=not dark)
    assert len(set(brightness)) == 7


def test_ages__the_smaller_sign_is_not_read_as_markup():
    bars = figures.ages([("<1 h", 2)], tall=300, dark=True).to_dict()["data"][0]
    assert "&lt;1 h" in bars["hovertext"][0]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (TOP, "Leads not contacted by owners: Ann Lee: 312 of 760; Ravi: 20 of 60; Zoe: 0 of 0"),
        (
            Folded(ROWS[:1], 12, 3400, 9000),
            "Leads not contacted by owners: Ann Lee: 312 of 760; 12 more owners: 3,400 of 9,000",
        ),
        (Folded([STRANGE], 0, 0, 0), 'Leads not contacted by owners: <b>Eve</b> & "Mallory" O\'Hara: 1 of 2'),
    ],
)
def test_in_words__says_what_the_chart_shows(found: Folded, expected: str):
    assert figures.in_words(found, "owners") == expected


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("classes", [0, 1, 2, 7, 8, 12])
def test_scale__has_a_colour_for_every_class(dark: bool, classes: int):
    """An age class more must not be a bar without a colour."""
    colours = style.scale(classes, dark=dark)
    assert len(set(colours)) == classes
    assert colours[:1] == [(style.DARK if dark else style.LIGHT)[0]][:classes]
    if classes == 7:
        assert colours == list(style.DARK if dark else style.LIGHT)


def test_figures__claim_nothing_where_nobody_can_know():
    """No colour for leads not contacted, no share, and no word about it."""
    figure = figures.leaderboard(TOP, dark=False, known=False).to_dict()
    book, waiting = figure["data"]
    assert list(book["text"]) == ["312", "20", "0"]
    assert book["marker"]["color"] == waiting["marker"]["color"]
    assert book["hovertext"][0] == "Ann Lee<br>312 leads, contacted or not"
    assert figures.in_words(Folded(ROWS[:2], 3, 9, 9), "owners", known=False) == (
        "Leads by owners, contacted or not: Ann Lee: 312; Ravi: 20; 3 more owners: 9"
    )
    (bars,) = figures.ages([("<1 h", 3)], tall=300, dark=False, known=False).to_dict()["data"]
    assert list(bars["hovertext"]) == ["Came in &lt;1 h ago<br>3 leads, contacted or not"]
    assert bars["marker"]["color"] == book["marker"]["color"]
