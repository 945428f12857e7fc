"""Figures of the dashboard for Prometheus: its calls, what is left of the budget, and how old its answers are.

With `LSQ_METRICS_PORT`, on 127.0.0.1 alone; a collector of the same machine scrapes it. How many tabs are open,
Streamlit says itself (`active_sessions` at `/_stcore/metrics`).
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lsq_api.cache.cache import Cache
from lsq_api.client.client import Client

log = logging.getLogger(__name__)

HERE: Final = "127.0.0.1"
_DAY: Final = timedelta(days=1)
_QUARTER: Final = 900


class DashboardFigures(Collector):
    """Read at each scrape, of the connection of now."""

    def __init__(self) -> None:
        self._of: tuple[Client, Cache] | None = None

    def show(self, client: Client, cache: Cache) -> None:
        """Tell of this connection from now on."""
        self._of = client, cache

    def collect(self) -> Iterator[Metric]:
        """Every figure; none before there is a connection."""
        if self._of is None:
            return
        client, cache = self._of
        now = datetime.now(UTC)
        day = datetime.fromtimestamp((now - _DAY).timestamp() // _QUARTER * _QUARTER + _QUARTER, UTC)
        tally = client.ledger.since(day)
        yield _gauge("lsq_dashboard_calls_day", "Calls of the last 24 hours", tally.calls)
        yield _gauge("lsq_dashboard_throttled_day", "Of these, refused for too many", tally.throttled)
        yield _gauge("lsq_dashboard_failed_day", "Of these, failed otherwise", tally.failed)
        if client.pacer:
            window, spent = client.pacer.window, client.pacer.day
            yield _gauge("lsq_dashboard_window_left", "Calls left of the limit, now", window.of - window.calls)
            if spent:
                yield _gauge("lsq_dashboard_budget_left", "Calls left of the day", spent.of - spent.calls)
        served, asked = cache.uses
        yield _gauge("lsq_dashboard_answers_kept", "Answers served from the cache since the start", served)
        yield _gauge("lsq_dashboard_answers_asked", "Answers asked of the host since the start", asked)
        newest = cache.newest
        if newest is not None:
            yield _gauge("lsq_dashboard_answer_age_seconds", "Age of the newest answer", (now - newest).total_seconds())


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value)


def serve(port: int) -> DashboardFigures:
    """Answer scrapes at a port of this machine, in a thread. One that is taken is said in the log."""
    figures, registry = DashboardFigures(), CollectorRegistry()
    registry.register(figures)
    try:
        start_http_server(port, HERE, registry)
    except OSError as error:
        log.error("no figures for Prometheus: port %d cannot be used: %s", port, error.strerror)
    return figures
