"""The look of all charts: colours, names and their room, and one way to a figure. Pure: nothing is shown."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from components.shell.words import in_chart
from lsq_api.question.phrases import shortened

SIZE = 12
"""Pixels of a chart's text; Source Sans is its font."""
_EMS = {"ijlI.,:;'| ": 0.26, "frt-!()[]{}/\\": 0.36, 'aceksvxyzgFJLYV?*"_': 0.51, "DGHNOQU&": 0.67, "mwMW%@…": 0.95}
"""Widths in parts of the size, by letter; other letters of Latin are 0.6 and figures 0.5."""
_WIDTHS = {letter: width for letters, width in _EMS.items() for letter in letters} | dict.fromkeys("0123456789", 0.5)
_LATIN, _OTHER, _WIDE = 0.6, 0.8, 1.25

WAITING = "#D4691A"
"""The one accent: leads nobody has contacted. Readable on light and dark, and to the colour-blind beside grey."""
BOOK = "rgba(128, 134, 145, 0.28)"
LIGHT = ("#F5C398", "#EFA76D", "#E68B45", "#D4691A", "#B4500B", "#8F3D06", "#6B2C03")
DARK = ("#5A3418", "#7A4518", "#9C5518", "#BE671A", "#D97B30", "#EC9C5C", "#F8C79A")
"""From little to much: one ordered scale each, whose end stands out most from the page; `scale` takes colours of it."""
_FONT, _PAD = {"family": '"Source Sans", sans-serif', "size": SIZE}, 8
_TEXT = {False: "#6B7178", True: "#8E949D"}
"""On a light page and on a dark one, 4.9 to 1 and more; 3 to 1 on the other, since a page whose theme is changed is
not drawn anew until something is clicked.
"""
PLAIN = {"light": "#1F2328", "dark": "#E9E7E3"}
"""The text of a page."""
_HOVER = {
    False: {"bgcolor": "#FFFFFF", "bordercolor": "#E4E2DC", "font": _FONT | {"color": PLAIN["light"]}},
    True: {"bgcolor": "#16181C", "bordercolor": "#33373E", "font": _FONT | {"color": PLAIN["dark"]}},
}
CLEAR = "rgba(0, 0, 0, 0)"
_ONCE = {"datarevision": 1, "clickmode": "event+select", "hovermode": "closest", "dragmode": "pan"}
"""What lets a browser draw a chart once. Streamlit's component hands it to Plotly twice; where the second time brings
nothing new, Plotly leaves it alone. Its own theme would, as a template, and so would clicks that it has to switch on.
"""
MARGIN = 12
"""Pixels above and below the rows of a chart."""
_ROW = 34
_LABEL, _BESIDE, _BEHIND = 26, 18, 8
"""Letters of a name; pixels between it and its bar, and before the figures behind a bar."""
_PHONE, _MOST = 358, 0.5
"""Pixels that a chart has on a phone, and the part of its bars' room that is left for figures at most."""


def named(labels: Sequence[str], *, top: int, bottom: int = 0) -> dict[str, Any]:
    """Rows of one height, the first on top, with their names at the left: the axis, and margins of so many pixels.

    The names have their room from the start. Where Plotly has to make it, the chart is drawn a second time.
    """
    shown = [shortened(label, _LABEL) for label in labels]
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
    """How much longer than the longest bar an axis must be for the figures behind it, on a phone as well.

    `left` is the margin of the names, in pixels.
    """
    part = min((widest(figures) + _BEHIND) / (_PHONE - left), _MOST)
    return part / (1 - part)


def drawn(
    traces: Sequence[Mapping[str, object]], *, dark: bool, margin: Mapping[str, int], **layout: object
) -> go.Figure:
    """A figure of its traces and its layout, in the look of all charts: small quiet text, no legend, no ground of its
    own. Given at once they are checked once: six times as quick as a figure that is changed step by step."""
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
    """Pixels of the longest label: rather a few too many than one too few."""
    return ceil(SIZE * max((sum(map(_width, unicodedata.normalize("NFD", label))) for label in labels), default=0))


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return _WIDE
    return _WIDTHS.get(letter, _LATIN if letter.isascii() else _OTHER)


def height(rows: int) -> int:
    """How tall a leaderboard of so many rows is, in pixels."""
    return _ROW * rows + 2 * MARGIN


def scale(classes: int, *, dark: bool) -> list[str]:
    """So many colours of the one ordered scale, from little to much, the ends always among them."""
    if classes < 2:
        return list((DARK if dark else LIGHT)[:classes])
    steps = [place / (classes - 1) for place in range(classes)]
    found = sample_colorscale(list(DARK if dark else LIGHT), steps, colortype="tuple")
    return ["#" + "".join(f"{round(255 * part):02X}" for part in colour) for colour in found]
