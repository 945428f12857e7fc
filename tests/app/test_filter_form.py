"""The link is the question: read into the form, the sentence and the numbers, and written back by every control."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.app.books import Books, Lead, by, this_minute
from tests.app.screen import Open, Screen


def widget(screen: Screen, label: str) -> Any:
    """The one control of the form with this label."""
    kinds = ("multiselect", "selectbox", "date_input")
    (found,) = [one for kind in kinds for one in screen.test.main.get(kind) if one.label == label]
    return found


def apply(screen: Screen) -> Screen:
    return screen.press("Apply")


def unfold_dates(screen: Screen, *, unfolded: bool = True) -> Screen:
    """As a click on `Exact dates` does."""
    screen.test.session_state["dates_open"] = unfolded
    screen.again()
    return screen


def link(screen: Screen) -> dict[str, str | list[str]]:
    return dict(screen.test.query_params)


def shown(screen: Screen) -> tuple[int, int]:
    """Waiting and book, as the screen has them: by the metric and by the chart of stages or owners."""
    waiting = int(screen.metric("Not contacted").replace(",", ""))
    text = screen.sentence.replace(",", "")
    words = text.split()
    book = int(words[2]) if words[1] == "of" else int(words[1]) if words[0] == "All" else 0
    return waiting, book


def set_anew(screen: Screen) -> set[str]:
    """The controls of the form that this run changed under the viewer's hands."""
    found = [one for kind in ("multiselect", "selectbox") for one in screen.test.main.get(kind)]
    return {one.label for one in found if one.proto.set_value}


@pytest.fixture(scope="module")
def owner(books: Books) -> str:
    """The user with most leads waiting."""
    return next(user for user, _ in by("OwnerId", books.waiting()).most_common() if user)


@pytest.fixture(scope="module")
def manager(books: Books) -> str:
    """Somebody with a team whose leads wait, but not the head of all."""
    waiting = by("OwnerId", books.waiting())
    heads = {user["ManagerUserId"] for user in books.users} - {None}
    teams = {head: books.team(head) for head in heads}
    busy = [head for head, team in teams.items() if any(waiting[user] for user in team)]
    return min(busy, key=lambda head: (len(teams[head]), head))


def expect(screen: Screen, books: Books, which: Callable[[Lead], Any], **contact: Any) -> None:
    """The screen has exactly the leads that fit."""
    waiting, book = books.waiting(which, **contact), books.book(which)
    assert 0 < len(waiting) < len(book), "the case shows nothing"
    assert shown(screen) == (len(waiting), len(book))


def test_owner__by_name(view: Open, books: Books, owner: str):
    screen = view({"owner": books.name(owner)})
    expect(screen, books, lambda lead: lead["OwnerId"] == owner)
    assert screen.chips == [f"owner: {books.name(owner)}"]
    assert widget(screen, "Owners").value == [owner]
    assert screen.notes == []


def test_owner__by_id_in_any_case(view: Open, books: Books, owner: str):
    expect(view({"owner": owner.upper()}), books, lambda lead: lead["OwnerId"] == owner)


def test_owner__two_of_them(view: Open, books: Books):
    two = [user for user, _ in by("OwnerId", books.waiting()).most_common(2)]
    screen = view({"owner": [books.name(user) for user in two]})
    expect(screen, books, lambda lead: lead["OwnerId"] in two)
    assert len(screen.chips) == 2


def test_team__is_the_manager_and_all_below(view: Open, books: Books, manager: str):
    screen = view({"team": books.name(manager)})
    expect(screen, books, lambda lead: lead["OwnerId"] in books.team(manager))
    assert f"the team of {books.name(manager)}" in screen.sentence


def test_stage_and_source__must_both_hold(view: Open, books: Books):
    stage = by("ProspectStage", books.waiting()).most_common(1)[0][0]
    source = by("Source", books.waiting(lambda lead: lead["ProspectStage"] == stage)).most_common(1)[0][0]
    screen = view({"stage": [str(stage)], "source": [str(source).upper()]})
    expect(screen, books, lambda lead: lead["ProspectStage"] == stage and lead["Source"] == source)
    assert list(screen.bars("stages")) == [stage]


