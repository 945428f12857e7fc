"""What is shown as a request is what the client sends, and works as a command."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from lsq_api.client import dry_run
from lsq_api.client.asks import Activities, Ask, Groups, Lead, Page, SomeGroups, TimelineBlock, Total
from lsq_api.client.client import Client
from lsq_api.contract.conditions import LeadFilter
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted, NotContactedFilter
from tests import curl
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says, ScriptedHost

STAGES = ("It's", '"$HOME" `id` \\n', "ساخن 😀", "a;b\n|c")
WHICH = NotContactedFilter(leads=(LeadFilter(field="ProspectStage", operator="in", values=STAGES),))
LIST = NotContacted(filter=WHICH, output=ListOutput(fields=("ProspectID", "CreatedOn")))
GROUPS = NotContacted(
    filter=WHICH, output=AggregateOutput(group_by="OwnerId", function=Function.SUM, field="EngagementScore")
)
NOTHING = Says({"TotalCount": "0", "Results": []})


def answer(asked: Asked) -> Says:
    return NOTHING if asked.method == "POST" else Says([])


ENVIRONMENT = {"LSQ_ACCESS_KEY": ACCESS_KEY, "LSQ_SECRET_KEY": SECRET_KEY}
STRANGE = '$(id) "`x`" \\ & ساخن'
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
CASES: list[Ask[Any]] = [
    Total(LIST),
    Page(LIST.page(2, 50)),
    Page(LIST.all_leads),
    Groups(GROUPS),
    SomeGroups(GROUPS.all_leads),
    Lead(STRANGE),
    TimelineBlock(STRANGE, 25, 25),
    Activities(22, START, END),
]
KEYS = {"x-lsq-accesskey": ACCESS_KEY, "x-lsq-secretkey": SECRET_KEY}

Sender = Callable[[str], None]


def by_httpx(command: str) -> None:
    sent = curl.read(command, ENVIRONMENT)
    body = {"json": sent.body} if sent.body is not None else {}
    method = "POST" if body else "GET"
    httpx.request(
        method, sent.base + sent.path, params=sent.query, headers=sent.headers, trust_env=False, timeout=30, **body
    )


def by_shell(command: str) -> None:
    outside = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    subprocess.run(["sh", "-c", command], env=outside | ENVIRONMENT, check=True, capture_output=True, timeout=30)


def knows_curl() -> bool:
    found = shutil.which("curl")
    return (
        bool(found) and "--url-query" in subprocess.run([found, "--help", "all"], capture_output=True, text=True).stdout
    )


@pytest.mark.parametrize("ask", CASES, ids=[f"{type(ask).__name__}-{n}" for n, ask in enumerate(CASES)])
@pytest.mark.parametrize(
    "send",
    [by_httpx, pytest.param(by_shell, marks=pytest.mark.skipif(not knows_curl(), reason="no curl of 7.87 or newer"))],
)
def test_command__sends_what_the_client_sends(ask: Ask[Any], send: Sender):
    with ScriptedHost(answer) as host:
        with Client(host.host) as client:
            found = ask.of(client)
            if isinstance(ask, Activities):
                list(found)
        send(dry_run.call(host.host, ask).curl)
        by_client, by_command = host.asked
    said: tuple[str, ...] = ("method", "path", "query", "body")
    assert {name: getattr(by_command, name) for name in said} == {name: getattr(by_client, name) for name in said}
    named = ("content-type", *KEYS)
    assert [by_command.headers.get(name) for name in named] == [by_client.headers.get(name) for name in named]
    keys = KEYS if by_client.path.startswith("/v2/") else {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    assert keys.items() <= (by_command.headers | by_command.query).items(), "each key arrives as it is, $ and all"


def test_call__has_no_keys():
    with ScriptedHost(NOTHING) as host:
        found = dry_run.call(host.host, Page(LIST))
        assert host.asked == []
    for text in (found.curl, found.json, repr(found)):
        assert ACCESS_KEY not in text
        assert SECRET_KEY not in text


def test_call__shows_the_body_as_it_is_sent():
    with ScriptedHost(NOTHING) as host:
        found = dry_run.call(host.host, Page(LIST.page(2, 50)))
    shown: dict[str, Any] = json.loads(found.json)
    assert shown == found.body
    assert shown["Paging"] == {"PageIndex": 2, "PageSize": 50}
