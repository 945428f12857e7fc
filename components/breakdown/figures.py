"""Plotly figures of a breakdown. Pure: they are returned, never shown."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.breakdown.groups import Drawn, Slice
from components.charts import style
from components.charts.style import BOOK, WAITING
from components.shell import words
from components.shell.words import in_chart
from lsq_api.contract.report import Function
from lsq_api.question.formats import number
from lsq_api.question.phrases import share

BARS = 100
"""The most bars or tiles of a chart; the table has more."""
_ROW, _MARGIN = 34, 12


def said(one: Slice, function: Function) -> str:
    """A slice in words: its figure, then what that is of."""
    count = f"{number(one.waiting)} of {number(one.book)} not contacted" + (
        f", {share(one.waiting, one.book)}" if one.book else ""
    )
    if function is Function.COUNT:
        return count
    figure = "no value" if one.figure is None else words.amount(one.figure)
    return f"{figure} ({f'{number(one.scored)} with a value; ' if function is Function.AVERAGE else ''}{count})"


def bars(drawn: Drawn, function: Function, measure: str, *, dark: bool, shares: bool = False) -> go.Figure:
    """One bar a slice; for a count all its leads stand behind it in grey, for `shares` all of them alike as 100 %.

    "Others" have no bar where they come to more than any group: it would make the rest too short to compare.
    """
    rows = drawn.rows
    places = list(range(len(rows)))
    counts = function is Function.COUNT
    if shares:
        lengths = [100 * one.waiting / one.book if one.book else 0.0 for one in rows]
        books = [100.0] * len(rows)
    else:
        lengths = _lengths(drawn, [_length(one, function) for one in rows])
        books = _lengths(drawn, [float(one.book) for one in rows]) if counts else []
    traces: list[dict[str, object]] = [{"x": books, "marker": {"color": BOOK}, "name": "All leads"}] if counts else []
    traces.append({"x": lengths, "marker": {"color": WAITING}, "name": measure})
    names = style.named([one.label for one in rows], top=_MARGIN, bottom=_MARGIN)
    text = [behind(one, function, shares=shares) for one in rows]
    traces[0] |= {"text": text, "textposition": "outside", "cliponaxis": False}
    said_beside = [hover(one, function, measure) for one in rows]
    bar = {"type": "bar", "y": places, "orientation": "h", "hovertext": said_beside, "hoverinfo": "text"}
    return style.drawn(
        [bar | trace for trace in traces],
        dark=dark,
        barmode="overlay",
        bargap=0.42,
        height=_ROW * len(rows) + 2 * _MARGIN,
        xaxis={
            "visible": False,
            "range": _range(books if counts else lengths, style.beyond(text, names["margin"]["l"])),
            "fixedrange": True,
        },
        **names,
    )


def _range(lengths: Sequence[float], beyond: float) -> list[float]:
    """The ends of the x axis: the bars with 0 among them, and `beyond` times their length where figures stand."""
    longest, shortest = max([*lengths, 0]), min([*lengths, 0])
    room = (longest - shortest or 1) * beyond
    return [shortest - (room if shortest < 0 else 0), longest + room]


def _lengths(drawn: Drawn, lengths: list[float]) -> list[float]:
    shown = lengths[: len(drawn.shown)]
    return [*shown, *(length if length <= max(shown, default=0) else 0 for length in lengths[len(shown) :])]


def hover(one: Slice, function: Function, measure: str) -> str:
    """The text shown at a mark under the pointer."""
    what = "" if function is Function.COUNT else f"{in_chart(measure)}: "
    return f"{in_chart(one.label)}<br>{what}{said(one, function)}"


def _length(one: Slice, function: Function) -> float:
    return float(one.waiting if function is Function.COUNT else one.figure or 0)


def behind(one: Slice, function: Function, *, shares: bool = False) -> str:
    """The figures that stand behind a slice's bar; beside a mean how many leads it is of."""
    if shares:
        return f"{share(one.waiting, one.book) if one.book else '–'} · {number(one.waiting)} of {number(one.book)}"
    if function is Function.COUNT:
        return f"{number(one.waiting)} · {share(one.waiting, one.book) if one.book else '–'}"
    if one.figure is None:
        return "–"
    of = f" · {number(one.scored)} lead{'' if one.scored == 1 else 's'}" if function is Function.AVERAGE else ""
    return words.amount(one.figure) + of


def in_words(rows: Sequence[Slice], function: Function, measure: str, by: str) -> str:
    """The chart as text, for screen readers."""
    listed = "; ".join(f"{one.label}: {said(one, function)}" for one in rows[:20])
    more = f"; and {number(len(rows) - 20)} more" if len(rows) > 20 else ""
    return f"{measure} by {by}: {listed}{more}"
