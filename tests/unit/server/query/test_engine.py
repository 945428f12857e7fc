"""How many statements a call takes; what they answer is tested over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lsq_api.contract.report import NotContacted
from lsq_api.server.query.engine import Engine
from lsq_api.server.store.backend import Answer, Backend, Session
from lsq_api.server.store.file import StoreFile
from lsq_api.server.store.store import Store
from tests.stores import Rows, make_store

LEADS = [{"ProspectID": f"lead-{n}", "Source": "Web" if n % 2 else "Fair", "OwnerId": f"o{n}"} for n in range(9)]


@dataclass(frozen=True)
class Noting:
    """A place that notes the statements that run in it."""

    backend: Backend
    ran: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.backend.session() as session:
            yield _Session(session, self.ran)


@dataclass(eq=False)
class _Session:
    session: Session
    ran: list[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    def fetched(self, text: str, values: Mapping[str, Any]) -> Answer:
        self.ran.append(text)
        return self.session.fetched(text, values)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(make_store(tmp_path / "s", Rows(LEADS)))
    yield replace(opened, backend=Noting(opened.backend))
    opened.close()


@pytest.mark.parametrize(("source", "found"), [("Fair", (5, "lead-0")), ("Web", (4, "lead-1")), ("Mail", (0, None))])
def test_total__is_one_statement(store: Store, source: str, found: tuple[int, str | None]):
    filters = {"LeadFilters": [{"LookUpName": "Source", "SqlOperator": "=", "LookUpValues": [source]}]}
    asked = NotContacted.model_validate(
        {
            "Output": {"Type": "List", "IncludeCSV": "Source,ProspectID,OwnerId"},
            "ReportFilter": filters,
            "Paging": {"PageIndex": 1, "PageSize": 1},
        }
    )
    total, rows = Engine(store, lambda: datetime(2026, 3, 1, tzinfo=UTC)).leads(asked)
    count, lead = found
    assert total == count
    assert rows == ([] if lead is None else [{"Source": source, "ProspectID": lead, "OwnerId": f"o{lead[-1]}"}])
    assert len(store.backend.ran) == 1  # type: ignore[attr-defined]


def test_store__of_a_few_rows_is_read_by_one_thread(tmp_path: Path):
    """More would wait for each other, and find nothing to do."""
    with closing(StoreFile.open(make_store(tmp_path / "s", Rows(LEADS)))) as place, place.session() as session:
        assert session.fetched("SELECT current_setting('threads')", {})[1] == [(1,)]
