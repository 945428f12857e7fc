"""How old a screen is, and what it shows while the host does not answer."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from components.shell import answers
from components.shell.frame import View
from components.shell.viewer import Viewer
from lsq_api.connection import LeadSquaredConnection
from lsq_api.question.question import Question
from lsq_api.scoped import ScopedConnection
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


def one_page(source: "ScopedConnection") -> None:
    """A page whose sentence has newer answers than what follows."""
    from zoneinfo import ZoneInfo

    import streamlit as st

    from components.page import heading
    from components.shell import answers, frame
    from components.shell.viewer import Viewer
    from lsq_api.question.question import Question

    zone, everybody = ZoneInfo("UTC"), Viewer(source.settings)
    view = frame.View(source, source.directory(), Question(), zone, source.moment(), (), everybody)
    with frame.published(view), heading.dated(view, st.container()):
        heading.title(view)
        heading.answered(view, source.get(answers.by_owner(view)))
        source.get(answers.by(view, "Source"))


def test_age__title_and_sentence_say_the_same_moment(monkeypatch: pytest.MonkeyPatch, demo: Path):
    """That of the oldest answer on the screen, also where it comes after the sentence."""
    monkeypatch.setenv("LSQ_DATA", str(demo))
    clock = [datetime(2026, 3, 1, 10, 0, tzinfo=UTC)]
    with closing(LeadSquaredConnection("leadsquared", now=lambda: clock[0])) as connection:
        source = ScopedConnection(connection)
        everybody = Viewer(source.settings)
        view = View(source, source.directory(), Question(), ZoneInfo("UTC"), source.moment(), (), everybody)
        source.get(answers.by(view, "Source"))
        clock[0] += timedelta(minutes=3)
        source.get(answers.by_owner(view))
        test = AppTest.from_function(one_page, args=(source,)).run()
    assert not test.exception
    (said,) = [text.value for text in test.text if " As of " in text.value]
    assert said.endswith(" As of 10:00 UTC.")
    assert [one.value for one in test.caption if one.value.startswith("as of ")] == ["as of 10:00 UTC · 3 min ago"]
