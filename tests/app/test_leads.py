"""The list: which leads, in which columns, order and pages; and the files that hold all of it."""

import csv
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pandas as pd
import pytest

from components.export import buttons
from components.leads.table import BARRED
from lsq_api.contract.report import Sorting
from lsq_api.question.listing import FIELDS
from lsq_api.work import click
from tests.app.books import Books
from tests.app.outside import asked as question_asked
from tests.app.screen import Open, Relay, Screen, keys
from tests.scripted import Asked, Says, ScriptedHost, leads
from tests.stores import Rows, at, make_store

PAYMENT = {"activity": "98"}
"""Nearly nobody has paid: most leads of the demo store wait, more than one call brings."""
LIST = "/Leads/NotContacted"
INDIA = timedelta(hours=5, minutes=30)


def listed(screen: Screen) -> pd.DataFrame:
    """The one table of the page."""
    (table,) = screen.tables
    return table


def ids(screen: Screen) -> list[str]:
    """The leads of the table, by the links to their pages."""
    return [parse_qs(urlsplit(there).query)["lead"][0] for there in listed(screen)["ProspectID"]]


def captions(screen: Screen) -> list[str]:
    return [str(one.value) for one in screen.test.caption]


def oldest_first(books: Books) -> list[str]:
    return [one["ProspectID"] for one in sorted(books.waiting(), key=lambda one: (one["CreatedOn"], one["ProspectID"]))]


def asked_for_lists(host: ScriptedHost) -> list[Asked]:
    """Calls for pages of leads; a page of one lead is asked for its total."""
    lists = [call for call in host.asked if call.path == LIST and call.body["Output"]["Type"] == "List"]
    return [call for call in lists if call.body["Paging"]["PageSize"] > 1]


def test_list__begins_with_the_oldest_fifty(view: Open, books: Books):
    screen = view(page="leads")
    assert ids(screen) == oldest_first(books)[:50]
    waiting = len(books.waiting())
    assert f"1–50 of {waiting:,}" in captions(screen)
    assert f"{waiting:,} leads" in [one.value for one in screen.test.header]


@pytest.mark.parametrize(("size", "page"), [("50", "2"), ("100", "1"), ("200", "3"), ("500", "2")])
def test_list__every_page_is_its_part_of_the_whole(view: Open, books: Books, size: str, page: str):
    screen = view({"size": size, "page": page}, page="leads")
    first, last = (int(page) - 1) * int(size), int(page) * int(size)
    assert ids(screen) == oldest_first(books)[first:last]
    assert screen.notes == []


def test_list__is_one_call_a_page(view: Open, account: httpx.Client):
    """The counts of the sentence are kept: a page turn asks for its rows and for nothing else."""
    with ScriptedHost(Relay(account)) as host:
        view(page="leads", environment=keys(host.url))
        assert len(asked_for_lists(host)) == 1
        calls = [call for call in host.asked if call.path.startswith("/Leads/")]
        assert len(calls) == 5, "one is a sample of leads, one counts those that must not be called"
        before = len(host.asked)
        view({"page": "2"}, page="leads", environment=keys(host.url)).again()
        assert len(host.asked) == before + 1
        assert asked_for_lists(host)[-1].body["Paging"] == {"PageIndex": 2, "PageSize": 50}


@pytest.mark.parametrize("down", [True, False])
def test_list__sorts_all_leads_not_the_page(view: Open, books: Books, down: bool):
    scores = {one["ProspectID"]: one["EngagementScore"] for one in books.waiting()}
    screen = view({"sort": f"{'-' if down else ''}EngagementScore"}, page="leads")
    known = sorted((score for score in scores.values() if score is not None), reverse=down)
    assert [scores[one] for one in ids(screen)] == known[:50]


def test_list__sorts_owners_by_their_names(view: Open):
    names = list(listed(view({"sort": "OwnerId", "size": "200"}, page="leads"))["OwnerId"])
    assert names == sorted(names, key=str.casefold)
    assert len(set(names)) > 2


