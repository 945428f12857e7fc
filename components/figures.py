"""Plotly figures of measures. Pure: a figure is returned, never shown."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from components.measures import Folded, Standing
from components.words import in_chart
from lsq_api.formats import number
from lsq_api.sentence import share, shortened

WAITING = "#D4691A"
"""The one accent: leads nobody has contacted. Readable on light and dark, and to the colour-blind beside grey."""
BOOK = "rgba(128, 134, 145, 0.28)"
LIGHT = ("#F5C398", "#EFA76D", "#E68B45", "#D4691A", "#B4500B", "#8F3D06", "#6B2C03")
DARK = ("#5A3418", "#7A4518", "#9C5518", "#BE671A", "#D97B30", "#EC9C5C", "#F8C79A")
"""From little to much: one ordered scale each, whose end stands out most from the page."""
_ROW, _MARGIN, _LEAST = 34, 12, 260
_LABEL = 24


def leaderboard(found: Folded) -> go.Figure:
    """One row each: the whole book in grey, the waiting part in the accent, count and share behind the bar."""
    rows = found.shown
    places = list(range(len(rows)))
    counts = [f"{number(one.waiting)} · {share(one.waiting, one.book) if one.book else '–'}" for one in rows]
    hover = [_hover(one) for one in rows]
    longest = max((one.book for one in rows), default=1)
    bar = {"type": "bar", "y": places, "orientation": "h", "hovertext": hover, "hoverinfo": "text"}
    return drawn(
        [
            {
                **bar,
                "x": [one.book for one in rows],
                "marker": {"color": BOOK},
                "text": counts,
                "textposition": "outside",
                "cliponaxis": False,
                "name": "All leads",
            },
            {**bar, "x": [one.waiting for one in rows], "marker": {"color": WAITING}, "name": "Not contacted"},
        ],
        barmode="overlay",
        bargap=0.42,
        height=height(len(rows)),
        margin={"l": 0, "r": 0, "t": _MARGIN, "b": _MARGIN},
        xaxis={"visible": False, "range": [0, longest * 1.32], "fixedrange": True},
        yaxis={
            "autorange": "reversed",
            "tickvals": places,
            "ticktext": [in_chart(shortened(one.label, _LABEL)) for one in rows],
            "ticklabelstandoff": 8,
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
        },
        hoverlabel={"align": "left"},
    )


def drawn(traces: Sequence[Mapping[str, object]], **layout: object) -> go.Figure:
    """A figure without a legend, of its traces and its layout. Given at once they are checked once: six times as quick
    as a figure that is changed step by step."""
    return go.Figure(data=list(traces), layout={"showlegend": False, **layout})


def height(rows: int) -> int:
    """How tall a leaderboard of so many rows is, in pixels."""
    return _ROW * rows + 2 * _MARGIN


def _hover(one: Standing) -> str:
    part = f" ({share(one.waiting, one.book)})" if one.book else ""
    return f"{in_chart(one.label)}<br>{number(one.waiting)} of {number(one.book)} leads not contacted{part}"


def ages(found: Sequence[tuple[str, int]], *, tall: int, dark: bool) -> go.Figure:
    """How many wait in each age class, the oldest in the colour that stands out most; `tall` pixels or the least."""
    labels, counts = [label for label, _ in found], [count for _, count in found]
    bars = {
        "type": "bar",
        "x": labels,
        "y": counts,
        "marker": {"color": (DARK if dark else LIGHT)[: len(found)]},
        "text": [f"{number(count)}" for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [
            f"Came in {in_chart(label)} ago<br>{number(count)} leads not contacted" for label, count in found
        ],
        "hoverinfo": "text",
    }
    return drawn(
        [bars],
        height=max(tall, _LEAST),
        bargap=0.25,
        margin={"l": 0, "r": 0, "t": 2 * _MARGIN, "b": _MARGIN},
        xaxis={"type": "category", "title": None, "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
    )


def in_words(found: Folded, noun: str) -> str:
    """The leaderboard for those who cannot see it."""
    rows = "; ".join(f"{one.label}: {number(one.waiting)} of {number(one.book)}" for one in found.shown)
    more = (
        f"; {number(found.others)} more {noun}: {number(found.waiting)} of {number(found.book)}" if found.others else ""
    )
    return f"Leads not contacted by {noun}: {rows}{more}"
