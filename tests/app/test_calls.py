"""How many calls a screen costs: they are the account's, shared with everybody who uses it."""

import json
import threading
from collections import Counter

import httpx

from lsq_api.contract.together import TOGETHER_CALL
from lsq_api.question.fill import SAMPLE
from lsq_api.question.spans import AGE_CLASSES
from tests.app.screen import OneByOne, Open, Relay, keys
from tests.scripted import Asked, ScriptedHost

REPORTS, NAMES = 10 + len(AGE_CLASSES), 6
"""Calls of an Overview at most: of the two lead reports; and of what has the names and, where the host can tell, who
creates activities, which are kept for an hour, and with them a sample of leads that tells which fields are empty."""
LEADS = {"/Leads/NotContacted", "/Leads/LeadDistribution/FilterByLeadField"}


def is_sample(asked: Asked) -> bool:
    """Whether a call is the one that reads a sample of leads."""
    return (asked.body or {}).get("Paging") == {"PageIndex": 1, "PageSize": SAMPLE}


def same(asked: Asked) -> str:
    return f"{asked.method} {asked.path} {json.dumps(asked.body, sort_keys=True)}"


def test_overview__asks_little_and_nothing_twice(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        view(environment=keys(host.url))
        asked = Counter(map(same, host.asked))
        reports = [call for call in host.asked if call.path in LEADS and not is_sample(call)]
    assert max(asked.values()) == 1, asked.most_common(1)
    assert 0 < len(reports) <= REPORTS
    assert 0 < asked.total() - len(reports) <= NAMES


def test_overview__the_next_viewer_asks_nothing(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        view(environment=keys(host.url))
        first = len(host.asked)
        view(environment=keys(host.url)).again()
        assert len(host.asked) == first


def test_overview__has_asked_what_the_list_shows_first(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        view(environment=keys(host.url))
        first = len(host.asked)
        view(environment=keys(host.url), page="leads")
        assert len(host.asked) == first


def test_overview__another_question_asks_no_names_again(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        view(environment=keys(host.url))
        first = len(host.asked)
        view({"stage": "Prospect"}, environment=keys(host.url))
        assert {asked.path for asked in host.asked[first:]} == LEADS


def test_overview__refresh_asks_the_reports_anew(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        screen = view(environment=keys(host.url))
        first = Counter(map(same, host.asked))
        screen.press("Refresh")
        again = Counter(map(same, host.asked)) - first
    assert {asked.split()[1] for asked in again} == LEADS


def test_overview__a_form_that_is_being_filled_asks_nothing(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        screen = view(environment=keys(host.url))
        first = len(host.asked)
        (stage,) = [one for one in screen.test.multiselect if one.label == "Stage"]
        stage.set_value(["Prospect"])
        screen.again()
        assert len(host.asked) == first


def test_overview__is_asked_side_by_side(view: Open, account: httpx.Client):
    """With half a second a call, seventeen in a row would be eight seconds of waiting."""
    together, places = threading.Barrier(8), iter(range(8))

    def instead(asked: Asked) -> None:
        if asked.path in LEADS and not is_sample(asked) and next(places, None) is not None:
            together.wait(30)  # breaks, and the test with it, unless so many are under way at once

    with ScriptedHost(OneByOne(account, instead)) as host:
        view(environment=keys(host.url))
        assert len([asked for asked in host.asked if asked.path in LEADS and not is_sample(asked)]) == REPORTS


def test_overview__of_a_host_that_takes_several_reports_in_one_call_takes_two(view: Open, account: httpx.Client):
    """And no report is asked by itself, or twice."""
    with ScriptedHost(Relay(account)) as host:
        screen = view(environment=keys(host.url))
        trips = [asked.body["Reports"] for asked in host.asked if asked.path == TOGETHER_CALL]
        alone = [asked for asked in host.asked if asked.path in LEADS and not is_sample(asked)]
        wanted = screen.sentence
    asked = [json.dumps(report, sort_keys=True) for trip in trips for report in trip]
    assert (len(trips), len(alone), len(set(asked))) == (2, 0, len(asked))
    with ScriptedHost(OneByOne(account)) as host:
        assert view(environment=keys(host.url)).sentence == wanted
