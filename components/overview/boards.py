"""Leaderboards: leads not contacted with their share, by owner, stage or source; each bar opens its leads."""

from collections.abc import Sequence

import streamlit as st

from components.charts import plot, style
from components.overview import figures
from components.shell import drill, link, measures, widgets, words
from components.shell.frame import View
from components.shell.measures import Standing
from lsq_api.question.formats import number
from lsq_api.question.phrases import share
from lsq_api.question.spans import AgeClass

SHOWN = 7
TALL = style.height(SHOWN)
"""Pixels of a board with all its bars."""
_ORDER, _ORDERS = "worst", {"leads": "Most leads", "share": "Largest share"}
MOST_LINKS = 200
"""Links drawn at most; beyond them the filters are quicker."""


def board(view: View, field: str, noun: str, found: Sequence[Standing]) -> None:
    """Draw a chart of the longest bars, the rest folded into one, and behind a click a link for each row."""
    if not any(one.book for one in found):
        st.caption("Nothing to show.")
        return
    known = _known(view, found)
    shares = known and by_share()
    if shares:
        least = link.number("least", measures.LEAST)
        ranked, small = measures.worst_first(found, least)
        if not ranked:
            st.caption(f"None of these has {number(least)} leads, so that none is ranked by its share.")
            return
        found = [*ranked, *small]
    folded = measures.folded(found, min(SHOWN, len(ranked)) if shares else SHOWN, alone=not shares)
    figure = figures.leaderboard(folded, dark=plot.dark(), known=known, shares=shares)
    mark = plot.clicked(figure, f"board_{field}", figures.in_words(folded, noun, known=known))
    if mark and folded.shown[mark.place].waiting:
        drill.open(view.question.narrowed(field, folded.shown[mark.place].value, view.directory), view.directory)
    of_all = f" of {number(folded.book)}" if known else ""
    more = f" · {number(folded.others)} more: {number(folded.waiting)}{of_all}" if folded.others else ""
    if shares and small:
        few = f"1 {noun.removesuffix('s')} has" if len(small) == 1 else f"{number(len(small))} {noun} have"
        st.caption(
            f"Of at least {number(least)} leads; {few} fewer and {'is' if len(small) == 1 else 'are'} not ranked."
        )
    rows_of = f"All {number(len(found))} {noun}" if len(found) > 1 else f"1 {noun.removesuffix('s')}"
    with st.expander(f"{rows_of}{more}", on_change="rerun", key=f"all_{field}") as rows:
        if rows.open:
            _links(view, field, found, known=known)


def ask_order() -> None:
    """Choose whether the boards rank by leads or by share; the choice is in the link."""
    widgets.segments("overview", _ORDER, "Worst first by", _ORDERS, "leads", labelled=False)


def by_share() -> bool:
    """Whether the link asks for the largest shares."""
    return link.only(_ORDER, list(_ORDERS), "leads") == "share"


def _known(view: View, found: Sequence[Standing]) -> bool:
    """Whether anybody can know which of these leads were contacted."""
    return view.knows(sum(one.waiting for one in found), sum(one.book for one in found))


def _links(view: View, field: str, found: Sequence[Standing], *, known: bool) -> None:
    for one in found[:MOST_LINKS]:
        label = f"{words.plain(one.label)}: **{number(one.waiting)}**"
        if known:
            label += f" of {number(one.book)}" + (f", {share(one.waiting, one.book)}" if one.book else "")
        drill.link(label, view.question.narrowed(field, one.value, view.directory), view.directory)
    if len(found) > MOST_LINKS:
        st.caption(f"The first {MOST_LINKS} of {number(len(found))} are listed. The filters reach the others.")


def ages(view: View, found: Sequence[tuple[AgeClass, int]], *, beside: Sequence[Standing]) -> None:
    """Draw how many leads not contacted each age class has; as tall as the leaderboard of `beside`."""
    counts = [(age.label, count) for age, count in found]
    said, known = "; ".join(f"{label}: {number(count)}" for label, count in counts), _known(view, beside)
    what = "Leads not contacted by age" if known else "Leads by age, contacted or not"
    tall = style.height(len(measures.folded(beside, SHOWN).shown))
    figure = figures.ages(counts, tall=tall, dark=plot.dark(), known=known)
    mark = plot.clicked(figure, "board_ages", f"{what}: {said}")
    if mark and found[mark.place][1]:
        _enter_age(view, found[mark.place][0])
    with st.expander("All ages", on_change="rerun", key="all_ages") as rows:
        if rows.open:
            for age, count in found:
                within = view.question.narrowed_to_age(age, view.now, view.zone)
                if within:
                    drill.link(f"{words.plain(age.label)}: **{number(count)}**", within, view.directory)


def _enter_age(view: View, age: AgeClass) -> None:
    within = view.question.narrowed_to_age(age, view.now, view.zone)
    if within:
        drill.open(within, view.directory)
