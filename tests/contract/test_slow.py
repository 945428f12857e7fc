"""Questions that take too long, and clients that do not wait for them."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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

from lsq_api.server.options import Options
from lsq_api.server.routes import Call, Csv, Handler
from lsq_api.server.run import Engine
from lsq_api.server.service import Service
from lsq_api.server.shelf import Shelf
from lsq_api.server.statement import Statement
from lsq_api.server.store import Store
from lsq_api.server.thread import Listening
from tests.conftest import NOT_CONTACTED, Serve
from tests.contract.company import COMPANY
from tests.contract.test_errors import LIST, envelope
from tests.stores import make_store

LONG = 30
"""Seconds after which a test gives up, and fails."""
ENDLESS = Statement("SELECT count(*) FROM range(1000000000000) AS t(n) WHERE n % 3 = 1", frozenset())


@pytest.mark.parametrize("form", ["json", "csv"])
def test_time_limit__is_answered_as_an_error(serve: Serve, form: str) -> None:
    """A question of many parts takes the server some time, and more than it is given here."""
    tests = [{"LookUpName": "Source", "SqlOperator": "nlik", "LookUpValues": [form * n]} for n in range(1, 80)]
    limited = serve(time_limit=0.000_001)
    answer = limited.post(NOT_CONTACTED, LIST | {"ReportFilter": {"LeadFilters": tests}}, responseformat=form)
    said = envelope(answer, 500, "MXTimeoutException")
    assert said.startswith("The question took longer than 1e-06 seconds")


@contextmanager
def serving(folder: Path, handlers: dict[str, Handler], **options: Any) -> Iterator[str]:
    """A server of our own calls over the small company; its address."""
    store = Store.open(make_store(folder / "s", COMPANY))
    service = Service(Shelf(store), Options(SecretStr("k"), SecretStr("s"), **options))

    def route(path: str, handler: Handler) -> Route:
        async def answer(request: Request) -> Response:
            return await service.answer(request, handler, Call({}, None, ""))

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


def abandoned(url: str, path: str, read: int = 0) -> None:
    """Ask, read so many bytes of the answer, and hang up."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LONG) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        while read > 0:
            read -= len(connection.recv(read))


def test_disconnect__ends_the_statement(tmp_path: Path) -> None:
    started, ended = Event(), Event()

    def slow(engine: Engine, call: Call) -> Any:
        started.set()
        try:
            return engine.rows(ENDLESS)
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
        waiting = [pool.submit(http.get, "/slow") for _ in range(many)]
        running.get(timeout=LONG)
        assert http.get("/quick").json() == {"leads": len(COMPANY.leads)}
        assert not any(one.done() for one in waiting)
        go_on.set()
        assert [one.result().json() for one in waiting] == [{"slow": True}] * many
