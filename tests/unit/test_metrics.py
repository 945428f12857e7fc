"""The dashboard's figures for Prometheus."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from lsq_api.cache.cache import Cache, Life
from lsq_api.client.client import Client
from lsq_api.limits.pacer import Pacer
from lsq_api.limits.rate import Rate
from lsq_api.metrics import DashboardFigures
from tests.scripted import Says, ScriptedHost, error, host_at


def test_figures__are_those_of_the_connection_of_now():
    figures, registry = DashboardFigures(), CollectorRegistry()
    registry.register(figures)
    assert generate_latest(registry) == b""
    answers = [Says(b"[]"), Says(b"[]"), error("MXAPIRateLimitExceededException", "too many", 429)]
    with (
        ScriptedHost(lambda _: answers.pop(0)) as host,
        Pacer([Rate(25, 5), Rate(1000, 86400)]) as pacer,
        Client(host_at(host.url), pacer=pacer) as client,
    ):
        cache = Cache(10, 10**6)
        figures.show(client, cache)
        for _ in range(3):  # where the last one is refused, the answer before stands in
            cache.get("users", Life(timedelta(0), timedelta(0)), client.users)
        told = dict(line.split() for line in generate_latest(registry).decode().splitlines() if line[0] != "#")
    assert float(told["lsq_dashboard_calls_day"]) == 3
    assert float(told["lsq_dashboard_throttled_day"]) == 1
    assert float(told["lsq_dashboard_budget_left"]) == 997
    assert float(told["lsq_dashboard_answers_asked"]) == 3
    assert 0 <= float(told["lsq_dashboard_answer_age_seconds"]) < 60