@pytest.mark.parametrize(
    ("condition", "which"),
    [
        ("EngagementScore~>=~20", lambda lead: (lead["EngagementScore"] or -1) >= 20),
        ("mx_City~=~pune", lambda lead: lead["mx_City"] == "Pune"),
        ("mx_City~in~Pune~Mumbai", lambda lead: lead["mx_City"] in ("Pune", "Mumbai")),
        ("Phone~def", lambda lead: lead["Phone"]),
        ("EmailAddress~lik~EXAMPLE.COM", lambda lead: "example.com" in (lead["EmailAddress"] or "")),
        ("Engagement Score~<~20", lambda lead: lead["EngagementScore"] is not None and lead["EngagementScore"] < 20),
    ],
)
def test_where__any_field_with_any_operator(view: Open, books: Books, condition: str, which: Callable[[Lead], Any]):
    screen = view({"where": condition})
    expect(screen, books, which)
    assert len(screen.chips) == 1
    assert screen.notes == []


@pytest.mark.parametrize(("token", "days"), [("7d", 7), ("30d", 30), ("90d", 90), ("365d", 365)])
def test_created__in_the_last_days(view: Open, books: Books, token: str, days: int):
    begun = this_minute()
    got = shown(view({"created": token}))
    expected = []
    for now in {begun, this_minute()}:
        start = now - timedelta(days=days)
        recent = lambda lead, start=start, now=now: start <= lead["CreatedOn"] <= now  # noqa: E731
        expected.append((len(books.waiting(recent)), len(books.book(recent))))
    assert got in expected
    assert got[0] > 0


def test_created__whole_days_are_the_viewers(view: Open, books: Books):
    """A day of a viewer in India is 18:30 to 18:30 of UTC."""
    day = (this_minute() - timedelta(days=40)).date()
    start = this_minute().replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0) - timedelta(hours=5.5)
    found = shown(view({"created_from": day.isoformat(), "created_to": (day + timedelta(days=9)).isoformat()}))
    end = start + timedelta(days=10)
    within = books.book(lambda lead: start <= lead["CreatedOn"] < end)
    assert found == (len(books.waiting(lambda lead: lead in within)), len(within))
    assert found != shown(view({"created_from": day.isoformat()})), "the end counts"


def test_quiet__in_the_last_days(view: Open, books: Books):
    begun = this_minute()
    got = shown(view({"quiet": "30d"}))
    expected = [len(books.waiting(since=now - timedelta(days=30))) for now in (begun, this_minute())]
    assert got[0] in expected
    assert got[0] > len(books.waiting()), "who was called long ago waits again"
    assert got[1] == len(books.leads)


@pytest.mark.parametrize(("codes", "named"), [((22,), "22"), ((21, 30), "21 30"), ((201,), "201")])
def test_activity__by_code(view: Open, books: Books, codes: tuple[int, ...], named: str):
    screen = view({"activity": named.split()})
    expect(screen, books, bool, codes=codes)
    assert len(screen.chips) == len(codes)


def test_activity__any(view: Open, books: Books):
    screen = view({"activity": "any"})
    assert shown(screen)[0] == len(books.untouched(books.leads)) > 0
    assert screen.metric("Never any activity") == screen.metric("Not contacted")
    assert screen.chips == ["contact: any activity"]


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ({"owner": "Nobody Atall"}, "“Nobody Atall” is not known here as an owner and was left out."),
        (
            {"stage": ["Gone", "Lost in time"]},
            "“Gone” and “Lost in time” are not known here as stages and were left out.",
        ),
        ({"activity": "98765"}, "“98765” is not known here as an activity type and was left out."),
        ({"where": "No such field~=~1"}, "The condition “No such field~=~1” was left out."),
        ({"where": "EngagementScore~>~many"}, "needs a number, not “many”."),
        ({"where": "EngagementScore~~~"}, "is not an operator"),
        ({"where": "leads; DROP TABLE leads~=~1"}, "There is no lead field “leads; DROP TABLE leads”."),
        ({"created": "29d"}, "“29d” is not a span"),
        ({"created_from": "2026-02-30"}, "“2026-02-30” is no date of the calendar."),
        (
            {"created_from": "2026-03-01", "created_to": "2026-02-01"},
            "begins on 2026-03-01, after its end on 2026-02-01.",
        ),
        ({"quiet": "soon"}, "“soon” is not a span"),
    ],
    ids=str,
)
def test_wrong_values__are_left_out_with_a_word(view: Open, books: Books, given: dict[str, str], note: str):
    screen = view(given)
    assert len(screen.notes) == 1
    assert note in screen.notes[0]
    assert shown(screen) == (len(books.waiting()), len(books.leads)), "the rest of the link holds"
    assert screen.chips == []


@pytest.mark.parametrize("key", ["", "page", "utm_source", "q", "OWNER"])
def test_wrong_keys__are_not_looked_at(view: Open, books: Books, key: str):
    screen = view({key: "-1"})
    assert screen.notes == []
    assert shown(screen)[0] == len(books.waiting())


