"""What a person may see, on every page, in every file and answer: nothing of a lead or a person outside, by name or by
number. Held against the rows of the store in plain Python.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.prefetch import SCREENS
from components.shell import answers
from components.shell.frame import View
from components.shell.viewer import Viewer
from lsq_api.access.people import NO_EXCEPTIONS
from lsq_api.access.scope import OutOfScope, Scope
from lsq_api.client.asks import Asking, Groups, Lead, Page, TimelineBlock, Total
from lsq_api.connection import LeadSquaredConnection
from lsq_api.contract.conditions import UserFilter
from lsq_api.contract.coverage import ActivityCoverage
from lsq_api.contract.report import AggregateOutput, Function, ListOutput, NotContacted
from lsq_api.question.link import read_params
from lsq_api.question.question import NOBODY
from lsq_api.scoped import ScopedConnection
from tests.app.books import Books
from tests.app.screen import Screen

ROOT = Path(__file__).parents[2]
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "of the tests",
    "client_id": "dashboard",
    "client_secret": "of the tests",
    "server_metadata_url": "http://localhost:1/.well-known/openid-configuration",
}
PAGES = ("overview", "leads", "breakdown", "owners", "status")
As = Callable[..., Screen]


def active(books: Books, role: str) -> list[dict[str, Any]]:
    return [user for user in books.users if user["Role"] == role and user["StatusCode"] == "0"]


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, demo: Path) -> As:
    """The dashboard at a link, for somebody who has signed in."""

    def opened(
        email: str,
        link: Mapping[str, str | Sequence[str]] | None = None,
        page: str | None = None,
        access: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> Screen:
        monkeypatch.setenv("LSQ_DATA", str(demo))
        test = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        test.context = {"timezone": "Asia/Kolkata", "locale": "en-IN"}
        test.secrets["auth"] = AUTH
        if access:
            test.secrets["access"] = access
        test.user = {"is_logged_in": True, "email": email, **(claims or {})}
        for name, values in (link or {}).items():
            test.query_params[name] = values
        if page:
            test.switch_page(f"pages/{page}.py")
        return Screen(test).again()

    return opened


def drawn(screen: Screen) -> str:
    """Everything that a run sent to the browser, as text: charts and tables as well."""
    said = []
    for element in screen.test._tree:  # there is no public way to all of it
        proto = getattr(element, "proto", None)
        if proto is not None:
            said.append(proto.SerializeToString().decode("utf-8", "replace"))
    return "\n".join(said)


def telling(books: Books, owners: set[str]) -> list[str]:
    """Texts that tell of people and leads outside: names, addresses and IDs that nothing inside has."""
    outside = [user for user in books.users if user["UserId"] not in owners]
    leads = [lead for lead in books.leads if lead["OwnerId"] not in owners]
    inside = json.dumps(
        [
            [user for user in books.users if user["UserId"] in owners],
            [lead for lead in books.leads if lead["OwnerId"] in owners],
        ],
        default=str,
        ensure_ascii=False,
    )
    said = [value for user in outside for value in (books.name(user["UserId"]), user["EmailAddress"], user["UserId"])]
    said += [value for lead in leads[:400] for value in (lead["ProspectID"], lead["EmailAddress"], lead["Phone"])]
    return [text for text in said if text and text not in inside]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["Sales_Manager", "Sales_User"])
def test_page__names_nobody_and_counts_no_lead_outside(signed_in: As, books: Books, page: str, role: str):
    user = active(books, role)[1]
    owners = books.team(user["UserId"]) if role == "Sales_Manager" else {user["UserId"]}
    screen = signed_in(user["EmailAddress"], page=page)
    text = drawn(screen)
    assert [one for one in telling(books, owners) if one in text] == []
    if page != "status":
        waiting = len(books.waiting(lambda lead: lead["OwnerId"] in owners))
        book = len(books.book(lambda lead: lead["OwnerId"] in owners))
        assert screen.sentence.startswith(f"{waiting:,} of {book:,} leads")


def test_page__the_check_of_what_is_drawn_finds_names(signed_in: As, books: Books):
    """An administrator's pages have them: what the test above looks for can be found."""
    seller, admin = active(books, "Sales_User")[1], active(books, "Administrator")[0]
    text = drawn(signed_in(admin["EmailAddress"]))
    assert len([one for one in telling(books, {seller["UserId"]}) if one in text]) > 30


