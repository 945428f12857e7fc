"""What is said where there is no Spark here, or no cluster there. No cluster is started."""

import socket
import sys
from pathlib import Path

import pytest

from lsq_api.contract.errors import NotConnected
from lsq_api.server.engines import registry as by_url
from lsq_api.server.engines.spark import backend
from tests.contract.company import COMPANY
from tests.stores import make_store

INSTALLED = "pip install -r requirements-engines.txt for the engines beside DuckDB"


def url(port: int) -> str:
    return f"pyspark:////srv/leads?spark.master=spark://127.0.0.1:{port}&spark.hadoop.fs.s3a.secret.key=secret"


def test_cluster__no_pyspark(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.delitem(sys.modules, "lsq_api.server.engines.spark.publish", raising=False)
    said = r"needs.* pyspark.*pip install -r requirements-engines\.txt"
    for attempt in (by_url.opened, by_url.check):  # the second before an import begins
        with pytest.raises(NotConnected, match=said):
            attempt(url(7077))


@pytest.mark.parametrize("home", [None, "/nowhere"])
def test_cluster__no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str | None):
    pytest.importorskip("pyspark", reason=INSTALLED)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    if home:
        monkeypatch.setenv("JAVA_HOME", home)
    with pytest.raises(NotConnected, match="needs Java 17 or newer"):
        backend.opened(url(7077))


def test_cluster__nobody_listens(tmp_path: Path):
    pytest.importorskip("pyspark", reason=INSTALLED)
    with socket.socket() as bound:  # and does not listen, so that nobody else can either
        bound.bind(("127.0.0.1", 0))
        where = url(bound.getsockname()[1])
        for attempt in (backend.opened, lambda at: by_url.publish(at, make_store(tmp_path / "s", COMPANY))):
            with pytest.raises(NotConnected) as caught:
                attempt(where)
            assert "no master takes a connection: Connection refused" in str(caught.value)
            assert "spark.master=spark://127.0.0.1" in str(caught.value)
            assert "secret" not in str(caught.value)


def test_publish__what_is_no_store_is_refused_before_anybody_is_asked(tmp_path: Path):
    pytest.importorskip("pyspark", reason=INSTALLED)
    with pytest.raises(NotConnected, match="there is no such store file"):
        by_url.publish(url(7077), tmp_path / "none")
