"""Owners that are no reps: proposed to be left out on every page, and left out by the link."""

from datetime import timedelta
from pathlib import Path

import pytest

from lsq_api.contract.makers import ENOUGH
from tests.app.conftest import served
from tests.app.screen import PAGES, Open, Screen, keys
from tests.stores import Rows, activity, at, make_store

WITH_OWNERS = [name for name in PAGES if name not in ("lead", "status")]
OWNER = {"l0": "u-rt", "l1": "u-rt", "l2": "u-ann", "l3": "u-ann", "l4": "u-bo", "l5": None, "l6": "u-rt"}
CALLED = {"l0", "l3"}
LINE = "Distributor looks like a system, not a rep: it is active day and night, and never calls or visits. 3 leads are"


def store_of(path: Path, name: str) -> Path:
    """Ann and Bo work by day; a third user sends messages day and night, and is called `name`."""
    started = at("2025-01-01 00:30:00")
    by_day = [("u-ann", 22, "l3", 8), ("u-bo", 201, "l4", 8), ("u-rt", 201, "l0", 24)]
    done = [
        activity(1_000 * place + n, lead, code, "2025-01-01 00:30:00", CreatedBy=by)
        | {"CreatedOn": started + timedelta(days=n, hours=4 + n % hours)}
        for place, (by, code, lead, hours) in enumerate(by_day)
        for n in range(ENOUGH + 1)
    ]
    done.append(activity(9_999, "l0", 22, "2025-06-01 10:00:00", CreatedBy="u-ann"))
    users = [("u-ann", "Ann"), ("u-bo", "Bo Admin"), ("u-rt", name)]
    return make_store(
        path,
        Rows(
            leads=[{"ProspectID": lead, "OwnerId": owner, "CreatedOn": started} for lead, owner in OWNER.items()],
            activities=done,
            users=[{"UserId": user, "FirstName": name, "EmailAddress": f"{user}@x.org"} for user, name in users],
            types=[
                {"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call"},
                {"ActivityEvent": 201, "ActivityEventName": "SMS sent"},
            ],
        ),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("robots") / "s", "Distributor")


def proposal(screen: Screen) -> list[str]:
    captions = (str(one.value).replace("\\", "") for one in screen.test.main.caption)
    return [text for text in captions if " like a system" in text or " like systems" in text]


def waiting(*out: str) -> int:
    return sum(owner not in out and lead not in CALLED for lead, owner in OWNER.items())


@pytest.mark.parametrize("page", WITH_OWNERS)
def test_pages__propose_to_leave_a_robot_out(view: Open, store: Path, page: str):
    screen = view(data=store, page=page)
    assert proposal(screen) == [f"{LINE} with it."]
    assert screen.sentence.startswith(f"{waiting()} of 7 leads (71 %) have never had a phone call.")
    screen.press("Leave it out")
    assert dict(screen.test.query_params) == {"owner_not": "Distributor"}
    assert screen.sentence.startswith(
        f"{waiting('u-rt')} of 4 leads (75 %) without those of Distributor have never had"
    )
    assert screen.chips == ["without owner: Distributor"]
    assert proposal(screen) == []
    assert screen.remove("without owner: Distributor").sentence.startswith(f"{waiting()} of 7 leads")


def test_overview__leads_without_an_owner_stay(view: Open, store: Path):
    bars = view({"owner_not": "Distributor"}, data=store).bars("owners")
    assert bars == {"Ann": (1, 2), "Bo Admin": (1, 1), "No owner": (1, 1)}


def test_form__apply_keeps_who_is_left_out(view: Open, store: Path):
    screen = view({"owner_not": "Distributor"}, data=store).press("Apply")
    assert dict(screen.test.query_params) == {"owner_not": "Distributor"}


def test_pages__an_owner_who_is_asked_for_is_not_called_a_robot(view: Open, store: Path):
    assert proposal(view({"owner": "Distributor"}, data=store)) == []
    assert proposal(view({"owner": ["Distributor", "Ann"]}, data=store)) == []
    assert proposal(view({"owner": ["Bo Admin", "Ann"]}, data=store)) == []


def test_host__that_cannot_tell_who_acts_is_judged_by_names(view: Open, store: Path, tmp_path: Path):
    """There “Bo Admin” looks like a system, whom his hours would have shown to be a person."""
    with served(store, strict=True) as account:
        screen = view(environment=keys(str(account.base_url)))
        assert proposal(screen) == [
            "Bo Admin looks like a system, not a rep: it is called “admin”. 1 lead is with it.",
        ]
        screen.press("Leave it out")
        assert screen.metric("Not contacted") == str(waiting("u-bo"))
        assert screen.bars("owners") == {"Distributor": (2, 3), "Ann": (1, 2), "No owner": (1, 1)}


def test_pages__several_robots_are_one_line(view: Open, tmp_path: Path):
    with served(store_of(tmp_path / "s", "Lead Router"), strict=True) as account:
        screen = view(environment=keys(str(account.base_url)))
        assert proposal(screen) == [
            "Lead Router (is called “router”) and Bo Admin (is called “admin”) look like systems, not reps. "
            "4 leads are with them."
        ]
        screen.press("Leave them out")
        assert screen.metric("Not contacted") == str(waiting("u-rt", "u-bo"))


def test_host__a_large_part_of_some_leads_is_no_sign(view: Open, tmp_path: Path):
    """Of all leads it is, where nobody can tell who acts."""
    leads = [("Bea", "Fair")] * 60 + [(f"Rep {number}", "Web") for number in range(6)] + [("Rep 0", "Fair")]
    users = {name: f"u{number}" for number, name in enumerate(dict.fromkeys(name for name, _ in leads))}
    rows = Rows(
        leads=[
            {"ProspectID": f"l{n}", "OwnerId": users[name], "Source": source} for n, (name, source) in enumerate(leads)
        ],
        users=[{"UserId": user, "FirstName": name, "EmailAddress": f"{user}@x.org"} for name, user in users.items()],
        types=[{"ActivityEvent": 22, "ActivityEventName": "Outbound Phone Call"}],
    )
    with served(make_store(tmp_path / "s", rows), strict=True) as account:
        environment = keys(str(account.base_url))
        assert proposal(view(environment=environment, page="leads")) == [
            "Bea looks like a system, not a rep: it holds 89 % of all leads. 60 leads are with it."
        ]
        assert proposal(view({"where": "OwnerId~def"}, environment=environment, page="leads")) == []


def test_owners__system_owners_are_the_same_as_those_proposed(view: Open, store: Path):
    """A person whose name has a word of systems is left out by neither."""
    screen = view({"system": "auto"}, data=store, page="owners")
    out = [str(one.value).replace("\\", "") for one in screen.test.main.caption if "Left out" in str(one.value)]
    assert out == [
        "Left out, with 2 of 3 leads not contacted: Distributor (is active day and night, and never calls or visits)."
    ]
