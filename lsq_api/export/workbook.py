"""An Excel workbook of leads: a sheet of rows, and one about the file. The only module that imports XlsxWriter.

Rows are written to disk as they come, so that memory stays constant. Text is written as text, never as a formula.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import xlsxwriter

from lsq_api.export.columns import Column, Kind, Value

MAX_ROWS = 100_000
"""The most leads of a workbook here: larger ones take minutes to write and to open."""
LONGEST_TEXT = 32_767
"""The most of an Excel cell, in UTF-16 code units as Excel counts: a letter beyond the first 65,536 is two of them."""
CUT: Final = "…"
"""How a text that was cut ends."""
_EARLIEST_YEAR = 1900
_WIDTHS = {Kind.TIME: 19, Kind.DAY: 12, Kind.NUMBER: 12, Kind.EMAIL: 30}
Fact = tuple[str, str]


class Workbook:
    """A workbook being written. `cut` counts texts that were longer than a cell."""

    def __init__(self, path: Path, columns: Sequence[Column], headers: Sequence[str], folder: str) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._plain = self._book.add_format({})
        self._formats = {
            datetime: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._sheet, self._about = (self._book.add_worksheet(name) for name in ("Leads", "About"))
        self._columns, self._at, self.cut = len(columns), 0, 0
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, _WIDTHS.get(column.kind, 20))
        self._sheet.freeze_panes(1, 0)
        self._row([*headers], self._bold)

    def add(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write rows, each with one value a column."""
        for row in rows:
            self._row(row)

    @property
    def rows(self) -> int:
        """Rows written so far, without the header."""
        return self._at - 1

    def close(self, facts: Iterable[Fact]) -> None:
        """Write the second sheet, and finish the file."""
        self._sheet.autofilter(0, 0, self._at - 1, self._columns - 1)
        self._about.set_column(0, 0, 22)
        self._about.set_column(1, 1, 110)
        for number, fact in enumerate(facts):
            for place, said in enumerate(fact):
                self._text(self._about, number, place, said, self._bold if place == 0 else None)
        self._book.close()

    def _row(self, values: Sequence[Value], style: Any = None) -> None:
        for place, value in enumerate(values):
            match value:
                case str():
                    self._text(self._sheet, self._at, place, value, style)
                case date() if value.year >= _EARLIEST_YEAR:
                    self._sheet.write_datetime(self._at, place, value, self._formats[type(value)])
                case int() | float():
                    self._sheet.write_number(self._at, place, value)
                case date():  # before the first day that Excel knows
                    self._text(self._sheet, self._at, place, str(value), style)
        self._at += 1

    def _text(self, sheet: Any, row: int, column: int, text: str, style: Any) -> None:
        fitting = fitted(text)
        self.cut += fitting is not text
        text = fitting
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would read such text as its own markup; written in two pieces it stays text.
            sheet.write_rich_string(row, column, text[:1], self._plain, text[1:])
        else:
            sheet.write_string(row, column, text, style)


def fitted(text: str) -> str:
    """The text itself where a cell holds it; else as much of it as fits, with a mark, and no letter cut in two."""
    if 2 * len(text) <= LONGEST_TEXT or len(units := text.encode("utf-16-le")) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", errors="ignore") + CUT


@contextmanager
def workbook(path: Path, columns: Sequence[Column], headers: Sequence[str]) -> Iterator[Workbook]:
    """A workbook at `path`. Leaving the block without `close` releases it; the file is then unusable."""
    # XlsxWriter's temporary files go beside the workbook, where there is room: it does not remove all of them.
    with TemporaryDirectory(dir=path.parent) as folder:
        book = Workbook(path, columns, headers, folder)
        try:
            yield book
        except BaseException:
            book.close(())
            raise
