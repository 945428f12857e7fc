"""The dashboards that are measured: processes of their own, alone on their data, or several on one local server."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.server import KEYS, Server
from lsq_api.server.demo.make import make_demo
from tests.browser.site import Started, process_of

OWN_SERVER_RATE = "100000/1"
"""A company's own server has no plan to keep within."""


@contextmanager
def sites(dashboards: int, store: Path | None) -> Iterator[list[Started]]:
    """One dashboard on demo data or on a store; several of them on one server over it."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        environment = {"LSQ_DATA": str(store)} if store else {}
        if dashboards > 1:
            environment = _connected(held.enter_context(Server(store or _demo(folder))), folder)
        yield [held.enter_context(process_of(folder, **environment)) for _ in range(dashboards)]


def _demo(folder: Path) -> Path:
    store = folder / "demo.store"
    make_demo(store, leads=20_000, activities=150_000)
    return store


def _connected(server: Server, folder: Path) -> dict[str, str]:
    return {
        "LSQ_API_URL": server.url,
        "LSQ_ANALYTICS_URL": server.url,
        "LSQ_ACCESS_KEY": KEYS["accessKey"],
        "LSQ_SECRET_KEY": KEYS["secretKey"],
        "LSQ_RATE_LIMIT": OWN_SERVER_RATE,
        "LSQ_STATE_DIR": str(folder),
    }
