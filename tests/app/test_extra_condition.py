"""One more condition on any field, as a viewer puts it together in the form."""

from typing import Any

import httpx
import pytest

from tests.app.books import Books, Lead
from tests.app.screen import Open, Screen, keys


def control(screen: Screen, key: str) -> Any:
    """A control of the condition, by the beginning of its key."""
    kinds = ("selectbox", "text_input", "multiselect", "date_input")
    (found,) = [one for kind in kinds for one in screen.test.main.get(kind) if str(one.key).startswith(key)]
    return found


def opened(screen: Screen) -> Screen:
    """Open the choice of a condition, which is drawn only then."""
    assert not [one for one in screen.test.main.selectbox if one.key == "extra_field"]
    screen.test.session_state["extra_open"] = True
    return screen.again()


def choose(screen: Screen, field: str, condition: str) -> Screen:
    """Choose a field by the name the account gives it, then a condition in words."""
    control(opened(screen), "extra_field").select(field)
    control(screen.again(), "extra_is").select(condition)
    return screen.again()


def add(screen: Screen) -> dict[str, str | list[str]]:
    """Press Add; the link that comes of it."""
    return dict(screen.press("Add").test.query_params)


@pytest.mark.parametrize(
    ("field", "condition", "value", "where", "fits"),
    [
        ("Engagement Score", "is at least", "20", "EngagementScore~>=~20", lambda one: (one or 0) >= 20),
        ("Engagement Score", "is less than", " 7 ", "EngagementScore~<~7", lambda one: one is not None and one < 7),
        ("City", "contains", "pu", "mx_City~lik~pu", lambda one: "pu" in (one or "").lower()),
        ("Email", "is empty", None, "EmailAddress~ndef", lambda one: not one),
        ("First Name", "is not", "charvi", "FirstName~<>~charvi", lambda one: (one or "").lower() != "charvi"),
        ("Engagement Score", "is not", "7.0", "EngagementScore~<>~7.0", lambda one: one != 7),
    ],
)
def test_add__asks_for_just_the_leads_that_fit(
    view: Open, books: Books, field: str, condition: str, value: str | None, where: str, fits: Any
):
    screen = choose(view(), field, condition)
    if value is not None:
        control(screen, "extra_value").input(value)
        screen.again()
    assert add(screen) == {"where": where}

    def which(lead: Lead) -> bool:
        return bool(fits(lead[where.partition("~")[0]]))

    waiting = books.waiting(which)
    assert 0 < len(waiting) < len(books.waiting())
    assert screen.metric("Not contacted") == f"{len(waiting):,}"
    assert len(screen.chips) == 1


def test_add__options_of_a_select_are_offered(view: Open, books: Books):
    screen = choose(view(), "Lead Source", "is one of")
    values = control(screen, "extra_value")
    assert set(values.options) == {lead["Source"] for lead in books.leads} - {None}
    values.select("Website").select("Referral")
    assert add(screen.again()) == {"where": "Source~in~Website~Referral"}


def test_add__one_option_of_a_select_is_excluded(view: Open, books: Books):
    screen = choose(view(), "Lead Source", "is not")
    control(screen, "extra_value").select("Website")
    assert add(screen.again()) == {"where": "Source~<>~Website"}
    waiting = books.waiting(lambda lead: lead["Source"] != "Website")
    assert None in {lead["Source"] for lead in waiting}
    assert screen.metric("Not contacted") == f"{len(waiting):,}"
    assert screen.chips == ["Lead Source is not Website"]


@pytest.mark.parametrize(
    ("field", "condition", "value"),
    [
        ("Engagement Score", "is", "12abc"),
        ("Engagement Score", "is not", "12abc"),
        ("Engagement Score", "is at least", "1,200"),
        ("City", "contains", " "),
    ],
)
def test_add__a_value_that_cannot_be_asked_changes_nothing(view: Open, field: str, condition: str, value: str):
    """Why not is said where it was typed: tests/browser/test_condition_form.py, since a click has two runs here."""
    screen = choose(view(), field, condition)
    control(screen, "extra_value").input(value)
    assert add(screen.again()) == {}


def test_add__operators_are_those_that_fit_the_type(view: Open):
    def offered(field: str) -> list[str]:
        screen = opened(view())
        control(screen, "extra_field").select(field)
        return list(control(screen.again(), "extra_is").options)

    assert "is at least" in offered("Engagement Score")
    assert "contains" not in offered("Engagement Score")
    assert "is at least" not in offered("City")
    assert "is one of" in offered("Lead Stage")
    assert "is after" in offered("Created On")


@pytest.mark.parametrize("field", ["First Name", "Engagement Score", "Lead Source"])
@pytest.mark.parametrize("knows", [True, False])
def test_is_not__is_offered_where_the_host_names_it(
    view: Open, account: httpx.Client, strict: httpx.Client, field: str, knows: bool
):
    """LeadSquared would refuse the whole request."""
    screen = opened(view(environment=keys(str((account if knows else strict).base_url))))
    control(screen, "extra_field").select(field)
    found = list(control(screen.again(), "extra_is").options)
    assert ("is not" in found) == knows
    assert found[-2:] == ["has a value", "is empty"]


@pytest.mark.parametrize("page", [None, "leads", "breakdown", "owners", "status"])
def test_is_not__in_a_link_is_left_out_with_a_sentence_where_the_host_does_not_know_it(
    view: Open, strict: httpx.Client, books: Books, page: str | None
):
    screen = view({"where": "mx_City~<>~Pune"}, environment=keys(str(strict.base_url)), page=page)
    (note,) = [note for note in screen.notes if "was left out" in note]
    assert note.startswith("The condition “mx_City~<>~Pune” was left out. “<>” is not an operator; there are =, >")
    assert screen.chips == []
    if page is None:
        assert screen.metric("Not contacted") == f"{len(books.waiting()):,}"
