"""People sign in by a real OpenID provider, and see what is theirs to see."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.app.books import Books
from tests.browser.conftest import Profile
from tests.browser.provider import auth, provider
from tests.browser.site import Dashboard, Started, process_of

GUEST = "somebody@else.example"
COUNTED = re.compile(r"^[\d,]+$")


def email(books: Books, *, role: str, reports: bool | None = None) -> tuple[str, str]:
    """The address and ID of an active user of a role, whom others report to or nobody does."""
    heads = {user["ManagerUserId"] for user in books.users}
    return next(
        (user["EmailAddress"], user["UserId"])
        for user in books.users
        if user["Role"] == role
        and user["StatusCode"] == "0"
        and (reports is None or (user["UserId"] in heads) == reports)
        and (reports is None or user["ManagerUserId"])
    )


@pytest.fixture(scope="module")
def people(books: Books) -> dict[str, tuple[str, str]]:
    """An administrator, a manager and a seller of the company, by address and ID."""
    return {
        "admin": email(books, role="Administrator"),
        "manager": email(books, role="Sales_Manager", reports=True),
        "seller": email(books, role="Sales_User", reports=False),
    }


@pytest.fixture(scope="module")
def signed(
    demo: Path, people: dict[str, tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Started, Path]]:
    """A dashboard that asks people to sign in, and the folder of its state."""
    known = {name: {"email": address.upper()} for name, (address, _) in people.items()}
    guests = {"guest": {"email": GUEST}, "nameless": {"nickname": "No address"}}
    home = tmp_path_factory.mktemp("signed")
    with ExitStack() as running:
        secrets = auth(running.enter_context(provider(known | guests)))
        state = {"LSQ_DATA": str(demo), "LSQ_STATE_DIR": str(home / "state")}
        started = running.enter_context(process_of(home, secrets=secrets, **state))
        yield started._replace(url=started.url.replace("127.0.0.1", "localhost")), home / "state" / "audit"


def sign_in(dashboard: Dashboard, who: str, link: str = "/") -> Dashboard:
    dashboard.page.goto(f"{dashboard.url}{link}")
    dashboard.press("Sign in")
    dashboard.page.get_by_role("button", name=who, exact=True).first.click()
    return dashboard


def in_scope(books: Books, owners: set[str]) -> int:
    return len(books.waiting(lambda lead: lead["OwnerId"] in owners))


def test_sign_in__a_deep_link_survives_it_and_shows_ones_own(
    profiles: Profile, signed: tuple[Started, Path], books: Books, people: dict[str, tuple[str, str]]
):
    started, state = signed
    context: BrowserContext = profiles(1440, 900, "light", fresh=True)
    dashboard = Dashboard(context.new_page(), started.url)
    _, seller = people["seller"]
    mine = books.waiting(lambda lead: lead["OwnerId"] == seller)
    stage = mine[0]["ProspectStage"]
    sign_in(dashboard, "seller", f"/leads?{urlencode({'stage': stage})}")
    here = sum(lead["ProspectStage"] == stage for lead in mine)
    expect(dashboard.sentence).to_contain_text(re.compile(rf"^{here} of "))
    dashboard.has_link(stage=stage)
    assert "/leads" in dashboard.page.url

    # The same person in another tab is signed in, and a link to somebody else's leads shows none of them.
    other = Dashboard(context.new_page(), started.url)
    _, manager = people["manager"]
    other.open(f"/?{urlencode({'owner': books.name(manager)})}").shows(len(mine))
    expect(other.page.get_by_text(books.name(manager))).to_have_count(1)  # in the words about the link alone
    lead = next(lead["ProspectID"] for lead in books.leads if lead["OwnerId"] == manager)
    other.page.goto(f"{started.url}/lead?lead={lead}")
    expect(other.page.get_by_text("No lead that you may see has this ID")).to_be_visible()

    # Out, and a manager in the same browser sees the team's.
    dashboard.page.get_by_role("button", name=books.name(seller)).click()
    dashboard.press("Sign out")
    dashboard.page.get_by_role("button", name="End session").click()
    sign_in(dashboard, "manager").shows(in_scope(books, books.team(manager)))
    lines = [json.loads(line) for file in state.glob("audit-*.jsonl") for line in file.read_text().splitlines()]
    assert [(line["what"], line["person"]) for line in lines][:1] == [("signed in", people["seller"][0].lower())]
    assert ("signed out", people["seller"][0].lower()) in [(line["what"], line["person"]) for line in lines]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in state.glob("audit-*.jsonl"))


def test_sign_in__whom_the_account_does_not_know_sees_nothing(profiles: Profile, signed: tuple[Started, Path]):
    started, _ = signed
    for who, said in (("guest", "is not a user of this account"), ("nameless", "did not confirm an e-mail address")):
        dashboard = Dashboard(profiles(1440, 900, "light", fresh=True).new_page(), started.url)
        sign_in(dashboard, who)
        expect(dashboard.page.get_by_text(said)).to_be_visible()
        expect(dashboard.page.get_by_test_id("stMetric")).to_have_count(0)


def test_sign_in__who_sees_all_views_as_somebody_and_every_page_says_so(
    profiles: Profile, signed: tuple[Started, Path], books: Books, people: dict[str, tuple[str, str]]
):
    started, _ = signed
    dashboard = Dashboard(profiles(1440, 900, "light", fresh=True).new_page(), started.url)
    _, admin = people["admin"]
    _, manager = people["manager"]
    sign_in(dashboard, "admin").shows(len(books.waiting()))
    dashboard.page.get_by_role("button", name=books.name(admin)).click()
    dashboard.page.get_by_role("combobox", name="View as").fill(books.name(manager))
    dashboard.page.get_by_role("option", name=books.name(manager)).first.click()
    dashboard.shows(in_scope(books, books.team(manager)))
    for page in ("Owners", "Status"):
        dashboard.page.get_by_role("link", name=page).first.click()
        expect(dashboard.page.get_by_text(f"Viewing as {books.name(manager)}")).to_be_visible()
    dashboard.press("End")
    expect(dashboard.page.get_by_text("Viewing as")).to_have_count(0)
    dashboard.page.get_by_role("link", name="Overview").first.click()
    dashboard.shows(len(books.waiting()))


def test_sign_in__ends_with_the_identity(
    profiles: Profile, demo: Path, books: Books, people: dict[str, tuple[str, str]], tmp_path: Path
):
    """An unattended screen shows nothing more once the identity is no longer good."""
    known = {"seller": {"email": people["seller"][0]}}
    with ExitStack() as running:
        secrets = auth(running.enter_context(provider(known, good_for=20)))
        state = {"LSQ_DATA": str(demo), "LSQ_STATE_DIR": str(tmp_path / "state")}
        started = running.enter_context(process_of(tmp_path, secrets=secrets, **state))
        url = started.url.replace("127.0.0.1", "localhost")
        dashboard = Dashboard(profiles(1440, 900, "light", fresh=True).new_page(), url)
        sign_in(dashboard, "seller")
        expect(dashboard.metric("Not contacted")).to_have_text(COUNTED)
        expect(dashboard.page.get_by_role("button", name="End session")).to_be_visible()
