"""Which URLs are served, and what is said of the others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lsq_api.contract.errors import NotConnected
from lsq_api.server.__main__ import main
from lsq_api.server.source import made, opened
from tests.stores import Rows, make_store

SECRET = "hunter2"


@pytest.mark.parametrize(
    "url", [f"mysql://ann:{SECRET}@host/db", f"trino://ann:{SECRET}@host/db", "://x", "HTTP://host"]
)
def test_engines__others_are_no_kind_of_data(url: str) -> None:
    with pytest.raises(NotConnected, match="is no kind of data here; allowed: ") as caught, opened(url):
        pytest.fail("opened")
    assert "duckdb://" in str(caught.value)
    assert SECRET not in str(caught.value)
    with pytest.raises(NotConnected, match="is no kind of data here; allowed: "), made(url):
        pytest.fail("an import would have begun")


@pytest.mark.parametrize("given", ["{}", "duckdb://{}", "DuckDB://{}"])
def test_engines__a_store_file_by_path_or_url(tmp_path: Path, given: str) -> None:
    path = make_store(tmp_path / "s", Rows([{"ProspectID": "a"}]))
    with opened(given.format(path)) as store:
        assert store.leads == 1
    with made(given.format(tmp_path / "new")) as where:
        assert where == tmp_path / "new"


def test_append__to_an_engine_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["append", str(tmp_path), "--into", f"mysql://ann:{SECRET}@host/db"]) == 1
    said = capsys.readouterr().err
    assert "mysql:// cannot be appended to; append to a store file, then publish that with" in said
    assert SECRET not in said


WITHOUT = """
import sys
sys.modules[sys.argv[1]] = None
from lsq_api.server.__main__ import main
sys.exit(main(["serve", "--data", sys.argv[2]]))
"""


@pytest.mark.parametrize("package", ["psycopg", "psycopg_pool"])
def test_engines__say_what_is_not_installed(package: str) -> None:
    command = [sys.executable, "-c", WITHOUT, package, f"postgres://ann:{SECRET}@127.0.0.1:1/db"]
    keys = {"LSQ_ACCESS_KEY": "k", "LSQ_SECRET_KEY": "s"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **keys})
    assert run.returncode == 1
    assert run.stderr == f"postgres:// needs the package {package}; `pip install -r requirements-engines.txt`\n"
