from datetime import datetime
from pathlib import Path

import pytest

from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish
from lsq_api.server.store.schema import CORE_LEAD_FIELDS, FORMAT, DataType, StoredField
from lsq_api.server.store.store import Store

CITY = StoredField("mx_City", "City", DataType.SELECT)


def _finished(path: Path, *statements: str, fields: tuple[StoredField, ...] = ()) -> Store:
    with making(path) as connection:
        for statement in statements:
            connection.execute(statement)
        finish(connection, title="Some leads", demo=False, fields=fields)
    return Store.open(path)


def _rows(store: Store, query: str) -> list[tuple[object, ...]]:
    return store.backend.cursor().execute(query).fetchall()


LEADS = """CREATE {temp} TABLE leads AS SELECT * FROM (VALUES
    ('l1', 'Pune', 'u1', TIMESTAMP '2020-01-01 00:00:00', NULL),
    ('l2', 'delhi', 'u2', TIMESTAMP '2020-01-01 00:00:00', 'Said'),
    ('l3', 'Agra', NULL, NULL, NULL), ('l4', NULL, 'u2', NULL, NULL), ('l5', 'Pune', 'u2', NULL, NULL)
) AS t("ProspectID", "mx_City", "OwnerId", "ProspectActivityDate_Max", "ProspectActivityName_Max")"""
ACTIVITIES = """INSERT INTO activities BY NAME SELECT * FROM (VALUES
    ('a1', 'l1', 21, TIMESTAMP '2024-05-01 10:00:00'), ('a2', 'l1', 22, TIMESTAMP '2024-05-02 10:00:00'),
    ('a3', 'l1', 21, TIMESTAMP '2024-05-02 10:00:00'), ('a4', 'l3', 9, TIMESTAMP '2030-01-01 00:00:00')
) AS t("ProspectActivityId", "RelatedProspectId", "ActivityEvent", "CreatedOn")"""
TYPES = """INSERT INTO activity_types BY NAME SELECT * FROM (VALUES (21, 'In'), (22, 'Out'), (9, 'Spam'))
    AS t("ActivityEvent", "ActivityEventName")"""
USERS = """INSERT INTO users BY NAME SELECT 'u1' AS "UserId", 'Ann' AS "FirstName", '1' AS "StatusCode" """


@pytest.fixture(params=["", "TEMP"], ids=["plain", "temporary"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    leads = LEADS.format(temp=request.param)
    return _finished(tmp_path / "made", leads, ACTIVITIES, TYPES, USERS, fields=(CITY,))


def test_finish__last_and_first_activity(store: Store) -> None:
    """Of two activities in one second the greater code is the last; without any, the file's word stands."""
    found = _rows(
        store,
        """SELECT "ProspectID", "ProspectActivityDate_Max", "ProspectActivityDate_Min", "ProspectActivityName_Max"
        FROM leads ORDER BY 1""",
    )
    assert found == [
        ("l1", datetime(2024, 5, 2, 10), datetime(2024, 5, 1, 10), "Out"),
        ("l2", datetime(2020, 1, 1), None, "Said"),
        ("l3", datetime(2030, 1, 1), datetime(2030, 1, 1), "Spam"),
        ("l4", None, None, None),
        ("l5", None, None, None),
    ]


def test_finish__core_columns_are_there(store: Store) -> None:
    assert list(store.column_types)[:2] == ["ProspectID", "mx_City"]
    assert set(store.column_types) == {*CORE_LEAD_FIELDS, "mx_City"}
    assert store.column_types["CreatedOn"] == "TIMESTAMP"
    assert store.column_types["Score"] == "BIGINT"
    assert _rows(store, 'SELECT count("EmailAddress"), count("Score") FROM leads') == [(0, 0)]


def test_finish__owners_become_users(store: Store) -> None:
    found = _rows(store, 'SELECT "UserId", "FirstName", "LastName", "StatusCode" FROM users ORDER BY 1')
    assert found == [("u1", "Ann", None, "1"), ("u2", None, None, "0")]


def test_finish__fields_are_described(store: Store) -> None:
    described = _rows(store, 'SELECT "Position", "SchemaName" FROM lead_fields ORDER BY 1')
    assert described == list(enumerate(store.column_types))
    assert store.fields["mx_city"] == StoredField("mx_City", "City", DataType.SELECT, ("Agra", "delhi", "Pune"))
    assert store.fields["prospectstage"].options == ()
    assert _rows(store, """SELECT "Options" FROM lead_fields WHERE "SchemaName" = 'ProspectID'""") == [(None,)]


def test_finish__store_row(store: Store) -> None:
    found = _rows(store, 'SELECT "Format", "Title", "Demo", "Leads", "Activities" FROM store')
    assert found == [(FORMAT, "Some leads", False, 5, 4)]


def test_finish__only_ids(tmp_path: Path) -> None:
    store = _finished(tmp_path / "made", """CREATE TABLE leads AS SELECT 'l1' AS "ProspectID" """)
    assert (store.leads, store.activities) == (1, 0)
    assert _rows(store, 'SELECT "OwnerId", "ProspectActivityDate_Max" FROM leads') == [(None, None)]


def test_finish__nobody_describes_a_column(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mx_City"):
        _finished(tmp_path / "made", LEADS.format(temp=""))
    assert list(tmp_path.iterdir()) == []
