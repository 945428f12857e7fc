"""The dashboard in this process, without a browser: its own embedded server over small stores."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import streamlit as st
from pydantic import SecretStr
from streamlit import config
from streamlit.testing.v1 import AppTest

from lsq_api.server.app import Options
from lsq_api.server.demo.make import make_demo
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread
from tests.app.books import Books
from tests.app.screen import Open, Screen
from tests.scripted import ACCESS_KEY, SECRET_KEY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def no_secrets_of_mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's own secrets.toml must not decide what is tested."""
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(tmp_path_factory.mktemp("secrets") / "none.toml")])
    yield
    config.set_option("secrets.files", before)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch, one_try: None, tmp_path: Path) -> Iterator[None]:
    """Streamlit's caches belong to the process; the environment and the state folder to whoever runs the tests."""
    for name in [name for name in os.environ if name.upper().startswith("LSQ_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LSQ_STATE_DIR", str(tmp_path / "state"))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company's store, with leads that came in until this minute."""
    path = tmp_path_factory.mktemp("demo") / "store"
    make_demo(path, leads=3_000, activities=18_000, seed=3)
    return path


@pytest.fixture(scope="session")
def books(demo: Path) -> Books:
    """The same rows, to count from."""
    return Books.read(demo)


@pytest.fixture(scope="session")
def account(demo: Path) -> Iterator[httpx.Client]:
    """The demo store behind a server of its own, to be asked as if it were LeadSquared."""
    with served(demo) as client:
        yield client


@pytest.fixture(scope="session")
def strict(demo: Path) -> Iterator[httpx.Client]:
    """The same without what goes beyond the vendor's page, as a real account is."""
    with served(demo, strict=True) as client:
        yield client


@contextmanager
def served(demo: Path, *, strict: bool = False) -> Iterator[httpx.Client]:
    """A store behind a server."""
    options = Options(SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY), rate_limit=None, strict=strict)
    with ExitStack() as running:
        store = Store.open(demo)
        running.callback(store.close)
        server = running.enter_context(ServerThread(store, options))
        yield running.enter_context(httpx.Client(base_url=server.url, timeout=60, trust_env=False))


@pytest.fixture
def view(monkeypatch: pytest.MonkeyPatch, demo: Path) -> Open:
    """Open the dashboard at a link: on the demo store, on another, or as `environment` says."""

    def opened(
        link: Mapping[str, str | Sequence[str]] | None = None,
        *,
        data: Path = demo,
        environment: Mapping[str, str] | None = None,
        zone: str | None = "Asia/Kolkata",
        locale: str = "en-IN",
        page: str | None = None,
    ) -> Screen:
        for name, value in ({"LSQ_DATA": str(data)} if environment is None else environment).items():
            monkeypatch.setenv(name, value)
        test = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        test.context = {"timezone": zone, "locale": locale}
        for name, values in (link or {}).items():
            test.query_params[name] = values
        if page:
            test.switch_page(f"pages/{page}.py")
        return Screen(test).again()

    return opened
