"""The look of all charts: colours, the room for names, and how a figure is made. Pure: nothing is shown."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from components.shell.words import in_chart
from lsq_api.question.phrases import shortened_apart

SIZE = 12
"""Size of a chart's text in pixels; the font is Source Sans."""
_EMS = {"ijlI.,:;'| ": 0.26, "frt-!()[]{}/\\": 0.36, 'aceksvxyzgFJLYV?*"_': 0.51, "DGHNOQU&": 0.67, "mwMW%@…": 0.95}
"""Widths of letters as parts of the text's size; other Latin letters are 0.6 and digits 0.5."""
_WIDTHS = {letter: width for letters, width in _EMS.items() for letter in letters} | dict.fromkeys("0123456789", 0.5)
_LATIN, _OTHER, _WIDE = 0.6, 0.8, 1.25

WAITING = "#D4691A"
"""The colour of leads not contacted: readable on light and dark, and beside grey for the colour-blind."""
BOOK = "rgba(128, 134, 145, 0.28)"
LIGHT = ("#F5C398", "#EFA76D", "#E68B45", "#D4691A", "#B4500B", "#8F3D06", "#6B2C03")
DARK = ("#5A3418", "#7A4518", "#9C5518", "#BE671A", "#D97B30", "#EC9C5C", "#F8C79A")
"""Ordered scales from little to much, for a light and a dark page; the end that means much stands out most."""
_FONT, _PAD = {"family": '"Source Sans", sans-serif', "size": SIZE}, 8
_TEXT = {False: "#6B7178", True: "#8E949D"}
"""Grey text for a light and a dark page, by whether it is dark: contrast 4.9 to 1 or more, and still 3 to 1 on the
other page, since a chart is not drawn anew when the theme changes.
"""
PLAIN = {"light": "#14171B", "dark": "#E9E7E3"}
"""The colour of a page's own text."""
_HOVER = {
    False: {"bgcolor": "#FFFFFF", "bordercolor": "#E4E2DC", "font": _FONT | {"color": PLAIN["light"]}},
    True: {"bgcolor": "#16181C", "bordercolor": "#33373E", "font": _FONT | {"color": PLAIN["dark"]}},
}
CLEAR = "rgba(0, 0, 0, 0)"
_ONCE = {"datarevision": 1, "clickmode": "event+select", "hovermode": "closest", "dragmode": "pan"}
"""Layout that lets the browser draw a chart once. Streamlit's component hands each chart to Plotly twice, and Plotly
skips the second time where nothing has changed. Streamlit's theme would change the template, and click events that
the component has to switch on would change the layout.
"""
MARGIN = 12
"""Pixels above and below the rows of a chart."""
_ROW = 23
_LABEL, _BESIDE, _BEHIND = 26, 18, 8
"""Letters of a name; pixels between a name and its bar, and between a bar and its figures."""
_PHONE, _MOST = 358, 0.5
"""Width of a chart on a phone in pixels, and the largest part of its plot that is left for figures."""


def named(labels: Sequence[str], *, top: int, bottom: int = 0) -> dict[str, Any]:
    """The layout of rows of equal height, the first on top: a y axis with their names, and margins in pixels.

    The left margin fits the names from the start: where Plotly has to widen it, the chart is drawn a second time.
    """
    shown = shortened_apart(labels, _LABEL)
    return {
        "margin": {"l": widest(shown) + _BESIDE, "r": 0, "t": top, "b": bottom},
        "yaxis": {
            "range": [len(labels) - 0.5, -0.5],
            "tickvals": list(range(len(labels))),
            "ticktext": [in_chart(label) for label in shown],
            "ticklabelstandoff": 8,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
        },
    }


def beyond(figures: Sequence[str], left: int) -> float:
    """The room for the figures behind the longest bar, as a part of that bar's length, enough on a phone as well.

    `left` is the margin of the names, in pixels.
    """
    part = min((widest(figures) + _BEHIND) / (_PHONE - left), _MOST)
    return part / (1 - part)


def drawn(
    traces: Sequence[Mapping[str, object]], *, dark: bool, margin: Mapping[str, int], **layout: object
) -> go.Figure:
    """A figure of traces and layout in the look of all charts: small grey text, no legend, transparent background.

    Plotly checks both once, which is six times as quick as changing a figure step by step.
    """
    look = {
        "showlegend": False,
        "font": _FONT | {"color": _TEXT[dark]},
        "hoverlabel": _HOVER[dark] | {"align": "left"},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "margin": {"pad": _PAD, **margin},
    }
    figure = go.Figure(data=list(traces), layout=_ONCE | look | layout)
    figure.layout.template = None
    return figure


def widest(labels: Iterable[str]) -> int:
    """The estimated width of the longest label in pixels, rather too large than too small."""
    return ceil(SIZE * max((sum(map(_width, unicodedata.normalize("NFD", label))) for label in labels), default=0))


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return _WIDTHS.get(letter, _LATIN if letter.isascii() else _OTHER)


def height(rows: int) -> int:
    """The height of a leaderboard of so many rows, in pixels."""
    return _ROW * rows + 2 * MARGIN


def scale(classes: int, *, dark: bool) -> list[str]:
    """One colour for each of so many classes, from little to much, with both ends of the ordered scale among them."""
    if classes < 2:
        return list((DARK if dark else LIGHT)[:classes])
    steps = [place / (classes - 1) for place in range(classes)]
    found = sample_colorscale(list(DARK if dark else LIGHT), steps, colortype="tuple")
    return ["#" + "".join(f"{round(255 * part):02X}" for part in colour) for colour in found]
