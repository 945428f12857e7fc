"""From a report to its rows: plan, compile, run. Each statement runs in a session of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from math import ceil, sqrt
from typing import Any

import pyarrow as pa

from lsq_api.contract.report import DEFAULT_PAGE_SIZE, AggregateOutput, Paging, Report
from lsq_api.server.query import compile
from lsq_api.server.query.cancel import Cancellation
from lsq_api.server.query.plan import Plan, Planner
from lsq_api.server.query.statement import IN_ALL, Schema, Statement
from lsq_api.server.store.backend import Answer, Session
from lsq_api.server.store.store import Store

BATCH_ROWS = 16_384
_LAST_OFFSET = 2**63 - 1
"""The largest row number of the engine; a page beyond it is as empty as any page past the last row."""
_ONE = {"size": 1, "offset": 0}
Row = dict[str, Any]


class Engine:
    """Answers one call from one store, until it is cancelled. `clock` gives the aware moment that counts as now."""

    def __init__(self, store: Store, clock: Callable[[], datetime], cancellation: Cancellation | None = None) -> None:
        self.store, self.clock, self.cancellation = store, clock, cancellation or Cancellation()
        self.schema = Schema.of(store)

    def leads(self, report: Report) -> tuple[int, list[Row]]:
        """How many leads match, and a page of them as wire text (without `Paging`: the first page)."""
        planner = Planner(self.store, self.now())
        return self.listed(planner.plan(report), planner, report.paging or Paging(size=DEFAULT_PAGE_SIZE))

    def listed(self, plan: Plan, planner: Planner, paging: Paging) -> tuple[int, list[Row]]:
        """How many leads match a plan, and a page of them as wire text; the planner has its values."""
        now, ends = planner.now, _ends(paging)
        if plan.order is None and ends == _ONE:  # clients ask for a total so: one pass over the leads is enough
            (lead,) = self.rows(compile.first(plan, self.schema), planner.values, now=now)
            total = lead.pop(IN_ALL)
            return total, [lead] if total else []
        page, total = compile.leads(plan, self.schema, paged=True), compile.count(plan, self.schema)
        if plan.order:
            return self.page(page, total, planner.values, now=now, **ends)
        return self._by_id(page, total, planner.values, now=now, **ends)

    def groups(self, report: Report) -> tuple[int, list[Row]]:
        """How many groups there are, and a page of them as wire text (without `Paging`: the first page)."""
        now = self.now()
        planner = Planner(self.store, now)
        statement = compile.groups(planner.plan(report), self.schema, paged=True)
        extra = {"now": now} | _ends(report.paging or Paging(size=DEFAULT_PAGE_SIZE))
        rows = self.rows(statement, planner.values, **extra)
        # A page past the end has no row with the number of groups; the first row has.
        telling = rows or self.rows(statement, planner.values, **extra | {"size": 1, "offset": 0})
        total = telling[0][IN_ALL] if telling else 0
        return total, [{name: value for name, value in row.items() if name != IN_ALL} for row in rows]

    def page(
        self, page: Statement, total: Statement, values: Sequence[Any], *, size: int, offset: int, **extra: Any
    ) -> tuple[int, list[Row]]:
        """How many rows there are in all, and a page of them; after a page that is not full no count is run."""
        offset = min(offset, _LAST_OFFSET)
        rows = self.rows(page, values, size=size, offset=offset, **extra)
        if len(rows) < size and (rows or not offset):
            return offset + len(rows), rows
        ((in_all,),) = self._fetched(total, values, extra)[1]
        return in_all, rows

    def _by_id(
        self, page: Statement, total: Statement, values: Sequence[Any], *, size: int, offset: int, **extra: Any
    ) -> tuple[int, list[Row]]:
        """How many leads match, and a page of them by ID, first looked for among the ranks where it should end."""
        ((in_all,),) = self._fetched(total, values, extra)[1]
        here = max(0, min(size, in_all - offset))
        if not here:
            return in_all, []
        rows: list[Row] = []
        for upto in (_likely_within(offset + here, in_all, self.store.leads), self.store.leads):
            if len(rows) < here:
                rows = self.rows(page, values, size=size, offset=offset, upto=upto, **extra)
        return in_all, rows

    @contextmanager
    def batches(self, report: Report) -> Iterator[pa.RecordBatchReader]:
        """The rows as Arrow batches: the page that the report asks for, or all rows without `Paging`."""
        now = self.now()
        planner = Planner(self.store, now)
        make = compile.groups if isinstance(report.output, AggregateOutput) else compile.leads
        statement = make(planner.plan(report), self.schema, paged=report.paging is not None)
        extra = {"now": now, "upto": self.store.leads} | _ends(report.paging or Paging())
        with self._session() as session:
            yield session.batches(statement.text, statement.bind(planner.values, **extra), BATCH_ROWS)

    def rows(self, statement: Statement, values: Sequence[Any] = (), **extra: Any) -> list[Row]:
        """All rows of a statement, by column name."""
        names, rows = self._fetched(statement, values, extra)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _fetched(self, statement: Statement, values: Sequence[Any], extra: Mapping[str, Any]) -> Answer:
        with self._session() as session:
            return session.fetched(statement.text, statement.bind(values, **extra))

    @contextmanager
    def _session(self) -> Iterator[Session]:
        self.cancellation.check()
        with self.store.backend.session() as session, self.cancellation.holding(session):
            yield session

    def now(self) -> datetime:
        """Now as a naive datetime in UTC, as the engine's TIMESTAMP is."""
        return self.clock().astimezone(UTC).replace(tzinfo=None)


def _likely_within(place: int, matching: int, leads: int) -> int:
    """The rank below which the first `place` of the matching leads should be, if they are spread evenly over the IDs.

    Their number below a rank varies by about its square root; four times that is hardly ever too few.
    """
    return min(leads, ceil((place + 4 * sqrt(place) + 10) * leads / matching))


def _ends(paging: Paging) -> dict[str, int]:
    return {"size": paging.size, "offset": min((paging.index - 1) * paging.size, _LAST_OFFSET)}
