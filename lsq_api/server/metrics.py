"""Figures of the server for Prometheus: calls, seconds, what is under way, and which content is served.

At `/metrics`, with `serve --metrics`, for callers of this machine alone: who asks how much is nobody else's business.
A collector of the same machine scrapes it, or a proxy with a way in of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from lsq_api.server.store.current import CurrentStore

PATH: Final = "/metrics"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The figures of one application; a registry of its own, since a process may have several."""

    def __init__(self, current: CurrentStore, connections: Callable[[], int] = lambda: 0) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter("lsq_calls", "Calls answered", ["call", "status"], registry=self._registry)
        self._seconds = Histogram(
            "lsq_call_seconds", "Seconds until an answer", ["call"], registry=self._registry, buckets=_SECONDS
        )
        self._running = Gauge("lsq_calls_running", "Calls under way", registry=self._registry)
        connected = Gauge("lsq_connections", "Open connections", registry=self._registry)
        connected.set_function(connections)
        leads = Gauge("lsq_leads", "Leads in the store", registry=self._registry)
        leads.set_function(lambda: current.store.leads)
        activities = Gauge("lsq_activities", "Activities in the store", registry=self._registry)
        activities.set_function(lambda: current.store.activities)
        loaded = Gauge(
            "lsq_store_opened_seconds", "When the content served was opened, Unix time", registry=self._registry
        )
        loaded.set_function(lambda: current.opened.timestamp())

    @contextmanager
    def call(self, path: str) -> Iterator[Callable[[int], None]]:
        """Count a call around its block, which says the status. `path` is one that is served, not what was asked."""
        began, status = perf_counter(), [500]
        self._running.inc()
        try:
            yield lambda answered: status.__setitem__(0, answered)
        finally:
            self._running.dec()
            self._calls.labels(path, str(status[0])).inc()
            self._seconds.labels(path).observe(perf_counter() - began)

    async def answer(self, request: Request) -> Response:
        """All figures as text; 404 for callers of other machines."""
        address = ip_address(request.client.host) if request.client else None
        if address is None or not address.is_loopback:
            return Response(status_code=404)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)
