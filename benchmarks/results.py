"""What was measured, as tables for people: on the screen, and in `RESULTS.md`."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb


@dataclass
class Results:
    """Sections of lines, said at once and kept for the file."""

    lines: list[str] = field(default_factory=list)

    def say(self, line: str = "") -> None:
        """One line."""
        print(line, flush=True)
        self.lines.append(line)

    def section(self, title: str, columns: Sequence[str]) -> None:
        """Begin a table."""
        self.say()
        self.say(f"## {title}")
        self.say()
        self.say(f"| {' | '.join(columns)} |")
        self.say("|" + "---|" * len(columns))

    def row(self, *cells: object) -> None:
        """A row of the table."""
        self.say(f"| {' | '.join(map(str, cells))} |")

    def write(self, file: Path, command: str, how: str) -> None:
        """Keep all of it, with the machine, the day and how it was measured."""
        file.write_text("\n".join([*_head(command), how, *self.lines, ""]), "utf-8")


def ms(seconds: float) -> str:
    """Milliseconds, for people."""
    return f"{seconds * 1000:,.1f} ms" if seconds < 0.1 else f"{seconds * 1000:,.0f} ms"


def _head(command: str) -> Iterator[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    yield "# What was measured"
    yield ""
    yield f"{datetime.now(UTC):%Y-%m-%d}, `{command}`: {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB,"
    yield f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}."