def test_list__a_choice_in_the_menu_is_in_the_link(view: Open):
    screen = view({"page": "2"}, page="leads")
    screen.test.selectbox(key="leads_sort").set_value("-CreatedOn")
    screen.again()
    assert screen.test.query_params["sort"] == "-CreatedOn"
    assert "page" not in screen.test.query_params, "another order begins at its first page"


def test_list__more_rows_on_a_page_keep_the_first_row_in_sight(view: Open, books: Books):
    screen = view({"page": "5"}, page="leads")
    screen.test.selectbox(key="leads_size").set_value(100)
    screen.again()
    assert screen.test.query_params["page"] == "3"
    assert oldest_first(books)[200] == ids(screen)[0]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"columns": ["mx_Gone", "Source"]}, "“mx_Gone” is not a lead field here and was left out of the columns."),
        ({"columns": ["a", "b"]}, "“a” and “b” are not lead fields here and were left out of the columns."),
        ({"sort": "mx_Gone"}, "The list cannot be sorted by “mx_Gone”; the oldest leads come first."),
        ({"sort": "--CreatedOn"}, "The list cannot be sorted by “--CreatedOn”; the oldest leads come first."),
        ({"size": "70"}, "“70” is no size of this list (there are 50, 100, 200, 500, 1,000); 50 was taken."),
        ({"size": "1e3"}, "“1e3” is no size of this list (there are 50, 100, 200, 500, 1,000); 50 was taken."),
        ({"page": "-1"}, "“-1” is no page of this list (pages count from 1); 1 was taken."),
        ({"page": "٣"}, "“\u2068٣\u2069” is no page of this list (pages count from 1); 1 was taken."),
        ({"page": "0"}, "“0” is no page of this list (pages count from 1); 1 was taken."),
        ({"page": "2; DROP TABLE x"}, "“2; DROP TABLE x” is no page of this list (pages count from 1); 1 was taken."),
    ],
)  # fmt: skip
def test_link__what_it_names_in_vain_is_said(view: Open, books: Books, link: Mapping[str, Any], said: str):
    screen = view(link, page="leads")
    assert screen.notes == [said]
    assert len(listed(screen)) == 50
    assert list(listed(screen)["CreatedOn"]) if "columns" not in link else True


def test_link__a_page_past_the_end_is_the_last_page(view: Open, books: Books):
    screen = view({"page": "999"}, page="leads")
    assert screen.notes == ["There is no page 999 of this list; this is its last one."]
    rest = len(books.waiting()) % 50 or 50
    assert ids(screen) == oldest_first(books)[-rest:]


def test_link__an_empty_value_is_no_value(view: Open):
    screen = view({"columns": "", "sort": "", "page": "", "size": ""}, page="leads")
    assert screen.notes == []
    assert len(listed(screen)) == 50


def test_columns__come_in_the_order_of_the_link_by_either_name(view: Open, books: Books):
    screen = view({"columns": ["City", "mx_Budget", "mx_City", "OwnerId"]}, page="leads")
    table = listed(screen)
    assert [name for name in table.columns if name != BARRED] == ["Name", "mx_City", "mx_Budget", "OwnerId"]
    by_id = {one["ProspectID"]: one for one in books.leads}
    expected = [by_id[one] for one in oldest_first(books)[:50]]
    owners = [None if pd.isna(one) else one for one in table["OwnerId"]]
    assert owners == [books.name(one["OwnerId"]) if one["OwnerId"] else None for one in expected]
    assert [None if pd.isna(one) else one for one in table["mx_Budget"]] == [one["mx_Budget"] for one in expected]


def test_columns__are_picked_from_all_fields_of_the_account(view: Open):
    screen = view(page="leads")
    picker = next(one for one in screen.test.multiselect if one.label == "Columns, in this order")
    assert {"City", "Budget (₹)", "Owner Email", "Last Activity Date"} <= set(picker.options)
    picker.set_value(["Source", "mx_City"])
    (apply,) = [one for one in screen.test.main.button if one.label == "Apply" and one.key != "filters_apply"]
    apply.click()
    screen.again()
    assert screen.test.query_params["columns"] == ["Source", "mx_City"]
    assert [name for name in listed(screen).columns if name != BARRED] == ["Name", "Source", "mx_City"]


