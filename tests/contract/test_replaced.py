"""A store that is replaced while it is served."""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lsq_api.server.store.build import making
from lsq_api.server.store.derive import finish
from tests.conftest import ACCESS, KEYS, NOT_CONTACTED, Serve
from tests.stores import Rows, make_store

LIST = {"Output": {"Type": "List", "IncludeCSV": "ProspectID"}}

of_a_file = pytest.mark.duckdb_only("about the store file; engines have tests of their own of what is published anew")


def leads(*names: str) -> Rows:
    return Rows([{"ProspectID": name} for name in names])


@of_a_file
def test_replaced__the_next_call_answers_from_the_new_file(serve: Serve, tmp_path: Path) -> None:
    path = make_store(tmp_path / "s", leads("old"))
    caller = serve(path)
    assert caller.ids() == ["old"]
    make_store(path, leads("new-1", "new-2"))
    assert caller.ids() == ["new-1", "new-2"]
    make_store(path, leads("newest"))
    assert caller.ids() == ["newest"]


@of_a_file
def test_replaced__an_answer_under_way_is_of_the_old_file(serve: Serve, tmp_path: Path) -> None:
    names = [f"{n:06}" for n in range(60_000)]
    with making(tmp_path / "many") as connection:
        connection.execute("""CREATE TABLE leads AS SELECT format('{:06}', n) AS "ProspectID" FROM range(60000) t(n)""")
        finish(connection, title="Many", demo=False, fields=[])
    caller = serve(tmp_path / "many")
    with caller.http.stream("POST", NOT_CONTACTED, json=LIST, params=KEYS | {"responseformat": "csv"}) as answer:
        parts = answer.iter_lines()
        assert next(parts) == "ProspectID"
        make_store(tmp_path / "many", leads("new"))
        assert caller.ids() == ["new"]
        assert [line.strip('"') for line in parts] == names


@of_a_file
@pytest.mark.parametrize("what", ["garbage", "gone"])
def test_replaced__by_what_is_no_store_the_old_one_is_served_on(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    path = make_store(tmp_path / "s", leads("old"))
    caller = serve(path)
    path.unlink()
    with caplog.at_level(logging.ERROR, "lsq_api.server"):
        if what == "garbage":
            path.write_bytes(b"no store at all" * 1000)
        assert [caller.ids() for _ in range(3)] == [["old"]] * 3
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == (what == "garbage")
    assert all("is not a readable store" in line and ACCESS not in line for line in said)
    make_store(path, leads("new"))
    assert caller.ids() == ["new"]


def test_serve__asked_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lsq_api.server", "serve", "--port", "0", "--access-key", "k", "--secret-key", "s"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Serving Demo data: 20,000 leads")
        assert list(tmp_path.iterdir()) != []
        server.terminate()
        server.communicate()
    assert server.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
