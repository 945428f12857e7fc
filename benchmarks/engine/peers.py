"""What our server is measured against: the obvious SQL on plain DuckDB tables and on SQLite, and a pandas merge."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.engine.questions import CODES, EVER, LISTED, Question

_LEADS = ", ".join(f'"{name}"' for name in LISTED)
_AT_ONCE = 100_000
MEMORY = "5GB"


class Plain:
    """The leads and activities of a store as plain DuckDB tables of their own file, in this process."""

    name = "plain DuckDB tables, in process"

    def __init__(self, store: Path, file: Path, now: str) -> None:
        self.now = now
        there = file.exists()
        self.engine = duckdb.connect(str(file), config={"memory_limit": MEMORY})
        if not there:
            self._fill(store)

    def _fill(self, store: Path) -> None:
        self.engine.execute(f"ATTACH '{store}' AS store (READ_ONLY)")
        for table in ("leads", "activities"):
            named = [name for name, *_ in self.engine.execute(f"DESCRIBE store.{table}").fetchall()]
            listed = ", ".join(f'"{name}"' for name in named if not name.startswith("_"))
            self.engine.execute(f"CREATE TABLE {table} AS SELECT {listed} FROM store.{table}")  # noqa: S608 -- ours
        self.engine.execute("DETACH store")
        self.engine.execute("CHECKPOINT")

    def ask(self, question: Question) -> int:
        """Run the question's statements; how many leads or rows the answer is about."""
        rows: list[tuple[object, ...]] = []
        for statement in question.sql(self.now):
            rows = self.engine.execute(statement).fetchall()
        return size(question, rows)

    def copy(self, question: Question, into: Path) -> None:
        """The question's rows as a CSV file of the engine's own making."""
        self.engine.execute(f"COPY ({question.sql(self.now)[-1]}) TO '{into}' (HEADER)")


class Sqlite:
    """The same rows in SQLite, with a covering index for the question."""

    name = "SQLite with a covering index"

    def __init__(self, plain: Plain, file: Path) -> None:
        self.now = plain.now
        there = file.exists()
        self.engine = sqlite3.connect(file)
        if not there:
            self._fill(plain)

    def _fill(self, plain: Plain) -> None:
        self.engine.execute("PRAGMA synchronous = OFF")
        self.engine.execute(
            'CREATE TABLE leads ("ProspectID" TEXT PRIMARY KEY, "ProspectStage" TEXT, "OwnerId" TEXT, "CreatedOn" TEXT)'
        )
        self.engine.execute(
            'CREATE TABLE activities ("RelatedProspectId" TEXT, "ActivityEvent" INTEGER, "CreatedOn" TEXT)'
        )
        self._copy(plain, "leads", _LEADS.replace('"CreatedOn"', '"CreatedOn"::VARCHAR'), 4)
        self._copy(plain, "activities", '"RelatedProspectId", "ActivityEvent", "CreatedOn"::VARCHAR', 3)
        self.engine.execute('CREATE INDEX contact ON activities ("RelatedProspectId", "ActivityEvent", "CreatedOn")')
        self.engine.execute('CREATE INDEX waiting ON leads ("ProspectStage", "CreatedOn")')
        self.engine.execute("ANALYZE")
        self.engine.commit()

    def _copy(self, plain: Plain, table: str, columns: str, width: int) -> None:
        found = plain.engine.execute(f"SELECT {columns} FROM {table}")  # noqa: S608 -- ours
        while rows := found.fetchmany(_AT_ONCE):
            marks = ", ".join("?" * width)
            self.engine.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 -- question marks

    def ask(self, question: Question) -> int:
        """Run the question's statements; how many leads or rows the answer is about."""
        rows: list[tuple[object, ...]] = []
        for statement in question.sql(self.now):
            rows = self.engine.execute(statement).fetchall()
        return size(question, rows)


class Merge:
    """The same rows as data frames, and a merge for each question."""

    name = "pandas merge"

    def __init__(self, plain: Plain) -> None:
        self.now = plain.now
        self.leads = plain.engine.execute(f"SELECT {_LEADS} FROM leads").df()  # noqa: S608 -- ours
        columns = '"RelatedProspectId" AS "ProspectID", "ActivityEvent", "CreatedOn" AS "On"'
        self.activities = plain.engine.execute(f"SELECT {columns} FROM activities").df()  # noqa: S608 -- ours

    def ask(self, question: Question) -> int:
        """The question's answer; how many leads or rows it is about."""
        waiting = self._waiting(question)
        if question.kind == "count":
            return len(waiting)
        if question.kind == "group by owner":
            return len(waiting.groupby("OwnerId", dropna=False).size().sort_values(ascending=False))
        by = ["CreatedOn"] if question.kind == "first page sorted" else ["ProspectID"]
        page = waiting.sort_values(by, ascending=by == ["ProspectID"]).head(50 if by == ["CreatedOn"] else 10_000)
        return len(page.to_dict("records"))

    def _waiting(self, question: Question) -> pd.DataFrame:
        scope, leads, done = question.scope, self.leads, self.activities
        if scope.stage:
            leads = leads[(leads["ProspectStage"] == scope.stage) & (leads["CreatedOn"] >= str(scope.created_from))]
        start, end = scope.quiet or (EVER, self.now)
        counts = done["ActivityEvent"].isin(CODES) & (done["On"] <= min(end, self.now)) & (done["On"] >= start)
        contacted = done.loc[counts, ["ProspectID"]].drop_duplicates()
        merged = leads.merge(contacted, on="ProspectID", how="left", indicator=True)
        return merged[merged["_merge"] == "left_only"]


def size(question: Question, rows: list[tuple[object, ...]]) -> int:
    """How many leads or rows an answer is about."""
    return int(str(rows[0][0])) if question.kind == "count" else len(rows)


Asker = Callable[[Question], int]
