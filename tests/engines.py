"""Which engine the contract tests run on, as `--engine` says. A store gets there by the product's own publishing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from lsq_api.server import engines
from lsq_api.server.statement import Statement
from lsq_api.server.store import Store

KNOWN: Final[Mapping[str, str]] = {"duckdb": "", "postgres": "tests.postgres_cluster"}
"""The module of each that starts it on loopback: `running(folder)` gives what makes the URL of a new, empty place."""
WITHOUT_NUL: Final = ("postgres",)
"""Engines whose text cannot hold the letter NUL."""
_CHOSEN: Final[list[str]] = ["duckdb"]
_FRESH: Final[list[Callable[[], str]]] = []


def opened(path: Path) -> Store:
    """The store of a file, on the engine that is chosen."""
    if not _FRESH:
        return Store.open(path)
    url = _FRESH[-1]()
    engines.publish(url, path)
    return Store.at(engines.place(url))


def counting(rows: int) -> Statement:
    """A statement of the chosen engine that looks at so many rows, one after the other."""
    made = "(SELECT generate_series(1, {}))" if _CHOSEN[-1] == "postgres" else "range({})"
    return Statement(f"SELECT count(*) FROM {made.format(rows)} AS t(n) WHERE n % 3 = 1", ())


def storable(texts: Sequence[str]) -> list[str]:
    """Those of the texts that the chosen engine can keep."""
    return [text for text in texts if "\0" not in text or _CHOSEN[-1] not in WITHOUT_NUL]


@contextmanager
def running(engine: str, folders: pytest.TempPathFactory) -> Iterator[None]:
    """The chosen engine, started where it must be."""
    if not KNOWN[engine]:
        yield
        return
    started: AbstractContextManager[Callable[[], str]] = import_module(KNOWN[engine]).running(folders.mktemp(engine))
    with started as fresh:
        _FRESH.append(fresh)
        _CHOSEN.append(engine)
        try:
            yield
        finally:
            _FRESH.pop()
            _CHOSEN.pop()
