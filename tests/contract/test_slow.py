"""Questions that take too long, and clients that do not wait for them."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lsq_api.server.calls import Service
from lsq_api.server.options import Options
from lsq_api.server.query.engine import Engine
from lsq_api.server.routes import Call, Csv, Handler
from lsq_api.server.store.current import CurrentStore
from lsq_api.server.thread import Listening
from tests import engines
from tests.conftest import NOT_CONTACTED, Serve
from tests.contract.company import COMPANY
from tests.contract.test_errors import LIST, envelope
from tests.stores import make_store

LONG = 30
"""Seconds after which a test gives up, and fails."""
ENDLESS = 10**12
"""Rows that take an engine far longer than that to count."""


@pytest.mark.parametrize("form", ["json", "csv"])
def test_time_limit__is_answered_as_an_error(serve: Serve, form: str) -> None:
    """A question of many parts takes the server some time, and more than it is given here."""
    tests = [{"LookUpName": "Source", "SqlOperator": "nlik", "LookUpValues": [form * n]} for n in range(1, 50)]
    limited = serve(time_limit=0.000_001)
    answer = limited.post(NOT_CONTACTED, LIST | {"ReportFilter": {"LeadFilters": tests}}, responseformat=form)
    said = envelope(answer, 500, "MXTimeoutException")
    assert said.startswith("The question took longer than 1e-06 seconds")


@contextmanager
def serving(folder: Path, handlers: dict[str, Handler], **options: Any) -> Iterator[str]:
    """A server of our own calls over the small company; its address."""
    store = engines.opened(make_store(folder / "s", COMPANY))
    service = Service(CurrentStore(store), Options(SecretStr("k"), SecretStr("s"), **options))

    def route(path: str, handler: Handler) -> Route:
        async def answer(request: Request) -> Response:
            return await service.answer(request, handler, Call(dict(request.query_params), None, ""))

        return Route(path, answer)

    listening: SimpleQueue[str] = SimpleQueue()
    app = Starlette(routes=[route(path, handler) for path, handler in handlers.items()])
    server = Listening(app, "127.0.0.1", 0, listening.put)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield listening.get(timeout=LONG)
    finally:
        server.should_exit = True
        thread.join()
        store.close()


def asked(url: str, path: str) -> socket.socket:
    """A connection on which the question was sent, and nothing read yet."""
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=LONG)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return connection


def answered(connection: socket.socket) -> Any:
    """The JSON that comes back."""
    with connection.makefile("rb") as received:
        return json.loads(received.read().partition(b"\r\n\r\n")[2])


def abandoned(url: str, path: str, read: int = 0) -> None:
    """Ask, read so many bytes of the answer, and hang up."""
    with asked(url, path) as connection:
        while read > 0:
            read -= len(connection.recv(read))


def test_disconnect__ends_the_statement(tmp_path: Path) -> None:
    started, ended = Event(), Event()

    def slow(engine: Engine, call: Call) -> Any:
        started.set()
        try:
            return engine.rows(engines.counting(ENDLESS))
        finally:
            ended.set()

    with serving(tmp_path, {"/slow": slow}, time_limit=1000.0) as url:
        abandoned(url, "/slow")
        assert started.wait(LONG)
        assert ended.wait(LONG)


def test_disconnect__ends_a_stream_and_lets_go(tmp_path: Path) -> None:
    sent, ended = [], Event()

    def parts() -> Iterator[bytes]:
        try:
            for _ in range(100_000):
                sent.append(1)
                yield b"x" * 100_000
        finally:
            ended.set()

    with serving(tmp_path, {"/stream": lambda engine, call: Csv("x.csv", parts())}) as url:  # type: ignore[arg-type]
        abandoned(url, "/stream", read=1_000_000)
        assert ended.wait(LONG)
    assert 10 <= len(sent) < 100_000


def test_quick__answered_while_many_slow_ones_run(tmp_path: Path) -> None:
    go_on, running = Event(), SimpleQueue[int]()

    def slow(engine: Engine, call: Call) -> Any:
        running.put(1)
        return {"slow": go_on.wait(LONG)}

    many = 20
    with (
        serving(tmp_path, {"/slow": slow, "/quick": lambda engine, call: {"leads": engine.store.leads}}) as url,
        ThreadPoolExecutor(many) as pool,
        httpx.Client(base_url=url, timeout=LONG, trust_env=False) as http,
    ):
        waiting = [pool.submit(http.get, f"/slow?n={n}") for n in range(many)]
        running.get(timeout=LONG)
        assert http.get("/quick").json() == {"leads": len(COMPANY.leads)}
        assert not any(one.done() for one in waiting)
        go_on.set()
        assert [one.result().json() for one in waiting] == [{"slow": True}] * many


def test_same__is_answered_once_for_all_who_wait(tmp_path: Path) -> None:
    go_on, runs = Event(), SimpleQueue[str]()

    def slow(engine: Engine, call: Call) -> Any:
        runs.put(call.query["n"])
        return {"n": call.query["n"], "slow": go_on.wait(LONG)}

    many = 8
    with (
        serving(tmp_path, {"/slow": slow, "/quick": lambda engine, call: {}}) as url,
        httpx.Client(base_url=url, timeout=LONG, trust_env=False) as http,
        ExitStack() as open_,
    ):
        asking = [open_.enter_context(asked(url, f"/slow?n={n % 2}")) for n in range(many)]
        for _ in range(many):  # those asked before are all there when these are answered
            assert http.get("/quick").status_code == 200
        go_on.set()
        assert [answered(one) for one in asking] == [{"n": str(n % 2), "slow": True} for n in range(many)]
        assert http.get("/slow?n=1").json()["n"] == "1"  # it is over, and asked anew
    assert sorted(runs.get_nowait() for _ in range(3)) == ["0", "1", "1"]
    assert runs.empty()


def test_same__goes_on_while_anybody_waits(tmp_path: Path) -> None:
    go_on, started = Event(), Event()

    def slow(engine: Engine, call: Call) -> Any:
        started.set()
        while not go_on.is_set():
            engine.rows(engines.counting(200_000))
        return {"slow": True}

    with (
        serving(tmp_path, {"/slow": slow, "/quick": lambda engine, call: {}}) as url,
        ThreadPoolExecutor(1) as pool,
        httpx.Client(base_url=url, timeout=LONG, trust_env=False) as http,
    ):
        waiting = pool.submit(http.get, "/slow")
        assert started.wait(LONG)
        abandoned(url, "/slow")
        for _ in range(20):  # while it is noticed that one has gone
            assert http.get("/quick").status_code == 200
        go_on.set()
        assert waiting.result().json() == {"slow": True}
