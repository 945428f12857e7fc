"""Plotly figures of the owners' books, and the scale of their tints. Pure."""

from collections.abc import Sequence
from math import ceil, sqrt

import plotly.graph_objects as go

from components.charts import style
from components.charts.style import BOOK, CLEAR, WAITING
from components.owners import books
from components.owners.books import Book
from components.shell.words import in_chart
from lsq_api.question.formats import number
from lsq_api.question.phrases import share
from lsq_api.question.spans import AgeClass

DRAWN = 40
"""The most rows of a chart; the table has all."""
LIGHT = ("#FDF0E4", "#FADCC0", "#F5C398", "#EFA76D", "#E68B45", "#D97B30")
DARK = ("#2B2119", "#4A2E17", "#6B3D16", "#8F4E16", "#A85916", "#B4601A")
"""Ordered scales from few to many; text is readable on every tint."""
INK = {"light": "#1F2328", "dark": "#FFFFFF"}
_ROW, _TOP = 28, 34
_FULL = 100
_CELL = 0.96
"""The part of its place that a cell fills."""
_LIMIT = {"width": 1.5, "dash": "dash", "color": "#8A8F98"}
_ALONG = {"xref": "x", "yref": "paper"}
"""A line over the whole height of the plot."""


def step(count: int, most: int) -> int:
    """The tint of a count: 0 for none, up to 6 for `most`, by the square root so that small counts differ."""
    return ceil(len(LIGHT) * sqrt(count / most)) if count and most else 0


def heat(rows: Sequence[Book], classes: Sequence[AgeClass], *, dark: bool) -> go.Figure:
    """Owners by age class, tinted like the table; a trace an age class. Cells are bars, since those report clicks."""
    most = max((count for row in rows for count in row.ages), default=0)
    tints = [CLEAR, *(DARK if dark else LIGHT)]
    return style.drawn(
        [
            {
                "type": "bar",
                "x": [_CELL] * len(rows),
                "base": [place - _CELL / 2] * len(rows),
                "y": list(range(len(rows))),
                "orientation": "h",
                "marker": {"color": [tints[step(row.ages[place], most)] for row in rows]},
                "text": [f"{number(row.ages[place])}" if row.ages[place] else "" for row in rows],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": INK["dark" if dark else "light"]},
                "hovertext": [_hover(row, age.label, row.ages[place]) for row in rows],
                "hoverinfo": "text",
            }
            for place, age in enumerate(classes)
        ],
        dark=dark,
        height=_ROW * len(rows) + _TOP,
        barmode="overlay",
        bargap=1 - _CELL,
        xaxis=_ages(classes),
        **style.named([row.title for row in rows], top=_TOP),
    )


def _ages(classes: Sequence[AgeClass]) -> dict[str, object]:
    return {
        "side": "top",
        "range": [-0.5, len(classes) - 0.5],
        "tickvals": list(range(len(classes))),
        "ticktext": [in_chart(age.label) for age in classes],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "autotickangles": [0, 90],
        "automargin": True,
        "fixedrange": True,
    }


def _hover(row: Book, age: str, count: int) -> str:
    return f"{in_chart(row.title)}<br>{number(count)} leads not contacted that came in {in_chart(age)} ago"


def shares(rows: Sequence[Book], threshold: int, *, dark: bool) -> go.Figure:
    """The share of each book that is not contacted, against the threshold's line; rows above it say so in words."""
    places = list(range(len(rows)))
    bars = {
        "type": "bar",
        "x": [100 * row.waiting / row.book if row.book else 0 for row in rows],
        "y": places,
        "orientation": "h",
        "marker": {"color": [WAITING if row.enough and row.above(threshold) else BOOK for row in rows]},
        "hovertext": [f"{in_chart(row.title)}<br>{_behind(row, threshold)}" for row in rows],
        "hoverinfo": "text",
    }
    # The words have a column of their own: right behind the bars the threshold's line would cross them.
    beside = {
        "type": "scatter",
        "x": [1.03 * _FULL] * len(rows),
        "y": places,
        "mode": "text",
        "text": [_beside(row, threshold) for row in rows],
        "textposition": "middle right",
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    return style.drawn(
        [bars, beside],
        dark=dark,
        height=_ROW * len(rows) + _TOP,
        bargap=0.35,
        xaxis={"visible": False, "range": [0, 1.65 * _FULL], "fixedrange": True},
        **style.named([row.title for row in rows], top=_TOP),
        shapes=[{**_ALONG, "type": "line", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "line": _LIMIT}],
        annotations=[
            {**_ALONG, "x": threshold, "y": 1, "yanchor": "bottom", "text": f"{threshold} %", "showarrow": False}
        ],
    )


def _beside(row: Book, threshold: int) -> str:
    """A row's figures in few words, since they must fit beside the bar on a phone."""
    marked = books.mark(row, threshold)
    return (share(row.waiting, row.book) if row.book else "–") + (f" · {marked.lower()}" if marked else "")


def _behind(row: Book, threshold: int) -> str:
    said = f"{share(row.waiting, row.book)} · {number(row.waiting)} of {number(row.book)}" if row.book else "–"
    marked = books.mark(row, threshold)
    return f"{said} · {marked.lower()}" if marked else said


def in_words(rows: Sequence[Book], threshold: int) -> str:
    """The chart as text, for screen readers."""
    listed = "; ".join(f"{row.title}: {_behind(row, threshold)}" for row in rows[:20])
    return f"{listed}; and {number(len(rows) - 20)} more" if len(rows) > 20 else listed
