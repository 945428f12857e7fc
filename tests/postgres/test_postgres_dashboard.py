"""The dashboard over a store in PostgreSQL, from an empty database to its screens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lsq_api.server.__main__ import main
from lsq_api.server.demo.make import make_demo
from tests.app.conftest import no_secrets_of_mine, nothing_kept  # noqa: F401 -- fixtures for every test here
from tests.app.screen import Screen
from tests.postgres_cluster import PASSWORD, QUOTED, USER

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def published(places: Iterator[str], tmp_path_factory: pytest.TempPathFactory) -> str:
    url = next(places)
    store = tmp_path_factory.mktemp("demo") / "demo.store"
    make_demo(store, leads=500, activities=3_000)
    assert main(["import", str(store), "--into", url]) == 0
    return url


def drawn(page: str | None = None) -> Screen:
    test = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    test.context = {"timezone": "Asia/Kolkata", "locale": "en-IN"}
    if page:
        test.switch_page(f"pages/{page}.py")
    return Screen(test).again()


def nobody_in(said: str) -> None:
    for secret in (PASSWORD, QUOTED, USER):
        assert secret not in said


@pytest.mark.parametrize("page", [None, "leads", "status"])
def test_dashboard__shows_the_store_and_nobodys_password(
    published: str, page: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LSQ_DATA", published)
    screen = drawn(page)
    sent = screen.sent.decode("utf-8", "replace")
    assert "Demo data" in sent if page == "status" else "of 500 leads" in screen.sentence, screen.sentence
    nobody_in(sent + "".join(capsys.readouterr()))


def test_dashboard__where_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LSQ_DATA", f"postgres://{USER}:{QUOTED}@127.0.0.1:1/x")
    screen = drawn()
    assert [error.value.partition(".")[0] for error in screen.test.error] == ["The dashboard is not connected"]
    assert "postgres://127.0.0.1:1/x: cannot be reached" in caplog.text
    nobody_in(screen.sent.decode("utf-8", "replace") + caplog.text)
