"""How old a screen is, and what it shows while the host does not answer."""

import re

import httpx

from tests.app.books import Books
from tests.app.screen import PAGES, Open, Relay, Screen, keys
from tests.scripted import Asked, Says, ScriptedHost, error

DOWN = r"LeadSquared does not answer; these are the answers of \d\d:\d\d IST, just now\."
BUSY = r"LeadSquared is answering too many calls at once; these are the answers of \d\d:\d\d IST, just now\."


def ages(screen: Screen) -> list[str]:
    return [one.value for one in screen.test.main.caption if one.value.startswith("as of ")]


def warnings(screen: Screen) -> list[str]:
    return [one.value for one in screen.test.warning]


def test_age__is_in_the_title_of_every_page(view: Open, account: httpx.Client):
    environment = keys(str(account.base_url))
    for page in PAGES:
        (said,) = ages(view(environment=environment, page=page))
        assert re.fullmatch(r"as of \d\d:\d\d IST · (just now|1 min ago)", said)


def test_down__the_screen_stays_with_a_sentence(view: Open, account: httpx.Client):
    failing: list[Says] = []

    def instead(asked: Asked) -> Says | None:
        return failing[0] if failing and asked.path.startswith("/Leads/") else None

    with ScriptedHost(Relay(account, instead)) as host:
        screen = view(environment=keys(host.url))
        before = screen.metric("Not contacted"), screen.bars("owners"), screen.sentence
        assert warnings(screen) == []
        failing.append(Says(reset=True))
        screen.press("Refresh")
        assert (screen.metric("Not contacted"), screen.bars("owners"), screen.sentence) == before
        assert re.fullmatch(DOWN, warnings(screen)[0])
        assert not screen.test.error
        failing[:] = [
            error("MXAPIRateLimitExceededException", "API calls exceeded the limit of 20 in 5 second(s)", 429)
        ]
        screen.press("Refresh")
        assert re.fullmatch(BUSY, warnings(screen)[0])
        failing.clear()
        screen.press("Refresh")
        assert warnings(screen) == []


def test_down__what_was_never_answered_is_an_error_beside_what_was(view: Open, account: httpx.Client):
    failing: list[Says] = []

    def instead(asked: Asked) -> Says | None:
        return failing[0] if failing and asked.path.startswith("/Leads/") else None

    with ScriptedHost(Relay(account, instead)) as host:
        view(environment=keys(host.url))
        failing.append(Says(b"", 503))
        screen = view({"stage": "Prospect"}, environment=keys(host.url))
        assert len(screen.test.error) == 1
        assert warnings(screen) == []
        assert not view(environment=keys(host.url)).test.error


def test_down__a_page_without_the_sentence_says_so_too(view: Open, account: httpx.Client, books: Books):
    failing: list[Says] = []

    def instead(asked: Asked) -> Says | None:
        return failing[0] if failing and "Leads.GetById" in asked.path else None

    with ScriptedHost(Relay(account, instead)) as host:
        screen = view({"lead": books.leads[0]["ProspectID"]}, environment=keys(host.url), page="lead")
        failing.append(Says(reset=True))
        screen.press("Refresh")
        assert re.fullmatch(DOWN, warnings(screen)[0])
        assert not screen.test.error
