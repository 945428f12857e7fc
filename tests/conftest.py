"""Fixtures that several folders of tests share: servers on loopback, and callers of them."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import stamina
from hypothesis import settings
from pydantic import SecretStr

from lsq_api.server.app import Options
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread
from tests import engines
from tests.contract.company import COMPANY, NOW
from tests.scripted import ACCESS_KEY, SECRET_KEY
from tests.stores import Rows, make_store

# A failure in CI must be the same on every run of it; at a desk every run tries something new.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", default="duckdb", choices=[*engines.KNOWN], help="what contract tests run on")


def pytest_configure(config: pytest.Config) -> None:
    engines.choose(config.getoption("--engine"))
    if config.getoption("--engine") == "spark":  # whose client leaves each of its sockets to the garbage collector
        config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(scope="session", autouse=True)
def chosen_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The engine that stores are opened on; it is started for the session, and ends with it."""
    with engines.running(request.config.getoption("--engine"), tmp_path_factory):
        yield


@pytest.fixture(autouse=True)
def where_it_can_hold(request: pytest.FixtureRequest) -> None:
    """Tests marked `duckdb_only(reason)` are skipped on other engines, with the reason."""
    marked = request.node.get_closest_marker("duckdb_only")
    if marked and request.config.getoption("--engine") != "duckdb":
        pytest.skip(marked.args[0])


ACCESS, SECRET = "u$r0123456789abcdef", "s&cr=t+ /%41?"
"""Keys with everything in them that a query must escape, as real ones have."""
EVERY_KEY = (ACCESS, SECRET, ACCESS_KEY, SECRET_KEY)
KEYS = {"accessKey": ACCESS, "secretKey": SECRET}
NOT_CONTACTED = "/Leads/NotContacted"


@dataclass(frozen=True)
class Caller:
    """Calls one server with its keys.

    `http` is the bare client, for calls that are wrong in some way; `store` is what the server answers from.
    """

    http: httpx.Client
    store: Store

    def post(self, path: str, body: Any, **query: str) -> httpx.Response:
        """One POST with a JSON body."""
        return self.http.post(path, json=body, params=KEYS | query)

    def get(self, path: str, **query: str) -> httpx.Response:
        """One GET."""
        return self.http.get(path, params=KEYS | query)

    def ask(self, body: Mapping[str, Any], path: str = NOT_CONTACTED) -> tuple[int, list[dict[str, Any]]]:
        """A report's total and rows."""
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        read = answer.json()
        return int(read["TotalCount"]), read["Results"]

    def ids(self, path: str = NOT_CONTACTED, **parts: Any) -> list[str]:
        """The leads of a report, in the order of the answer; `parts` are members of its body."""
        total, rows = self.ask({"Output": {"Type": "List", "IncludeCSV": "ProspectID"}} | parts, path)
        assert total == len(rows)
        return [row["ProspectID"] for row in rows]


class Leaks(logging.Handler):
    """Everything that is logged, searched for the keys of the tests in each of their spellings."""

    spellings = tuple({spelled for key in EVERY_KEY for spelled in (key, quote(key, safe=""), quote(key))})

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if any(spelled in text for spelled in self.spellings):
            self.found.append(f"{record.name} at {record.pathname}:{record.lineno}")


@pytest.fixture(autouse=True)
def no_key_in_any_log() -> Iterator[None]:
    """Of any test, at any level of our own loggers."""
    leaks, root = Leaks(), logging.getLogger()
    ours = [logging.getLogger(name) for name in ("lsq_api", "components")]
    before = [logger.level for logger in ours]
    root.addHandler(leaks)
    for logger in ours:
        logger.setLevel(logging.DEBUG)
    yield
    root.removeHandler(leaks)
    for logger, level in zip(ours, before, strict=True):
        logger.setLevel(level)
    assert leaks.found == []


Serve = Callable[..., Caller]


@pytest.fixture
def one_try() -> Iterator[None]:
    """The first failure is the answer, as the library of retries offers it to tests: nothing waits for a second."""
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_of_mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Calls of tests are not counted among those of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Start a server over rows or over a store file; options as `Options` has them. All stop with the session."""
    with ExitStack() as running:

        def start(what: Rows | Path = COMPANY, **options: Any) -> Caller:
            path = make_store(tmp_path_factory.mktemp("store") / "s", what) if isinstance(what, Rows) else what
            given = {"rate_limit": None, "wrong_keys": None, "clock": lambda: NOW} | options
            store = engines.opened(path)
            server = ServerThread(store, Options(SecretStr(ACCESS), SecretStr(SECRET), **given))
            running.enter_context(server)
            # Nothing from the environment: a proxy set there would be asked for 127.0.0.1.
            client = httpx.Client(base_url=server.url, timeout=60, trust_env=False)
            return Caller(running.enter_context(client), store)

        yield start


@pytest.fixture(scope="session")
def company(serve: Serve) -> Caller:
    """The small company, without a limit of calls."""
    return serve()
