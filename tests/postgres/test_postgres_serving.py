"""A store in PostgreSQL while it is served: published anew, a server that restarts, statements that are ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import duckdb
import httpx
import psycopg
import pytest
from pydantic import SecretStr

from lsq_api.contract.report import NotContacted
from lsq_api.server.app import Options
from lsq_api.server.engines import registry
from lsq_api.server.engines.postgres import backend, dialect
from lsq_api.server.engines.postgres.url import PostgresUrl
from lsq_api.server.query.cancel import Cancellation
from lsq_api.server.query.engine import Engine
from lsq_api.server.query.statement import Statement
from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread
from tests.conftest import ACCESS, KEYS, NOT_CONTACTED, SECRET, Caller
from tests.contract.company import NOW
from tests.postgres_cluster import Cluster, cluster
from tests.stores import Rows, make_store

LIST = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}}
ENDLESS = Statement("SELECT count(*) FROM (SELECT generate_series(1, 1000000000000)) AS t(n) WHERE n % 3 = 1", ())
TRIES = 400
"""Looks, some 50 ms apart, after which a test fails."""
FLOATS = (
    *(0.0, -0.0, 7.0, -7.0, 0.1, 1e15, 1e16, 123456789012345.6, 1e15 + 0.5, 9007199254740993.0, 1e-4, 1e-5, 1.5e-7),
    *(1e22, 1e100, -1.7976931348623157e308, 5e-324, 0.30000000000000004, 12345.678, float("inf"), float("-inf")),
)


def leads(folder: Path, *names: str) -> Path:
    return make_store(folder / f"{names[0]}.store", Rows([{"ProspectID": name} for name in names]))


@contextmanager
def serving(url: str, clock: Callable[[], float]) -> Iterator[Caller]:
    store = Store.at(backend.opened(url, clock=clock))
    options = Options(SecretStr(ACCESS), SecretStr(SECRET), rate_limit=None, clock=lambda: NOW)
    try:
        with (
            ServerThread(store, options) as server,
            httpx.Client(base_url=server.url, timeout=60, trust_env=False) as http,
        ):
            yield Caller(http, store)
    finally:
        store.close()


def schemas(url: str) -> int:
    where = PostgresUrl.read(url)
    with psycopg.connect(**where.parameters) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, %s)", [f"{where.schema}_"]
        ).fetchone()
    assert found is not None
    return int(found[0])


def test_published__the_next_call_answers_from_it(url: str, tmp_path: Path, always: Callable[[], float]) -> None:
    registry.publish(url, leads(tmp_path, "old"))
    with serving(url, always) as caller:
        assert caller.ids() == ["old"]
        for names in (["new-1", "new-2"], ["newer"], ["newest"]):
            registry.publish(url, leads(tmp_path, *names))
            assert caller.ids() == names
            assert schemas(url) == 2  # what is served, and the one before


def test_published__looked_at_now_and_then(url: str, tmp_path: Path) -> None:
    now = [0.0]
    registry.publish(url, leads(tmp_path, "old"))
    with serving(url, lambda: now[0]) as caller:
        registry.publish(url, leads(tmp_path, "new"))
        assert caller.ids() == ["old"]
        now[0] += backend.LOOK_EVERY
        assert caller.ids() == ["new"]


def test_published__an_answer_under_way_is_of_the_old(url: str, tmp_path: Path, always: Callable[[], float]) -> None:
    names = [f"{n:06}" for n in range(60_000)]
    with making(tmp_path / "many") as connection:
        connection.execute("""CREATE TABLE leads AS SELECT format('{:06}', n) AS "ProspectID" FROM range(60000) t(n)""")
        finish(connection, title="Many", demo=False, fields=[])
    with duckdb.connect(str(tmp_path / "many")) as connection:
        core = make_store(tmp_path / "core", Rows([]))
        connection.execute(f"ATTACH '{core}' AS core")
        connection.execute("CREATE TABLE whole AS SELECT * FROM core.leads UNION ALL BY NAME SELECT * FROM leads")
        connection.execute("DROP TABLE leads; ALTER TABLE whole RENAME TO leads")
    registry.publish(url, tmp_path / "many")
    with serving(url, always) as caller:
        asked = caller.http.stream("POST", NOT_CONTACTED, json=LIST, params=KEYS | {"responseformat": "csv"})
        with asked as answer:
            parts = answer.iter_lines()
            assert next(parts) == "ProspectID"
            registry.publish(url, leads(tmp_path, "new"))
            assert caller.ids() == ["new"]
            assert [line.strip('"') for line in parts] == names


def test_published__gone_the_old_is_served_on(url: str, tmp_path: Path, always: Callable[[], float]) -> None:
    registry.publish(url, leads(tmp_path, "old"))
    with serving(url, always) as caller:
        where = PostgresUrl.read(url)
        with psycopg.connect(**where.parameters, autocommit=True) as connection:
            connection.execute(f"DROP TABLE {where.schema}.published")
        assert caller.ids() == ["old"]


KILLED = """
import os, signal, sys
from pathlib import Path
from lsq_api.server.engines import registry
def say(line):
    if line.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
