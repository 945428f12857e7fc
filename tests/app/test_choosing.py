"""An account without the usual calls: what counts as contact is asked, and nothing is said to be well until then."""

from pathlib import Path

import httpx
import pytest

from lsq_api.contract.makers import MAKERS_CALL
from tests import curl
from tests.app.conftest import served
from tests.app.screen import PAGES, OneByOne, Open, Screen, keys
from tests.app.test_status import ENVIRONMENT, answers, same
from tests.scripted import ScriptedHost
from tests.stores import Rows, activity, at, make_store

TYPES = {
    2: "Page Visited",
    201: "Nabellen (COMPLETE)",
    202: "Nabellen (START)",
    203: "Nabellen (SCHEDULE)",
    204: "Site Visit",
    205: "WhatsApp Message",
    206: "Stage changed",
}
BY_ITSELF = {2, 206}
CALLS, VISITS, MESSAGES = {201, 202}, {204}, {205}
BY_PERSONS = CALLS | VISITS | MESSAGES
# What was done with each lead: codes of its activities. Everybody has some.
DONE = {
    "l0": (2, 201, 202),
    "l1": (2, 202, 204),
    "l2": (204,),
    "l3": (205, 2),
    "l4": (203, 206),
    "l5": (2,),
    "l6": (206, 205),
    "l7": (2, 206),
}
STAGE = {lead: "New" if number % 2 else "Old" for number, lead in enumerate(DONE)}
ROWS = Rows(
    leads=[
        {"ProspectID": lead, "ProspectStage": STAGE[lead], "OwnerId": "ann", "CreatedOn": at("2026-01-01 00:00:00")}
        for lead in DONE
    ],
    activities=[
        activity(10 * place + number, lead, code, "2026-01-01 10:00:00", CreatedBy=None if code in BY_ITSELF else "ann")
        for place, (lead, codes) in enumerate(DONE.items())
        for number, code in enumerate(codes)
    ],
    users=[{"UserId": "ann", "FirstName": "Ann", "EmailAddress": "ann@x.org"}],
    types=[{"ActivityEvent": code, "ActivityEventName": name} for code, name in TYPES.items()],
)
WITH_LEADS = [name for name in PAGES if name not in ("lead", "status")]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("choosing") / "s", ROWS)


def waiting(codes: set[int], stage: str = "") -> int:
    return sum(not codes & set(done) for lead, done in DONE.items() if stage in ("", STAGE[lead]))


def offers(screen: Screen) -> dict[str, str]:
    """The definitions that the card offers, each with what it says of them."""
    card = [one for one in screen.test.main.button if str(one.key).startswith("choose_contact_")]
    names = [one.label for one in card if one.key != "choose_contact_picked"]
    said = [str(text.value) for text in screen.test.main.markdown if " of 8 leads wait" in str(text.value)]
    said += [str(text.value) for text in screen.test.main.markdown if " of 4 leads wait" in str(text.value)]
    return dict(zip(names, said, strict=True))


@pytest.mark.parametrize("page", WITH_LEADS)
def test_pages__ask_what_counts_and_say_nothing_is_well(view: Open, store: Path, page: str):
    screen = view(data=store, page=page)
    assert screen.sentence.startswith(
        "All 8 leads have had an activity of any type (system events included). "
        "What counts as contact is not chosen yet."
    )
    assert offers(screen) == {
        "Calls": f"**{waiting(CALLS)}** of 8 leads wait (75 %)",
        "Calls, meetings and visits": f"**{waiting(CALLS | VISITS)}** of 8 leads wait (63 %)",
        "Calls, meetings, visits and messages by a person": f"**{waiting(BY_PERSONS)}** of 8 leads wait (38 %)",
        "Any activity": "**0** of 8 leads wait (0 %)",
    }
    assert not screen.test.success
    assert not any("contacted" in str(text.value) for text in (*screen.test.info, *screen.test.caption))


def test_card__counts_within_the_other_filters(view: Open, store: Path):
    assert offers(view({"stage": "New"}, data=store))["Calls"] == f"**{waiting(CALLS, 'New')}** of 4 leads wait (75 %)"


def test_card__a_click_puts_the_types_into_the_link_and_asks_no_more(view: Open, store: Path):
    screen = view(data=store).press("Calls")
    assert dict(screen.test.query_params) == {"activity": ["Nabellen (COMPLETE) (201)", "Nabellen (START) (202)"]}
    assert offers(screen) == {}
    assert screen.sentence.startswith("6 of 8 leads (75 %) have never had a Nabellen (COMPLETE, START).")
    assert screen.metric("Not contacted") == str(waiting(CALLS))


