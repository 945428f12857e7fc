"""The company's proxy says who has signed in, and nobody else can; without, this machine alone is answered."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from benchmarks.viewers.tab import Screen, Tab
from tests.app.books import Books
from tests.browser.site import process_of

HEADER = "X-Forwarded-Email"
Headers = Sequence[tuple[str, str]]


def seen(url: str, headers: Headers = (), query: str = "") -> Screen:
    """What a tab shows whose connection has these headers."""

    async def opened() -> Screen:
        async with Tab.at(url, headers) as tab:
            return await tab.open(query=query)

    return asyncio.run(opened())


def words(screen: Screen) -> str:
    return " ".join([*screen.said, *(alert.body for alert in screen.of("alert"))])


@pytest.fixture(scope="module")
def started(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Dashboards by their configuration: a proxy here is believed, one elsewhere is, and none is."""
    ways = {
        "here": {"LSQ_TRUSTED_HEADER": HEADER, "LSQ_TRUSTED_PROXIES": "127.0.0.1, ::1", "FORWARDED_ALLOW_IPS": ""},
        "elsewhere": {"LSQ_TRUSTED_HEADER": HEADER, "LSQ_TRUSTED_PROXIES": "10.9.8.7"},
        "nobody": {},
    }
    with ExitStack() as running:
        homes = {way: tmp_path_factory.mktemp(way) for way in ways}
        yield {
            way: running.enter_context(
                process_of(homes[way], LSQ_DATA=str(demo), LSQ_STATE_DIR=str(homes[way] / "state"), **said)
            ).url
            for way, said in ways.items()
        }


def seller(books: Books) -> tuple[str, int]:
    """The address of a seller, and how many of theirs wait."""
    user = next(one for one in books.users if one["Role"] == "Sales_User" and one["StatusCode"] == "0")
    return user["EmailAddress"], len(books.waiting(lambda lead: lead["OwnerId"] == user["UserId"]))


def test_proxy__that_is_believed_says_who_it_is(started: dict[str, str], books: Books):
    email, mine = seller(books)
    assert f"{mine:,} of " in words(seen(started["here"], [(HEADER, email.upper())]))
    forwarded = [(HEADER, email), ("X-Forwarded-For", "203.0.113.9")]
    assert f"{mine:,} of " in words(seen(started["here"], forwarded))


@pytest.mark.parametrize(
    ("way", "more", "said"),
    [
        ("here", [], "did not say who you are"),
        ("here", [(HEADER, "nobody")], "did not say who you are"),
        ("here", [(HEADER, "EMAIL"), (HEADER, "boss@x.example")], "did not say who you are"),
        ("here", [(HEADER, "boss@x.example")], "is not a user of this account"),
        ("elsewhere", [(HEADER, "EMAIL")], "is not the company's sign-in"),
        ("elsewhere", [(HEADER, "EMAIL"), ("X-Forwarded-For", "10.9.8.7")], "cannot be told which proxy"),
        ("nobody", [("X-Forwarded-For", "203.0.113.9")], "answers its own machine alone"),
        ("nobody", [("X-Real-IP", "203.0.113.9")], "answers its own machine alone"),
    ],
)
def test_forged__nobody_gets_in(started: dict[str, str], books: Books, way: str, more: Headers, said: str):
    email, _ = seller(books)
    shown = words(seen(started[way], [(name, email if value == "EMAIL" else value) for name, value in more]))
    assert said in shown
    assert "As of" not in shown, "no sentence with its numbers"


def test_nobody__who_sits_at_the_machine_sees_all(started: dict[str, str], books: Books):
    assert f"{len(books.waiting()):,} of " in words(seen(started["nobody"]))


def test_nobody__a_name_that_a_stranger_points_here_opens_nothing(started: dict[str, str]):
    """DNS rebinding: a page of somebody else's, whose name leads to this machine."""
    port = int(started["nobody"].rpartition(":")[2])

    async def reached() -> None:
        address = f"ws://attacker.example:{port}/_stcore/stream"
        origin = Origin(f"http://attacker.example:{port}")
        async with connect(address, host="127.0.0.1", port=port, origin=origin, proxy=None):
            pytest.fail("the WebSocket opened")

    with pytest.raises(InvalidStatus, match="403"):
        asyncio.run(reached())