def test_lead__of_somebody_else_is_as_if_it_were_not(signed_in: As, books: Books):
    seller = active(books, "Sales_User")[1]
    others = next(lead for lead in books.leads if lead["OwnerId"] not in {seller["UserId"], None})
    nobodys = next((lead for lead in books.leads if lead["OwnerId"] is None), None)
    said = []
    for lead in filter(None, (others, nobodys, {"ProspectID": "00000000-0000-0000-0000-00000000abcd"})):
        screen = signed_in(seller["EmailAddress"], {"lead": lead["ProspectID"]}, "lead")
        said.append([info.value for info in screen.test.info])
        text = drawn(screen)
        told = (lead.get(field) for field in ("EmailAddress", "Phone", "OwnerId"))
        assert [one for one in told if one and one in text] == []
    assert said == [["No lead that you may see has this ID. Ask whoever sent you the link."]] * len(said)


def test_link__that_names_somebody_else_does_not_tell_whether_they_exist(signed_in: As, books: Books):
    seller = active(books, "Sales_User")[1]
    other = books.name(active(books, "Sales_User")[2]["UserId"])
    mine = len(books.waiting(lambda lead: lead["OwnerId"] == seller["UserId"]))
    for key in ("owner", "team", "owner_not"):
        notes = []
        for name in (other, "Nobody Atall"):
            screen = signed_in(seller["EmailAddress"], {key: name})
            notes.append([note.replace(name, "X") for note in screen.notes])
            assert screen.sentence.startswith(f"{mine:,} of ")
        assert notes[0] == notes[1]
        assert any("whom you may see" in note for note in notes[0])


def test_inactive_and_unknown__see_nothing(signed_in: As, books: Books):
    gone = next(user for user in books.users if user["StatusCode"] == "1")
    for email, said in ((gone["EmailAddress"], "has left this account"), ("a@b.example", "is not a user")):
        screen = signed_in(email)
        assert said in screen.test.error[0].value
        assert not screen.test.metric
        assert [one for one in telling(books, set()) if one in drawn(screen) and one != gone["EmailAddress"]] == []


def test_identity__that_has_expired_or_is_not_confirmed_shows_nothing(signed_in: As, books: Books):
    admin = active(books, "Administrator")[0]["EmailAddress"]
    for claims, kind in (
        ({"exp": 1_600_000_000}, "info"),
        ({"email_verified": False}, "error"),
        ({"email": 5}, "error"),
    ):
        screen = signed_in(admin, claims=claims)
        assert screen.test.get(kind)
        assert not screen.test.metric


def test_exceptions__of_the_installation(signed_in: As, books: Books):
    manager = active(books, "Sales_Manager")[1]
    team = len(books.waiting(lambda lead: lead["OwnerId"] in books.team(manager["UserId"])))
    access = {"all": ["head@else.example"], "as": {"pa@else.example": manager["EmailAddress"]}}
    assert signed_in("head@else.example", access=access).sentence.startswith(f"{len(books.waiting()):,} of ")
    assert signed_in("pa@else.example", access=access).sentence.startswith(f"{team:,} of ")


def test_add_data__is_for_those_who_see_everything(books: Books, demo: Path, tmp_path: Path):
    """It is on here: nothing is configured, and data were added before."""
    (tmp_path / "state").mkdir()
    shutil.copyfile(demo, tmp_path / "state" / "leads.store")
    for role, there in (("Sales_Manager", False), ("Administrator", True)):
        test = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        test.secrets["auth"] = AUTH
        test.user = {"is_logged_in": True, "email": active(books, role)[-1]["EmailAddress"]}
        screen = Screen(test.switch_page("pages/add_data.py")).again()
        assert bool(screen.test.get("file_uploader")) is there
        assert ("Add data" in [link.proto.label for link in screen.test.get("page_link")]) is there


def test_view_as__is_for_those_who_see_everything(signed_in: As, books: Books):
    other = active(books, "Sales_User")[3]
    theirs = len(books.waiting(lambda lead: lead["OwnerId"] == other["UserId"]))
    for role, expected in (("Sales_User", None), ("Administrator", theirs)):
        user = active(books, role)[0]
        mine = len(books.waiting(lambda lead, who=user["UserId"]: lead["OwnerId"] == who))
        screen = signed_in(user["EmailAddress"])
        screen.test.session_state["viewed_as"] = other["EmailAddress"]
        screen.again()
        assert screen.sentence.startswith(f"{mine if expected is None else expected:,} of ")
        assert any(books.name(other["UserId"]) in badge.body for badge in badges(screen)) is (expected is not None)


def badges(screen: Screen) -> list[Any]:
    return [one.proto for one in screen.test.get("markdown") if "Viewing as" in one.proto.body]


