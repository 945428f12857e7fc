"""Every lead of a report as a file: CSV, Excel or JSON, written page by page and counted.

    Export   what goes into a file: columns, their names and zone, what the file says about itself
    write    reads every page and writes it to a path; returns the number of rows. A file is whole, or not there

CSV and Excel are for people: display names, names of users, times in the reader's zone. JSON is for programs: schema
names, IDs, times in UTC; where not all activities are known, each lead says what is, in `Evidence`. Source: sections
2.3, 2.4 and 10 of the wire notes; "Exports are exact" of the product's page.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from lsq_api.contract.answer import ListAnswer
from lsq_api.contract.errors import Incomplete
from lsq_api.export.columns import Column, Kind, Value, columns, readers, rows_of
from lsq_api.export.csv_injection import neutral
from lsq_api.export.workbook import MAX_ROWS, Fact, workbook
from lsq_api.question.directory import Directory
from lsq_api.question.evidence import WHOLE, Evidence
from lsq_api.work.job import Progress

ATTEMPTS = 2
"""How often reading is begun when the leads change while they are read."""
_UTC = ZoneInfo("UTC")

Page = list[dict[str, Any]]


class TooManyRows(Exception):
    """There are more leads than a workbook may have here."""


class Written(NamedTuple):
    """The outcome of an export: its rows, and how many texts were cut because they were longer than an Excel cell."""

    rows: int
    cut: int = 0


@dataclass(frozen=True)
class Export:
    """What goes into a file. `facts` are the lines of a workbook's second sheet.

    `evidence` is what is known of the contacts that these leads lack.
    """

    columns: tuple[Column, ...]
    directory: Directory
    zone: ZoneInfo
    facts: tuple[Fact, ...] = ()
    evidence: Evidence = WHOLE

    @classmethod
    def of(
        cls,
        fields: Sequence[str],
        directory: Directory,
        zone: ZoneInfo,
        facts: tuple[Fact, ...] = (),
        evidence: Evidence = WHOLE,
    ) -> "Export":
        """The export of these lead fields, in their order."""
        return cls(columns(fields, directory), directory, zone, facts, evidence)

    @property
    def headers(self) -> list[str]:
        """Display names of the columns; those of times name the zone."""
        return [f"{one.header} ({self.zone.key})" if one.kind is Kind.TIME else one.header for one in self.columns]

    def values(self, page: Page) -> Iterator[list[Value]]:
        """The leads of a page as typed values for people."""
        return rows_of(page, self.columns, readers(self.columns, self.directory, self.zone))

    def lines(self, page: Page) -> Iterator[list[Value]]:
        """The leads of a page as values for a file without types, in which numbers stay as the host wrote them."""
        untyped = _as_text(self.columns, Kind.NUMBER)
        return rows_of(page, untyped, readers(untyped, self.directory, self.zone))

    def objects(self, page: Page) -> Iterator[dict[str, Any]]:
        """The leads of a page for programs: an owner is an ID, with the name beside it."""
        as_sent = _as_text(self.columns, Kind.USER)
        found = rows_of(page, as_sent, readers(as_sent, self.directory, _UTC))
        return map(self._object, found)

    def _object(self, row: Sequence[Value]) -> dict[str, Any]:
        lead: dict[str, Any] = {}
        for column, value in zip(self.columns, row, strict=True):
            lead[column.field] = f"{value.isoformat()}Z" if isinstance(value, datetime) else value
            if column.kind is Kind.USER:
                lead.setdefault(f"{column.field}Name", self.directory.user_label(str(value)) if value else None)
        return lead | {"Evidence": self.evidence.note} if self.evidence.note else lead


def _as_text(found: tuple[Column, ...], kind: Kind) -> tuple[Column, ...]:
    return tuple(one._replace(kind=Kind.TEXT) if one.kind is kind else one for one in found)


def write(
    pages: Callable[[], Iterable[ListAnswer]], into: Path, ending: str, export: Export, progress: Progress | None = None
) -> Written:
    """Write every lead to a file: `csv`, `xlsx` or `json`.

    `pages` begins to read; it is called again where leads changed meanwhile. Raises what reading raises, Incomplete
    unless the rows are as many as `TotalCount`, TooManyRows, OSError; then no file is left.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _write(pages(), into, ending, export, progress)
        except Incomplete:
            into.unlink(missing_ok=True)
            if attempt == ATTEMPTS:
                raise
        except BaseException:
            into.unlink(missing_ok=True)
            raise
    raise AssertionError("unreachable: the last attempt returns or raises")


def _write(pages: Iterable[ListAnswer], into: Path, ending: str, export: Export, progress: Progress | None) -> Written:
    rows = total = 0
    with FORMATS[ending](into, export) as file:
        for page in pages:
            total = page.total
            if ending == "xlsx" and total > MAX_ROWS:
                raise TooManyRows(f"{total:,} leads; a workbook is made for {MAX_ROWS:,}")
            file.add(page.rows)
            rows += len(page.rows)
            if progress:
                progress(rows, total)
        if rows != total:
            raise Incomplete(f"{rows} rows were written, the total is {total}")
    return Written(rows, file.cut)


class _File:
    """A file of one format: `add` writes a page, `cut` counts texts that were too long."""

    def __init__(self, add: Callable[[Page], None]) -> None:
        self.add, self.cut = add, 0


@contextmanager
def _csv(path: Path, export: Export) -> Iterator[_File]:
    with path.open("w", encoding="utf-8-sig", newline="") as written:
        lines = csv.writer(written)
        lines.writerow(map(neutral, export.headers))
        yield _File(lambda page: lines.writerows(map(spelled, row) for row in export.lines(page)))


@contextmanager
def _xlsx(path: Path, export: Export) -> Iterator[_File]:
    with workbook(path, export.columns, export.headers) as book:
        file = _File(lambda page: book.add(export.values(page)))
        yield file
        file.cut = book.cut
        cut = [("Texts cut to fit a cell", f"{file.cut:,}")] if file.cut else []
        book.close((*export.facts, ("Rows", f"{book.rows:,}"), *cut))


@contextmanager
def _json(path: Path, export: Export) -> Iterator[_File]:
    with path.open("wb") as written:
        written.write(b"[")
        between = iter([b"\n"])

        def add(page: Page) -> None:
            for lead in export.objects(page):
                written.write(next(between, b",\n") + orjson.dumps(lead))

        yield _File(add)
        written.write(b"\n]\n")


FORMATS = {"csv": _csv, "xlsx": _xlsx, "json": _json}


def spelled(value: Value) -> str:
    """A value in a CSV for people: `2026-11-23 14:05:00`, `12.5`, text made safe, "" for no value."""
    return "" if value is None else neutral(str(value))