def test_card__any_activity_may_be_chosen_and_then_all_is_well(view: Open, store: Path):
    screen = view(data=store).press("Any activity")
    assert dict(screen.test.query_params) == {"activity": "any"}
    assert screen.chips == ["contact: any activity"]
    assert offers(screen) == {}
    assert [one.value for one in screen.test.success] == ["Every one of these leads has been contacted."]
    assert dict(screen.press("Apply").test.query_params) == {"activity": "any"}, "the form has no other choice of it"
    assert "Calls" in offers(screen.remove("contact: any activity"))


def test_card__types_may_be_chosen_one_by_one(view: Open, store: Path):
    screen = view(data=store).press("Use these")
    assert [one.value for one in screen.test.toast] == ["Choose at least one type."]
    (types,) = [one for one in screen.test.main.multiselect if one.key == "contact_picked"]
    types.set_value([204])
    assert dict(screen.press("Use these").test.query_params) == {"activity": "Site Visit (204)"}
    assert screen.metric("Not contacted") == str(waiting(VISITS))


def test_overview__its_figures_say_by_what(view: Open, store: Path):
    screen = view(data=store)
    notes = {metric.label: metric.delta for metric in screen.test.metric}
    assert (screen.metric("Not contacted"), notes["Not contacted"]) == ("0", "by any activity")


def test_lead__is_not_called_contacted_by_an_event_of_a_system(view: Open, store: Path):
    screen = view({"lead": "l5"}, data=store, page="lead")
    badges = [str(one.value) for one in screen.test.main.markdown]
    assert any("Some activity" in badge for badge in badges)
    assert not any("Contacted" in badge for badge in badges)
    assert any("not chosen yet" in str(one.value) for one in screen.test.main.caption)
    assert "**6** leads wait" in badges


def test_card__of_a_host_asks_few_totals_and_no_extension(view: Open, store: Path):
    with served(store, strict=True) as account, ScriptedHost(OneByOne(account)) as host:
        screen = view(environment=keys(host.url), page="leads")
        paths = [asked.path for asked in host.asked]
        before = len(host.asked)
        assert "Types of activity that people do" not in offers(screen)
        assert offers(screen)["Calls"] == f"**{waiting(CALLS)}** of 8 leads wait (75 %)"
        # Two reports by owner, three totals: of any activity the sentence knows.
        assert [path for path in paths if path.startswith("/Leads/")].count("/Leads/NotContacted") == 1 + 3
        assert not any(path.endswith("/Makers") for path in paths)
        # Within a span of time each total would have to be worked out from many calls: none is asked.
        late = view({"quiet": "30d"}, environment=keys(host.url), page="leads")
        assert [asked for asked in host.asked[before:] if asked.path == "/Leads/NotContacted"] == []
        assert late.sentence.startswith(
            "All 8 leads have had no activity of any type (system events included) in the last"
        )
        captions = [str(one.value) for one in late.test.main.caption]
        assert [text for text in captions if text.startswith("How many leads each leaves waiting")]
        assert [one.label for one in late.test.main.button if one.key == "choose_contact_0"] == ["Calls"]


def test_account__with_the_usual_calls_is_asked_nothing(view: Open, account: httpx.Client):
    with ScriptedHost(OneByOne(account)) as host:
        assert offers(view(environment=keys(host.url))) == {}


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("overview", {}),
        ("leads", {"stage": "New", "activity": ["any"]}),  # where nothing waits, filters are taken away to count
        ("owners", {"where": "ProspectStage~=~None of these"}),
        ("lead", {"lead": "l1"}),
    ],
)
def test_status__shows_what_was_asked_to_propose_something(view: Open, store: Path, page: str, link: dict[str, str]):
    with served(store) as account, ScriptedHost(OneByOne(account)) as host:
        view(environment=keys(host.url), page="status")
        names = len(host.asked)
        view(link, environment=keys(host.url), page=page)
        asked = [call for call in host.asked[names:] if call.path != MAKERS_CALL]
        screen = view(link | {"screen": page}, environment=keys(host.url), page="status")
    commands = [curl.read(command, ENVIRONMENT) for _, command in answers(screen).values()]
    # An empty page leaves out some of what it declares: that is shown as well, and said not to be asked.
    assert {same(one.path, one.body) for one in commands} >= {same(one.path, one.body) for one in asked}
    proposed = [what for what in answers(screen) if what.startswith(("What may count", "One filter less"))]
    assert len(proposed) == {"overview": 3, "leads": 3, "owners": 4, "lead": 3}[page]