def test_columns__usual_ones_are_not_in_the_link(view: Open):
    screen = view({"columns": ["Source"]}, page="leads")
    screen.press("Usual columns")
    assert "columns" not in screen.test.query_params
    assert "ProspectStage" in listed(screen)


NOW = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
ANN = "20000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few leads with what lists stumble over."""
    days = {"CreatedOn": NOW - timedelta(days=204, hours=1)}
    rows = Rows(
        users=[{"UserId": ANN, "FirstName": "Ann", "LastName": "Lee", "StatusCode": "0"}],
        types=[{"ActivityEvent": 22, "ActivityEventName": "Call", "EventType": 0}],
        leads=[
            {"ProspectID": "1", "FirstName": "Meera", "Phone": "+91-98765 43210", "EmailAddress": "m+x@x.org", **days},
            {"ProspectID": "2", "FirstName": "Meera", "Phone": "javascript:alert(1)", "OwnerId": ANN, **days},
            {"ProspectID": "3", "EmailAddress": "a@x.org?bcc=b@y.org", "CreatedOn": NOW - timedelta(hours=3)},
            {"ProspectID": "4&lead=1#", "Phone": "ask 'Bo' <b>", "mx_Score": 5, "mx_Day": at("2026-03-09 00:00:00")},
        ],
        columns={"mx_Score": "BIGINT", "mx_Day": "DATE", "mx_Note": "VARCHAR"},
    )
    return make_store(tmp_path_factory.mktemp("odd") / "s", rows)


def test_cells__a_lead_without_a_name_is_called_by_what_it_has(view: Open, odd: Path):
    assert list(listed(view(data=odd, page="leads"))["Name"]) == [
        "Meera",
        "Meera",
        "a@x.org?bcc=b@y.org",
        "Lead 4&lead=1",
    ]


def test_cells__times_are_the_viewers_with_their_age(view: Open, odd: Path):
    cells = list(listed(view(data=odd, page="leads"))["CreatedOn"])
    local = NOW + INDIA - timedelta(days=204, hours=1)
    assert cells[0].startswith(f"204 d · {local.day} ")
    assert cells[2].startswith("3 h · ") or cells[2].startswith("2 h · ")
    assert cells[3] is None or pd.isna(cells[3])


def test_cells__numbers_and_addresses_are_links_of_their_own_kind(view: Open, odd: Path):
    """A number is what somebody typed: behind any other scheme a click could run it."""
    table = listed(view(data=odd, page="leads"))
    assert list(table["Phone"].dropna()) == [
        "tel:%2B91-98765%2043210",
        "tel:javascript%3Aalert%281%29",
        "tel:ask%20%27Bo%27%20%3Cb%3E",
    ]
    assert list(table["EmailAddress"].dropna()) == ["mailto:m%2Bx@x.org", "mailto:a@x.org%3Fbcc%3Db@y.org"]


def test_cells__the_link_to_a_lead_holds_the_view(view: Open, odd: Path):
    screen = view({"stage": "", "sort": "-CreatedOn", "where": "Phone~def"}, data=odd, page="leads")
    assert ids(screen) == ["1", "2", "4&lead=1#"]
    for there in listed(screen)["ProspectID"]:
        assert there.startswith("lead?")
        query = parse_qs(urlsplit(there).query)
        assert (query["sort"], query["where"]) == (["-CreatedOn"], ["Phone~def"])


def test_cells__leads_of_one_name_can_be_told_apart(view: Open, odd: Path):
    opener = next(one for one in view(data=odd, page="leads").test.selectbox if one.label.startswith("Open a lead"))
    assert len(set(opener.options)) == 4


def test_opener__goes_to_the_lead_and_takes_the_view_along(view: Open, books: Books):
    screen = view({"sort": "-EngagementScore", "stage": "Prospect"}, page="leads")
    first = ids(screen)[0]
    opener = next(one for one in screen.test.selectbox if one.label.startswith("Open a lead"))
    opener.set_value(first)
    screen.again()
    page, link = screen.pressed
    assert page == "lead"
    assert link == {"lead": [first], "sort": ["-EngagementScore"], "stage": ["Prospect"]}
    lead = next(one for one in books.leads if one["ProspectID"] == first)
    assert str(lead["FirstName"]) in view({"lead": first}, page="lead").test.title[0].value


