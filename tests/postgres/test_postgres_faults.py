"""Databases that cannot be reached, hold no store or not a whole one: each a clear error without who connects."""

from pathlib import Path

import psycopg
import pytest

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines import registry
from lsq_api.server.engines.postgres.url import PostgresUrl
from lsq_api.server.source import made, opened
from lsq_api.server.store.faults import ImportFailed
from lsq_api.server.store.schema import FORMAT
from lsq_api.server.store.store import Store
from tests.postgres_cluster import PASSWORD, QUOTED, USER, Cluster
from tests.stores import Rows, activity, make_store

ROWS = Rows([{"ProspectID": "l1"}], [activity(1, "l1", 22, "2026-01-01 00:00:00")])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "leads.store", ROWS)


def refused(url: str) -> str:
    with pytest.raises(NotConnected) as caught, opened(url):
        pytest.fail("opened")
    said = str(caught.value)
    for secret in (PASSWORD, QUOTED, "wrong", USER):
        assert secret not in said
    assert "\n" not in said
    return said


def changed(url: str, *statements: str) -> str:
    """Somebody else's changes to what is published."""
    where = PostgresUrl.read(url)
    with psycopg.connect(**where.parameters, autocommit=True) as connection:
        (newest,) = connection.execute(
            f'SELECT "Schema" FROM {where.schema}.published ORDER BY "Number" DESC LIMIT 1'
        ).fetchone()
        connection.execute(f"SET search_path = {newest}")
        for statement in statements:
            connection.execute(statement)
    return url


def test_unreachable__names_where(url: str, server: Cluster) -> None:
    said = refused(url.replace(f":{server.port}/", ":1/"))
    assert said.startswith("postgres://127.0.0.1:1/postgres/place_")
    assert "cannot be reached" in said
    assert "Connection refused" in said


def test_unreachable__wrong_password(url: str) -> None:
    assert "cannot be reached: connection failed" in refused(url.replace(QUOTED, "wrong"))
    assert "password authentication failed" in refused(url.replace(QUOTED, "wrong"))


def test_unreachable__no_such_database(url: str) -> None:
    assert 'database "nowhere" does not exist' in refused(url.replace("/postgres/", "/nowhere/"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgres://user-4711:wrong@host:port/db",
            "cannot be read; the form is postgres://USER:PASSWORD@HOST:PORT/DATABASE",
        ),
        ("postgres://user-4711:wrong@[host/db", "cannot be read; the form is"),
        ("postgres://user-4711:wrong@host/db?sslmod=require", "sslmod: not all of these are options of PostgreSQL's"),
        (
            "postgres://user-4711:wrong@host/db?schema=pg_catalog",
            "a schema has a name of at most 40 bytes that begins other",
        ),
        (f"postgres://user-4711:wrong@host/db/{'x' * 41}", "a schema has a name of at most 40 bytes"),
    ],
)
def test_url__that_is_none(url: str, said: str) -> None:
    assert said in refused(url)


def test_database__without_our_tables(url: str) -> None:
    assert "no store was published there; make one with `python -m lsq_api.server import FOLDER --into" in refused(url)


@pytest.mark.parametrize("version", [1, FORMAT + 1])
def test_database__of_another_version(url: str, store: Path, version: int) -> None:
    registry.publish(url, store)
    said = refused(changed(url, f'UPDATE store SET "Format" = {version}'))
    assert f"store of version {version}, this program reads version {FORMAT}" in said


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE activities", "activities.ProspectActivityId is missing"),
        ("DROP TABLE contact_codes", "contact_codes.ActivityEvent is missing"),
        ("DROP TABLE store", "the table store is missing"),
        ("DROP SCHEMA {} CASCADE", "the table store is missing"),
        ('ALTER TABLE activities ALTER "ActivityEvent" TYPE text', "activities.ActivityEvent is VARCHAR"),
        ('ALTER TABLE leads ALTER "CreatedOn" TYPE date', "leads.CreatedOn is DATE; it must be TIMESTAMP"),
        ('ALTER TABLE leads ALTER "Score" TYPE text COLLATE "C"', "leads.Score is VARCHAR; it must be a number"),
        ('ALTER TABLE leads ALTER "Source" TYPE text COLLATE "default"', 'leads.Source is VARCHAR COLLATE "default"'),
        ('ALTER TABLE leads ADD "mx_Box" jsonb', "leads.mx_Box is JSONB; it must be text, a number, a time or a day"),
        ('ALTER TABLE leads DROP "_first_22"', "leads._first_22 is missing"),
        ('ALTER TABLE contacts ALTER "Lead" TYPE bigint', "contacts.Lead is BIGINT; it must be INTEGER"),
    ],
)
def test_database__with_other_columns(url: str, store: Path, statement: str, said: str) -> None:
    registry.publish(url, store)
    if "{}" in statement:
        statement = "DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END $$"
    assert said in refused(changed(url, statement))


