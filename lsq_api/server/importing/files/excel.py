"""The sheets of an Excel workbook (`.xlsx`), as rows of text: dates as ISO, whole numbers without a fraction."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from lsq_api.server.importing.files.rows import FileRows, Record
from lsq_api.server.store.faults import ImportFailed


def sheets(path: Path) -> list[str]:
    """The names of the visible sheets that hold anything; raises ImportFailed for a file that is no workbook."""
    book = _book(path)
    hidden = {meta.name for meta in book.sheets_metadata if "Visible" not in str(meta.visible)}
    return [name for name in book.sheet_names if name not in hidden and book.get_sheet_by_name(name).height]


def rows(path: Path, sheet: str) -> FileRows:
    """The rows of a sheet."""
    return FileRows(path, "row", _records(path, sheet))


def _records(path: Path, sheet: str) -> Iterator[Record]:
    found = _book(path).get_sheet_by_name(sheet)
    first = found.start[0] + 1 if found.start else 1
    for number, cells in enumerate(found.to_python(skip_empty_area=True), first):
        yield Record(number, [_text(cell) for cell in cells])


def _book(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise ImportFailed(path, f"is no Excel workbook that can be read: {error}") from None


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "1" if cell else "0"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float():
            return repr(cell)
        case datetime():
            return cell.replace(microsecond=0).isoformat(" ")
        case date() | time() | timedelta():
            return str(cell)
        case _:
            return "" if cell is None else str(cell)