APP = {"LSQ_APP_URL": "https://in21.leadsquared.com"}


def test_leadsquared__each_lead_has_a_link_to_it(view: Open, account: httpx.Client):
    with ScriptedHost(Relay(account)) as host:
        screen = view(page="leads", environment=keys(host.url) | APP)
        there = list(listed(screen)["LeadSquared"])
        found = ids(screen)
    assert there == [f"https://in21.leadsquared.com/LeadManagement/LeadDetails?LeadID={one}" for one in found]


def test_leadsquared__without_a_web_app_there_is_no_such_column(view: Open):
    assert "LeadSquared" not in listed(view(page="leads"))


def vendor(account: httpx.Client) -> Relay:
    """The account as LeadSquared itself would be: without the local server's extensions."""

    def whoami(asked: Asked) -> Says | None:
        who = {"Id": ANN, "EmailAddress": "a@x.org", "TimeZone": "Asia/Kolkata", "OrgDisplayName": "Example"}
        return Says(who) if asked.path.endswith("UserByAccessKey.Get") else None

    return Relay(account, whoami)


def test_leadsquared__where_it_cannot_sort_nothing_offers_it(view: Open, account: httpx.Client):
    with ScriptedHost(vendor(account)) as host:
        screen = view({"sort": "-CreatedOn"}, page="leads", environment=keys(host.url))
        assert screen.notes == ["This account's report cannot sort; the leads are in its own order."]
        assert all("Sorting" not in call.body for call in asked_for_lists(host))
        assert "leads_sort" not in [one.key for one in screen.test.selectbox]
        assert len(listed(screen)) == 50


def test_list__nothing_to_list_explains_itself(view: Open):
    screen = view({"where": "FirstName~=~nobody is called so"}, page="leads")
    assert screen.tables == []
    assert "No lead matches these filters" in screen.test.info[0].value
    assert list(screen.test.download_button) == []


# Files.


def finished(screen: Screen) -> Screen:
    """Run until the export is over: a run takes as long as a poll."""
    for _ in range(500):
        said = [*captions(screen), *(one.value for one in screen.test.error)]
        if any("written" in text or "cancelled" in text for text in said):
            return screen
        screen.again()
    raise AssertionError(f"the export does not end: {captions(screen)}")


def export(screen: Screen, ending: str = "csv") -> Screen:
    screen.test.download_button(key=f"export_.{ending}").click()
    return screen.again()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_export__says_that_it_is_the_same_as_on_screen(view: Open, books: Books, ending: str):
    screen = finished(export(view(page="leads"), ending))
    waiting = len(books.waiting())
    assert f":material/check: {waiting:,} rows written, the same as on screen." in captions(screen)


def test_export__from_the_overview_says_so_too(view: Open, books: Books):
    screen = finished(export(view()))
    assert f":material/check: {len(books.waiting()):,} rows written, the same as on screen." in captions(screen)


def test_export__holds_the_store_value_by_value(books: Books, demo: Path, monkeypatch: pytest.MonkeyPatch):
    link = {"stage": "Prospect", "created": "365d"}
    fields = ("mx_City", *FIELDS, "mx_Expected_Close", "mx_Budget")
    with question_asked(monkeypatch, demo, link) as asked:
        sorting = Sorting(field="EngagementScore", descending=True)
        mine = click.begin()
        preparation = buttons.preparation(asked, fields, "csv", 0, sorting=sorting, said="")
        click.begin()
        written = preparation.content().decode("utf-8-sig")
        audit = "".join(file.read_text() for file in (asked.source.settings.state / "audit").iterdir())
        since = asked.now.replace(tzinfo=None) - timedelta(days=365)
    header, *rows = csv.reader(written.splitlines(keepends=True))
    assert header[:4] == ["City", "First Name", "Last Name", "Lead Stage"]
    found = books.waiting(lambda one: one["ProspectStage"] == "Prospect" and since <= one["CreatedOn"])
    expected = sorted(
        found, key=lambda one: (one["EngagementScore"] is None, -(one["EngagementScore"] or 0), one["ProspectID"])
    )
    assert 100 < len(rows) == len(expected)
    audited = json.loads(audit)
    assert [audited[name] for name in ("what", "result", "rows", "click")] == ["file", "done", len(rows), mine]
    assert header[-1] == "Do Not Call", "who has the numbers in a file must see which are barred"
    fields = (*fields, "DoNotCall")
    assert rows == [[books.written(field, one[field]) for field in fields] for one in expected]


