"""Buttons for files: every lead of the question, or a chart's table. Files are exact and safe in a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import StringIO
from pathlib import Path

import streamlit as st

from components.export.job import Desk, Preparation
from components.page import heading
from components.shell import answers, link, words
from components.shell.frame import View
from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.report import DEFAULT_PAGE_SIZE, ListOutput, Sorting
from lsq_api.export import cover
from lsq_api.export.columns import Value
from lsq_api.export.files import Export, Written, spelled, write
from lsq_api.export.workbook import MAX_ROWS
from lsq_api.question.evidence import WHOLE
from lsq_api.question.formats import number
from lsq_api.question.phrases import clock
from lsq_api.work import click
from lsq_api.work.job import Progress

ONE_CLICK = 50_000
"""Up to so many leads one click makes and saves the file; larger ones are made first: a browser waits three minutes."""
PATIENCE = 2.0
"""Seconds before an export shows its progress."""
_POLL = 0.5
_EDGES, _LETTER = 62, 7.2
"""Pixels of a button beside its label, and of a letter: a fixed width, so that nothing moves while it is drawn."""
_LOCAL_PAGE = 2_000
"""Rows a call of the local server. LeadSquared's limit is not published, so its calls have the usual page size."""
_SOURCES = {"demo": "Demo data", "data": "Own data", "leadsquared": "LeadSquared"}
_MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
BOM = "\ufeff"


def every_lead(
    view: View, fields: Sequence[str], waiting: int, *, sorting: Sorting | None = None, said: str = ""
) -> None:
    """Draw the buttons for CSV and Excel of every lead not contacted; `under_way` shows their progress and outcome.

    `said` is the screen's sentence, for the second sheet of a workbook.
    """
    for ending, label in (("csv", "CSV"), ("xlsx", "Excel")):
        too_many = ending == "xlsx" and waiting > MAX_ROWS
        _button(
            f"{label} of all {number(waiting)}",
            preparation(view, fields, ending, waiting, sorting=sorting, said=said),
            one_click=waiting <= ONE_CLICK,
            disabled=not waiting or too_many,
            why=_too_many() if too_many else None,
        )


def _button(label: str, preparation: Preparation, *, one_click: bool, disabled: bool, why: str | None) -> None:
    key, icon = f"export_{Path(preparation.name).suffix}", ":material/download:"
    wide = round(_EDGES + _LETTER * len(label))
    if one_click:
        st.download_button(
            label,
            data=preparation.content,
            file_name=preparation.name,
            mime=_mime(preparation.name),
            key=key,
            icon=icon,
            disabled=disabled,
            help=why,
            width=wide,
            on_click=_begin,
            args=(preparation,),
        )
    else:
        st.button(
            label, key=key, icon=icon, disabled=disabled, help=why, width=wide, on_click=_begin, args=(preparation,)
        )


def _begin(preparation: Preparation) -> None:
    """The callback of a click: begin this export, and cancel an earlier one."""
    _desk().put(preparation)


# Not in the session's state, which outlives the viewer: closing the tab has to end the calls and remove the file.
@st.cache_resource(scope="session", on_release=Desk.clear, show_spinner=False)
def _desk() -> Desk:
    return Desk()


