"""Shows a breakdown as bars, treemap or table; a click on a group opens its leads."""

import json
from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from components.breakdown import figures, groups, table, treemap
from components.breakdown.choice import Grouping, ask_view
from components.breakdown.groups import Breakdown, Drawn, Slice
from components.charts import plot
from components.export import buttons
from components.shell import drill, link, words
from components.shell.frame import View, part
from lsq_api.contract.report import Function
from lsq_api.question.formats import number
from lsq_api.question.phrases import quoted

ROWS = 1_000
"""Rows of the table at most."""
_TALL = 25


def show(view: View, choice: Grouping, found: Breakdown) -> None:
    """Draw the breakdown as chosen, under its heading and beside its file."""
    if found.least is None:
        choice = choice.counted()
    elif not found.groups:
        st.info(f"No group has {number(found.least)} leads. Rank smaller ones, too.", icon=":material/category:")
        return
    if found.groups and not found.slices:
        st.info(
            f"{choice.by.display_name} has {number(found.groups)} values, more than can be put in order here. "
            "Take a field with fewer, or narrow the leads first.",
            icon=":material/category:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        heading = f"{choice.measure} by {words.lower(choice.by.display_name)}"
        st.subheader(words.plain(heading), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            shape = ask_view()
            known = view.knows(found.total.waiting, found.total.book)
            if shape != "table" and not known:
                shape = "table"  # charts are about shares, of which nobody can know how large they are
            most = ROWS if shape == "table" else figures.BARS
            drawn = groups.drawn(found, min(choice.top or most, most))
            _download(view, choice, drawn.rows, known=known)
    _view(view, choice, found, drawn, shape, known=known)


def remarks(choice: Grouping, found: Breakdown, drawn: Drawn) -> list[str]:
    """Sentences that help to read it: how much of it is drawn, in which order, and what to be careful with."""
    if found.least is not None:
        return _of_shares(found, drawn, found.least)
    leads = f"{number(found.total.waiting)} leads" if found.total.waiting != 1 else "1 lead"
    said = [f"{leads} in {number(found.groups)} group{'' if found.groups == 1 else 's'}."]
    if drawn.others:
        what = "largest" if choice.function is Function.COUNT else "highest"
        said.append(f"The {what} {number(len(drawn.shown))} are shown, the others together.")
    if choice.ordered and len(drawn.shown) > 1:
        said.append("In the order of their values.")
    if choice.of_moments:
        said.append("Each moment is a group by itself: the report has no days or months.")
    if found.single:
        said.append(f"Nearly every lead has its own value in {quoted(choice.by.display_name)}: other fields tell more.")
    return said


def _of_shares(found: Breakdown, drawn: Drawn, least: int) -> list[str]:
    size = f"{number(least)} lead{'' if least == 1 else 's'}"
    groups = f"{number(found.groups)} group{' has' if found.groups == 1 else 's have'} at least {size}"
    said = [f"{groups}; they are ranked by the share of their leads that is not contacted."]
    if least > 1:
        said.append(f"Groups with fewer than {size} are not ranked.")
    if drawn.folded:
        said.append(f"The {number(len(drawn.shown))} with the largest shares are shown.")
    return said


@part
def _view(view: View, choice: Grouping, found: Breakdown, drawn: Drawn, shape: str, *, known: bool) -> None:
    """Draw the chart or table, and above it the link to the leads of the chosen group."""
    line = st.container(gap=None)
    if shape == "table":
        picked = _table(choice, found, drawn, known=known)
    else:
        picked = {"bar": _bars, "treemap": _treemap}[shape](choice, found, drawn)
    if picked is not None and picked is drawn.others and shape != "table" and found.least is None:
        link.go({"top": ["all"]})
        st.rerun()
    with line:
        st.caption(words.plain(" ".join(remarks(choice, found, drawn))))
        if picked:
            _link(view, choice, drawn, picked, at_once=shape != "table")
        else:
            st.caption(_HOW[shape] + (_WHOLE if shape == "table" and drawn.others else ""))


_WHOLE = " The heads sort once all groups are shown."
_HOW = {
    "bar": "A click on a bar opens its leads.",
    "treemap": "A click on a tile opens its leads.",
    "table": "Choose a row to open its leads.",
}


def _bars(choice: Grouping, found: Breakdown, drawn: Drawn) -> Slice | None:
    figure = figures.bars(drawn, found.function, choice.measure, dark=plot.dark(), shares=found.least is not None)
    mark = plot.clicked(figure, _key("bars", drawn.rows), _in_words(choice, found, drawn))
    return drawn.rows[mark.place] if mark else None


def _treemap(choice: Grouping, found: Breakdown, drawn: Drawn) -> Slice | None:
    figure = treemap.figure(drawn.rows, found.function, choice.measure, dark=plot.dark())
    mark = plot.clicked(figure, _key("tiles", drawn.rows), _in_words(choice, found, drawn))
    st.caption(_legend(choice, drawn.rows))
    return treemap.tiles(drawn.rows, found.function)[mark.place] if mark else None


def _in_words(choice: Grouping, found: Breakdown, drawn: Drawn) -> str:
    return figures.in_words(drawn.rows, found.function, choice.measure, choice.by.display_name)


def _legend(choice: Grouping, rows: Sequence[Slice]) -> str:
    tiles = treemap.tiles(rows, choice.function)
    shades = [treemap.shade(one, choice.function) for one in tiles] or [0]
    low, high = min(shades), max(shades)
    said = {
        Function.COUNT: f"Size: leads not contacted. Colour: their share of all leads, {low:.0f} to {high:.0f} %.",
        Function.AVERAGE: f"Size: leads with a value. Colour: the average, {number(low, 1)} to {number(high, 1)}.",
        Function.SUM: "Size: the sum.",
    }[choice.function]
    gone = len(rows) - len(tiles)
    return said + (f" {number(gone)} without any are in the table only." if gone else "")


def _table(choice: Grouping, found: Breakdown, drawn: Drawn, *, known: bool) -> Slice | None:
    rows = drawn.rows
    shown = table.frame(choice, rows)
    cut = drawn.others is not None
    event = st.dataframe(
        shown if known else shown.drop(columns="share"),
        key=_key("table", rows),
        hide_index=True,
        on_select="rerun",
        # Columns that can be chosen cannot be sorted by: the head of a table of some groups would rank just these.
        selection_mode=["single-row", "single-column"] if cut else "single-row",
        height="content" if len(rows) <= _TALL else 38 + 35 * _TALL,
        column_config=table.columns(choice, rows),
        placeholder="–",
        alt=f"{choice.measure} by {choice.by.display_name}: {number(found.groups)} groups",
    )
    picked = event.selection.rows
    return rows[picked[0]] if picked else None


def _link(view: View, choice: Grouping, drawn: Drawn, picked: Slice, *, at_once: bool) -> None:
    """Draw the link to the chosen group's leads, or (`at_once`) open them: in a table arrow keys choose, too."""
    label = words.plain(picked.label)
    if picked is drawn.others:
        st.caption(f"{label} are many groups at once: show more of them to open one.")
    elif not picked.waiting:
        st.caption(f"{label}: every lead has been contacted.")
    else:
        question = view.question.narrowed(choice.by.schema_name, picked.value, view.directory)
        if at_once:
            drill.open(question, view.directory)
        else:
            drill.link(drill.label(label, picked.waiting), question, view.directory)


def _download(view: View, choice: Grouping, rows: Sequence[Slice], *, known: bool) -> None:
    """A button for the table as a file: the rows on screen, with the others as one row, so that it adds up."""
    header = [choice.by.display_name, *([choice.measure] if choice.of else [])]
    header += [
        *(["With a value"] if choice.function is Function.AVERAGE else []),
        "Not contacted",
        "All leads",
        *(["Share"] if known else []),
    ]
    lines = [table.line(choice, one)[: len(header)] for one in rows]
    buttons.table(view, "CSV", header, lines, f"leads by {choice.by.display_name}")


def _key(what: str, rows: Sequence[Slice]) -> str:
    """The widget's key, which follows the rows: a selection is a row's number, and means nothing for other rows."""
    return f"breakdown_{what}_{crc32(json.dumps([one.value for one in rows]).encode())}"