def test_half_a_range__is_an_open_range(view: Open, books: Books):
    day = (this_minute() - timedelta(days=100)).date()
    screen = view({"created_to": day.isoformat()})
    assert screen.chips[0].startswith("created: up to ")
    assert 0 < shown(screen)[1] < len(books.leads)


def test_500_values__are_asked_together(view: Open, books: Books):
    scores = [str(score) for score in range(500)]
    screen = view({"where": "~".join(["EngagementScore", "in", *scores])})
    expect(screen, books, lambda lead: lead["EngagementScore"] is not None and 0 <= lead["EngagementScore"] < 500)
    assert len(screen.chips) == 1
    assert len(screen.chips[0]) < 200


def test_500_owners_of_whom_one_exists(view: Open, books: Books, owner: str):
    screen = view({"owner": [*(f"Nobody {n}" for n in range(499)), books.name(owner)]})
    expect(screen, books, lambda lead: lead["OwnerId"] == owner)
    assert len(screen.notes) == 1
    assert len(screen.notes[0]) < 300


def test_reset__empties_the_link(view: Open, books: Books, owner: str):
    screen = view({"owner": books.name(owner), "created": "90d", "where": "Phone~def"}).press("Reset")
    assert link(screen) == {}
    assert screen.chips == []
    assert shown(screen) == (len(books.waiting()), len(books.leads))
    assert widget(screen, "Owners").value == []
    assert widget(screen, "Came in").value == "any"


def test_chip__takes_one_value_away_and_leaves_the_others(view: Open, books: Books, owner: str):
    screen = view({"owner": books.name(owner), "stage": ["Prospect", "Opportunity"], "where": "Phone~def"})
    assert len(screen.chips) == 4
    screen.remove("stage: Prospect")
    assert link(screen) == {"owner": books.name(owner), "stage": "Opportunity", "where": "Phone~def"}
    assert widget(screen, "Stage").value == ["Opportunity"]
    while screen.chips:
        screen.remove(screen.chips[0])
    assert link(screen) == {}
    assert shown(screen) == (len(books.waiting()), len(books.leads))


def test_chip__of_contact_and_of_windows(view: Open):
    screen = view({"activity": ["22"], "quiet": "7d", "created_from": "2020-01-01"})
    for chip in screen.chips:
        screen.remove(chip)
    assert link(screen) == {}


def test_apply__writes_the_link(view: Open, books: Books, owner: str):
    screen = view()
    widget(screen, "Owners").set_value([owner])
    widget(screen, "Came in").set_value("365d")
    widget(screen, "Without contact").set_value("30d")
    apply(screen)
    assert link(screen) == {"owner": books.name(owner), "created": "365d", "quiet": "30d"}
    assert [chip.partition(":")[0] for chip in screen.chips] == ["owner", "created", "quiet"]


def test_apply__of_nothing_new_changes_nothing(view: Open):
    given = {
        "stage": "Prospect",
        "created": "90d",
        "where": "Phone~def",
        "activity": "Outbound Phone Call Activity (22)",
    }
    screen = view(given)
    before = [metric.value for metric in screen.test.metric]
    apply(screen)
    assert [metric.value for metric in screen.test.metric] == before
    assert {key: value for key, value in link(screen).items() if key != "activity"} == {
        key: value for key, value in given.items() if key != "activity"
    }
    assert "(22)" in str(link(screen)["activity"])


def test_apply__keeps_an_exact_range_to_the_second(view: Open):
    """A drill-down into an age class is a range of instants: Apply must not round it to whole days."""
    given = {"created_from": "2026-01-05T10:20:30Z", "created_to": "2026-02-01T00:00:00Z"}
    assert link(apply(view(given))) == given


def test_apply__two_dates(view: Open):
    screen = unfold_dates(view())
    widget(screen, "Came in: from").set_value(date(2026, 1, 5))
    widget(screen, "Came in: to").set_value(date(2026, 1, 31))
    apply(screen)
    assert link(screen) == {"created_from": "2026-01-05", "created_to": "2026-01-31"}
    assert widget(screen, "Came in").value == "dates"


@pytest.mark.parametrize(("side", "key"), [("from", "created_from"), ("to", "created_to")])
def test_apply__half_picked_dates_are_an_open_range(view: Open, side: str, key: str):
    screen = unfold_dates(view())
    widget(screen, f"Came in: {side}").set_value(date(2026, 1, 5))
    assert link(apply(screen)) == {key: "2026-01-05"}