def preparation(
    view: View, fields: Sequence[str], ending: str, waiting: int, *, sorting: Sorting | None, said: str
) -> Preparation:
    """The file of every lead, read from the host page by page. No call is made before it is started."""
    source, question, directory, zone, now = view.source, view.question, view.directory, view.zone, view.now
    fields = answers.of_file(view, fields)
    listed = answers.report(view, ListOutput(fields=fields)).model_copy(update={"sorting": sorting})
    host = " · ".join(filter(None, [_SOURCES[source.mode], source.account().organisation]))
    known = view.evidence if waiting else WHOLE
    facts = cover.facts(said, question, directory, zone, now=now, source=host, evidence=known)
    export = Export.of(fields, directory, zone, facts, known)
    name = cover.file_name("leads-not-contacted", ending, question=question, directory=directory, zone=zone, now=now)
    size = DEFAULT_PAGE_SIZE if source.mode == "leadsquared" else _LOCAL_PAGE

    # Link and click are the viewer's of this moment: the thread that writes the file has none.
    asked = partial(view.viewer.did, "file", format=ending, params=link.params())
    mine = click.current()

    def make(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        with click.of(mine):
            return made(path, progress, cancelled)

    def made(path: Path, progress: Progress, cancelled: Callable[[], bool]) -> Written:
        def pages() -> Iterator[ListAnswer]:
            return source.every_page(listed, size, expected=waiting, cancelled=cancelled)

        try:
            written = write(pages, path, ending, export, progress)
        except BaseException as error:
            asked("cancelled" if cancelled() else "failed", why=type(error).__name__)
            raise
        asked("done", rows=written.rows)
        return written

    return Preparation(name, _subject(view), make)


def under_way(view: View, waiting: int) -> None:
    """Draw the progress or the outcome of the viewer's export; nothing without one.

    `waiting` is the number of leads on screen, for comparison with the rows written.
    """
    held = _desk().held
    if held and held.running:
        st.fragment(_progress, run_every=_POLL)(held)
    elif held and held.cancelled:
        _desk().clear()
        st.caption(f":material/cancel: {words.plain(held.name)} was cancelled. Nothing is left of it.")
    elif held and held.subject == _subject(view):
        _outcome(held, waiting, clock(heading.as_of(view), view.zone))
    elif waiting > MAX_ROWS:
        st.caption(f"{_too_many()} The CSV holds all {number(waiting)}, and Excel opens it.")


def _too_many() -> str:
    return f"An Excel file holds up to {number(MAX_ROWS)} leads here: more take minutes to write and to open."


def _subject(view: View) -> tuple[object, ...]:
    """Equal for a file and a screen that show the same leads as of the same moment."""
    return view.source.identity, view.question, view.now


def _progress(preparation: Preparation) -> None:
    if not preparation.running:
        st.rerun()
    if preparation.seconds < PATIENCE:
        st.caption("Preparing the file …")
        return
    rows, total = preparation.progress
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(rows / max(total, 1), text=words.reading(rows, total, preparation.seconds_left))
        st.button("Cancel", icon=":material/close:", on_click=preparation.cancel)


def _outcome(preparation: Preparation, waiting: int, as_of: str) -> None:
    if preparation.error:
        st.error(words.no_file(preparation.error), icon=":material/error:")
    elif preparation.written:
        rows, cut = preparation.written
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":material/check: {words.rows_written(rows, waiting, as_of)}", width="content")
            _save("Save again" if preparation.fetched else "Save the file", preparation)
        if cut:
            st.caption(
                f"{number(cut)} texts were longer than a cell of Excel holds and were cut; the CSV has them whole."
            )


def _save(label: str, preparation: Preparation) -> None:
    st.download_button(
        label,
        data=preparation.content,
        file_name=preparation.name,
        mime=_mime(preparation.name),
        key="export_save",
        icon=":material/download:",
        type="tertiary" if preparation.fetched else "primary",
        help=words.plain(preparation.name),
        on_click="ignore",
    )


def _mime(name: str) -> str:
    return _MIME[name.rpartition(".")[2]]


def table(view: View, label: str, header: Sequence[str], rows: Sequence[Sequence[Value]], what: str) -> None:
    """A button for a small table as CSV, with the rows as given; the file's name begins with `what`."""
    params, mine = link.params(), click.current()

    def content() -> bytes:
        with click.of(mine):
            view.viewer.did("file", "done", of=what, format="csv", rows=len(rows), params=params)
        return csv_text(header, rows).encode()

    st.download_button(
        label,
        data=content,
        file_name=cover.file_name(
            what, "csv", question=view.question, directory=view.directory, zone=view.zone, now=view.now
        ),
        mime=_MIME["csv"],
        key=f"table_{what}",
        icon=":material/download:",
        help=f"The table as a file: {number(len(rows))} row{'' if len(rows) == 1 else 's'}",
        on_click="ignore",
    )


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A small CSV file as text, with a byte order mark so that Excel reads it as UTF-8."""
    written = StringIO()
    written.write(BOM)
    lines = csv.writer(written)
    lines.writerow(map(spelled, header))
    lines.writerows(map(spelled, row) for row in rows)
    return written.getvalue()
