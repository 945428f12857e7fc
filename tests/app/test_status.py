"""Status: what is connected, what was asked, and requests that an administrator can repeat."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from lsq_api.contract.makers import MAKERS_CALL
from tests import curl
from tests.app.books import Books
from tests.app.screen import OneByOne, Open, Relay, Screen, keys
from tests.scripted import ACCESS_KEY, SECRET_KEY, Asked, Says, ScriptedHost, error

LEADS = {"/Leads/NotContacted", "/Leads/LeadDistribution/FilterByLeadField"}
ENVIRONMENT = {"LSQ_ACCESS_KEY": ACCESS_KEY, "LSQ_SECRET_KEY": SECRET_KEY}
REFUSED = "LeadSquared refused the keys. Ask your administrator to check them."


def texts(screen: Screen) -> list[str]:
    return [str(one.value) for one in screen.test.main.text]


def answers(screen: Screen) -> dict[str, tuple[str, str]]:
    """State and command of each answer of the page that is looked at, by what it is for."""
    found = {}
    for one in screen.test.main.expander:
        what, _, state = one.label.replace("\\", "").partition(" · ")
        if state:
            *shown, command = (code.value for code in one.code)
            assert [json.loads(body) for body in shown] == [curl.read(command, ENVIRONMENT).body] * len(shown)
            found[what] = (state, command)
    return found


def with_test(screen: Screen) -> Screen:
    """Open the test of the connection."""
    screen.test.session_state["test_connection"] = True
    return screen.again()


def repeat(command: str) -> tuple[int, list[dict[str, Any]]]:
    """Send what a command would send; the total and the rows of the answer."""
    sent = curl.read(command, ENVIRONMENT)
    reply = httpx.post(
        sent.base + sent.path, params=sent.query, headers=sent.headers, json=sent.body, timeout=30, trust_env=False
    )
    assert reply.status_code == 200, reply.text
    body = reply.json()
    return int(body["TotalCount"]), body["Results"]


def counted(rows: list[dict[str, Any]]) -> int:
    return sum(int(row["Count"]) for row in rows)


QUESTION = {"stage": "Prospect", "quiet": "30d"}


def test_status__each_command_gets_the_number_on_screen(view: Open, account: httpx.Client):
    environment = keys(str(account.base_url))
    overview = view(QUESTION, environment=environment)
    shown = answers(view(QUESTION, environment=environment, page="status"))
    waiting, matching = re.findall(r"[\d,]+", overview.sentence)[:2]
    assert waiting == overview.metric("Not contacted")
    for field in ("owner", "source", "stage"):
        assert f"{counted(repeat(shown[f'By {field}, not contacted'][1])[1]):,}" == waiting
        assert f"{counted(repeat(shown[f'By {field}, all leads'][1])[1]):,}" == matching
    assert f"{repeat(shown['Waiting longest, not contacted'][1])[0]:,}" == waiting
    assert f"{repeat(shown['Never any activity, not contacted'][1])[0]:,}" == overview.metric("Never any activity")
    ages = [repeat(command)[0] for what, (_, command) in shown.items() if what.startswith("By age")]
    assert f"{sum(ages):,}" == waiting


def same(path: str, body: Any) -> str:
    return f"{path} {json.dumps(body, sort_keys=True)}"


LEAD = "lead"
"""Stands for the ID of a lead that is there."""
PAGES = [
    ("overview", {}),
    ("leads", {"size": "100", "page": "2", "columns": ["ProspectStage", "Phone"]}),
    ("leads", {"page": "999"}),
    ("breakdown", {}),
    ("breakdown", {"by": "Company", "measure": "average", "of": "EngagementScore", "top": "20"}),
    ("breakdown", {"by": "ProspectID", "measure": "sum"}),
    ("owners", {}),
    ("lead", {"lead": LEAD, "timeline": "2"}),
]


@pytest.mark.parametrize(("page", "choices"), PAGES)
def test_status__lists_exactly_what_a_page_asks(
    view: Open, account: httpx.Client, books: Books, page: str, choices: dict[str, Any]
):
    """A page may change: a request behind a number that Status does not show would be a lie by omission."""
    with ScriptedHost(OneByOne(account)) as host:
        link = QUESTION | choices
        if page == LEAD:
            link["lead"] = books.leads[0]["ProspectID"]
        view(QUESTION, environment=keys(host.url), page="status")  # has the names, which are nobody's answers
        names = len(host.asked)
        view(link, environment=keys(host.url), page=page)
        # Who creates activities is kept with the names: it is asked by the first page that has owners.
        reports = [call for call in host.asked[names:] if call.path != MAKERS_CALL]
        asked = sorted(same(call.path, call.body) for call in reports)
        before = len(host.asked)
        shown = answers(view(link | {"screen": page}, environment=keys(host.url), page="status"))
        assert len(host.asked) == before, "Status itself must not ask"
    commands = [curl.read(command, ENVIRONMENT) for _, command in shown.values()]
    assert sorted(same(command.path, command.body) for command in commands) == asked
    assert all(" ago, took " in state for state, _ in shown.values())


def test_status__names_the_slowest_question(view: Open, account: httpx.Client):
    environment = keys(str(account.base_url))
    view(environment=environment)
    screen = view(environment=environment, page="status")
    took = {what: int(re.sub(r"\D", "", state.partition("took")[2])) for what, (state, _) in answers(screen).items()}
    (said,) = [one.value for one in screen.test.main.caption if one.value.startswith("Slowest: ")]
    what, _, time = said.replace("\\", "").removeprefix("Slowest: ").rpartition(", ")
    assert took[what] == max(took.values())
    assert int(re.sub(r"\D", "", time)) == took[what]


def test_status__lists_what_recency_is_worked_out_from(view: Open, strict: httpx.Client):
    with ScriptedHost(Relay(strict)) as host:
        view({"quiet": "30d"}, environment=keys(host.url))
        activities = [call.body for call in host.asked if call.path.endswith("RetrieveByActivityEvent")]
        screen = view({"quiet": "30d"}, environment=keys(host.url), page="status")
    shown = answers(screen)
    read = {body["Parameter"]["ActivityEvent"] for body in activities}
    commands = {what: curl.read(command, ENVIRONMENT) for what, (_, command) in shown.items()}
    assert {one.body["Parameter"]["ActivityEvent"] for what, one in commands.items() if "Activities" in what} == read
    assert len([one for one in commands.values() if one.path == "/Leads/NotContacted"]) == 0
    (kept,) = [one.value for one in screen.test.main.caption if "kept in memory" in one.value]
    assert "3,000 leads and " in kept
    assert commands["Leads"].path == "/Leads/LeadDistribution/FilterByLeadField"


@pytest.mark.parametrize("page", ["overview", "leads", "owners"])
def test_status__is_opened_with_the_page_the_viewer_comes_from(view: Open, page: str):
    (link,) = [one.proto for one in view(QUESTION, page=page).test.get("page_link") if one.proto.label == "Status"]
    assert dict(parse_qsl(link.query_string)) == QUESTION | {"screen": page}


def test_status__says_what_is_not_kept(view: Open):
    screen = view(page="status")
    assert answers(screen)
    assert {state for state, _ in answers(screen).values()} == {"not kept now"}


def test_status__refresh_forgets_the_answers(view: Open, account: httpx.Client):
    environment = keys(str(account.base_url))
    view(environment=environment)
    screen = view(environment=environment, page="status")
    assert {state for state, _ in answers(screen).values()} != {"not kept now"}
    assert {state for state, _ in answers(screen.press("Refresh")).values()} == {"not kept now"}


def test_status__has_no_keys(view: Open, account: httpx.Client):
    screen = with_test(view(QUESTION, environment=keys(str(account.base_url)), page="status"))
    for key in (ACCESS_KEY, SECRET_KEY):
        assert key.encode() not in screen.sent
    assert answers(screen)


@pytest.mark.parametrize(
    ("mode", "said"),
    [("demo", "Own data, served by this process"), ("account", "LeadSquared")],
)
def test_status__names_what_answers(view: Open, account: httpx.Client, mode: str, said: str):
    environment = keys(str(account.base_url)) if mode == "account" else None
    assert said in texts(view(environment=environment, page="status"))


def test_status__tests_the_connection(view: Open, account: httpx.Client):
    screen = with_test(view(environment=keys(str(account.base_url)), page="status"))
    keys_, reports = [one.value for one in screen.test.success]
    assert keys_.startswith("Keys: answered in ")
    assert "Administrator" in keys_
    assert reports.startswith("Reports: answered in ")
    assert reports.endswith("3,000 leads in all")
    assert {"Asia/Kolkata", "Host for Api"} <= {*texts(screen), *(c.value for c in screen.test.main.caption)}


def test_status__the_test_asks_both_hosts(view: Open, account: httpx.Client):
    """The host of the reports may be the wrong one alone."""

    def elsewhere(asked: Asked) -> Says | None:
        return Says(b"", 404) if asked.path.startswith("/Leads/") else None

    with ScriptedHost(Relay(account, elsewhere)) as host:
        screen = with_test(view(environment=keys(host.url), page="status"))
    assert [one.value.partition(":")[0] for one in screen.test.success] == ["Keys"]
    assert any("LSQ_ANALYTICS_URL" in text for text in texts(screen))


def test_status__a_failed_test_has_its_details(view: Open, account: httpx.Client):
    calls: list[str] = []

    def refuses(asked: Asked) -> Says | None:
        calls.append(asked.path)
        again = calls.count(asked.path) > 1 and "UserByAccessKey" in asked.path
        return error("MXInvalidAccessDetailsException", f"No such key: {ACCESS_KEY}", 401) if again else None

    with ScriptedHost(Relay(account, refuses)) as host:
        screen = with_test(view(environment=keys(host.url), page="status"))
    assert [one.value for one in screen.test.error] == [REFUSED]
    assert {"Unauthorized", "401", "/v2/Authentication.svc/UserByAccessKey.Get"} <= set(texts(screen))
    assert any("MXInvalidAccessDetailsException: No such key: •••" in text for text in texts(screen))
    assert ACCESS_KEY.encode() not in screen.sent


def test_status__counts_calls_against_the_limits(view: Open, account: httpx.Client, tmp_path: Path):
    # A count of its own: a host of another test may have had the same port a moment ago.
    limits = {"LSQ_RATE_LIMIT": "700/60", "LSQ_DAILY_LIMIT": "5000", "LSQ_STATE_DIR": str(tmp_path)}
    with ScriptedHost(Relay(account)) as host:
        view(environment=keys(host.url) | limits)
        screen = view(environment=keys(host.url) | limits, page="status")
        made = len(host.asked)
    assert screen.metric("Calls in 60 s") == f"{made} of 700"
    assert screen.metric("Calls today") == f"{made} of 5,000"
    assert (screen.metric("Throttled today"), screen.metric("Failed today")) == ("0", "0")


def test_status__counts_throttles_and_failures_apart(view: Open, account: httpx.Client):
    def fails(asked: Asked) -> Says | None:
        if asked.path == "/Leads/NotContacted":
            said = "API calls exceeded the limit of 20 in 5 second(s)"
            return error("MXAPIRateLimitExceededException", said, 429, retry_after="0")
        return None

    with ScriptedHost(OneByOne(account, fails)) as host:
        view(environment=keys(host.url))
        screen = view(environment=keys(host.url), page="status")
        refused = len([asked for asked in host.asked if asked.path == "/Leads/NotContacted"])
    # They are asked side by side: some may still be under way when Status is looked at.
    assert 0 < int(screen.metric("Throttled today")) <= refused
    assert screen.metric("Failed today") == "0"
    (failures,) = [table for table in screen.tables if "Kind" in table]
    shown = set(map(tuple, failures[["Call", "Status", "Kind"]].to_numpy().tolist()))
    assert shown == {("/Leads/NotContacted", "429", "Throttled")}


def test_status__answers_used_again_are_counted(view: Open, account: httpx.Client):
    environment = keys(str(account.base_url))
    view(environment=environment)
    first = int(view(environment=environment, page="status").metric("Answers used again"))
    view(environment=environment)
    screen = view(environment=environment, page="status")
    # The page wants one answer more often than it asks: the sums by owner serve the bars and the mean.
    assert int(screen.metric("Answers used again")) == first + len(answers(screen)) + 1


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{found.getsockname()[1]}"


def test_status__explains_to_the_administrator_when_nothing_answers(view: Open, nobody: str):
    screen = view(environment=keys(nobody), page="status")
    assert "Unreachable" in texts(screen)
    assert any("connection refused" in text for text in texts(screen))
    other = view(environment=keys(nobody))
    assert "Unreachable" not in texts(other)
    assert [one.proto.label for one in other.test.get("page_link")] == ["Details for the administrator"]


def guides(screen: Screen) -> list[str]:
    return [one.label for one in screen.test.main.expander if one.label.startswith(("Connect", "What a failure"))]


@pytest.mark.parametrize("mode", ["demo", "nobody", "unset"])
def test_status__leads_to_a_connection_whatever_there_is(view: Open, nobody: str, mode: str):
    environment = {"demo": None, "nobody": keys(nobody), "unset": {"LSQ_ACCESS_KEY": ACCESS_KEY}}[mode]
    screen = view(environment=environment, page="status")
    assert guides(screen) == ["Connect LeadSquared or your own files", "What a failure means"]
    (region,) = [one for one in screen.test.main.selectbox if one.label == "Region"]
    region.set_value("Ireland")
    codes = [code.value for code in screen.again().test.main.code]
    assert any('api_url = "https://api-ir31.leadsquared.com"' in code for code in codes)


def test_status__says_which_host_the_keys_belong_to(view: Open, account: httpx.Client):
    said = "Invalid Access Details; the host of this account is api-us11.leadsquared.com"
    with ScriptedHost(error("MXInvalidAccessDetailsException", said, 401)) as host:
        screen = view(environment=keys(host.url), page="status")
    assert any("set LSQ_API_URL to https://api-us11.leadsquared.com" in text for text in texts(screen))


def test_status__explains_settings_that_cannot_be(view: Open):
    screen = view(
        environment={"LSQ_API_URL": "https://api.leadsquared.com", "LSQ_ACCESS_KEY": ACCESS_KEY}, page="status"
    )
    assert any("LSQ_SECRET_KEY" in text for text in texts(screen))
    assert ACCESS_KEY.encode() not in screen.sent


def test_status__has_every_assumption_and_version(view: Open):
    screen = view(page="status")
    (assumptions,) = [one for one in screen.test.main.expander if one.label.startswith("Assumptions")]
    assert [text.value.partition(".")[0] for text in assumptions.text] == [str(number) for number in range(1, 12)]
    versions = screen.test.main.caption[-1].value.replace("\\", "")
    for name in ("Leads not contacted 0.1.0", "Python 3.", "Streamlit 1.", "DuckDB "):
        assert name in versions
