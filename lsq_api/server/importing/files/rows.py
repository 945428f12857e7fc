"""What is a row of a file, in one place: where the header is, which rows are blank, and which are a report's footer.

CSV and Excel files come here as records: the place of a row for people (a line or a row number) and its values as text.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from lsq_api.server.store.faults import ImportFailed

# How the last lines of reports begin, that are no data.
FOOTERS: Final = re.compile(
    r"(?i)^\s*(?:(?:grand )?totals?\b|copyright|©|confidential information|generated (?:by|on|at)|exported (?:by|on|at)"
    r"|report (?:run|generated|exported)|rows? returned|page \d+ of|end of (?:report|file)|record count|sum of)"
)
_TITLES: Final = 20
"""The most records above a header that are looked through for titles."""


class Record(NamedTuple):
    """A row of a file: the line or row it begins on, from 1, and its values."""

    place: int
    values: list[str]

    @property
    def blank(self) -> bool:
        """Whether it holds nothing."""
        return not any(value.strip() for value in self.values)

    @property
    def filled(self) -> int:
        """How many of its values are not blank."""
        return sum(bool(value.strip()) for value in self.values)


@dataclass
class FileRows:
    """The rows of a file below its header, each as wide as the header; iterate once.

    Blank rows are none: every table has a column that must not be blank. `above` counts the records over the header;
    `footer` are the last lines that are no rows, once all have been read.
    """

    path: Path
    unit: str
    records: Iterable[Record]
    header: tuple[str, ...] = ()
    header_at: int = 1
    above: int = 0
    titles: list[str] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    _ahead: deque[Record] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.records = iter(self.records)
        head: list[Record] = []
        for record in self.records:
            head.append(record)
            if record.filled > 2 or sum(not each.blank for each in head) > _TITLES:
                break
        first = next((at for at, record in enumerate(head) if not record.blank), None)
        if first is None:
            raise ImportFailed(self.path, f"is empty; the first {self.unit} must name the columns")
        # A lone value over a wide row is a title, as reports have them above their header.
        if head[-1].filled > 2 and all(record.filled <= 1 for record in head[:-1]):
            self.titles = [
                next(value for value in record.values if value.strip()) for record in head[:-1] if not record.blank
            ]
            first = len(head) - 1
        self.above = first
        self.header = tuple(name.strip() for name in head[first].values)
        self.header_at = head[first].place
        self._ahead.extend(head[first + 1 :])

    def __iter__(self) -> Iterator[Record]:
        """Yields the rows; ImportFailed for the first with more or fewer values than the header has."""
        held: list[Record] = []
        after_blank = False
        for record in chain(self._ahead, self.records):
            if record.blank:
                after_blank = True
            elif record.filled == 1 and (FOOTERS.match(record.values[0]) or after_blank or held):
                held.append(record)
            else:
                yield from map(self._fitted, [*held, record])
                held, after_blank = [], False
        # A row that is whole may be a lead of which only the ID is known: what is shorter, or has words of a footer,
        # tells where the footer begins.
        told = (at for at, record in enumerate(held) if self._is_footer(record))
        begins = next(told, len(held))
        if self.unit == "row" and begins < len(held):
            begins = 0  # a sheet has no short rows: the words of one line tell of those around it, too
        yield from map(self._fitted, held[:begins])
        self.footer = [record.values[0].strip() for record in held[begins:]]

    def _is_footer(self, record: Record) -> bool:
        return len(record.values) < len(self.header) or FOOTERS.match(record.values[0]) is not None

    def _fitted(self, record: Record) -> Record:
        width, values = len(self.header), record.values
        # Too many delimiters at the end of a line, as spreadsheets write them, hold nothing.
        if len(values) < width or any(values[width:]):
            raise ImportFailed(
                self.path,
                f"has {len(values)} values where the header names {width} columns; "
                "put values that hold a delimiter or a quote between double quotes",
                place=f"{self.unit} {record.place}",
                column=self.header[len(values)] if len(values) < width else None,
                value=",".join(values),
            )
        return Record(record.place, values[:width])
