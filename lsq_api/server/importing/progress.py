"""Reports the progress of a long step every few seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import duckdb

EVERY: Final = 5.0
"""Seconds between two reports; shorter steps report nothing."""


@contextmanager
def ticking(
    connection: duckdb.DuckDBPyConnection, what: str, say: Callable[[str], None], every: float = EVERY
) -> Iterator[None]:
    """Report the progress of the statement in the block, as the engine estimates it."""
    done = Event()

    def tick() -> None:
        while not done.wait(every):
            share = connection.query_progress()
            if 0 < share < 100:  # the engine says -1 where it cannot tell
                say(f"{what}: {share:.0f} % of this step")

    ticker = Thread(target=tick, name="ticker", daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
