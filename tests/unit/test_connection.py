"""The connection outside of a page: what it connects to, what it keeps, and for whom."""

import hashlib
import json
import logging
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import streamlit as st
from streamlit import config

from lsq_api.cache.screen import watched
from lsq_api.client.asks import Page, Total
from lsq_api.connection import NAMES, REPORTS, LeadSquaredConnection, utc
from lsq_api.contract.conditions import DateField, DateFilter
from lsq_api.contract.errors import HostFailed, NotConnected, Unauthorized
from lsq_api.contract.report import ListOutput, NotContacted, NotContactedFilter
from tests.contract.company import ANN, BOB, BOSS, COMPANY
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says, ScriptedHost, error, leads
from tests.stores import make_store

ROOT = Path(__file__).parents[2]

Connect = Callable[..., LeadSquaredConnection]


def listed(*fields: str) -> NotContacted:
    return NotContacted(filter=NotContactedFilter(), output=ListOutput(fields=fields or ("ProspectID",)))


@pytest.fixture(scope="module", autouse=True)
def no_secrets_of_mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's own secrets.toml must not decide what is tested."""
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(tmp_path_factory.mktemp("secrets") / "none.toml")])
    yield
    config.set_option("secrets.files", before)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, one_try: None) -> Iterator[Connect]:
    """A connection as its environment says, with nothing kept from before."""
    st.cache_data.clear()
    st.cache_resource.clear()
    open_ones = []

    def connected(now: Callable[[], datetime] = utc, **environment: str) -> LeadSquaredConnection:
        for name in [name for name in os.environ if name.upper().startswith("LSQ_")]:
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(f"LSQ_{name.upper()}", value)
        open_ones.append(LeadSquaredConnection("leadsquared", now=now))
        return open_ones[-1]

    yield connected
    for one in open_ones:
        one.close()
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    with ScriptedHost(leads(7, [1])) as started:
        yield started


def keys(access: str = ACCESS_KEY, secret: str = SECRET_KEY) -> dict[str, str]:
    return {"access_key": access, "secret_key": secret}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_store(tmp_path_factory.mktemp("company") / "s", COMPANY, title="The company"))


def test_connect__nothing_configured_is_demo_data(connect: Connect):
    found = connect()
    assert found.mode == "demo"
    assert found.answer(Total(listed())) > 0
    assert len(found.directory().users) > 10


def test_connect__data_is_served_from_a_server_of_our_own(connect: Connect, company: str):
    found = connect(data=company)
    assert found.mode == "data"
    assert found.account().organisation == "The company"
    assert found.answer(Page(listed().all_leads)).total == len(COMPANY.leads)


def test_connect__a_host_and_keys_are_leadsquared(connect: Connect, host: ScriptedHost):
    found = connect(api_url=host.url, **keys())
    assert found.mode == "leadsquared"
    assert found.answer(Total(listed())) == 7


@pytest.mark.parametrize(
    "environment",
    [
        {"data": "/there/is/no/such/folder"},
        {"data": "postgresql-but-not://x"},
        {"data": "/x", "api_url": "https://api.leadsquared.com"},
        {"api_url": "https://api.leadsquared.com"},
        {"api_url": "https://api.leadsquared.com", "access_key": "a"},
        {"access_key": "a", "secret_key": "b"},
        {"api_url": "not an address", **keys()},
    ],
    ids=str,
)
def test_connect__what_cannot_be_is_said(connect: Connect, environment: dict[str, str]):
    with pytest.raises(NotConnected):
        connect(**environment)


def test_embedded__is_started_once_for_a_process(connect: Connect, company: str):
    first, second = connect(data=company), connect(data=company)
    assert first.identity == second.identity


def test_embedded__other_data_is_another_server(connect: Connect, company: str, tmp_path: Path):
    other = str(make_store(tmp_path / "s", COMPANY, title="Another"))
    assert connect(data=company).identity != connect(data=other).identity


def test_embedded__answers_on_loopback_to_its_own_keys_alone(connect: Connect, company: str):
    found = connect(data=company)
    address = found.client().host.api_url
    assert address.startswith("http://127.0.0.1:")
    answer = httpx.get(f"{address}/v2/ProspectActivity.svc/ActivityTypes.Get", trust_env=False)
    assert answer.status_code == 401


