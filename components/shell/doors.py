"""Cells of a table as doors: a click anywhere in one, or Enter, opens what it stands for.

Streamlit 1.67 draws tables on a canvas. Its button columns take a click on the letters alone and no key, and a selected
cell cannot tell a click from an arrow key, which must not leave the page. So a script listens beside the table and
reads the cell from the grid that Streamlit keeps for screen readers. It also shows under the pointer what a cell cuts.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import streamlit as st

_LISTEN = """
const HEAD = 36, ROW = 35, SETTLED = 240
export default ({ data, setTriggerValue }) => {
  const root = () => document.querySelector(`.st-key-${data.table}`)
  const within = (event) => root()?.contains(event.target)
  const row = (index) => root()?.querySelector(`tr[aria-rowindex="${index + 2}"]`)
  const place = (event) => {
    const scroller = root().querySelector(".dvn-scroller")
    const [left, top] = scroller ? [scroller.scrollLeft, scroller.scrollTop] : [0, 0]
    const box = root().querySelector("canvas").getBoundingClientRect()
    const x = event.clientX - box.left, y = event.clientY - box.top
    const index = Math.floor((y - HEAD + top) / ROW)
    if (x < 0 || x > box.width || y < HEAD || y > box.height || index >= data.rows) return null
    if (x < data.widths[0]) return { index, column: 0 }
    // Streamlit shares the room that is left out among the columns that are not pinned.
    const room = box.width - data.widths.reduce((sum, width) => sum + width, 0)
    const more = Math.max(room, 0) / (data.widths.length - 1)
    let end = data.widths[0] - left
    const after = data.widths.slice(1).findIndex((width) => (end += width + more) > x)
    return after < 0 ? null : { index, column: after + 1 }
  }
  const open = (cell) => {
    if (cell && (data.all || cell.column === 0)) setTriggerValue("opened", cell)
  }
  const focused = () => {
    const cell = root()?.querySelector('td[role="gridcell"][aria-selected="true"]')
    if (!cell) return null
    const line = cell.parentElement
    return {
      index: Number(line.getAttribute("aria-rowindex")) - 2,
      column: Number(cell.getAttribute("aria-colindex")) - 1,
      first: line.firstElementChild.textContent,
    }
  }
  const clicked = (event) => {
    const at = within(event) && place(event)
    if (at) open({ ...at, first: row(at.index)?.firstElementChild?.textContent ?? "" })
  }
  const pressed = (event) => {
    if (event.key !== "Enter" || !within(event)) return
    // The grid for screen readers follows an arrow key a little later.
    setTimeout(() => open(focused()), SETTLED)
    if (data.all || focused()?.column === 0) event.stopPropagation()
  }
  const moved = (event) => {
    if (!within(event)) return
    const at = place(event)
    const cells = at && row(at.index)?.children
    const door = at && (data.all || at.column === 0)
    event.target.title = cells?.[at.column]?.textContent ?? ""
    event.target.style.cursor = door ? "pointer" : ""
  }
  document.addEventListener("click", clicked, true)
  document.addEventListener("keydown", pressed, true)
  document.addEventListener("mousemove", moved, true)
  return () => {
    document.removeEventListener("click", clicked, true)
    document.removeEventListener("keydown", pressed, true)
    document.removeEventListener("mousemove", moved, true)
  }
}
"""
_listen = st.components.v2.component("doors", js=_LISTEN)
_MARGINS = 18
_NARROW, _WIDE = frozenset("fijlrt.,:;·'|!()[] -–"), frozenset("mwMW@%_&…")
LINK = {"light": "#1D4ED8", "dark": "#8AB4F8"}
"""The colour of a cell's text that is a link, on the table's background."""


class Cell(NamedTuple):
    """The cell that was just opened: its row and column as they stand, and the text that the row begins with."""

    row: int
    column: int
    first: str


def around(table: str) -> Any:
    """The container to draw a table in, by which the script finds it."""
    return st.container(key=_plain(f"{table}_around"))


def opened(table: str, *, rows: int, widths: Sequence[int], every_cell: bool = False) -> Cell | None:
    """The cell that the viewer just opened of the table drawn `around` it; None without one.

    Doors are the cells of the first, pinned column, or `every_cell`. `widths` are the columns' in pixels.
    """
    data = {"table": _plain(f"{table}_around"), "rows": rows, "widths": list(widths), "all": every_cell}
    found = _listen(key=_plain(f"{table}_doors"), data=data, on_opened_change=_ignore).opened
    return Cell(int(found["index"]), int(found["column"]), str(found["first"])) if found else None


def _plain(key: str) -> str:
    """A key as Streamlit takes it for a component, and as it stands in a page's classes."""
    return re.sub("_+", "_", re.sub("[^A-Za-z0-9_-]", "-", key))


def _ignore() -> None:
    """The run that follows reads what was opened."""


def column(label: str, width: int, why: str | None = None) -> Any:
    """The column of doors: of Streamlit's kinds the one whose pinned text is not faded, and so looks like a link."""
    return st.column_config.ButtonColumn(label, type="tertiary", alignment="left", pinned=True, width=width, help=why)


def wide(head: str, texts: Sequence[object], *, least: int = 56, most: int = 260) -> int:
    """Pixels of a column that shows its head and its texts whole, within bounds."""
    long = max(map(_length, [head, *(str(text) for text in texts if text is not None)]))
    return min(max(round(long) + _MARGINS, least), most)


def _length(text: str) -> float:
    """Pixels of a text in a table, by the kinds of its letters."""
    return sum(map(_letter, text))


@cache
def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 4.3
    return 10 if letter in _WIDE else 8.4 if letter.isupper() else 7.1