registry.publish(os.environ["LSQ_DATA"], Path(sys.argv[1]), say)
"""


@pytest.mark.parametrize("when", ["leads: ", "making indexes"])
def test_publish__killed_leaves_the_old(url: str, tmp_path: Path, when: str) -> None:
    registry.publish(url, leads(tmp_path, "old"))
    command = [sys.executable, "-c", KILLED, str(leads(tmp_path, "new")), when]
    run = subprocess.run(command, env=os.environ | {"LSQ_DATA": url}, check=False)
    assert run.returncode == -signal.SIGKILL
    with serving(url, lambda: 0.0) as caller:
        assert caller.ids() == ["old"]


def test_server__restarted_is_asked_again(tmp_path: Path, always: Callable[[], float]) -> None:
    with cluster() as own:
        registry.publish(own.url, leads(tmp_path, "here"))
        with serving(own.url, always) as caller:
            assert caller.ids() == ["here"]
            own.stop()
            for form in ("json", "csv"):
                assert caller.post(NOT_CONTACTED, LIST, responseformat=form).status_code == 500
            own.start()
            answers = (caller.post(NOT_CONTACTED, LIST) for _ in range(3))
            assert 200 in [answer.status_code for answer in answers]
            assert caller.ids() == ["here"]


def running(url: str) -> int:
    """How many of the endless statements the database is at."""
    query = """SELECT count(*) FROM pg_stat_activity
        WHERE state = 'active' AND query LIKE %s AND pid <> pg_backend_pid()"""
    with psycopg.connect(**PostgresUrl.read(url).parameters) as connection:
        found = connection.execute(query, ["%generate_series(1, 10%"]).fetchone()
    assert found is not None
    return int(found[0])


class Ended(Exception):
    """What it was cancelled for."""


def test_interrupt__ends_the_statement_in_the_database(url: str, tmp_path: Path, server: Cluster) -> None:
    registry.publish(url, leads(tmp_path, "one"))
    store, cancellation = Store.at(backend.opened(url)), Cancellation()
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            Engine(store, lambda: NOW, cancellation).rows(ENDLESS)
        except Ended as error:
            ended.append(error)

    asking = Thread(target=ask, daemon=True)
    asking.start()
    for _ in range(TRIES):
        if running(url):
            break
        asking.join(0.05)
    assert running(url) == 1
    for _ in range(TRIES):
        cancellation.cancel(Ended())
        asking.join(0.05)
        if not asking.is_alive():
            break
    assert len(ended) == 1
    assert running(url) == 0
    assert Engine(store, lambda: NOW).rows(Statement("SELECT 1 AS one", ())) == [{"one": 1}]
    store.close()


def test_order__is_not_that_of_the_collation_of_small_letters(url: str, tmp_path: Path) -> None:
    """ICU's, which sorts as people do, where the database has no other that knows small letters."""
    texts = ["a", "B", "é", "z", "Z 2", "~", "Ä", "ß", "Σας", "0", "_", "İ"]
    path = make_store(tmp_path / "s", Rows([{"ProspectID": f"{n:02}", "Source": t} for n, t in enumerate(texts)]))
    registry.publish(url, path)
    place = backend.opened(url)
    place.dialect = dialect.postgres("und-x-icu")
    above = {"LeadFilters": [{"LookUpName": "Source", "SqlOperator": ">", "LookUpValues": ["B"]}]}
    asked = LIST | {"Sorting": {"ColumnName": "Source", "Direction": "0"}}
    reports = [NotContacted.model_validate(body) for body in (asked, asked | {"ReportFilter": above})]
    stores = [Store.at(place), Store.open(path)]
    here, there = ([Engine(store, lambda: NOW).leads(report) for report in reports] for store in stores)
    assert here == there
    for store in stores:
        store.close()


def test_small_letters__as_on_duckdb(url: str, tmp_path: Path) -> None:
    """Every letter there is, by each collation that small letters may come from."""
    letters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
    with duckdb.connect() as connection:
        found = connection.execute("SELECT lower(x) FROM (SELECT unnest(?) AS x)", [letters]).fetchall()
    wanted = [row[0] for row in found]
    with psycopg.connect(**PostgresUrl.read(url).parameters) as connection:
        names = connection.execute(
            "SELECT collname FROM pg_collation WHERE collname IN ('pg_c_utf8', 'C.utf8', 'und-x-icu')"
        ).fetchall()
        assert names
        for (name,) in names:
            made = f"lower(translate(x, 'İΣ', 'iσ') COLLATE \"{name}\")"
            query = f"SELECT {made} FROM unnest(%s::text[]) WITH ORDINALITY AS t(x, n) ORDER BY n"
            lowered = [row[0] for row in connection.execute(query, [letters]).fetchall()]
            other = [a for a, b, c in zip(letters, wanted, lowered, strict=True) if b != c]
            # Letters of the newest Unicode: one of the two has not heard of their small ones yet.
            assert len(other) < 150, (name, len(other))
            assert not [letter for letter in other if ord(letter) < 0x1C80]


@pytest.mark.parametrize("value", FLOATS)
def test_float__is_written_as_on_duckdb(floats: dict[str, str], value: float) -> None:
    with duckdb.connect() as connection:
        assert connection.execute("SELECT ?::DOUBLE::VARCHAR", [value]).fetchone() == (floats[repr(value)],)


@pytest.fixture(scope="module")
def floats(places: Iterator[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How the floats of the test above come out of a list."""
    rows = Rows([{"ProspectID": f"{n:03}", "mx_R": v} for n, v in enumerate(FLOATS)], columns={"mx_R": "DOUBLE"})
    url = next(places)
    registry.publish(url, make_store(tmp_path_factory.mktemp("floats") / "s", rows))
    with serving(url, lambda: 0.0) as caller:
        _, found = caller.ask({"Output": {"Type": "List", "IncludeCSV": "ProspectID,mx_R"}})
    return {repr(value): row["mx_R"] for value, row in zip(FLOATS, found, strict=True)}
