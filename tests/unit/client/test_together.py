"""Answers of several questions from one call: the same as by calls of their own, whatever comes of that call."""

from typing import Any

import pytest

from lsq_api.client.asks import Groups, OfReport, Page, SomeGroups, Total
from lsq_api.client.client import Client
from lsq_api.client.together import fetched
from lsq_api.contract.errors import Rejected, Throttled, Unreachable
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted
from lsq_api.contract.together import TOGETHER_CALL
from tests.scripted import Asked, Says, ScriptedHost, error

LEADS = NotContacted(output=ListOutput(fields=("ProspectStage",)))
STAGES = NotContacted(
    output=AggregateOutput(group_by="ProspectStage", function=Function.COUNT, field="EngagementScore")
)
ASKS: list[OfReport[Any]] = [Total(LEADS), Page(LEADS.page(1, 2)), Groups(STAGES), SomeGroups(STAGES)]


def report(body: Any) -> dict[str, Any]:
    if body["Output"]["Type"] == "List":
        rows = [{"ProspectID": f"p{n}", "OwnerId": "o", "ProspectStage": "New"} for n in range(2)]
        return {"TotalCount": "2", "Results": rows[: body["Paging"]["PageSize"]]}
    return {"TotalCount": "1", "Results": [{"ProspectStage": "New", "Count": "2"}]}


def alone(asked: Asked) -> Says:
    return Says(report(asked.body))


def together(asked: Asked) -> Says:
    if asked.path != TOGETHER_CALL:
        return alone(asked)
    return Says([{"Status": 200, "Answer": report(one["Request"])} for one in asked.body["Reports"]])


def test_fetched__answers_are_those_of_calls_of_their_own():
    with ScriptedHost(alone) as host, Client(host.host) as client:
        wanted = [ask.of(client) for ask in ASKS]
    with ScriptedHost(together) as host, Client(host.host) as client:
        ready = fetched(client, ASKS)
        assert [ask.of(ready) for ask in ASKS] == wanted
        # Groups, read in full and as some, begin with the same request; who asks it again hears of changes.
        assert [(one.path, len((one.body or {}).get("Reports", ()))) for one in host.asked] == [
            (TOGETHER_CALL, 3),
            (STAGES.path, 0),
        ]
        Total(LEADS).of(ready)
        assert host.asked[-1].path == LEADS.path, "an answer is given once"


@pytest.mark.parametrize(
    "says",
    [
        error("MXInternalException", "no", 500),
        Says([]),
        Says({"TotalCount": "1", "Results": []}),
        Says([{"Status": 400, "Answer": {"Status": "Error"}}] * 3),
        Says([5, None, {}]),
    ],
)
def test_fetched__where_it_fails_each_is_asked_by_itself(says: Says):
    with ScriptedHost(lambda asked: says if asked.path == TOGETHER_CALL else alone(asked)) as host:
        with Client(host.host) as client:
            ready = fetched(client, ASKS)
            assert Total(LEADS).of(ready) == 2
            assert [group.count for group in Groups(STAGES).of(ready)] == [2]
        assert [one.path for one in host.asked] == [TOGETHER_CALL, LEADS.path, STAGES.path]


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (Says(reset=True), Unreachable),
        (error("MXAPIRateLimitExceededException", "API calls exceeded the limit of 20 in 5 second(s)", 429), Throttled),
    ],
)
def test_fetched__where_the_host_answers_nobody_no_more_calls_are_made(says: Says, kind: type[Exception]):
    with ScriptedHost(lambda _: says) as host, Client(host.host) as client:
        ready = fetched(client, ASKS)
        for ask in (Total(LEADS), Groups(STAGES)):
            with pytest.raises(kind):
                ask.of(ready)
        assert [one.path for one in host.asked] == [TOGETHER_CALL]


def test_fetched__a_refusal_is_raised_by_the_question_that_it_is_of():
    def some(asked: Asked) -> Says:
        if asked.path != TOGETHER_CALL:
            return error("MXInvalidInputException", "no such field", 400)
        _, *rest = ({"Status": 200, "Answer": report(one["Request"])} for one in asked.body["Reports"])
        return Says([{"Status": 400, "Answer": {}}, *rest])

    with ScriptedHost(some) as host, Client(host.host) as client:
        ready = fetched(client, ASKS)
        with pytest.raises(Rejected, match="no such field"):
            Total(LEADS).of(ready)
        assert [group.count for group in Groups(STAGES).of(ready)] == [2]
