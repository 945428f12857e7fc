"""Each system's export goes in by `import FILE [FILE …]` alone, and its leads not contacted are plain Python's."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lsq_api.server.store.derive import quoted
from lsq_api.server.store.store import Store
from tests.profiles.exports import SYSTEMS, Export, exported

NOT_CALLED = """FROM leads WHERE NOT EXISTS (SELECT 1 FROM activities AS a
    WHERE a."RelatedProspectId" = leads."ProspectID" AND a."ActivityEvent" IN (21, 22))"""


class Imported(NamedTuple):
    export: Export
    store: Store
    said: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.store.backend.cursor().execute(query).fetchall()


@pytest.fixture(scope="module", params=SYSTEMS)
def imported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    export = exported(request.param)
    folder = tmp_path_factory.mktemp(request.param)
    files = export.write(folder / "files")
    into = folder / "made.store"
    command = [sys.executable, "-m", "lsq_api.server", "import", *map(str, files), "--into", str(into)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return Imported(export, Store.open(into), run.stdout)


def test_import__holds_every_lead_and_call(imported: Imported):
    export = imported.export
    assert imported.rows("SELECT count(*) FROM leads") == [(export.leads,)]
    calls = 'SELECT "ActivityEvent", count(*) FROM activities WHERE "ActivityEvent" IN (21, 22) GROUP BY 1'
    assert dict(imported.rows(calls)) == dict(export.codes)


def test_import__finds_the_leads_nobody_called(imported: Imported):
    assert imported.rows(f"SELECT count(*) {NOT_CALLED}") == [(imported.export.not_contacted,)]


def test_import__by_owner_and_stage(imported: Imported):
    stages = imported.rows(f'SELECT "ProspectStage", count(*) {NOT_CALLED} GROUP BY 1')
    assert dict(stages) == dict(imported.export.by_stage)
    names = imported.rows("""SELECT "UserId", concat_ws(' ', "FirstName", "LastName") FROM users""")
    owners = imported.rows(f'SELECT "OwnerId", count(*) {NOT_CALLED} GROUP BY 1')
    found: Counter[str | None] = Counter()
    for user, count in owners:
        found[dict(names).get(user)] += count
    assert found == imported.export.by_owner


def test_import__values_are_typed(imported: Imported):
    right = imported.export.values
    fields = list(next(iter(right.values())))
    rows = imported.rows(f'SELECT "ProspectID", {", ".join(map(quoted, fields))} FROM leads')
    found = {lead: dict(zip(fields, values, strict=True)) for lead, *values in rows}
    assert found.keys() == right.keys()
    for lead, values in right.items():
        assert _plain(found[lead]) == _plain(values)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else value


def test_import__says_whose_export_it_is(imported: Imported):
    assert Path(next(iter(imported.export.files))).name in imported.said
