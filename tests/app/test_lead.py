"""The page of one lead: who, how long and by which rule, what has happened, and ways on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app.books import Books
from tests.app.screen import Open, Relay, Screen, keys
from tests.scripted import Asked, Says, ScriptedHost, error
from tests.stores import Rows, activity, make_store

NOW = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
ANN, EVE = (f"{n}0000000-0000-4000-8000-000000000000" for n in "23")
LOUD = "**Loud** :red[x] <b>&amp;</b> [a](b) 😀 مدير"
LONG = "note " * 1_000
CALL = "Caller{=}+91-98{next}Duration{=}192{next}Status{=}Answered"
MANY = 60


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def lead(lead_id: str, **more: Any) -> dict[str, Any]:
    return {"ProspectID": lead_id, "OwnerId": ANN, "ProspectStage": "Prospect", "CreatedOn": ago(days=204), **more}


def done(number: int, lead_id: str, code: int, at: datetime, **more: Any) -> dict[str, Any]:
    return activity(number, lead_id, code, at.isoformat(sep=" "), CreatedBy=ANN, **more)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = Rows(
        users=[
            {"UserId": ANN, "FirstName": "Ann", "LastName": "Lee", "StatusCode": "0"},
            {"UserId": EVE, "FirstName": "Eve", "StatusCode": "1"},
        ],
        types=[
            {"ActivityEvent": 2, "ActivityEventName": "Page Visited", "EventType": 0},
            {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call Activity", "EventType": 0},
            {"ActivityEvent": 201, "ActivityEventName": LOUD, "EventType": 2},
        ],
        leads=[
            lead("called", FirstName="Meera", LastName="Nair", Phone="+91-98765 43210", EmailAddress="m@x.org"),
            lead("never", FirstName="Ravi", OwnerId=EVE, Source="Web", mx_Budget=25000),
            lead("loud", FirstName=LOUD, ProspectStage=LOUD, Source=LOUD, mx_Note=LONG, OwnerId=LOUD),
            lead("busy", FirstName="Zoe", CreatedOn=ago(days=20)),
            lead("first"),
            {"ProspectID": "bare"},
        ],
        activities=[
            done(1, "called", 2, ago(days=3)),
            done(2, "called", 22, ago(days=41), ActivityEvent_Note=CALL, Status="Answered"),
            done(3, "called", 22, ago(days=-4)),
            done(4, "never", 2, ago(days=5)),
            done(5, "loud", 201, ago(days=5), ActivityEvent_Note=LOUD),
            done(6, "loud", 2, ago(days=6), ActivityEvent_Note=LONG),
            *(done(100 + n, "busy", 2, ago(hours=n + 1)) for n in range(MANY)),
            done(99, "busy", 22, ago(days=19)),
            done(98, "first", 22, ago(days=203)),
        ],
        columns={"mx_Budget": "BIGINT", "mx_Note": "VARCHAR"},
    )
    return make_store(tmp_path_factory.mktemp("people") / "s", rows)


def texts(screen: Screen) -> list[str]:
    return [str(one.value) for one in screen.test.main.text]


def captions(screen: Screen) -> list[str]:
    return [str(one.value).replace("\\", "") for one in screen.test.main.caption]


def headline(screen: Screen) -> str:
    return str(screen.test.title[0].value).replace("\\", "")


def links(screen: Screen) -> dict[str, str]:
    """Addresses by what is written on them, of links in LeadSquared and of numbers to call."""
    return {one.proto.label.replace("\\", ""): one.proto.url for one in screen.test.get("link_button")}


def back(screen: Screen) -> Any:
    (found,) = [one.proto for one in screen.test.get("page_link") if one.proto.label == "Back to the list"]
    return found


@pytest.mark.parametrize(
    ("lead_id", "link", "said"),
    [
        ("called", {}, "Last phone call 41 days ago."),
        ("called", {"quiet": "30d"}, "Last phone call 41 days ago; none in the last 30 days."),
        ("called", {"activity": "Page Visited (2)"}, "Last Page Visited 3 days ago."),
        ("never", {}, "Came in 204 days ago; no phone call ever."),
        ("bare", {}, "No phone call ever."),
    ],
)
def test_lead__waits_by_the_rule_of_the_question(
    view: Open, people: Path, lead_id: str, link: dict[str, str], said: str
):
    assert said in texts(view({"lead": lead_id, **link}, data=people, page="lead"))


def test_lead__a_call_behind_many_activities_is_found(view: Open, people: Path):
    """The timeline is shown by the page: a contact on a later page must not be taken for none."""
    screen = view({"lead": "busy"}, data=people, page="lead")
    assert "Last phone call 19 days ago." in texts(screen)
    assert "25 of 61, newest first. None of these counts as contact." in captions(screen)


def test_lead__shows_more_and_keeps_it_in_the_link(view: Open, people: Path):
    screen = view({"lead": "busy"}, data=people, page="lead").press("Show more").press("Show more")
    assert "61 of 61, newest first. 1 of these counts as contact." in captions(screen)
    assert dict(screen.test.query_params) == {"lead": "busy", "timeline": "3"}
    assert "Show more" not in [one.label for one in screen.test.button]
    again = view({"lead": "busy", "timeline": "3"}, data=people, page="lead")
    assert "61 of 61, newest first. 1 of these counts as contact." in captions(again)


@pytest.mark.parametrize("shown", ["999999999", "0", "x", ""])
def test_lead__a_link_with_any_number_of_activities(view: Open, people: Path, shown: str):
    assert headline(view({"lead": "never", "timeline": shown}, data=people, page="lead")) == "Ravi"


def test_lead__says_who_and_how_to_reach_them(view: Open, people: Path):
    screen = view({"lead": "called"}, data=people, page="lead")
    assert headline(screen) == "Meera Nair"
    assert {"Prospect", "Ann Lee"} <= set(texts(screen))
    assert links(screen) == {"+91-98765 43210": "tel:+919876543210", "m@x.org": "mailto:m@x.org"}


def test_lead__an_owner_who_left(view: Open, people: Path):
    assert "Eve (left)" in texts(view({"lead": "never"}, data=people, page="lead"))


def test_lead__has_every_field_with_a_value(view: Open, people: Path):
    screen = view({"lead": "never"}, data=people, page="lead")
    assert [
        group for group in ("Contact", "Lead", "Source", "Dates", "Custom") if f"**{group}**" in marked(screen)
    ] == [
        "Contact",
        "Lead",
        "Source",
        "Dates",
        "Custom",
    ]
    assert "25,000" in texts(screen)


def marked(screen: Screen) -> list[str]:
    return [str(one.value) for one in screen.test.main.markdown]


def test_lead__times_are_the_viewers(view: Open, people: Path):
    local = {}
    for zone, hours in (("UTC", 0), ("Asia/Kolkata", 5.5)):
        at = ago(days=204) + timedelta(hours=hours)
        local[zone] = f"{at.day} {at:%b %Y %H:%M}"
        assert local[zone] in texts(view({"lead": "never"}, data=people, page="lead", zone=zone))
    assert local["UTC"] != local["Asia/Kolkata"]


def test_lead__activities_say_who_when_what_and_which_count(view: Open, people: Path):
    screen = view({"lead": "called"}, data=people, page="lead")
    badges = [one.replace("\\", "") for one in marked(screen) if "-badge" in one]
    assert sum("Outbound Phone Call Activity" in one and ":orange-badge" in one for one in badges) == 1
    assert sum("Outbound Phone Call Activity" in one and ":gray-badge" in one for one in badges) == 1
    said = captions(screen)
    assert "Counts as contact · 41 days ago · Ann Lee" in said
    assert "in the future, so it does not count · Ann Lee" in said
    assert "3 days ago · Ann Lee" in said
    assert "Caller: +91-98 · Duration: 3 min 12 s · Status: Answered" in texts(screen)


def test_lead__without_activities(view: Open, people: Path):
    assert "No activity of any type yet." in captions(view({"lead": "bare"}, data=people, page="lead"))


def test_lead__markup_is_shown_and_not_read(view: Open, people: Path):
    screen = view({"lead": "loud"}, data=people, page="lead")
    assert texts(screen).count(LOUD) >= 3
    read = [str(one.value) for kind in ("title", "caption", "markdown") for one in getattr(screen.test.main, kind)]
    for text in read:
        assert "**Loud" not in text
        assert "<b>" not in text.replace("\\<", "")
        assert " :red[" not in text
    assert any("Loud" in text for text in read)


def test_lead__a_long_note_and_a_long_value_are_folded_and_whole(view: Open, people: Path):
    screen = view({"lead": "loud"}, data=people, page="lead")
    assert texts(screen).count(LONG.strip()) == 1 + 1
    assert {f"{LONG[:280]}…", f"{LONG[:400]}…"} <= set(texts(screen))
    assert [one.label for one in screen.test.main.expander].count("All 4,999 characters") + [
        one.label for one in screen.test.main.expander
    ].count("All 5,000 characters") == 1 + 1


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({}, "This link names no lead. Choose one in the list."),
        ({"lead": "  "}, "This link names no lead. Choose one in the list."),
        ({"lead": "x" * 5_000}, "This link names no lead. Choose one in the list."),
        ({"lead": "a\nb"}, "This link names no lead. Choose one in the list."),
        ({"lead": "nobody"}, "No lead has this ID. It may have been deleted, or the link cut short."),
        ({"lead": "' OR 1=1 --"}, "No lead has this ID. It may have been deleted, or the link cut short."),
        ({"lead": "😀"}, "No lead has this ID. It may have been deleted, or the link cut short."),
    ],
    ids=lambda value: str(value)[:20],
)
def test_lead__a_link_that_leads_nowhere(view: Open, people: Path, link: dict[str, str], said: str):
    screen = view(link, data=people, page="lead")
    assert [one.value for one in screen.test.info] == [said]
    assert headline(screen) == "Lead"
    assert back(screen)


def test_lead__back_keeps_what_the_list_showed(view: Open, people: Path):
    """A manager who looks at one lead of page 3 wants page 3 again."""
    list_ = {"stage": ["Prospect", "Lost"], "page": ["3"], "sort": ["-CreatedOn"]}
    screen = view({"lead": "never", "timeline": "2", **list_}, data=people, page="lead")
    assert back(screen).page.endswith("leads")
    query = back(screen).query_string
    assert query.count("stage=") == 2
    assert "page=3" in query
    assert "lead" not in query
    assert "timeline" not in query


def test_lead__a_rejected_id_is_no_lead(view: Open):
    """LeadSquared answers an ID that is none with an error of the request, not with an empty answer."""

    def says(asked: Asked) -> Says:
        if "Leads.GetById" in asked.path:
            return error("MXInvalidInputException", "Invalid Input! Parameter Name: id")
        return Says({"Users": []} if "AdvancedSearch" in asked.path else {"Id": "1"} if "UserBy" in asked.path else [])

    with ScriptedHost(says) as host:
        screen = view({"lead": "nonsense"}, environment=keys(host.url), page="lead")
    assert [one.value for one in screen.test.info] == [
        "No lead has this ID. It may have been deleted, or the link cut short."
    ]


def test_lead__opens_in_leadsquared(view: Open, books: Books, account: Any):
    lead_id = books.leads[0]["ProspectID"]
    app = {"LSQ_APP_URL": "https://in21.leadsquared.com"}
    screen = view({"lead": lead_id.upper()}, environment=keys(str(account.base_url)) | app, page="lead")
    page = f"https://in21.leadsquared.com/LeadManagement/LeadDetails?LeadID={lead_id}"
    assert links(screen)["Open in LeadSquared"] == page


def test_lead__has_no_such_link_without_a_web_app(view: Open, people: Path):
    assert "Open in LeadSquared" not in links(view({"lead": "called"}, data=people, page="lead"))


def test_lead__asks_for_the_lead_and_a_page_of_its_activities(view: Open, books: Books, account: Any):
    """Two calls beside the names, and none again for the same lead."""
    with ScriptedHost(Relay(account)) as host:
        link = {"lead": next(iter(books.activities))}
        view(link, environment=keys(host.url), page="lead")
        of_leads = [asked.path for asked in host.asked if "Get" not in asked.path or "GetById" in asked.path]
        first = len(host.asked)
        view(link, environment=keys(host.url), page="lead")
        assert len(host.asked) == first
    assert sorted(path.rsplit("/", 1)[1] for path in of_leads if "User" not in path) == ["Leads.GetById", "Retrieve"]
