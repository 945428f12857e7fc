"""What is asked of every engine: the report as the wire carries it, and the same question as the obvious SQL.

The SQL is plain enough for DuckDB and SQLite alike. Times are text in it, which DuckDB casts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LISTED = ("ProspectID", "ProspectStage", "OwnerId", "CreatedOn")
CODES = (21, 22)
STAGE = "Contacted"
EVER = "1000-01-01 00:00:00"


@dataclass(frozen=True)
class Scope:
    """Which leads, and since when contact counts. `name` is for the table of results."""

    name: str
    stage: str | None = None
    created_from: str | None = None
    quiet: tuple[str, str] | None = None

    @property
    def body(self) -> dict[str, Any]:
        """Filters and dates of the report."""
        leads = (
            [{"LookUpName": "ProspectStage", "SqlOperator": "=", "LookUpValues": [self.stage]}] if self.stage else []
        )
        codes = {"LookUpName": "ActivityEvent", "SqlOperator": "in", "LookUpValues": [str(code) for code in CODES]}
        dates = []
        if self.created_from:
            dates.append({"DateField": "LeadCreatedOn", "FromDate": self.created_from, "ToDate": "2100-01-01 00:00:00"})
        if self.quiet:
            dates.append({"DateField": "ActivityCreatedOn", "FromDate": self.quiet[0], "ToDate": self.quiet[1]})
        return {"ReportFilter": {"LeadFilters": leads, "ActivityFilters": [codes]}, "DateFilter": dates}

    def sql(self, now: str) -> str:
        """FROM and WHERE of the obvious SQL."""
        start, end = self.quiet or (EVER, now)
        leads = [f"\"ProspectStage\" = '{self.stage}'"] if self.stage else []
        leads += [f"leads.\"CreatedOn\" >= '{self.created_from}'"] if self.created_from else []
        contact = (
            'NOT EXISTS (SELECT 1 FROM activities WHERE "RelatedProspectId" = "ProspectID" '  # noqa: S608 -- ours
            f'AND "ActivityEvent" IN (21, 22) AND activities."CreatedOn" <= \'{min(now, end)}\' '
            f"AND activities.\"CreatedOn\" >= '{start}')"
        )
        return f"FROM leads WHERE {' AND '.join([*leads, contact])}"


@dataclass(frozen=True)
class Question:
    """One report; `sql` is what a peer runs (the list's total is a second statement)."""

    kind: str
    scope: Scope
    output: Mapping[str, Any]
    select: str
    tail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    counted: bool = False

    @property
    def name(self) -> str:
        """As the table of results has it."""
        return f"{self.kind}, {self.scope.name}"

    @property
    def body(self) -> dict[str, Any]:
        """The report."""
        return {**self.scope.body, "Output": dict(self.output), **self.more}

    def sql(self, now: str) -> list[str]:
        """The obvious statements, of which the last one gives the rows."""
        scope = self.scope.sql(now)
        total = [f"SELECT count(*) {scope}"] if self.counted else []
        return [*total, f"SELECT {self.select} {scope} {self.tail}"]


def scopes(now: datetime) -> list[Scope]:
    """All leads and few, ever and lately, and a span that ended a while ago."""

    def ago(days: int) -> str:
        return f"{now - timedelta(days=days):%Y-%m-%d %H:%M:%S}"

    lately, once = (ago(30), ago(0)), (ago(90), ago(60))
    few = {"stage": STAGE, "created_from": ago(60)}
    return [
        Scope("ever"),
        Scope("30 days", quiet=lately),
        Scope("days 90 to 60", quiet=once),
        Scope("few leads, ever", **few),
        Scope("few leads, 30 days", **few, quiet=lately),
    ]


def questions(now: datetime) -> Iterator[Question]:
    """Every kind of report in every scope."""
    columns = ", ".join(f'"{name}"' for name in LISTED)
    listed = {"Type": "List", "IncludeCSV": ",".join(LISTED)}
    grouped = {"Type": "Aggregate", "GroupBy": "OwnerId", "AggregateFunction": "Count", "AggregateField": "Score"}
    newest = {"Sorting": {"ColumnName": "CreatedOn", "Direction": "1"}}
    for scope in scopes(now):
        one = {"Type": "List", "IncludeCSV": "ProspectID"}
        yield Question("count", scope, one, "count(*)", "", _page(1))
        by = 'GROUP BY "OwnerId" ORDER BY 2 DESC, 1'
        yield Question("group by owner", scope, grouped, '"OwnerId", count(*)', by)
        first = 'ORDER BY leads."CreatedOn" DESC, "ProspectID" LIMIT 50'
        yield Question("first page sorted", scope, listed, _select(columns), first, _page(50) | newest, True)
        yield Question(
            "list of 10,000", scope, listed, _select(columns), 'ORDER BY "ProspectID" LIMIT 10000', _page(10_000), True
        )


def export(rows_from: str) -> Question:
    """Every lead since a day that nobody called in the year 2000: all of them, and so a known number of rows."""
    scope = Scope("CSV", created_from=rows_from, quiet=("2000-01-01 00:00:00", "2000-12-31 00:00:00"))
    columns = ", ".join(f'"{name}"' for name in LISTED)
    listed = {"Type": "List", "IncludeCSV": ",".join(LISTED)}
    return Question("CSV", scope, listed, _select(columns), 'ORDER BY "ProspectID"')


def _select(columns: str) -> str:
    return columns.replace('"CreatedOn"', 'leads."CreatedOn"')


def _page(size: int) -> dict[str, Any]:
    return {"Paging": {"PageIndex": 1, "PageSize": size}}