def test_apply__from_after_to_changes_nothing_and_says_so(view: Open):
    screen = unfold_dates(view({"created": "90d"}))
    widget(screen, "Came in: from").set_value(date(2026, 2, 5))
    widget(screen, "Came in: to").set_value(date(2026, 1, 5))
    apply(screen)
    assert link(screen) == {"created": "90d"}
    assert any("after its end" in toast.value for toast in screen.test.toast)


def test_dates__come_when_they_are_unfolded_and_then_stay(view: Open):
    """What is picked in a form and not yet applied goes with its widget."""
    screen = view()
    assert [one.label for one in screen.test.date_input] == []
    assert len(unfold_dates(screen).test.date_input) == 6
    assert len(unfold_dates(screen, unfolded=False).test.date_input) == 6


def test_dates__of_a_link_are_unfolded(view: Open):
    screen = view({"created_from": "2026-01-05"})
    assert widget(screen, "Came in: from").value == date(2026, 1, 5)
    assert next(one for one in screen.test.expander if one.label == "Exact dates").proto.expanded


def test_apply__a_span_replaces_dates(view: Open):
    screen = view({"created_from": "2026-01-05", "created_to": "2026-01-31"})
    widget(screen, "Came in").set_value("30d")
    assert link(apply(screen)) == {"created": "30d"}


def test_apply__new_dates_count_beside_a_new_span(view: Open):
    """Both were touched: the dates say more, and must not be dropped without a word."""
    screen = unfold_dates(view())
    widget(screen, "Came in").set_value("30d")
    widget(screen, "Came in: from").set_value(date(2026, 1, 5))
    assert link(apply(screen)) == {"created_from": "2026-01-05"}


def test_apply__no_activity_type_is_the_default(view: Open):
    screen = view({"activity": "201"})
    widget(screen, "What counts as contact").set_value([])
    assert link(apply(screen)) == {}


def test_apply__typing_costs_no_call_and_changes_no_number(view: Open):
    """A form: what is chosen counts from Apply on, not before."""
    screen = view()
    before = [metric.value for metric in screen.test.metric]
    widget(screen, "Stage").set_value(["Prospect"])
    screen.again()
    assert [metric.value for metric in screen.test.metric] == before
    assert link(screen) == {}


def test_form__apply_leaves_what_was_chosen_as_it_is(view: Open, books: Books):
    screen = view()
    stages = [stage for stage, _ in by("ProspectStage", books.waiting()).most_common() if stage]
    for stage in sorted(stages[:2]):
        widget(screen, "Stage").select(stage)
    widget(screen, "Came in").select("90d")
    assert set_anew(apply(screen)) == set()
    assert widget(screen, "Stage").value == sorted(stages[:2])
    assert set_anew(screen.remove(f"stage: {stages[0]}")) == {"Stage"}
    assert widget(screen, "Stage").value == [stages[1]]


def test_form__shows_what_is_chosen_in_the_order_of_the_link_so_that_a_copy_looks_the_same(view: Open, books: Books):
    screen = view()
    stages = sorted([stage for stage, _ in by("ProspectStage", books.waiting()).most_common() if stage][:2])
    for stage in reversed(stages):
        widget(screen, "Stage").select(stage)
    apply(screen)
    assert widget(screen, "Stage").value == widget(view(link(screen)), "Stage").value == stages


def test_older_than__finds_those_that_came_in_before_that(view: Open, books: Books):
    """Alone, and with a span as a band."""
    now = this_minute()
    old = books.waiting(lambda lead: lead["CreatedOn"] <= now - timedelta(days=30))
    screen = view({"older_than": "30d"})
    assert 0 < len(old) < len(books.waiting())
    assert shown(screen)[0] == len(old)
    assert " leads" in screen.sentence
    assert " at least 30 days old have " in screen.sentence
    band = view({"older_than": "3d", "created": "30d"})
    between = books.waiting(lambda lead: now - timedelta(days=30) <= lead["CreatedOn"] <= now - timedelta(days=3))
    assert shown(band)[0] == len(between) > 0
    assert band.chips == ["created: 30 days", "age: at least 3 days"]
    assert link(band.remove("age: at least 3 days")) == {"created": "30d"}


def test_older_than__is_chosen_in_the_form_and_stays_relative(view: Open):
    screen = view()
    widget(screen, "Older than").select("3d")
    assert link(apply(screen)) == {"older_than": "3d"}
    other = view({"older_than": "5d-9d"})
    assert widget(other, "Older than").value == "5d-9d"
    assert link(apply(other)) == {"older_than": "5d-9d"}, "an age that the form does not offer is kept"
