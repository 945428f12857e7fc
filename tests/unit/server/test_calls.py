import asyncio
from threading import Event, Thread

import duckdb
import pytest

from lsq_api.server.guard.slots import Slots
from lsq_api.server.query.cancel import Cancellation
from lsq_api.server.store.file import CursorSession

LONG = 30
"""Seconds after which a test gives up, and fails."""
ENDLESS = "SELECT count(*) FROM range(1000000000000) AS t(n) WHERE n % 3 = 1"


def test_lanes__a_slow_one_makes_room_for_a_quick_one() -> None:
    async def both() -> tuple[str, str]:
        slots, done = Slots(width=1, a_while=0.01), Event()
        slow = asyncio.create_task(slots.run(lambda: "slow" if done.wait(LONG) else "given up"))
        quick = await asyncio.wait_for(slots.run(lambda: "quick"), LONG / 2)
        done.set()
        return quick, await slow

    assert asyncio.run(both()) == ("quick", "slow")


def test_lanes__no_more_at_once_than_they_are_wide() -> None:
    running, most = 0, 0

    def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        duckdb.connect().execute("SELECT count(*) FROM range(300000)")
        running -= 1

    async def many() -> None:
        slots = Slots(width=1, a_while=LONG)
        await asyncio.gather(*(slots.run(work) for _ in range(12)))

    asyncio.run(many())
    assert (running, most) == (0, 1)


def test_lanes__room_is_given_back_once_whatever_happens() -> None:
    def fail() -> None:
        raise LookupError

    async def some() -> list[int]:
        slots = Slots(width=1, a_while=0.02)
        for _ in range(3):
            with pytest.raises(LookupError):
                await slots.run(fail)
        gate, inside = Event(), []

        def wait() -> None:
            inside.append(1)
            gate.wait(LONG)

        longer = Slots(width=1, a_while=LONG)
        with pytest.raises(LookupError):
            await longer.run(fail)
        waiting = [asyncio.create_task(longer.run(wait)) for _ in range(2)]
        while not inside:
            await asyncio.sleep(0)
        seen = len(inside)
        gate.set()
        await asyncio.gather(*waiting)
        return [seen, len(inside)]

    assert asyncio.run(some()) == [1, 2]


class Ended(Exception):
    pass


def test_cancellation__ends_a_running_statement_with_the_reason() -> None:
    cancellation, session = Cancellation(), CursorSession(duckdb.connect())
    found: list[Exception] = []

    def run() -> None:
        try:
            with cancellation.holding(session):
                session.fetched(ENDLESS, {})
        except (Ended, duckdb.Error) as error:
            found.append(error)

    thread = Thread(target=run)
    thread.start()
    while thread.is_alive():
        cancellation.cancel(Ended("first"))
        thread.join(0.02)
    assert [type(error) for error in found] == [Ended]
    assert session.fetched("SELECT 7 AS seven", {}) == (["seven"], [(7,)])


def test_cancellation__nothing_starts_once_it_was_cancelled() -> None:
    cancellation = Cancellation()
    cancellation.cancel(Ended("first"))
    cancellation.cancel(ValueError("second"))
    with pytest.raises(Ended, match="first"), cancellation.holding(CursorSession(duckdb.connect())):
        pytest.fail("started")


def test_cancellation__other_errors_stay_what_they_are() -> None:
    session = CursorSession(duckdb.connect())
    with pytest.raises(duckdb.CatalogException), Cancellation().holding(session):
        session.fetched("FROM nothing", {})
