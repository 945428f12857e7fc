"""What is shown as a request is what the client sends, and works as a command."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lsq_api import rehearsal
from lsq_api.client import Client
from lsq_api.conditions import LeadFilter
from lsq_api.report import AggregateOutput, Function, ListOutput, NotContacted, NotContactedFilter, Report
from tests import curl
from tests.scripted import ACCESS_KEY, SECRET_KEY, Says, ScriptedHost

STAGES = ("It's", '"$HOME" `id` \\n', "ساخن 😀", "a;b\n|c")
WHICH = NotContactedFilter(leads=(LeadFilter(field="ProspectStage", operator="in", values=STAGES),))
LIST = NotContacted(filter=WHICH, output=ListOutput(fields=("ProspectID", "CreatedOn")))
GROUPS = NotContacted(
    filter=WHICH, output=AggregateOutput(group_by="OwnerId", function=Function.SUM, field="EngagementScore")
)
NOTHING = Says({"TotalCount": "0", "Results": []})
ENVIRONMENT = {"LSQ_ACCESS_KEY": ACCESS_KEY, "LSQ_SECRET_KEY": SECRET_KEY}
CASES = [
    ("total", LIST),
    ("page", LIST.page(2, 50)),
    ("page", LIST.all_leads),
    ("every_group", GROUPS),
    ("groups", GROUPS.all_leads),
]

Sender = Callable[[str], None]


def by_httpx(command: str) -> None:
    sent = curl.read(command, ENVIRONMENT)
    httpx.post(sent.base + sent.path, params=sent.query, headers=sent.headers, json=sent.body, trust_env=False)


def by_shell(command: str) -> None:
    outside = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    subprocess.run(["sh", "-c", command], env=outside | ENVIRONMENT, check=True, capture_output=True, timeout=30)


def knows_curl() -> bool:
    found = shutil.which("curl")
    return (
        bool(found) and "--url-query" in subprocess.run([found, "--help", "all"], capture_output=True, text=True).stdout
    )


@pytest.mark.parametrize(("verb", "report"), CASES, ids=[f"{verb}-{n}" for n, (verb, _) in enumerate(CASES)])
@pytest.mark.parametrize(
    "send",
    [by_httpx, pytest.param(by_shell, marks=pytest.mark.skipif(not knows_curl(), reason="no curl of 7.87 or newer"))],
)
def test_command__sends_what_the_client_sends(verb: str, report: Report, send: Sender):
    with ScriptedHost(NOTHING) as host:
        with Client(host.host) as client:
            getattr(client, verb)(report)
        send(rehearsal.call(host.host, verb, report).curl)
        by_client, by_command = host.asked
    said: tuple[str, ...] = ("method", "path", "query", "body")
    assert {name: getattr(by_command, name) for name in said} == {name: getattr(by_client, name) for name in said}
    assert by_command.headers["content-type"] == by_client.headers["content-type"]


def test_call__has_no_keys():
    with ScriptedHost(NOTHING) as host:
        found = rehearsal.call(host.host, "page", LIST)
        assert host.asked == []
    for text in (found.curl, found.json, repr(found)):
        assert ACCESS_KEY not in text
        assert SECRET_KEY not in text


def test_call__shows_the_body_as_it_is_sent():
    with ScriptedHost(NOTHING) as host:
        found = rehearsal.call(host.host, "page", LIST.page(2, 50))
    shown: dict[str, Any] = json.loads(found.json)
    assert shown == found.body
    assert shown["Paging"] == {"PageIndex": 2, "PageSize": 50}
