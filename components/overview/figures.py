"""The Overview's figures: leaderboards by owner, stage or source, and leads by age class. Pure."""

from collections.abc import Sequence

import plotly.graph_objects as go

from components.charts.style import BOOK, MARGIN, WAITING, beyond, drawn, height, named, scale
from components.shell.measures import Folded, Standing
from components.shell.words import in_chart
from lsq_api.question.formats import number
from lsq_api.question.phrases import share

_LEAST, _BELOW = 260, 26
"""Pixels of the ages at least, and of the names below their bars."""


def leaderboard(found: Folded, *, dark: bool, known: bool = True, shares: bool = False) -> go.Figure:
    """One row a group: all its leads in grey, those not contacted in colour, count and share behind the bar.

    Where it is not `known` who was contacted there is no colour and no share. With `shares` every bar is as long as all
    the others, and the share stands first.
    """
    rows = found.shown
    places = list(range(len(rows)))
    counts = [_beside(one, known=known, shares=shares) for one in rows]
    whole = [100 if shares else one.book for one in rows]
    part = [100 * one.waiting / one.book if shares else one.waiting for one in rows]
    hover = [_hover(one) if known else _all(one) for one in rows]
    names = named([one.label for one in rows], top=MARGIN, bottom=MARGIN)
    longest = max(whole, default=1)
    bar = {"type": "bar", "y": places, "orientation": "h", "hovertext": hover, "hoverinfo": "text"}
    return drawn(
        [
            {
                **bar,
                "x": whole,
                "marker": {"color": BOOK},
                "text": counts,
                "textposition": "outside",
                "cliponaxis": False,
                "name": "All leads",
            },
            {
                **bar,
                "x": part,
                "marker": {"color": WAITING if known else BOOK},
                "name": "Not contacted" if known else "Contacted or not",
            },
        ],
        dark=dark,
        barmode="overlay",
        bargap=0.42,
        height=height(len(rows)),
        xaxis={
            "visible": False,
            "range": [0, longest * (1 + beyond(counts, names["margin"]["l"]))],
            "fixedrange": True,
        },
        **names,
    )


def _beside(one: Standing, *, known: bool, shares: bool) -> str:
    if shares:
        return f"{share(one.waiting, one.book)} · {number(one.waiting)} of {number(one.book)}"
    return number(one.waiting) + (_share(one) if known else "")


def _share(one: Standing) -> str:
    return f" · {share(one.waiting, one.book) if one.book else '–'}"


def _all(one: Standing) -> str:
    return f"{in_chart(one.label)}<br>{number(one.waiting)} leads, contacted or not"


def _hover(one: Standing) -> str:
    part = f" ({share(one.waiting, one.book)})" if one.book else ""
    return f"{in_chart(one.label)}<br>{number(one.waiting)} of {number(one.book)} leads not contacted{part}"


def ages(found: Sequence[tuple[str, int]], *, tall: int, dark: bool, known: bool = True) -> go.Figure:
    """One bar an age class, the oldest in the strongest colour; `tall` pixels, or the least that a chart needs.

    Where it is not `known` who was contacted the bars are grey.
    """
    which = "leads not contacted" if known else "leads, contacted or not"
    labels, counts = [label for label, _ in found], [count for _, count in found]
    bars = {
        "type": "bar",
        "x": labels,
        "y": counts,
        "marker": {"color": scale(len(found), dark=dark) if known else BOOK},
        "text": [f"{number(count)}" for count in counts],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [f"Came in {in_chart(label)} ago<br>{number(count)} {which}" for label, count in found],
        "hoverinfo": "text",
    }
    return drawn(
        [bars],
        dark=dark,
        height=max(tall, _LEAST),
        bargap=0.25,
        margin={"l": 0, "r": 0, "t": 2 * MARGIN, "b": _BELOW},
        xaxis={"type": "category", "showgrid": False, "zeroline": False, "automargin": True, "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
    )


def in_words(found: Folded, noun: str, *, known: bool = True) -> str:
    """The leaderboard as text, for screen readers."""
    if not known:
        said = [f"{one.label}: {number(one.waiting)}" for one in found.shown]
        said += [f"{number(found.others)} more {noun}: {number(found.waiting)}"] if found.others else []
        return f"Leads by {noun}, contacted or not: {'; '.join(said)}"
    rows = "; ".join(f"{one.label}: {number(one.waiting)} of {number(one.book)}" for one in found.shown)
    more = (
        f"; {number(found.others)} more {noun}: {number(found.waiting)} of {number(found.book)}" if found.others else ""
    )
    return f"Leads not contacted by {noun}: {rows}{more}"