def is_export(asked: Asked) -> bool:
    return asked.body["Output"]["Type"] == "List" and asked.body["Paging"]["PageSize"] == 1_000


def only_exports(said: Callable[[Asked], Says | None]) -> Callable[[Asked], Says | None]:
    """Answers in the account's place to the calls of an export, which ask for a thousand rows each."""

    def instead(asked: Asked) -> Says | None:
        return said(asked) if asked.path == LIST and is_export(asked) else None

    return instead


def test_export__a_count_that_is_another_than_on_screen_is_said(view: Open, account: httpx.Client, books: Books):
    with ScriptedHost(Relay(account, only_exports(lambda _: leads(2, [1, 2])))) as host:
        screen = finished(export(view(page="leads", environment=keys(host.url))))
    (said,) = [text for text in captions(screen) if "written" in text]
    assert f"2 rows written; {len(books.waiting()) - 2:,} fewer than on screen, which is as of " in said


def test_export__a_failure_is_told_in_words(view: Open, account: httpx.Client):
    with ScriptedHost(Relay(account, only_exports(lambda _: Says(b"<html>", 401, "text/html")))) as host:
        screen = finished(export(view(page="leads", environment=keys(host.url))))
    assert [one.value for one in screen.test.error] == [
        "No file was written. LeadSquared refused the keys. Ask your administrator to check them."
    ]


def test_export__cancel_waits_for_nothing(view: Open, account: httpx.Client):
    """That no further call is made then, which is what counts for the limit, is tested where the limit is."""
    going_on = threading.Event()

    def slow(asked: Asked) -> Says | None:
        if asked.body["Paging"]["PageIndex"] > 1:
            assert going_on.wait(60)
        return None

    with ScriptedHost(Relay(account, only_exports(slow))) as host:
        screen = export(view(PAYMENT, page="leads", environment=keys(host.url)))
        for _ in range(500):
            if [one for one in screen.test.button if one.label == "Cancel"]:
                break
            screen.again()
        screen.press("Cancel")
        (said,) = [text for text in captions(screen) if "cancelled" in text]
        for thread in [thread for thread in threading.enumerate() if thread.name == "export"]:
            thread.join(60)
            assert not thread.is_alive(), "the host has not answered, and nobody waits for it"
        going_on.set()
        pages = [call.body["Paging"]["PageIndex"] for call in asked_for_lists(host) if is_export(call)]
    assert "Nothing is left of it." in said
    assert sorted(pages) == [1, 2, 3], "asked ahead, once each"


def many(asked: Asked) -> Says | None:
    """As many leads as no store of a test has."""
    if asked.body and asked.body.get("Output", {}).get("Type") == "Aggregate":
        row = {"OwnerId": ANN, "Count": "211507", "Sum": "1", "Average": "1"}
        return Says({"TotalCount": "1", "Results": [row]})
    return None


def test_export__of_very_many_leads_is_prepared_first_and_is_no_workbook(view: Open, account: httpx.Client):
    with ScriptedHost(Relay(account, many)) as host:
        screen = view(page="leads", environment=keys(host.url))
        (text, workbook) = [one for one in screen.test.button if str(one.key).startswith("export_")]
    assert text.label == "CSV of all 2,11,507", "as India writes it"
    assert not text.disabled
    assert workbook.disabled
    assert any(
        "holds up to 1,00,000 leads" in said and "The CSV holds all 2,11,507" in said for said in captions(screen)
    )