def test_embedded__no_limit_of_calls_slows_it(connect: Connect, company: str):
    """A host of many viewers must not refuse the thirtieth call of its own dashboard."""
    found = connect(data=company)
    pages = [found.answer(Page(listed().all_leads.page(1, size))) for size in range(1, 41)]
    assert [len(page.rows) for page in pages] == [min(size, len(COMPANY.leads)) for size in range(1, 41)]


def test_answers__the_same_question_is_asked_once(connect: Connect, host: ScriptedHost):
    found = connect(api_url=host.url, **keys())
    assert [found.answer(Total(listed())), found.answer(Total(listed()))] == [7, 7]
    assert len(host.asked) == 1


def test_answers__another_question_is_asked(connect: Connect, host: ScriptedHost):
    found = connect(api_url=host.url, **keys())
    found.answer(Total(listed()))
    found.answer(Total(listed("ProspectStage")))
    found.answer(Page(listed()))
    found.answer(Total(listed().all_leads))
    assert len(host.asked) == 4


def test_answers__refresh_asks_anew(connect: Connect, host: ScriptedHost):
    found = connect(api_url=host.url, **keys())
    found.answer(Total(listed()))
    found.refresh()
    found.answer(Total(listed()))
    assert len(host.asked) == 2


def test_answers__an_error_is_not_kept(connect: Connect):
    """Without this one hiccup of the host would stay on every screen for minutes."""
    with ScriptedHost(error("MXAPIRateLimitExceededException", "later", 500, retry_after="0"), leads(7, [1])) as host:
        found = connect(api_url=host.url, **keys())
        with pytest.raises(Exception, match="later"):
            found.answer(Total(listed()))
        assert found.answer(Total(listed())) == 7


def test_answers__accounts_do_not_see_each_others(connect: Connect, host: ScriptedHost):
    with ScriptedHost(leads(8, [1])) as other:
        assert connect(api_url=host.url, **keys()).answer(Total(listed())) == 7
        assert connect(api_url=other.url, **keys()).answer(Total(listed())) == 8
        assert connect(api_url=host.url, **keys(access="another")).answer(Total(listed())) == 7
    assert [asked.headers.get("x-lsq-accesskey") or asked.query.get("accessKey") for asked in host.asked] == [
        ACCESS_KEY,
        "another",
    ]