# The same below the pages: any question, as ScopedConnection answers it.


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch, demo: Path) -> Iterator[LeadSquaredConnection]:
    monkeypatch.setenv("LSQ_DATA", str(demo))
    with closing(LeadSquaredConnection("leadsquared")) as source:
        source.account()
        yield source


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_answers__are_those_of_the_scope(data: st.DataObject, connection: LeadSquaredConnection, books: Books):
    """For any person and question: totals, pages and groups are those of the rows, and leads and timelines too."""
    user = data.draw(st.sampled_from([one for one in books.users if one["StatusCode"] == "0"]))
    person = connection.person(user["EmailAddress"], NO_EXCEPTIONS)
    source = ScopedConnection(connection, person.scope)
    directory, account = source.directory(), source.account()
    everybody = connection.directory()
    link = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "owner": st.lists(st.sampled_from([*everybody.user_labels.values()]), max_size=3),
                "team": st.lists(
                    st.sampled_from([everybody.user_label(one) for one in everybody.managers]), max_size=2
                ),
                "stage": st.lists(st.sampled_from(everybody.stages), max_size=2),
            },
        )
    )
    question, _ = read_params(link, directory, account.extensions, account.coverage)
    view = View(source, directory, question, ZoneInfo("UTC"), source.moment(), (), Viewer(source.settings))
    scope = None if person.scope.whole else set(person.scope.owners or ())
    asked = {everybody.users_named(name)[0] for name in link.get("owner", ())}
    for name in link.get("team", ()):
        asked |= books.team(everybody.users_named(name)[0])
    visible = {one for one in asked if scope is None or one in scope}

    def fits(lead: dict[str, Any]) -> bool:
        within = scope is None or lead["OwnerId"] in scope
        stages = link.get("stage")
        # What the link names and this person may not see is left out of the question, as a name that is not there.
        named = named_owners(link, directory, books)
        owned = not named or lead["OwnerId"] in named
        return within and owned and (not stages or lead["ProspectStage"] in stages)

    assert visible >= (named_owners(link, directory, books) & visible)
    expected = {lead["ProspectID"] for lead in books.waiting(fits)}
    listed = answers.report(view, ListOutput(fields=("ProspectID", "OwnerId")))
    assert source.answer(Total(listed)) == len(expected)
    page = source.answer(Page(listed.page(1, 10_000)))
    assert {row["ProspectID"] for row in page.rows} == expected
    assert {row["ProspectID"] for block in source.every_page(listed, 1000) for row in block.rows} == expected
    grouped = answers.report(
        view, AggregateOutput(group_by="OwnerId", function=Function.COUNT, field="EngagementScore")
    )
    assert sum(group.count for group in source.answer(Groups(grouped))) == len(expected)
    everywhere = source.answer(Total(grouped.all_leads))
    assert everywhere == len(books.book(fits))
    lead = data.draw(st.sampled_from(books.leads))
    allowed = scope is None or lead["OwnerId"] in scope
    assert (source.answer(Lead(lead["ProspectID"])) is not None) == allowed
    timeline = source.answer(TimelineBlock(lead["ProspectID"], 0, 50))
    assert timeline.total == (len(books.activities.get(lead["ProspectID"], ())) if allowed else 0)
    if scope is not None:
        people = {one.created_by for one in timeline.activities if one.created_by}
        assert people <= scope


def named_owners(link: Mapping[str, Sequence[str]], directory: Any, books: Books) -> set[str]:
    """The owners that a link bounds the question to, of those that the directory has."""
    found = {one for name in link.get("owner", ()) for one in directory.users_named(name)}
    heads = [one for name in link.get("team", ()) for one in directory.users_named(name)]
    return found.union(*(books.team(head) for head in heads))


def test_cache__keeps_scopes_apart(connection: LeadSquaredConnection, books: Books):
    """Two people with the same question at the same moment get their own answers; keys name the scope."""
    sellers = active(books, "Sales_User")[:2]
    report = NotContacted(output=ListOutput(fields=("ProspectID",)))
    found = []
    for seller in sellers:
        scope = connection.person(seller["EmailAddress"], NO_EXCEPTIONS).scope
        found.append(ScopedConnection(connection, scope).answer(Total(report)))
        assert connection.peek(Total(scope.report(report)), scope.key) is not None
        assert connection.peek(Total(scope.report(report))) is None, "an answer of a scope is nobody else's"
    mine = [
        len(books.waiting(lambda lead, who=one["UserId"]: lead["OwnerId"] == who, codes=range(10**6)))
        for one in sellers
    ]
    assert found == mine


