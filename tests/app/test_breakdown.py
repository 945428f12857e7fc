"""The Breakdown page on a small company: every number held against plain counting, every door against the server."""

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from components.breakdown import table as in_table
from components.breakdown.answers import breakdown
from components.breakdown.choice import Grouping
from components.breakdown.groups import Breakdown, Slice, drawn
from components.shell import answers
from components.shell.frame import View
from lsq_api.client.asks import Total
from lsq_api.contract.report import Function, ListOutput
from lsq_api.server.app import Options
from lsq_api.server.store.store import Store
from lsq_api.server.thread import ServerThread
from tests.app import outside
from tests.app.books import Books, by
from tests.app.screen import Open, Relay, Screen, keys
from tests.contract.company import COMPANY
from tests.scripted import ACCESS_KEY, SECRET_KEY, ScriptedHost
from tests.stores import Rows, at, make_store

REPORTS = 6
"""Calls of this page at most, without those that name things: three of the sentence, and up to three of its own."""


def page(view_: Open, **link: Any) -> Screen:
    return view_(link, page="breakdown")


def table(screen: Screen) -> dict[str, Any]:
    (found,) = screen.tables
    return {name: list(found[name]) for name in found}


def many(folder: Path) -> Path:
    """Four thousand leads, and so as many values of their IDs."""
    leads = [
        {"ProspectID": f"lead-{number:05}", "CreatedOn": at("2026-01-01 00:00:00"), "EngagementScore": number % 7}
        for number in range(4_000)
    ]
    types = [{"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 1}]
    return make_store(folder / "many", Rows(leads=leads, types=types))


def caption(screen: Screen) -> str:
    return " ".join(str(one.value).replace("\\", "") for one in screen.test.caption)


def test_breakdown__by_source_at_first(view: Open, books: Books):
    screen = page(view)
    waiting, book = by("Source", books.waiting()), by("Source", books.leads)
    figure = screen.figure("Leads not contacted by Lead Source")
    shown = figure["layout"]["yaxis"]["ticktext"]
    longest = [value or "No source" for value, _ in waiting.most_common(10)]
    assert shown[:10] == longest
    assert figure["data"][1]["x"][:10] == [count for _, count in waiting.most_common(10)]
    assert figure["data"][0]["x"][0] == book[waiting.most_common(1)[0][0]]
    assert "Leads not contacted by lead source" in [one.value for one in screen.test.header]


@pytest.mark.parametrize("by_", ["Source", "mx_City", "ProspectStage", "OwnerId", "EngagementScore", "CreatedOn"])
@pytest.mark.parametrize("top", ["10", "50", "all"])
def test_breakdown__the_table_comes_to_the_whole(view: Open, books: Books, by_: str, top: str):
    """What is not drawn is in the others: nothing is dropped, whatever the field and however much of it is shown."""
    found = table(page(view, by=by_, view="table", top=top))
    assert sum(found["waiting"]) == len(books.waiting())
    assert sum(found["book"]) == len(books.leads)


def test_breakdown__every_group_is_as_the_store_has_it(view: Open, books: Books):
    found = table(page(view, by="mx_City", view="table", top="all"))
    waiting, book = by("mx_City", books.waiting()), by("mx_City", books.leads)
    expected = {city or "No city": (waiting[city], book[city]) for city in book}
    assert dict(zip(found["group"], zip(found["waiting"], found["book"], strict=True), strict=True)) == expected
    assert found["waiting"] == sorted(found["waiting"], reverse=True)


def test_breakdown__a_mean_is_of_the_leads_that_have_a_value(view: Open, books: Books):
    found = table(page(view, by="Source", measure="average", of="EngagementScore", view="table", top="10"))
    scores = _scores(books, "Source")
    places = range(len(found["group"]))
    shown = {found["group"][at_]: (found["scored"][at_], found["figure"][at_]) for at_ in places}
    for source, known in scores.items():
        label = source or "No source"
        if label in shown:
            assert shown[label] == (len(known), pytest.approx(sum(known) / len(known), abs=1e-6))
    others = found["group"][-1]
    assert others.endswith("others")
    rest = [score for source, known in scores.items() if (source or "No source") not in shown for score in known]
    assert shown[others] == (len(rest), pytest.approx(sum(rest) / len(rest), abs=1e-5))
    assert found["figure"][:-1] == sorted(found["figure"][:-1], reverse=True)


def test_breakdown__a_sum_and_its_others(view: Open, books: Books):
    found = table(page(view, by="OwnerId", measure="sum", of="EngagementScore", view="table"))
    whole_sum = sum(score for known in _scores(books, "OwnerId").values() for score in known)
    assert sum(found["figure"]) == whole_sum


def _scores(books: Books, field: str) -> dict[str | None, list[int]]:
    found: dict[str | None, list[int]] = {}
    for lead in books.waiting():
        found.setdefault(lead[field], [])
        if lead["EngagementScore"] is not None:
            found[lead[field]].append(lead["EngagementScore"])
    return found


def test_breakdown__a_field_of_very_many_values_is_capped_and_still_whole(view: Open, tmp_path: Path):
    """Four thousand IDs must neither be four thousand bars nor four calls: the largest are read, the rest counted."""
    link = {"by": "ProspectID", "view": "table", "top": "all", "measure": "average"}
    screen = view(link, page="breakdown", data=many(tmp_path))
    found = table(screen)
    assert len(found["group"]) == 201
    assert (found["group"][-1], found["waiting"][-1]) == ("3,800 others", 3_800)
    scores = [number % 7 for number in range(4_000)]
    total = sum(figure * scored for figure, scored in zip(found["figure"], found["scored"], strict=True))
    assert (sum(found["scored"]), round(total)) == (4_000, sum(scores))
    assert found["figure"][:200] == [6.0] * 200
    assert "Nearly every lead has its own value in “Lead Id”" in caption(screen)


def test_breakdown__leads_without_a_value_are_a_group_with_a_name(view: Open, books: Books):
    found = table(page(view, by="mx_City", view="table", top="all"))
    without = by("mx_City", books.waiting())[None]
    assert without > 0
    assert found["waiting"][found["group"].index("No city")] == without


def test_breakdown__numbers_stand_in_their_order(view: Open):
    found = table(page(view, by="EngagementScore", view="table", top="20"))
    labels = [label for label in found["group"] if label.isdigit()]
    assert labels == sorted(labels, key=int)
    assert found["group"][-1].endswith(" others")


def test_breakdown__dates_are_moments_and_it_says_so(view: Open):
    assert "the report has no days or months" in caption(page(view, by="CreatedOn"))


def fetched(asked: View, choice: Grouping) -> Breakdown:
    owners = asked.source.get(answers.by_owner(asked))
    waiting, book = sum(one.waiting for one in owners), sum(one.book for one in owners)
    return asked.source.get(breakdown(asked, choice, Slice(None, "All", waiting, book)))


def choice(asked: View, by_: str, function: Function = Function.COUNT, of: str = "") -> Grouping:
    field = asked.directory.field_named(by_)
    assert field is not None
    return Grouping(field, function, asked.directory.field_named(of), 10)


@pytest.mark.parametrize(
    ("by_", "link"),
    [
        ("Source", {}),
        ("mx_City", {"stage": "Prospect", "created": "90d"}),
        ("ProspectStage", {"stage": ["Prospect", "Opportunity"]}),
        ("EngagementScore", {}),
        ("CreatedOn", {"source": "Website"}),
        ("OwnerId", {}),
    ],
)
def test_breakdown__every_link_opens_as_many_leads_as_its_number(
    monkeypatch: pytest.MonkeyPatch, demo: Path, by_: str, link: dict[str, str]
):
    with outside.asked(monkeypatch, demo, link) as asked:
        slices = [one for one in fetched(asked, choice(asked, by_)).slices if one.waiting]
        assert slices
        for one in slices[:30]:
            assert outside.opened(asked, asked.question.narrowed(by_, one.value, asked.directory)) == one.waiting, one


def test_breakdown__groups_spelled_in_several_ways_are_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The company has "Web" and "web", and 7 as "7", "007" and "7.0", each spelling with leads of its own."""
    with outside.asked(monkeypatch, make_store(tmp_path / "company", COMPANY)) as asked:
        found = fetched(asked, choice(asked, "Source"))
        assert found.total.book == len(COMPANY.leads)
        for one in found.slices:
            question = asked.question.narrowed("Source", one.value, asked.directory)
            report = answers.report(asked, ListOutput(fields=("ProspectID",)), question)
            assert (outside.opened(asked, question), asked.source.answer(Total(report.all_leads))) == (
                one.waiting,
                one.book,
            ), one


def test_breakdown__the_file_is_the_table(monkeypatch: pytest.MonkeyPatch, demo: Path, books: Books):
    with outside.asked(monkeypatch, demo) as asked:
        chosen = choice(asked, "mx_City", Function.AVERAGE, "EngagementScore")
        rows = drawn(fetched(asked, chosen), 10).rows
        lines = [in_table.line(chosen, one) for one in rows]
        heads = [in_table.headings(chosen)[name] for name in in_table.frame(chosen, rows)]
        assert heads == ["City", "Average engagement score", "With a value", "Not contacted", "All leads", "Share"]
        assert {len(line) for line in lines} == {len(heads)}
        assert sum(int(str(line[3])) for line in lines) == len(books.waiting())
        assert str(lines[-1][0]).endswith(" others")


def test_breakdown__a_host_that_cannot_sort_is_not_asked_a_call_for_every_lead(view: Open, tmp_path: Path):
    """Without an order the first page says nothing about the largest groups: no answer is better than a wrong one."""
    with ExitStack() as running:
        store = Store.open(many(tmp_path))
        running.callback(store.close)
        options = Options(SecretStr(ACCESS_KEY), SecretStr(SECRET_KEY), rate_limit=None, strict=True)
        server = running.enter_context(ServerThread(store, options))
        screen = view({"by": "ProspectID"}, page="breakdown", environment=keys(server.url))
    assert any("4,000 values, more than can be put in order" in one.value for one in screen.test.info)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"by": "mx_Gone"}, "“mx_Gone” is not known here as a lead field"),
        ({"of": "Source", "measure": "sum"}, "“Source” is not known here as a lead field with numbers"),
    ],
)
def test_breakdown__what_the_link_names_in_vain_is_said(view: Open, link: dict[str, str], said: str):
    assert any(said in note for note in view(link, page="breakdown").notes)


@pytest.mark.parametrize("link", [{"top": "7"}, {"measure": "median"}, {"view": "pie"}, {"by": ""}])
def test_breakdown__a_strange_choice_is_the_default(view: Open, link: dict[str, str]):
    assert view(link, page="breakdown").figure("Leads not contacted by Lead Source")


def test_breakdown__names_are_never_html(view: Open, tmp_path: Path):
    bold = "<b>Web</b> :red[x] $y$"
    came = at("2026-01-01 00:00:00")
    leads = [{"ProspectID": "1", "Source": bold, "CreatedOn": came}, {"ProspectID": "called", "CreatedOn": came}]
    types = [{"ActivityEvent": 22, "ActivityEventName": "Call", "EventType": 1}]
    call = {"RelatedProspectId": "called", "ActivityEvent": 22, "CreatedOn": came}
    store = make_store(tmp_path / "s", Rows(leads=leads, types=types, activities=[call]))
    for shape in ("bar", "treemap"):
        figure = view({"by": "Source", "view": shape}, page="breakdown", data=store).figure("Leads not contacted by")
        assert "&lt;b&gt;Web" in json.dumps(figure)
        assert "<b>Web" not in json.dumps(figure)


def test_breakdown__asks_little_and_nothing_twice(view: Open, account: httpx.Client):
    with ScriptedHost(Relay(account)) as host:
        view({"measure": "average"}, page="breakdown", environment=keys(host.url))
        view({"by": "OwnerId"}, page="breakdown", environment=keys(host.url))
        asked = Counter(f"{one.path} {json.dumps(one.body, sort_keys=True)}" for one in host.asked)
        reports = [one for one in host.asked if one.path.startswith("/Leads/")]
    assert max(asked.values()) == 1, asked.most_common(1)
    assert 0 < len(reports) <= REPORTS, "by owner is what the sentence knows already"


def test_breakdown__no_lead_matches(view: Open):
    screen = page(view, where="ProspectID~=~nobody")
    assert [one.value for one in screen.test.info] == [
        "No lead matches these filters. Take one away above, or reset them."
    ]
