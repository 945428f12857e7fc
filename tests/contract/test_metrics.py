"""Figures for Prometheus, and JSON lines of the log, of a server that runs as its users run it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from lsq_api.server.demo.make import make_demo

ACCESS, SECRET = "an-access-key-of-tests", "a-secret-key-of-tests"
NAMED = "click-of-somebody-0001"


@contextmanager
def serving(store: Path, *options: str) -> Iterator[tuple[httpx.Client, "subprocess.Popen[str]"]]:
    """A server process, and a client with its keys."""
    command = [sys.executable, "-m", "lsq_api.server", "serve", f"--data={store}", "--port=0", *options]
    keys = {"LSQ_ACCESS_KEY": ACCESS, "LSQ_SECRET_KEY": SECRET}
    with subprocess.Popen(
        command, env={**os.environ, **keys}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            said = process.stdout.readline()
            url = re.search(r"http://\S+", said)
            assert url, said
            headers = {"x-LSQ-AccessKey": ACCESS, "x-LSQ-SecretKey": SECRET}
            with httpx.Client(base_url=url[0], headers=headers, trust_env=False, timeout=30) as client:
                yield client, process
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("metrics") / "store"
    make_demo(path, leads=300, activities=900, seed=2)
    return path


def figures(client: httpx.Client) -> dict[str, float]:
    """Every sample by its name and labels."""
    found = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = ",".join(f"{value}" for _, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_figures__count_calls_and_tell_what_is_served(store: Path):
    with serving(store, "--metrics", "--log-format=json", "--rate-limit=2/60") as (client, process):
        before = figures(client)
        assert (before["lsq_leads{}"], before["lsq_activities{}"]) == (300, 900)
        for _ in range(3):
            client.get("/v2/UserManagement.svc/Users.Get", headers={"X-Request-Id": NAMED})
        client.get("/v2/UserManagement.svc/Users.Get", headers={"x-LSQ-AccessKey": "wrong"})
        after = figures(client)
        call = "/v2/UserManagement.svc/Users.Get"
        assert {status: after[f"lsq_calls_total{{{call},{status}}}"] for status in (200, 429, 401)} == {
            200: 2,
            429: 1,
            401: 1,
        }
        assert after[f"lsq_call_seconds_count{{{call}}}"] == 4
        assert after["lsq_calls_running{}"] == 0
        assert after["lsq_connections{}"] >= 1
        process.terminate()
        assert process.stderr
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    calls = [line for line in lines if line.get("request_id") == NAMED]
    assert [(line["path"], line["status"], line["method"]) for line in calls] == [
        (call, 200, "GET"),
        (call, 200, "GET"),
        (call, 429, "GET"),
    ]
    assert {"at", "level", "logger", "said", "ms"} <= set(calls[0])
    assert not [line for line in lines if ACCESS in json.dumps(line) or SECRET in json.dumps(line)]


def test_figures__are_off_unless_asked_for(store: Path):
    with serving(store) as (client, _):
        assert client.get("/metrics").status_code == 404


def test_figures__are_for_this_machine_alone(store: Path):
    """A proxy that says who calls: then a caller of another machine is one."""
    with serving(store, "--metrics", "--trusted-proxy=127.0.0.1") as (client, _):
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