def test_answers__of_other_settings_are_others(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    """Streamlit resets a connection when its secrets change: nothing of the account before may be shown then."""

    def account(name: str, total: int) -> Callable[[Asked], Says]:
        return lambda asked: leads(total, [1]) if asked.method == "POST" else Says({"Id": "1", "OrgDisplayName": name})

    with ScriptedHost(account("Before", 7)) as host, ScriptedHost(account("After", 8)) as other:
        found = connect(api_url=host.url, **keys())
        assert (found.account().organisation, found.answer(Total(listed()))) == ("Before", 7)
        monkeypatch.setenv("LSQ_API_URL", other.url)
        with found.client():
            found.reset()
        assert (found.account().organisation, found.answer(Total(listed()))) == ("After", 8)
        with found.client():
            found.reset()
        assert found.answer(Total(listed())) == 8


def test_moment__is_the_whole_minute_and_the_same_for_a_screen(connect: Connect, host: ScriptedHost):
    found = connect(api_url=host.url, **keys())
    before = datetime.now(UTC).replace(second=0, microsecond=0)
    moment = found.moment()
    assert before <= moment <= datetime.now(UTC)
    assert (moment.second, moment.microsecond, moment.utcoffset()) == (0, 0, timedelta(0))
    assert found.moment() == moment
    assert host.asked == []


class Clock:
    """A time that passes when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 8, 35, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_moment__moves_on_with_the_answers(connect: Connect, host: ScriptedHost):
    clock = Clock()
    found = connect(clock, api_url=host.url, **keys())
    first = found.moment()
    clock.now += REPORTS.fresh - timedelta(seconds=21)
    assert found.moment() == first
    clock.now += timedelta(seconds=21)
    assert found.moment() == first + REPORTS.fresh
    clock.now += timedelta(minutes=1)
    found.refresh()
    assert found.moment() == first + REPORTS.fresh + timedelta(minutes=1)


def relative(now: datetime) -> NotContacted:
    """Leads that came in within the last 7 days."""
    week = DateFilter(field=DateField.CREATED, start=now - timedelta(days=7), end=now)
    return listed().model_copy(update={"dates": (week,)})


def renewed() -> None:
    for thread in threading.enumerate():
        if thread.name == "renewal":
            thread.join(10)


def test_answers__of_a_relative_span_are_served_while_they_are_renewed(connect: Connect):
    """Without this every fifth minute would make a viewer wait for the whole screen."""
    clock = Clock()
    with ScriptedHost(leads(7, [1]), leads(8, [1])) as host:
        found = connect(clock, api_url=host.url, **keys())
        first, begun = found.moment(), clock.now
        assert found.answer(Total(relative(first))) == 7
        clock.now += timedelta(minutes=6)
        second = found.moment()
        with watched(second) as screen:
            assert found.answer(Total(relative(second))) == 7
        assert (screen.oldest, screen.renewing, screen.problem) == (begun, True, None)
        renewed()
        with watched(second) as screen:
            assert found.answer(Total(relative(second))) == 8
        assert (screen.oldest, screen.renewing) == (clock.now, False)
    windows = [asked.body["DateFilter"][0]["ToDate"] for asked in host.asked]
    assert windows == [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (first, second)]


def test_answers__the_oldest_of_a_screen_is_its_age(connect: Connect, host: ScriptedHost):
    clock = Clock()
    found = connect(clock, api_url=host.url, **keys())
    begun = clock.now
    found.answer(Total(listed()))
    clock.now += timedelta(minutes=3)
    with watched(found.moment()) as screen:
        found.answer(Total(listed("ProspectStage")))
        assert screen.oldest == clock.now
        found.answer(Total(listed()))
    assert screen.oldest == begun


def test_answers__names_do_not_make_a_screen_old(connect: Connect, company: str):
    clock = Clock()
    found = connect(clock, data=company)
    found.directory()
    clock.now += timedelta(minutes=30)
    with watched(found.moment()) as screen:
        found.directory()
        found.team(BOSS)
        assert screen.oldest is None
        found.answer(Total(listed()))
    assert screen.oldest == clock.now


def test_names__are_asked_again_after_an_hour(connect: Connect):
    clock = Clock()
    with ScriptedHost(
        Says({"Id": "1", "OrgDisplayName": "Before"}), Says({"Id": "1", "OrgDisplayName": "After"})
    ) as host:
        found = connect(clock, api_url=host.url, **keys())
        clock.now += NAMES.fresh - timedelta(seconds=1)
        assert found.account().organisation == "Before"
        clock.now += NAMES.fresh
        assert found.account().organisation == "Before"
        renewed()
        assert found.account().organisation == "After"


def test_down__the_last_good_answers_are_shown_with_their_age(connect: Connect):
    clock = Clock()
    with ScriptedHost(leads(7, [1]), Says(b"", 503)) as host:
        found = connect(clock, api_url=host.url, **keys())
        begun = clock.now
        found.answer(Total(listed()))
        clock.now += timedelta(hours=2)
        found.refresh()
        with watched(found.moment()) as screen:
            assert found.answer(Total(listed())) == 7
        assert screen.oldest == begun
        assert isinstance(screen.problem, HostFailed)


def test_directory__names_everything_once(connect: Connect, company: str):
    found = connect(data=company).directory()
    assert {found.user_label(user) for user in (BOSS, ANN, BOB)} == {"Bo Ss", "Ann Lee", "Bob"}
    assert found.activity_label(22) == "Outbound Call (22)"
    assert found.default_activities == (21, 22)
    assert set(found.managers) == {BOSS, ANN}
    assert "ProspectStage" in {field.schema_name for field in found.fields}


def test_directory__is_asked_once_even_when_answers_are_renewed(connect: Connect):
    def answer(asked: Asked) -> Says:
        if asked.path.endswith("UserByAccessKey.Get"):
            return Says({"Id": "u-1"})
        return Says({"Users": [], "Results": []} if asked.method == "POST" else [])

    with ScriptedHost(answer) as host:
        found = connect(api_url=host.url, **keys())
        found.directory(), found.account()  # the account is asked for beside the names, and may be last
        calls = len(host.asked)
        found.refresh()
        found.directory(), found.account()
        assert len(host.asked) == calls


def test_team__is_the_manager_and_all_below(connect: Connect, company: str):
    assert connect(data=company).team(BOSS) == {BOSS, ANN, BOB}


def test_extensions__are_what_the_account_names(connect: Connect, company: str):
    assert connect(data=company).can_sort


def test_extensions__an_account_that_names_none_has_none(connect: Connect):
    with ScriptedHost(Says({"Id": "1", "EmailAddress": "a@x.org"})) as host:
        found = connect(api_url=host.url, **keys())
        assert not found.can_sort


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Says(b"no", 401), Unauthorized),
        (Says({"Status": "Error", "Echo": f"{ACCESS_KEY} {SECRET_KEY}"}, 500), HostFailed),
    ],
    ids=["refused", "failed"],
)
def test_keys__are_in_no_text(connect: Connect, caplog: pytest.LogCaptureFixture, said: Says, kind: type[Exception]):
    caplog.set_level(logging.DEBUG)
    with ScriptedHost(said) as host:
        found = connect(api_url=host.url, **keys())
        with pytest.raises(kind) as failure:
            found.answer(Total(listed()))
    texts = [repr(found), str(vars(found)), found.identity, str(failure.value), repr(failure.value), caplog.text]
    assert not [text for text in texts if ACCESS_KEY in text or SECRET_KEY in text]


SHOW = """
from lsq_api.connection import NAMES, REPORTS, LeadSquaredConnection, utc
found = LeadSquaredConnection("leadsquared")
print(found.mode, found.account().organisation)
"""


@pytest.mark.parametrize(
    ("environment", "said"), [({}, "data In the secrets"), ({"LSQ_DATA": "{other}"}, "data In the environment")]
)
def test_secrets__are_read_and_the_environment_wins(tmp_path: Path, environment: dict[str, str], said: str):
    """In a process of its own: Streamlit reads its secrets once."""
    make_store(tmp_path / "one", COMPANY, title="In the secrets")
    other = make_store(tmp_path / "two", COMPANY, title="In the environment")
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(f"[connections.leadsquared]\ndata = '{tmp_path / 'one'}'\n", "utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("LSQ_")}
    given = {name: value.format(other=other) for name, value in environment.items()}
    run = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **given},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout.strip() == said


def test_app_url__is_the_one_that_is_set_else_the_accounts(connect: Connect):
    account = Says({"Id": "1", "LSQCommonServiceURLs": {"Api": "https://api.x.example", "App": "https://crm.example"}})
    with ScriptedHost(account) as host:
        assert connect(api_url=host.url, **keys()).app_url == "https://crm.example"
        assert connect(api_url=host.url, app_url="https://own.example", **keys()).app_url == "https://own.example"
    with ScriptedHost(Says({"Id": "1"})) as host:
        assert connect(api_url=host.url, **keys()).app_url is None


KEPT = """
import hashlib
from lsq_api.connection import LeadSquaredConnection
found = LeadSquaredConnection("leadsquared").settings.host
pair = f"{found.access_key.get_secret_value()} {found.secret_key.get_secret_value()}"
print(hashlib.sha256(pair.encode()).hexdigest())
"""
DOLLARS = "u$r0$HOME$$${PATH}%24", "$(id)`id`\\$1'x"


@pytest.mark.parametrize("way", ["environment", "secrets", "shell"])
def test_keys__every_sign_of_them_survives(tmp_path: Path, way: str):
    """In a process of its own: an environment, a file of secrets, and a shell with single quotes."""
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("LSQ_")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    access, secret = DOLLARS
    given = {"LSQ_API_URL": "127.0.0.1:9", "LSQ_ACCESS_KEY": access, "LSQ_SECRET_KEY": secret}
    command = [sys.executable, "-c", KEPT]
    if way == "environment":
        environment |= given
    elif way == "shell":
        quoted = " ".join(f"{name}={shlex.quote(value)}" for name, value in given.items())
        command = ["sh", "-c", f"{quoted} exec {shlex.join(command)}"]
    else:
        file = tmp_path / ".streamlit" / "secrets.toml"
        file.parent.mkdir()
        named = {name.removeprefix("LSQ_").lower(): value for name, value in given.items()}
        lines = [f"{name} = {json.dumps(value)}" for name, value in named.items()]
        file.write_text("\n".join(["[connections.leadsquared]", *lines]), "utf-8")
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == hashlib.sha256(" ".join(DOLLARS).encode()).hexdigest()
