"""Shows the owners' books as a table, a heat map, or shares against the threshold."""

from collections.abc import Sequence

import streamlit as st

from components.charts import plot
from components.export import buttons
from components.owners import books, drill, figures, table
from components.owners.answers import Shelf
from components.owners.books import Book
from components.owners.choice import Ranking, ask_view
from components.shell import waits, words
from components.shell.frame import View, part
from lsq_api.question.formats import number
from lsq_api.question.phrases import share
from lsq_api.question.spans import AgeClass


def show(view: View, everybody: Shelf, choice: Ranking, out: str) -> None:
    """Draw the rows as chosen, worst first, with their total; `out` is the sentence about owners left out."""
    kept = [row for row in everybody.books if row.owners[0] not in choice.out]
    if not kept:
        st.info("Everybody is left out. Take a name away to see owners again.", icon=":material/group_off:")
        return
    rows = books.worst_first(books.teams(kept, view.directory) if choice.teams else kept, choice.sort)
    noun = "teams" if choice.teams else "owners"
    total = books.added_up(kept, f"All {number(len(kept))} owners" if len(kept) > 1 else "All")
    known = view.knows(total.waiting, total.book)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(f"{noun.capitalize()}, {choice.order} first", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            shape = ask_view()
            _download(view, everybody.classes, rows, total, choice, known=known)
    with st.container(gap=None):
        marked = _marked(rows, choice.threshold, noun) if known else ""
        for line in filter(None, (marked, out, _undated(total))):
            st.caption(words.plain(line))
    # A share of which nobody can know how large it is, is neither drawn nor marked.
    if shape == "table" or (shape != "heat" and not known):
        table.show(view, rows, total, everybody, choice.threshold, teams=choice.teams, known=known)
    else:
        _chart(view, rows, everybody, choice.threshold, shape, noun)


def _marked(rows: Sequence[Book], threshold: int, noun: str) -> str:
    """How many rows are above the threshold, of those with a large enough book."""
    telling = [row for row in rows if row.enough]
    above = sum(1 for row in telling if row.above(threshold))
    few = len(rows) - len(telling)
    said = f"{number(above)} of {number(len(telling))} {noun} with at least {books.ENOUGH} leads have more than "
    said += f"{threshold} % waiting."
    return said + (f" {number(few)} have fewer leads and are not marked." if few else "")


def _undated(total: Book) -> str:
    """A sentence about leads without a creation date, which no age class has, so that the ages do not add up."""
    missing = total.waiting - sum(total.ages)
    leads = "lead has" if missing == 1 else "leads have"
    return f"{number(missing)} waiting {leads} no creation date and so no age." if missing > 0 else ""


@part
def _chart(view: View, rows: Sequence[Book], everybody: Shelf, threshold: int, shape: str, noun: str) -> None:
    drawn = rows[: figures.DRAWN]
    alt = f"Leads not contacted by {noun}: {figures.in_words(drawn, threshold)}"
    heat = shape == "heat"
    dark = plot.dark()
    figure = figures.heat(drawn, everybody.classes, dark=dark) if heat else figures.shares(drawn, threshold, dark=dark)
    line = st.container()
    mark = plot.clicked(figure, table.key(shape, drawn), alt)
    with line:
        if mark:
            row = drawn[mark.place]
            age, count = (everybody.classes[mark.trace], row.ages[mark.trace]) if heat else (None, row.waiting)
            drill.open_leads(view, row, everybody.books, age, count, at_once=True)
        else:
            st.caption(f"A click on a {'cell' if heat else 'bar'} opens the leads it counts.")
    if len(rows) > len(drawn):
        st.caption(f"The first {len(drawn)} of {number(len(rows))} {noun}; the table has all.")


def _download(
    view: View, classes: Sequence[AgeClass], rows: Sequence[Book], total: Book, choice: Ranking, *, known: bool
) -> None:
    """A button for the table as a file: every row and the total."""
    noun = "Team" if choice.teams else "Owner"
    header = [noun, "Reports to", "Left", "Book", "Waiting", "Share", f"Against {choice.threshold} %"]
    waited = "Longest wait" if waits.by_contact(view) else "Oldest"
    header += [age.label for age in classes] + [waited, "Mean engagement score"]
    lines = [_line(view, classes, row, choice.threshold, known=known) for row in (*rows, total)]
    buttons.table(view, "CSV", header, lines, f"leads not contacted by {noun.lower()}")


def _line(view: View, classes: Sequence[AgeClass], row: Book, threshold: int, *, known: bool) -> list[str | None]:
    return [
        row.label,
        row.team,
        "left" if row.left else None,
        str(row.book),
        str(row.waiting),
        share(row.waiting, row.book) if row.book and known else None,
        books.mark(row, threshold) if known else None,
        *map(str, row.ages),
        table.oldest(row, classes, view.now),
        None if row.mean is None else f"{row.mean:.2f}",
    ]