def test_text__with_a_nul_is_refused_and_nothing_lost(url: str, store: Path, tmp_path: Path) -> None:
    registry.publish(url, store)
    odd = make_store(tmp_path / "odd", Rows([{"ProspectID": "a", "Source": "x\0y"}, {"ProspectID": "b"}]))
    with pytest.raises(ImportFailed, match=r"leads\.Source: 1 rows hold the letter NUL"):
        registry.publish(url, odd)
    with opened(url) as served:
        assert served.leads == 1
        assert [field for field in served.fields if field == "source"] == ["source"]


def test_publish__of_what_is_no_store(url: str, tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(b"no store at all" * 1000)
    with pytest.raises(NotConnected, match="is not a readable store"):
        registry.publish(url, tmp_path / "odd")


def test_publish__by_two_at_once(url: str, store: Path) -> None:
    where = PostgresUrl.read(url)
    with psycopg.connect(**where.parameters) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [where.schema])
        with pytest.raises(NotConnected, match="is being published to by another program; try again"):
            registry.publish(url, store)
    registry.publish(url, store)


def test_publish__without_the_right(url: str, store: Path, server: Cluster) -> None:
    registry.publish(url, store)
    with psycopg.connect(**PostgresUrl.read(url).parameters, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest-4711'")
    guest = url.replace(f"{USER}:{QUOTED}", "guest:guest-4711")
    with pytest.raises(NotConnected, match="may not be published to: permission denied") as caught:
        registry.publish(guest, store)
    assert "guest" not in str(caught.value)
    assert "may not be read: permission denied for schema" in refused(guest)
    home = PostgresUrl.read(url).schema
    changed(url, f"GRANT USAGE ON SCHEMA {home} TO guest", f"GRANT SELECT ON {home}.published TO guest")
    assert f"may not be read: permission denied for schema {home}_" in refused(guest)
    changed(url, "DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema() || ' TO guest'; END $$")
    assert "may not be read: permission denied for table" in refused(guest)
    changed(
        url,
        "DO $$ BEGIN EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA ' || current_schema() || ' TO guest'; END $$",
        f'ALTER DEFAULT PRIVILEGES FOR ROLE "{USER}" GRANT USAGE ON SCHEMAS TO guest',
        f'ALTER DEFAULT PRIVILEGES FOR ROLE "{USER}" GRANT SELECT ON TABLES TO guest',
    )
    for _ in range(2):  # what was published before, and what is published after
        with opened(guest) as served:
            assert served.leads == 1
        registry.publish(url, store)


def test_made__a_failed_import_publishes_nothing(url: str, store: Path) -> None:
    with pytest.raises(ZeroDivisionError), made(url) as where:
        where.write_bytes(store.read_bytes())
        _ = 1 / 0
    assert "no store was published there" in refused(url)
    with made(url) as where:
        where.write_bytes(store.read_bytes())
    with opened(url) as served:
        assert (served.leads, served.activities) == (1, 1)


def test_opened__names_the_place_without_who_connects(url: str, store: Path) -> None:
    registry.publish(url, store)
    with opened(url) as served:
        assert isinstance(served, Store)
        assert QUOTED not in f"{served!r}{served.backend}{served.backend.url!r}"
        assert PASSWORD not in f"{served!r}{served.backend}{served.backend.url!r}"
