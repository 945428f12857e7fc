"""Charts on screen: drawn once, without animation, described in words, and the mark that was clicked."""

from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st

_STILL = {"displayModeBar": False, "scrollZoom": False}


class Mark(NamedTuple):
    """A mark of a chart: the number of its trace, and its place in the trace, both from 0."""

    trace: int
    place: int


def dark() -> bool:
    """Whether the viewer's theme is dark."""
    return st.context.theme.type == "dark"


def clicked(figure: go.Figure, key: str, alt: str) -> Mark | None:
    """Draw a chart of bars and return the chosen mark, or None. Streamlit reports clicks on bars and points only."""
    event = st.plotly_chart(
        figure, key=key, config=_STILL, theme=None, alt=alt, on_select="rerun", selection_mode="points"
    )
    points = event.selection.points
    return Mark(int(points[0]["curve_number"]), int(points[0]["point_index"])) if points else None
