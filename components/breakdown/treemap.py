"""A breakdown as a treemap, drawn with bars, the only tiles that Streamlit reports clicks on. Pure.

The layout is the squarified treemap of Bruls, Huizing and van Wijk.
"""

import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go
import squarify

from components.breakdown.figures import behind, hover
from components.breakdown.groups import Slice
from components.charts import style
from components.charts.style import DARK, LIGHT, WAITING
from components.shell.words import in_chart
from lsq_api.contract.report import Function
from lsq_api.question.phrases import shortened

_WIDE, _HIGH, _GAP, _LABEL, _LINE = 200.0, 100.0, 0.25, 26, 12
_INK = {False: "#1F2328", True: "#FFFFFF"}
"""Text on light tiles and on dark ones."""
_DEEP = frozenset({WAITING, *LIGHT[3:], *DARK[:4]})
"""Colours on which white is the more readable."""


def area(one: Slice, function: Function) -> float:
    """The size of a tile: leads not contacted, for a mean those with a value, or the sum; 0 where it is negative."""
    if function is Function.SUM:
        return max(float(one.figure or 0), 0.0)
    return float(one.scored if function is Function.AVERAGE else one.waiting)


def tiles(rows: Sequence[Slice], function: Function) -> list[Slice]:
    """The slices that have a tile, largest first: the order of the chart's bars."""
    return sorted((one for one in rows if area(one, function) > 0), key=lambda one: -area(one, function))


def shade(one: Slice, function: Function) -> float:
    """The number that sets a tile's colour: the share in per cent, or the mean."""
    if function is Function.COUNT:
        return 100 * one.waiting / one.book if one.book else 0.0
    return float(one.figure or 0)


def figure(rows: Sequence[Slice], function: Function, measure: str, *, dark: bool) -> go.Figure:
    """One tile a slice: a count is coloured by the share not contacted, a mean by the mean; a sum in one colour."""
    drawn = tiles(rows, function)
    sizes = squarify.normalize_sizes([area(one, function) for one in drawn], _WIDE, _HIGH)
    places = squarify.squarify(sizes, 0, 0, _WIDE, _HIGH)
    colours = _colours(drawn, function, DARK if dark else LIGHT)
    bars = {
        "type": "bar",
        "x": [place["x"] + place["dx"] / 2 for place in places],
        "width": [max(place["dx"] - 2 * _GAP, place["dx"] / 2) for place in places],
        "base": [place["y"] + min(2 * _GAP, place["dy"] / 4) for place in places],
        "y": [max(place["dy"] - 4 * _GAP, place["dy"] / 2) for place in places],
        "marker": {"color": colours},
        "text": [f"{_lines(one.label)}<br>{behind(one, function)}" for one in drawn],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"color": [_INK[colour in _DEEP] for colour in colours]},
        "hovertext": [hover(one, function, measure) for one in drawn],
        "hoverinfo": "text",
    }
    return style.drawn(
        [bars],
        dark=dark,
        height=440,
        margin={"l": 0, "r": 0, "t": 12, "b": 0},
        uniformtext={"mode": "hide", "minsize": 10},
        xaxis={"visible": False, "range": [0, _WIDE], "fixedrange": True},
        yaxis={"visible": False, "range": [_HIGH, 0], "fixedrange": True},
    )


def _lines(label: str) -> str:
    """A label broken into short lines: a tile is rarely as wide as a name, and Plotly omits text that does not fit."""
    return "<br>".join(f"<b>{in_chart(line)}</b>" for line in textwrap.wrap(shortened(label, _LABEL), _LINE))


def _colours(drawn: Sequence[Slice], function: Function, scale: Sequence[str]) -> list[str]:
    if function is Function.SUM:
        return [WAITING] * len(drawn)
    shades = [shade(one, function) for one in drawn]
    low, high = min(shades, default=0), max(shades, default=0)
    steps = len(scale) - 1
    return [scale[round(steps * (one - low) / (high - low)) if high > low else 0] for one in shades]