def test_connection__gives_nothing_past_the_scope(connection: LeadSquaredConnection, books: Books):
    """What is not a question of a page passes the scope as well."""
    manager = active(books, "Sales_Manager")[1]
    scope = connection.person(manager["EmailAddress"], NO_EXCEPTIONS).scope
    source = ScopedConnection(connection, scope)
    head = next(user["UserId"] for user in books.users if user["ManagerUserId"] is None)
    assert source.team(head) == scope.owners
    assert (source.account().email, source.account().user_id) == ("", "")
    assert source.account().coverage == replace(connection.account().coverage or ActivityCoverage(), count=1)
    makers, every = source.makers(), connection.makers()
    assert makers
    assert every
    assert 0 < len(makers.users) < len(every.users)
    assert set(makers.users) <= (scope.owners or set())
    assert source.fill() != connection.fill()
    with pytest.raises(OutOfScope):
        source.client()
    outside = next(lead["ProspectID"] for lead in books.leads if lead["OwnerId"] not in (scope.owners or ()))
    assert source.answer(Lead(outside)) is None
    assert connection.peek(Lead(outside)) is None, "what was asked within a scope is kept for it"
    answers_at_hand: list[Any] = []

    def asking() -> Asking[None]:
        (row,) = yield (Lead(outside),)
        answers_at_hand.append(row)

    source.asks(asking())
    assert answers_at_hand == [None]


def test_ahead__asks_within_the_scope(connection: LeadSquaredConnection, books: Books):
    """What is asked before a page is drawn, several reports in one trip, is what the page then asks."""
    seller = active(books, "Sales_User")[1]
    source = ScopedConnection(connection, connection.person(seller["EmailAddress"], NO_EXCEPTIONS).scope)
    output = ListOutput(fields=("ProspectID",))
    wanted = [Total(NotContacted(output=output)), Page(NotContacted(output=output).page(1, 5))]
    source.ahead(wanted)
    asked_before = source.uses[1]
    for ask in wanted:
        source.answer(ask)
        assert connection.peek(ask, source.scope.key) is None, "nothing past the scope was asked"
    assert source.uses[1] == asked_before == len(wanted)


def test_report__asked_for_people_outside_is_asked_for_nobody():
    everybody = NotContacted(output=ListOutput(fields=("ProspectID",)))
    other = everybody.model_copy(
        update={"filter": everybody.filter.model_copy(update={"users": UserFilter.by_id(("b", "c"))})}
    )
    assert Scope(frozenset({"a"})).report(other).filter.users == UserFilter.by_id((NOBODY,))
    assert Scope(frozenset({"b"})).report(other).filter.users == UserFilter.by_id(("b",))
    assert Scope(frozenset()).report(everybody).filter.users == UserFilter.by_id((NOBODY,))


@pytest.mark.parametrize("field", ["CreatedBy", "createdbyname", "ModifiedByName", "mx_CreatedBy"])
def test_report__that_tells_of_other_people_is_not_asked(field: str):
    scope = Scope(frozenset({"a"}))
    for output in (
        ListOutput(fields=("ProspectID", field)),
        AggregateOutput(group_by=field, function=Function.COUNT, field="Score"),
    ):
        with pytest.raises(OutOfScope):
            scope.report(NotContacted(output=output))


def test_screens__every_page_with_answers_is_looked_at():
    assert {*PAGES, "lead"} >= set(SCREENS)


def test_person__follows_a_change_of_manager_within_the_age_of_names(
    monkeypatch: pytest.MonkeyPatch, demo: Path, books: Books, tmp_path: Path
):
    store, changed = tmp_path / "store", tmp_path / "changed"
    shutil.copyfile(demo, store)
    shutil.copyfile(demo, changed)
    manager = active(books, "Sales_Manager")[1]
    with duckdb.connect(str(changed)) as file:
        file.execute('UPDATE users SET "ManagerUserId" = NULL WHERE "ManagerUserId" = ?', [manager["UserId"]])
    monkeypatch.setenv("LSQ_DATA", str(store))
    clock = [datetime(2026, 11, 28, 9, 0, tzinfo=UTC)]
    with closing(LeadSquaredConnection("leadsquared", now=lambda: clock[0])) as source:
        team = source.person(manager["EmailAddress"], NO_EXCEPTIONS).scope
        assert team.owners == books.team(manager["UserId"])
        changed.replace(store)
        clock[0] += timedelta(minutes=59)
        assert source.person(manager["EmailAddress"], NO_EXCEPTIONS).scope == team
        clock[0] += timedelta(minutes=1)
        assert source.person(manager["EmailAddress"], NO_EXCEPTIONS).scope.owners == {manager["UserId"]}
