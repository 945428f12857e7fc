"""Several viewers at once, over the wire: each gets the answers of its own link, and nothing of them stays."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from benchmarks.viewers.manager import Manager, Notes
from benchmarks.viewers.process import sessions
from benchmarks.viewers.tab import Screen, Tab, WentWrong
from tests.app.books import Books
from tests.browser.site import running

AT_ONCE = (0.0, 0.01)


@pytest.fixture(scope="module")
def url(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("home"), LSQ_DATA=str(demo)) as address:
        yield address


def told(books: Books, link: dict[str, str]) -> str:
    """How the sentence of a link begins, counted from the rows."""
    fields = {"stage": "ProspectStage", "source": "Source"}

    def fits(lead: dict[str, object]) -> bool:
        return all(lead[fields[name]] == value for name, value in link.items())

    return f"{len(books.waiting(fits)):,} of {len(books.book(fits)):,} leads ("


def test_viewers__four_at_once_see_what_each_asked_for(url: str, books: Books):
    notes = Notes()

    async def visit(seed: int) -> None:
        async with Tab.at(url) as tab:
            await Manager(url, notes, seed, AT_ONCE).visit(tab, asyncio.Event())

    async def together() -> None:
        async with asyncio.TaskGroup() as group:
            for seed in range(4):
                group.create_task(visit(seed))

    asyncio.run(together())
    sentences = {of[1:]: said for of, said in notes.said.items() if of[0] == "sentence"}
    assert len(sentences) > 3, "the four asked too few different questions"
    for link, sentence in sentences.items():
        assert sentence.startswith(told(books, dict(link))), sentence
    first_rows = [said for of, said in notes.said.items() if of[:2] == ("rows", 1)]
    assert len(first_rows) == len(set(first_rows)) > 3
    assert sessions(url) == 0


def test_viewers__a_page_turn_is_the_click_of_a_browser(url: str, books: Books):
    async def turned() -> tuple[Screen, str]:
        async with Tab.at(url) as tab:
            await tab.open("leads", urlencode({"stage": "Prospect"}))
            return await tab.turn(2), tab.query

    screen, query = asyncio.run(turned())
    waiting = len(books.waiting(lambda lead: lead["ProspectStage"] == "Prospect"))
    assert f"51–100 of {waiting:,}" in screen.said
    assert query == "stage=Prospect&page=2"


def test_viewers__a_page_that_is_not_there_is_not_turned_to(url: str):
    async def turned() -> None:
        async with Tab.at(url) as tab:
            await tab.open("leads")
            await tab.turn(tab.last_page + 1)

    with pytest.raises(WentWrong, match="no page"):
        asyncio.run(turned())


@pytest.mark.parametrize("page", ["", "owners"])
def test_viewers__no_place_is_held_for_answers_that_are_there(url: str, page: str):
    async def opened_twice() -> tuple[Screen, int]:
        async with Tab.at(url) as tab:
            await tab.open(page, "stage=Prospect")
            again = await tab.open(page, "stage=Prospect")
            return again, again.held

    again, held = asyncio.run(opened_twice())
    assert any("As of" in said for said in again.said)
    assert held == 0


def test_viewers__another_viewers_answer_is_found_out():
    notes = Notes()
    notes.same("stage=Prospect", "5 of 7 leads")
    notes.same("stage=Prospect", "5 of 7 leads")
    with pytest.raises(WentWrong, match="stage=Prospect said '5 of 7 leads' to one viewer and '6 of 7 leads'"):
        notes.same("stage=Prospect", "6 of 7 leads")
