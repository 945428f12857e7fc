import threading
from pathlib import Path

import duckdb
import pytest

from lsq_api.server.importing.progress import ticking
from lsq_api.server.store.build import making


def test_ticker__says_how_far_a_statement_is(tmp_path: Path) -> None:
    """The statement runs until something was said of it."""
    said: list[str] = []
    with making(tmp_path / "s") as connection, ticking(connection, "leads", said.append, every=0.01):
        connection.execute("CREATE TABLE numbers AS FROM range(3000000) AS t(n)")
        for _ in range(1000):
            connection.execute("SELECT count(DISTINCT hash(n % 999983)) FROM numbers")
            if said:
                break
    assert said
    assert all(line.startswith("leads: ") and line.endswith(" % of this step") for line in said)


def test_ticker__ends_with_the_block() -> None:
    before = duckdb.connect()
    with pytest.raises(KeyError), ticking(before, "leads", print, every=0.001):
        raise KeyError
    assert "ticker" not in {thread.name for thread in threading.enumerate()}
